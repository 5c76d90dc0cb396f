//! What a plan must not do, and why it is refused when it would.

use super::diff::{ReleaseChange, ReleaseWrite};
use super::milestones::{self, MilestoneChange, MilestoneWrite};
use super::releases::{Pairs, Releases};
use super::selection::Selection;
use crate::model::{
    Current, Desired, EvidenceWish, MaxDeletes, MilestoneScope, MissingMilestones, Release, TagName, Unmanaged,
};
use jiff::civil::Date;
use std::collections::BTreeSet;
use std::sync::Arc;

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
    /// A release's tag is gone, without which GitLab changes nothing about it.
    LostTag {
        /// The tag.
        tag_name: TagName,
        /// Whether the manifest says what to tag, but the token is a CI job's, which can't.
        by_job_token: bool,
    },
    /// A title that exists nowhere.
    MissingMilestone {
        /// The title.
        title: String,
        /// The first release that names it.
        tag_name: TagName,
        /// Whether a group further up has it, which GitLab does not let releases name.
        of_ancestor: bool,
    },
    /// A title that both the project and its group have: which one is meant?
    AmbiguousMilestone {
        /// The title.
        title: String,
        /// The project.
        project: String,
        /// The group.
        group: String,
    },
    /// A title that can't be sent as GitLab takes it apart, of a milestone whose id a CI job token can't read.
    MilestoneById {
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
    /// Evidence is required for a historical release, of which GitLab collects none by itself; and what the release is like
    /// today is no evidence of what it was.
    NoEvidence(TagName),
}

/// The live releases that no entry names, but that are this manifest's business.
pub(super) struct Unnamed<'a> {
    /// Reported, as the policy wants it.
    pub(super) reported: Vec<&'a Arc<Release>>,
    /// To be deleted.
    pub(super) deletes: Vec<&'a Arc<Release>>,
    /// Not deleted, because they are protected.
    pub(super) kept: Vec<&'a Arc<Release>>,
    /// Not deleted, because GitLab can't: their tags are gone.
    pub(super) left_behind: Vec<&'a Arc<Release>>,
}

impl<'a> Unnamed<'a> {
    pub(super) fn new(desired: &Desired, current: &Current, pairs: &Pairs<'a>, selection: &Selection) -> Self {
        let mut unnamed = Self { reported: vec![], deletes: vec![], kept: vec![], left_behind: vec![] };
        if desired.policy.unmanaged == Unmanaged::Ignore {
            return unnamed;
        }
        let protected = desired.policy.protect.as_ref();
        let managed = pairs.unnamed.iter().filter(|r| desired.policy.tags.matches(r.tag_name.as_str()));
        for release in managed.filter(|r| selection.takes(&r.tag_name)) {
            let list = if desired.policy.unmanaged != Unmanaged::Delete {
                &mut unnamed.reported
            } else if protected.is_some_and(|patterns| patterns.matches(release.tag_name.as_str())) {
                &mut unnamed.kept
            } else if current.missing_tags.contains(&release.tag_name) {
                &mut unnamed.left_behind
            } else {
                &mut unnamed.deletes
            };
            list.push(release);
        }
        unnamed
    }
}

/// Everything that speaks against applying.
pub(super) fn refusals(
    desired: &Desired,
    current: &Current,
    selection: &Selection,
    releases: &Releases<'_>,
    milestones: &[MilestoneChange],
    deletes: &[&Arc<Release>],
) -> Vec<Refusal> {
    let mut refusals = milestones_refused(desired, current, selection, releases);
    refusals.extend(milestones.iter().filter_map(dates_refused));
    let tagless = releases.changes.iter().filter(|change| !change.has_tag);
    refusals.extend(tagless.map(|change| tag_refused(change)));
    let historical = releases.without_evidence.iter().filter(|(_, wish)| *wish == EvidenceWish::Require);
    refusals.extend(historical.map(|(tag, _)| Refusal::NoEvidence((*tag).clone())));
    refusals.extend(deletes_refused(desired, current, deletes));
    refusals
}

fn tag_refused(change: &ReleaseChange<'_>) -> Refusal {
    let tag_name = change.tag_name().clone();
    match &change.write {
        ReleaseWrite::Create(_) => Refusal::MissingTag(tag_name),
        ReleaseWrite::Update { .. } => Refusal::LostTag { tag_name, by_job_token: change.wish.git_ref.is_some() },
    }
}

fn milestones_refused(
    desired: &Desired,
    current: &Current,
    selection: &Selection,
    releases: &Releases<'_>,
) -> Vec<Refusal> {
    let declared: Vec<&str> =
        desired.milestones.iter().map(|m| m.title.as_str()).filter(|title| releases.concern(title)).collect();
    let Some(live) = &current.milestones else {
        let unreadable = (!declared.is_empty()).then_some(Refusal::MilestonesUnreadable);
        return unreadable.into_iter().chain(unsendable(releases)).collect();
    };
    let of = |scope| -> BTreeSet<&str> { live.iter().filter(|m| m.scope == scope).map(|m| m.title.as_str()).collect() };
    let (of_project, of_group) = (of(MilestoneScope::Project), of(MilestoneScope::Group));
    // Most projects have no group milestones, and then nobody's titles need to be looked at.
    let suspects = if of_group.is_empty() { &[] } else { desired.releases.as_slice() };
    let selected = suspects.iter().filter(|wish| selection.takes(&wish.tag_name));
    let wished = selected.filter_map(|wish| wish.milestones.as_ref()).flatten().map(String::as_str);
    let named = declared.iter().copied().chain(wished).filter(|title| of_group.contains(title));
    let mut refusals = Vec::new();
    for title in named.collect::<BTreeSet<&str>>() {
        if of_project.contains(title) {
            let group = current.project.group.as_ref().map_or_else(String::new, |group| group.path.clone());
            let project = current.project.to_string();
            refusals.push(Refusal::AmbiguousMilestone { title: title.to_owned(), project, group });
        } else if declared.contains(&title) {
            refusals.push(Refusal::GroupMilestone(title.to_owned()));
        }
    }
    if desired.policy.milestones == MissingMilestones::Require {
        let of_ancestor = of(MilestoneScope::Ancestor);
        let unknown = milestones::unknown_titles(desired, current, &releases.changes);
        refusals.extend(unknown.into_iter().map(|(title, release)| Refusal::MissingMilestone {
            title: title.to_owned(),
            tag_name: release.tag_name().clone(),
            of_ancestor: of_ancestor.contains(title),
        }));
    }
    refusals
}

/// Titles that have to go by an id which a job token can't read.
fn unsendable<'r>(releases: &'r Releases<'_>) -> impl Iterator<Item = Refusal> + 'r {
    releases.changes.iter().flat_map(|change| {
        let titles = change.named_milestones().into_iter().flatten().filter(|title| milestones::goes_by_id(title));
        titles.map(|title| Refusal::MilestoneById { title: title.clone(), tag_name: change.tag_name().clone() })
    })
}

fn dates_refused(change: &MilestoneChange) -> Option<Refusal> {
    let MilestoneWrite::Update { live, diff } = &change.write else { return None };
    let start = diff.start_date.as_ref().map_or(live.start_date, |c| c.after)?;
    let due = diff.due_date.as_ref().map_or(live.due_date, |c| c.after)?;
    (due <= start).then(|| Refusal::MilestoneDates { title: live.title.clone(), start, due })
}

fn deletes_refused(desired: &Desired, current: &Current, deletes: &[&Arc<Release>]) -> Option<Refusal> {
    let deletes = deletes.len();
    if deletes == 0 {
        return None;
    }
    if desired.releases.is_empty() {
        return Some(Refusal::EmptyManifestDeletes { deletes });
    }
    let limit = desired.policy.max_deletes;
    let managed = current.releases.keys().filter(|tag| desired.policy.tags.matches(tag.as_str())).count();
    let allowed = limit.allowed_of(managed);
    (deletes as u64 > allowed).then_some(Refusal::TooManyDeletes { deletes, allowed, limit, managed })
}
