//! Which live link becomes which target, given the order in which the links give way.
//!
//! A link whose turn it is can become any target that clashes with nothing any more. Where there is none it gives way
//! without becoming anything yet: it is deleted, if there are too many links, or steps aside. The number of those is fixed
//! by the order; what is chosen here is who, such that targets stay on the links that are meant by them.

use std::collections::BTreeSet;

/// What happens to a live link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Delete,
    /// Becomes this target when it gives way.
    Become(usize),
    /// Gives way with temporary values, and becomes this target later.
    StepAside(usize),
}

/// Who becomes what. Targets that no live link becomes are to be created.
#[derive(Debug)]
pub(super) struct Becomes {
    /// For each live link.
    pub(super) fates: Vec<Fate>,
    /// The targets that clash with nothing any more once the link that is nth in the order has given way; the first entry
    /// is those that never clash.
    pub(super) closing: Vec<Vec<usize>>,
}

/// Finds every live link its fate. `needs` are the live links that each target clashes with.
pub(super) fn assign(order: &[usize], needs: &[Vec<usize>], identities: &[Option<usize>]) -> Becomes {
    let closing = closing(order, needs);
    let mut excess = 0;
    let mut closed = closing[0].len();
    for (turn, now) in closing.iter().enumerate().skip(1) {
        closed += now.len();
        excess = excess.max(turn.saturating_sub(closed));
    }
    let deletes = order.len().saturating_sub(needs.len());
    let mut walk = Walk {
        fates: vec![None; order.len()],
        meant_by: vec![None; order.len()],
        meaning: identities.to_vec(),
        kept: BTreeSet::new(),
        spare: BTreeSet::new(),
        deletes,
        asides: excess - deletes,
    };
    for (target, identity) in identities.iter().enumerate() {
        if let Some(link) = identity {
            walk.meant_by[*link] = Some(target);
        }
    }
    walk.open(&closing[0]);
    for (link, now) in order.iter().zip(&closing[1..]) {
        walk.open(now);
        walk.decide(*link);
    }
    Becomes { fates: walk.end(), closing }
}

fn closing(order: &[usize], needs: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut turn = vec![0; order.len()];
    for (i, link) in order.iter().enumerate() {
        turn[*link] = i + 1;
    }
    let mut closing = vec![Vec::new(); order.len() + 1];
    for (target, needs) in needs.iter().enumerate() {
        closing[needs.iter().map(|link| turn[*link]).max().unwrap_or(0)].push(target);
    }
    closing
}

struct Walk {
    fates: Vec<Option<Fate>>,
    /// The target that each link is kept for.
    meant_by: Vec<Option<usize>>,
    /// The link that each target is kept for; the other way round.
    meaning: Vec<Option<usize>>,
    /// Targets that could be put in place now, and are kept for a link.
    kept: BTreeSet<usize>,
    /// Targets that could be put in place now, wherever.
    spare: BTreeSet<usize>,
    /// How many links are still to be deleted, and to step aside. There is always one left where one is needed.
    deletes: usize,
    asides: usize,
}

impl Walk {
    fn open(&mut self, targets: &[usize]) {
        for target in targets {
            if self.meaning[*target].is_some() { &mut self.kept } else { &mut self.spare }.insert(*target);
        }
    }

    fn decide(&mut self, link: usize) {
        match self.meant_by[link] {
            Some(own) if self.kept.remove(&own) => self.fates[link] = Some(Fate::Become(own)),
            Some(own) if self.asides > 0 => {
                self.asides -= 1;
                self.fates[link] = Some(Fate::StepAside(own));
            }
            own => {
                if let Some(own) = own {
                    self.part(own);
                }
                // Rather is this one deleted than that a target leaves the link that is meant by it.
                if !self.become_any(link, self.deletes == 0) {
                    self.give_way(link);
                }
            }
        }
    }

    /// Makes `link` the first target that can be put in place, even one kept for another link if it `must`.
    fn become_any(&mut self, link: usize, must: bool) -> bool {
        let target = self.spare.pop_first().or_else(|| if must { self.kept.first().copied() } else { None });
        let Some(target) = target else { return false };
        self.part(target);
        self.spare.remove(&target);
        self.fates[link] = Some(Fate::Become(target));
        true
    }

    fn give_way(&mut self, link: usize) {
        if self.deletes > 0 {
            self.deletes -= 1;
            self.fates[link] = Some(Fate::Delete);
        } else {
            // It has no fate until all have had their turn.
            self.asides -= 1;
        }
    }

    /// Keeps `target` for nobody any longer.
    fn part(&mut self, target: usize) {
        if let Some(link) = self.meaning[target].take() {
            self.meant_by[link] = None;
            self.fates[link] = self.fates[link].filter(|fate| *fate != Fate::StepAside(target));
            if self.kept.remove(&target) {
                self.spare.insert(target);
            }
        }
    }

    /// Gives what is left to those that stepped aside for nothing in particular.
    fn end(mut self) -> Vec<Fate> {
        let spare = &mut self.spare;
        let fate = |fate: Option<Fate>| fate.or_else(|| spare.pop_first().map(Fate::StepAside)).unwrap_or(Fate::Delete);
        self.fates.into_iter().map(fate).collect()
    }
}
