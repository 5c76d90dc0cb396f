//! What can be said to `relsync rehearse`.

use crate::cli::args::{FilterArgs, ServerArgs};
use crate::cli::manifests::ManifestArgs;
use crate::cli::shard::ShardArgs;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(in crate::cli) struct RehearseArgs {
    #[command(flatten)]
    pub(super) manifest: ManifestArgs,
    #[command(flatten)]
    pub(super) filter: FilterArgs,
    #[command(flatten)]
    pub(super) server: ServerArgs,
    #[command(flatten)]
    pub(super) shard: ShardArgs,

    /// What goes to stdout. Progress and talk go to stderr.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: RehearsalFormat,

    /// Also save what was read to FILE, to rehearse with it again: a seed of the embedded GitLab, in TOML.
    #[arg(long, value_name = "FILE")]
    pub(super) save_snapshot: Option<PathBuf>,

    /// Start from FILE, which --save-snapshot wrote, or from any seed of the embedded GitLab. No server is asked then.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["save_snapshot", "sandbox", "url", "token_file", "ca_file"])]
    pub(super) snapshot: Option<PathBuf>,
}

/// A face of a rehearsal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum RehearsalFormat {
    /// For terminals and job logs.
    Text,
    /// For machines (see `relsync schema report`).
    Json,
}
