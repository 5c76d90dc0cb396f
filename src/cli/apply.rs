//! `relsync apply`: shows the plan, asks, carries it out, and says what became of it.

use super::args::ApplyArgs;
use super::exit::Exit;
use super::failure::Failure;
use super::interrupt::Interrupts;
use super::plan::{self, Shown};
use super::saved;
use super::server::Server;
use super::session::Session;
use crate::apply::{Event, Pace};
use crate::gitlab::Client;
use crate::plan::{Digest, Plan};
use crate::report::Detail;
use crate::ui::Ui;
use crate::{apply, report};
use std::num::NonZeroUsize;

/// What is to be carried out, and where.
pub(super) struct Planned {
    pub(super) server: Server,
    /// One for each project.
    pub(super) clients: Vec<Client>,
    /// Their plans, or why there is none.
    pub(super) plans: Vec<Result<Plan, Failure>>,
    /// The digest of all plans that there are, if it matters.
    pub(super) digest: Option<Digest>,
}

pub(super) async fn run(ui: &Ui, args: ApplyArgs) -> Result<Exit, Failure> {
    let Planned { server, clients, plans, digest } = match &args.plan {
        Some(path) => saved::open(ui, path, &args).await?,
        None => made_now(ui, &args).await?,
    };
    let Shown { plans, is_whole } = plan::show(ui, plans, Detail::Changes)?;
    if let (Some(expected), Some(found)) = (args.expect_digest, digest)
        && found != expected
    {
        return Err(Failure::PlanChanged { found, expected });
    }
    let (accepted, refused): (Vec<_>, Vec<_>) = plans.into_iter().partition(|(_, plan)| plan.refusals.is_empty());
    let todo: Vec<_> = accepted.into_iter().filter(|(_, plan)| !plan.is_empty()).collect();
    if !refused.is_empty() {
        let rest = if todo.is_empty() { "" } else { " there" };
        ui.note(&format!("Refused; nothing was sent{rest}."));
    }
    let mut exit = if is_whole && refused.is_empty() { Exit::Done } else { Exit::Failed };
    if todo.is_empty() {
        return Ok(exit);
    }
    if !args.yes {
        if !ui.can_ask() {
            return Err(Failure::NobodyToAsk);
        }
        if !ui.confirm(&question(&clients, &todo)).map_err(Failure::Answer)? {
            ui.note("Nothing was sent.");
            return Ok(Exit::Failed);
        }
    }
    let interrupts = Interrupts::count();
    for (site, plan) in &todo {
        if interrupts.any() {
            break;
        }
        match carry_out(ui, &clients[*site], plan, (args.concurrency, clients.len() > 1), &interrupts).await? {
            Ended::Well => {}
            Ended::Badly => exit = Exit::Failed,
            Ended::Interrupted => {
                exit = Exit::Failed;
                break;
            }
        }
    }
    if let Some(way) = server.way_to_look() {
        ui.note(&way);
    }
    Ok(exit)
}

/// Plans what the manifests say.
async fn made_now(ui: &Ui, args: &ApplyArgs) -> Result<Planned, Failure> {
    let session = Session::open(ui, &args.manifest, &args.server, &args.filter).await?;
    let plans = session.plans(ui).await?;
    let digest = args.expect_digest.is_some().then(|| {
        let made = plans.iter().enumerate().filter_map(|(site, plan)| Some((site, plan.as_ref().ok()?)));
        session.to_save(made).digest()
    });
    let clients = session.sites.into_iter().map(|site| site.client).collect();
    Ok(Planned { server: session.server, clients, plans, digest })
}

fn question(clients: &[Client], todo: &[(usize, Plan)]) -> String {
    match todo {
        [(site, plan)] => {
            format!("Apply this to {} on {} now?", plan.project, super::server::shown(clients[*site].url()))
        }
        many => format!("Apply this to {} projects?", many.len()),
    }
}

enum Ended {
    Well,
    Badly,
    Interrupted,
}

/// Carries one project's plan out and says what became of it, by the project's name if it is one of several.
async fn carry_out(
    ui: &Ui,
    client: &Client,
    plan: &Plan,
    (concurrency, named): (NonZeroUsize, bool),
    interrupts: &Interrupts,
) -> Result<Ended, Failure> {
    let mut progress = ui.steps(plan.steps.len());
    let mut is_stopping = false;
    let run = apply::run(client, plan, Pace::new(concurrency), interrupts.at_least(1), |event| {
        is_stopping |= matches!(event, Event::Stopping | Event::GivingUp);
        progress.show(plan, &event);
    });
    let outcome = tokio::select! {
        outcome = run => outcome,
        () = interrupts.at_least(2) => {
            drop(progress);
            ui.note("Stopped at once: requests under way may or may not have been carried out. Run apply again to see.");
            return Ok(Ended::Interrupted);
        }
    };
    drop(progress);
    ui.out(&report::outcome(plan, &outcome, named, &ui.palette())).map_err(Failure::Output)?;
    // Also if this project's last steps still went well: the others are not to be begun.
    Ok(if is_stopping {
        Ended::Interrupted
    } else if outcome.is_success() {
        Ended::Well
    } else {
        Ended::Badly
    })
}
