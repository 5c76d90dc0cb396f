//! The difference between what is wished for and what GitLab has, as inert data: every request `apply` will make, in
//! order, with its before and after.
//!
//! Pure: no clock (`now` is an argument), no network, no files, no environment. Wording belongs to `report`.

mod diff;
mod drift;
mod files;
mod links;
mod milestones;
mod notes;
mod order;
mod outcome;
mod reason;
mod releases;
mod safety;
mod saved;
mod selection;
mod step;

pub use diff::{Change, ReleaseDiff, ReleasedAtChange, Timing};
pub use drift::{Aspect, Clash, Difference, Drift, Ignored, IgnoredField, Subject, Value};
pub use files::{places_of, wanted_packages, without_package};
pub use milestones::MilestoneDiff;
pub use notes::{KeptFile, Note};
pub use outcome::{Conflict, Outcome, StepOutcome};
pub use reason::{Cause, Field, Reason};
pub use safety::Refusal;
pub use saved::{
    Address, Digest, DigestError, FORMAT, ReadError, ReadPlan, SavedLink, SavedMilestoneDiff, SavedPlan, SavedProject,
    SavedProjectPlan, SavedRelease, SavedTiming, json_schema, saved_url, schema_of,
};
pub use selection::{Selection, TagWords};
pub use step::{
    Action, MilestoneHandle, MilestonesBy, PresentFile, Removal, Stage, Step, StepId, Upload, WithoutEvidence,
};

use crate::model::{Current, Desired, Moment, Project, Release, TagName};
use files::Removals;
use releases::{Pairs, Releases};
use safety::Unnamed;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What `apply` will do, and what a person should know before saying yes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The project it is for.
    pub project: Project,
    /// The manifest's files, which places in it count.
    pub files: Vec<String>,
    /// Every request, in an order in which each comes after those it needs.
    pub steps: Vec<Step>,
    /// Why it must not be applied, if anything.
    pub refusals: Vec<Refusal>,
    /// What a person should know.
    pub notes: Vec<Note>,
    /// Releases in GitLab that no entry names, where the policy wants them reported.
    pub unmanaged: Vec<TagName>,
    /// How many of the manifest's releases, as far as they were selected, are as wished already.
    pub unchanged: usize,
    /// How many are not, but were not selected.
    pub left_out: usize,
    /// The live releases that it changes or deletes, as they were.
    pub before: Vec<Arc<Release>>,
    /// Files that are not uploaded, as they are there already, and that have to be there still when their release is written.
    pub present: Vec<PresentFile>,
}

impl Plan {
    /// Whether GitLab is as the manifest says, as far as releases were selected.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Whether GitLab is not as the manifest says: something is to be done that is more than an attempt.
    #[must_use]
    pub fn has_differences(&self) -> bool {
        self.steps.iter().any(|step| step.action.is_difference())
    }

    /// The releases whose milestones it would change, in its order. GitLab's list may be old there.
    #[must_use]
    pub fn milestone_updates(&self) -> Vec<TagName> {
        let update = |step: &Step| match &step.action {
            Action::UpdateRelease { tag_name, diff, .. } if diff.milestones.is_some() => Some(tag_name.clone()),
            _ => None,
        };
        self.steps.iter().filter_map(update).collect()
    }

    /// The releases it would delete.
    pub fn deletes(&self) -> impl Iterator<Item = &Release> {
        self.steps.iter().filter_map(|step| match &step.action {
            Action::DeleteRelease(release) => Some(&**release),
            _ => None,
        })
    }

    /// The tags of all releases it would write to. GitLab needs them to be there.
    #[must_use]
    pub fn tag_names(&self) -> BTreeSet<TagName> {
        self.steps.iter().filter_map(|step| step.action.tag_name().cloned()).collect()
    }

    /// Compares. Never fails: what can't be done is a [`Refusal`] beside the steps.
    #[must_use]
    pub fn new(desired: &Desired, current: &Current, selection: &Selection, now: Moment) -> Self {
        let desired = files::with_links(desired, current);
        let desired = &*desired;
        let pairs = Pairs::new(desired, current);
        let releases = Releases::new(&pairs, current, selection, now);
        let milestones = milestones::changes(desired, current, &releases);
        let unnamed = Unnamed::new(desired, current, &pairs, selection);
        let refusals = safety::refusals(desired, current, selection, &releases, &milestones, &unnamed.deletes);
        let removals = Removals::new(&unnamed.deletes, desired, current);
        let notes = notes::notes(desired, current, &releases, &unnamed, &removals.kept, now);
        let Releases { changes, left_out, selected, .. } = releases;
        let changed = changes.iter().filter_map(|change| current.releases.get(change.tag_name()));
        let present = changes.iter().flat_map(|change| files::present(change, &current.packages)).collect();
        let before = changed.chain(unnamed.deletes.iter().copied()).cloned().collect();
        Self {
            before,
            present,
            project: current.project.clone(),
            files: desired.files.clone(),
            unchanged: selected - changes.iter().filter(|change| change.is_difference()).count(),
            left_out: left_out.iter().filter(|change| change.is_difference()).count(),
            unmanaged: unnamed.reported.iter().map(|release| release.tag_name.clone()).collect(),
            steps: order::steps(desired, current, changes, milestones, unnamed.deletes, removals, now),
            refusals,
            notes,
        }
    }
}
