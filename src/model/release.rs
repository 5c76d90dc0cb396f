//! Releases, as GitLab has them and as they are written.

use crate::model::{Description, Link, LiveLink, Moment, TagName};
use std::collections::BTreeSet;

/// A release as GitLab has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// The git tag it belongs to.
    pub tag_name: TagName,
    /// Its title; the tag's name unless somebody said otherwise.
    pub name: String,
    /// Its notes.
    pub description: Description,
    /// When it was, or will be, released.
    pub released_at: Moment,
    /// When GitLab made it; can't be set.
    pub created_at: Moment,
    /// Titles of its milestones, the project's and its group's.
    pub milestones: BTreeSet<String>,
    /// Its asset links.
    pub links: Vec<LiveLink>,
    /// Whether evidence has been collected for it.
    pub has_evidence: bool,
}

/// A release with what else GitLab shows of it, and no manifest can wish for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownRelease {
    /// What a manifest can say.
    pub release: Release,
    /// The evidence that has been collected, the first first.
    pub evidences: Vec<Evidence>,
    /// The archives that GitLab makes of the tag's files; none for who may not see them.
    pub sources: Vec<SourceArchive>,
    /// Its page, if GitLab tells.
    pub web_url: Option<String>,
}

/// A release in a list, with where it belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedRelease {
    /// What a manifest can say.
    pub release: Release,
    /// Its page, if GitLab tells.
    pub web_url: Option<String>,
    /// The full path of its project, in a list of a group's; `None` if GitLab does not tell.
    pub project: Option<String>,
}

/// The beginning of a list, or all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedReleases {
    /// In the order that was asked for.
    pub releases: Vec<ListedRelease>,
    /// Whether there are more of what was asked for.
    pub more: bool,
    /// How many were left out, as their tags are hidden from who asks.
    pub hidden: usize,
}

/// What a list of releases is ordered by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ReleaseOrder {
    /// When they were, or will be, released.
    #[default]
    ReleasedAt,
    /// When GitLab made them.
    CreatedAt,
}

/// Which end of a list comes first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Direction {
    /// The earliest first.
    Ascending,
    /// The latest first.
    #[default]
    Descending,
}

/// What a release looked like when GitLab wrote it down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// GitLab's digest of it.
    pub sha: String,
    /// Where it can be looked at.
    pub filepath: String,
    /// When that was.
    pub collected_at: Moment,
}

/// An archive of the sources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceArchive {
    /// Such as `tar.gz`.
    pub format: String,
    /// Where browsers get it.
    pub url: String,
}

/// A release to be made, links and milestones included: one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRelease {
    /// The git tag it belongs to.
    pub tag_name: TagName,
    /// Its title; GitLab takes the tag's name for `None`.
    pub name: Option<String>,
    /// Its notes.
    pub description: Option<Description>,
    /// When it was, or will be, released; GitLab takes now for `None`.
    pub released_at: Option<Moment>,
    /// What to tag if the tag is missing. `None` when it is there.
    pub git_ref: Option<String>,
    /// The message of the tag to be made, which makes it annotated.
    pub tag_message: Option<String>,
    /// Titles of its milestones.
    pub milestones: BTreeSet<String>,
    /// Its asset links.
    pub links: Vec<Link>,
}

/// What to change of a release's own fields; `None` leaves a field alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReleasePatch {
    /// Its title.
    pub name: Option<String>,
    /// Its notes.
    pub description: Option<Description>,
    /// When it was, or will be, released.
    pub released_at: Option<Moment>,
    /// All of its milestones' titles.
    pub milestones: Option<BTreeSet<String>>,
}
