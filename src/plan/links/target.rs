//! What each wish comes to: the whole link, with what the wish leaves out taken from the live link that it means.
//!
//! Says nothing of how to get there: another live link may end up as the one that a wish means.

use super::spelling;
use crate::model::{AssetPath, DesiredLink, Link, LinkType, LiveLink, PathWish};
use std::collections::{HashMap, HashSet};
use std::hash::Hash;

/// A link as it is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) link: Link,
    /// The live link that is meant, and is best made into this one. No two targets have the same.
    pub(super) identity: Option<usize>,
}

/// The targets, one for each wish. Their names, urls and paths are unique if those of the live links and the wishes are.
pub(super) fn targets(live: &[LiveLink], wished: &[DesiredLink]) -> Vec<Target> {
    let claimed_paths: HashSet<&AssetPath> = wished.iter().filter_map(DesiredLink::path).collect();
    let path_of = |wish: &DesiredLink, meant: Option<&Link>| match &wish.direct_asset_path {
        Some(PathWish::At(path)) => Some(path.clone()),
        Some(PathWish::None) => None,
        None => meant?.direct_asset_path.clone().filter(|path| !claimed_paths.contains(path)),
    };
    let url_of = |wish: &DesiredLink, meant: Option<&Link>| {
        let claimed = |url: &str| wished.iter().any(|other| other.url == url);
        let kept = meant.filter(|l| l.url != wish.url && spelling::same(&l.url, &wish.url) && !claimed(&l.url));
        kept.map_or_else(|| wish.url.clone(), |l| l.url.clone())
    };
    let target = |(wish, identity): (&DesiredLink, Option<usize>)| {
        let meant = identity.map(|i| &live[i].link);
        let link = Link {
            name: wish.name.clone(),
            url: url_of(wish, meant),
            direct_asset_path: path_of(wish, meant),
            link_type: wish.link_type.or(meant.map(|l| l.link_type)).unwrap_or(LinkType::Other),
        };
        Target { link, identity }
    };
    wished.iter().zip(Identities::find(live, wished)).map(target).collect()
}

/// Which live link each wish means: the one with its name, else with its url, else with its path. Every wish is asked for
/// its name before any is for its url.
struct Identities<'a> {
    live: &'a [LiveLink],
    wished: &'a [DesiredLink],
    found: Vec<Option<usize>>,
    free: Vec<bool>,
}

impl<'a> Identities<'a> {
    fn find(live: &'a [LiveLink], wished: &'a [DesiredLink]) -> Vec<Option<usize>> {
        let mut this = Self { live, wished, found: vec![None; wished.len()], free: vec![true; live.len()] };
        this.by(|live| Some(live.name.as_str()), |wish| Some(wish.name.as_str()));
        this.by(|live| Some(live.url.as_str()), |wish| Some(wish.url.as_str()));
        // One round finds one link for each url, and there may be more, each spelled in its own way.
        while this.by(|live| spelling::normal(&live.url), |wish| spelling::normal(&wish.url)) {}
        this.by(|live| live.direct_asset_path.as_ref(), DesiredLink::path);
        this.found
    }

    /// Brings together what has the same key, the first of the live links and the first of the wishes. Says whether any was
    /// found.
    fn by<K: Hash + Eq>(
        &mut self,
        of_live: impl Fn(&'a Link) -> Option<K>,
        of_wish: impl Fn(&'a DesiredLink) -> Option<K>,
    ) -> bool {
        let open = |found: &Option<usize>| found.is_none();
        if !self.found.iter().any(open) || !self.free.contains(&true) {
            return false;
        }
        let free = self.live.iter().enumerate().rev().filter(|(i, _)| self.free[*i]);
        let mut holder: HashMap<K, usize> = free.filter_map(|(i, l)| Some((of_live(&l.link)?, i))).collect();
        let mut any = false;
        for (wish, found) in self.wished.iter().zip(&mut self.found).filter(|(_, found)| found.is_none()) {
            if let Some(i) = of_wish(wish).and_then(|key| holder.remove(&key)) {
                *found = Some(i);
                self.free[i] = false;
                any = true;
            }
        }
        any
    }
}
