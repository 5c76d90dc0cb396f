//! What `list` and `show` tell, for machines.

use super::REPORT_FORMAT;
use crate::model::{Evidence, ListedRelease, ListedReleases, Moment, Release, ShownRelease, SourceArchive};
use crate::plan::{SavedLink, SavedTiming, Timing};
use crate::report::listing::{Listing, Whose};
use crate::report::sheet::Sheet;
use schemars::JsonSchema;
use serde::Serialize;

/// A list of releases that GitLab has.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct ListReport {
    /// The version of this format. Another one may mean something else by the same keys.
    #[schemars(extend("const" = REPORT_FORMAT))]
    format: u32,
    /// The version of relsync that made the report.
    relsync: String,
    /// The command that it is of.
    command: ListCommand,
    /// The project whose releases they are, as it was named. Null if a group's were asked for.
    project: Option<String>,
    /// The group whose projects' releases they are.
    group: Option<String>,
    /// In the order that was asked for.
    releases: Vec<SavedRow>,
    /// Whether there are more of what was asked for.
    more: bool,
    /// How many were left out, as who asks may not see their tags.
    hidden: usize,
}

/// The command of a list.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum ListCommand {
    /// Which releases there are.
    List,
}

/// A release of a list.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct SavedRow {
    /// The full path of its project, in a group's list. Null in a project's, and where GitLab does not tell.
    project: Option<String>,
    tag_name: String,
    name: String,
    released_at: String,
    created_at: String,
    /// What GitLab calls it.
    timing: SavedTiming,
    milestones: Vec<String>,
    /// The latest first.
    links: Vec<SavedLink>,
    /// Its page. Null if GitLab does not tell.
    web_url: Option<String>,
}

/// One release that GitLab has.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct ShowReport {
    /// The version of this format. Another one may mean something else by the same keys.
    #[schemars(extend("const" = REPORT_FORMAT))]
    format: u32,
    /// The version of relsync that made the report.
    relsync: String,
    /// The command that it is of.
    command: ShowCommand,
    release: SavedShown,
}

/// The command of one release.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum ShowCommand {
    /// What a release is like.
    Show,
}

/// A release, and what no manifest can say of it.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct SavedShown {
    tag_name: String,
    name: String,
    /// The notes, as Markdown.
    description: String,
    released_at: String,
    created_at: String,
    /// What GitLab calls it.
    timing: SavedTiming,
    milestones: Vec<String>,
    /// The latest first.
    links: Vec<SavedLink>,
    /// The archives that GitLab makes of the tag's files.
    sources: Vec<SavedSource>,
    /// The first first.
    evidences: Vec<SavedEvidence>,
    /// Its page. Null if GitLab does not tell.
    web_url: Option<String>,
}

/// An archive of the sources.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct SavedSource {
    /// Such as `tar.gz`.
    format: String,
    url: String,
}

/// What a release looked like when GitLab wrote it down.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct SavedEvidence {
    sha: String,
    filepath: String,
    collected_at: String,
}

impl ListReport {
    pub(super) fn new(Listing { of, list, only_upcoming: _, order: _, now }: &Listing<'_>) -> Self {
        let ListedReleases { releases, more, hidden } = list;
        let (project, group) = match of {
            Whose::Project(project) => (Some(project.to_string()), None),
            Whose::Group(group) => (None, Some(group.to_string())),
        };
        Self {
            format: REPORT_FORMAT,
            relsync: env!("CARGO_PKG_VERSION").to_owned(),
            command: ListCommand::List,
            project,
            group,
            releases: releases.iter().map(|listed| SavedRow::new(listed, *now)).collect(),
            more: *more,
            hidden: *hidden,
        }
    }
}

impl SavedRow {
    fn new(ListedRelease { release, web_url, project }: &ListedRelease, now: Moment) -> Self {
        let Release { tag_name, name, description: _, released_at, created_at, milestones, links, has_evidence: _ } =
            release;
        Self {
            project: project.clone(),
            tag_name: tag_name.to_string(),
            name: name.clone(),
            released_at: released_at.to_string(),
            created_at: created_at.to_string(),
            timing: SavedTiming::new(Timing::of(*released_at, *created_at, now)),
            milestones: milestones.iter().cloned().collect(),
            links: links.iter().map(|live| SavedLink::new(&live.link)).collect(),
            web_url: web_url.clone(),
        }
    }
}

impl ShowReport {
    pub(super) fn new(Sheet { shown, now }: &Sheet<'_>) -> Self {
        let ShownRelease { release, evidences, sources, web_url } = shown;
        let Release { tag_name, name, description, released_at, created_at, milestones, links, has_evidence: _ } =
            release;
        let source =
            |SourceArchive { format, url }: &SourceArchive| SavedSource { format: format.clone(), url: url.clone() };
        let evidence = |Evidence { sha, filepath, collected_at }: &Evidence| SavedEvidence {
            sha: sha.clone(),
            filepath: filepath.clone(),
            collected_at: collected_at.to_string(),
        };
        let release = SavedShown {
            tag_name: tag_name.to_string(),
            name: name.clone(),
            description: description.as_str().to_owned(),
            released_at: released_at.to_string(),
            created_at: created_at.to_string(),
            timing: SavedTiming::new(Timing::of(*released_at, *created_at, *now)),
            milestones: milestones.iter().cloned().collect(),
            links: links.iter().map(|live| SavedLink::new(&live.link)).collect(),
            sources: sources.iter().map(source).collect(),
            evidences: evidences.iter().map(evidence).collect(),
            web_url: web_url.clone(),
        };
        Self {
            format: REPORT_FORMAT,
            relsync: env!("CARGO_PKG_VERSION").to_owned(),
            command: ShowCommand::Show,
            release,
        }
    }
}
