//! Compares releases: which to make, and of the others only what differs.

use super::files;
use super::links::{self, LinkStep};
use super::step::{Upload, WithoutEvidence};
use crate::model::{
    Current, Description, DesiredLink, DesiredRelease, EvidenceWish, LinkPlaces, Moment, NewRelease, NewTag, Release,
    ReleasePatch, TagName,
};
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
    /// Released before it was made in GitLab, which collects no evidence of it by itself.
    Historical,
}

impl Timing {
    /// GitLab's rule: historical compares whole seconds, and upcoming goes first.
    #[must_use]
    pub fn of(released_at: Moment, created_at: Moment, now: Moment) -> Self {
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

/// GitLab collects evidence by itself when a release is made or comes due, in background jobs of which the slowest runs
/// once an hour. Whoever did not wait for them would have it collected twice.
const SECONDS_TO_COLLECT: i64 = 60 * 60;

/// When evidence of a release is to be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Collect {
    /// At once: GitLab will not collect any by itself.
    Now,
    /// If GitLab, which is at it, has not collected any by itself.
    AfterGitlab,
}

impl Collect {
    /// Of a release that has none. What is wanted where it can be had is left to GitLab for as long as that may be at it; what is
    /// required is seen to by the run that makes the release, or by the next one. But not when a release comes due: GitLab
    /// looks for those once an hour, and a manifest that was fulfilled is not to be unfulfilled by the clock.
    fn of(
        wish: Option<EvidenceWish>,
        timing: Timing,
        released_at: Moment,
        created_at: Moment,
        now: Moment,
    ) -> Option<Self> {
        let wish = wish.filter(|wish| *wish != EvidenceWish::Leave && timing == Timing::Current)?;
        if now.second() > released_at.second() + SECONDS_TO_COLLECT {
            return Some(Self::Now);
        }
        let was_due_at_once = released_at.second() == created_at.second();
        (wish == EvidenceWish::Require && was_due_at_once).then_some(Self::AfterGitlab)
    }
}

/// A release that is not as wished.
#[derive(Debug)]
pub(super) struct ReleaseChange<'a> {
    /// What is wished for.
    pub(super) wish: &'a DesiredRelease,
    /// The files that have to be there first, each with the places of its link's keys.
    pub(super) uploads: Vec<(Upload, LinkPlaces)>,
    /// What it takes.
    pub(super) write: ReleaseWrite,
    /// The milestones that it has in the end, sent or not.
    pub(super) milestones: &'a BTreeSet<String>,
    /// What GitLab calls it in the end.
    pub(super) timing: Timing,
    /// Its git tag is there, or the change makes it.
    pub(super) has_tag: bool,
    /// Whether to collect evidence, once all else is in place.
    pub(super) collect: Option<Collect>,
}

#[derive(Debug)]
pub(super) enum ReleaseWrite {
    Create(NewRelease),
    Update {
        /// The tag that the release has lost, if it can be made again.
        tag: Option<NewTag>,
        diff: ReleaseDiff,
        links: Vec<LinkStep>,
    },
}

impl ReleaseChange<'_> {
    pub(super) fn tag_name(&self) -> &TagName {
        &self.wish.tag_name
    }

    /// What it is if its evidence can't be had.
    pub(super) fn without_evidence(&self) -> WithoutEvidence {
        match self.wish.evidence {
            Some(EvidenceWish::Require) => WithoutEvidence::Failure,
            Some(EvidenceWish::Collect | EvidenceWish::Leave) | None => WithoutEvidence::Nothing,
        }
    }

    /// Whether it has to have evidence in the end, and has none.
    pub(super) fn requires_evidence(&self) -> bool {
        self.collect.is_some() && self.without_evidence() == WithoutEvidence::Failure
    }

    /// Whether there is more to it than an attempt to collect evidence.
    pub(super) fn is_difference(&self) -> bool {
        let is_changed = match &self.write {
            ReleaseWrite::Create(_) => true,
            ReleaseWrite::Update { tag, diff, links } => tag.is_some() || !diff.is_empty() || !links.is_empty(),
        };
        is_changed || !self.uploads.is_empty() || self.requires_evidence()
    }

    /// The milestones that a request of it will name.
    pub(super) fn named_milestones(&self) -> Option<&BTreeSet<String>> {
        match &self.write {
            ReleaseWrite::Create(release) => Some(&release.milestones),
            ReleaseWrite::Update { diff, .. } => diff.milestones.as_ref().map(|c| &c.after),
        }
    }
}

/// What it takes to make a release as wished, if it isn't.
pub(super) fn release<'a>(
    wish: &'a DesiredRelease,
    live: Option<&'a Release>,
    current: &Current,
    now: Moment,
) -> Option<ReleaseChange<'a>> {
    match live {
        None => Some(create(wish, current, now)),
        Some(live) => update(wish, live, current, now),
    }
}

fn create<'a>(wish: &'a DesiredRelease, current: &Current, now: Moment) -> ReleaseChange<'a> {
    let DesiredRelease {
        tag_name,
        name,
        description,
        released_at,
        git_ref,
        tag_message,
        milestones,
        links,
        files: _,
        packages: _,
        evidence,
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
        links: links.iter().flatten().map(DesiredLink::to_new).collect(),
    };
    let timing = Timing::of(released_at.unwrap_or(now), now, now);
    ReleaseChange {
        wish,
        uploads: files::uploads(wish, true, &current.packages),
        has_tag: !tag_is_missing || git_ref.is_some(),
        write: ReleaseWrite::Create(release),
        milestones: milestones.as_ref().unwrap_or(const { &BTreeSet::new() }),
        timing,
        collect: Collect::of(*evidence, timing, now, now, now),
    }
}

fn update<'a>(
    wish: &'a DesiredRelease,
    live: &'a Release,
    current: &Current,
    now: Moment,
) -> Option<ReleaseChange<'a>> {
    let DesiredRelease {
        tag_name,
        name,
        description,
        released_at,
        git_ref,
        tag_message,
        milestones,
        links,
        files: _,
        packages: _,
        evidence,
        protect: _,
        places: _,
    } = wish;
    let timing = |at| Timing::of(at, live.created_at, now);
    let diff = ReleaseDiff {
        name: Change::between(&live.name, name.as_ref()),
        description: Change::between(&live.description, description.as_ref()),
        released_at: Change::between(&live.released_at, released_at.as_ref()).map(|date| ReleasedAtChange {
            timing: Change { before: timing(date.before), after: timing(date.after) },
            date,
        }),
        milestones: Change::between(&live.milestones, milestones.as_ref()),
    };
    let links = links.as_ref().map(|wished| links::steps(&live.links, wished)).unwrap_or_default();
    let released_at = released_at.unwrap_or(live.released_at);
    let timing = timing(released_at);
    let wanted = evidence.filter(|_| !live.has_evidence);
    let collect = Collect::of(wanted, timing, released_at, live.created_at, now);
    let uploads = files::uploads(wish, false, &current.packages);
    if diff.is_empty() && links.is_empty() && uploads.is_empty() && collect.is_none() {
        return None;
    }
    let tag_is_missing = current.missing_tags.contains(tag_name);
    // A job token can't make a tag but with a new release.
    let tag = git_ref.as_ref().filter(|_| tag_is_missing && !current.by_job_token).map(|git_ref| NewTag {
        name: tag_name.clone(),
        git_ref: git_ref.clone(),
        message: tag_message.clone(),
    });
    Some(ReleaseChange {
        wish,
        uploads,
        has_tag: !tag_is_missing || tag.is_some(),
        write: ReleaseWrite::Update { tag, diff, links },
        milestones: milestones.as_ref().unwrap_or(&live.milestones),
        timing,
        collect,
    })
}
