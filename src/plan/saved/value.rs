//! Things as a saved plan writes them: projects, releases, links, milestones, and changes of their fields.

use super::flaw::{At, Flaw, each, maybe};
use super::word;
use crate::model::{
    AssetPath, Group, GroupId, Link, LinkId, LiveLink, NewMilestone, NewRelease, Project, ProjectId, ProjectRef,
    Release,
};
use crate::plan::Change;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A project, as far as the token lets it be known.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SavedProject {
    /// Its number; a CI job token does not tell.
    id: Option<u64>,
    /// Its full path.
    path: Option<String>,
    /// Its page.
    web_url: Option<String>,
    /// The group it lives in.
    group: Option<SavedGroup>,
}

/// A group.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SavedGroup {
    /// Its number.
    id: u64,
    /// Its full path.
    path: String,
}

impl SavedProject {
    /// Without its page if that is at an address of one run only.
    #[must_use]
    pub fn new(Project { reference, path, web_url, group }: &Project, has_page: bool) -> Self {
        let id = match reference {
            ProjectRef::Id(id) => Some(id.0),
            ProjectRef::Path(_) => None,
        };
        let group = group.as_ref().map(|Group { id, path }| SavedGroup { id: id.0, path: path.clone() });
        Self { id, path: path.clone(), web_url: web_url.clone().filter(|_| has_page), group }
    }

    pub(super) fn read(self) -> Result<Project, Flaw> {
        let Self { id, path, web_url, group } = self;
        let path = maybe("path", path, word::read_path)?;
        let reference = match (id, &path) {
            (Some(id), _) => ProjectRef::Id(ProjectId(id)),
            (None, Some(path)) => ProjectRef::Path(path.clone()),
            (None, None) => return Err(Flaw::new("neither an id nor a path")),
        };
        let group = group.map(|SavedGroup { id, path }| Group { id: GroupId(id), path });
        Ok(Project { reference, path, web_url, group })
    }
}

/// A field's value as it is, and as it will be.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ChangeOf{T}")]
pub(super) struct SavedChange<T> {
    before: T,
    after: T,
}

impl<T> SavedChange<T> {
    pub(super) fn new<S>(change: &Change<S>, save: impl Fn(&S) -> T) -> Self {
        Self { before: save(&change.before), after: save(&change.after) }
    }

    pub(super) fn read<S>(self, read: impl Fn(T) -> Result<S, Flaw>) -> Result<Change<S>, Flaw> {
        let Self { before, after } = self;
        Ok(Change { before: read(before).at("before")?, after: read(after).at("after")? })
    }
}

/// A release as GitLab has it.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SavedRelease {
    tag_name: String,
    name: String,
    description: String,
    released_at: String,
    created_at: String,
    milestones: Vec<String>,
    links: Vec<SavedLiveLink>,
    /// Whether evidence has been collected for it.
    has_evidence: bool,
}

impl SavedRelease {
    /// Takes one.
    #[must_use]
    pub fn new(release: &Release) -> Self {
        let Release { tag_name, name, description, released_at, created_at, milestones, links, has_evidence } = release;
        Self {
            tag_name: tag_name.to_string(),
            name: name.clone(),
            description: word::text(description),
            released_at: word::moment(released_at),
            created_at: word::moment(created_at),
            milestones: word::titles(milestones),
            links: links.iter().map(SavedLiveLink::new).collect(),
            has_evidence: *has_evidence,
        }
    }

    pub(super) fn read(self) -> Result<Release, Flaw> {
        let Self { tag_name, name, description, released_at, created_at, milestones, links, has_evidence } = self;
        Ok(Release {
            tag_name: word::read_tag(&tag_name).at("tag_name")?,
            name,
            description: word::read_text(&description).at("description")?,
            released_at: word::read_moment(&released_at).at("released_at")?,
            created_at: word::read_moment(&created_at).at("created_at")?,
            milestones: word::read_titles(milestones).at("milestones")?,
            links: each("links", links, SavedLiveLink::read)?,
            has_evidence,
        })
    }
}

/// An asset link with GitLab's id.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SavedLiveLink {
    id: u64,
    link: SavedLink,
}

impl SavedLiveLink {
    fn new(LiveLink { id, link }: &LiveLink) -> Self {
        Self { id: id.0, link: SavedLink::new(link) }
    }

    fn read(self) -> Result<LiveLink, Flaw> {
        let Self { id, link } = self;
        Ok(LiveLink { id: LinkId(id), link: link.read().at("link")? })
    }
}

/// An asset link.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SavedLink {
    name: String,
    url: String,
    direct_asset_path: Option<String>,
    /// `other`, `runbook`, `image` or `package`.
    link_type: String,
}

impl SavedLink {
    /// Takes one.
    #[must_use]
    pub fn new(Link { name, url, direct_asset_path, link_type }: &Link) -> Self {
        Self {
            name: name.clone(),
            url: url.clone(),
            direct_asset_path: direct_asset_path.as_ref().map(ToString::to_string),
            link_type: link_type.to_string(),
        }
    }

    /// GitLab checks paths and urls when it is sent them; some are its own and older than its rules.
    pub(super) fn read(self) -> Result<Link, Flaw> {
        let Self { name, url, direct_asset_path, link_type } = self;
        let link_type = word::read_link_type(&link_type).at("link_type")?;
        Ok(Link { name, url, direct_asset_path: direct_asset_path.map(AssetPath::from_gitlab), link_type })
    }
}

/// A release to be made. What is null, GitLab decides.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SavedNewRelease {
    tag_name: String,
    name: Option<String>,
    description: Option<String>,
    released_at: Option<String>,
    /// What to tag, as the tag is missing.
    #[serde(rename = "ref")]
    git_ref: Option<String>,
    tag_message: Option<String>,
    milestones: Vec<String>,
    links: Vec<SavedLink>,
}

impl SavedNewRelease {
    pub(super) fn new(release: &NewRelease) -> Self {
        let NewRelease { tag_name, name, description, released_at, git_ref, tag_message, milestones, links } = release;
        Self {
            tag_name: tag_name.to_string(),
            name: name.clone(),
            description: description.as_ref().map(word::text),
            released_at: released_at.as_ref().map(word::moment),
            git_ref: git_ref.clone(),
            tag_message: tag_message.clone(),
            milestones: word::titles(milestones),
            links: links.iter().map(SavedLink::new).collect(),
        }
    }

    pub(super) fn read(self) -> Result<NewRelease, Flaw> {
        let Self { tag_name, name, description, released_at, git_ref, tag_message, milestones, links } = self;
        Ok(NewRelease {
            tag_name: word::read_tag(&tag_name).at("tag_name")?,
            name,
            description: maybe("description", description.as_deref(), word::read_text)?,
            released_at: maybe("released_at", released_at.as_deref(), word::read_moment)?,
            git_ref,
            tag_message,
            milestones: word::read_titles(milestones).at("milestones")?,
            links: each("links", links, SavedLink::read)?,
        })
    }
}

/// A milestone to be made. What is null, GitLab leaves empty.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SavedNewMilestone {
    title: String,
    description: Option<String>,
    start_date: Option<String>,
    due_date: Option<String>,
}

impl SavedNewMilestone {
    pub(super) fn new(NewMilestone { title, description, start_date, due_date }: &NewMilestone) -> Self {
        Self {
            title: title.clone(),
            description: description.as_ref().map(word::text),
            start_date: start_date.map(|date| date.to_string()),
            due_date: due_date.map(|date| date.to_string()),
        }
    }

    pub(super) fn read(self) -> Result<NewMilestone, Flaw> {
        let Self { title, description, start_date, due_date } = self;
        Ok(NewMilestone {
            title,
            description: maybe("description", description.as_deref(), word::read_text)?,
            start_date: maybe("start_date", start_date.as_deref(), word::read_date)?,
            due_date: maybe("due_date", due_date.as_deref(), word::read_date)?,
        })
    }
}
