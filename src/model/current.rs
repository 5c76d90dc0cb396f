//! What GitLab has, read once and whole before anything is compared.

use crate::model::{Milestone, Packages, Project, Release, TagName};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// One project's state, as far as a manifest needs it.
#[derive(Debug, Clone)]
pub struct Current {
    /// The project.
    pub project: Project,
    /// Every release, by tag. Plans share those that they change.
    pub releases: BTreeMap<TagName, Arc<Release>>,
    /// The project's milestones and its groups'. `None` is unknown, not "there are none": nobody asked, as no release that
    /// is to be written names any, or the token is a CI job's, which can't read them. Titles then go to GitLab unchecked.
    pub milestones: Option<Vec<Milestone>>,
    /// Whether the token is a CI job's, which can neither read milestones nor make a tag by itself.
    pub by_job_token: bool,
    /// The tags among those asked for that git does not have.
    pub missing_tags: BTreeSet<TagName>,
    /// The tags among those asked for that are there and protected.
    pub protected_tags: BTreeSet<TagName>,
    /// The packages that files are wished for in.
    pub packages: Packages,
}
