//! What can go wrong with evidence, but for what GitLab's client says itself.

use crate::cli::download;
use crate::model::{Sha256, harmless};
use miette::Diagnostic;
use std::path::Path;
use thiserror::Error;

const SEALED: &str = "GitLab has no API for that file, and takes no token at its web address: unless the project is public, it is \
                      for people who are signed in. Open it in a browser";

#[derive(Debug, Error, Diagnostic)]
pub(in crate::cli) enum Error {
    #[error("{0} is there already")]
    #[diagnostic(help("nothing was collected; choose another name, or let --clobber write over it"))]
    Taken(String),

    #[error("release {0} has no evidence")]
    #[diagnostic(help("leave out --show to have it collected"))]
    None(String),

    #[error("GitLab was asked to collect evidence of release {tag}, but none is there after {waited}")]
    #[diagnostic(help(
        "it does so in a background job, which may be late: look again with --show, or wait for longer with --wait"
    ))]
    NotThere { tag: String, waited: String },

    #[error("the evidence's file can't be read: {cause}")]
    #[diagnostic(help("{SEALED}: {filepath}"))]
    Sealed { cause: String, filepath: String },

    #[error("what is at {0} is no evidence of this release")]
    #[diagnostic(help("it may be a sign-in page, or a proxy's: open it in a browser"))]
    Odd(String),

    #[error("the evidence is not the one that GitLab tells of: its SHA-256 is {found}, but {expected} is expected")]
    #[diagnostic(help("it was not saved: somebody may have changed it since it was collected"))]
    OtherDigest { found: Sha256, expected: Sha256 },
}

impl Error {
    pub(super) fn taken(path: &Path) -> Self {
        Self::Taken(harmless(&path.to_string_lossy()).into_owned())
    }

    pub(super) fn none(tag: &str) -> Self {
        Self::None(harmless(tag).into_owned())
    }

    pub(super) fn odd(filepath: &str) -> Self {
        Self::Odd(harmless(filepath).into_owned())
    }

    pub(super) fn sealed(error: &download::Error, filepath: &str) -> Self {
        Self::Sealed { cause: error.cause(), filepath: harmless(filepath).into_owned() }
    }
}
