//! What became of the steps of a plan that was applied.

use crate::plan::{Outcome, Plan, StepOutcome};
use crate::report::left_files::{self, Gone};
use crate::report::values::line;
use crate::report::voice::Voice;
use crate::report::{conflict, describe::describe};
use std::borrow::Cow;

/// What became of everything that was to be done to one release or milestone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Status {
    Done,
    /// Another run has done it.
    AlreadyDone,
    /// GitLab's tier does not offer it.
    NotOffered,
    /// The release is deleted, but not all of its files.
    FilesLeft(Gone),
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
    pub(super) fn word(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Done => "done",
            Self::AlreadyDone => "done already",
            Self::NotOffered => "done, without evidence",
            Self::FilesLeft(files) => return left_files::after("done", files).into(),
            Self::Interrupted => "not begun",
            Self::Skipped => "skipped",
            Self::Conflict => "left alone",
            Self::Failed => "failed",
        })
    }

    /// Whether the release or milestone itself is as was planned.
    pub(super) fn has_happened(self) -> bool {
        self.is_good() || matches!(self, Self::FilesLeft(_))
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

    /// What became of `steps`, which are all about one thing, if they were applied: the worst of them, but that a release is
    /// deleted whatever became of its files.
    pub(super) fn of_all(plan: &Plan, outcome: Option<&Outcome>, steps: &[usize]) -> Option<Self> {
        let outcome = outcome?;
        let ends = || steps.iter().filter_map(|step| Some((plan.steps.get(*step)?, outcome.steps.get(*step)?)));
        match left_files::of_deletion(ends()) {
            Some((_, files)) if files.left > 0 => Some(Self::FilesLeft(files)),
            Some((end, _)) => Some(Self::of(end)),
            None => ends().map(|(_, end)| Self::of(end)).max(),
        }
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
            StepOutcome::Failed { error, help, is_final: _ } => {
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
