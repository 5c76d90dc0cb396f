//! What other sources have, written down as a manifest.
//!
//! ```text
//! GitLab, GitHub, a changelog, tags ──▶ Imported ──fit──▶ what a manifest can say ──entry──▶ texts of files (Written)
//! ```
//!
//! Each source makes [`Imported`] of what it has; [`write()`] is the same for all. It adds what is new, by tag and title, and
//! changes no byte of what is there. May import `model`, `manifest`, `github`, `gitlab` and `git`; touches no file itself: texts go
//! in, and texts come out.

mod assets;
mod entry;
mod file_names;
mod fit;
mod fleet;
mod github;
mod gitlab;
mod history;
mod matching;
mod strings;
mod writer;

#[cfg(test)]
mod tests;

pub use assets::AssetType;
pub use file_names::SafeNames;
pub use fleet::{Fleet, FleetEntry, notes_folder};
pub use github::{Behind, FromGithub, GithubShape, Unmarked, from_github};
pub use gitlab::{FromGitlab, from_gitlab};
pub use history::{Shape, TagForm, Unusable, of_all_tags, of_both, of_changelog, of_tags};
pub use matching::Matched;
pub use writer::{WriteError, write};

use crate::model::{Desired, MilestoneState, NewMilestone, NewRelease, ProjectRef, TagName};
use std::collections::BTreeMap;
use url::Url;

/// How a manifest of ours begins.
pub const HEAD: &str = "# The releases of this project, as they are to be. `relsync plan` shows what differs, `relsync apply` changes it.\n\
     # A key that is absent is not managed: what GitLab has stays.\nversion = 1\n";

/// What another source has, as it is to be written down.
#[derive(Debug, Clone, Default)]
pub struct Imported {
    /// The project that a new manifest names; `None` if it is not known.
    pub project: Option<Home>,
    /// Project milestones, in the order in which they are to be written.
    pub milestones: Vec<(NewMilestone, MilestoneState)>,
    /// Releases, in the order in which they are to be written: the oldest first.
    pub releases: Vec<NewRelease>,
    /// Where the notes of releases are that stay in a changelog: its path by tag, with `/`, seen from the manifest's folder.
    /// Such releases have no `description`.
    pub sections: BTreeMap<TagName, String>,
    /// Whether nothing else is true of the releases: no notes then means that there are none, and what the manifest's
    /// `[defaults]` would give them is denied. Else the defaults may well fill in what the source doesn't know.
    pub is_whole: bool,
}

/// What `[project]` of a new manifest says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    /// The project.
    pub project: ProjectRef,
    /// Its GitLab, where that is not gitlab.com.
    pub url: Option<Url>,
}

/// How it is to be written.
#[derive(Debug, Clone, Copy, Default)]
pub struct WriteOptions {
    /// Into how many files.
    pub split: Split,
    /// Where notes go.
    pub notes: Notes,
}

/// Into how many files releases go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Split {
    /// All into the manifest.
    #[default]
    None,
    /// Each into `releases/<year>.toml`, by its date in UTC, and those without a date into the manifest.
    Year,
}

/// Where notes go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Notes {
    /// Those of more than [`LONG`](Self::LONG) lines into files, others into the release's entry.
    #[default]
    Auto,
    /// All into the entries.
    Inline,
    /// All into `notes/<tag>.md`.
    Files,
}

impl Notes {
    /// Notes of more lines are long.
    pub const LONG: usize = 20;
}

/// What is there before.
#[derive(Debug, Clone, Default)]
pub struct Existing {
    /// The manifest, if there is one.
    pub manifest: Option<Declared>,
    /// Files of the folders [`FOLDERS`] beside it, by their path with `/`; `None` for what is there but no text.
    pub files: BTreeMap<String, Option<String>>,
}

/// The folders beside the manifest that [`write()`] makes files in.
pub const FOLDERS: [&str; 2] = [file_names::FOLDER, writer::FOLDER];

/// A manifest that is right.
#[derive(Debug, Clone)]
pub struct Declared {
    /// Its text.
    pub text: String,
    /// What it says, with all it includes.
    pub says: Desired,
}

/// What is to be written, and what came of the import.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// The manifest's text, if it is new or changed.
    pub manifest: Option<String>,
    /// Texts of files beside it that are new or changed, by their path with `/`. They are to be written first: the manifest
    /// names them.
    pub files: BTreeMap<String, String>,
    /// How many releases were added.
    pub releases: usize,
    /// How many milestones were added.
    pub milestones: usize,
    /// How many of the imported releases had an entry already, which stays as it is.
    pub known: usize,
    /// What could not be written down.
    pub left_out: Vec<LeftOut>,
}

/// Something that a manifest can't say, or not this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeftOut {
    /// A release whose tag matches none of the manifest's `policy.tags`.
    NotOurs(TagName),
    /// A release, whole: its tag is no name that git takes, or `[defaults]` don't fit.
    Release(TagName),
    /// A key of a release, which is not managed then; or which gets more than the release has from `[defaults]`.
    Key(TagName, Key),
    /// A milestone, whole.
    Milestone(String),
    /// A key of a milestone, which is not managed then.
    MilestoneKey(String, Key),
}

/// Keys that an entry can do without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// A release's title.
    Name,
    /// Notes, or what a milestone is about.
    Description,
    /// When a release was, or will be, released.
    ReleasedAt,
    /// A release's milestones.
    Milestones,
    /// A release's links.
    Links,
    /// What to tag.
    Ref,
    /// The message of a tag to be made.
    TagMessage,
    /// A milestone's first and last day.
    Dates,
}

impl Key {
    /// The manifest's word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Description => "description",
            Self::ReleasedAt => "released_at",
            Self::Milestones => "milestones",
            Self::Links => "links",
            Self::Ref => "ref",
            Self::TagMessage => "tag_message",
            Self::Dates => "start_date and due_date",
        }
    }
}
