//! `relsync man`: a page for each command, made from the same words as `--help`.

use super::args::{Cli, ManArgs};
use super::exit::Exit;
use super::failure::Failure;
use super::out;
use crate::model::harmless;
use crate::ui::Ui;
use clap::{Command, CommandFactory};
use clap_mangen::Man;
use std::fs;
use std::io;

pub(super) fn run(ui: &Ui, args: &ManArgs) -> Result<Exit, Failure> {
    // All pages are there before the first is written: an error in between would leave a set that does not fit together.
    let mut pages = Vec::new();
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    render(&command, &mut pages).map_err(Failure::Output)?;
    fs::create_dir_all(&args.dir).map_err(|error| Failure::out_file(&args.dir, error))?;
    for (name, page) in &pages {
        let path = args.dir.join(name);
        out::replace(&path, page).map_err(|error| Failure::out_file(&path, error))?;
    }
    ui.note(&format!("Written to {}: {} pages", harmless(&args.dir.to_string_lossy()), pages.len()));
    Ok(Exit::Done)
}

/// A command's page and those of its own commands, with their files' names.
fn render(command: &Command, pages: &mut Vec<(String, String)>) -> io::Result<()> {
    let man = Man::new(command.clone()).source(concat!("relsync ", env!("CARGO_PKG_VERSION"))).manual("relsync manual");
    let mut page = Vec::new();
    man.render(&mut page)?;
    pages.push((man.get_filename(), String::from_utf8_lossy(&page).into_owned()));
    command.get_subcommands().filter(|inner| !inner.is_hide_set()).try_for_each(|inner| render(inner, pages))
}
