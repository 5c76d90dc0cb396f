//! Where somebody has changed in GitLab what the manifest changes, too, and to another end.

use super::difference::{Aspect, Difference, Subject, Value};
use crate::plan::links;
use crate::plan::reason::Field;
use std::collections::{BTreeMap, BTreeSet};

/// One thing that is different in all three.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clash {
    /// Of what.
    pub subject: Subject,
    /// In which respect.
    pub aspect: Aspect,
    /// What the base says.
    pub base: Value,
    /// What GitLab has.
    pub live: Value,
    /// What the manifest says.
    pub here: Value,
}

/// All clashes of `drift` with `change`, in the drift's order. `straight` is how GitLab differs from the manifest without
/// its base, which is asked for only where both sides have made something that the base has not.
pub(super) fn clashes(
    drift: &[Difference],
    change: &[Difference],
    straight: impl FnOnce() -> Vec<Difference>,
) -> Vec<Clash> {
    let mut changed: BTreeMap<Key<'_>, Vec<&Difference>> = BTreeMap::new();
    for change in change {
        changed.entry(key(&change.subject)).or_default().push(change);
    }
    let (mut clashes, mut made_twice) = (Vec::new(), BTreeSet::new());
    for drifted in drift {
        for change in changed.get(&key(&drifted.subject)).into_iter().flatten() {
            if is_made_twice(drifted, change) {
                made_twice.insert(drifted.subject.clone());
            } else {
                clashes.extend(clash(drifted, change));
            }
        }
    }
    if !made_twice.is_empty() {
        let is_made = |subject: &Subject| {
            let release = || subject.tag_name().cloned().map(Subject::Release);
            made_twice.contains(subject) || release().is_some_and(|release| made_twice.contains(&release))
        };
        let both = straight().into_iter().filter(|found| is_made(&found.subject));
        clashes.extend(both.map(|Difference { subject, aspect, live, wished }| Clash {
            subject,
            aspect,
            base: Value::Absent,
            live,
            here: wished,
        }));
    }
    clashes
}

/// Takes out of both what both have changed to the same end, most likely because the manifest here has been applied: it is
/// nobody's drift, and nothing is left to change about it. `whole` is the drift with what is let be.
pub(super) fn settle(drift: &mut Vec<Difference>, change: &mut Vec<Difference>, whole: &[Difference]) {
    let wished: BTreeMap<_, _> = change.iter().map(|one| ((&one.subject, one.aspect), &one.wished)).collect();
    let settled: BTreeSet<(Subject, Aspect)> = whole
        .iter()
        // That both have made one does not say that the two are alike.
        .filter(|one| one.live != Value::Present)
        .filter(|one| wished.get(&(&one.subject, one.aspect)).is_some_and(|end| is_same(one.aspect, &one.live, end)))
        .map(|one| (one.subject.clone(), one.aspect))
        .collect();
    let is_open = |one: &Difference| !settled.contains(&(one.subject.clone(), one.aspect));
    drift.retain(is_open);
    change.retain(is_open);
}

/// A release with its links, or a milestone.
type Key<'a> = (Option<&'a str>, Option<&'a str>);

fn key(subject: &Subject) -> Key<'_> {
    match subject {
        Subject::Milestone(title) => (Some(title), None),
        Subject::Release(tag_name) | Subject::Link { tag_name, .. } => (None, Some(tag_name.as_str())),
    }
}

/// Whether both have made something of the same name.
fn is_made_twice(drifted: &Difference, change: &Difference) -> bool {
    let is_whole = (drifted.aspect, change.aspect) == (Aspect::Existence, Aspect::Existence);
    is_whole && drifted.subject == change.subject && drifted.wished == Value::Absent && change.live == Value::Absent
}

/// How a difference in GitLab and one in the manifest clash, if they do. Both are about the same release or milestone.
fn clash(drifted: &Difference, change: &Difference) -> Option<Clash> {
    let is_whole = |one: &Difference, other: &Difference| {
        // The thing itself, or the release that a link is of.
        one.aspect == Aspect::Existence && (one.subject == other.subject || matches!(one.subject, Subject::Release(_)))
    };
    let clash = if drifted.subject == change.subject && drifted.aspect == change.aspect {
        Clash::of(drifted, drifted.wished.clone(), drifted.live.clone(), change.wished.clone())
    } else if is_whole(drifted, change) && drifted.live == Value::Absent {
        Clash::of(change, change.live.clone(), Value::Absent, change.wished.clone())
    } else if is_whole(change, drifted) && change.wished == Value::Absent && drifted.aspect != Aspect::Tag {
        Clash::of(drifted, drifted.wished.clone(), drifted.live.clone(), Value::Absent)
    } else {
        return None;
    };
    let Clash { subject: _, aspect, base, live, here } = &clash;
    // A link that is new on one side is not touched by what became of its release on the other.
    let differ = !is_same(*aspect, live, here) && base != live && base != here;
    differ.then_some(clash)
}

impl Clash {
    fn of(difference: &Difference, base: Value, live: Value, here: Value) -> Self {
        Self { subject: difference.subject.clone(), aspect: difference.aspect, base, live, here }
    }
}

fn is_same(aspect: Aspect, live: &Value, here: &Value) -> bool {
    match (aspect, live, here) {
        (Aspect::Field(Field::Url), Value::Text(live), Value::Text(here)) => links::is_same_url(live, here),
        _ => live == here,
    }
}
