//! `relsync apply`: shows the plan, asks, carries it out, and says what became of it.

use super::args::ApplyArgs;
use super::exit::Exit;
use super::failure::Failure;
use super::session::Session;
use crate::ui::Ui;
use crate::{apply, report};
use std::num::NonZeroUsize;

/// Enough to hide a server's latency, few enough for a small one.
const CONCURRENCY: NonZeroUsize = NonZeroUsize::new(8).unwrap();

pub(super) async fn run(ui: &Ui, args: ApplyArgs) -> Result<Exit, Failure> {
    let session = Session::open(&args.manifest, &args.server).await?;
    let plan = session.plan(ui).await?;
    ui.out(&report::plan(&plan, &ui.palette())).map_err(Failure::Output)?;
    if !plan.refusals.is_empty() {
        ui.note("Refused; nothing was sent.");
        return Ok(Exit::Failed);
    }
    if plan.is_empty() {
        return Ok(Exit::Done);
    }
    if !args.yes {
        if !ui.can_ask() {
            return Err(Failure::NobodyToAsk);
        }
        if !ui
            .confirm(&format!("Apply this to {} on {}?", plan.project, session.client.url()))
            .map_err(Failure::Answer)?
        {
            ui.note("Nothing was sent.");
            return Ok(Exit::Failed);
        }
    }
    let mut progress = ui.steps(plan.steps.len());
    let run = apply::run(&session.client, &plan, CONCURRENCY, interrupted(1), |event| progress.show(&plan, &event));
    let outcome = tokio::select! {
        outcome = run => outcome,
        () = interrupted(2) => {
            drop(progress);
            ui.note("Stopped at once: requests under way may or may not have been carried out. Run apply again to see.");
            return Ok(Exit::Failed);
        }
    };
    drop(progress);
    ui.out(&report::outcome(&plan, &outcome, &ui.palette())).map_err(Failure::Output)?;
    if let Some(way) = session.server.way_to_look() {
        ui.note(&way);
    }
    Ok(if outcome.is_success() { Exit::Done } else { Exit::Failed })
}

/// Completes at the `count`th Ctrl-C.
async fn interrupted(count: usize) {
    for _ in 0..count {
        if tokio::signal::ctrl_c().await.is_err() {
            // Without a handler Ctrl-C ends the process, as it does everywhere.
            std::future::pending::<()>().await;
        }
    }
}
