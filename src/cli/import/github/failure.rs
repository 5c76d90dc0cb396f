//! What can stop `relsync import github`.

use crate::github::{Error, ExportError};
use crate::import::Behind;
use crate::model::harmless;
use miette::Diagnostic;
use std::io;
use std::path::Path;
use thiserror::Error;

#[derive(Debug, Error, Diagnostic)]
pub(in crate::cli) enum GithubFailure {
    #[error(transparent)]
    #[diagnostic(transparent)]
    Github(#[from] Error),

    #[error("failed to read {path}: {error}")]
    #[diagnostic(forward(error))]
    Export { path: String, error: ExportError },

    #[error("there is no telling which repository to import")]
    #[diagnostic(help("name it, as in `relsync import github owner/repository`"))]
    NothingNamed,

    #[error("{0} has no releases")]
    #[diagnostic(help("{1}"))]
    NoReleases(String, &'static str),

    #[error("{source_} has no releases but those that are skipped: {what}")]
    #[diagnostic(help("take them with `--drafts mark` or `--prereleases mark`"))]
    AllSkipped { source_: String, what: String },

    #[error("GitHub's url, from {from}, {why}")]
    #[diagnostic(help("write it as https://github.com or https://ghe.example.com"))]
    BadUrl { from: &'static str, why: String },

    #[error("stopped: what was fetched whole is there")]
    #[diagnostic(help("run it again to get the rest"))]
    Stopped,

    #[error("failed to fetch into {path}: {error}")]
    #[diagnostic(help("name a folder that is there or whose own folder is, and that can be written to"))]
    Folder { path: String, error: io::Error },
}

impl GithubFailure {
    pub(super) fn export(path: &Path, error: ExportError) -> Self {
        Self::Export { path: source(path), error }
    }

    pub(super) fn no_releases(source: &str, is_file: bool) -> Self {
        let help = if is_file {
            "check that it was written of the right repository, and to its end"
        } else {
            "without a token of somebody who writes to the repository, drafts are not seen; if there are tags and no releases, \
             `relsync import tags` in a clone takes those"
        };
        Self::NoReleases(harmless(source).into_owned(), help)
    }

    pub(super) fn all_skipped(source: &str, behind: &Behind) -> Self {
        let counted = [(behind.drafts.len(), "draft"), (behind.prereleases.len(), "pre-release")];
        let counted = counted.iter().filter(|(count, _)| *count > 0);
        let what: Vec<String> = counted.map(|(count, what)| crate::cli::import::told::counted(*count, what)).collect();
        Self::AllSkipped { source_: harmless(source).into_owned(), what: what.join(" and ") }
    }

    pub(super) fn folder(path: &Path, error: io::Error) -> Self {
        Self::Folder { path: shown(path), error }
    }
}

/// What a file is called that releases are read from.
pub(super) fn source(file: &Path) -> String {
    if file.as_os_str() == "-" { "stdin".to_owned() } else { shown(file) }
}

fn shown(path: &Path) -> String {
    harmless(&path.to_string_lossy()).into_owned()
}
