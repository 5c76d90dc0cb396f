//! What to do after a plan that was not carried out whole; and the files that were to go with a release, and are still there
//! although it is gone: no new plan finds those, as nothing leads to them any more.
//!
//! Pure.

use super::counts::{Ends, of};
use super::values::package;
use super::voice::Voice;
use crate::plan::{Action, Outcome, Plan, Removal, Step, StepOutcome};

/// How many files are named before the rest is counted.
const MAX_NAMED: usize = 100;

/// The files that are left, in the plan's order. One that another release has come to link to is not: it is to stay.
pub(super) fn left<'p>(plan: &'p Plan, outcome: &Outcome) -> Vec<&'p Removal> {
    all_left(plan, outcome).map(|(removal, _)| removal).collect()
}

/// The same, each with how its step ended.
fn all_left<'p, 'o>(plan: &'p Plan, outcome: &'o Outcome) -> impl Iterator<Item = (&'p Removal, &'o StepOutcome)> {
    let steps = plan.steps.iter().zip(&outcome.steps);
    steps.filter_map(move |(step, end)| Some((removal_left(step, end, outcome)?, end)))
}

/// The file that `step` was to delete, if it is left. As long as one of the releases that led to it is there, a new plan
/// finds it.
fn removal_left<'p>(step: &'p Step, end: &StepOutcome, outcome: &Outcome) -> Option<&'p Removal> {
    let Action::DeleteFile(removal) = &step.action else { return None };
    let is_left = match end {
        StepOutcome::Failed { .. } | StepOutcome::Skipped { .. } | StepOutcome::Interrupted => true,
        StepOutcome::Done | StepOutcome::AlreadyDone | StepOutcome::NotOffered | StepOutcome::Conflict(_) => false,
    };
    let is_gone = || step.needs.iter().all(|need| outcome.steps.get(need.0).is_some_and(StepOutcome::is_success));
    (is_left && is_gone()).then_some(removal)
}

/// Of the files that were to go with a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Gone {
    pub(super) left: usize,
    pub(super) of: usize,
}

/// How the deletion of a release ended, if `steps`, which are all about one, delete it and that went well; and what became of
/// its files.
pub(super) fn of_deletion<'o>(
    steps: impl IntoIterator<Item = (&'o Step, &'o StepOutcome)>,
) -> Option<(&'o StepOutcome, Gone)> {
    let mut deletion = None;
    let mut files = Gone { left: 0, of: 0 };
    for (step, end) in steps {
        match step.action {
            Action::DeleteRelease(_) => deletion = Some(end).filter(|end| end.is_success()),
            Action::DeleteFile(_) => {
                files.left += usize::from(!end.is_success());
                files.of += 1;
            }
            _ => {}
        }
    }
    deletion.map(|end| (end, files))
}

/// `done; 1 of 2 files left`, after how the release's deletion ended.
pub(super) fn after(end: &str, Gone { left, of: all }: Gone) -> String {
    if left == 0 { end.to_owned() } else { format!("{end}; {left} of {} left", of(all, "file")) }
}

/// What to do next, in sentences, if anything is left to do.
pub(super) fn advice(plan: &Plan, outcome: &Outcome, voice: Voice) -> Vec<String> {
    let steps = || plan.steps.iter().zip(&outcome.steps);
    let others = steps().filter(|(step, end)| removal_left(step, end, outcome).is_none()).map(|(_, end)| end);
    let mut advice: Vec<_> = Ends::count(others).advice().map(str::to_owned).into_iter().collect();
    let left = left(plan, outcome);
    if left.is_empty() {
        return advice;
    }
    let shown = &left[..left.len().min(MAX_NAMED)];
    let of_package = |files: &[&Removal]| {
        let names: Vec<_> = files.iter().map(|removal| (voice.name)(&removal.place.file_name)).collect();
        format!("{} of {}", names.join(", "), package(&files[0].place, voice))
    };
    let named: Vec<_> = shown.chunk_by(|one, next| one.place.of == next.place.of).map(of_package).collect();
    let more = match left.len() - shown.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let a = if advice.is_empty() { "A" } else { "But a" };
    let (is_left, lead, them) = match left.as_slice() {
        [_] => ("is left in the package registry", "leads to it", "it"),
        _ => ("are left in the package registry", "leads to them", "them"),
    };
    // Applied again, this plan fails again for those.
    let is_final = |end: &StepOutcome| matches!(end, StepOutcome::Failed { is_final: true, .. });
    let again = if all_left(plan, outcome).all(|(_, end)| is_final(end)) {
        ""
    } else {
        "apply this one again if it was saved (plan --out), or "
    };
    advice.push(format!("{}{more} {is_left}, and no release {lead} any more.", named.join("; ")));
    advice.push(format!(
        "{a} new plan does not find {them}: {again}delete {them} by hand, in GitLab under Deploy > Package registry."
    ));
    advice
}
