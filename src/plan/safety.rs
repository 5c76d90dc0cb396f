//! What a plan must not do, and why it is refused when it would.

use super::diff::ReleaseChange;
use super::milestones::{self, MilestoneChange};
use crate::model::{Current, Desired, MaxDeletes, MilestoneScope, MissingMilestones, Release, TagName, Unmanaged};
use jiff::civil::Date;
use std::collections::BTreeSet;

/// Why a plan must not be applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The policy wants unmanaged releases deleted, and the manifest names none to keep.
    EmptyManifestDeletes {
        /// How many would go.
        deletes: usize,
    },
    /// More deletes than the policy allows.
    TooManyDeletes {
        /// How many releases would go.
        deletes: usize,
        /// How many may.
        allowed: u64,
        /// The limit as written.
        limit: MaxDeletes,
        /// How many live releases are this manifest's business.
        managed: usize,
    },
    /// A release's tag is missing, and nothing says what to tag.
    MissingTag(TagName),
    /// A title that exists nowhere.
    MissingMilestone {
        /// The title.
        title: String,
        /// The first release that names it.
        tag_name: TagName,
    },
    /// A milestone would end before it starts, by one date of the manifest's and one of GitLab's.
    MilestoneDates {
        /// Its title.
        title: String,
        /// Its first day.
        start: Date,
        /// Its last day.
        due: Date,
    },
    /// A declared milestone is a group's, and relsync changes only a project's.
    GroupMilestone(String),
    /// Milestones are declared, and the token can't read them.
    MilestonesUnreadable,
}

/// The live releases that are this manifest's business, but that no entry names.
pub(super) fn unmanaged<'a>(desired: &Desired, current: &'a Current) -> impl Iterator<Item = &'a Release> {
    let named: BTreeSet<&TagName> = desired.releases.iter().map(|r| &r.tag_name).collect();
    managed(desired, current).filter(move |r| !named.contains(&r.tag_name)).collect::<Vec<_>>().into_iter()
}

fn managed<'a>(desired: &Desired, current: &'a Current) -> impl Iterator<Item = &'a Release> {
    current.releases.values().filter(|r| desired.policy.tags.matches(r.tag_name.as_str()))
}

/// The live releases that the policy wants gone.
pub(super) fn deletes<'a>(desired: &Desired, current: &'a Current) -> Vec<&'a Release> {
    match desired.policy.unmanaged {
        Unmanaged::Delete => unmanaged(desired, current).collect(),
        Unmanaged::Ignore | Unmanaged::Report => Vec::new(),
    }
}

/// Everything that speaks against applying.
pub(super) fn refusals(
    desired: &Desired,
    current: &Current,
    releases: &[ReleaseChange],
    milestones: &[MilestoneChange],
    deletes: &[&Release],
) -> Vec<Refusal> {
    let mut refusals = milestones_refused(desired, current, releases);
    refusals.extend(milestones.iter().filter_map(dates_refused));
    refusals.extend(releases.iter().filter_map(|change| match change {
        ReleaseChange::Create { release, .. }
            if release.git_ref.is_none() && current.missing_tags.contains(&release.tag_name) =>
        {
            Some(Refusal::MissingTag(release.tag_name.clone()))
        }
        ReleaseChange::Create { .. } | ReleaseChange::Update { .. } => None,
    }));
    refusals.extend(deletes_refused(desired, current, deletes));
    refusals
}

fn milestones_refused(desired: &Desired, current: &Current, releases: &[ReleaseChange]) -> Vec<Refusal> {
    let Some(live) = &current.milestones else {
        return if desired.milestones.is_empty() { Vec::new() } else { vec![Refusal::MilestonesUnreadable] };
    };
    let of_group: BTreeSet<&str> =
        live.iter().filter(|m| m.scope == MilestoneScope::Group).map(|m| m.title.as_str()).collect();
    let declared = desired.milestones.iter().filter(|m| of_group.contains(m.title.as_str()));
    let mut refusals: Vec<_> = declared.map(|m| Refusal::GroupMilestone(m.title.clone())).collect();
    if desired.policy.milestones == MissingMilestones::Require {
        let unknown = milestones::unknown_titles(desired, current, releases);
        refusals.extend(unknown.into_iter().map(|(title, release)| Refusal::MissingMilestone {
            title: title.to_owned(),
            tag_name: release.tag_name().clone(),
        }));
    }
    refusals
}

fn dates_refused(change: &MilestoneChange) -> Option<Refusal> {
    let MilestoneChange::Update { live, diff } = change else { return None };
    let start = diff.start_date.as_ref().map_or(live.start_date, |c| c.after)?;
    let due = diff.due_date.as_ref().map_or(live.due_date, |c| c.after)?;
    (due <= start).then(|| Refusal::MilestoneDates { title: live.title.clone(), start, due })
}

fn deletes_refused(desired: &Desired, current: &Current, deletes: &[&Release]) -> Option<Refusal> {
    let deletes = deletes.len();
    if deletes > 0 && desired.releases.is_empty() {
        return Some(Refusal::EmptyManifestDeletes { deletes });
    }
    let limit = desired.policy.max_deletes;
    let managed = managed(desired, current).count();
    let allowed = limit.allowed_of(managed);
    (deletes as u64 > allowed).then_some(Refusal::TooManyDeletes { deletes, allowed, limit, managed })
}
