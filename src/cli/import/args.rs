//! What can be said after `relsync import`.

use crate::cli::args::ServerArgs;
use crate::import::{Notes, Split, WriteOptions};
use crate::model::{ProjectId, ProjectRef};
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Where from.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum ImportCommand {
    /// Write down the releases that a GitLab project has, with their links, and its milestones.
    ///
    /// A plan has nothing to do afterwards. Run again, it adds what is new; what the manifest says already stays as it is.
    Gitlab(GitlabArgs),
}

#[derive(Debug, Args)]
pub(in crate::cli) struct GitlabArgs {
    /// The project's full path or number, such as group/app. By default the one that the manifest names, or the CI job's.
    #[arg(value_name = "PROJECT", value_parser = project)]
    pub(super) project: Option<ProjectRef>,

    #[command(flatten)]
    pub(super) into: IntoArgs,
    #[command(flatten)]
    pub(super) server: ServerArgs,
}

/// Where to, for all sources.
#[derive(Debug, Args)]
pub(in crate::cli) struct IntoArgs {
    /// The manifest to write, or to add to; of a folder, its releases.toml.
    #[arg(short, long = "file", visible_short_alias = 'o', visible_alias = "manifest", value_name = "FILE|DIR")]
    #[arg(default_value = "releases.toml")]
    pub(super) file: PathBuf,

    /// Into how many files releases go.
    #[arg(long, value_name = "HOW", default_value = "none")]
    split: SplitArg,

    /// Where notes go.
    #[arg(long, value_name = "WHERE", default_value = "auto")]
    notes: NotesArg,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum SplitArg {
    /// All into the manifest.
    None,
    /// Each into releases/YEAR.toml, which the manifest includes.
    Year,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum NotesArg {
    /// Those of more than 20 lines into files, others into the release's entry.
    Auto,
    /// All into the releases' entries.
    Inline,
    /// All into files of their own, notes/TAG.md.
    Files,
}

impl IntoArgs {
    pub(super) fn options(&self) -> WriteOptions {
        WriteOptions {
            split: match self.split {
                SplitArg::None => Split::None,
                SplitArg::Year => Split::Year,
            },
            notes: match self.notes {
                NotesArg::Auto => Notes::Auto,
                NotesArg::Inline => Notes::Inline,
                NotesArg::Files => Notes::Files,
            },
        }
    }
}

fn project(text: &str) -> Result<ProjectRef, String> {
    if let Ok(id @ 1..) = text.parse() {
        return Ok(ProjectRef::Id(ProjectId(id)));
    }
    let is_part = |part: &str| !part.is_empty() && !part.contains(char::is_whitespace);
    if text.contains("://") {
        Err("this is a url; write the project as group/app, and its GitLab with --url".to_owned())
    } else if text.contains('/') && text.split('/').all(is_part) {
        Ok(ProjectRef::Path(text.to_owned()))
    } else {
        Err("write it as in the project's address: group/app, group/subgroup/app".to_owned())
    }
}
