//! Everything that can go wrong with a download, but for what GitLab's client says itself.

use crate::gitlab;
use crate::model::{Sha256, harmless};
use crate::report::size;
use miette::Diagnostic;
use std::io;
use std::path::Path;
use thiserror::Error;

/// More names are counted, not listed.
const MOST_NAMED: usize = 20;

#[derive(Debug, Error, Diagnostic)]
pub(in crate::cli) enum Error {
    #[error("no asset of the release is called {word}")]
    NoSuchAsset {
        word: String,
        #[help]
        help: String,
    },

    #[error("`{word}` is no name or pattern: {why}")]
    #[diagnostic(help("`*` stands for any characters, `?` for one, `[…]` for one of a set, `{{a,b}}` for either"))]
    BadPattern { word: String, why: String },

    #[error("the release has no sources as {0}")]
    #[diagnostic(help("GitLab makes zip, tar.gz, tar.bz2 and tar, for a token's user who may read the code"))]
    NoSource(String),

    #[error("{first} and {second} would both become the file {name}")]
    #[diagnostic(help("nothing was downloaded; name one of them, and perhaps its file with --output"))]
    OneName { name: String, first: String, second: String },

    #[error("one file can take one asset, but {0} are meant")]
    #[diagnostic(help("name one asset; or give a folder with --dir"))]
    OneOutput(usize),

    #[error("{} already: {}", if names.len() == 1 { "a file is there" } else { "files are there" }, names.join(", "))]
    ThereAlready {
        names: Vec<String>,
        #[help]
        help: String,
    },

    #[error("{0} is there, and is no file")]
    #[diagnostic(help(
        "it is neither followed nor replaced: name another one with --output, or another folder with --dir"
    ))]
    Odd(String),

    #[error("failed to write to the folder {path}: {error}")]
    #[diagnostic(help("nothing was downloaded; check that the folder is there and can be written to"))]
    Folder { path: String, error: io::Error },

    #[error("{0} is not a folder")]
    #[diagnostic(help("nothing was downloaded; name a folder, or move what is there out of the way"))]
    NotAFolder(String),

    #[error("failed to write {path}: {error}")]
    Write { path: String, error: io::Error },

    #[error("failed to write to stdout: {0}")]
    Stdout(io::Error),

    #[error("failed to download {called}: {error}")]
    Fetch {
        called: String,
        error: gitlab::Error,
        #[help]
        help: Option<String>,
    },

    #[error("failed to download {called}: its url is none: {why}")]
    BadUrl { called: String, why: String },

    #[error("{called} is not the file that {by} tells of: its SHA-256 is {found}, but {expected} is expected")]
    #[diagnostic(help(
        "nothing is kept of it, and what went to stdout is not to be used: somebody may have replaced the file, or the list is \
         of another version"
    ))]
    OtherDigest { called: String, by: String, found: Sha256, expected: Sha256 },

    #[error("{called} can't be verified: {why}")]
    #[diagnostic(help("it was not kept; without --verify it would have been, unverified"))]
    Unverified { called: String, why: &'static str },

    #[error("{0} is there already, and nothing says that it is the right file")]
    #[diagnostic(help("nothing was downloaded; --clobber writes over it, and without --verify it is kept"))]
    Unlike(String),

    #[error("stopped; files that were whole by then are there, and nothing of the others")]
    Stopped,

    #[error("{called} changes while it is downloaded")]
    #[diagnostic(help("somebody is replacing it: run it again"))]
    Changing { called: String },

    #[error("{called} broke off, and can't be taken up where it was: it is on stdout already")]
    #[diagnostic(help("download it to a file, which can begin again"))]
    BrokenStdout { called: String },

    #[error("it is longer than {}, and can't be right", size(*.0))]
    TooLong(u64),

    #[error("the release's checksums tell two digests of {0}")]
    #[diagnostic(help("it was not downloaded: correct the list"))]
    ListedTwice(String),
}

impl Error {
    pub(super) fn no_such_asset<'n>(word: &str, nearest: Option<&str>, all: impl Iterator<Item = &'n str>) -> Self {
        let all: Vec<_> = all.map(harmless).collect();
        let more = all.len().saturating_sub(MOST_NAMED);
        let names = all.iter().take(MOST_NAMED).cloned().collect::<Vec<_>>().join(", ");
        let help = match (nearest, all.len(), more) {
            (_, 0, _) => "it has none at all; its sources come with --source tar.gz".to_owned(),
            (Some(nearest), ..) => format!("did you mean {}?", harmless(nearest)),
            (None, _, 0) => format!("it has {names}"),
            (None, _, more) => format!("it has {names} and {more} more"),
        };
        Self::NoSuchAsset { word: harmless(word).into_owned(), help }
    }

    /// `unknown`: those of `names` of which nothing tells whether they are the right files, and `why` of one of them.
    pub(super) fn there_already(names: Vec<String>, unknown: &[String], why: &str) -> Self {
        let compared = match unknown {
            [] => String::new(),
            [_] if names.len() == 1 => format!("whether it is the same can't be told: {why}; "),
            [one] => format!("whether {one} is the same can't be told: {why}; "),
            many => format!(
                "whether they are the same can't be told of {} of them, such as {}: {why}; ",
                many.len(),
                many[0]
            ),
        };
        let them = if names.len() == 1 { "it" } else { "them" };
        let anew = if unknown.is_empty() { "writes over" } else { "downloads anew and writes over" };
        let help = format!("{compared}nothing was downloaded; --clobber {anew} {them}, --skip-existing keeps {them}");
        Self::ThereAlready { names, help }
    }

    /// What happened, whatever it happened to.
    pub(in crate::cli) fn cause(&self) -> String {
        match self {
            Self::Fetch { error, .. } => error.to_string(),
            other => other.to_string(),
        }
    }

    pub(super) fn fetch(called: &str, error: gitlab::Error) -> Self {
        let help = error.help().map(|help| help.to_string());
        Self::Fetch { called: harmless(called).into_owned(), error, help }
    }

    pub(super) fn other_digest(called: &str, by: &str, found: Sha256, expected: Sha256) -> Self {
        let [called, by] = [called, by].map(|text| harmless(text).into_owned());
        Self::OtherDigest { called, by, found, expected }
    }

    pub(super) fn bad_pattern(word: &str, why: &impl ToString) -> Self {
        Self::BadPattern { word: harmless(word).into_owned(), why: why.to_string() }
    }

    pub(super) fn one_name(name: &str, first: &str, second: &str) -> Self {
        let [name, first, second] = [name, first, second].map(|text| harmless(text).into_owned());
        Self::OneName { name, first, second }
    }

    /// What is wrong with a folder to download to, or with one on the way there.
    pub(super) fn folder(path: &Path, error: io::Error) -> Self {
        let is_in_the_way = |path: &&Path| std::fs::metadata(path).is_ok_and(|found| !found.is_dir());
        if let Some(file) = path.ancestors().find(is_in_the_way) {
            return Self::NotAFolder(harmless(&file.to_string_lossy()).into_owned());
        }
        Self::Folder { path: harmless(&path.to_string_lossy()).into_owned(), error }
    }

    pub(super) fn write(path: &Path, error: io::Error) -> Self {
        Self::Write { path: harmless(&path.to_string_lossy()).into_owned(), error }
    }
}
