//! Compares releases: which to make, and of the others only what differs.

use super::links::{self, LinkStep};
use crate::model::{Current, Description, Desired, DesiredRelease, Moment, NewRelease, Release, ReleasePatch, TagName};
use std::collections::BTreeSet;

/// What was, and what is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change<T> {
    /// As GitLab has it.
    pub before: T,
    /// As wished.
    pub after: T,
}

impl<T: Clone + PartialEq> Change<T> {
    /// The change from `before` to a managed `after`, if they differ.
    pub(super) fn between(before: &T, after: Option<&T>) -> Option<Self> {
        let after = after.filter(|after| *after != before)?;
        Some(Self { before: before.clone(), after: after.clone() })
    }
}

/// What GitLab calls a release by its dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timing {
    /// Released in the future.
    Upcoming,
    /// Neither.
    Current,
    /// Released before it was made in GitLab: no evidence is collected for it.
    Historical,
}

impl Timing {
    /// GitLab's rule: historical compares whole seconds, and upcoming goes first.
    fn of(released_at: Moment, created_at: Moment, now: Moment) -> Self {
        if released_at > now {
            Self::Upcoming
        } else if released_at.second() < created_at.second() {
            Self::Historical
        } else {
            Self::Current
        }
    }
}

/// A new date, and what it makes of the release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleasedAtChange {
    /// The dates.
    pub date: Change<Moment>,
    /// What GitLab calls the release.
    pub timing: Change<Timing>,
}

/// What differs in a release's own fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReleaseDiff {
    /// Its title.
    pub name: Option<Change<String>>,
    /// Its notes.
    pub description: Option<Change<Description>>,
    /// Its date.
    pub released_at: Option<ReleasedAtChange>,
    /// Its milestones' titles.
    pub milestones: Option<Change<BTreeSet<String>>>,
}

impl ReleaseDiff {
    /// Whether nothing differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let Self { name, description, released_at, milestones } = self;
        name.is_none() && description.is_none() && released_at.is_none() && milestones.is_none()
    }

    /// The request's content.
    #[must_use]
    pub fn to_patch(&self) -> ReleasePatch {
        let Self { name, description, released_at, milestones } = self;
        ReleasePatch {
            name: name.as_ref().map(|c| c.after.clone()),
            description: description.as_ref().map(|c| c.after.clone()),
            released_at: released_at.as_ref().map(|c| c.date.after),
            milestones: milestones.as_ref().map(|c| c.after.clone()),
        }
    }
}

/// A release that is not as wished.
#[derive(Debug)]
pub(super) enum ReleaseChange {
    Create { release: NewRelease, timing: Timing },
    Update { tag_name: TagName, diff: ReleaseDiff, links: Vec<LinkStep>, milestones: BTreeSet<String> },
}

impl ReleaseChange {
    pub(super) fn tag_name(&self) -> &TagName {
        match self {
            Self::Create { release, .. } => &release.tag_name,
            Self::Update { tag_name, .. } => tag_name,
        }
    }

    /// The milestones that it has in the end, sent or not.
    pub(super) fn milestones(&self) -> &BTreeSet<String> {
        match self {
            Self::Create { release, .. } => &release.milestones,
            Self::Update { milestones, .. } => milestones,
        }
    }

    /// The milestones that a request of it will name.
    pub(super) fn named_milestones(&self) -> Option<&BTreeSet<String>> {
        match self {
            Self::Create { release, .. } => Some(&release.milestones),
            Self::Update { diff, .. } => diff.milestones.as_ref().map(|c| &c.after),
        }
    }
}

/// The releases that are not as wished, in the manifest's order.
pub(super) fn releases(desired: &Desired, current: &Current, now: Moment) -> Vec<ReleaseChange> {
    let change = |wish: &DesiredRelease| match current.releases.get(&wish.tag_name) {
        None => Some(create(wish, current, now)),
        Some(live) => update(wish, live, now),
    };
    desired.releases.iter().filter_map(change).collect()
}

fn create(wish: &DesiredRelease, current: &Current, now: Moment) -> ReleaseChange {
    let DesiredRelease {
        tag_name,
        name,
        description,
        released_at,
        git_ref,
        tag_message,
        milestones,
        links,
        evidence: _,
        protect: _,
        places: _,
    } = wish;
    let tag_is_missing = current.missing_tags.contains(tag_name);
    let release = NewRelease {
        tag_name: tag_name.clone(),
        name: name.clone(),
        description: description.clone(),
        released_at: *released_at,
        git_ref: git_ref.clone().filter(|_| tag_is_missing),
        tag_message: tag_message.clone().filter(|_| tag_is_missing),
        milestones: milestones.clone().unwrap_or_default(),
        links: links.iter().flatten().map(crate::model::DesiredLink::to_new).collect(),
    };
    ReleaseChange::Create { timing: Timing::of(released_at.unwrap_or(now), now, now), release }
}

fn update(wish: &DesiredRelease, live: &Release, now: Moment) -> Option<ReleaseChange> {
    let DesiredRelease {
        tag_name,
        name,
        description,
        released_at,
        git_ref: _,
        tag_message: _,
        milestones,
        links,
        evidence: _,
        protect: _,
        places: _,
    } = wish;
    let diff = ReleaseDiff {
        name: Change::between(&live.name, name.as_ref()),
        description: Change::between(&live.description, description.as_ref()),
        released_at: Change::between(&live.released_at, released_at.as_ref()).map(|date| {
            let timing = |at| Timing::of(at, live.created_at, now);
            ReleasedAtChange { timing: Change { before: timing(date.before), after: timing(date.after) }, date }
        }),
        milestones: Change::between(&live.milestones, milestones.as_ref()),
    };
    let links = links.as_ref().map(|wished| links::steps(&live.links, wished)).unwrap_or_default();
    (!diff.is_empty() || !links.is_empty()).then(|| ReleaseChange::Update {
        tag_name: tag_name.clone(),
        diff,
        links,
        milestones: milestones.as_ref().unwrap_or(&live.milestones).clone(),
    })
}
