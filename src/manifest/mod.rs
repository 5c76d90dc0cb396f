//! `releases.toml`: text with places → checked → [`Desired`]; and its JSON Schema.
//!
//! ```text
//! include (+ glob) ──▶ pieces (+ syntax) ──▶ reader + raw + values ──▶ defaults ──▶ checks ──▶ resolve (+ notes) ──▶ Desired
//!       files               trees            typed, with places        filled in    rules      changelogs, files
//! ```
//!
//! Every step notes what it finds and goes on, so that all that is wrong is told at once ([`ManifestError`]), each with
//! its line underlined. May import `model` and nothing else of ours; reads the manifest and the files it names, and
//! nothing else of the machine. Those of another version are reached through a [`Tree`].

mod changelog;
mod checks;
mod defaults;
mod error;
mod excerpt;
mod files;
mod finding;
mod glob;
mod history;
mod include;
mod limits;
mod lines;
mod naming;
mod notes;
mod pieces;
mod raw;
mod reader;
mod resolve;
mod schema;
mod source;
mod syntax;
mod values;
mod visible;

#[cfg(test)]
mod tests;

pub use changelog::{Changelog, Heading, NoNotes, NoVersion, Section, version_of};
pub use error::{ManifestError, Problem};
pub use files::{Node, Tree};
pub use history::load_changelog;
pub use naming::{NameTemplate, TemplateError};
pub use schema::json_schema;

use crate::model::{Desired, ProjectRef};
use files::Folder;
use finding::{Finding, Findings, Kind};
use include::Loaded;
use limits::Limits;
use resolve::Resolved;
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

/// Reads a manifest and the files it names.
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
    parse_within(&Limits::USUAL, path, text)
}

/// Reads the manifest at `path` of `tree`, and the files it names there, if it is there at all.
///
/// # Errors
/// Everything that is wrong with it, at once.
pub fn load_of_tree(tree: &dyn Tree, path: &Path) -> Result<Option<Manifest>, ManifestError> {
    let folder = Folder::in_tree(tree, path.parent().unwrap_or(Path::new("")));
    let Some(text) = source::read_of_tree(path, &folder, tree)? else { return Ok(None) };
    read(&Limits::USUAL, path, Sources::new(tree.label(), path, &text), &folder).map(Some)
}

fn parse_within(limits: &Limits, path: &Path, text: &str) -> Result<Manifest, ManifestError> {
    source::check_length(path, text.len())?;
    let folder = Folder::on_disk(source::folder(path));
    read(limits, path, Sources::new(String::new(), path, text), &folder)
}

/// Takes the one text of `sources` for the manifest at `path`, which is in `folder`.
fn read(limits: &Limits, path: &Path, sources: Sources<'_>, folder: &Folder<'_>) -> Result<Manifest, ManifestError> {
    let mut findings = Findings::new();
    let Loaded { mut raw, sources, files } = include::load(limits, path, sources, folder, &mut findings);
    defaults::fill(&mut raw, &mut findings);
    checks::run(&raw, &mut findings);
    let Resolved { project, url, desired } = resolve::resolve(raw, &sources, folder, &mut findings);
    findings
        .retain(|finding| finding.labels.iter().all(|(span, _)| files[span.file.index()].leaves(finding.kind, *span)));
    if files.first().is_some_and(|main| main.is_empty) {
        say_how_to_begin(&mut findings);
    }
    if !findings.is_empty() {
        return Err(ManifestError::of_text(&sources, findings));
    }
    Ok(Manifest { path: path.to_owned(), project, url, desired })
}

/// There is no line to underline in an empty manifest.
fn say_how_to_begin(findings: &mut Findings) {
    for finding in findings.iter_mut().filter(|finding| finding.kind == Kind::Missing) {
        *finding = Finding::new("empty manifest: `version` is missing").help(SMALLEST);
    }
}
