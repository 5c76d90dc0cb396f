//! One request of a plan.

use super::{MilestoneDiff, Reason, ReleaseDiff, Timing};
use crate::model::{
    FileSource, Link, LinkId, MilestoneId, NewMilestone, NewRelease, NewTag, PackageFileId, PackageId, PackagePlace,
    Release, Sha256, TagName,
};
use std::sync::Arc;

/// A step's place in its plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StepId(pub usize);

/// One request, and what has to succeed first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What to do.
    pub action: Action,
    /// Steps that come earlier in the plan and have to succeed first, besides what [`Action::stage`] asks for.
    pub needs: Vec<StepId>,
    /// Why it is there.
    pub reasons: Vec<Reason>,
}

/// What one request does, with what was there before where something was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Make a project milestone.
    CreateMilestone(NewMilestone),
    /// Make again the tag that a release has lost.
    CreateTag(NewTag),
    /// Put a file into the project's generic package registry.
    UploadFile(Box<Upload>),
    /// Make a release, its links and, from `git_ref`, its tag.
    CreateRelease {
        /// All of it.
        release: NewRelease,
        /// What GitLab will call it.
        timing: Timing,
        /// How its milestones are named.
        milestones: MilestonesBy,
    },
    /// Change a release's own fields.
    UpdateRelease {
        /// Which.
        tag_name: TagName,
        /// Only what differs.
        diff: ReleaseDiff,
        /// How its milestones are named, if they differ.
        milestones: MilestonesBy,
    },
    /// Take a link off a release.
    DeleteLink {
        /// Whose.
        tag_name: TagName,
        /// Which.
        id: LinkId,
        /// What it says.
        link: Link,
    },
    /// Change a link in place.
    UpdateLink {
        /// Whose.
        tag_name: TagName,
        /// Which.
        id: LinkId,
        /// What it says.
        before: Link,
        /// What it will say, whole: GitLab resets what is left out.
        after: Link,
    },
    /// Add a link to a release.
    CreateLink {
        /// Whose.
        tag_name: TagName,
        /// What it will say.
        link: Link,
    },
    /// Change, close or reopen a project milestone.
    UpdateMilestone {
        /// Which.
        milestone: MilestoneHandle,
        /// What it is called.
        title: String,
        /// Only what differs.
        diff: MilestoneDiff,
    },
    /// Have GitLab collect evidence for a release that has none.
    CollectEvidence {
        /// Which.
        tag_name: TagName,
        /// What it is if GitLab's tier has no evidence.
        else_is: WithoutEvidence,
        /// Whether GitLab is collecting some by itself, as the release is new: that is waited for first.
        is_new: bool,
    },
    /// Delete a release that no entry names; its tag stays.
    DeleteRelease(Arc<Release>),
    /// Delete a file from the project's generic package registry, which a release led to that has been deleted.
    DeleteFile(Box<Removal>),
}

/// A file to be uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// For which release.
    pub tag_name: TagName,
    /// Whether that is to be made afterwards.
    pub is_new: bool,
    /// Where it goes.
    pub place: PackagePlace,
    /// What its bytes are.
    pub source: FileSource,
    /// How many there are.
    pub size: u64,
    /// Their digest.
    pub sha256: Sha256,
    /// Size and digest of what GitLab has there. It stays in the package; but downloads get the newer one.
    pub before: Option<(u64, Option<Sha256>)>,
}

impl Upload {
    /// Whether it is the list of the checksums of the release's other files.
    #[must_use]
    pub fn is_list(&self) -> bool {
        matches!(self.source, FileSource::Text(_))
    }
}

/// A file that is in the registry already, of a release that is made or whose links or files change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PresentFile {
    /// Of which release.
    pub tag_name: TagName,
    /// Where it is.
    pub place: PackagePlace,
    /// What its bytes are.
    pub source: FileSource,
    /// How many there are.
    pub size: u64,
    /// Their digest.
    pub sha256: Sha256,
}

/// A file to be deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    /// The release that led to it.
    pub tag_name: TagName,
    /// Where it is.
    pub place: PackagePlace,
    /// GitLab's id of the package.
    pub package: PackageId,
    /// GitLab's id of the file.
    pub file: PackageFileId,
    /// How many bytes it has.
    pub size: u64,
}

/// What it is that GitLab may not offer evidence: nothing but the attempt tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WithoutEvidence {
    /// A failure: the manifest requires it.
    Failure,
    /// Nothing: the manifest wants it where it can be had. So the lack of it does not make GitLab differ from the manifest, not
    /// even if other releases have some: GitLab may have had another tier then.
    Nothing,
}

/// How a request names a release's milestones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MilestonesBy {
    /// By their titles, which every GitLab takes.
    Title,
    /// By their ids, as GitLab takes a title apart at its commas.
    Id(Vec<MilestoneHandle>),
}

/// How a step finds a milestone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MilestoneHandle {
    /// It was there when the plan was made.
    Existing(MilestoneId),
    /// An earlier step makes it, and only then is its id known.
    CreatedBy(StepId),
}

/// Nothing is removed in a run that went wrong: removals wait until everything else has succeeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Puts things in place.
    Build,
    /// Starts only when every step of [`Stage::Build`] has succeeded.
    Remove,
}

impl Action {
    /// The stage it belongs to. Deleted links belong to [`Stage::Build`]: they make room for others.
    #[must_use]
    pub fn stage(&self) -> Stage {
        match self {
            Self::CreateMilestone(_)
            | Self::CreateTag(_)
            | Self::UploadFile(_)
            | Self::CreateRelease { .. }
            | Self::UpdateRelease { .. }
            | Self::DeleteLink { .. }
            | Self::UpdateLink { .. }
            | Self::CreateLink { .. }
            | Self::CollectEvidence { .. }
            | Self::UpdateMilestone { .. } => Stage::Build,
            Self::DeleteRelease(_) | Self::DeleteFile(_) => Stage::Remove,
        }
    }

    /// Whether it makes up for a difference, rather than being worth an attempt.
    #[must_use]
    pub fn is_difference(&self) -> bool {
        !matches!(self, Self::CollectEvidence { else_is: WithoutEvidence::Nothing, .. })
    }

    /// The release it is about, if it is about one.
    #[must_use]
    pub fn tag_name(&self) -> Option<&TagName> {
        match self {
            Self::CreateMilestone(_) | Self::UpdateMilestone { .. } => None,
            Self::CreateTag(tag) => Some(&tag.name),
            Self::UploadFile(upload) => Some(&upload.tag_name),
            Self::DeleteFile(removal) => Some(&removal.tag_name),
            Self::CreateRelease { release, .. } => Some(&release.tag_name),
            Self::CollectEvidence { tag_name, .. }
            | Self::UpdateRelease { tag_name, .. }
            | Self::DeleteLink { tag_name, .. }
            | Self::UpdateLink { tag_name, .. }
            | Self::CreateLink { tag_name, .. } => Some(tag_name),
            Self::DeleteRelease(release) => Some(&release.tag_name),
        }
    }
}
