//! Why another version can't be read, and what to do about it.

use crate::model::harmless;
use miette::Diagnostic;
use std::io;
use std::path::Path;
use thiserror::Error;

/// What kept git from answering.
#[derive(Debug, Error, Diagnostic)]
pub enum Error {
    /// No such program.
    #[error("git is not installed, and other versions of a manifest are read with it")]
    #[diagnostic(help(
        "install git in the job's image; outside of merge request pipelines, drift without --base does without it"
    ))]
    NotInstalled,

    /// It can't be run.
    #[error("failed to run git: {0}")]
    Start(io::Error),

    /// The folder is gone, for instance.
    #[error("failed to look into {folder}: {error}")]
    Folder {
        /// Which.
        folder: String,
        /// What the system says.
        error: io::Error,
    },

    /// The folder is in no repository.
    #[error("{folder} is in no git repository, which another version of its manifest could be read from")]
    #[diagnostic(help(
        "name a manifest within a clone; outside of merge request pipelines, drift without --base does without one"
    ))]
    NoRepository {
        /// The folder, with its links followed.
        folder: String,
    },

    /// git distrusts a repository that is somebody else's.
    #[error("git won't look into the repository that {folder} is in, as it belongs to somebody else")]
    #[diagnostic(help(
        "if you trust it: git config --global --add safe.directory '{folder}', or the folder above that has .git"
    ))]
    Owner {
        /// The folder, with its links followed.
        folder: String,
    },

    /// A path that git's answers can't be told apart in.
    #[error("the path {folder} has a line break in it")]
    #[diagnostic(help("clone into another folder"))]
    StrangeFolder {
        /// Which.
        folder: String,
    },

    /// No commit of this name is there.
    #[error("there is no commit `{rev}` in this {clone}")]
    #[diagnostic(help("{help}"))]
    NoCommit {
        /// What was asked for.
        rev: String,
        /// What the repository is.
        clone: &'static str,
        /// How to get it.
        help: String,
    },

    /// Something else, in git's words.
    #[error("git says: {0}")]
    Said(String),
}

impl Error {
    pub(super) fn folder(folder: &Path, error: io::Error) -> Self {
        Self::Folder { folder: shown(folder), error }
    }

    pub(super) fn no_repository(folder: &Path) -> Self {
        Self::NoRepository { folder: shown(folder) }
    }

    pub(super) fn owner(folder: &Path) -> Self {
        Self::Owner { folder: shown(folder) }
    }

    pub(super) fn strange_folder(folder: &Path) -> Self {
        Self::StrangeFolder { folder: shown(folder) }
    }

    pub(super) fn said(said: &str) -> Self {
        Self::Said(harmless(said.lines().next().unwrap_or("nothing")).into_owned())
    }

    pub(super) fn no_commit(rev: &str, is_shallow: bool) -> Self {
        let clone = if is_shallow { "shallow clone" } else { "clone" };
        Self::NoCommit { rev: harmless(rev).into_owned(), clone, help: how_to_fetch(rev) }
    }
}

/// The command that gets it. What a shell would take for more than a name goes into none.
fn how_to_fetch(rev: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._/-".contains(c);
    let is_name = !rev.is_empty() && !rev.starts_with(['-', '/']) && rev.chars().all(is_plain);
    let is_sha = [40, 64].contains(&rev.len()) && rev.chars().all(|c| c.is_ascii_hexdigit());
    match rev.strip_prefix("origin/") {
        Some("HEAD") => {
            "`git remote set-head origin --auto` finds out which branch is the default one; or name it, with `--base \
             origin/main`"
                .to_owned()
        }
        _ if is_sha => {
            format!("fetch it with `git fetch origin {rev} --depth=1`, or set `GIT_DEPTH: 0` for the CI job")
        }
        Some(branch) if is_name => format!(
            "fetch it with `git fetch origin {branch}:refs/remotes/origin/{branch} --depth=1`, or set `GIT_DEPTH: 0` for the \
             CI job"
        ),
        _ if is_name => format!(
            "check the name; a CI job's clone knows a branch as `origin/{rev}`, and only with `GIT_DEPTH: 0` or after `git \
             fetch origin {rev}:refs/remotes/origin/{rev} --depth=1`"
        ),
        _ => "name a branch, a tag or a commit that `git rev-parse` knows".to_owned(),
    }
}

fn shown(path: &Path) -> String {
    harmless(&path.to_string_lossy()).into_owned()
}
