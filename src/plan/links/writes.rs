//! Lays out who becomes what as writes, and says which wait for which: deletes, then each link in its turn, then creates.

use super::bodies::{Becomes, Fate};
use super::target::Target;
use super::temporary::Temporary;
use super::{Held, LinkStep, LinkWrite, held};
use crate::model::{Link, LinkId, LiveLink};
use std::collections::HashMap;

impl LinkWrite {
    /// What is there afterwards.
    fn after(&self) -> Option<&Link> {
        match self {
            Self::Delete(_) => None,
            Self::Update { to, .. } | Self::Create(to) => Some(to),
        }
    }
}

/// The steps for those links that are `live` and differ, and give way in this `order`.
pub(super) fn lay_out(
    all: &[LiveLink],
    live: &[&LiveLink],
    targets: Vec<Target>,
    order: &[usize],
    becomes: &Becomes,
) -> Vec<LinkStep> {
    let Becomes { fates, closing } = becomes;
    let asides = asides(all, live, &targets, fates);
    let mut targets: Vec<_> = targets.into_iter().map(|target| Some(target.link)).collect();
    let deleted = live.iter().zip(fates).filter(|(_, fate)| **fate == Fate::Delete);
    let mut writes: Vec<_> = deleted.map(|(live, _)| LinkWrite::Delete((*live).clone())).collect();
    let mut clear = vec![false; targets.len()];
    for target in &closing[0] {
        clear[*target] = true;
    }
    for (link, closing) in order.iter().zip(&closing[1..]) {
        for target in closing {
            clear[*target] = true;
        }
        let old = live[*link];
        match fates[*link] {
            Fate::Delete => {}
            Fate::StepAside(target) if !clear[target] => {
                let to = asides[&target].link.clone();
                writes.push(LinkWrite::Update { live: old.clone(), to });
            }
            Fate::Become(target) | Fate::StepAside(target) => {
                writes.extend(targets[target].take().map(|to| LinkWrite::Update { live: old.clone(), to }));
            }
        }
        for target in closing {
            if let Some(aside) = asides.get(target) {
                writes.extend(targets[*target].take().map(|to| LinkWrite::Update { live: aside.clone(), to }));
            }
        }
    }
    writes.extend(targets.into_iter().flatten().map(LinkWrite::Create));
    with_dependencies(writes)
}

/// The links that step aside, as they are then, by the targets that they become.
fn asides(all: &[LiveLink], live: &[&LiveLink], targets: &[Target], fates: &[Fate]) -> HashMap<usize, LiveLink> {
    if !fates.iter().any(|fate| matches!(fate, Fate::StepAside(_))) {
        return HashMap::new();
    }
    let mut temporary = Temporary::new(all, targets.iter().map(|target| &target.link));
    let wanted: HashMap<Held<'_>, usize> =
        targets.iter().enumerate().flat_map(|(i, target)| held(&target.link).map(move |value| (value, i))).collect();
    let mut asides = HashMap::new();
    for (live, fate) in live.iter().zip(fates) {
        if let Fate::StepAside(end) = *fate {
            let elsewhere = |value: &Held<'_>| wanted.get(value).is_some_and(|by| *by != end);
            let link = temporary.aside(&live.link, &targets[end].link, elsewhere);
            asides.insert(end, LiveLink { id: live.id, link });
        }
    }
    asides
}

/// Says of each write which earlier ones give up what it takes, and which one changed the same link.
fn with_dependencies(writes: Vec<LinkWrite>) -> Vec<LinkStep> {
    let mut given_up: HashMap<Held<'_>, usize> = HashMap::new();
    let mut changed: HashMap<LinkId, usize> = HashMap::new();
    let mut dependencies = Vec::with_capacity(writes.len());
    for (i, write) in writes.iter().enumerate() {
        let before = write.live().map(|live| &live.link);
        let takes = write.after().into_iter().flat_map(held).filter(|value| !holds(before, value));
        let mut after: Vec<_> = takes.filter_map(|value| given_up.get(&value).copied()).collect();
        after.extend(write.live().and_then(|live| changed.insert(live.id, i)));
        after.sort_unstable();
        after.dedup();
        dependencies.push(after);
        let frees = before.into_iter().flat_map(held).filter(|value| !holds(write.after(), value));
        given_up.extend(frees.map(|value| (value, i)));
    }
    drop(given_up);
    writes.into_iter().zip(dependencies).map(|(write, after)| LinkStep { write, after }).collect()
}

fn holds(link: Option<&Link>, value: &Held<'_>) -> bool {
    link.is_some_and(|link| held(link).any(|held| held == *value))
}
