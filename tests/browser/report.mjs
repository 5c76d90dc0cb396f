// Reports of the binary, opened as files: a history of a thousand releases that all change, ten thousand that don't, and
// texts that try to get out of their place. Whatever of theirs ran would mark the page with `pwned`.
// With a folder as argument, it leaves screenshots there.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Browser } from './browser.mjs';

const relsync = resolve('target/debug/relsync');
const scratch = mkdtempSync(join(tmpdir(), 'relsync-report-'));
const shots = process.argv[2] && resolve(process.argv[2]);

let passed = 0;
let failed = 0;
const check = (what, holds, found = '') => {
  if (holds) passed += 1; else failed += 1;
  console.log(`${holds ? 'ok     ' : 'FAILED '} ${what}${holds ? '' : ` ${JSON.stringify(found)}`}`);
};

const text = (value) => JSON.stringify(value);
const date = (n, count) => new Date(Date.UTC(2018, 0, 1) + (n / count) * 8 * 365 * 86400e3).toISOString();

/// A sandbox with `live` releases, and the report of the plan for `wished` ones.
const report = (name, live, wished, more = '') => {
  const folder = join(scratch, name);
  mkdirSync(folder);
  const tags = (releases) => releases.map(({ tag }) => `[[projects.tags]]\nname = ${text(tag)}\ntarget = "${'1'.repeat(40)}"\n`);
  const keys = ({ tag, name, description, at, links = [] }) => [
    `tag_name = ${text(tag)}`, name && `name = ${text(name)}`, description && `description = ${text(description)}`, at && `released_at = ${at}`,
    ...links.map(([to, url]) => `links = [{ name = ${text(to)}, url = ${text(url)} }]`),
  ].filter(Boolean).join('\n');
  const seed = (releases) => releases.map((one) => `[[projects.releases]]\ncreated_at = 2024-01-01T00:00:00Z\n${keys(one)}\n`);
  writeFileSync(join(folder, 'seed.toml'), ['[[projects]]\npath = "root/app"\n', ...tags(wished.length ? [...live, ...wished.filter((w) => !live.some((l) => l.tag === w.tag))] : live), ...seed(live)].join('\n'));
  writeFileSync(join(folder, 'releases.toml'), ['version = 1\n[project]\npath = "root/app"', more, ...wished.map((one) => `[[releases]]\n${keys(one)}\n`)].join('\n'));
  const run = (...args) => execFileSync(relsync, args, { cwd: folder, env: { PATH: process.env.PATH }, stdio: ['ignore', 'ignore', 'inherit'] });
  run('sandbox', 'reset', '--seed', 'seed.toml');
  run('plan', '--sandbox', '--report', 'html=report.html');
  const path = join(folder, 'report.html');
  return { url: pathToFileURL(path).href, size: statSync(path).size, html: readFileSync(path, 'utf8') };
};

const evil = '<script>document.body.id="pwned"</script><img src=x onerror=document.body.id="pwned">';
const evilNotes = `The notes.

<script>document.body.id="pwned";alert(1)</script>
<img src="https://example.com/x.png" onerror="document.body.id='pwned'">
<svg onload="document.body.id='pwned'"></svg>
<iframe srcdoc="<script>parent.document.body.id='pwned'</script>"></iframe>
<style>body { display: none }</style>
<meta http-equiv="refresh" content="0;url=https://example.com">
</noscript></details></article></script><h1 id="pwned">
[a](javascript:document.body.id='pwned') ![i](https://example.com/i.png)
`;

/// Types `words` into the filter; answers with how long it took until the page was laid out, and what is shown.
const filter = (words) => `(() => {
  const input = document.getElementById('words');
  const begun = performance.now();
  input.value = ${text(words)};
  input.dispatchEvent(new Event('input', { bubbles: true }));
  document.body.offsetHeight;
  return { took: performance.now() - begun, said: document.getElementById('shown').value,
    articles: document.querySelectorAll('article.release:not([hidden])').length };
})()`;
const idle = 'new Promise((done) => requestIdleCallback(() => setTimeout(done, 0)))';

const harmless = async (what, tab) => {
  await tab.evaluate('1');
  check(`${what}: nothing is asked for but the file`, tab.requests.length === 1, tab.requests);
  check(`${what}: the browser has nothing to complain of`, tab.complaints.length === 0, tab.complaints);
};

const browser = new Browser(join(scratch, 'profile'));
try {
  const few = report('few',
    [
      { tag: 'v0.9', name: 'Nine', description: 'old', at: '2023-05-01T00:00:00Z' },
      { tag: 'v1.0', name: 'One', description: evilNotes, at: '2025-05-01T00:00:00Z' },
      { tag: 'v1.1', name: evil, description: evilNotes, at: '2025-08-01T00:00:00Z' },
      { tag: 'nightly', at: '2025-09-01T00:00:00Z' },
      { tag: 'gone', name: evil, description: evilNotes, at: '2024-09-01T00:00:00Z' },
    ],
    [
      { tag: 'v0.9' },
      { tag: 'v1.0', name: evil, description: `${evilNotes}\nmore`, links: [[evil, 'https://example.com/"><script>document.body.id=1</script>']] },
      { tag: 'v1.1', name: 'One point one', description: 'new' },
      { tag: 'v2.0', name: evil, description: evilNotes, at: '2199-01-01T00:00:00Z' },
    ],
    '[policy]\nunmanaged = "delete"\nprotect = ["nightly"]\n');
  const kinds = { create: 1, update: 2, delete: 1, unmanaged: 1, unchanged: 1 };
  for (const [width, scheme] of [[1280, 'light'], [1280, 'dark'], [390, 'light'], [360, 'dark']]) {
    const tab = await browser.open(few.url, { width, scheme });
    const what = `${width}, ${scheme}`;
    await harmless(what, tab);
    check(`${what}: nothing of theirs ran`, await tab.evaluate('document.body.id === "" && !document.getElementById("pwned")'));
    const theirs = await tab.evaluate('document.querySelectorAll("img, iframe, body style, script:not(body > script), meta[http-equiv=refresh], [onerror], [onload]").length');
    check(`${what}: no element of theirs is in the page`, theirs === 0, theirs);
    const marks = await tab.evaluate('Object.fromEntries([...document.querySelectorAll(".lane[data-kind]")].map((lane) => [lane.dataset.kind, lane.querySelectorAll(".m").length]))');
    check(`${what}: each kind has its lane and marks`, JSON.stringify(marks) === JSON.stringify(kinds), marks);
    const wide = await tab.evaluate('document.documentElement.scrollWidth');
    check(`${what}: nothing sticks out`, wide <= width, wide);
    if (shots) writeFileSync(join(shots, `few-${width}-${scheme}.png`), await tab.screenshot());
  }

  const tab = await browser.open(few.url);
  await tab.evaluate('[...document.querySelectorAll("article.release > details")].forEach((one) => { one.open = false; })');
  await tab.evaluate('document.querySelector(".lane[data-kind=delete] a.m").focus()');
  await tab.press('Enter');
  const opened = 'document.querySelector("article.release[data-kind=delete] > details").open';
  check('a mark leads to its release by the keyboard', await tab.evaluate(`new Promise((done) => setTimeout(() => done(${opened}), 0))`));
  await tab.evaluate('document.querySelector("[name=kind][value=delete]").click()');
  const kept = await tab.evaluate('[document.querySelector("article.release[data-kind=delete]").hidden, location.hash]');
  check('a kind can be put away', kept[0] === true, kept);
  const again = await browser.open(`${few.url}${kept[1]}`);
  check('the address keeps the filter', await again.evaluate('document.querySelector("article.release[data-kind=delete]").hidden'), kept[1]);

  await again.evaluate(`document.body.append(Object.assign(document.createElement('script'), { textContent: 'document.body.id = "pwned"' }))`);
  check('the policy lets no other script run, and that would be noticed', await again.evaluate('document.body.id === ""') && again.complaints.length === 1, again.complaints);

  const plain = await browser.open(few.url, { script: false });
  const { root } = await plain.send('DOM.getDocument', { depth: -1 });
  const { outerHTML } = await plain.send('DOM.getOuterHTML', { nodeId: root.nodeId });
  check('without scripts the notes are there, and no filter', outerHTML.includes('The notes.') && /<form[^>]* hidden/.test(outerHTML));

  const notes = (n, word) => Array.from({ length: 20 }, (_, line) => `- ${word} **${line}** of \`${n}\``).join('\n');
  const releases = (count, word) => Array.from({ length: count }, (_, n) => (
    { tag: `v${Math.floor(n / 100)}.${Math.floor(n / 10) % 10}.${n % 10}`, name: `${word} ${n}`, description: word && notes(n, word), at: date(n, count) }));
  const many = report('many', releases(1000, 'Before'), [...releases(999, 'After'), { tag: 'evil', name: evil, description: evilNotes }], '');
  const large = await browser.open(many.url);
  await harmless('1,000 changed', large);
  await large.evaluate(idle);
  const times = [];
  for (const [words, count] of [['v1.2.', 10], ['', 1000], ['after **7', 0], ['after 7 of 777', 1], ['', 1000], ['one that is nowhere', 0], ['', 1000]]) {
    const found = await large.evaluate(filter(words));
    times.push(found.took);
    check(`1,000 changed: ${text(words)} finds ${count}`, found.articles === count, found);
  }
  await large.evaluate('location.hash = "#p1-500"');
  const seen = `new Promise((done) => setTimeout(() => { const body = document.getElementById("p1-500"); done([body.closest("details").open, body.querySelectorAll(".prose").length, body.getBoundingClientRect().top]); }, 200))`;
  const [isOpen, proses, top] = await large.evaluate(seen);
  check('1,000 changed: a release shows its notes once it is opened', isOpen && proses === 2 && top > 0 && top < 900, [isOpen, proses, top]);
  await large.evaluate('document.getElementById("open").click(); new Promise((done) => setTimeout(done, 0))');
  await large.evaluate(idle);
  check('1,000 changed: nothing of theirs ran', await large.evaluate('document.body.id === "" && !document.getElementById("pwned") && !document.querySelector("img, iframe")'));
  await harmless('1,000 changed, all open', large);
  if (shots) {
    for (const [width, scheme] of [[1280, 'light'], [390, 'dark']]) {
      writeFileSync(join(shots, `many-${width}-${scheme}.png`), await (await browser.open(many.url, { width, scheme })).screenshot());
    }
  }

  const still = releases(10_000, '').map(({ tag, at }) => ({ tag, at }));
  const stay = report('stay', still, still);
  const calm = await browser.open(stay.url);
  await harmless('10,000 unchanged', calm);
  check('10,000 unchanged: the file is small', stay.size < 1_500_000, stay.size);
  check('10,000 unchanged: all are in it', (await calm.evaluate(filter('v12.3.'))).said === '10 of 10000 releases');
  check('10,000 unchanged: the timeline shows those that are left', await calm.evaluate('document.querySelector(".fine path").getAttribute("d").split("M").length') === 11);

  console.log(`1,000 changed: ${many.size} bytes, open after ${Math.round(large.opened)} ms, filtered in ${times.map(Math.round).join(', ')} ms`);
  console.log(`10,000 unchanged: ${stay.size} bytes, open after ${Math.round(calm.opened)} ms`);
  if (shots) writeFileSync(join(shots, 'stay.png'), await calm.screenshot());
} finally {
  await browser.close();
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
