//! Runs a plan's steps: independent ones side by side, each after those it needs, and tells of each as it happens.
//!
//! Makes the plan's requests and no others but looks: at each release before it is first changed, at each package before files
//! are sent or led to, at all releases and at their packages before files are deleted, and at what became of a request whose answer was lost. Imports `plan`, `gitlab` and `model`; prints nothing.

mod cost;
mod ended;
mod files;
mod guard;
mod linked;
mod look;
mod perform;
mod schedule;
mod width;

pub use cost::{Limits, Traffic};
pub use files::{Files, Opener, Transfer};

use crate::gitlab::{Client, Kind, TokenKind};
use crate::model::MilestoneId;
use crate::plan::{Action, MilestoneHandle, MilestonesBy, Outcome, Plan, StepId, StepOutcome};
use ended::{Done, Ended};
use files::Shelf;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use guard::Guards;
use linked::Linked;
use perform::Site;
use schedule::Schedule;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::pin::pin;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use tokio::sync::Mutex;
use width::Width;

/// Where so many steps were forbidden and none was done, it is not about one tag: the token's user may do none of it.
const MOST_FORBIDDEN: usize = 32;

/// What happens while a plan runs.
#[derive(Debug)]
pub enum Event<'a> {
    /// A request is on its way.
    Started(StepId),
    /// No more steps are begun; those under way are waited for.
    Stopping,
    /// The same, as more would be in vain: the server has not answered for long, takes the token for nobody's, or forbids
    /// everything.
    GivingUp,
    /// A step is over, one way or another.
    Finished(StepId, &'a StepOutcome),
}

/// How fast a plan is carried out.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// At most so many requests at a time; fewer at first, and while the server is in trouble.
    pub concurrency: NonZeroUsize,
    /// How long a look at a release is good for, before it is written to.
    pub fresh_for: Duration,
}

impl Pace {
    /// With so many requests at a time at most.
    #[must_use]
    pub fn new(concurrency: NonZeroUsize) -> Self {
        Self { concurrency, fresh_for: Duration::from_secs(5) }
    }
}

/// Runs `plan`. When `stop` completes, no new request is begun, and those under way are waited for.
pub async fn run(
    client: &Client,
    plan: &Plan,
    pace: Pace,
    files: &Files,
    stop: impl Future<Output = ()>,
    mut emit: impl FnMut(Event<'_>),
) -> Outcome {
    let mut stop = pin!(stop);
    let (mut asked_to_stop, mut stopped) = (false, false);
    let mut schedule = Schedule::new(plan);
    let guards = Guards::new(plan, pace.fresh_for);
    let shelf = Shelf::new(plan, pace.fresh_for);
    let site = &Site {
        client,
        project: &plan.project.reference,
        guards,
        files,
        shelf,
        linked: Linked::new(plan),
        turn: Mutex::default(),
        offers_no_evidence: AtomicBool::new(false),
    };
    let mut width = Width::new(pace.concurrency, client.troubles());
    let mut running = FuturesUnordered::new();
    let mut made = BTreeMap::new();
    let limited = Cell::new(false);
    let (mut forbidden, mut is_any_done) = (0, false);
    loop {
        while !stopped && running.len() < width.get() {
            let Some(id) = schedule.next() else { break };
            emit(Event::Started(id));
            let action = &plan.steps[id.0].action;
            let milestones = milestones_of(action, &made);
            running.push(async move { (id, site.perform(id, action, milestones.as_deref()).await) });
        }
        tokio::select! {
            biased;
            () = &mut stop, if !asked_to_stop => {
                (asked_to_stop, stopped) = (true, true);
                client.stop_waiting();
                emit(Event::Stopping);
            }
            finished = running.next() => {
                let Some((id, result)) = finished else { break };
                width.step_over(client.troubles());
                is_any_done |= result.is_ok();
                forbidden += usize::from(result.as_ref().is_err_and(is_forbidden));
                let is_nobody = forbidden >= MOST_FORBIDDEN && !is_any_done;
                if !stopped && (is_nobody || result.as_ref().is_err_and(|ended| is_hopeless(client, ended))) {
                    stopped = true;
                    client.stop_waiting();
                    emit(Event::GivingUp);
                }
                let outcome = match result {
                    Ok(Done { milestone, already }) => {
                        made.extend(milestone.map(|milestone| (id, milestone)));
                        if already { StepOutcome::AlreadyDone } else { StepOutcome::Done }
                    }
                    // One says that GitLab lets no more through for so long; the others, sent to the same wall, were not begun.
                    Err(Ended::Failed(error)) if error.kind() == Kind::RateLimited && limited.replace(true) => {
                        StepOutcome::Interrupted
                    }
                    Err(ended) => ended.into(),
                };
                for (id, outcome) in schedule.finish(id, outcome) {
                    emit(Event::Finished(id, &outcome));
                }
            }
        }
    }
    schedule.into_outcome()
}

/// Whether what ended a step will end the others, too. What a job token may not do, others of the run's steps may not need.
fn is_hopeless(client: &Client, ended: &Ended) -> bool {
    let Ended::Failed(error) = ended else { return false };
    match error.kind() {
        Kind::Unauthorized => client.token_kind() != Some(TokenKind::Job),
        Kind::Connect | Kind::Timeout | Kind::Interrupted | Kind::Server => client.is_lost(),
        Kind::Untrusted => true,
        _ => false,
    }
}

fn is_forbidden(ended: &Ended) -> bool {
    matches!(ended, Ended::Failed(error) if error.kind() == Kind::Forbidden)
}

/// The ids of the milestones that `action` changes or names by id. The steps that make them are done, as it needs them;
/// `None` if one is not known all the same.
fn milestones_of(action: &Action, made: &BTreeMap<StepId, MilestoneId>) -> Option<Vec<MilestoneId>> {
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
    handles.iter().map(id).collect()
}
