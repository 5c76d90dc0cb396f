//! What can be said after `relsync download`.
#![expect(clippy::doc_markdown, reason = "doc comments are the help text here, which is no Markdown")]

use crate::cli::args::{ServerArgs, count};
use crate::cli::project::ProjectArgs;
use clap::{ArgGroup, Args};
use std::num::NonZeroUsize;
use std::path::PathBuf;

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
#[command(override_usage = "relsync download [OPTIONS] <TAG|--latest> [PATH|GLOB]...")]
#[command(group(ArgGroup::new("which").args(["words", "latest"]).required(true).multiple(true)))]
pub(in crate::cli) struct DownloadArgs {
    /// The release's tag, unless it is the latest; then which assets: their paths (direct_asset_path) or names, or globs
    /// over both, where `*` stands for slashes, too. By default everything that the release links to.
    #[arg(value_name = "TAG")]
    pub(super) words: Vec<String>,

    /// Take the latest release, by its date, as GitLab does: an upcoming one counts.
    #[arg(long)]
    pub(super) latest: bool,

    /// Download the sources in this format; alone, or beside the assets that are named. May be given more than once.
    #[arg(long, value_name = "FORMAT", value_parser = ["zip", "tar.gz", "tar.bz2", "tar"])]
    pub(super) source: Vec<String>,

    /// The folder to download to, made if it is not there.
    #[arg(short = 'D', long, value_name = "DIR", default_value = ".")]
    pub(super) dir: PathBuf,

    /// The file to write one asset to; - for stdout.
    #[arg(short = 'O', long, visible_short_alias = 'o', value_name = "FILE", conflicts_with = "dir")]
    pub(super) output: Option<PathBuf>,

    /// Write over files that are there already. Those that are the same are not downloaded again in any case.
    #[arg(long, conflicts_with = "skip_existing")]
    pub(super) clobber: bool,

    /// Keep files that are there already, whatever is in them.
    #[arg(long)]
    pub(super) skip_existing: bool,

    /// Keep only what is verified, by a list of checksums among the release's assets (SHA256SUMS and the like) or by the
    /// digest that GitLab's package registry tells. Without this, what can be verified is.
    #[arg(long)]
    pub(super) verify: bool,

    /// At most so many files side by side.
    #[arg(long, value_name = "N", default_value = "4", value_parser = count)]
    pub(super) concurrency: NonZeroUsize,

    #[command(flatten)]
    pub(super) project: ProjectArgs,
    #[command(flatten)]
    pub(super) server: ServerArgs,
}
