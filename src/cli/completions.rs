//! `relsync completions`: what a shell needs to complete relsync's words.

use super::args::{Cli, CompletionsArgs};
use super::exit::Exit;
use super::failure::Failure;
use crate::ui::Ui;
use clap::CommandFactory;

pub(super) fn run(ui: &Ui, args: &CompletionsArgs) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "relsync", &mut script);
    ui.out(&String::from_utf8_lossy(&script)).map_err(Failure::Output)?;
    Ok(Exit::Done)
}
