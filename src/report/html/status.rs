//! What became of the steps of a plan that was applied.

use crate::plan::{Outcome, Plan, StepOutcome};
use crate::report::values::line;
use crate::report::voice::Voice;
use crate::report::{conflict, describe::describe};

/// What became of everything that was to be done to one release or milestone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Status {
    Done,
    /// Another run has done it.
    AlreadyDone,
    /// GitLab's tier does not offer it.
    NotOffered,
    Interrupted,
    Skipped,
    Conflict,
    Failed,
}

/// A step that did not go well, in words.
#[derive(Debug)]
pub(super) struct Trouble {
    pub(super) what: String,
    pub(super) details: Vec<String>,
}

impl Status {
    /// For people.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::AlreadyDone => "done already",
            Self::NotOffered => "done, without evidence",
            Self::Interrupted => "not begun",
            Self::Skipped => "skipped",
            Self::Conflict => "left alone",
            Self::Failed => "failed",
        }
    }

    pub(super) fn is_good(self) -> bool {
        matches!(self, Self::Done | Self::AlreadyDone | Self::NotOffered)
    }

    fn of(outcome: &StepOutcome) -> Self {
        match outcome {
            StepOutcome::Done => Self::Done,
            StepOutcome::AlreadyDone => Self::AlreadyDone,
            StepOutcome::NotOffered => Self::NotOffered,
            StepOutcome::Interrupted => Self::Interrupted,
            StepOutcome::Skipped { .. } => Self::Skipped,
            StepOutcome::Conflict(_) => Self::Conflict,
            StepOutcome::Failed { .. } => Self::Failed,
        }
    }

    /// The worst of `steps`, if they were applied.
    pub(super) fn worst(outcome: Option<&Outcome>, steps: &[usize]) -> Option<Self> {
        let steps = steps.iter().filter_map(|step| outcome?.steps.get(*step));
        steps.map(Self::of).max()
    }
}

/// What went wrong with `steps`. What was not begun is told by its status.
pub(super) fn troubles(plan: &Plan, outcome: Option<&Outcome>, steps: &[usize]) -> Vec<Trouble> {
    let mut troubles = Vec::new();
    let mut told = None;
    for index in steps {
        let (Some(step), Some(outcome)) = (plan.steps.get(*index), outcome.and_then(|o| o.steps.get(*index))) else {
            continue;
        };
        let what = describe(&step.action);
        match outcome {
            StepOutcome::Done | StepOutcome::AlreadyDone | StepOutcome::NotOffered | StepOutcome::Interrupted => {}
            StepOutcome::Failed { error, help } => {
                let details = error.lines().chain(help.iter().flat_map(|help| help.lines())).map(line).collect();
                troubles.push(Trouble { what: format!("Failed to {what}"), details });
            }
            StepOutcome::Skipped { because } => {
                let because = plan.steps.get(because.0).map(|step| describe(&step.action)).unwrap_or_default();
                let details = vec![format!("as relsync failed to {because}")];
                troubles.push(Trouble { what: format!("Skipped: {what}"), details });
            }
            // All steps of a release are left alone for the same reason.
            StepOutcome::Conflict(conflict) if told == Some(conflict) => {}
            StepOutcome::Conflict(conflict) => {
                told = Some(conflict);
                let mut details = vec![format!("{}:", conflict::head(conflict))];
                details.extend(conflict::lines(conflict, Voice::PLAIN));
                troubles.push(Trouble { what: format!("Left alone: {what}"), details });
            }
        }
    }
    troubles
}
