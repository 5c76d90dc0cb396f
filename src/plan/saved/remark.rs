//! What a plan says about its steps, as a saved plan writes it: reasons, refusals, notes.

use super::file::{SavedKept, SavedShared};
use super::flaw::{At, Flaw, each, shown};
use super::word;
use crate::model::{Place, TagName};
use crate::plan::{Cause, Note, Reason, Refusal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// One reason for a step.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SavedReason {
    /// What is not as wished.
    cause: SavedCause,
    /// The manifest's file in which the wish is written, if it is written anywhere.
    file: Option<String>,
    /// The line in it, from 1.
    line: Option<u32>,
}

/// What is not as wished.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum SavedCause {
    /// It is wished for, and not there.
    Missing {},
    /// It is there, but for this field.
    Differs { field: String },
    /// It is there, but its release's entry does not list it.
    NotListed {},
    /// It has to make room for another one first.
    InTheWay {},
    /// The release's git tag is gone.
    TagGone {},
    /// A release names it.
    NamedBy { tag_name: String },
    /// No entry names it, and the policy wants such releases gone.
    Unmanaged {},
}

impl SavedReason {
    pub(super) fn new(Reason { cause, place }: &Reason, files: &[String]) -> Self {
        let cause = match cause {
            Cause::Missing => SavedCause::Missing {},
            Cause::Differs(field) => SavedCause::Differs { field: field.as_str().to_owned() },
            Cause::NotListed => SavedCause::NotListed {},
            Cause::InTheWay => SavedCause::InTheWay {},
            Cause::TagGone => SavedCause::TagGone {},
            Cause::NamedBy(tag) => SavedCause::NamedBy { tag_name: tag.to_string() },
            Cause::Unmanaged => SavedCause::Unmanaged {},
        };
        let file = place.and_then(|place| files.get(place.file as usize)).cloned();
        Self { cause, line: place.filter(|_| file.is_some()).map(|place| place.line), file }
    }

    /// `files` are the plan's, by name.
    pub(super) fn read(self, files: &HashMap<&str, u32>) -> Result<Reason, Flaw> {
        let Self { cause, file, line } = self;
        let place = match (file, line) {
            (None, None) => None,
            (Some(file), Some(line)) => match files.get(file.as_str()) {
                Some(file) => Some(Place { file: *file, line }),
                None => return Err(Flaw::new(format!("`{}` is not among the files", shown(&file))).within("file")),
            },
            _ => return Err(Flaw::new("`file` and `line` go together").within("line")),
        };
        Ok(Reason { cause: cause.read().at("cause")?, place })
    }
}

impl SavedCause {
    fn read(self) -> Result<Cause, Flaw> {
        Ok(match self {
            Self::Missing {} => Cause::Missing,
            Self::Differs { field } => Cause::Differs(word::read_field(&field).at("field")?),
            Self::NotListed {} => Cause::NotListed,
            Self::InTheWay {} => Cause::InTheWay,
            Self::TagGone {} => Cause::TagGone,
            Self::NamedBy { tag_name } => Cause::NamedBy(word::read_tag(&tag_name).at("tag_name")?),
            Self::Unmanaged {} => Cause::Unmanaged,
        })
    }
}

/// Why a plan must not be applied.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum SavedRefusal {
    /// The policy wants unmanaged releases deleted, and the manifest names none to keep.
    EmptyManifestDeletes { deletes: usize },
    /// More deletes than allowed.
    TooManyDeletes {
        deletes: usize,
        allowed: u64,
        /// The limit as written: a number, or a percentage.
        limit: String,
        /// How many live releases are the manifest's business.
        managed: usize,
    },
    /// A release's tag is missing, and nothing says what to tag.
    MissingTag { tag_name: String },
    /// A release's tag is gone, without which GitLab changes nothing about it.
    LostTag {
        tag_name: String,
        /// Whether there is a `ref`, but a CI job token can't make the tag again.
        by_job_token: bool,
    },
    /// A milestone's title that exists nowhere.
    MissingMilestone {
        title: String,
        /// The first release that names it.
        tag_name: String,
        /// Whether a group further up has it, which releases can't name.
        of_ancestor: bool,
    },
    /// A milestone's title that both the project and its group have.
    AmbiguousMilestone { title: String, project: String, group: String },
    /// A milestone that has to go by its id, which a CI job token can't read.
    MilestoneById { title: String, tag_name: String },
    /// A milestone would end before it starts.
    MilestoneDates { title: String, start_date: String, due_date: String },
    /// A declared milestone is a group's.
    GroupMilestone { title: String },
    /// Milestones are declared, and a CI job token can't read them.
    MilestonesUnreadable {},
    /// Evidence is required for a historical release.
    NoEvidence { tag_name: String },
}

impl SavedRefusal {
    pub(super) fn new(refusal: &Refusal) -> Self {
        match refusal {
            Refusal::EmptyManifestDeletes { deletes } => Self::EmptyManifestDeletes { deletes: *deletes },
            Refusal::TooManyDeletes { deletes, allowed, limit, managed } => Self::TooManyDeletes {
                deletes: *deletes,
                allowed: *allowed,
                limit: word::limit(*limit),
                managed: *managed,
            },
            Refusal::MissingTag(tag) => Self::MissingTag { tag_name: tag.to_string() },
            Refusal::LostTag { tag_name, by_job_token } => {
                Self::LostTag { tag_name: tag_name.to_string(), by_job_token: *by_job_token }
            }
            Refusal::MissingMilestone { title, tag_name, of_ancestor } => Self::MissingMilestone {
                title: title.clone(),
                tag_name: tag_name.to_string(),
                of_ancestor: *of_ancestor,
            },
            Refusal::AmbiguousMilestone { title, project, group } => {
                Self::AmbiguousMilestone { title: title.clone(), project: project.clone(), group: group.clone() }
            }
            Refusal::MilestoneById { title, tag_name } => {
                Self::MilestoneById { title: title.clone(), tag_name: tag_name.to_string() }
            }
            Refusal::MilestoneDates { title, start, due } => {
                Self::MilestoneDates { title: title.clone(), start_date: start.to_string(), due_date: due.to_string() }
            }
            Refusal::GroupMilestone(title) => Self::GroupMilestone { title: title.clone() },
            Refusal::MilestonesUnreadable => Self::MilestonesUnreadable {},
            Refusal::NoEvidence(tag) => Self::NoEvidence { tag_name: tag.to_string() },
        }
    }

    pub(super) fn read(self) -> Result<Refusal, Flaw> {
        let tag = |tag_name: String| word::read_tag(&tag_name).at("tag_name");
        Ok(match self {
            Self::EmptyManifestDeletes { deletes } => {
                Refusal::EmptyManifestDeletes { deletes: word::read_count(deletes).at("deletes")? }
            }
            Self::TooManyDeletes { deletes, allowed, limit, managed } => Refusal::TooManyDeletes {
                deletes: word::read_count(deletes).at("deletes")?,
                allowed,
                limit: word::read_limit(&limit).at("limit")?,
                managed: word::read_count(managed).at("managed")?,
            },
            Self::MissingTag { tag_name } => Refusal::MissingTag(tag(tag_name)?),
            Self::LostTag { tag_name, by_job_token } => Refusal::LostTag { tag_name: tag(tag_name)?, by_job_token },
            Self::MissingMilestone { title, tag_name, of_ancestor } => {
                Refusal::MissingMilestone { title, tag_name: tag(tag_name)?, of_ancestor }
            }
            Self::AmbiguousMilestone { title, project, group } => Refusal::AmbiguousMilestone { title, project, group },
            Self::MilestoneById { title, tag_name } => Refusal::MilestoneById { title, tag_name: tag(tag_name)? },
            Self::MilestoneDates { title, start_date, due_date } => Refusal::MilestoneDates {
                title,
                start: word::read_date(&start_date).at("start_date")?,
                due: word::read_date(&due_date).at("due_date")?,
            },
            Self::GroupMilestone { title } => Refusal::GroupMilestone(title),
            Self::MilestonesUnreadable {} => Refusal::MilestonesUnreadable,
            Self::NoEvidence { tag_name } => Refusal::NoEvidence(tag(tag_name)?),
        })
    }
}

/// What a person should know before saying yes.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum SavedNote {
    /// Tags will be made, which may start pipelines.
    TagsMade { tag_names: Vec<String> },
    /// GitLab mails everybody who watches the project's releases.
    Announced { tag_names: Vec<String> },
    /// Historical releases, for which GitLab collects no evidence.
    NoEvidence { tag_names: Vec<String> },
    /// Releases whose evidence is asked for, though its lack is no difference.
    EvidenceTried { tag_names: Vec<String> },
    /// New releases whose date has passed in the last days, which makes them historical.
    DatePassed { tag_names: Vec<String> },
    /// A new release has the same notes as one that no entry names.
    Renamed {
        from: String,
        to: String,
        /// Whether the old one is to be deleted.
        deleted: bool,
    },
    /// Links that keep their name or path, but lead elsewhere.
    LinksMoved { links: usize, tag_names: Vec<String> },
    /// Releases of which a link bears a temporary value between two requests.
    LinksInBetween { tag_names: Vec<String> },
    /// Releases that lose links to files which stay in the package registry.
    FilesUnlinked { tag_names: Vec<String> },
    /// Protected tags among those to be written to.
    ProtectedTags { tag_names: Vec<String> },
    /// Releases that can't be deleted, as their git tags are gone.
    LeftBehind { tag_names: Vec<String> },
    /// Releases that the policy would have deleted, but protects.
    Kept { tag_names: Vec<String> },
    /// Releases that are deleted, but whose files stay in the package registry.
    FilesStay { tag_names: Vec<String> },
    /// Files that would be deleted with releases, but that others link to.
    FilesKept { files: Vec<SavedKept> },
    /// Files of the disk that several releases take, one for each entry of the manifest that does so.
    FilesShared { files: Vec<SavedShared> },
    /// A CI job token can't read milestones: their titles go through unchecked.
    MilestonesUnchecked {},
    /// So many releases' milestones were judged by GitLab's list, which may be five minutes old.
    ListAge { releases: usize },
}

impl SavedNote {
    pub(super) fn new(note: &Note) -> Self {
        let names = |tags: &[TagName]| tags.iter().map(ToString::to_string).collect();
        match note {
            Note::TagsMade(tags) => Self::TagsMade { tag_names: names(tags) },
            Note::Announced(tags) => Self::Announced { tag_names: names(tags) },
            Note::NoEvidence(tags) => Self::NoEvidence { tag_names: names(tags) },
            Note::EvidenceTried(tags) => Self::EvidenceTried { tag_names: names(tags) },
            Note::DatePassed(tags) => Self::DatePassed { tag_names: names(tags) },
            Note::Renamed { from, to, deleted } => {
                Self::Renamed { from: from.to_string(), to: to.to_string(), deleted: *deleted }
            }
            Note::LinksMoved { links, releases } => Self::LinksMoved { links: *links, tag_names: names(releases) },
            Note::LinksInBetween(tags) => Self::LinksInBetween { tag_names: names(tags) },
            Note::FilesUnlinked(tags) => Self::FilesUnlinked { tag_names: names(tags) },
            Note::ProtectedTags(tags) => Self::ProtectedTags { tag_names: names(tags) },
            Note::LeftBehind(tags) => Self::LeftBehind { tag_names: names(tags) },
            Note::Kept(tags) => Self::Kept { tag_names: names(tags) },
            Note::FilesStay(tags) => Self::FilesStay { tag_names: names(tags) },
            Note::FilesKept(files) => Self::FilesKept { files: files.iter().map(SavedKept::new).collect() },
            Note::FilesShared(files) => Self::FilesShared { files: files.iter().map(SavedShared::new).collect() },
            Note::MilestonesUnchecked => Self::MilestonesUnchecked {},
            Note::ListAge(releases) => Self::ListAge { releases: *releases },
        }
    }
    pub(super) fn read(self) -> Result<Note, Flaw> {
        let tags = |tag_names| word::read_tags("tag_names", tag_names);
        Ok(match self {
            Self::TagsMade { tag_names } => Note::TagsMade(tags(tag_names)?),
            Self::Announced { tag_names } => Note::Announced(tags(tag_names)?),
            Self::NoEvidence { tag_names } => Note::NoEvidence(tags(tag_names)?),
            Self::EvidenceTried { tag_names } => Note::EvidenceTried(tags(tag_names)?),
            Self::DatePassed { tag_names } => Note::DatePassed(tags(tag_names)?),
            Self::Renamed { from, to, deleted } => {
                let (from, to) = (word::read_tag(&from).at("from")?, word::read_tag(&to).at("to")?);
                Note::Renamed { from, to, deleted }
            }
            Self::LinksMoved { links, tag_names } => {
                Note::LinksMoved { links: word::read_count(links).at("links")?, releases: tags(tag_names)? }
            }
            Self::LinksInBetween { tag_names } => Note::LinksInBetween(tags(tag_names)?),
            Self::FilesUnlinked { tag_names } => Note::FilesUnlinked(tags(tag_names)?),
            Self::ProtectedTags { tag_names } => Note::ProtectedTags(tags(tag_names)?),
            Self::LeftBehind { tag_names } => Note::LeftBehind(tags(tag_names)?),
            Self::Kept { tag_names } => Note::Kept(tags(tag_names)?),
            Self::FilesStay { tag_names } => Note::FilesStay(tags(tag_names)?),
            Self::FilesKept { files } => Note::FilesKept(each("files", files, SavedKept::read)?),
            Self::FilesShared { files } => Note::FilesShared(each("files", files, SavedShared::read)?),
            Self::MilestonesUnchecked {} => Note::MilestonesUnchecked,
            Self::ListAge { releases } => Note::ListAge(word::read_count(releases).at("releases")?),
        })
    }
}
