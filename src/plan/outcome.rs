//! What became of a plan's steps, in words that a report can show.

use super::{MilestoneDiff, StepId};
use crate::model::{Milestone, Release, TagName};
use std::sync::Arc;

/// What became of each step, in the plan's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// One for each step of the plan.
    pub steps: Vec<StepOutcome>,
}

/// What became of one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepOutcome {
    /// GitLab says it is done.
    Done,
    /// Somebody else has done it since the plan was made: another run with the same wish, most likely.
    AlreadyDone,
    /// GitLab's tier does not offer it, and the manifest does not insist.
    NotOffered,
    /// GitLab refused, or could not be asked.
    Failed {
        /// What went wrong.
        error: String,
        /// What can be done about it.
        help: Option<String>,
        /// Whether this plan fails here each time, whatever else is mended.
        is_final: bool,
    },
    /// Left alone, because somebody has changed what it is about since the plan was made.
    Conflict(Box<Conflict>),
    /// Not tried, because of a step that it needs.
    Skipped {
        /// The step that failed.
        because: StepId,
    },
    /// Not tried, because the run was interrupted.
    Interrupted,
}

/// What somebody else has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Conflict {
    /// A release.
    Release {
        /// As the plan takes it to be; `None` if there was to be none.
        planned: Option<Arc<Release>>,
        /// As it is now; `None` if it is gone.
        found: Option<Arc<Release>>,
    },
    /// A milestone.
    Milestone {
        /// What the plan changes about it, from what it takes it to be; `None` if there was to be none.
        planned: Option<MilestoneDiff>,
        /// As it is now; `None` if it is gone.
        found: Option<Milestone>,
    },
    /// A file that was to go with the releases that led to it.
    File {
        /// The release that has come to link to it.
        linked_by: TagName,
    },
}

impl Outcome {
    /// Whether every step went well.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.steps.iter().all(StepOutcome::is_success)
    }
}

impl StepOutcome {
    /// Whether what depends on the step may go on.
    #[must_use]
    pub fn is_success(&self) -> bool {
        match self {
            Self::Done | Self::AlreadyDone | Self::NotOffered => true,
            Self::Failed { .. } | Self::Conflict(_) | Self::Skipped { .. } | Self::Interrupted => false,
        }
    }
}
