//! In which order live links give up what they hold, so that as few as possible do so without becoming a target.
//!
//! Knows only numbers: links, targets, and which links each target clashes with, at most three. With `S` the links that
//! have given way and `closed(S)` the targets that clash with none but those, the order's cost is the greatest value of
//! `f(S) = |S| - closed(S)` on the way. To find the least, four things are used.
//!
//! * `f` is submodular. So if `f(A) <= f(B)` for every `B` between the present `S` and `A`, and `A` is reached without going
//!   above the least cost, then going to `A` first costs nothing: any other order can be put behind it.
//! * Hence a target that clashes with one link only can always be put in place, whose place that link takes.
//! * Read backwards, a plan is a plan from the targets to the links. So the same holds from the end: a link that stands in
//!   the way of one target only can always be last, together with that target. Forwards there is a way back to the present
//!   `f` as long as there are no more links left than targets, backwards as long as there are no fewer.
//! * What is left then is knots in which each clashes with two or three. A circle, where all clash with two, costs one
//!   above the present `f` wherever it is cut. [`search`] looks into the others.

use super::search::{self, Knot};
use std::collections::BTreeSet;

/// All `links`, in the order in which they give way. `needs` are the links that each target clashes with; `identities` the
/// link that each target would rather take the place of, where that costs nothing.
pub(super) fn order(links: usize, needs: &[Vec<usize>], identities: &[Option<usize>]) -> Vec<usize> {
    let mut tangle = Tangle::new(links, needs, identities);
    let mut budget = search::BUDGET;
    loop {
        tangle.peel();
        let [links, targets] = [LINKS, TARGETS].map(|side| tangle.sides[side].open);
        if links == 0 || targets == 0 {
            break;
        }
        let side = if links <= targets { LINKS } else { TARGETS };
        for first in tangle.cuts(side, &mut budget) {
            tangle.remove(side, first);
            tangle.peel();
        }
    }
    tangle.front.extend(tangle.back.into_iter().rev());
    tangle.front
}

const LINKS: usize = 0;
const TARGETS: usize = 1;

struct Side {
    /// What each clashes with on the other side.
    clashes: Vec<Vec<usize>>,
    /// How many of those are left.
    left: Vec<usize>,
    gone: Vec<bool>,
    /// How many of this side are not gone.
    open: usize,
    /// Who it would rather change places with.
    partner: Vec<Option<usize>>,
}

impl Side {
    fn new(clashes: Vec<Vec<usize>>, partner: Vec<Option<usize>>) -> Self {
        let left = clashes.iter().map(Vec::len).collect();
        Self { left, gone: vec![false; clashes.len()], open: clashes.len(), clashes, partner }
    }
}

/// What is still to be ordered. Links are taken off in front, and targets, in the mirror, at the back.
struct Tangle {
    sides: [Side; 2],
    front: Vec<usize>,
    /// The last one first.
    back: Vec<usize>,
    /// Who clashes with one only: first targets whose partner that is, then other targets, then links.
    loose: BTreeSet<(u8, usize, usize)>,
}

impl Tangle {
    fn new(links: usize, needs: &[Vec<usize>], identities: &[Option<usize>]) -> Self {
        let mut needed_by = vec![Vec::new(); links];
        for (target, needs) in needs.iter().enumerate() {
            for link in needs {
                needed_by[*link].push(target);
            }
        }
        let mut meant_by = vec![None; links];
        for (target, identity) in identities.iter().enumerate() {
            if let Some(link) = identity {
                meant_by[*link] = Some(target);
            }
        }
        let sides = [Side::new(needed_by, meant_by), Side::new(needs.to_vec(), identities.to_vec())];
        let mut this = Self { sides, front: Vec::new(), back: Vec::new(), loose: BTreeSet::new() };
        for side in [LINKS, TARGETS] {
            for i in 0..this.sides[side].left.len() {
                this.touched(side, i);
            }
        }
        this
    }

    /// Takes off what costs nothing, at both ends.
    fn peel(&mut self) {
        while let Some((_, side, i)) = self.loose.pop_first() {
            if !self.sides[side].gone[i] {
                self.remaining(side, i).into_iter().for_each(|one| self.remove(1 - side, one));
            }
        }
    }

    fn remove(&mut self, side: usize, i: usize) {
        self.take_off(side, i);
        if side == LINKS {
            self.front.push(i);
        }
        for at in 0..self.sides[side].clashes[i].len() {
            let other = self.sides[side].clashes[i][at];
            if !self.sides[1 - side].gone[other] {
                self.sides[1 - side].left[other] -= 1;
                self.touched(1 - side, other);
            }
        }
    }

    /// Looks whether anything is still in the way of this one.
    fn touched(&mut self, side: usize, i: usize) {
        match self.sides[side].left[i] {
            0 => {
                self.take_off(side, i);
                if side == LINKS {
                    self.back.push(i);
                }
            }
            1 => {
                let partner = self.sides[side].partner[i];
                let kind = match side {
                    LINKS => 2,
                    _ if partner.is_some_and(|partner| self.remaining(side, i) == [partner]) => 0,
                    _ => 1,
                };
                self.loose.insert((kind, side, i));
            }
            _ => {}
        }
    }

    fn take_off(&mut self, side: usize, i: usize) {
        self.sides[side].gone[i] = true;
        self.sides[side].open -= 1;
    }

    /// What still clashes with this one.
    fn remaining(&self, side: usize, i: usize) -> Vec<usize> {
        let other = &self.sides[1 - side].gone;
        self.sides[side].clashes[i].iter().copied().filter(|i| !other[*i]).collect()
    }

    /// What to remove on this `side` where all clash with two or three: one of every circle, else what a search finds, else
    /// what looks best.
    fn cuts(&self, side: usize, budget: &mut usize) -> Vec<usize> {
        let knots = self.knots(side);
        let is_circle = |knot: &&Vec<usize>| knot.iter().all(|i| self.is_simple(side, *i));
        let easy = |i: &usize| (self.sides[side].partner[*i].is_some(), *i);
        let circles: Vec<_> =
            knots.iter().filter(is_circle).filter_map(|circle| circle.iter().copied().min_by_key(easy)).collect();
        if !circles.is_empty() {
            return circles;
        }
        let small: Vec<_> = knots.iter().filter_map(|members| self.knot(side, members)).collect();
        if let Some((knot, found)) = search::cheapest_return(&small, budget) {
            return found.into_iter().map(|i| small[knot].members[i]).collect();
        }
        let promising = |i: &usize| {
            let opens = self.remaining(side, *i).into_iter().filter(|w| self.sides[1 - side].left[*w] == 2).count();
            (std::cmp::Reverse(opens), easy(i))
        };
        let open = (0..self.sides[side].gone.len()).filter(|i| !self.sides[side].gone[*i]);
        open.min_by_key(promising).into_iter().collect()
    }

    /// Whether it and its neighbours clash with two only.
    fn is_simple(&self, side: usize, i: usize) -> bool {
        let around = self.remaining(side, i);
        around.len() == 2 && around.iter().all(|other| self.sides[1 - side].left[*other] == 2)
    }

    /// The members on this `side` of each connected part of what is left.
    fn knots(&self, side: usize) -> Vec<Vec<usize>> {
        let mut seen = self.sides[side].gone.clone();
        let mut knots = Vec::new();
        for first in 0..seen.len() {
            if std::mem::replace(&mut seen[first], true) {
                continue;
            }
            let mut knot = vec![first];
            let mut at = 0;
            while let Some(i) = knot.get(at).copied() {
                at += 1;
                let around = self.remaining(side, i).into_iter().flat_map(|other| self.remaining(1 - side, other));
                knot.extend(around.filter(|i| !std::mem::replace(&mut seen[*i], true)));
            }
            knot.sort_unstable();
            knots.push(knot);
        }
        knots
    }

    /// The same for the search, if it is not too large for it.
    fn knot(&self, side: usize, members: &[usize]) -> Option<Knot> {
        if members.len() > Knot::MOST {
            return None;
        }
        let others: BTreeSet<_> = members.iter().flat_map(|i| self.remaining(side, *i)).collect();
        let bit = |i: usize| members.binary_search(&i).map_or(0, |at| 1 << at);
        let waiting =
            others.into_iter().map(|other| self.remaining(1 - side, other).into_iter().map(bit).sum()).collect();
        Some(Knot { members: members.to_vec(), waiting })
    }
}
