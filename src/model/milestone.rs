//! Milestones, as far as releases need them.

use crate::model::Description;
use jiff::civil::Date;
use std::fmt;

/// GitLab's id of a milestone, unique in the whole GitLab.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MilestoneId(pub u64);

/// Open or closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MilestoneState {
    /// Work goes on.
    Active,
    /// Done with.
    Closed,
}

impl MilestoneState {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Active, Self::Closed];

    /// The API's word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Closed => "closed",
        }
    }

    /// The state that the API calls `word`.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == word)
    }
}

impl fmt::Display for MilestoneState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Who owns a milestone. relsync only changes the project's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MilestoneScope {
    /// The project itself. Its releases may name it.
    Project,
    /// The group the project lives in. The project's releases may name it.
    Group,
    /// A group further up. The project's releases can't name it.
    Ancestor,
}

/// A milestone as GitLab has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Milestone {
    /// GitLab's id, by which it is changed.
    pub id: MilestoneId,
    /// Project's or group's.
    pub scope: MilestoneScope,
    /// The name by which releases know it.
    pub title: String,
    /// Markdown.
    pub description: Description,
    /// First day.
    pub start_date: Option<Date>,
    /// Last day, after the first.
    pub due_date: Option<Date>,
    /// Open or closed.
    pub state: MilestoneState,
}

/// A project milestone to be made; new ones are always active.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMilestone {
    /// The name by which releases know it.
    pub title: String,
    /// Markdown.
    pub description: Option<Description>,
    /// First day.
    pub start_date: Option<Date>,
    /// Last day.
    pub due_date: Option<Date>,
}

/// What to change of a project milestone; `None` leaves a field alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MilestonePatch {
    /// Markdown.
    pub description: Option<Description>,
    /// First day.
    pub start_date: Option<Date>,
    /// Last day.
    pub due_date: Option<Date>,
    /// Close or reopen.
    pub state: Option<MilestoneState>,
}
