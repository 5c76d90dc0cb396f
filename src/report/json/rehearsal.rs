//! A rehearsal for machines.

use super::{REPORT_FORMAT, SavedCounts, SavedOutcome, Unread};
use crate::plan::SavedProjectPlan;
use crate::report::counts::Counts;
use crate::report::rehearsal::{Rehearsal, RehearsalRun, Remark, Requests};
use schemars::JsonSchema;
use serde::Serialize;

/// A report on a rehearsal: how plans went on a copy of one or more GitLab projects.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct RehearsalReport {
    /// The version of this format. Another one may mean something else by the same keys.
    #[schemars(extend("const" = REPORT_FORMAT))]
    format: u32,
    /// The version of relsync that made the report.
    relsync: String,
    /// The command that it is of.
    command: RehearsalCommand,
    /// When the run began.
    began_at: String,
    /// Whether all of it would succeed.
    succeeds: bool,
    /// How long all of it would wait for GitLab's limits, about.
    seconds_waited: u64,
    /// The projects that could be read, in the order of the manifests.
    projects: Vec<SavedRehearsal>,
    /// The projects that could not be read. If there are any, the report is not the whole truth.
    unread: Vec<Unread>,
}

/// The command of a report on a rehearsal.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum RehearsalCommand {
    /// What would become of a plan.
    Rehearse,
}

/// The rehearsal of one project.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct SavedRehearsal {
    /// Whether everything would go well, and nothing be left to do.
    succeeds: bool,
    /// What the plan holds.
    counts: SavedCounts,
    /// What was to be done, as `plan --out` says it. Ids of milestones and links are those of the copy.
    plan: SavedProjectPlan,
    /// What became of it on the copy. Null if it is refused, or there is nothing to do.
    outcome: Option<SavedOutcome>,
    /// What a plan found to do then. Null if nothing was tried.
    afterwards: Option<SavedCounts>,
    /// The requests that planning and applying took.
    requests: Vec<SavedRequests>,
    /// How long they would wait for GitLab's limits, about.
    seconds_waited: u64,
    /// How many mails everybody gets who is notified of new releases.
    mails: usize,
    /// How many of those GitLab would not send, if they are all of one day.
    mails_lost: usize,
    /// How many tags would be made, each of which may start a pipeline.
    tags_made: usize,
    /// What the copy can't tell, or is worth knowing.
    remarks: Vec<SavedRemark>,
}

/// Requests of one kind.
#[derive(Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct SavedRequests {
    method: String,
    /// As GitLab's pages write it: `/projects/:id/releases`.
    route: String,
    count: u64,
}

/// Where the copy may not be as GitLab is.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schemars(deny_unknown_fields)]
enum SavedRemark {
    /// Nothing in the project can be changed.
    Archived {},
    /// The role is not told; Maintainer was assumed.
    RoleUntold {},
    /// A CI job's token has the role of a user that is not told; Maintainer was assumed.
    RoleOfJob {},
    /// The snapshot does not say who asks; Maintainer was assumed.
    AskerUntold {},
    /// These refs could not be looked up, and were taken to be there.
    RefsUnchecked { refs: Vec<String> },
    /// Who may make protected tags could not be read; Maintainer was assumed.
    RulesUnread {},
    /// Rules for these tags name users, groups or keys; the one who asks was taken to be among them.
    RulesNameOthers { patterns: Vec<String> },
    /// Whether GitLab collects evidence is not told; it was assumed.
    TierUntold {},
    /// Files would be uploaded first. That is not rehearsed, nor are the links to them.
    Uploads {
        files: usize,
        bytes: u64,
        /// Whether it is known which of them GitLab has. If not, these are all that the manifest names, and no link of their
        /// releases is rehearsed.
        is_known: bool,
    },
    /// No file would be uploaded, but links to files would change. That is not rehearsed.
    LinksOfFiles {},
    /// What `--delete-packages` deletes is not rehearsed.
    RemovalsOfFiles {},
}

impl RehearsalReport {
    pub(super) fn new(run: &RehearsalRun<'_>) -> Self {
        let RehearsalRun { now, projects, unread, waits, writes_a_minute: _ } = run;
        Self {
            format: REPORT_FORMAT,
            relsync: env!("CARGO_PKG_VERSION").to_owned(),
            command: RehearsalCommand::Rehearse,
            began_at: now.to_string(),
            succeeds: run.succeeds(),
            seconds_waited: waits.as_secs(),
            projects: projects.iter().map(SavedRehearsal::new).collect(),
            unread: Unread::all(unread),
        }
    }
}

impl SavedRehearsal {
    fn new(project: &Rehearsal<'_>) -> Self {
        let Rehearsal { gitlab, plan, outcome, afterwards, requests, waits, remarks } = project;
        let requests = requests.iter().map(|Requests { method, route, count }| SavedRequests {
            method: method.clone(),
            route: route.clone(),
            count: *count,
        });
        Self {
            succeeds: project.succeeds(),
            counts: SavedCounts::new(Counts::of_plan(plan)),
            plan: SavedProjectPlan::new(gitlab.as_deref(), plan),
            outcome: outcome.map(|outcome| SavedOutcome::new(plan, outcome)),
            afterwards: afterwards.map(|plan| SavedCounts::new(Counts::of_plan(plan))),
            requests: requests.collect(),
            seconds_waited: waits.as_secs(),
            mails: project.mails(),
            mails_lost: project.mails_lost(),
            tags_made: project.tags_made(),
            remarks: remarks.iter().map(SavedRemark::new).collect(),
        }
    }
}

impl SavedRemark {
    fn new(remark: &Remark) -> Self {
        match remark {
            Remark::Archived => Self::Archived {},
            Remark::RoleUntold => Self::RoleUntold {},
            Remark::RoleOfJob => Self::RoleOfJob {},
            Remark::AskerUntold => Self::AskerUntold {},
            Remark::RefsUnchecked(refs) => Self::RefsUnchecked { refs: refs.clone() },
            Remark::RulesUnread => Self::RulesUnread {},
            Remark::RulesNameOthers(patterns) => Self::RulesNameOthers { patterns: patterns.clone() },
            Remark::TierUntold => Self::TierUntold {},
            Remark::Uploads { files, bytes, is_known } => {
                Self::Uploads { files: *files, bytes: *bytes, is_known: *is_known }
            }
            Remark::LinksOfFiles => Self::LinksOfFiles {},
            Remark::RemovalsOfFiles => Self::RemovalsOfFiles {},
        }
    }
}
