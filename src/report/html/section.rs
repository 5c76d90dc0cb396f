//! A project's part of the page.

use super::figures::{Figure, figures, sentence};
use super::kind::Kind;
use super::markdown::address;
use super::milestones::{self, Milestone};
use super::prose::Allowance;
use super::releases::{Changed, Other, Releases};
use super::status::{Trouble, troubles};
use super::timeline::{Dot, Timeline};
use crate::model::Moment;
use crate::plan::{Outcome, Plan, StepOutcome};
use crate::report::counts::{self, of};
use crate::report::run::{Command, ProjectRun};
use crate::report::values::short;
use crate::report::voice::Voice;
use crate::report::{left_files, notes, refusal, uploaded};

/// Changes of no more releases than this are open from the start.
pub(super) const FEW: usize = 8;

/// Failures that are listed above everything else.
const MAX_TROUBLES: usize = 20;

/// A project.
#[derive(Debug)]
pub(super) struct Section {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) gitlab: String,
    pub(super) href: Option<String>,
    pub(super) figures: Vec<Figure>,
    pub(super) sentence: String,
    pub(super) refusals: Vec<(String, String)>,
    /// What to do next, if it was applied and not all of it was done.
    pub(super) advice: Vec<String>,
    /// What is told of that on top.
    pub(super) troubles: Vec<Trouble>,
    pub(super) more_troubles: usize,
    pub(super) notes: Vec<String>,
    pub(super) timeline: Option<Timeline>,
    pub(super) milestones: Vec<Milestone>,
    /// What is above `changed`.
    pub(super) title: &'static str,
    pub(super) changed: Vec<Changed>,
    pub(super) is_open: bool,
    pub(super) groups: Vec<Group>,
}

/// Releases that stay as they are, of one kind.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) kind: Kind,
    pub(super) title: String,
    pub(super) others: Vec<Other>,
}

impl Section {
    /// `id` is its own within the page.
    pub(super) fn new(run: &ProjectRun<'_>, command: Command, now: Moment, id: String, allowance: Allowance) -> Self {
        let ProjectRun { gitlab, plan, outcome, releases: _ } = run;
        let Releases { changed, others } = Releases::new(run, now, &id, allowance);
        let milestones = milestones::of(plan, *outcome, allowance);
        let timeline = timeline(&changed, &others, now);
        let mut troubles = all_troubles(run);
        let more_troubles = troubles.len().saturating_sub(MAX_TROUBLES);
        troubles.truncate(MAX_TROUBLES);
        Self {
            id,
            name: short(&plan.project.to_string()),
            gitlab: place(gitlab.as_deref()),
            href: plan.project.web_url.as_deref().and_then(address),
            figures: figures(run, &changed, command),
            sentence: sentence(run),
            refusals: plan.refusals.iter().map(|refusal| refusal::explain(refusal, Voice::PLAIN)).collect(),
            advice: outcome.map(|outcome| left_files::advice(plan, outcome, Voice::PLAIN)).unwrap_or_default(),
            troubles,
            more_troubles,
            notes: notes(plan, outcome.as_ref().copied()),
            timeline,
            milestones,
            title: "Changed releases",
            is_open: changed.len() <= FEW,
            changed,
            groups: groups(others, plan.left_out > 0),
        }
    }

    pub(super) fn count(&self, kind: Kind) -> usize {
        let changed = self.changed.iter().filter(|release| release.kind == kind).count();
        changed + self.groups.iter().filter(|group| group.kind == kind).map(|group| group.others.len()).sum::<usize>()
    }

    pub(super) fn has_troubles(&self) -> bool {
        self.changed.iter().any(|release| release.status.is_some_and(|status| !status.is_good()))
    }
}

/// All that went wrong, in the plan's order: what failed first, and what was left alone or skipped after that.
fn all_troubles(run: &ProjectRun<'_>) -> Vec<Trouble> {
    let ProjectRun { plan, outcome, .. } = run;
    let mut all: Vec<(bool, Trouble)> = Vec::new();
    for (index, step) in outcome.iter().flat_map(|outcome| outcome.steps.iter().enumerate()) {
        // Skipped ones are told by the failure they are skipped for.
        if !matches!(step, StepOutcome::Skipped { .. }) {
            let is_failure = matches!(step, StepOutcome::Failed { .. });
            all.extend(troubles(plan, *outcome, &[index]).into_iter().map(|trouble| (!is_failure, trouble)));
        }
    }
    all.sort_by_key(|(is_less, _)| *is_less);
    all.into_iter().map(|(_, trouble)| trouble).collect()
}

/// Where a project is.
pub(super) fn place(gitlab: Option<&str>) -> String {
    gitlab.map_or_else(|| "the embedded GitLab".to_owned(), short)
}

/// Of all releases with a date, if there are any.
pub(super) fn timeline(changed: &[Changed], others: &[Other], now: Moment) -> Option<Timeline> {
    let dots = dots(changed, others);
    (!dots.is_empty()).then(|| Timeline::new(&dots, now))
}

fn dots<'a>(changed: &'a [Changed], others: &'a [Other]) -> Vec<Dot<'a>> {
    let changed = changed.iter().filter_map(|release| {
        Some(Dot {
            kind: release.kind,
            tag: &release.tag,
            when: release.when.as_ref()?,
            before: release.moved_from.map(Moment::second),
            status: release.status,
            id: Some(&release.id),
        })
    });
    let others = others.iter().filter_map(|other| {
        let when = other.when.as_ref()?;
        Some(Dot { kind: other.kind, tag: &other.tag, when, before: None, status: None, id: None })
    });
    changed.chain(others).collect()
}

/// What a person should know, in sentences.
fn notes(plan: &Plan, outcome: Option<&Outcome>) -> Vec<String> {
    let notes = plan.notes.iter().map(|note| format!("{}.", notes::sentence(note, Voice::PLAIN)));
    let uploaded = outcome.and_then(|outcome| uploaded::sentence(plan, outcome, Voice::PLAIN));
    notes.chain(counts::left_out(plan)).chain(uploaded).collect()
}

/// `is_narrow`: some of them may not be as they should be.
pub(super) fn groups(others: Vec<Other>, is_narrow: bool) -> Vec<Group> {
    let (unchanged, unmanaged): (Vec<_>, Vec<_>) = others.into_iter().partition(|other| other.kind == Kind::Unchanged);
    let or_left_out = if is_narrow { ", or not part of this run" } else { "" };
    [
        (Kind::Unmanaged, "not in the manifest, left alone".to_owned(), unmanaged),
        (Kind::Unchanged, format!("unchanged{or_left_out}"), unchanged),
    ]
    .into_iter()
    .filter(|(_, _, others)| !others.is_empty())
    .map(|(kind, what, others)| Group { kind, title: format!("{} {what}", of(others.len(), "release")), others })
    .collect()
}
