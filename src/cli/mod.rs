//! The command line: arguments, one file for each command, and the exit code. May import everything; nothing imports it.

mod apply;
mod args;
mod base;
mod clients;
mod completions;
mod doctor;
mod download;
mod drift;
mod evidence;
mod exit;
mod failure;
mod files;
mod formats;
mod import;
mod init;
mod interrupt;
mod list;
mod man;
mod manifests;
mod note;
mod out;
mod plan;
mod project;
#[cfg(feature = "sandbox")]
mod rehearse;
mod release;
#[cfg(feature = "sandbox")]
mod sandbox;
mod saved;
mod schema;
mod server;
mod session;
mod shard;
mod show;
mod shown;
mod validate;

use args::{Cli, Command};
use clap::Parser;
use exit::Exit;
use failure::Failure;
use std::process::ExitCode;

use crate::ui::Ui;

/// Runs the command line of this process.
#[must_use]
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return exit::usage(&error),
    };
    let ui = Ui::new(cli.color, cli.quiet);
    ui.log(cli.verbose, cli.log_format);
    exit::code(&ui, run(&ui, cli.command))
}

fn run(ui: &Ui, command: Command) -> Result<Exit, Failure> {
    let runtime = tokio::runtime::Runtime::new().map_err(Failure::Runtime)?;
    let result = runtime.block_on(async {
        match command {
            Command::Plan(args) => plan::run(ui, args).await,
            Command::Apply(args) => apply::run(ui, args).await,
            Command::Drift(args) => drift::run(ui, args).await,
            #[cfg(feature = "sandbox")]
            Command::Rehearse(args) => rehearse::run(ui, args).await,
            Command::Doctor(args) => doctor::run(ui, args).await,
            Command::Download(args) => download::run(ui, args).await,
            Command::Evidence(args) => evidence::run(ui, args).await,
            Command::List(args) => list::run(ui, args).await,
            Command::Show(args) => show::run(ui, args).await,
            Command::Import(command) => import::run(ui, command).await,
            Command::Validate(args) => validate::run(ui, &args),
            Command::Schema(args) => schema::run(ui, &args),
            Command::Init(args) => init::run(ui, &args),
            Command::Completions(args) => completions::run(ui, &args),
            Command::Man(args) => man::run(ui, &args),
            #[cfg(feature = "sandbox")]
            Command::Sandbox(command) => sandbox::run(ui, command).await,
        }
    });
    // A question that nobody is going to answer must not keep the process.
    runtime.shutdown_background();
    result
}
