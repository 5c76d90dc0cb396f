//! That no plan is shorter, against two yardsticks that know nothing of how plans are made: a search through all that a
//! model of GitLab lets happen, and the best of all orders in which links can give way.

use super::*;
use std::collections::HashSet;

/// Sets of links, as bits: which of some candidates are there.
struct World {
    /// For each candidate, those that it clashes with, itself among them.
    clashes: Vec<u128>,
    from: u128,
    to: u128,
}

impl World {
    fn new(from: &[Link], to: &[Link], more: impl IntoIterator<Item = Link>) -> Self {
        let mut candidates: Vec<Link> = from.iter().chain(to).cloned().chain(more).collect();
        candidates.sort();
        candidates.dedup();
        assert!(candidates.len() <= 128);
        let clash = |a: &Link, b: &Link| held(a).any(|v| held(b).any(|w| v == w));
        let mask = |of: &dyn Fn(&Link) -> bool| {
            candidates.iter().enumerate().filter(|(_, c)| of(c)).map(|(i, _)| 1_u128 << i).sum()
        };
        let clashes = candidates.iter().map(|a| mask(&|b| clash(a, b))).collect();
        Self { clashes, from: mask(&|c| from.contains(c)), to: mask(&|c| to.contains(c)) }
    }

    /// All that can be had by one legal write more.
    fn around(&self, states: &HashSet<u128>) -> HashSet<u128> {
        let mut next = states.clone();
        for state in states {
            let removed =
                (0..self.clashes.len()).map(|i| 1 << i).filter(|bit| state & bit != 0).map(|bit| state & !bit);
            let mut left: Vec<u128> = removed.collect();
            next.extend(&left);
            left.push(*state);
            for state in left {
                let fits = (0..self.clashes.len()).filter(|i| self.clashes[*i] & state == 0);
                next.extend(fits.map(|i| state | 1 << i));
            }
        }
        next
    }

    /// Whether there is a plan of so many writes. What can be done can be undone, so it looks from both ends.
    fn takes_at_most(&self, writes: usize) -> bool {
        let mut ends = [HashSet::from([self.from]), HashSet::from([self.to])];
        for turn in 0..writes {
            ends[turn % 2] = self.around(&ends[turn % 2]);
        }
        !ends[0].is_disjoint(&ends[1])
    }
}

fn link(name: &str, url: &str, path: Option<usize>) -> Link {
    Link {
        name: name.to_owned(),
        url: url.to_owned(),
        direct_asset_path: path.map(path_of),
        link_type: LinkType::Other,
    }
}

fn untyped(links: Vec<Link>) -> Vec<Link> {
    links.into_iter().map(|l| Link { link_type: LinkType::Other, ..l }).collect()
}

/// The best over all orders, by dynamic programming over sets.
fn best_order(from: &[Link], to: &[Link]) -> usize {
    let (from, to): (Vec<_>, Vec<_>) =
        (from.iter().filter(|l| !to.contains(l)).collect(), to.iter().filter(|l| !from.contains(l)).collect());
    let waits = |to: &&Link| {
        let clash = |i: &usize| held(from[*i]).any(|v| held(to).any(|w| v == w));
        (0..from.len()).filter(clash).map(|i| 1_usize << i).sum::<usize>()
    };
    let waits: Vec<usize> = to.iter().map(waits).collect();
    let closed = |set: usize| waits.iter().filter(|w| *w & !set == 0).count();
    let mut heights = vec![usize::MAX; 1 << from.len()];
    heights[0] = 0;
    for set in 1..heights.len() {
        let before = (0..from.len()).filter(|i| set >> i & 1 == 1).map(|i| heights[set & !(1 << i)]);
        let here = (set.count_ones() as usize).saturating_sub(closed(set));
        heights[set] = before.min().unwrap_or(0).max(here);
    }
    to.len() + heights.last().copied().unwrap_or(0)
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config(150))]

    #[test]
    fn no_way_at_all_is_shorter(before in links(3), after in links(3)) {
        let (before, after) = (untyped(before), untyped(after));
        let count = steps(&live(before.clone()), &wishes(&after, 0, 0)).len();
        let of = |value: fn(&Link) -> &String| before.iter().chain(&after).map(value).cloned().collect::<BTreeSet<_>>();
        let [mut names, mut urls] = [of(|l| &l.name), of(|l| &l.url)];
        names.insert("x".into());
        urls.insert("https://x".into());
        let paths = [None, Some(0), Some(1), Some(2)];
        let all = names.iter().flat_map(|name| urls.iter().flat_map(move |url| paths.map(|path| link(name, url, path))));
        let world = World::new(&before, &after, all);
        prop_assert!(count == 0 || !world.takes_at_most(count - 1), "{} steps are too many", count);
    }
}

proptest! {
    #![proptest_config(config(1_500))]

    #[test]
    fn no_way_by_targets_and_two_temporary_links_is_shorter(before in links(4), after in links(4)) {
        let (before, after) = (untyped(before), untyped(after));
        let count = steps(&live(before.clone()), &wishes(&after, 0, 0)).len();
        let world = World::new(&before, &after, [link("x", "https://x", None), link("y", "https://y", None)]);
        prop_assert!(count == 0 || !world.takes_at_most(count - 1), "{} steps are too many", count);
    }
}

proptest! {
    #![proptest_config(config(6_000))]

    #[test]
    fn no_order_is_better(before in links(8), after in links(8)) {
        let (before, after) = (untyped(before), untyped(after));
        let count = steps(&live(before.clone()), &wishes(&after, 0, 0)).len();
        prop_assert_eq!(count, best_order(&before, &after));
    }
}

/// Links whose names, urls and paths are all passed round, with no end to begin at.
fn tangled(n: usize) -> impl Strategy<Value = (Vec<Link>, Vec<Link>)> {
    let shuffled = || Just((0..n).collect::<Vec<_>>()).prop_shuffle();
    (shuffled(), shuffled()).prop_map(move |(urls, paths)| {
        let before = (0..n).map(|i| link(&name_of(i), &url_of(i), Some(i))).collect();
        (before, (0..n).map(|i| link(&name_of(i), &url_of(urls[i]), Some(paths[i]))).collect())
    })
}

proptest! {
    #![proptest_config(config(60))]

    #[test]
    fn no_order_is_better_for_knots((before, after) in tangled(12)) {
        let count = steps(&live(before.clone()), &wishes(&after, 0, 0)).len();
        prop_assert_eq!(count, best_order(&before, &after));
    }
}
