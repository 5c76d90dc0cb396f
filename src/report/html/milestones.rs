//! The milestones that a plan makes, changes, closes or reopens.

use super::fields::Row;
use super::part::Part;
use super::prose::{Allowance, Prose};
use super::status::{Status, Trouble, troubles};
use crate::model::{MilestoneState, NewMilestone};
use crate::plan::{Action, Change, MilestoneDiff, Outcome, Plan};
use crate::report::values::short;
use jiff::civil::Date;

/// A milestone of which there is something to say.
#[derive(Debug)]
pub(super) struct Milestone {
    pub(super) class: &'static str,
    pub(super) word: &'static str,
    pub(super) title: String,
    pub(super) status: Option<Status>,
    pub(super) parts: Vec<Part>,
    pub(super) troubles: Vec<Trouble>,
}

/// In the plan's order.
pub(super) fn of(plan: &Plan, outcome: Option<&Outcome>, allowance: Allowance) -> Vec<Milestone> {
    let mut milestones = Vec::new();
    for (index, step) in plan.steps.iter().enumerate() {
        let (class, word, title, rows, description) = match &step.action {
            Action::CreateMilestone(new) => {
                ("create", "Create", &new.title, new_rows(new), Prose::new(None, new.description.as_ref(), allowance))
            }
            Action::UpdateMilestone { milestone: _, title, diff } => {
                let word = match diff.state.as_ref().map(|change| change.after) {
                    Some(MilestoneState::Closed) => "Close",
                    Some(MilestoneState::Active) => "Reopen",
                    None => "Update",
                };
                let prose = diff.description.as_ref();
                let prose = prose.and_then(|c| Prose::new(Some(&c.before), Some(&c.after), allowance));
                ("update", word, title, rows(diff), prose)
            }
            _ => continue,
        };
        milestones.push(Milestone {
            class,
            word,
            title: short(title),
            status: Status::of_all(plan, outcome, &[index]),
            parts: vec![Part::whole(rows, Vec::new(), "Description", description)],
            troubles: troubles(plan, outcome, &[index]),
        });
    }
    milestones
}

fn new_rows(new: &NewMilestone) -> Vec<Row> {
    let NewMilestone { title: _, description: _, start_date, due_date } = new;
    let dates = [("start_date", start_date), ("due_date", due_date)];
    dates.into_iter().filter_map(|(name, date)| Some(Row::after(name, date.as_ref()?.to_string()))).collect()
}

fn rows(diff: &MilestoneDiff) -> Vec<Row> {
    let MilestoneDiff { description: _, start_date, due_date, state } = diff;
    let word = |date: &Option<Date>| date.map_or_else(|| "none".to_owned(), |date| date.to_string());
    let mut rows = Vec::new();
    for (name, change) in [("start_date", start_date), ("due_date", due_date)] {
        rows.extend(change.as_ref().map(|Change { before, after }| Row::new(name, word(before), word(after))));
    }
    rows.extend(state.as_ref().map(|c| Row::new("state", c.before.as_str(), c.after.as_str())));
    rows
}
