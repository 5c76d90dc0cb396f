//! What a link is while it steps aside: it clashes with nothing, and tells what is going on to whoever sees it.

use super::{Held, held};
use crate::model::{Link, LiveLink};
use std::collections::HashSet;

/// Knows the values that are held now, and those not to be lent: some link has, is to have, or was lent them.
pub(super) struct Temporary<'a> {
    live: HashSet<Held<'a>>,
    used: HashSet<String>,
}

impl<'a> Temporary<'a> {
    pub(super) fn new(live: &'a [LiveLink], targets: impl Iterator<Item = &'a Link>) -> Self {
        let words = |link: &Link| [link.name.clone(), link.url.clone()];
        let used = live.iter().map(|live| &live.link).chain(targets).flat_map(words).collect();
        Self { live: live.iter().flat_map(|live| held(&live.link)).collect(), used }
    }

    /// `link` without the values that are `wanted` elsewhere, on its way to `end`.
    ///
    /// It takes its last values at once where nobody has them, the name wherever it can: by that it is known if the run
    /// breaks down here. Else it is lent a name made of the last one, and a url that leads to the right place.
    pub(super) fn aside(&mut self, link: &Link, end: &Link, wanted: impl Fn(&Held<'_>) -> bool) -> Link {
        let mut aside = link.clone();
        if !self.live.contains(&Held::Name(&end.name)) {
            aside.name.clone_from(&end.name);
            aside.link_type = end.link_type;
        } else if wanted(&Held::Name(&link.name)) {
            aside.name = self.lend(|i| format!("{} (relsync {i})", end.name));
        }
        if wanted(&Held::Url(&link.url)) {
            aside.url = if self.live.contains(&Held::Url(&end.url)) {
                let mark = if end.url.contains('#') { '-' } else { '#' };
                self.lend(|i| format!("{}{mark}relsync-{i}", end.url))
            } else {
                end.url.clone()
            };
        }
        if link.direct_asset_path.as_ref().is_some_and(|path| wanted(&Held::Path(path))) {
            let last = end.direct_asset_path.clone();
            aside.direct_asset_path = last.filter(|path| !self.live.contains(&Held::Path(path)));
        }
        aside
    }

    fn lend(&mut self, numbered: impl Fn(usize) -> String) -> String {
        let mut number = 1;
        loop {
            let value = numbered(number);
            if self.used.insert(value.clone()) {
                return value;
            }
            number += 1;
        }
    }
}
