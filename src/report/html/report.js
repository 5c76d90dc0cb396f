// The filter, the way from a mark to its release, and arrow keys in the timeline. All else is there without it.
'use strict';
(() => {
  const all = (root, selector) => [...root.querySelectorAll(selector)];
  const byId = (id) => document.getElementById(id);

  // A lane's nth mark is the nth release of its kind, and so is the nth line of its path.
  const items = [];
  const lanes = [];
  const groups = [];
  for (const project of all(document, '.project')) {
    const ofKind = new Map();
    const add = (element, kind, when, bad) => {
      const item = { element, kind, when: when || 'released', bad, text: null, shown: true, mark: null };
      items.push(item);
      if (!ofKind.has(kind)) ofKind.set(kind, []);
      ofKind.get(kind).push(item);
      return item;
    };
    for (const article of all(project, 'article.release')) {
      add(article, article.dataset.kind, article.dataset.when, 'bad' in article.dataset);
    }
    for (const body of all(project, 'tbody[data-kind]')) {
      const rows = [...body.rows].map((row) => add(row, body.dataset.kind, row.dataset.when, false));
      const details = body.closest('details');
      groups.push({ details, rows, matches: details.querySelector('.matches'), opened: false });
    }
    for (const lane of all(project, '.lane[data-kind]')) {
      const own = ofKind.get(lane.dataset.kind) || [];
      const marks = all(lane, '.m');
      marks.forEach((mark, n) => { if (own[n]) own[n].mark = mark; });
      const path = lane.querySelector('.fine path');
      lanes.push({ lane, own, marks, path, lines: path ? path.getAttribute('d').split(/(?=M)/) : null });
    }
  }

  // In a large report, what there is to say of a release is only text until somebody opens it.
  const takeUp = (article) => {
    const later = article.querySelector('noscript');
    if (later) {
      later.previousElementSibling.remove();
      later.outerHTML = later.textContent;
    }
  };
  document.addEventListener('toggle', (event) => {
    const article = event.target.parentElement;
    if (event.target.open && article && article.matches('article.release')) takeUp(article);
  }, true);

  const entities = { lt: '<', gt: '>', amp: '&', quot: '"', '#34': '"', '#38': '&', '#39': "'", '#60': '<', '#62': '>' };
  const textOf = (item) => {
    if (item.text === null) {
      const parts = item.element.localName === 'tr' ? [item.element] : all(item.element, '.q');
      let text = parts.map((part) => part.textContent).join('\n');
      const later = item.element.querySelector('noscript');
      if (later) {
        const marked = later.textContent.match(/<!--q-->[^]*?<!--\/q-->/g) || [];
        text += '\n' + marked.join('\n').replace(/<[^>]*>/g, '').replace(/&(#?\w+);/g, (all, name) => entities[name] || all);
      }
      item.text = text.toLowerCase();
    }
    return item.text;
  };

  const form = byId('filter');
  const wanted = () => ({
    words: byId('words').value.toLowerCase().split(/\s+/).filter(Boolean),
    kinds: new Set(all(form, '[name=kind]:checked').map((box) => box.value)),
    when: byId('when') ? byId('when').value : '',
    bad: byId('bad') ? byId('bad').checked : false,
  });

  const show = () => {
    const { words, kinds, when, bad } = wanted();
    let count = 0;
    for (const item of items) {
      const shown = kinds.has(item.kind) && (!when || item.when === when) && (!bad || item.bad)
        && (words.length === 0 || words.every((word) => textOf(item).includes(word)));
      count += shown;
      if (shown === item.shown) continue;
      item.shown = shown;
      item.element.hidden = !shown;
      if (item.mark) item.mark.classList.toggle('off', !shown);
    }
    for (const { lane, own, path, lines } of lanes) {
      const some = own.some((item) => item.shown);
      lane.classList.toggle('off', !some);
      if (path && some) path.setAttribute('d', lines.filter((_, n) => own[n].shown).join(''));
    }
    for (const group of groups) {
      const matching = group.rows.filter((row) => row.shown).length;
      group.matches.textContent = matching === group.rows.length ? '' : `(${matching} shown)`;
      group.details.classList.toggle('off', matching === 0);
      // A short answer to a search is worth showing; it is put away with the search.
      const open = words.length > 0 && matching > 0 && matching <= 100;
      if (open !== group.opened) { group.details.open = open; group.opened = open; }
    }
    byId('shown').value = `${count} of ${items.length} releases`;
  };

  // The fragment keeps the filter: `#?words=fix&kinds=create+update`.
  const remember = () => {
    const { kinds, when, bad } = wanted();
    const params = new URLSearchParams();
    if (byId('words').value) params.set('words', byId('words').value);
    if (kinds.size < all(form, '[name=kind]').length) params.set('kinds', [...kinds].join(' '));
    if (when) params.set('when', when);
    if (bad) params.set('bad', '1');
    const fragment = params.toString() ? `#?${params}` : '#';
    // Some frames don't let it; then the filter is not remembered.
    try { if (fragment !== location.hash) history.replaceState(null, '', fragment); } catch { /* as said */ }
  };
  const recall = () => {
    if (!location.hash.startsWith('#?')) return;
    const params = new URLSearchParams(location.hash.slice(2));
    byId('words').value = params.get('words') || '';
    const kinds = params.has('kinds') ? params.get('kinds').split(' ') : null;
    for (const box of all(form, '[name=kind]')) box.checked = !kinds || kinds.includes(box.value);
    if (byId('when')) byId('when').value = params.get('when') || '';
    if (byId('bad')) byId('bad').checked = params.has('bad');
    show();
  };

  const follow = () => {
    const target = location.hash.startsWith('#p') ? byId(location.hash.slice(1)) : null;
    const article = target && target.closest('article.release');
    if (!article) return;
    article.hidden = false;
    takeUp(article);
    target.closest('details').open = true;
    article.scrollIntoView({ block: 'start' });
    target.closest('details').querySelector('summary').focus({ preventScroll: true });
  };

  if (form) {
    form.hidden = false;
    // Whatever is jumped to should not end up below the filter.
    new ResizeObserver(() => {
      const height = getComputedStyle(form).position === 'sticky' ? form.offsetHeight : 0;
      document.documentElement.style.scrollPaddingTop = `${height + 12}px`;
    }).observe(form);
    form.addEventListener('submit', (event) => event.preventDefault());
    form.addEventListener('input', () => { show(); remember(); });
    const toggle = (open) => all(document, 'article.release:not([hidden]) > details').forEach((one) => { one.open = open; });
    if (byId('open')) {
      byId('open').addEventListener('click', () => toggle(true));
      byId('close').addEventListener('click', () => toggle(false));
    }
    recall();
    window.addEventListener('hashchange', recall);
    // The first search should not have to wait for the texts.
    const soon = window.requestIdleCallback || ((then) => setTimeout(then, 50, { timeRemaining: () => 0 }));
    const collect = (n) => soon((idle) => {
      do { if (n < items.length) textOf(items[n]); n += 1; } while (n < items.length && idle.timeRemaining() > 2);
      if (n < items.length) collect(n);
    });
    collect(0);
  }

  // One stop of the tab key for each lane; arrows go along it.
  for (const { marks } of lanes) {
    const links = marks.filter((mark) => mark.localName === 'a');
    links.forEach((link, n) => link.setAttribute('tabindex', n ? '-1' : '0'));
    const go = (from, step) => {
      for (let n = from + step; n >= 0 && n < links.length; n += step) {
        if (!links[n].classList.contains('off')) return links[n].focus();
      }
    };
    links.forEach((link, n) => link.addEventListener('keydown', (event) => {
      // The latest is the first, and furthest to the right.
      const moves = { ArrowRight: [n, -1], ArrowLeft: [n, 1], Home: [links.length, -1], End: [-1, 1] };
      const move = moves[event.key];
      if (move) { event.preventDefault(); go(...move); }
    }));
  }

  document.addEventListener('click', (event) => {
    const mark = event.target.closest && event.target.closest('a.m');
    // The same fragment again is no change of it.
    if (mark && mark.getAttribute('href') === location.hash) { event.preventDefault(); follow(); }
  });
  window.addEventListener('hashchange', follow);
  follow();

  let closed = [];
  window.addEventListener('beforeprint', () => {
    all(document, 'article.release:not([hidden])').forEach(takeUp);
    closed = all(document, 'article.release:not([hidden]) details:not([open])');
    closed.forEach((one) => { one.open = true; });
  });
  window.addEventListener('afterprint', () => closed.forEach((one) => { one.open = false; }));
})();
