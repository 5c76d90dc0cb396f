//! What a rehearsal is about: plans that were carried out on a copy, and what they would cost. Every format is made from this.

mod text;

pub use text::{rehearsal, rehearsal_fleet};

use crate::model::Moment;
use crate::plan::{Note, Outcome, Plan};
use std::time::Duration;

/// How many mails of one project GitLab sends a user a day.
pub(super) const MAILS_A_DAY: usize = 1000;

/// One rehearsal.
#[derive(Debug)]
pub struct RehearsalRun<'a> {
    /// When it began.
    pub now: Moment,
    /// The projects that could be rehearsed, in the order of the manifests.
    pub projects: Vec<Rehearsal<'a>>,
    /// The projects that could not be read, and why, in the words of the error.
    pub unread: Vec<(String, String)>,
    /// How long all of it would wait for GitLab's limits.
    pub waits: Duration,
    /// How many releases a minute GitLab lets be written in a project.
    pub writes_a_minute: u64,
}

/// The rehearsal of one project.
#[derive(Debug)]
pub struct Rehearsal<'a> {
    /// The address of its GitLab, as a person may see it; `None` is the embedded one, or a snapshot.
    pub gitlab: Option<String>,
    /// What was to be done.
    pub plan: &'a Plan,
    /// What became of it on the copy; `None` if it is refused, or there is nothing to do.
    pub outcome: Option<&'a Outcome>,
    /// What was left to do then, if anything was tried.
    pub afterwards: Option<&'a Plan>,
    /// The requests that planning and applying took.
    pub requests: Vec<Requests>,
    /// How long they would wait for GitLab's limits.
    pub waits: Duration,
    /// What a copy can't tell, or is worth knowing.
    pub remarks: Vec<Remark>,
}

/// Requests of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requests {
    /// `GET`.
    pub method: String,
    /// As GitLab's pages write it: `/projects/:id/releases`.
    pub route: String,
    /// How many.
    pub count: u64,
}

/// Where the copy may not be as GitLab is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remark {
    /// Nothing in the project can be changed.
    Archived,
    /// The role is not told, and was taken for the highest.
    RoleUntold,
    /// A CI job's token has the role of a user that is not told.
    RoleOfJob,
    /// The snapshot does not say who asks.
    AskerUntold,
    /// What these refs name could not be looked up.
    RefsUnchecked(Vec<String>),
    /// Who may make protected tags could not be read.
    RulesUnread,
    /// Rules name users, groups or keys by themselves, who may make these tags.
    RulesNameOthers(Vec<String>),
    /// Whether GitLab collects evidence is not told.
    TierUntold,
    /// Files are uploaded and linked, which is not rehearsed.
    Uploads {
        /// How many.
        files: usize,
        /// How large they are together.
        bytes: u64,
        /// Whether it is known which of them GitLab has; if not, these are all.
        is_known: bool,
    },
    /// No file is uploaded, but links to files change, which is not rehearsed.
    LinksOfFiles,
    /// Files go with the releases that are deleted, which is not rehearsed.
    RemovalsOfFiles,
}

impl Remark {
    /// Whether it is about files in the package registry, which a copy has none of.
    #[must_use]
    pub fn is_of_files(&self) -> bool {
        matches!(self, Self::Uploads { .. } | Self::LinksOfFiles | Self::RemovalsOfFiles)
    }
}

impl RehearsalRun<'_> {
    /// Whether all of it would succeed.
    #[must_use]
    pub fn succeeds(&self) -> bool {
        self.unread.is_empty() && self.projects.iter().all(Rehearsal::succeeds)
    }
}

impl Rehearsal<'_> {
    /// Whether everything would go well, and nothing be left to do.
    #[must_use]
    pub fn succeeds(&self) -> bool {
        self.plan.refusals.is_empty()
            && self.outcome.is_none_or(Outcome::is_success)
            && self.afterwards.is_none_or(|plan| plan.refusals.is_empty() && !plan.has_differences())
    }

    /// How many mails everybody gets who is notified of new releases.
    pub(super) fn mails(&self) -> usize {
        self.noted(|note| if let Note::Announced(tags) = note { tags.len() } else { 0 })
    }

    /// How many of those GitLab would not send, if they are all of one day.
    pub(super) fn mails_lost(&self) -> usize {
        self.mails().saturating_sub(MAILS_A_DAY)
    }

    /// How many tags would be made, each of which may start a pipeline.
    pub(super) fn tags_made(&self) -> usize {
        self.noted(|note| if let Note::TagsMade(tags) = note { tags.len() } else { 0 })
    }

    fn noted(&self, count: impl Fn(&Note) -> usize) -> usize {
        self.plan.notes.iter().map(count).sum()
    }
}
