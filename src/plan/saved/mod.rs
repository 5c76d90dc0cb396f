//! The saved plan: what `plan --out` writes and `apply PLAN` reads, as JSON that other tools may read.
//!
//! Its types are apart from those that the planner works with, so that the format changes only when somebody means it
//! to: [`FORMAT`] counts its versions, and `schema/plan.schema.json` is made from these types. It holds no secret: a
//! plan knows none. The doc comments here are what that schema says.
//!
//! Writing is here, in each type's `new`. Reading ([`ReadPlan`]) goes the other way, in each type's `read`, and takes
//! nothing that would not be written just so.

mod action;
mod address;
mod check;
mod digest;
mod file;
mod flaw;
mod read;
mod remark;
mod value;
mod word;

pub use address::Address;
pub use digest::{Digest, DigestError};
pub use read::{ReadError, ReadPlan};

use super::{Action, Plan, Stage};
use crate::model::Moment;
pub use action::{SavedMilestoneDiff, SavedTiming};
pub use value::{SavedLink, SavedProject, SavedRelease};

use action::SavedAction;
use file::SavedPresentFile;
use remark::{SavedNote, SavedReason, SavedRefusal};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use serde::{Deserialize, Serialize};

/// The format's version. A reader that does not know it must not read on.
pub const FORMAT: u32 = 1;

/// A plan of relsync's: what `apply` would do to the releases of one or more GitLab projects, and why.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "relsync plan")]
pub struct SavedPlan {
    /// The version of this format. Another one may mean something else by the same keys.
    #[schemars(extend("const" = FORMAT))]
    format: u32,
    /// The version of relsync that made the plan.
    relsync: String,
    /// When it was made.
    created_at: String,
    /// `sha256:` and the hexadecimal SHA-256 of `projects` as compact JSON: the same for the same plan, whenever it is
    /// made.
    digest: String,
    /// The plan of each project, in the order of the manifests.
    projects: Vec<SavedProjectPlan>,
}

/// The plan of one project.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SavedProjectPlan {
    /// The address of its GitLab; `sandbox` is the embedded one.
    url: String,
    /// The project.
    project: SavedProject,
    /// The manifest's files, the manifest itself first.
    files: Vec<String>,
    /// Every request that `apply` will make, in an order in which each comes after those it needs.
    steps: Vec<SavedStep>,
    /// Why the plan must not be applied; empty if it may.
    refusals: Vec<SavedRefusal>,
    /// What a person should know before saying yes.
    notes: Vec<SavedNote>,
    /// Tags of the releases that no entry names, where the policy wants them reported.
    unmanaged: Vec<String>,
    /// How many releases of the manifest are as wished already.
    unchanged: usize,
    /// How many are not, but were left out by `--only` or `--ignore`.
    left_out: usize,
    /// The releases that the plan changes or deletes, as they were when it was made.
    before: Vec<SavedRelease>,
    /// Files that are not uploaded, as GitLab has them already, of releases that are made or whose links or files change.
    present_files: Vec<SavedPresentFile>,
}

/// One request.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SavedStep {
    /// Its number, from 1.
    id: usize,
    /// When its turn is: `remove` only once every step of the stage `build` has succeeded.
    stage: SavedStage,
    /// The numbers of the steps that have to succeed first, besides what its stage asks for.
    needs: Vec<usize>,
    /// Why it is there.
    reasons: Vec<SavedReason>,
    /// What it does.
    action: SavedAction,
}

/// When a step's turn is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum SavedStage {
    /// Puts things in place.
    Build,
    /// Starts only when all that is to be put in place is there.
    Remove,
}

impl SavedStage {
    fn of(action: &Action) -> Self {
        match action.stage() {
            Stage::Build => Self::Build,
            Stage::Remove => Self::Remove,
        }
    }
}

impl SavedPlan {
    /// Takes the plans of projects, each with its GitLab, made at `now`.
    #[must_use]
    pub fn new<'p>(plans: impl IntoIterator<Item = (Address, &'p Plan)>, now: Moment) -> Self {
        let projects = plans.into_iter().map(|(gitlab, plan)| {
            let url = matches!(gitlab, Address::Gitlab(_)).then(|| gitlab.to_string());
            SavedProjectPlan::new(url.as_deref(), plan)
        });
        let projects: Vec<_> = projects.collect();
        Self {
            format: FORMAT,
            relsync: env!("CARGO_PKG_VERSION").to_owned(),
            created_at: now.to_string(),
            digest: digest(&projects).to_string(),
            projects,
        }
    }

    /// The digest of its content.
    #[must_use]
    pub fn digest(&self) -> Digest {
        digest(&self.projects)
    }

    /// The file's text, which ends in a newline.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}

fn digest(projects: &[SavedProjectPlan]) -> Digest {
    // Values like these always have a JSON.
    Digest::of(&serde_json::to_vec(projects).unwrap_or_default())
}

impl SavedProjectPlan {
    /// Takes the plan for a project of the GitLab at `url`; `None` is the embedded one.
    #[must_use]
    pub fn new(url: Option<&str>, plan: &Plan) -> Self {
        let Plan { project, files, steps, refusals, notes, unmanaged, unchanged, left_out, before, present } = plan;
        let step = |(index, step): (usize, &super::Step)| SavedStep {
            id: index + 1,
            stage: SavedStage::of(&step.action),
            needs: step.needs.iter().map(|need| need.0 + 1).collect(),
            reasons: step.reasons.iter().map(|reason| SavedReason::new(reason, files)).collect(),
            action: SavedAction::new(&step.action),
        };
        Self {
            url: saved_url(url),
            project: SavedProject::new(project, url.is_some()),
            files: files.clone(),
            steps: steps.iter().enumerate().map(step).collect(),
            refusals: refusals.iter().map(SavedRefusal::new).collect(),
            notes: notes.iter().map(SavedNote::new).collect(),
            unmanaged: unmanaged.iter().map(ToString::to_string).collect(),
            unchanged: *unchanged,
            left_out: *left_out,
            before: before.iter().map(|release| SavedRelease::new(release)).collect(),
            present_files: present.iter().map(SavedPresentFile::new).collect(),
        }
    }
}

/// The address of a GitLab as it is written; `None` is the embedded one.
#[must_use]
pub fn saved_url(url: Option<&str>) -> String {
    url.map_or_else(|| Address::Sandbox.to_string(), str::to_owned)
}

/// The JSON Schema of the saved plan, as text that ends in a newline.
#[must_use]
pub fn json_schema() -> String {
    schema_of::<SavedPlan>()
}

/// The JSON Schema of what is written of a `T`, as text that ends in a newline.
#[must_use]
pub fn schema_of<T: JsonSchema>() -> String {
    // As it is written, where every key is there, if only as null.
    let settings = SchemaSettings::default().for_serialize().with_transform(RecursiveTransform(on_one_line));
    format!("{:#}\n", settings.into_generator().into_root_schema_for::<T>().to_value())
}

/// Doc comments are broken into lines; whoever shows them breaks them by themselves.
fn on_one_line(schema: &mut schemars::Schema) {
    if let Some(serde_json::Value::String(description)) = schema.get_mut("description") {
        *description = description.replace('\n', " ");
    }
}
