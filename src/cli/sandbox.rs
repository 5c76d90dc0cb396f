//! `relsync sandbox`: the embedded GitLab on its own.

use super::args::{SandboxCommand, ServeArgs};
use super::exit::Exit;
use super::failure::Failure;
use crate::model::harmless;
use crate::sandbox::{self, Options, Sandbox};
use crate::ui::Ui;

pub(super) async fn run(ui: &Ui, command: SandboxCommand) -> Result<Exit, Failure> {
    match command {
        SandboxCommand::Serve(args) => serve(ui, args).await?,
        SandboxCommand::Reset { data, seed } => {
            sandbox::reset(&data, seed.as_deref())?;
            ui.note(&format!("{} starts anew", harmless(&data.to_string_lossy())));
        }
    }
    Ok(Exit::Done)
}

async fn serve(ui: &Ui, args: ServeArgs) -> Result<(), Failure> {
    let ServeArgs { listen, data, seed, tier, latency, fault: faults, fault_seed, limit: limits, list_cache } = args;
    let is_seeded = seed.is_some();
    let sandbox = Sandbox::start(Options {
        data,
        seed: seed.map(Into::into),
        tier,
        latency,
        faults,
        fault_seed,
        limits,
        list_cache,
        ..Options::at(listen)
    })
    .await?;
    if is_seeded && !sandbox.is_new() {
        ui.note("Note: there is a state already, so the seed was left alone. `relsync sandbox reset` lays it anew.");
    }
    if sandbox.is_open() {
        ui.warn("Warning: other machines can reach this sandbox, and everybody knows its tokens.");
    }
    ui.out(&format!("listening on {}\n", sandbox.url())).map_err(Failure::Output)?;
    tokio::signal::ctrl_c().await.map_err(Failure::Runtime)?;
    sandbox.stop().await;
    Ok(())
}
