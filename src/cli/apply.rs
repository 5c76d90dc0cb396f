//! `relsync apply`: shows the plan, asks, carries it out, and says what became of it.

use super::args::ApplyArgs;
use super::exit::Exit;
use super::failure::Failure;
use super::files;
use super::formats::{Faces, Matter};
use super::interrupt::{Interrupts, stoppable};
use super::saved;
use super::server::Server;
use super::session::{Artifacts, Found, Session};
use super::shown::{self, Shown};
use crate::apply::{Event, Pace};
use crate::gitlab::Client;
use crate::model::Moment;
use crate::plan::{Digest, Outcome, Plan, StepOutcome};
use crate::report::{Command, Detail};
use crate::ui::{Stream, Ui};
use crate::{apply, report};
use futures_util::{StreamExt, stream};
use std::cell::{Cell, RefCell};
use std::path::PathBuf;

/// Projects that are written to at the same time. How many requests that comes to, `--concurrency` says.
const SIDE_BY_SIDE: usize = 16;

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
    let session = Session::open(ui, &args.manifest, &args.server, &args.filter, &args.shard, Artifacts::Needed).await?;
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
    /// Asks, and carries out the plans that may be. What became of each is in `all` then, whatever else goes wrong.
    async fn apply(
        &self,
        ui: &Ui,
        args: &ApplyArgs,
        shown: &Shown,
        all: &mut [Option<Outcome>],
    ) -> Result<Exit, Failure> {
        let is_refused = shown.plans.iter().any(|(_, plan)| !plan.refusals.is_empty());
        let may_run = |plan: &Plan| plan.refusals.is_empty() && !plan.is_empty();
        let todo: Vec<_> = shown.plans.iter().zip(all.iter_mut()).filter(|((_, plan), _)| may_run(plan)).collect();
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
        let (plans, outcomes): (Vec<_>, Vec<_>) = todo.into_iter().unzip();
        let (ended, ends) = self.carry_out(ui, args, &plans).await;
        if ended != Ended::Well {
            exit = Exit::Failed;
        }
        for (outcome, steps) in outcomes.into_iter().zip(ends) {
            *outcome = Some(Outcome { steps });
        }
        let ends: Vec<_> =
            shown.plans.iter().zip(&*all).filter_map(|((_, plan), end)| Some((plan, end.as_ref()?))).collect();
        if ended != Ended::AtOnce || self.clients.len() > 1 {
            self.tell(ui, shown, &ends)?;
        }
        Ok(exit)
    }

    /// Carries plans out side by side. What became of each of their steps is known however it ended.
    async fn carry_out(&self, ui: &Ui, args: &ApplyArgs, plans: &[&(usize, Plan)]) -> (Ended, Vec<Vec<StepOutcome>>) {
        let is_fleet = self.clients.len() > 1;
        let what = match plans {
            [(_, plan)] => format!("writing to {}", plan.project),
            many => format!("writing to {} projects", many.len()),
        };
        let plans: Vec<_> = plans.iter().map(|(site, plan)| (*site, plan, files::of_plan(plan))).collect();
        let shown: Vec<_> = plans.iter().map(|(_, plan, files)| (*plan, files.clone())).collect();
        let progress = RefCell::new(ui.writing(&what, &shown, is_fleet));
        let interrupts = Interrupts::count();
        let is_stopping = Cell::new(false);
        let not_begun = |plan: &Plan| RefCell::new(vec![StepOutcome::Interrupted; plan.steps.len()]);
        let ends: Vec<_> = plans.iter().map(|(_, plan, _)| not_begun(plan)).collect();
        for (site, ..) in &plans {
            self.clients[*site].allow(args.concurrency);
        }
        let runs = plans.iter().zip(&ends).map(|((site, plan, files), ends)| async {
            // What others were interrupted in is not to be begun.
            if is_stopping.get() || interrupts.any() {
                is_stopping.set(true);
                return;
            }
            let tell = |event: Event<'_>| {
                match &event {
                    // Of all that are under way at once, one says so.
                    Event::Stopping | Event::GivingUp if is_stopping.replace(true) => return,
                    Event::Stopping | Event::GivingUp => {}
                    Event::Started(id) => ends.borrow_mut()[id.0] = under_way(),
                    Event::Finished(id, outcome) => ends.borrow_mut()[id.0] = (*outcome).clone(),
                }
                progress.borrow_mut().show(plan, &event);
            };
            let pace = Pace::new(args.concurrency);
            apply::run(&self.clients[*site], plan, pace, files, interrupts.at_least(1), tell).await;
        });
        let width = SIDE_BY_SIDE.min(args.concurrency.get());
        let is_over = tokio::select! {
            () = stream::iter(runs).buffer_unordered(width).collect() => true,
            () = interrupts.at_least(2) => false,
        };
        drop(progress);
        let ends: Vec<_> = ends.into_iter().map(RefCell::into_inner).collect();
        let ended = if !is_over {
            ui.warn(
                "Stopped at once: requests under way may or may not have been carried out. Run apply again to see.",
            );
            Ended::AtOnce
        } else if ends.iter().flatten().all(StepOutcome::is_success) && !is_stopping.get() {
            Ended::Well
        } else {
            Ended::Badly
        };
        (ended, ends)
    }

    /// Tells what became of plans; of several, those that went well get no more than a line.
    fn tell(&self, ui: &Ui, shown: &Shown, ends: &[(&Plan, &Outcome)]) -> Result<(), Failure> {
        let (is_fleet, palette) = (self.clients.len() > 1, ui.palette(self.stream));
        let with_page = ends.iter().filter(|(_, end)| !is_fleet || report::has_outcome_page(end));
        let mut pages: String = with_page.map(|(plan, end)| report::outcome(plan, end, is_fleet, &palette)).collect();
        let refused = shown.plans.iter().filter(|(_, plan)| !plan.refusals.is_empty()).count();
        pages.extend(is_fleet.then(|| report::outcomes(ends, refused, shown.unread(), &palette)));
        ui.show(self.stream, &pages).map_err(Failure::Output)
    }

    fn question(&self, todo: &[&(usize, Plan)]) -> String {
        if todo.iter().all(|(_, plan)| !plan.has_differences()) {
            let count = todo.iter().map(|(_, plan)| plan.steps.len()).sum::<usize>();
            return format!("Ask for that evidence, in {count} request{}?", if count == 1 { "" } else { "s" });
        }
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

#[derive(Clone, Copy, PartialEq, Eq)]
enum Ended {
    Well,
    /// Something failed, or was not begun.
    Badly,
    /// What was under way was not waited for.
    AtOnce,
}

/// What is said of a step whose end nobody waited for.
fn under_way() -> StepOutcome {
    StepOutcome::Failed {
        error: "stopped while it was under way: it may or may not have been carried out".to_owned(),
        help: Some("run apply again to see".to_owned()),
        is_final: false,
    }
}
