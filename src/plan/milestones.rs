//! Compares milestones: which to make, and of the declared ones what differs.

use super::diff::{Change, ReleaseChange};
use crate::model::{
    Current, Description, Desired, DesiredMilestone, Milestone, MilestonePatch, MilestoneScope, MilestoneState,
    MissingMilestones, NewMilestone,
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
pub(super) enum MilestoneChange {
    Create { new: NewMilestone, close: bool },
    Update { live: Milestone, diff: MilestoneDiff },
}

/// The milestones that are not as wished: declared ones in the manifest's order, then those that releases name and the
/// policy lets relsync make, by title. Empty if the token can't read milestones.
pub(super) fn changes(desired: &Desired, current: &Current, releases: &[ReleaseChange]) -> Vec<MilestoneChange> {
    let Some(live) = &current.milestones else { return Vec::new() };
    let live: BTreeMap<&str, &Milestone> =
        live.iter().filter(|m| m.scope == MilestoneScope::Project).map(|m| (m.title.as_str(), m)).collect();
    let mut changes: Vec<_> = desired.milestones.iter().filter_map(|wish| declared(wish, &live)).collect();
    if desired.policy.milestones == MissingMilestones::Create {
        changes.extend(unknown_titles(desired, current, releases).into_keys().map(|title| MilestoneChange::Create {
            new: NewMilestone { title: title.to_owned(), description: None, start_date: None, due_date: None },
            close: false,
        }));
    }
    changes
}

/// Titles that a release is to get, but that neither GitLab nor the manifest knows, and the first release that names each.
pub(super) fn unknown_titles<'a>(
    desired: &Desired,
    current: &Current,
    releases: &'a [ReleaseChange],
) -> BTreeMap<&'a str, &'a ReleaseChange> {
    let Some(live) = &current.milestones else { return BTreeMap::new() };
    let known: BTreeSet<&str> =
        live.iter().map(|m| m.title.as_str()).chain(desired.milestones.iter().map(|m| m.title.as_str())).collect();
    let mut unknown = BTreeMap::new();
    for release in releases {
        for title in release.named_milestones().into_iter().flatten().filter(|t| !known.contains(t.as_str())) {
            unknown.entry(title.as_str()).or_insert(release);
        }
    }
    unknown
}

fn declared(wish: &DesiredMilestone, live: &BTreeMap<&str, &Milestone>) -> Option<MilestoneChange> {
    let DesiredMilestone { title, description, start_date, due_date, state, place: _ } = wish;
    let Some(live) = live.get(title.as_str()) else {
        return Some(MilestoneChange::Create {
            new: NewMilestone {
                title: title.clone(),
                description: description.clone(),
                start_date: *start_date,
                due_date: *due_date,
            },
            close: *state == Some(MilestoneState::Closed),
        });
    };
    let date = |live: &Option<Date>, wish: &Option<Date>| Change::between(live, wish.map(Some).as_ref());
    let diff = MilestoneDiff {
        description: Change::between(&live.description, description.as_ref()),
        start_date: date(&live.start_date, start_date),
        due_date: date(&live.due_date, due_date),
        state: Change::between(&live.state, state.as_ref()),
    };
    (!diff.is_empty()).then(|| MilestoneChange::Update { live: (*live).clone(), diff })
}
