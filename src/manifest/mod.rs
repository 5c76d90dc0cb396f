//! `releases.toml`: text with places → checked → [`Desired`]; and its JSON Schema.
//!
//! ```text
//! source ──▶ syntax ──▶ reader + raw + values ──▶ checks ──▶ resolve (+ files) ──▶ Desired
//!    text      tree       typed, with places      rules       notes read in
//! ```
//!
//! Every step notes what it finds and goes on, so that all that is wrong is told at once ([`ManifestError`]), each with
//! its line underlined. May import `model` and nothing else of ours; reads the manifest and the files it names, and
//! nothing else of the machine.

mod changelog;
mod checks;
mod error;
mod excerpt;
mod files;
mod finding;
mod lines;
mod raw;
mod reader;
mod resolve;
mod schema;
mod source;
mod syntax;
mod values;
mod visible;

pub use changelog::{Changelog, NoNotes, Section, version_of};
pub use error::{ManifestError, Problem};
pub use schema::json_schema;

use crate::model::{Desired, ProjectRef};
use finding::{Finding, Findings, Kind};
use source::{FileId, Sources};
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

/// Takes `text` for the manifest at `path`, below whose folder the files it names are read.
///
/// # Errors
/// Everything that is wrong with it, at once.
pub fn parse(path: &Path, text: &str) -> Result<Manifest, ManifestError> {
    let sources = Sources::new(path, text);
    let mut findings = Findings::new();
    let (tree, damage) = syntax::parse(FileId::MAIN, text, &mut findings);
    let raw: raw::RawManifest = reader::read_document(FileId::MAIN, &tree, &mut findings);
    // Of a format that isn't known, nothing else can be judged.
    let version = tree.get("version").filter(|value| raw.version.is_none() && value.get_ref().is_integer());
    let other_version = version.map(|value| FileId::MAIN.span(value.span()));
    checks::run(&raw, &mut findings);
    let resolved = resolve::resolve(raw, &sources, &files::Folder::new(source::folder(path)), &mut findings);
    findings.retain(|finding| finding.labels.iter().all(|(span, _)| damage.leaves(finding.kind, *span)));
    if let Some(other_version) = other_version {
        findings.retain(|finding| finding.kind == Kind::Syntax || finding.place() == Some(other_version));
    }
    if tree.is_empty() {
        say_how_to_begin(&mut findings);
    }
    if !findings.is_empty() {
        return Err(ManifestError::of_text(&sources, findings));
    }
    let resolve::Resolved { project, url, desired } = resolved;
    Ok(Manifest { path: path.to_owned(), project, url, desired })
}

/// There is no line to underline in an empty manifest.
fn say_how_to_begin(findings: &mut Findings) {
    for finding in findings.iter_mut().filter(|finding| finding.kind == Kind::Missing) {
        *finding = Finding::new("empty manifest: `version` is missing").help(SMALLEST);
    }
}
