//! How git is run: so that neither the environment nor the repository's settings make it do more than it is asked.

use super::Error;
use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Stdio};

/// Variables that lead git to another repository than the one that a folder is in. A hook's environment has them. All
/// others stay: a CI job says in some of them how to reach its server, and which owners to trust.
const ELSEWHERE: [&str; 6] =
    ["GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_NAMESPACE"];

/// Settings that would start something, or take one object for another. `cat-file` and `rev-parse` know no hooks; a clone
/// that leaves objects to be fetched later may fetch them, but by no command that somebody wrote into a url.
const SETTINGS: [&str; 8] = [
    "--no-pager",
    "--no-replace-objects",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "protocol.ext.allow=never",
];

/// git in a folder, whose path is absolute, with nothing to read and nobody to ask.
pub(super) fn git(folder: &Path) -> Command {
    let mut command = Command::new("git");
    for name in ELSEWHERE {
        command.env_remove(name);
    }
    command.env("LC_ALL", "C").env("GIT_TERMINAL_PROMPT", "0").env("GIT_OPTIONAL_LOCKS", "0");
    command.arg("-C").arg(folder).args(SETTINGS).stdin(Stdio::null());
    command
}

/// How a git command failed.
#[derive(Debug)]
pub(super) enum Failed {
    /// It could not be started, or not be understood.
    Start(std::io::Error),
    /// It said this, and ended.
    Said(String),
}

/// What git answers.
pub(super) fn words(command: Command) -> Result<String, Failed> {
    let invalid = |error| Failed::Start(std::io::Error::new(ErrorKind::InvalidData, error));
    bytes(command).and_then(|answer| String::from_utf8(answer).map_err(invalid))
}

/// What git answers, where that may be no text.
pub(super) fn bytes(mut command: Command) -> Result<Vec<u8>, Failed> {
    let output = command.output().map_err(Failed::Start)?;
    if !output.status.success() {
        return Err(Failed::Said(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
    }
    Ok(output.stdout)
}

impl Failed {
    pub(super) fn of_repository(self, folder: &Path) -> Error {
        match self {
            Self::Said(said) if said.contains("not a git repository") => Error::no_repository(folder),
            Self::Said(said) if said.contains("dubious ownership") || said.contains("unsafe repository") => {
                Error::owner(folder)
            }
            other => other.into(),
        }
    }

    pub(super) fn of_commit(self, rev: &str, is_shallow: bool) -> Error {
        match self {
            Self::Said(said) if said.contains("Needed a single revision") && !said.contains("ambiguous") => {
                Error::no_commit(rev, is_shallow)
            }
            other => other.into(),
        }
    }
}

impl From<Failed> for Error {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Start(error) if error.kind() == ErrorKind::NotFound => Self::NotInstalled,
            Failed::Start(error) => Self::Start(error),
            Failed::Said(said) => Self::said(&said),
        }
    }
}
