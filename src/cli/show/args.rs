//! What can be said after `relsync show`.

use crate::cli::args::ServerArgs;
use crate::cli::formats::Shape;
use crate::cli::project::ProjectArgs;
use clap::Args;

#[derive(Debug, Args)]
#[command(override_usage = "relsync show [OPTIONS] <TAG|--latest>")]
pub(in crate::cli) struct ShowArgs {
    /// The release's tag.
    #[arg(value_name = "TAG", required_unless_present = "latest", conflicts_with = "latest")]
    pub(super) tag: Option<String>,

    /// Take the latest release, by its date, as GitLab does: an upcoming one counts.
    #[arg(long)]
    pub(super) latest: bool,

    /// What goes to stdout. On a terminal the notes are rendered; elsewhere they are as they were written. JSON is
    /// described by `relsync schema report`.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: Shape,

    /// Print only the address of its page.
    #[arg(short, long, conflicts_with = "format")]
    pub(super) web: bool,

    #[command(flatten)]
    pub(super) project: ProjectArgs,
    #[command(flatten)]
    pub(super) server: ServerArgs,
}
