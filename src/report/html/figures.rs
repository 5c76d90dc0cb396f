//! How much there is to do, or was done: in numbers, and in words.

use super::kind::Kind;
use super::releases::Changed;
use super::status::Status;
use crate::plan::{Action, StepOutcome};
use crate::report::counts::{self, Counts, Words, of};
use crate::report::run::{Command, ProjectRun};

/// A number on top.
#[derive(Debug)]
pub(super) struct Figure {
    pub(super) class: &'static str,
    pub(super) value: String,
    pub(super) label: &'static str,
}

/// One for each thing that is counted.
pub(super) fn figures(run: &ProjectRun<'_>, changed: &[Changed], command: Command) -> Vec<Figure> {
    let ProjectRun { plan, outcome, .. } = run;
    let is_done = command == Command::Apply && outcome.is_some();
    let figure = |class, planned: usize, done: usize, [to_do, all_done, some_done]: [&'static str; 3]| {
        let (value, label) = match is_done {
            false => (planned.to_string(), to_do),
            true if done == planned => (planned.to_string(), all_done),
            true => (format!("{done} of {planned}"), some_done),
        };
        Figure { class, value, label }
    };
    let releases = |kind, words| {
        let all = || changed.iter().filter(|release| release.kind == kind);
        let done = all().filter(|release| release.status.is_some_and(Status::has_happened)).count();
        figure(Kind::word(kind), all().count(), done, words)
    };
    let steps = |which: fn(&Action) -> bool, words| {
        let all = || plan.steps.iter().enumerate().filter(|(_, step)| which(&step.action));
        let is_good = |index: usize| outcome.and_then(|o| o.steps.get(index)).is_some_and(StepOutcome::is_success);
        figure("", all().count(), all().filter(|(index, _)| is_good(*index)).count(), words)
    };
    let is_link = |action: &Action| {
        matches!(action, Action::CreateLink { .. } | Action::UpdateLink { .. } | Action::DeleteLink { .. })
    };
    let is_milestone = |action: &Action| matches!(action, Action::CreateMilestone(_) | Action::UpdateMilestone { .. });
    vec![
        releases(Kind::Create, ["to create", "created", "created"]),
        releases(Kind::Update, ["to update", "updated", "updated in full"]),
        releases(Kind::Delete, ["to delete", "deleted", "deleted"]),
        steps(is_link, ["link changes"; 3]),
        steps(is_milestone, ["milestone changes"; 3]),
        steps(|_| true, ["requests"; 3]),
    ]
}

/// The figures in words, with what went wrong.
pub(super) fn sentence(run: &ProjectRun<'_>) -> String {
    let ProjectRun { plan, outcome, .. } = run;
    let unchanged = match plan.unchanged {
        0 => String::new(),
        count => format!(" {} unchanged.", of(count, "release")),
    };
    match outcome {
        None if !plan.has_differences() => {
            format!("Nothing needs to change: {} as wished.", of(plan.unchanged, "release"))
        }
        None => {
            let counts = Counts::of_plan(plan);
            format!("{}; {}.{unchanged}", counts.sentence(&Words::PLANNED), of(counts.requests, "request"))
        }
        Some(outcome) => format!("{}.{unchanged}", counts::done(plan, outcome)),
    }
}
