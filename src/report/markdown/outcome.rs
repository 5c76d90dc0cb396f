//! What became of a plan, on the page: what failed and what was left alone before all else.

use super::fit::{Entry, Kind, Part, Rank};
use super::{VOICE, code};
use crate::plan::{Outcome, Plan, Step, StepOutcome};
use crate::report::counts;
use crate::report::text::NOT_OFFERED;
use crate::report::values::visible;
use crate::report::{conflict, describe, left_files, uploaded};
use std::slice;

/// Differences of one release that are listed before the rest is counted.
const MAX_DIFFERENCES: usize = 50;

/// What was done, and what to do next.
pub(super) fn summary(plan: &Plan, outcome: &Outcome) -> String {
    let mut text = format!("**Done: {}.**\n\n", counts::done(plan, outcome));
    text.extend(uploaded::sentence(plan, outcome, VOICE).map(|files| format!("{files}\n\n")));
    text.extend(left_files::advice(plan, outcome, VOICE).iter().map(|advice| format!("{advice}\n\n")));
    let is_short = outcome.steps.contains(&StepOutcome::NotOffered);
    text.extend(is_short.then(|| format!("Note: {NOT_OFFERED}\n\n")));
    text
}

/// What did not go well.
pub(super) fn parts(plan: &Plan, outcome: &Outcome) -> [Part; 2] {
    let (mut bad, mut skipped) = (Vec::new(), Vec::new());
    let mut reasons = conflict::Reasons::default();
    for (step, ended) in plan.steps.iter().zip(&outcome.steps) {
        match ended {
            StepOutcome::Done | StepOutcome::AlreadyDone | StepOutcome::NotOffered | StepOutcome::Interrupted => {}
            StepOutcome::Failed { error, help, is_final: _ } => bad.push(failure(step, error, help.as_deref())),
            StepOutcome::Conflict(conflict) => {
                let line = format!("- ✗ left alone: {}", describe::step(&step.action, VOICE));
                if !reasons.is_new(step, conflict) {
                    bad.push(entry(Rank::Failure, Kind::Failure, vec![line + "\n"]));
                    continue;
                }
                let line = format!("{line}, as {}\n", conflict::head(conflict));
                let differences = conflict::lines(conflict, VOICE);
                let mut whole = line.clone();
                let more = differences.len().saturating_sub(MAX_DIFFERENCES);
                whole.extend(differences.iter().take(MAX_DIFFERENCES).map(|line| format!("  - {line}\n")));
                whole.extend((more > 0).then(|| format!("  - … {more} more\n")));
                bad.push(entry(Rank::Failure, Kind::Failure, vec![line, whole]));
            }
            StepOutcome::Skipped { because } => {
                let step = describe::step(&step.action, VOICE);
                let because = describe::step(&plan.steps[because.0].action, VOICE);
                let line = format!("- {step} (not done: {because})\n");
                skipped.push(entry(Rank::Rest, Kind::Skipped, vec![line]));
            }
        }
    }
    [
        Part { head: "⚠️ **Not everything went well:**\n\n".to_owned(), entries: bad },
        Part { head: "Skipped:\n\n".to_owned(), entries: skipped },
    ]
}

fn failure(step: &Step, error: &str, help: Option<&str>) -> Entry {
    let mut text =
        format!("- ✗ failed to {}\n  - {}\n", describe::step(&step.action, VOICE), code::span(&visible(error)));
    text.extend(help.map(|help| format!("  - {}\n", code::span(&visible(help)))));
    entry(Rank::Failure, Kind::Failure, vec![text])
}

fn entry(rank: Rank, kind: Kind, levels: Vec<String>) -> Entry {
    Entry { rank, kind, levels }
}

/// How the steps of one release or milestone ended, in a few words. A release is deleted whatever became of its files.
pub(super) fn words(steps: &[Step], ends: &[StepOutcome]) -> String {
    match left_files::of_deletion(steps.iter().zip(ends)) {
        Some((end, files)) => left_files::after(word(slice::from_ref(end)), files),
        None => word(ends).to_owned(),
    }
}

fn word(ends: &[StepOutcome]) -> &'static str {
    let any = |which: fn(&StepOutcome) -> bool| ends.iter().any(which);
    if any(|end| matches!(end, StepOutcome::Failed { .. })) {
        "failed"
    } else if any(|end| matches!(end, StepOutcome::Conflict(_))) {
        "left alone"
    } else if any(|end| matches!(end, StepOutcome::Skipped { .. })) {
        "skipped"
    } else if any(|end| matches!(end, StepOutcome::Interrupted)) {
        "not begun"
    } else if ends.iter().all(|end| *end == StepOutcome::AlreadyDone) {
        "done already"
    } else {
        "done"
    }
}
