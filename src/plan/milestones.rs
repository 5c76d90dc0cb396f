//! Compares milestones: which to make, and of the declared ones what differs.

use super::diff::{Change, ReleaseChange};
use super::reason::{Cause, Field, Reason};
use super::releases::Releases;
use super::step::{MilestoneHandle, StepId};
use crate::model::{
    Current, Description, Desired, DesiredMilestone, Milestone, MilestoneId, MilestonePatch, MilestonePlaces,
    MilestoneScope, MilestoneState, MissingMilestones, NewMilestone,
};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// What differs in a milestone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MilestoneDiff {
    /// Markdown.
    pub description: Option<Change<Description>>,
    /// First day.
    pub start_date: Option<Change<Option<Date>>>,
    /// Last day.
    pub due_date: Option<Change<Option<Date>>>,
    /// Closed or reopened.
    pub state: Option<Change<MilestoneState>>,
}

impl MilestoneDiff {
    /// Whether nothing differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let Self { description, start_date, due_date, state } = self;
        description.is_none() && start_date.is_none() && due_date.is_none() && state.is_none()
    }

    /// Whether it closes the milestone, which waits for the releases that name it.
    #[must_use]
    pub fn closes(&self) -> bool {
        self.state.as_ref().is_some_and(|c| c.after == MilestoneState::Closed)
    }

    /// The request's content.
    #[must_use]
    pub fn to_patch(&self) -> MilestonePatch {
        let Self { description, start_date, due_date, state } = self;
        MilestonePatch {
            description: description.as_ref().map(|c| c.after.clone()),
            start_date: start_date.as_ref().and_then(|c| c.after),
            due_date: due_date.as_ref().and_then(|c| c.after),
            state: state.as_ref().map(|c| c.after),
        }
    }
}

/// A milestone that is not as wished.
#[derive(Debug)]
pub(super) struct MilestoneChange {
    pub(super) write: MilestoneWrite,
    pub(super) reasons: Vec<Reason>,
}

#[derive(Debug)]
pub(super) enum MilestoneWrite {
    /// To make it, and the reason to close it then, if there is one.
    Create {
        new: NewMilestone,
        close: Option<Reason>,
    },
    Update {
        live: Milestone,
        diff: MilestoneDiff,
    },
}

impl MilestoneChange {
    /// The title of the milestone, if it is to be closed.
    pub(super) fn closes(&self) -> Option<&str> {
        match &self.write {
            MilestoneWrite::Create { new, close } => close.is_some().then_some(new.title.as_str()),
            MilestoneWrite::Update { live, diff } => diff.closes().then_some(live.title.as_str()),
        }
    }
}

/// The milestones that are not as wished: declared ones in the manifest's order, then those that releases name and the
/// policy lets relsync make, by title. Empty if the token can't read milestones.
pub(super) fn changes(desired: &Desired, current: &Current, releases: &Releases<'_>) -> Vec<MilestoneChange> {
    let Some(live) = &current.milestones else { return Vec::new() };
    let live: BTreeMap<&str, &Milestone> =
        live.iter().filter(|m| m.scope == MilestoneScope::Project).map(|m| (m.title.as_str(), m)).collect();
    let declared = desired.milestones.iter().filter(|wish| releases.concern(&wish.title));
    let mut changes: Vec<_> =
        declared.filter_map(|wish| self::declared(wish, &live, !releases.defer(&wish.title))).collect();
    if desired.policy.milestones == MissingMilestones::Create {
        changes.extend(unknown_titles(desired, current, &releases.changes).into_iter().map(|(title, release)| {
            let cause = Cause::NamedBy(release.tag_name().clone());
            MilestoneChange {
                write: MilestoneWrite::Create {
                    new: NewMilestone { title: title.to_owned(), description: None, start_date: None, due_date: None },
                    close: None,
                },
                reasons: vec![Reason::new(cause, release.wish.places.milestones)],
            }
        }));
    }
    changes
}

/// Titles that a release is to get, but that neither GitLab nor the manifest knows, and the first release that names each.
pub(super) fn unknown_titles<'c, 'a>(
    desired: &Desired,
    current: &Current,
    releases: &'c [ReleaseChange<'a>],
) -> BTreeMap<&'c str, &'c ReleaseChange<'a>> {
    let Some(live) = &current.milestones else { return BTreeMap::new() };
    let usable = live.iter().filter(|m| m.scope != MilestoneScope::Ancestor).map(|m| m.title.as_str());
    let known: BTreeSet<&str> = usable.chain(desired.milestones.iter().map(|m| m.title.as_str())).collect();
    let mut unknown = BTreeMap::new();
    for release in releases {
        for title in release.named_milestones().into_iter().flatten().filter(|t| !known.contains(t.as_str())) {
            unknown.entry(title.as_str()).or_insert(release);
        }
    }
    unknown
}

/// How releases' requests find the milestones whose titles can't be sent.
pub(super) struct Ids<'a> {
    live: BTreeMap<&'a str, MilestoneId>,
}

impl<'a> Ids<'a> {
    pub(super) fn of(current: &'a Current) -> Self {
        let usable = current.milestones.iter().flatten().filter(|m| m.scope != MilestoneScope::Ancestor);
        Self { live: usable.map(|m| (m.title.as_str(), m.id)).collect() }
    }

    /// The milestone called `title`: one that was there, or one of those that `makers` make.
    pub(super) fn handle(&self, title: &str, makers: &BTreeMap<String, StepId>) -> Option<MilestoneHandle> {
        let existing = self.live.get(title).copied().map(MilestoneHandle::Existing);
        existing.or_else(|| makers.get(title).copied().map(MilestoneHandle::CreatedBy))
    }
}

/// Whether GitLab would take this title apart if it were sent, so that the milestone has to go by its id.
pub(super) fn goes_by_id(title: &str) -> bool {
    title.contains(',')
}

fn declared(wish: &DesiredMilestone, live: &BTreeMap<&str, &Milestone>, may_close: bool) -> Option<MilestoneChange> {
    let DesiredMilestone { title, description, start_date, due_date, state, places } = wish;
    let state = state.filter(|state| may_close || *state != MilestoneState::Closed);
    let Some(live) = live.get(title.as_str()) else {
        return Some(MilestoneChange {
            write: MilestoneWrite::Create {
                new: NewMilestone {
                    title: title.clone(),
                    description: description.clone(),
                    start_date: *start_date,
                    due_date: *due_date,
                },
                close: (state == Some(MilestoneState::Closed))
                    .then(|| Reason::new(Cause::Differs(Field::State), places.state)),
            },
            reasons: vec![Reason::new(Cause::Missing, places.title)],
        });
    };
    let date = |live: &Option<Date>, wish: &Option<Date>| Change::between(live, wish.map(Some).as_ref());
    let diff = MilestoneDiff {
        description: Change::between(&live.description, description.as_ref()),
        start_date: date(&live.start_date, start_date),
        due_date: date(&live.due_date, due_date),
        state: Change::between(&live.state, state.as_ref()),
    };
    let reasons = diff.reasons(places);
    let write = MilestoneWrite::Update { live: (*live).clone(), diff };
    (!reasons.is_empty()).then_some(MilestoneChange { write, reasons })
}

impl MilestoneDiff {
    fn reasons(&self, places: &MilestonePlaces) -> Vec<Reason> {
        let Self { description, start_date, due_date, state } = self;
        let fields = [
            (Field::Description, description.is_some(), places.description),
            (Field::StartDate, start_date.is_some(), places.start_date),
            (Field::DueDate, due_date.is_some(), places.due_date),
            (Field::State, state.is_some(), places.state),
        ];
        Reason::differing(fields)
    }
}
