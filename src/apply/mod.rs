//! Runs a plan's steps: independent ones side by side, each after those it needs, and tells of each as it happens.
//!
//! Makes the plan's requests and no others. Imports `plan`, `gitlab` and `model`; prints nothing.

mod schedule;

use crate::gitlab::{Client, Error, Kind};
use crate::model::{MilestoneId, ProjectRef, TagName};
use crate::plan::{Action, MilestoneHandle, MilestonesBy, Outcome, Plan, StepId, StepOutcome};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use miette::Diagnostic;
use schedule::Schedule;
use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::pin::pin;
use std::time::Duration;

/// Milliseconds to wait before each look for evidence. A job that takes longer than all of them is left to itself.
const EVIDENCE_WAITS: [u64; 6] = [100, 200, 400, 800, 1600, 3200];

/// What happens while a plan runs.
#[derive(Debug)]
pub enum Event<'a> {
    /// A request is on its way.
    Started(StepId),
    /// No more steps are begun; those under way are waited for.
    Stopping,
    /// A step is over, one way or another.
    Finished(StepId, &'a StepOutcome),
}

/// Runs `plan` with at most `concurrency` requests at a time. When `stop` completes, no new request is begun, and those
/// under way are waited for.
pub async fn run(
    client: &Client,
    plan: &Plan,
    concurrency: NonZeroUsize,
    stop: impl Future<Output = ()>,
    mut emit: impl FnMut(Event<'_>),
) -> Outcome {
    let mut stop = pin!(stop);
    let mut stopped = false;
    let mut schedule = Schedule::new(plan);
    let mut running = FuturesUnordered::new();
    let mut made = BTreeMap::new();
    loop {
        while !stopped && running.len() < concurrency.get() {
            let Some(id) = schedule.next() else { break };
            emit(Event::Started(id));
            let action = &plan.steps[id.0].action;
            let milestones = milestones_of(action, &made);
            running.push(async move { (id, perform(client, &plan.project.reference, action, &milestones).await) });
        }
        tokio::select! {
            biased;
            () = &mut stop, if !stopped => {
                stopped = true;
                emit(Event::Stopping);
            }
            finished = running.next() => {
                let Some((id, result)) = finished else { break };
                let outcome = match result {
                    Ok(milestone) => {
                        made.extend(milestone.map(|milestone| (id, milestone)));
                        StepOutcome::Done
                    }
                    Err(otherwise) => otherwise,
                };
                for (id, outcome) in schedule.finish(id, outcome) {
                    emit(Event::Finished(id, &outcome));
                }
            }
        }
    }
    schedule.into_outcome()
}

/// The ids of the milestones that `action` changes or names by id. The steps that make them are done: it needs them.
fn milestones_of(action: &Action, made: &BTreeMap<StepId, MilestoneId>) -> Vec<MilestoneId> {
    let handles = match action {
        Action::UpdateMilestone { milestone, .. } => std::slice::from_ref(milestone),
        Action::CreateRelease { milestones: MilestonesBy::Id(handles), .. }
        | Action::UpdateRelease { milestones: MilestonesBy::Id(handles), .. } => handles,
        _ => &[],
    };
    let id = |handle: &MilestoneHandle| match handle {
        MilestoneHandle::Existing(id) => Some(*id),
        MilestoneHandle::CreatedBy(step) => made.get(step).copied(),
    };
    handles.iter().filter_map(id).collect()
}

/// Makes one request. Answers the id of a milestone that was made, or how else than well the step ended.
async fn perform(
    client: &Client,
    project: &ProjectRef,
    action: &Action,
    milestones: &[MilestoneId],
) -> Result<Option<MilestoneId>, StepOutcome> {
    let by_id = |by: &MilestonesBy| matches!(by, MilestonesBy::Id(_)).then_some(milestones);
    match action {
        Action::CreateMilestone(new) => client.create_milestone(project, new).await.map(|made| Some(made.id)),
        Action::CreateTag(new) => client.create_tag(project, new).await.map(|_| None),
        Action::CreateRelease { release, milestones: by, .. } => {
            client.create_release(project, release, by_id(by)).await.map(|_| None)
        }
        Action::UpdateRelease { tag_name, diff, milestones: by } => {
            client.update_release(project, tag_name, &diff.to_patch(), by_id(by)).await.map(|_| None)
        }
        Action::DeleteLink { tag_name, id, .. } => client.delete_link(project, tag_name, *id).await.map(|()| None),
        Action::UpdateLink { tag_name, id, after, .. } => {
            client.update_link(project, tag_name, *id, after).await.map(|_| None)
        }
        Action::CreateLink { tag_name, link } => client.create_link(project, tag_name, link).await.map(|_| None),
        Action::UpdateMilestone { diff, .. } => match milestones {
            [id] => client.update_milestone(project, *id, &diff.to_patch()).await.map(|_| None),
            _ => return Err(StepOutcome::Failed { error: "the milestone has no id yet".into(), help: None }),
        },
        Action::CollectEvidence { tag_name, required } => match collect_evidence(client, project, tag_name).await {
            // GitLab Free has no such route.
            Err(error) if error.kind() == Kind::NotFound && !required => return Err(StepOutcome::NotOffered),
            collected => collected.map(|()| None),
        },
        Action::DeleteRelease(release) => client.delete_release(project, &release.tag_name).await.map(|()| None),
    }
    .map_err(|error| StepOutcome::Failed { error: error.to_string(), help: error.help().map(|help| help.to_string()) })
}

/// Has evidence collected, and waits a while for it to be there: a background job of GitLab's does it, and who planned
/// again before it is done would have it collected twice.
async fn collect_evidence(client: &Client, project: &ProjectRef, tag: &TagName) -> Result<(), Error> {
    client.collect_evidence(project, tag).await?;
    for wait in EVIDENCE_WAITS {
        tokio::time::sleep(Duration::from_millis(wait)).await;
        if client.release(project, tag).await?.is_none_or(|release| release.has_evidence) {
            break;
        }
    }
    Ok(())
}
