//! What can be said after `relsync import`.
#![expect(clippy::doc_markdown, reason = "doc comments are the help text here, which is no Markdown")]

use super::github::args::GithubArgs;
use crate::cli::args::ServerArgs;
use crate::cli::project::reference;
use crate::import::{Notes, Split, TagForm, WriteOptions};
use crate::manifest::NameTemplate;
use crate::model::ProjectRef;
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Where from.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum ImportCommand {
    /// Write down the releases that a GitLab project has, with their links, and its milestones.
    ///
    /// A plan has nothing to do afterwards. Run again, it adds what is new; what the manifest says already stays as it is. With
    /// --group it writes a fleet: one file for all projects of a group.
    Gitlab(GitlabArgs),
    /// Write down the releases that a GitHub repository has, with links to their files.
    ///
    /// Names, notes and dates come along; each file becomes a link to GitHub, with a path (/NAME) and a type of its own. Drafts
    /// are left out, and the names of pre-releases get " (pre-release)" behind them, unless --drafts and --prereleases say
    /// otherwise. What GitLab has no place for is said: reactions, discussions, counts of downloads. The releases' tags have to
    /// be pushed to GitLab before apply. Run again, it adds what is new; what the manifest says already stays as it is.
    Github(Box<GithubArgs>),
    /// Write down the versions that a changelog tells of, with the times of their git tags.
    ///
    /// Each version that has a tag in the repository here becomes a release; its notes stay in the changelog, which the
    /// release names. What has notes but no tag, or a tag but no notes, is said and left out, and so is what is not released
    /// yet. Outside a repository, or with --tag-name, the changelog's days are taken, at noon in UTC.
    Changelog(ChangelogArgs),
    /// Write down the git tags of the repository here, with their times and messages.
    ///
    /// An annotated tag has the time at which it was made, and its message for notes; another one has its commit's time, and
    /// no notes. With --changelog, notes come from there where it has a section of the tag's version.
    Tags(TagsArgs),
}

#[derive(Debug, Args)]
pub(in crate::cli) struct GitlabArgs {
    /// The project's full path or number, such as group/app. By default the one that the manifest names, or the CI job's.
    #[arg(value_name = "PROJECT", value_parser = reference)]
    pub(super) project: Option<ProjectRef>,

    /// Import all projects of GROUP and of the groups in it that have releases, into a fleet, in which each is one of
    /// `[[projects]]`. Run again, it adds projects that are new there; those that it has stay as they are.
    #[arg(long, value_name = "GROUP", conflicts_with_all = ["project", "split"], value_parser = group)]
    pub(super) group: Option<String>,

    #[command(flatten)]
    pub(super) into: IntoArgs,
    #[command(flatten)]
    pub(super) server: ServerArgs,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ChangelogArgs {
    /// The changelog.
    #[arg(value_name = "FILE", default_value = "CHANGELOG.md")]
    pub(super) changelog: PathBuf,

    /// Ask no git, and take this for the versions' tags, such as 'v{version}', which is the default outside a repository.
    #[arg(long, value_name = "TEMPLATE", conflicts_with_all = ["tags", "refs"])]
    pub(super) tag_name: Option<TagForm>,

    #[command(flatten)]
    pub(super) history: HistoryArgs,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct TagsArgs {
    /// Take notes from this changelog, where it has a section of the tag's version.
    #[arg(long, value_name = "FILE")]
    pub(super) changelog: Option<PathBuf>,

    #[command(flatten)]
    pub(super) history: HistoryArgs,
}

/// What releases are made of a history.
#[derive(Debug, Args)]
pub(in crate::cli) struct HistoryArgs {
    /// Look only at git tags that match this glob, such as 'v*'. May be given more than once.
    #[arg(long, value_name = "GLOB")]
    pub(super) tags: Vec<String>,

    /// Name each release so: 'App {version}', where {tag_name} is the tag, and {version} without a prefix/ and a leading v.
    /// By default a release has its tag's name.
    #[arg(long, value_name = "TEMPLATE")]
    pub(super) name: Option<NameTemplate>,

    /// Also write down each tag's commit, as `ref`, and its message: apply then makes the tags that GitLab lacks.
    #[arg(long)]
    pub(super) refs: bool,

    #[command(flatten)]
    pub(super) into: IntoArgs,
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
    /// Those of a changelog stay there, and the release names it. Others of more than 20 lines go into files, and shorter
    /// ones into the release's entry.
    Auto,
    /// All into the releases' entries.
    Inline,
    /// All into files of their own, notes/TAG.md.
    Files,
}

impl IntoArgs {
    /// Whether notes may stay where they are.
    pub(super) fn may_refer(&self) -> bool {
        matches!(self.notes, NotesArg::Auto)
    }

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

fn group(text: &str) -> Result<String, String> {
    let is_part = |part: &str| !part.is_empty() && !part.contains(char::is_whitespace);
    if text.contains("://") || !text.split('/').all(is_part) {
        return Err("write it as in the group's address: acme, acme/libraries".to_owned());
    }
    Ok(text.to_owned())
}
