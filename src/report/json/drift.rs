//! A run of `drift` for machines: what differs, field by field, with its value on each side.

use super::{REPORT_FORMAT, SavedListed, Unread};
use crate::model::TagName;
use crate::plan::{Clash, Difference, Drift, SavedLink, SavedProject, Subject, Value, saved_url};
use crate::report::drift::{self, Base, DriftRun, ProjectDrift, Touched};
use schemars::JsonSchema;
use serde::Serialize;

/// A report on drift: what somebody changed in the releases of one or more GitLab projects behind the manifest's back.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct DriftReport {
    /// The version of this format. Another one may mean something else by the same keys.
    #[schemars(extend("const" = REPORT_FORMAT))]
    format: u32,
    /// The version of relsync that made the report.
    relsync: String,
    /// The command that it is of.
    command: DriftCommand,
    /// When the run began.
    began_at: String,
    /// What was found in all projects together.
    counts: SavedDriftCounts,
    /// The projects that could be read, in the order of the manifests.
    projects: Vec<SavedProjectDrift>,
    /// The projects that could not be read. If there are any, the report is not the whole truth.
    unread: Vec<Unread>,
}

/// The command of a report on drift.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum DriftCommand {
    /// What somebody did behind the manifest's back.
    Drift,
}

/// The drift of one project.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct SavedProjectDrift {
    /// The address of its GitLab; `sandbox` is the embedded one.
    url: String,
    /// The project.
    project: SavedProject,
    /// The commit that the manifest here was held against, too. Null without `--base`: then all differences are drift.
    base: Option<SavedBase>,
    /// What was found.
    counts: SavedDriftCounts,
    /// Where GitLab is not as the base says; without a base, as the manifest says.
    drift: Vec<SavedDifference>,
    /// Where the manifest here says other than its base: what applying it will change, once there is no drift. Here,
    /// `in_gitlab` is what GitLab has once the base is in place.
    change: Vec<SavedDifference>,
    /// What both somebody in GitLab and the manifest here have changed, to different ends.
    conflicts: Vec<SavedClash>,
    /// Tags of the releases that no entry names, and that are let be.
    unmanaged: Vec<String>,
    /// Whether milestones were declared, and could not be looked at.
    milestones_unread: bool,
    /// Tags of the releases whose links to files were not looked at: their files are not all here, or not known of a base.
    files_unknown: Vec<String>,
    /// Every release that the project has, the latest first.
    releases: Vec<SavedListed>,
}

/// A commit, and the manifest in it.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct SavedBase {
    /// As it was asked for, such as `origin/main`; an id is shortened.
    #[serde(rename = "ref")]
    name: String,
    /// Its id.
    commit: String,
    /// The manifest there, such as `origin/main:releases.toml`.
    manifest: String,
    /// Whether there is one. If not, there can be no drift.
    manifest_exists: bool,
}

/// How much was found.
#[derive(Clone, Copy, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct SavedDriftCounts {
    /// What is not as it should be.
    drift: SavedTouched,
    /// What the manifest here will change.
    change: SavedTouched,
    /// Conflicts.
    conflicts: usize,
    /// Releases that no entry names, and that are let be.
    unmanaged: usize,
    /// Releases that are as they should be, as far as they were looked at.
    as_said: usize,
    /// Releases whose links to files were not looked at.
    files_unknown: usize,
    /// Releases that are not as they should be, but were left out by `--only` or `--ignore`.
    left_out: usize,
}

/// How many things differ.
#[derive(Clone, Copy, Default, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct SavedTouched {
    /// Releases, with their links.
    releases: usize,
    /// Milestones.
    milestones: usize,
}

/// One thing that differs.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct SavedDifference {
    /// Of what.
    subject: SavedSubject,
    /// In which field, by the API's name; `tag` is a release's git tag, `evidence` whether it has any, `content` what is in the
    /// file that a link leads to. Null is all of it: one
    /// side has it, and the other has not.
    field: Option<String>,
    /// What GitLab has.
    in_gitlab: SavedValue,
    /// What the manifest wants there.
    in_manifest: SavedValue,
}

/// One thing that is different in all three.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct SavedClash {
    /// Of what.
    subject: SavedSubject,
    /// In which field, as in a difference.
    field: Option<String>,
    /// What the manifest wants there in the base.
    in_base: SavedValue,
    /// What GitLab has.
    in_gitlab: SavedValue,
    /// What the manifest here wants.
    in_manifest: SavedValue,
}

/// What a difference is about.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schemars(deny_unknown_fields)]
enum SavedSubject {
    /// A release.
    Release { tag_name: String },
    /// A link of a release.
    Link {
        tag_name: String,
        /// As the manifest, or the base if there is one, calls it; where that has it not, as GitLab does.
        name: String,
    },
    /// A milestone.
    Milestone { title: String },
}

/// What one side has, in the shape in which a plan writes such a value.
// Nothing ever has to tell its variants apart: that is written only, and whoever reads it knows the field.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
enum SavedValue {
    /// Nothing: it is not there, or the field is empty.
    Nothing(()),
    /// It is there.
    There(bool),
    /// A name, url, path, text, time, date, type or state.
    Text(String),
    /// Titles of milestones.
    Titles(Vec<String>),
    /// What is in a file.
    Content(SavedContent),
    /// A whole link.
    Link(SavedLink),
}

/// What is in a file.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct SavedContent {
    /// How many bytes.
    size: u64,
    /// Their digest; null, if GitLab does not know it.
    sha256: Option<String>,
}

impl DriftReport {
    pub(super) fn new(DriftRun { now, projects, unread }: &DriftRun<'_>) -> Self {
        let counts = projects.iter().map(|project| SavedDriftCounts::new(project.drift));
        Self {
            format: REPORT_FORMAT,
            relsync: env!("CARGO_PKG_VERSION").to_owned(),
            command: DriftCommand::Drift,
            began_at: now.to_string(),
            counts: counts.reduce(SavedDriftCounts::and).unwrap_or_default(),
            projects: projects.iter().map(SavedProjectDrift::new).collect(),
            unread: Unread::all(unread),
        }
    }
}

impl SavedProjectDrift {
    fn new(ProjectDrift { gitlab, drift, base, releases }: &ProjectDrift<'_>) -> Self {
        let Drift { project, drift: found, change, clashes, unmanaged, .. } = drift;
        let Drift { as_said: _, left_out: _, milestones_unread, files_unknown, .. } = drift;
        Self {
            url: saved_url(gitlab.as_deref()),
            project: SavedProject::new(project, gitlab.is_some()),
            base: base.as_ref().map(SavedBase::new),
            counts: SavedDriftCounts::new(drift),
            drift: found.iter().map(SavedDifference::new).collect(),
            change: change.iter().map(SavedDifference::new).collect(),
            conflicts: clashes.iter().map(SavedClash::new).collect(),
            unmanaged: unmanaged.iter().map(TagName::to_string).collect(),
            milestones_unread: *milestones_unread,
            files_unknown: files_unknown.iter().map(TagName::to_string).collect(),
            releases: releases.iter().map(SavedListed::new).collect(),
        }
    }
}

impl SavedBase {
    fn new(Base { name, commit, manifest, is_there }: &Base<'_>) -> Self {
        let [name, commit, manifest] = [name, commit, manifest].map(|text| (*text).to_owned());
        Self { name, commit, manifest, manifest_exists: *is_there }
    }
}

impl SavedDriftCounts {
    fn new(drift: &Drift) -> Self {
        Self {
            drift: SavedTouched::new(Touched::of(&drift.drift)),
            change: SavedTouched::new(Touched::of(&drift.change)),
            conflicts: drift.clashes.len(),
            unmanaged: drift.unmanaged.len(),
            as_said: drift.as_said,
            files_unknown: drift.files_unknown.len(),
            left_out: drift.left_out,
        }
    }

    /// Both together.
    fn and(self, other: Self) -> Self {
        Self {
            drift: self.drift.and(other.drift),
            change: self.change.and(other.change),
            conflicts: self.conflicts + other.conflicts,
            unmanaged: self.unmanaged + other.unmanaged,
            as_said: self.as_said + other.as_said,
            files_unknown: self.files_unknown + other.files_unknown,
            left_out: self.left_out + other.left_out,
        }
    }
}

impl SavedTouched {
    fn new(Touched { releases, milestones }: Touched) -> Self {
        Self { releases, milestones }
    }

    fn and(self, other: Self) -> Self {
        Self { releases: self.releases + other.releases, milestones: self.milestones + other.milestones }
    }
}

impl SavedDifference {
    fn new(Difference { subject, aspect, live, wished }: &Difference) -> Self {
        Self {
            subject: SavedSubject::new(subject),
            field: drift::field(*aspect).map(str::to_owned),
            in_gitlab: SavedValue::new(live),
            in_manifest: SavedValue::new(wished),
        }
    }
}

impl SavedClash {
    fn new(Clash { subject, aspect, base, live, here }: &Clash) -> Self {
        Self {
            subject: SavedSubject::new(subject),
            field: drift::field(*aspect).map(str::to_owned),
            in_base: SavedValue::new(base),
            in_gitlab: SavedValue::new(live),
            in_manifest: SavedValue::new(here),
        }
    }
}

impl SavedSubject {
    fn new(subject: &Subject) -> Self {
        match subject {
            Subject::Release(tag_name) => Self::Release { tag_name: tag_name.to_string() },
            Subject::Link { tag_name, name } => Self::Link { tag_name: tag_name.to_string(), name: name.clone() },
            Subject::Milestone(title) => Self::Milestone { title: title.clone() },
        }
    }
}

impl SavedValue {
    fn new(value: &Value) -> Self {
        let text = |text: Option<String>| text.map_or(Self::Nothing(()), Self::Text);
        match value {
            Value::Absent => Self::Nothing(()),
            Value::Present => Self::There(true),
            Value::Link(link) => Self::Link(SavedLink::new(link)),
            Value::Content(size, sha256) => {
                Self::Content(SavedContent { size: *size, sha256: sha256.map(|sha256| sha256.to_string()) })
            }
            Value::Text(text) => Self::Text(text.clone()),
            Value::Notes(notes) => Self::Text(notes.as_str().to_owned()),
            Value::Moment(at) => Self::Text(at.to_string()),
            Value::Titles(titles) => Self::Titles(titles.iter().cloned().collect()),
            Value::Date(date) => text(date.map(|date| date.to_string())),
            Value::State(state) => Self::Text(state.to_string()),
            Value::Path(path) => text(path.as_ref().map(ToString::to_string)),
            Value::LinkType(link_type) => Self::Text(link_type.to_string()),
        }
    }
}
