//! `relsync import github`: the releases of a GitHub repository, asked for or out of a file. Asks no GitLab.

pub(in crate::cli) mod args;
mod contact;
mod download;
mod failure;
mod place;
mod told;

pub(in crate::cli) use failure::GithubFailure;

use super::gaps;
use super::target::Target;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::init;
use crate::cli::interrupt::stoppable;
use crate::github::{Release, read_export};
use crate::import;
use crate::ui::Ui;
use args::GithubArgs;
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

pub(super) async fn run(ui: &Ui, args: GithubArgs) -> Result<Exit, Failure> {
    let target = Target::open(&args.into)?;
    let folder = args.download_assets.as_deref().map(place::Folder::open).transpose()?;
    let client = match (&args.from, &folder) {
        (Some(_), None) => None,
        _ => Some(contact::client(ui, &args)?),
    };
    let (releases, source) = match (&args.from, &args.repository, &client) {
        (Some(file), repository, _) => {
            let named = repository.as_ref().map(ToString::to_string);
            (read_file(file)?, named.unwrap_or_else(|| failure::source(file)))
        }
        (None, Some(repository), Some(client)) => {
            let read = Arc::new(AtomicU64::new(0));
            let counted = read.clone();
            let count = move || (counted.load(Ordering::Relaxed), 0);
            let what = format!("reading the releases of {repository}");
            let _progress = ui.reading_of(("GitHub", "releases"), &what, count);
            let releases = stoppable(client.releases(repository, &read)).await?.map_err(GithubFailure::from)?;
            (releases, repository.to_string())
        }
        (None, ..) => return Err(GithubFailure::NothingNamed.into()),
    };
    if releases.is_empty() {
        return Err(GithubFailure::no_releases(&source, args.from.is_some()).into());
    }
    let found = import::from_github(releases, &args.shape(), init::project_of(&target.folder));
    if found.imported.releases.is_empty() {
        return Err(GithubFailure::all_skipped(&source, &found.behind).into());
    }
    let written = super::home::write(ui, &target, &args.into, &found.imported, &source)?;
    told::skipped(ui, &found.behind);
    if written.releases > 0 {
        told::stays_behind(ui, &found);
        if let Some(line) = gaps::undated(&found.imported) {
            ui.note(&line);
        }
    }
    let exit = match (client, folder) {
        (Some(client), Some(folder)) => download::all(ui, &client, &folder, &found.files).await?,
        _ => Exit::Done,
    };
    super::told::next(ui, &target, "what would change");
    Ok(exit)
}

fn read_file(file: &Path) -> Result<Vec<Release>, Failure> {
    let failed = |error| GithubFailure::export(file, error);
    let read = if file.as_os_str() == "-" {
        read_export(io::stdin().lock())
    } else {
        read_export(File::open(file).map_err(|error| failed(crate::github::ExportError::Io(error)))?)
    };
    Ok(read.map_err(failed)?)
}
