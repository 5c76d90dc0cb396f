//! How a run ends: 0 done or nothing to do, 1 failed (wrong usage too), 2 differences found.

use super::failure::Failure;
use crate::ui::Ui;
use std::io;
use std::process::ExitCode;

/// How a command ended that did what it was asked to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// Done, or nothing to do.
    Done,
    /// Not everything worked; it has been said what.
    Failed,
    /// There are differences, and the exit code was asked to tell.
    Differences,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::Differences => 2,
        })
    }
}

/// Says what went wrong, if anything, and chooses the exit code.
pub(super) fn code(ui: &Ui, result: Result<Exit, Failure>) -> ExitCode {
    match result {
        Ok(exit) => exit.into(),
        Err(failure) => {
            ui.error(&failure);
            Exit::Failed.into()
        }
    }
}

/// `--help` and `--version` are done; a wrong argument is failed, not clap's 2, which means differences here.
pub(super) fn usage(error: &clap::Error) -> ExitCode {
    let is_unwritten = match error.print() {
        // Who closes the pipe has read enough.
        Err(error) => error.kind() != io::ErrorKind::BrokenPipe,
        Ok(()) => false,
    };
    if is_unwritten || error.use_stderr() { Exit::Failed.into() } else { Exit::Done.into() }
}
