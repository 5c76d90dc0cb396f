//! What a report on plans is about: one run of a command over one or more projects. Every format is made from this.

use crate::model::{Current, Desired, Moment, TagName};
use crate::plan::{Outcome, Plan, Timing};
use std::cmp::Reverse;
use std::collections::HashSet;

/// The command that a report on plans is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// What `apply` would do.
    Plan,
    /// What was done.
    Apply,
}

/// One run.
#[derive(Debug)]
pub struct Run<'a> {
    /// Of which command.
    pub command: Command,
    /// When it began: upcoming and historical are judged by it.
    pub now: Moment,
    /// The projects it could read, in the order of the manifests.
    pub projects: Vec<ProjectRun<'a>>,
    /// The projects it could not, and why, in the words of the error.
    pub unread: Vec<(String, String)>,
}

/// One project of a run.
#[derive(Debug)]
pub struct ProjectRun<'a> {
    /// The address of its GitLab, as a person may see it; `None` is the embedded one.
    pub gitlab: Option<String>,
    /// What differs.
    pub plan: &'a Plan,
    /// What became of the plan's steps, if it was applied.
    pub outcome: Option<&'a Outcome>,
    /// Every release the project had when the run began, the latest first. Empty if they were not read, as when a saved
    /// plan is carried out.
    pub releases: Vec<Listed>,
}

/// A release on the line of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its tag.
    pub tag_name: TagName,
    /// Its title.
    pub name: String,
    /// When it was, or will be, released.
    pub released_at: Moment,
    /// What GitLab calls it.
    pub timing: Timing,
    /// Whether an entry of the manifest names it.
    pub is_managed: bool,
}

impl Listed {
    /// Every release that GitLab has, the latest first. An entry of any of `desired` makes it managed.
    #[must_use]
    pub fn all<'d>(desired: impl IntoIterator<Item = &'d Desired>, current: &Current, now: Moment) -> Vec<Self> {
        let wishes = desired.into_iter().flat_map(|desired| &desired.releases);
        let named: HashSet<&str> = wishes.map(|wish| wish.tag_name.as_str()).collect();
        let releases = current.releases.values().map(|release| Self {
            tag_name: release.tag_name.clone(),
            name: release.name.clone(),
            released_at: release.released_at,
            timing: Timing::of(release.released_at, release.created_at, now),
            is_managed: named.contains(release.tag_name.as_str()),
        });
        let mut listed: Vec<_> = releases.collect();
        listed.sort_by(|one, other| {
            (Reverse(one.released_at), &one.tag_name).cmp(&(Reverse(other.released_at), &other.tag_name))
        });
        listed
    }
}
