//! One run of a program, and what it took.

use crate::Result;
use crate::server::TOKEN;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use wait4::Wait4 as _;

/// What it took.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) usage: Usage,
    /// By method and route.
    pub(crate) requests: BTreeMap<String, usize>,
}

#[derive(Debug)]
pub(crate) struct Usage {
    pub(crate) wall: Duration,
    pub(crate) cpu: Duration,
    /// In bytes.
    pub(crate) peak: u64,
}

/// relsync, working in `folder` on the GitLab at `url`, with nothing of this machine in its environment.
pub(crate) fn relsync(program: &Path, folder: &Path, url: &str) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).env_clear().env("RELSYNC_URL", url).env("RELSYNC_TOKEN", TOKEN);
    command
}

/// Runs it to its end, which has to be a good one.
pub(crate) fn measure(mut command: Command) -> Result<Usage> {
    let started = Instant::now();
    let process = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let mut process = process;
    let used = process.wait4()?;
    let wall = started.elapsed();
    if !used.status.success() {
        return Err(format!("{command:?} failed: {}", used.status).into());
    }
    Ok(Usage { wall, cpu: used.rusage.utime + used.rusage.stime, peak: used.rusage.maxrss })
}
