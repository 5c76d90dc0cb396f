//! Many projects of one run: a line for each, and what they come to. A project with nothing to say gets no more than its
//! line; of the others there are pages, too.

use super::counts::{self, Counts, Words, of};
use super::drift::DriftRun;
use super::style::{Palette, paint};
use super::values::{line, visible};
use crate::plan::{Outcome, Plan, StepOutcome};
use std::fmt::Write as _;

/// Names are set in a column that is no wider.
const WIDEST: usize = 60;

/// Whether there is more to say of a plan than that nothing is to be done.
#[must_use]
pub fn has_page(plan: &Plan) -> bool {
    !plan.is_empty() || !plan.refusals.is_empty()
}

/// Whether there is more to say of an outcome than how much was done.
#[must_use]
pub fn has_outcome_page(outcome: &Outcome) -> bool {
    !outcome.is_success() || outcome.steps.contains(&StepOutcome::NotOffered)
}

/// What came of planning for several projects, a line for each, and in all. `unread` are those that could not be read, and why.
#[must_use]
pub fn fleet(plans: &[&Plan], unread: &[(String, String)], palette: &Palette) -> String {
    let read = plans.iter().map(|plan| {
        let style = if plan.refusals.is_empty() { palette.heading } else { palette.delete };
        let words = planned(plan);
        (visible(&plan.project.to_string()), if has_page(plan) { paint(style, words) } else { words })
    });
    table(read.chain(not_read(unread, palette)).collect()) + &in_all(plans, unread.len())
}

/// What became of several projects, a line for each. Beside them there may be such as were `refused`, and others `unread`.
#[must_use]
pub fn outcomes(ends: &[(&Plan, &Outcome)], refused: usize, unread: usize, palette: &Palette) -> String {
    let rows = ends.iter().map(|(plan, outcome)| {
        let style = if outcome.is_success() { palette.heading } else { palette.delete };
        (visible(&plan.project.to_string()), paint(style, counts::done(plan, outcome)))
    });
    let failed = ends.iter().filter(|(_, outcome)| !outcome.is_success()).count();
    let kinds = [(failed, "not, or not in full"), (refused, "refused"), (unread, "not read")];
    let bad = kinds.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!(", {count} {what}"));
    let bad = bad.collect::<Vec<_>>().concat();
    format!("\n{}Done: {}{bad}.\n", table(rows.collect()), of(ends.len() - failed, "project"))
}

/// The same of drift, as of plans.
#[must_use]
pub fn drifts(run: &DriftRun<'_>, palette: &Palette) -> String {
    let read = run.projects.iter().map(|project| {
        let words = project.words();
        let is_loud = project.drift.has_drift();
        let words = if is_loud { paint(palette.heading, words) } else { words };
        (visible(&project.drift.project.to_string()), words)
    });
    table(read.chain(not_read(&run.unread, palette)).collect())
}

/// What a plan comes to, in a few words.
pub(super) fn planned(plan: &Plan) -> String {
    let what =
        if plan.is_empty() { "nothing to do".to_owned() } else { Counts::of_plan(plan).sentence(&Words::PLANNED) };
    let what = match plan.refusals.is_empty() {
        // Such as an attempt to collect evidence.
        true if what.is_empty() => of(plan.steps.len(), "request"),
        true => what,
        false => format!("refused: {}", of(plan.refusals.len(), "reason")),
    };
    match plan.unmanaged.len() {
        0 => what,
        count => format!("{what}; {} not in the manifest", of(count, "release")),
    }
}

/// All plans together, in a line.
pub(super) fn in_all(plans: &[&Plan], unread: usize) -> String {
    let count = |which: &dyn Fn(&Plan) -> bool| plans.iter().filter(|plan| which(plan)).count();
    let refused = count(&|plan| !plan.refusals.is_empty());
    let to_change = count(&|plan| plan.refusals.is_empty() && plan.has_differences());
    let requests = plans.iter().filter(|plan| plan.refusals.is_empty()).map(|plan| plan.steps.len()).sum();
    let mut parts = vec![of(plans.len() + unread, "project"), format!("{to_change} to change")];
    let bad = [(refused, "refused"), (unread, "not read")];
    parts.extend(bad.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")));
    format!("In all: {}; {}.\n", parts.join(", "), of(requests, "request"))
}

fn not_read<'r>(unread: &'r [(String, String)], palette: &'r Palette) -> impl Iterator<Item = (String, String)> + 'r {
    unread
        .iter()
        .map(|(project, error)| (visible(project), paint(palette.delete, format_args!("not read: {}", line(error)))))
}

/// Names in a column, and what is to be said of each after it.
fn table(rows: Vec<(String, String)>) -> String {
    let widest = rows.iter().map(|(name, _)| name.chars().count()).filter(|width| *width <= WIDEST).max();
    let width = widest.unwrap_or_default();
    let mut text = String::new();
    for (name, what) in rows {
        // Writing to a `String` can't fail.
        let _ = writeln!(text, "{name:<width$}  {what}");
    }
    text
}
