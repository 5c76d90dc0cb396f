//! Takes one release's links from what they are to what they should be, one legal step at a time.
//!
//! GitLab keeps name, url and path each unique within a release, at every moment. So a step may only take a value that
//! nobody holds: steps that give a value up come before steps that take it. Where links pass values around in a circle
//! (two names swapped), one of them is deleted and made again, which costs one step more, as a temporary name would, and
//! leaves nothing odd behind if the run dies in between.

use crate::model::{AssetPath, DesiredLink, Link, LiveLink, PathWish};
use std::collections::{BTreeSet, HashMap};

/// One write, and the earlier writes (indices into the same list) that make room for it.
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
    /// What is there before.
    fn before(&self) -> Option<&Link> {
        match self {
            Self::Delete(live) | Self::Update { live, .. } => Some(&live.link),
            Self::Create(_) => None,
        }
    }

    /// What is there afterwards.
    fn after(&self) -> Option<&Link> {
        match self {
            Self::Delete(_) => None,
            Self::Update { to, .. } | Self::Create(to) => Some(to),
        }
    }
}

/// The writes that make `live` into `wished`, in an order in which each is legal.
///
/// Which live link becomes which wished one decides whether values go round in a circle, so every order of looking for
/// partners is tried, and the shortest list wins; the first of equals.
pub(super) fn steps(live: &[LiveLink], wished: &[DesiredLink]) -> Vec<LinkStep> {
    let claimed: BTreeSet<&AssetPath> = wished.iter().filter_map(DesiredLink::path).collect();
    let list = |keys| {
        let (pairs, unmatched) = pair(live, wished, keys);
        order(writes(wished, &pairs, unmatched, &claimed))
    };
    let mut shortest = list(Key::ORDERS[0]);
    for keys in &Key::ORDERS[1..] {
        // No list can be shorter than the difference in number; most often there is nothing to do at all.
        if shortest.len() == live.len().abs_diff(wished.len()) {
            break;
        }
        let other = list(*keys);
        if other.len() < shortest.len() {
            shortest = other;
        }
    }
    shortest
}

fn writes(
    wished: &[DesiredLink],
    pairs: &[Option<&LiveLink>],
    unmatched: Vec<&LiveLink>,
    claimed: &BTreeSet<&AssetPath>,
) -> Vec<LinkWrite> {
    let mut writes: Vec<_> = unmatched.into_iter().cloned().map(LinkWrite::Delete).collect();
    for (wish, live) in wished.iter().zip(pairs) {
        match live {
            None => writes.push(LinkWrite::Create(wish.to_new())),
            Some(live) => {
                let to = resolve(wish, &live.link, claimed);
                if to != live.link {
                    writes.push(LinkWrite::Update { live: (*live).clone(), to });
                }
            }
        }
    }
    writes
}

/// What a wish and a live link may have in common.
#[derive(Clone, Copy)]
enum Key {
    Name,
    Url,
    Path,
}

impl Key {
    const ORDERS: [[Self; 3]; 6] = [
        [Self::Name, Self::Url, Self::Path],
        [Self::Name, Self::Path, Self::Url],
        [Self::Url, Self::Name, Self::Path],
        [Self::Url, Self::Path, Self::Name],
        [Self::Path, Self::Name, Self::Url],
        [Self::Path, Self::Url, Self::Name],
    ];
}

/// Finds each wish its live link: all that is wished equal, else the same by the first key, the second, the third, else any
/// that is left, since one update is less than a delete and a create. Also the live links that nobody wants.
fn pair<'a>(
    live: &'a [LiveLink],
    wished: &[DesiredLink],
    keys: [Key; 3],
) -> (Vec<Option<&'a LiveLink>>, Vec<&'a LiveLink>) {
    let by_name: HashMap<&str, usize> = index(live, |l| Some(l.name.as_str()));
    let by_url: HashMap<&str, usize> = index(live, |l| Some(l.url.as_str()));
    let by_path: HashMap<&AssetPath, usize> = index(live, |l| l.direct_asset_path.as_ref());
    let find = |wish: &DesiredLink, key: Key| match key {
        Key::Name => by_name.get(wish.name.as_str()).copied(),
        Key::Url => by_url.get(wish.url.as_str()).copied(),
        Key::Path => wish.path().and_then(|path| by_path.get(path)).copied(),
    };
    let mut free: Vec<bool> = vec![true; live.len()];
    let mut pairs: Vec<Option<usize>> = wished
        .iter()
        .map(|wish| {
            let same = |i: &usize| resolve(wish, &live[*i].link, &BTreeSet::new()) == live[*i].link;
            find(wish, Key::Name).filter(same).filter(|i| std::mem::take(&mut free[*i]))
        })
        .collect();
    for key in keys {
        for (wish, slot) in wished.iter().zip(&mut pairs).filter(|(_, slot)| slot.is_none()) {
            *slot = find(wish, key).filter(|i| std::mem::take(&mut free[*i]));
        }
    }
    let mut left = (0..live.len()).filter(|i| free[*i]).collect::<Vec<_>>().into_iter();
    for slot in pairs.iter_mut().filter(|slot| slot.is_none()) {
        *slot = left.next();
    }
    (pairs.into_iter().map(|slot| slot.map(|i| &live[i])).collect(), left.map(|i| &live[i]).collect())
}

fn index<'a, K: std::hash::Hash + Eq>(live: &'a [LiveLink], key: impl Fn(&'a Link) -> Option<K>) -> HashMap<K, usize> {
    live.iter().enumerate().filter_map(|(i, l)| Some((key(&l.link)?, i))).collect()
}

/// The whole link that `wish` makes of `live`. A path that is not managed stays, unless another link is to have it.
fn resolve(wish: &DesiredLink, live: &Link, claimed: &BTreeSet<&AssetPath>) -> Link {
    Link {
        name: wish.name.clone(),
        url: wish.url.clone(),
        direct_asset_path: match &wish.direct_asset_path {
            Some(PathWish::At(path)) => Some(path.clone()),
            Some(PathWish::None) => None,
            None => live.direct_asset_path.clone().filter(|path| !claimed.contains(path)),
        },
        link_type: wish.link_type.unwrap_or(live.link_type),
    }
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

/// Puts writes in order: deletes, then updates as values become free, then creates.
fn order(writes: Vec<LinkWrite>) -> Vec<LinkStep> {
    let mut deletes = Vec::new();
    let mut updates = Vec::new();
    let mut creates = Vec::new();
    for write in writes {
        match write {
            LinkWrite::Delete(_) => deletes.push(write),
            LinkWrite::Update { live, to } => updates.push((live, to)),
            LinkWrite::Create(_) => creates.push(write),
        }
    }
    let mut ordered = Vec::new();
    while !updates.is_empty() {
        let taken_from = blockers(&updates);
        if let Some(ready) = taken_from.iter().position(BTreeSet::is_empty) {
            let (live, to) = updates.remove(ready);
            ordered.push(LinkWrite::Update { live, to });
        } else {
            let (live, to) = updates.remove(in_a_circle(&taken_from));
            deletes.push(LinkWrite::Delete(live));
            creates.push(LinkWrite::Create(to));
        }
    }
    with_dependencies([deletes, ordered, creates].concat())
}

/// For each update, the other updates that still hold a value it takes.
fn blockers(updates: &[(LiveLink, Link)]) -> Vec<BTreeSet<usize>> {
    let holder: HashMap<Held<'_>, usize> =
        updates.iter().enumerate().flat_map(|(i, (live, _))| held(&live.link).map(move |value| (value, i))).collect();
    let of = |(i, (_, to)): (usize, &(LiveLink, Link))| {
        held(to).filter_map(|value| holder.get(&value).copied()).filter(|h| *h != i).collect()
    };
    updates.iter().enumerate().map(of).collect()
}

/// An update that waits for itself in the end. Every update has a blocker here, so walking from blocker to blocker must
/// come round.
fn in_a_circle(blockers: &[BTreeSet<usize>]) -> usize {
    let mut seen = BTreeSet::new();
    let mut at = 0;
    while seen.insert(at) {
        at = blockers[at].first().copied().unwrap_or(at);
    }
    at
}

/// Says of each write which earlier ones give up what it takes.
fn with_dependencies(writes: Vec<LinkWrite>) -> Vec<LinkStep> {
    let after: Vec<Vec<usize>> = {
        let given_up_by: HashMap<Held<'_>, usize> = writes
            .iter()
            .enumerate()
            .flat_map(|(i, write)| write.before().into_iter().flat_map(held).map(move |value| (value, i)))
            .collect();
        let of = |(i, write): (usize, &LinkWrite)| {
            let takes = write.after().into_iter().flat_map(held);
            let from: BTreeSet<usize> =
                takes.filter_map(|value| given_up_by.get(&value).copied()).filter(|from| *from != i).collect();
            from.into_iter().collect()
        };
        writes.iter().enumerate().map(of).collect()
    };
    writes.into_iter().zip(after).map(|(write, after)| LinkStep { write, after }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{LinkId, LinkType};
    use proptest::prelude::*;

    /// What GitLab does: refuses every clash.
    #[derive(Debug, Clone)]
    struct Server {
        links: Vec<LiveLink>,
        next: u64,
    }

    impl Server {
        fn write(&mut self, write: &LinkWrite) -> Result<(), String> {
            let (gone, new) = match write {
                LinkWrite::Delete(live) => (Some(live.id), None),
                LinkWrite::Update { live, to } => (Some(live.id), Some(LiveLink { id: live.id, link: to.clone() })),
                LinkWrite::Create(link) => {
                    self.next += 1;
                    (None, Some(LiveLink { id: LinkId(self.next), link: link.clone() }))
                }
            };
            if let Some(gone) = gone {
                let at = self.links.iter().position(|l| l.id == gone).ok_or("no such link")?;
                self.links.remove(at);
            }
            if let Some(new) = new {
                let clash = self.links.iter().find(|l| held(&l.link).any(|v| held(&new.link).any(|w| v == w)));
                if let Some(clash) = clash {
                    return Err(format!("{new:?} clashes with {clash:?}"));
                }
                self.links.push(new);
            }
            Ok(())
        }
    }

    const NAMES: [&str; 5] = ["a", "b", "c", "d", "e"];

    fn links() -> impl Strategy<Value = Vec<Link>> {
        let shuffled = || Just(vec![0, 1, 2, 3, 4]).prop_shuffle();
        (0..=5usize, shuffled(), shuffled(), shuffled(), prop::collection::vec((any::<bool>(), 0..4usize), 5)).prop_map(
            |(count, names, urls, paths, rest)| {
                (0..count)
                    .map(|i| Link {
                        name: NAMES[names[i]].to_owned(),
                        url: format!("https://example.com/{}", urls[i]),
                        direct_asset_path: rest[i].0.then(|| AssetPath::from_gitlab(format!("/bin/{}", paths[i]))),
                        link_type: LinkType::ALL[rest[i].1],
                    })
                    .collect()
            },
        )
    }

    fn live(links: Vec<Link>) -> Vec<LiveLink> {
        links.into_iter().zip(1..).map(|(link, id)| LiveLink { id: LinkId(id), link }).collect()
    }

    fn whole(link: &Link) -> DesiredLink {
        DesiredLink {
            name: link.name.clone(),
            url: link.url.clone(),
            direct_asset_path: Some(link.direct_asset_path.clone().map_or(PathWish::None, PathWish::At)),
            link_type: Some(link.link_type),
            place: None,
        }
    }

    fn sorted(links: impl IntoIterator<Item = Link>) -> Vec<Link> {
        let mut links: Vec<_> = links.into_iter().collect();
        links.sort();
        links
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn every_prefix_is_legal_and_the_end_is_the_wish(before in links(), after in links(), stop in 0..12usize) {
            let wish: Vec<_> = after.iter().map(whole).collect();
            let mut server = Server { links: live(before), next: 100 };
            for step in steps(&server.links.clone(), &wish).iter().take(stop) {
                server.write(&step.write).map_err(TestCaseError::fail)?;
            }
            for step in steps(&server.links.clone(), &wish) {
                server.write(&step.write).map_err(TestCaseError::fail)?;
            }
            prop_assert_eq!(sorted(server.links.iter().map(|l| l.link.clone())), sorted(after));
            prop_assert_eq!(steps(&server.links, &wish), vec![]);
        }

        #[test]
        fn any_order_that_respects_the_dependencies_is_legal(before in links(), after in links(), seed in any::<u64>()) {
            let wish: Vec<_> = after.iter().map(whole).collect();
            let mut server = Server { links: live(before), next: 100 };
            let steps = steps(&server.links, &wish);
            let mut done = BTreeSet::new();
            let mut turn = seed;
            while done.len() < steps.len() {
                let ready: Vec<_> = (0..steps.len())
                    .filter(|i| !done.contains(i) && steps[*i].after.iter().all(|a| done.contains(a)))
                    .collect();
                prop_assert!(!ready.is_empty(), "the dependencies go round in a circle");
                turn = turn.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let next = ready[usize::try_from(turn >> 33).unwrap() % ready.len()];
                server.write(&steps[next].write).map_err(TestCaseError::fail)?;
                done.insert(next);
            }
        }

        #[test]
        fn a_path_that_is_not_managed_never_stands_in_the_way(before in links(), after in links(), managed in 0..32u8) {
            let wish: Vec<_> = after
                .iter()
                .enumerate()
                .map(|(i, link)| match (whole(link), managed >> i & 1) {
                    (wish, 0) => DesiredLink { direct_asset_path: None, ..wish },
                    (wish, _) => wish,
                })
                .collect();
            let mut server = Server { links: live(before), next: 100 };
            for step in steps(&server.links.clone(), &wish) {
                server.write(&step.write).map_err(TestCaseError::fail)?;
            }
            prop_assert_eq!(steps(&server.links, &wish), vec![]);
        }

        #[test]
        fn what_is_not_managed_stays(before in links()) {
            let live = live(before.clone());
            let wish: Vec<_> = before.iter().map(|l| DesiredLink { direct_asset_path: None, link_type: None, ..whole(l) }).collect();
            prop_assert_eq!(steps(&live, &wish), vec![]);
        }
    }

    fn rotated(names: &[&str], by: usize) -> Vec<DesiredLink> {
        (0..names.len())
            .map(|i| DesiredLink {
                name: names[(i + by) % names.len()].to_owned(),
                url: format!("https://example.com/{i}"),
                direct_asset_path: None,
                link_type: None,
                place: None,
            })
            .collect()
    }

    #[test]
    fn a_chain_takes_one_step_each_and_a_new_link_none_for_the_old_ones() {
        let before = live(rotated(&["a", "b"], 0).iter().map(DesiredLink::to_new).collect());
        let mut wish = rotated(&["b", "c"], 0);
        wish[1].url = "https://example.com/1".into();
        let writes: Vec<_> = steps(&before, &wish).into_iter().map(|s| s.write).collect();
        assert_eq!(writes.len(), 2);
        assert!(writes.iter().all(|w| matches!(w, LinkWrite::Update { .. })), "{writes:?}");
    }

    #[test]
    fn urls_passed_round_cost_one_step_more() {
        for n in 2..=5 {
            let names = &NAMES[..n];
            let before = live(rotated(names, 0).iter().map(DesiredLink::to_new).collect());
            assert_eq!(steps(&before, &rotated(names, 1)).len(), n + 1, "{n} links");
        }
    }
}
