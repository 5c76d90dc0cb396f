//! `relsync apply`: shows the plan, asks, carries it out, and says what became of it.

use super::args::ApplyArgs;
use super::exit::Exit;
use super::failure::Failure;
use super::formats::{Faces, Matter};
use super::interrupt::{Interrupts, stoppable};
use super::saved;
use super::server::Server;
use super::session::{Found, Session};
use super::shown::{self, Shown};
use crate::apply::{Event, Pace};
use crate::gitlab::Client;
use crate::model::Moment;
use crate::plan::{Digest, Outcome, Plan, StepOutcome};
use crate::report::{Command, Detail};
use crate::ui::{Stream, Ui};
use crate::{apply, report};
use std::path::PathBuf;

/// What is to be carried out, and where.
pub(super) struct Planned {
    pub(super) server: Server,
    /// One for each project.
    pub(super) clients: Vec<Client>,
    /// Their plans, or why there is none.
    pub(super) plans: Vec<Result<Found, Failure>>,
    /// The projects as they are named in the manifests or the plan.
    pub(super) names: Vec<String>,
    /// The digest of all plans that there are, if it matters.
    pub(super) digest: Option<Digest>,
    /// When the run began.
    pub(super) now: Moment,
}

pub(super) async fn run(ui: &Ui, args: ApplyArgs) -> Result<Exit, Failure> {
    let faces = Faces::open(args.faces.format, &args.faces.reports, None, None)?;
    faces.spare(&args.plan.iter().map(PathBuf::as_path).collect::<Vec<_>>())?;
    let planned = match &args.plan {
        Some(path) => saved::open(ui, path, &args).await?,
        None => made_now(ui, &args, &faces).await?,
    };
    let Planned { server, clients, plans, names, digest, now } = planned;
    let shown = Shown::new(plans, names);
    shown.show(ui, faces.stream_of_text(), Detail::Changes)?;
    let gitlabs = shown::gitlabs(server.is_embedded(), clients.iter());
    let mut outcomes = vec![None; shown.plans.len()];
    let site = Sites { clients: &clients, gitlabs: &gitlabs, stream: faces.stream_of_text() };
    let digests = digest.zip(args.expect_digest.clone()).filter(|_| !shown.plans.is_empty());
    let ended = match digests {
        Some((found, expected)) if found != expected => Err(Failure::PlanChanged { found, expected }),
        _ => site.apply(ui, &args, &shown, &mut outcomes).await,
    };
    // However it ended: who asked for a report wants to know.
    let run = shown.run(Command::Apply, now, &gitlabs, &outcomes);
    let reported = faces.finish(ui, Matter::Plans(&run, Detail::Changes));
    let exit = match (ended, reported) {
        (Err(failure), Err(unwritten)) => {
            ui.error(&unwritten);
            ui.gap();
            return Err(failure);
        }
        (ended, reported) => ended.and_then(|exit| reported.map(|()| exit))?,
    };
    shown.into_only_failure()?;
    if let Some(way) = server.way_to_look().filter(|_| outcomes.iter().any(Option::is_some)) {
        ui.note(&way);
    }
    Ok(exit)
}

/// Plans what the manifests say.
async fn made_now(ui: &Ui, args: &ApplyArgs, faces: &Faces) -> Result<Planned, Failure> {
    let session = Session::open(ui, &args.manifest, &args.server, &args.filter).await?;
    faces.spare(&args.server.files())?;
    faces.spare(&session.files())?;
    let plans = session.plans(ui, faces.show_releases()).await?;
    let digest = args.expect_digest.is_some().then(|| {
        let made = plans.iter().enumerate().filter_map(|(site, found)| Some((site, &found.as_ref().ok()?.plan)));
        session.to_save(made).digest()
    });
    let (names, now) = (session.names(), session.now);
    let clients = session.sites.into_iter().map(|site| site.client).collect();
    Ok(Planned { server: session.server, clients, plans, names, digest, now })
}

/// Where plans are carried out.
struct Sites<'a> {
    /// One for each project.
    clients: &'a [Client],
    /// Their addresses, as a person may see them; none is the embedded one's.
    gitlabs: &'a [Option<String>],
    /// Where it is told what became of each.
    stream: Stream,
}

impl Sites<'_> {
    /// Asks, and carries out the plans that may be, one after the other. What became of each is in `outcomes` then, whatever
    /// else goes wrong.
    async fn apply(
        &self,
        ui: &Ui,
        args: &ApplyArgs,
        shown: &Shown,
        outcomes: &mut [Option<Outcome>],
    ) -> Result<Exit, Failure> {
        let is_refused = shown.plans.iter().any(|(_, plan)| !plan.refusals.is_empty());
        let may_run = |plan: &Plan| plan.refusals.is_empty() && !plan.is_empty();
        let todo: Vec<_> = shown.plans.iter().zip(outcomes).filter(|((_, plan), _)| may_run(plan)).collect();
        if is_refused {
            let rest = if todo.is_empty() { "" } else { " there" };
            ui.warn(&format!("Refused; nothing was sent{rest}."));
        }
        let mut exit = if shown.is_whole() && !is_refused { Exit::Done } else { Exit::Failed };
        if todo.is_empty() {
            return Ok(exit);
        }
        if !args.yes {
            if !ui.can_ask() {
                return Err(Failure::NobodyToAsk);
            }
            let plans: Vec<_> = todo.iter().map(|(plan, _)| *plan).collect();
            if !stoppable(ui.confirm(&self.question(&plans))).await?.map_err(Failure::Answer)? {
                ui.note("Nothing was sent.");
                return Ok(Exit::Failed);
            }
        }
        let interrupts = Interrupts::count();
        let (mut is_over, mut unwritten) = (false, None);
        for ((site, plan), outcome) in todo {
            if is_over || interrupts.any() {
                exit = Exit::Failed;
                *outcome = Some(Outcome { steps: vec![StepOutcome::Interrupted; plan.steps.len()] });
                continue;
            }
            let (ended, what) = carry_out(ui, &self.clients[*site], plan, args, &interrupts).await;
            if !matches!(ended, Ended::Well) {
                exit = Exit::Failed;
            }
            is_over = matches!(ended, Ended::Interrupted | Ended::AtOnce);
            let what = outcome.insert(what);
            if !matches!(ended, Ended::AtOnce) {
                let page = report::outcome(plan, what, self.clients.len() > 1, &ui.palette(self.stream));
                // The others are to be changed all the same: they were agreed to.
                if let Err(error) = ui.show(self.stream, &page) {
                    unwritten.get_or_insert(error);
                }
            }
        }
        unwritten.map_or(Ok(exit), |error| Err(Failure::Output(error)))
    }

    fn question(&self, todo: &[&(usize, Plan)]) -> String {
        let changes = match todo.iter().map(|(_, plan)| plan.steps.len()).sum() {
            1 => "this change".to_owned(),
            count => format!("these {count} changes"),
        };
        match todo {
            [(site, plan)] => {
                let gitlab = self.gitlabs[*site].as_deref().unwrap_or("the embedded GitLab");
                format!("Apply {changes} to {} on {gitlab}?", plan.project)
            }
            many => format!("Apply {changes} to {} projects?", many.len()),
        }
    }
}

#[derive(Clone, Copy)]
enum Ended {
    Well,
    Badly,
    /// What was under way was waited for.
    Interrupted,
    /// What was under way was not waited for.
    AtOnce,
}

/// Carries one project's plan out.
async fn carry_out(
    ui: &Ui,
    client: &Client,
    plan: &Plan,
    args: &ApplyArgs,
    interrupts: &Interrupts,
) -> (Ended, Outcome) {
    let mut progress = ui.writing(&format!("writing to {}", plan.project), plan.steps.len());
    let mut is_stopping = false;
    let mut ends = vec![StepOutcome::Interrupted; plan.steps.len()];
    let run = apply::run(client, plan, Pace::new(args.concurrency), interrupts.at_least(1), |event| {
        match &event {
            Event::Stopping | Event::GivingUp => is_stopping = true,
            Event::Started(id) => ends[id.0] = under_way(),
            Event::Finished(id, outcome) => ends[id.0] = (*outcome).clone(),
        }
        progress.show(plan, &event);
    });
    let outcome = tokio::select! {
        outcome = run => outcome,
        () = interrupts.at_least(2) => {
            drop(progress);
            ui.warn("Stopped at once: requests under way may or may not have been carried out. Run apply again to see.");
            return (Ended::AtOnce, Outcome { steps: ends });
        }
    };
    drop(progress);
    // Also if this project's last steps still went well: the others are not to be begun.
    let ended = if is_stopping {
        Ended::Interrupted
    } else if outcome.is_success() {
        Ended::Well
    } else {
        Ended::Badly
    };
    (ended, outcome)
}

/// What is said of a step whose end nobody waited for.
fn under_way() -> StepOutcome {
    StepOutcome::Failed {
        error: "stopped while it was under way: it may or may not have been carried out".to_owned(),
        help: Some("run apply again to see".to_owned()),
    }
}
