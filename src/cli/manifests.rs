//! Which manifests a run is about, where they are, and what they say.

use super::failure::Failure;
use crate::manifest::{self, LookedFor, Manifest};
use crate::ui::Ui;
use clap::Args;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

#[derive(Debug, Args)]
pub(super) struct ManifestArgs {
    /// The manifest, or the folder of a releases.toml; a folder without one stands for each *.toml in it and the
    /// releases.toml of each folder below. May be given more than once: each manifest is for a project of its own, or for
    /// several, each under `[[projects]]`.
    #[arg(short, long = "file", value_name = "FILE|DIR", default_value = "releases.toml")]
    files: Vec<PathBuf>,
}

impl ManifestArgs {
    /// Files and folders as they were given.
    pub(super) fn given(&self) -> &[PathBuf] {
        &self.files
    }

    /// Each manifest once, in the order given.
    pub(super) fn paths(&self) -> Result<Vec<PathBuf>, Failure> {
        let mut paths = Vec::new();
        for file in &self.files {
            let found = if file.is_dir() { manifests_in(file)? } else { vec![file.clone()] };
            for path in found {
                if !paths.contains(&path) {
                    paths.push(path);
                }
            }
        }
        Ok(paths)
    }
}

/// Reads the manifests at `paths`, and finds the files of those releases that are `looked_for`. All that is wrong with any of
/// them is said.
pub(super) fn load(ui: &Ui, paths: &[PathBuf], looked_for: LookedFor<'_>) -> Result<Vec<Manifest>, Failure> {
    let mut last_error = None;
    let mut manifests = Vec::new();
    for read in side_by_side(paths, |path| manifest::load_all_with_files(path, looked_for)) {
        match read {
            Ok(more) => manifests.extend(more),
            Err(error) => {
                if let Some(earlier) = last_error.replace(error) {
                    ui.error(&earlier);
                    ui.gap();
                }
            }
        }
    }
    last_error.map_or(Ok(manifests), |error| Err(error.into()))
}

/// What becomes of each of `paths`, in their order: as many at a time as this machine works on.
fn side_by_side<T: Send>(paths: &[PathBuf], read: impl Fn(&Path) -> T + Sync) -> Vec<T> {
    let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::with_capacity(paths.len())));
    let work = || {
        let take = || {
            let index = next.fetch_add(1, Ordering::Relaxed);
            paths.get(index).map(|path| (index, path))
        };
        while let Some((index, path)) = take() {
            let made = read(path);
            done.lock().unwrap_or_else(PoisonError::into_inner).push((index, made));
        }
    };
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    thread::scope(|scope| {
        for _ in 1..cores.min(paths.len()) {
            // Where no thread can be had there is this one.
            drop(thread::Builder::new().spawn_scoped(scope, work));
        }
        work();
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_unstable_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, made)| made).collect()
}

fn manifests_in(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let own = folder.join("releases.toml");
    if own.exists() {
        return Ok(vec![own]);
    }
    let entries = std::fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let entries = entries.map_err(|error| Failure::folder(folder, error))?;
    // A merge request could lay a link there that leads to somebody else's files.
    let root = folder.canonicalize().map_err(|error| Failure::folder(folder, error))?;
    let is_inside = |path: &Path| path.canonicalize().is_ok_and(|real| real.starts_with(&root));
    let manifest = |path: PathBuf| {
        let below = path.join("releases.toml");
        if path.extension().is_some_and(|extension| extension == "toml") && path.is_file() {
            Some(path).filter(|path| is_inside(path))
        } else {
            Some(below).filter(|below| below.is_file() && is_inside(below))
        }
    };
    let mut found: Vec<_> = entries.into_iter().filter_map(|entry| manifest(entry.path())).collect();
    found.sort();
    if found.is_empty() { Err(Failure::no_manifest_in(folder)) } else { Ok(found) }
}
