//! Which manifests a run is about, and where they are.

use super::failure::Failure;
use clap::Args;
use std::path::{Path, PathBuf};

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
