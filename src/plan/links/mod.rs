//! Takes one release's links from what they are to what they should be, by the fewest legal steps.
//!
//! GitLab keeps name, url and path each unique within a release, at every moment. So a step may only take a value that
//! nobody holds: steps that give a value up come before steps that take it. Where links pass values round in a circle,
//! one of them steps aside with a temporary value, which costs one step more.
//!
//! Room by room: [`target`] says what each wish comes to, whole; [`removal`] in which order the live links that differ
//! give up what they hold; [`bodies`] which live link becomes which target; [`writes`] lays that out as writes, each with
//! those it waits for.
//!
//! Why this is the least: with `n` live links and `m` targets that differ, a live link's first write either puts a target
//! in place or doesn't, and each target is put in place once, so a plan has `m` steps and one more for every live link
//! whose first write puts none. If the links give way in the order `x1, x2, …`, then `i - closed(i)` of the first `i` can
//! have put none, where `closed(i)` counts the targets that clash with nothing but these; and no more than the greatest
//! such difference need be. [`removal`] finds the order in which it is least.

mod bodies;
mod removal;
mod search;
mod spelling;
mod target;
mod temporary;
mod writes;

#[cfg(test)]
mod tests;

use crate::model::{AssetPath, DesiredLink, Link, LinkId, LiveLink, PathWish};
use std::collections::HashMap;
use target::Target;

/// One write, and the earlier writes (indices into the same list) that must have succeeded: those that make room for it,
/// and the one before of the same link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LinkStep {
    pub(super) write: LinkWrite,
    pub(super) after: Vec<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LinkWrite {
    Delete(LiveLink),
    Update { live: LiveLink, to: Link },
    Create(Link),
}

impl LinkWrite {
    /// The link that is there already.
    fn live(&self) -> Option<&LiveLink> {
        match self {
            Self::Delete(live) | Self::Update { live, .. } => Some(live),
            Self::Create(_) => None,
        }
    }
}

/// Whether the `nth` of `steps` only makes room: a later one writes the same link again.
pub(super) fn is_temporary(steps: &[LinkStep], nth: usize) -> bool {
    let id = |step: &LinkStep| step.write.live().map(|live| live.id);
    steps.get(nth).and_then(id).is_some_and(|this| steps[nth + 1..].iter().any(|later| id(later) == Some(this)))
}

/// The writes that make `live` into `wished`, in an order in which each is legal.
pub(super) fn steps(live: &[LiveLink], wished: &[DesiredLink]) -> Vec<LinkStep> {
    if nothing_differs(live, wished) {
        return Vec::new();
    }
    let all = live;
    let (live, targets) = differing(all, target::targets(all, wished));
    if live.is_empty() && targets.is_empty() {
        return Vec::new();
    }
    let needs = clashes(&live, &targets);
    let identities: Vec<_> = targets.iter().map(|target| target.identity).collect();
    let order = removal::order(live.len(), &needs, &identities);
    let becomes = bodies::assign(&order, &needs, &identities);
    writes::lay_out(all, &live, targets, &order, &becomes)
}

/// The live links and the wished ones that differ, each beside the one it is or is to be, whole: a wish that nothing stands
/// for, a link that no wish means, and what of both is not the same. In the order of the wishes, then of the live links.
pub(super) fn differences<'l>(
    live: &'l [LiveLink],
    wished: &[DesiredLink],
) -> Vec<(Option<&'l LiveLink>, Option<Link>)> {
    if nothing_differs(live, wished) {
        return Vec::new();
    }
    let (live, targets) = differing(live, target::targets(live, wished));
    let mut is_meant = vec![false; live.len()];
    let mut differences = Vec::new();
    for Target { link, identity } in targets {
        if let Some(i) = identity {
            is_meant[i] = true;
        }
        differences.push((identity.map(|i| live[i]), Some(link)));
    }
    differences.extend(live.into_iter().zip(is_meant).filter(|(_, meant)| !meant).map(|(live, _)| (Some(live), None)));
    differences
}

/// All links of a release that is as wished, whole. Those that are new get ids of their own.
pub(super) fn as_wished(live: &[LiveLink], wished: &[DesiredLink]) -> Vec<LiveLink> {
    let mut ids = (1 + live.iter().map(|live| live.id.0).max().unwrap_or_default()..).map(LinkId);
    let targets = target::targets(live, wished).into_iter();
    let whole = targets.filter_map(|Target { link, identity }| {
        let id = identity.map(|i| live[i].id).or_else(|| ids.next())?;
        Some(LiveLink { id, link })
    });
    whole.collect()
}

/// Whether two urls lead to the same, however they are spelled.
pub(super) fn is_same_url(a: &str, b: &str) -> bool {
    spelling::same(a, b)
}

/// Whether every wish is there, word for word: a quick look that settles most releases, and never says yes wrongly.
fn nothing_differs(live: &[LiveLink], wished: &[DesiredLink]) -> bool {
    const FEW: usize = 64;
    let same = |(wish, live): (&DesiredLink, &LiveLink)| {
        let Link { name, url, direct_asset_path, link_type } = &live.link;
        wish.name == *name
            && wish.url == *url
            && wish.link_type.is_none_or(|wish| wish == *link_type)
            && match &wish.direct_asset_path {
                Some(PathWish::At(path)) => direct_asset_path.as_ref() == Some(path),
                Some(PathWish::None) => direct_asset_path.is_none(),
                None => true,
            }
    };
    let among = |wish| live.iter().rev().any(|live| same((wish, live)));
    live.len() == wished.len()
        && if live.len() <= FEW {
            wished.iter().all(among)
        } else {
            // GitLab lists the newest first.
            wished.iter().zip(live.iter().rev()).all(same) || wished.iter().zip(live).all(same)
        }
}

/// Leaves out what is already as it should be. No plan is shorter for touching such a link: nobody else wants what it
/// holds. Identities count the live links that are left.
fn differing(live: &[LiveLink], mut targets: Vec<Target>) -> (Vec<&LiveLink>, Vec<Target>) {
    let mut stays = vec![false; live.len()];
    targets.retain(|target| match target.identity {
        Some(i) if live[i].link == target.link => {
            stays[i] = true;
            false
        }
        _ => true,
    });
    let mut new_index = vec![0; live.len()];
    let mut left = Vec::new();
    for (i, link) in live.iter().enumerate().filter(|(i, _)| !stays[*i]) {
        new_index[i] = left.len();
        left.push(link);
    }
    for target in &mut targets {
        target.identity = target.identity.map(|i| new_index[i]);
    }
    (left, targets)
}

/// For each target, the live links that hold its name, url or path; each once, in order.
fn clashes(live: &[&LiveLink], targets: &[Target]) -> Vec<Vec<usize>> {
    let holder: HashMap<Held<'_>, usize> =
        live.iter().enumerate().flat_map(|(i, l)| held(&l.link).map(move |value| (value, i))).collect();
    let of = |target: &Target| {
        let mut clashes: Vec<_> = held(&target.link).filter_map(|value| holder.get(&value).copied()).collect();
        clashes.sort_unstable();
        clashes.dedup();
        clashes
    };
    targets.iter().map(of).collect()
}

/// A value that only one link of a release can hold.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Held<'a> {
    Name(&'a str),
    Url(&'a str),
    Path(&'a AssetPath),
}

fn held(link: &Link) -> impl Iterator<Item = Held<'_>> {
    [Held::Name(&link.name), Held::Url(&link.url)].into_iter().chain(link.direct_asset_path.as_ref().map(Held::Path))
}
