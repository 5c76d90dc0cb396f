//! `relsync import`: what other sources have, written into a manifest. A file for each source; where it is written
//! ([`target`]) and what is said of it ([`told`]) is the same for all.

mod after;
pub(super) mod args;
mod gaps;
pub(super) mod github;
mod gitlab;
mod group;
mod history;
mod home;
mod known;
mod target;
mod told;

use super::exit::Exit;
use super::failure::Failure;
use crate::ui::Ui;
use args::ImportCommand;

pub(super) async fn run(ui: &Ui, command: ImportCommand) -> Result<Exit, Failure> {
    match command {
        ImportCommand::Gitlab(args) => gitlab::run(ui, args).await,
        ImportCommand::Github(args) => github::run(ui, *args).await,
        ImportCommand::Changelog(args) => history::changelog(ui, &args),
        ImportCommand::Tags(args) => history::tags(ui, &args),
    }
}
