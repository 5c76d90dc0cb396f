//! A run for machines: the JSON that `schema/report.schema.json` describes, made from the types here.
//!
//! A plan is said as a saved plan says it, by the same types. [`REPORT_FORMAT`] counts the versions of what is around it, of
//! drift and of rehearsals. The doc comments are what the schema says.

mod drift;
mod listing;
mod rehearsal;

use super::conflict::Reasons;
use super::counts::{Counts, Tally};
use super::drift::DriftRun;
use super::left_files;
use super::listing::Listing;
use super::rehearsal::RehearsalRun;
use super::run::{Command, Listed, ProjectRun, Run};
use super::sheet::Sheet;
use crate::model::{Milestone, PackagePlace, PackageVersion, TagName, is_hostile};
use crate::plan::{
    Conflict, Outcome, Plan, Removal, SavedMilestoneDiff, SavedProjectPlan, SavedRelease, SavedTiming, StepOutcome,
    schema_of,
};
use drift::DriftReport;
use listing::{ListReport, ShowReport};
use rehearsal::RehearsalReport;
use schemars::JsonSchema;
use serde::Serialize;
use std::fmt::Write as _;

/// The format's version. A reader that does not know it must not read on.
pub const REPORT_FORMAT: u32 = 1;

/// A report of relsync's on the releases of one or more GitLab projects. Which it is, `command` says.
#[derive(JsonSchema)]
#[schemars(title = "relsync report", untagged)]
#[expect(dead_code, reason = "only its schema is made: each is written as it is")]
enum Report {
    Plans(PlanReport),
    Drift(DriftReport),
    Rehearsal(RehearsalReport),
    List(ListReport),
    Show(ShowReport),
}

/// A report on a plan: what a run would do, or did.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct PlanReport {
    /// The version of this format. Another one may mean something else by the same keys.
    #[schemars(extend("const" = REPORT_FORMAT))]
    format: u32,
    /// The version of relsync that made the report.
    relsync: String,
    /// The command that it is of.
    command: SavedCommand,
    /// When the run began.
    began_at: String,
    /// What the plans of all projects hold together, those that are refused included.
    counts: SavedCounts,
    /// The projects that could be read, in the order of the manifests.
    projects: Vec<SavedProjectRun>,
    /// The projects that could not be read. If there are any, the report is not the whole truth.
    unread: Vec<Unread>,
}

/// The command of a report on a plan.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum SavedCommand {
    /// What apply would do.
    Plan,
    /// What was done.
    Apply,
}

/// One project of a run.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct SavedProjectRun {
    /// What its plan holds.
    counts: SavedCounts,
    /// What is to be done, as `plan --out` says it.
    plan: SavedProjectPlan,
    /// What became of the plan. Null if no step was to be begun: because it was only planned, or is refused, or there is
    /// nothing to do, or nobody said yes.
    outcome: Option<SavedOutcome>,
    /// Every release that the project had when the run began, the latest first. Empty where they were not read, as when a
    /// saved plan is carried out.
    releases: Vec<SavedListed>,
}

/// What became of a plan.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct SavedOutcome {
    /// What was done.
    done: SavedCounts,
    /// What became of each of the plan's steps, in its order.
    steps: Vec<SavedEnd>,
    /// The releases, milestones and files that were left alone.
    conflicts: Vec<SavedConflict>,
    /// The files that were to be deleted with releases, and are still there although those are gone: a new plan does not
    /// find them.
    left_files: Vec<SavedLeftFile>,
}

/// A file of the package registry.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct SavedLeftFile {
    package: String,
    version: String,
    file_name: String,
}

/// What somebody else has changed since the plan was made.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schemars(deny_unknown_fields)]
enum SavedConflict {
    /// A release.
    Release {
        tag_name: Option<String>,
        /// As the plan takes it to be; null if there was to be none.
        planned: Option<Box<SavedRelease>>,
        /// As it is now; null if it is gone.
        found: Option<Box<SavedRelease>>,
    },
    /// A milestone.
    Milestone {
        /// The number of the step that was not tried.
        step: usize,
        /// What the plan changes about it, from what it takes it to be; null if there was to be none.
        planned: Option<Box<SavedMilestoneDiff>>,
        /// As it is now; null if it is gone.
        found: Option<SavedMilestone>,
    },
    /// A file that was to be deleted with a release.
    File {
        /// The number of the step that was not tried.
        step: usize,
        /// The tag of the release that has come to link to it.
        linked_by: String,
    },
}

/// A milestone as GitLab has it.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct SavedMilestone {
    id: u64,
    title: String,
    description: String,
    start_date: Option<String>,
    due_date: Option<String>,
    /// `active` or `closed`.
    state: String,
}

/// How many things are touched.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct SavedCounts {
    /// Releases. One whose links change is updated, once.
    releases: SavedTally,
    /// Links of releases that are there; a new release brings its own.
    links: SavedTally,
    /// Files of the package registry: uploaded, uploaded in place of others, and deleted.
    files: SavedTally,
    /// Milestones, which are never deleted.
    milestones: SavedMilestoneTally,
    /// Requests that write.
    requests: usize,
}

/// How many things of one kind.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct SavedTally {
    create: usize,
    update: usize,
    delete: usize,
}

/// How many milestones. One that is made and closed counts twice.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct SavedMilestoneTally {
    create: usize,
    /// Reopened ones included.
    update: usize,
    close: usize,
}

/// What became of a step.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schemars(deny_unknown_fields)]
enum SavedEnd {
    /// GitLab says it is done.
    Done {},
    /// Somebody else has done it since the plan was made.
    AlreadyDone {},
    /// GitLab's tier does not offer it, and the manifest does not insist.
    NotOffered {},
    /// GitLab refused, or could not be asked.
    Failed {
        /// What went wrong.
        error: String,
        /// What can be done about it.
        help: Option<String>,
    },
    /// Left alone, because somebody has changed what it is about since the plan was made.
    /// What has changed is among the conflicts.
    Conflict {},
    /// Not tried, because of a step that it needs.
    Skipped {
        /// The number of the step that failed.
        because: usize,
    },
    /// Not tried, because the run was interrupted.
    NotBegun {},
}

/// A release on the line of time.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct SavedListed {
    tag_name: String,
    name: String,
    released_at: String,
    /// What GitLab calls it.
    timing: SavedTiming,
    /// Whether an entry of the manifest names it.
    managed: bool,
}

/// A project that could not be read.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Unread {
    /// As the manifest names it.
    project: String,
    /// Why.
    error: String,
}

/// The run as JSON, which ends in a newline. Characters that could steer a terminal are escaped, as JSON can.
#[must_use]
pub fn json(run: &Run<'_>) -> String {
    document(&PlanReport::new(run))
}

/// The same of a run of `drift`.
#[must_use]
pub fn drift_json(run: &DriftRun<'_>) -> String {
    document(&DriftReport::new(run))
}

/// The same of a run of `rehearse`.
#[must_use]
pub fn rehearsal_json(run: &RehearsalRun<'_>) -> String {
    document(&RehearsalReport::new(run))
}

/// A list of releases as JSON.
#[must_use]
pub fn listing_json(listing: &Listing<'_>) -> String {
    document(&ListReport::new(listing))
}

/// One release as JSON.
#[must_use]
pub fn sheet_json(sheet: &Sheet<'_>) -> String {
    document(&ShowReport::new(sheet))
}

fn document(report: &impl Serialize) -> String {
    escaped(&serde_json::to_string_pretty(report).unwrap_or_default()) + "\n"
}

/// The JSON Schema of it, as text that ends in a newline.
#[must_use]
pub fn report_schema() -> String {
    schema_of::<Report>()
}

/// Outside of its strings, JSON as it is written here has no such characters but line ends.
fn escaped(json: &str) -> String {
    let is_odd = |c: char| c != '\n' && is_hostile(c);
    let mut text = String::with_capacity(json.len());
    let mut rest = json;
    while let Some((at, c)) = rest.char_indices().find(|(_, c)| is_odd(*c)) {
        text.push_str(&rest[..at]);
        for unit in c.encode_utf16(&mut [0; 2]) {
            // Writing to a `String` can't fail.
            let _ = write!(text, "\\u{unit:04x}");
        }
        rest = &rest[at + c.len_utf8()..];
    }
    text + rest
}

impl PlanReport {
    fn new(Run { command, now, projects, unread }: &Run<'_>) -> Self {
        let counts = projects.iter().map(|project| Counts::of_plan(project.plan)).reduce(Counts::and);
        Self {
            format: REPORT_FORMAT,
            relsync: env!("CARGO_PKG_VERSION").to_owned(),
            command: match command {
                Command::Plan => SavedCommand::Plan,
                Command::Apply => SavedCommand::Apply,
            },
            began_at: now.to_string(),
            counts: SavedCounts::new(counts.unwrap_or_default()),
            projects: projects.iter().map(SavedProjectRun::new).collect(),
            unread: Unread::all(unread),
        }
    }
}

impl Unread {
    fn all(unread: &[(String, String)]) -> Vec<Self> {
        unread.iter().map(|(project, error)| Self { project: project.clone(), error: error.clone() }).collect()
    }
}

impl SavedProjectRun {
    fn new(ProjectRun { gitlab, plan, outcome, releases }: &ProjectRun<'_>) -> Self {
        Self {
            counts: SavedCounts::new(Counts::of_plan(plan)),
            plan: SavedProjectPlan::new(gitlab.as_deref(), plan),
            outcome: outcome.map(|outcome| SavedOutcome::new(plan, outcome)),
            releases: releases.iter().map(SavedListed::new).collect(),
        }
    }
}

impl SavedOutcome {
    fn new(plan: &Plan, outcome: &Outcome) -> Self {
        let mut reasons = Reasons::default();
        let mut conflicts = Vec::new();
        for (number, (step, end)) in (1..).zip(plan.steps.iter().zip(&outcome.steps)) {
            let StepOutcome::Conflict(conflict) = end else { continue };
            if reasons.is_new(step, conflict) {
                conflicts.push(SavedConflict::new(conflict, number, step.action.tag_name()));
            }
        }
        let done = SavedCounts::new(Counts::done(plan, outcome).0);
        let left_files = left_files::left(plan, outcome).into_iter().map(SavedLeftFile::new).collect();
        Self { done, steps: outcome.steps.iter().map(SavedEnd::new).collect(), conflicts, left_files }
    }
}

impl SavedLeftFile {
    fn new(removal: &Removal) -> Self {
        let PackagePlace { of: PackageVersion { package, version }, file_name } = &removal.place;
        Self { package: package.clone(), version: version.clone(), file_name: file_name.clone() }
    }
}

impl SavedConflict {
    fn new(conflict: &Conflict, step: usize, tag_name: Option<&TagName>) -> Self {
        match conflict {
            Conflict::Release { planned, found } => {
                let [planned, found] =
                    [planned, found].map(|release| release.as_deref().map(SavedRelease::new).map(Box::new));
                Self::Release { tag_name: tag_name.map(ToString::to_string), planned, found }
            }
            Conflict::Milestone { planned, found } => Self::Milestone {
                step,
                planned: planned.as_ref().map(SavedMilestoneDiff::new).map(Box::new),
                found: found.as_ref().map(SavedMilestone::new),
            },
            Conflict::File { linked_by } => Self::File { step, linked_by: linked_by.to_string() },
        }
    }
}

impl SavedMilestone {
    fn new(milestone: &Milestone) -> Self {
        let Milestone { id, scope: _, title, description, start_date, due_date, state } = milestone;
        Self {
            id: id.0,
            title: title.clone(),
            description: description.as_str().to_owned(),
            start_date: start_date.map(|date| date.to_string()),
            due_date: due_date.map(|date| date.to_string()),
            state: state.to_string(),
        }
    }
}

impl SavedCounts {
    fn new(Counts { releases, links, files, milestones, requests }: Counts) -> Self {
        let tally = |Tally { create, update, close: _, delete }| SavedTally { create, update, delete };
        let Tally { create, update, close, delete: _ } = milestones;
        let milestones = SavedMilestoneTally { create, update, close };
        Self { releases: tally(releases), links: tally(links), files: tally(files), milestones, requests }
    }
}

impl SavedEnd {
    fn new(outcome: &StepOutcome) -> Self {
        match outcome {
            StepOutcome::Done => Self::Done {},
            StepOutcome::AlreadyDone => Self::AlreadyDone {},
            StepOutcome::NotOffered => Self::NotOffered {},
            StepOutcome::Failed { error, help, is_final: _ } => {
                Self::Failed { error: error.clone(), help: help.clone() }
            }
            StepOutcome::Conflict(_) => Self::Conflict {},
            StepOutcome::Skipped { because } => Self::Skipped { because: because.0 + 1 },
            StepOutcome::Interrupted => Self::NotBegun {},
        }
    }
}

impl SavedListed {
    fn new(Listed { tag_name, name, released_at, timing, is_managed }: &Listed) -> Self {
        Self {
            tag_name: tag_name.to_string(),
            name: name.clone(),
            released_at: released_at.to_string(),
            timing: SavedTiming::new(*timing),
            managed: *is_managed,
        }
    }
}
