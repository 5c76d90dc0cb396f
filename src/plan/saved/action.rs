//! What a step does, as a saved plan writes it.

use super::file::{SavedRemoval, SavedUpload};
use super::flaw::{At, Flaw, each, maybe};
use super::value::{SavedChange, SavedLink, SavedNewMilestone, SavedNewRelease, SavedRelease};
use super::word;
use crate::model::{LinkId, MilestoneId, NewTag};
use crate::plan::{
    Action, MilestoneDiff, MilestoneHandle, MilestonesBy, ReleaseDiff, ReleasedAtChange, StepId, Timing,
    WithoutEvidence,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What one request does.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum SavedAction {
    /// Make a project milestone.
    CreateMilestone { milestone: SavedNewMilestone },
    /// Change, close or reopen a project milestone.
    UpdateMilestone {
        milestone: SavedMilestoneHandle,
        title: String,
        /// Only what differs.
        changes: Box<SavedMilestoneDiff>,
    },
    /// Make again the git tag that a release has lost.
    CreateTag {
        tag_name: String,
        #[serde(rename = "ref")]
        git_ref: String,
        tag_message: Option<String>,
    },
    /// Put a file into the project's generic package registry.
    UploadFile(Box<SavedUpload>),
    /// Make a release, its links and, with `ref`, its tag.
    CreateRelease {
        release: Box<SavedNewRelease>,
        /// What GitLab will call it.
        timing: SavedTiming,
        /// Its milestones by their ids, where their titles can't be sent.
        milestone_ids: Option<Vec<SavedMilestoneHandle>>,
    },
    /// Change a release's own fields.
    UpdateRelease {
        tag_name: String,
        /// Only what differs.
        changes: Box<SavedReleaseDiff>,
        /// Its milestones by their ids, where their titles can't be sent.
        milestone_ids: Option<Vec<SavedMilestoneHandle>>,
    },
    /// Add a link to a release.
    CreateLink { tag_name: String, link: SavedLink },
    /// Change a link in place.
    UpdateLink { tag_name: String, link_id: u64, before: SavedLink, after: SavedLink },
    /// Take a link off a release.
    DeleteLink { tag_name: String, link_id: u64, link: SavedLink },
    /// Have GitLab collect evidence for a release that has none.
    CollectEvidence {
        tag_name: String,
        /// What it is if GitLab's tier has no evidence.
        else_is: SavedWithoutEvidence,
        /// Whether GitLab is collecting some by itself, as the release is new: that is waited for first.
        new_release: bool,
    },
    /// Delete a release; its tag stays.
    DeleteRelease { release: Box<SavedRelease> },
    /// Delete a file from the project's generic package registry, which a release led to that has been deleted.
    DeleteFile(Box<SavedRemoval>),
}

/// What it is that GitLab may not offer evidence.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum SavedWithoutEvidence {
    /// A failure: the manifest requires it.
    Failure,
    /// Nothing: the step is worth an attempt, but no difference.
    Nothing,
}

/// How a step finds a milestone: one of the two is there.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SavedMilestoneHandle {
    /// GitLab's id of it.
    id: Option<u64>,
    /// The number of the step that makes it.
    made_by: Option<usize>,
}

/// What differs in a release's own fields.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SavedReleaseDiff {
    name: Option<SavedChange<String>>,
    description: Option<SavedChange<String>>,
    released_at: Option<SavedChange<String>>,
    /// What GitLab calls the release, if its date changes.
    timing: Option<SavedChange<SavedTiming>>,
    milestones: Option<SavedChange<Vec<String>>>,
}

/// What differs in a milestone.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SavedMilestoneDiff {
    description: Option<SavedChange<String>>,
    start_date: Option<SavedChange<Option<String>>>,
    due_date: Option<SavedChange<Option<String>>>,
    /// `active` or `closed`.
    state: Option<SavedChange<String>>,
}

/// What GitLab calls a release by its dates.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SavedTiming {
    /// Released in the future.
    Upcoming,
    /// Neither.
    Current,
    /// Released before it was made in GitLab.
    Historical,
}

impl SavedAction {
    pub(super) fn new(action: &Action) -> Self {
        match action {
            Action::CreateMilestone(new) => Self::CreateMilestone { milestone: SavedNewMilestone::new(new) },
            Action::UpdateMilestone { milestone, title, diff } => Self::UpdateMilestone {
                milestone: SavedMilestoneHandle::new(milestone),
                title: title.clone(),
                changes: Box::new(SavedMilestoneDiff::new(diff)),
            },
            Action::CreateTag(NewTag { name, git_ref, message }) => {
                Self::CreateTag { tag_name: name.to_string(), git_ref: git_ref.clone(), tag_message: message.clone() }
            }
            Action::CreateRelease { release, timing, milestones } => Self::CreateRelease {
                release: Box::new(SavedNewRelease::new(release)),
                timing: SavedTiming::new(*timing),
                milestone_ids: ids(milestones),
            },
            Action::UpdateRelease { tag_name, diff, milestones } => Self::UpdateRelease {
                tag_name: tag_name.to_string(),
                changes: Box::new(SavedReleaseDiff::new(diff)),
                milestone_ids: ids(milestones),
            },
            Action::CreateLink { tag_name, link } => {
                Self::CreateLink { tag_name: tag_name.to_string(), link: SavedLink::new(link) }
            }
            Action::UpdateLink { tag_name, id: LinkId(link_id), before, after } => Self::UpdateLink {
                tag_name: tag_name.to_string(),
                link_id: *link_id,
                before: SavedLink::new(before),
                after: SavedLink::new(after),
            },
            Action::DeleteLink { tag_name, id: LinkId(link_id), link } => {
                Self::DeleteLink { tag_name: tag_name.to_string(), link_id: *link_id, link: SavedLink::new(link) }
            }
            Action::CollectEvidence { tag_name, else_is, is_new } => Self::CollectEvidence {
                tag_name: tag_name.to_string(),
                else_is: SavedWithoutEvidence::new(*else_is),
                new_release: *is_new,
            },
            Action::DeleteRelease(release) => Self::DeleteRelease { release: Box::new(SavedRelease::new(release)) },
            Action::UploadFile(upload) => Self::UploadFile(Box::new(SavedUpload::new(upload))),
            Action::DeleteFile(removal) => Self::DeleteFile(Box::new(SavedRemoval::new(removal))),
        }
    }

    pub(super) fn read(self) -> Result<Action, Flaw> {
        let tag = |tag_name: String| word::read_tag(&tag_name).at("tag_name");
        Ok(match self {
            Self::CreateMilestone { milestone } => Action::CreateMilestone(milestone.read().at("milestone")?),
            Self::UpdateMilestone { milestone, title, changes } => Action::UpdateMilestone {
                milestone: milestone.read().at("milestone")?,
                title,
                diff: changes.read().at("changes")?,
            },
            Self::CreateTag { tag_name, git_ref, tag_message } => {
                Action::CreateTag(NewTag { name: tag(tag_name)?, git_ref, message: tag_message })
            }
            Self::CreateRelease { release, timing, milestone_ids } => Action::CreateRelease {
                release: release.read().at("release")?,
                timing: timing.read(),
                milestones: read_ids(milestone_ids)?,
            },
            Self::UpdateRelease { tag_name, changes, milestone_ids } => Action::UpdateRelease {
                tag_name: tag(tag_name)?,
                diff: changes.read().at("changes")?,
                milestones: read_ids(milestone_ids)?,
            },
            Self::CreateLink { tag_name, link } => {
                Action::CreateLink { tag_name: tag(tag_name)?, link: link.read().at("link")? }
            }
            Self::UpdateLink { tag_name, link_id, before, after } => Action::UpdateLink {
                tag_name: tag(tag_name)?,
                id: LinkId(link_id),
                before: before.read().at("before")?,
                after: after.read().at("after")?,
            },
            Self::DeleteLink { tag_name, link_id, link } => {
                Action::DeleteLink { tag_name: tag(tag_name)?, id: LinkId(link_id), link: link.read().at("link")? }
            }
            Self::CollectEvidence { tag_name, else_is, new_release } => {
                Action::CollectEvidence { tag_name: tag(tag_name)?, else_is: else_is.read(), is_new: new_release }
            }
            Self::DeleteRelease { release } => Action::DeleteRelease(Arc::new(release.read().at("release")?)),
            Self::UploadFile(upload) => Action::UploadFile(Box::new(upload.read()?)),
            Self::DeleteFile(removal) => Action::DeleteFile(Box::new(removal.read()?)),
        })
    }
}

fn ids(by: &MilestonesBy) -> Option<Vec<SavedMilestoneHandle>> {
    match by {
        MilestonesBy::Title => None,
        MilestonesBy::Id(handles) => Some(handles.iter().map(SavedMilestoneHandle::new).collect()),
    }
}

fn read_ids(handles: Option<Vec<SavedMilestoneHandle>>) -> Result<MilestonesBy, Flaw> {
    match handles {
        None => Ok(MilestonesBy::Title),
        Some(handles) => each("milestone_ids", handles, SavedMilestoneHandle::read).map(MilestonesBy::Id),
    }
}

impl SavedMilestoneHandle {
    fn new(handle: &MilestoneHandle) -> Self {
        match handle {
            MilestoneHandle::Existing(id) => Self { id: Some(id.0), made_by: None },
            MilestoneHandle::CreatedBy(step) => Self { id: None, made_by: Some(step.0 + 1) },
        }
    }

    fn read(self) -> Result<MilestoneHandle, Flaw> {
        let index = |step: usize| step.checked_sub(1).ok_or_else(|| Flaw::new("steps are counted from 1"));
        match self {
            Self { id: Some(id), made_by: None } => Ok(MilestoneHandle::Existing(MilestoneId(id))),
            Self { id: None, made_by: Some(step) } => {
                index(step).at("made_by").map(|index| MilestoneHandle::CreatedBy(StepId(index)))
            }
            Self { id: Some(_), made_by: Some(_) } => Err(Flaw::new("both an id and a step that makes it")),
            Self { id: None, made_by: None } => Err(Flaw::new("neither an id nor a step that makes it")),
        }
    }
}

impl SavedReleaseDiff {
    fn new(ReleaseDiff { name, description, released_at, milestones }: &ReleaseDiff) -> Self {
        Self {
            name: name.as_ref().map(|change| SavedChange::new(change, String::clone)),
            description: description.as_ref().map(|change| SavedChange::new(change, word::text)),
            released_at: released_at.as_ref().map(|change| SavedChange::new(&change.date, word::moment)),
            timing: released_at
                .as_ref()
                .map(|change| SavedChange::new(&change.timing, |timing| SavedTiming::new(*timing))),
            milestones: milestones.as_ref().map(|change| SavedChange::new(change, word::titles)),
        }
    }

    fn read(self) -> Result<ReleaseDiff, Flaw> {
        let Self { name, description, released_at, timing, milestones } = self;
        let date = maybe("released_at", released_at, |change| change.read(|at| word::read_moment(&at)))?;
        let timing = maybe("timing", timing, |change| change.read(|timing| Ok(timing.read())))?;
        Ok(ReleaseDiff {
            name: maybe("name", name, |change| change.read(Ok))?,
            description: maybe("description", description, |change| change.read(|text| word::read_text(&text)))?,
            released_at: match (date, timing) {
                (Some(date), Some(timing)) => Some(ReleasedAtChange { date, timing }),
                (None, None) => None,
                _ => return Err(Flaw::new("`released_at` and `timing` change together").within("timing")),
            },
            milestones: maybe("milestones", milestones, |change| change.read(word::read_titles))?,
        })
    }
}

impl SavedMilestoneDiff {
    /// Takes one.
    #[must_use]
    pub fn new(MilestoneDiff { description, start_date, due_date, state }: &MilestoneDiff) -> Self {
        let date = |date: &Option<jiff::civil::Date>| date.map(|date| date.to_string());
        Self {
            description: description.as_ref().map(|change| SavedChange::new(change, word::text)),
            start_date: start_date.as_ref().map(|change| SavedChange::new(change, date)),
            due_date: due_date.as_ref().map(|change| SavedChange::new(change, date)),
            state: state.as_ref().map(|change| SavedChange::new(change, ToString::to_string)),
        }
    }

    fn read(self) -> Result<MilestoneDiff, Flaw> {
        let Self { description, start_date, due_date, state } = self;
        let date = |date: Option<String>| date.as_deref().map(word::read_date).transpose();
        Ok(MilestoneDiff {
            description: maybe("description", description, |change| change.read(|text| word::read_text(&text)))?,
            start_date: maybe("start_date", start_date, |change| change.read(date))?,
            due_date: maybe("due_date", due_date, |change| change.read(date))?,
            state: maybe("state", state, |change| change.read(|state| word::read_state(&state)))?,
        })
    }
}

impl SavedTiming {
    /// Takes one.
    #[must_use]
    pub fn new(timing: Timing) -> Self {
        match timing {
            Timing::Upcoming => Self::Upcoming,
            Timing::Current => Self::Current,
            Timing::Historical => Self::Historical,
        }
    }

    fn read(self) -> Timing {
        match self {
            Self::Upcoming => Timing::Upcoming,
            Self::Current => Timing::Current,
            Self::Historical => Timing::Historical,
        }
    }
}

impl SavedWithoutEvidence {
    fn new(else_is: WithoutEvidence) -> Self {
        match else_is {
            WithoutEvidence::Failure => Self::Failure,
            WithoutEvidence::Nothing => Self::Nothing,
        }
    }

    fn read(self) -> WithoutEvidence {
        match self {
            Self::Failure => WithoutEvidence::Failure,
            Self::Nothing => WithoutEvidence::Nothing,
        }
    }
}
