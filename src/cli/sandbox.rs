//! `relsync sandbox`: the embedded GitLab on its own.

use super::args::SandboxCommand;
use super::exit::Exit;
use super::failure::Failure;
use crate::model::harmless;
use crate::sandbox::{self, Options, Sandbox};
use crate::ui::Ui;

pub(super) async fn run(ui: &Ui, command: SandboxCommand) -> Result<Exit, Failure> {
    match command {
        SandboxCommand::Serve { listen, data, seed, tier } => {
            let sandbox = Sandbox::start(Options { data, seed, tier, ..Options::at(listen) }).await?;
            ui.out(&format!("listening on {}\n", sandbox.url())).map_err(Failure::Output)?;
            tokio::signal::ctrl_c().await.map_err(Failure::Runtime)?;
            sandbox.stop().await;
        }
        SandboxCommand::Reset { data, seed } => {
            sandbox::reset(&data, seed.as_deref())?;
            ui.note(&format!("{} starts anew", harmless(&data.to_string_lossy())));
        }
    }
    Ok(Exit::Done)
}
