//! The exact search of [`super::removal`], for small knots.
//!
//! Finds, from nothing removed, the set `A` with `f(A) <= f(nothing)` to which the way goes least high, and of those one
//! that holds no other. Going there first is then never wrong.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

/// How many sets are looked at for one release, after which orders are legal but only likely to be the best. Random knots of
/// 20 links take less than half of it, some of 24 more than it.
pub(super) const BUDGET: usize = 50_000;

/// Links and targets (or the other way round) that hang together.
#[derive(Debug)]
pub(super) struct Knot {
    /// Those to be removed.
    pub(super) members: Vec<usize>,
    /// For each that waits: which members it waits for, as bits.
    pub(super) waiting: Vec<u64>,
}

impl Knot {
    /// How many members one can have.
    pub(super) const MOST: usize = 64;

    /// `removed` and all whose removal costs nothing then.
    fn closure(&self, mut removed: u64) -> u64 {
        loop {
            let before = removed;
            for waits in &self.waiting {
                let rest = waits & !removed;
                if rest.is_power_of_two() {
                    removed |= rest;
                }
            }
            if removed == before {
                return removed;
            }
        }
    }

    /// How many more are removed than have nothing to wait for any more.
    fn excess(&self, removed: u64) -> i64 {
        let closed = self.waiting.iter().map(|waits| i64::from(waits & !removed == 0)).sum::<i64>();
        i64::from(removed.count_ones()) - closed
    }
}

/// The knot, and which of its members to remove one after another, each with all that costs nothing then. `None` if the
/// `budget` is used up, or no knot is given.
pub(super) fn cheapest_return(knots: &[Knot], budget: &mut usize) -> Option<(usize, Vec<usize>)> {
    // The least height first, then the smallest set: one that holds another comes later.
    let mut queue = BinaryHeap::new();
    let mut heights: HashMap<(usize, u64), i64> = HashMap::new();
    queue.extend((0..knots.len()).map(|knot| Reverse((0, 0, knot, Vec::new(), 0_u64))));
    while let Some(Reverse((height, _, at, way, removed))) = queue.pop() {
        let knot = &knots[at];
        let excess = knot.excess(removed);
        if removed != 0 && excess <= 0 {
            return Some((at, way));
        }
        for next in (0..knot.members.len()).filter(|i| removed >> i & 1 == 0) {
            *budget = budget.checked_sub(1)?;
            let height = height.max(excess + 1);
            let removed = knot.closure(removed | 1 << next);
            let known = heights.entry((at, removed)).or_insert(i64::MAX);
            if height < *known {
                *known = height;
                let way = way.iter().copied().chain([next]).collect();
                queue.push(Reverse((height, removed.count_ones(), at, way, removed)));
            }
        }
    }
    None
}
