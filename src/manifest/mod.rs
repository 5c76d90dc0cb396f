//! `releases.toml`: text with places → checked → [`Desired`]; and its JSON Schema.
//!
//! ```text
//! include (+ glob) ──▶ pieces (+ syntax) ──▶ reader + raw + values ──▶ fleet, defaults ──▶ checks ──▶ resolve (+ notes, artifacts) ──▶ Desired
//!       files               trees            typed, with places      one each, filled in   rules      changelogs, files
//! ```
//!
//! Every step notes what it finds and goes on, so that all that is wrong is told at once ([`ManifestError`]), each with
//! its line underlined. May import `model` and nothing else of ours; reads the manifest and the files it names, and
//! nothing else of the machine. Those of another version are reached through a [`Tree`]. What is in the files that releases
//! bring along is only read through a [`Door`].

mod artifacts;
mod changelog;
mod checks;
mod defaults;
mod door;
mod error;
mod excerpt;
mod files;
mod finding;
mod fleet;
mod glob;
mod head;
mod history;
mod include;
mod limits;
mod lines;
mod naming;
mod notes;
mod pieces;
mod raw;
mod raw_file;
mod reader;
mod resolve;
mod schema;
mod source;
mod syntax;
mod values;
mod visible;

#[cfg(test)]
mod tests;

pub use artifacts::{LookFor, LookedFor};
pub use changelog::{Changelog, Heading, NoNotes, NoVersion, Section, version_of};
pub use door::{Door, FileError};
pub use error::{ManifestError, Problem};
pub use files::{Node, Tree};
pub use head::Head;
pub use history::load_changelog;
pub use naming::{NameTemplate, TemplateError};
pub use schema::json_schema;

use crate::model::{Desired, ProjectRef};
use artifacts::Artifacts;
use defaults::Given;
use files::Folder;
use finding::{Finding, Findings, Kind};
use include::{Loaded, Whole};
use limits::Limits;
use resolve::{Resolved, Resolver};
use source::Sources;
use std::path::{Path, PathBuf};
use url::Url;

/// What an empty manifest is told to look like.
const SMALLEST: &str = "a small manifest is\n\nversion = 1\n\n[project]\npath = \"group/app\"\n\n[[releases]]\ntag_name = \"v1.0.0\"\ndescription = \"First release.\"";

/// A manifest that is right in itself.
#[derive(Debug, Clone)]
pub struct Manifest {
    /// Where it was read, as the user named it.
    pub path: PathBuf,
    /// Which project it is about, if it says.
    pub project: Option<ProjectRef>,
    /// Which GitLab the project is on, if it says.
    pub url: Option<Url>,
    /// What it wishes for.
    pub desired: Desired,
}

/// Reads a manifest and the files it names, but for those that releases bring along; of a fleet, one for each of its projects,
/// in its order.
///
/// # Errors
/// Everything that is wrong with it, at once.
pub fn load_all(path: &Path) -> Result<Vec<Manifest>, ManifestError> {
    parse_all(path, &source::read(path)?)
}

/// The same, and finds the files that those releases bring along which are `looked_for`.
///
/// # Errors
/// Everything that is wrong with it, at once.
pub fn load_all_with_files(path: &Path, looked_for: LookedFor<'_>) -> Result<Vec<Manifest>, ManifestError> {
    let text = source::read(path)?;
    parse_within(&Limits::USUAL, path, &text, Projects::Many, Some(looked_for))
}

/// Reads a manifest, which must not be a fleet's, and the files it names, but for those that releases bring along.
///
/// # Errors
/// Everything that is wrong with it, at once.
pub fn load(path: &Path) -> Result<Manifest, ManifestError> {
    let text = source::read(path)?;
    parse(path, &text)
}

/// Takes `text` for the manifest at `path`, below whose folder the files it includes and names are read.
///
/// # Errors
/// Everything that is wrong with it, at once.
pub fn parse(path: &Path, text: &str) -> Result<Manifest, ManifestError> {
    parse_within(&Limits::USUAL, path, text, Projects::One, None).and_then(|manifests| only(path, manifests))
}

/// The same of a text that may be a fleet's: one manifest for each of its projects, in its order.
///
/// # Errors
/// Everything that is wrong with it, at once.
pub fn parse_all(path: &Path, text: &str) -> Result<Vec<Manifest>, ManifestError> {
    parse_within(&Limits::USUAL, path, text, Projects::Many, None)
}

/// Reads the manifest at `path` of `tree`, and the files it names there, if it is there at all; of a fleet, one for each of
/// its projects.
///
/// # Errors
/// Everything that is wrong with it, at once.
pub fn load_all_of_tree(tree: &dyn Tree, path: &Path) -> Result<Option<Vec<Manifest>>, ManifestError> {
    load_of(tree, path, Projects::Many)
}

/// The same of a manifest that must not be a fleet's.
///
/// # Errors
/// Everything that is wrong with it, at once.
pub fn load_of_tree(tree: &dyn Tree, path: &Path) -> Result<Option<Manifest>, ManifestError> {
    load_of(tree, path, Projects::One)?.map(|manifests| only(path, manifests)).transpose()
}

/// For how many projects a manifest may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Projects {
    One,
    Many,
}

fn load_of(tree: &dyn Tree, path: &Path, projects: Projects) -> Result<Option<Vec<Manifest>>, ManifestError> {
    let folder = Folder::in_tree(tree, path.parent().unwrap_or(Path::new("")));
    let Some(text) = source::read_of_tree(path, &folder, tree)? else { return Ok(None) };
    read(&Limits::USUAL, path, Sources::new(tree.label(), path, &text), &folder, projects, None).map(Some)
}

fn parse_within(
    limits: &Limits,
    path: &Path,
    text: &str,
    projects: Projects,
    looked_for: Option<LookedFor<'_>>,
) -> Result<Vec<Manifest>, ManifestError> {
    source::check_length(path, text.len())?;
    let folder = Folder::on_disk(source::folder(path));
    read(limits, path, Sources::new(String::new(), path, text), &folder, projects, looked_for)
}

/// The one manifest that there is unless it is a fleet's, which has been refused.
fn only(path: &Path, mut manifests: Vec<Manifest>) -> Result<Manifest, ManifestError> {
    manifests.pop().ok_or_else(|| ManifestError::of_file(path, Finding::new("there is no project in it")))
}

/// Takes the one text of `sources` for the manifest at `path`, which is in `folder`.
fn read(
    limits: &Limits,
    path: &Path,
    sources: Sources<'_>,
    folder: &Folder<'_>,
    projects: Projects,
    looked_for: Option<LookedFor<'_>>,
) -> Result<Vec<Manifest>, ManifestError> {
    let mut findings = Findings::new();
    let Loaded { shared, fleet, manifests, sources, files } =
        include::load(limits, path, sources, folder, &mut findings);
    if let (Some(first), Projects::One) = (fleet, projects) {
        findings.push(fleet::refused(first));
    }
    let mut resolver = Resolver::new(&sources, folder, Artifacts::new(folder, &sources, looked_for, limits.looks));
    let mut given = Given::default();
    let mut read = Vec::with_capacity(manifests.len());
    for Whole { raw, files } in manifests {
        let mut raw = fleet::join(raw, &shared);
        defaults::fill(&mut raw, &mut given, &mut findings);
        checks::run(&raw, &mut findings);
        let Resolved { project, url, desired } = resolver.manifest(raw, files, &mut findings);
        read.push(Manifest { path: path.to_owned(), project, url, desired });
    }
    resolver.finish(&mut findings);
    fleet::tell_once(&mut findings);
    findings
        .retain(|finding| finding.labels.iter().all(|(span, _)| files[span.file.index()].leaves(finding.kind, *span)));
    if files.first().is_some_and(|main| main.is_empty) {
        say_how_to_begin(&mut findings);
    }
    if findings.is_empty() { Ok(read) } else { Err(ManifestError::of_text(&sources, findings)) }
}

/// There is no line to underline in an empty manifest.
fn say_how_to_begin(findings: &mut Findings) {
    for finding in findings.iter_mut().filter(|finding| finding.kind == Kind::Missing) {
        *finding = Finding::new("empty manifest: `version` is missing").help(SMALLEST);
    }
}
