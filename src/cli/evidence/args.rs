//! What can be said after `relsync evidence`.

use crate::cli::args::{ServerArgs, time};
use crate::cli::project::ProjectArgs;
use clap::Args;
use std::path::PathBuf;
use std::time::Duration;

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
#[command(override_usage = "relsync evidence [OPTIONS] <TAG|--latest>")]
pub(in crate::cli) struct EvidenceArgs {
    /// The release's tag.
    #[arg(value_name = "TAG", required_unless_present = "latest", conflicts_with = "latest")]
    pub(super) tag: Option<String>,

    /// Take the latest release, by its date, as GitLab does: an upcoming one counts.
    #[arg(long)]
    pub(super) latest: bool,

    /// Only show what has been collected; change nothing in GitLab.
    #[arg(long)]
    pub(super) show: bool,

    /// Have evidence collected even if there is some: of what the release is like now.
    #[arg(long, conflicts_with = "show")]
    pub(super) again: bool,

    /// How long to wait for evidence that was asked for: GitLab collects it in a background job.
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = time)]
    pub(super) wait: Duration,

    /// Save the newest evidence's JSON to FILE; - for stdout, and then the table goes to stderr.
    #[arg(short, long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,

    /// Write over a file that is there already.
    #[arg(long, visible_alias = "force", requires = "out")]
    pub(super) clobber: bool,

    #[command(flatten)]
    pub(super) project: ProjectArgs,
    #[command(flatten)]
    pub(super) server: ServerArgs,
}
