//! The numbers that GitLab shows in a merge request, by way of its Terraform report.
//!
//! GitLab knows three of them, and wants all three: a report without them is shown as one that could not be made. That is
//! what a run gets that was not whole, or must not be applied: zeros, or the numbers of something that can't happen, would
//! look as if all were well.

use super::counts::Counts;
use super::run::Run;
use crate::plan::{Action, MilestoneHandle};
use serde_json::json;

/// What GitLab takes for `artifacts:reports:terraform`: releases and milestones, those to be closed among the updates.
#[must_use]
pub fn widget(run: &Run<'_>) -> String {
    let refused = run.projects.iter().filter(|project| !project.plan.refusals.is_empty()).count();
    let report = if refused > 0 || !run.unread.is_empty() {
        json!({ "error": "the plan is refused or not whole; see the job's log", "refused": refused, "unread": run.unread.len() })
    } else {
        let plans = run.projects.iter().map(|project| Counts::of_plan(project.plan));
        let Counts { releases, milestones, links: _, files: _, requests: _ } =
            plans.reduce(Counts::and).unwrap_or_default();
        // One that is made and closed at once is one more, and not changed.
        let closed_anew = run.projects.iter().flat_map(|project| &project.plan.steps).filter(|step| {
            matches!(&step.action, Action::UpdateMilestone { milestone: MilestoneHandle::CreatedBy(_), .. })
        });
        json!({
            "create": releases.create + milestones.create,
            "update": releases.update + milestones.update + milestones.close - closed_anew.count(),
            "delete": releases.delete,
        })
    };
    format!("{report:#}\n")
}
