//! Things as a saved plan writes them: projects, releases, links, milestones, and changes of their fields.

use crate::model::{Description, Link, LiveLink, Moment, NewMilestone, NewRelease, Project, ProjectRef, Release};
use crate::plan::Change;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeSet;

/// A project, as far as the token lets it be known.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct SavedProject {
    /// Its number; a CI job token does not tell.
    id: Option<u64>,
    /// Its full path.
    path: Option<String>,
    /// Its page.
    web_url: Option<String>,
}

impl SavedProject {
    pub(super) fn new(Project { reference, path, web_url, group: _ }: &Project) -> Self {
        let id = match reference {
            ProjectRef::Id(id) => Some(id.0),
            ProjectRef::Path(_) => None,
        };
        Self { id, path: path.clone(), web_url: web_url.clone() }
    }
}

/// A field's value as it is, and as it will be.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ChangeOf{T}")]
pub(super) struct SavedChange<T> {
    before: T,
    after: T,
}

impl<T> SavedChange<T> {
    pub(super) fn new<S>(change: &Change<S>, save: impl Fn(&S) -> T) -> Self {
        Self { before: save(&change.before), after: save(&change.after) }
    }
}

pub(super) fn moment(moment: &Moment) -> String {
    moment.to_string()
}

pub(super) fn text(text: &Description) -> String {
    text.as_str().to_owned()
}

pub(super) fn titles(titles: &BTreeSet<String>) -> Vec<String> {
    titles.iter().cloned().collect()
}

/// A release as GitLab has it.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct SavedRelease {
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
    pub(super) fn new(release: &Release) -> Self {
        let Release { tag_name, name, description, released_at, created_at, milestones, links, has_evidence } = release;
        Self {
            tag_name: tag_name.to_string(),
            name: name.clone(),
            description: text(description),
            released_at: moment(released_at),
            created_at: moment(created_at),
            milestones: titles(milestones),
            links: links.iter().map(SavedLiveLink::new).collect(),
            has_evidence: *has_evidence,
        }
    }
}

/// An asset link with GitLab's id.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct SavedLiveLink {
    id: u64,
    link: SavedLink,
}

impl SavedLiveLink {
    fn new(LiveLink { id, link }: &LiveLink) -> Self {
        Self { id: id.0, link: SavedLink::new(link) }
    }
}

/// An asset link.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct SavedLink {
    name: String,
    url: String,
    direct_asset_path: Option<String>,
    /// `other`, `runbook`, `image` or `package`.
    link_type: String,
}

impl SavedLink {
    pub(super) fn new(Link { name, url, direct_asset_path, link_type }: &Link) -> Self {
        Self {
            name: name.clone(),
            url: url.clone(),
            direct_asset_path: direct_asset_path.as_ref().map(ToString::to_string),
            link_type: link_type.to_string(),
        }
    }
}

/// A release to be made. What is null, GitLab decides.
#[derive(Debug, Serialize, JsonSchema)]
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
            description: description.as_ref().map(text),
            released_at: released_at.as_ref().map(moment),
            git_ref: git_ref.clone(),
            tag_message: tag_message.clone(),
            milestones: titles(milestones),
            links: links.iter().map(SavedLink::new).collect(),
        }
    }
}

/// A milestone to be made. What is null, GitLab leaves empty.
#[derive(Debug, Serialize, JsonSchema)]
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
            description: description.as_ref().map(text),
            start_date: start_date.map(|date| date.to_string()),
            due_date: due_date.map(|date| date.to_string()),
        }
    }
}
