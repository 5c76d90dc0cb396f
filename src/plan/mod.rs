//! The difference between what is wished for and what GitLab has, as inert data: every request `apply` will make, in
//! order, with its before and after.
//!
//! Pure: no clock (`now` is an argument), no network, no files, no environment. Wording belongs to `report`.

mod diff;
mod links;
mod milestones;
mod order;
mod outcome;
mod safety;
mod step;

pub use diff::{Change, ReleaseDiff, ReleasedAtChange, Timing};
pub use milestones::MilestoneDiff;
pub use outcome::{Outcome, StepOutcome};
pub use safety::Refusal;
pub use step::{Action, MilestoneHandle, Stage, Step, StepId};

use crate::model::{Current, Desired, Moment, Project, TagName, Unmanaged};

/// What `apply` will do, and what a person should know before saying yes.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The project it is for.
    pub project: Project,
    /// Every request, in an order in which each comes after those it needs.
    pub steps: Vec<Step>,
    /// Why it must not be applied, if anything.
    pub refusals: Vec<Refusal>,
    /// Releases in GitLab that no entry names, where the policy wants them reported.
    pub unmanaged: Vec<TagName>,
    /// How many of the manifest's releases are as wished already.
    pub unchanged: usize,
    /// Whether milestones' titles went unchecked, because the token can't read milestones.
    pub milestones_unchecked: bool,
}

impl Plan {
    /// Whether GitLab is as the manifest says.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// The releases whose milestones it would change, in its order.
    #[must_use]
    pub fn milestone_updates(&self) -> Vec<TagName> {
        let update = |step: &Step| match &step.action {
            Action::UpdateRelease { tag_name, diff } if diff.milestones.is_some() => Some(tag_name.clone()),
            _ => None,
        };
        self.steps.iter().filter_map(update).collect()
    }

    /// Compares. Never fails: what can't be done is a [`Refusal`] beside the steps.
    #[must_use]
    pub fn new(desired: &Desired, current: &Current, now: Moment) -> Self {
        let releases = diff::releases(desired, current, now);
        let milestones = milestones::changes(desired, current, &releases);
        let deletes = safety::deletes(desired, current);
        let refusals = safety::refusals(desired, current, &releases, &milestones, &deletes);
        let unmanaged = match desired.policy.unmanaged {
            Unmanaged::Report => safety::unmanaged(desired, current).map(|r| r.tag_name.clone()).collect(),
            Unmanaged::Ignore | Unmanaged::Delete => Vec::new(),
        };
        Self {
            project: current.project.clone(),
            unchanged: desired.releases.len() - releases.len(),
            steps: order::steps(releases, milestones, deletes),
            refusals,
            unmanaged,
            milestones_unchecked: current.milestones.is_none()
                && desired.releases.iter().any(|r| r.milestones.as_ref().is_some_and(|m| !m.is_empty())),
        }
    }
}
