//! Numbers with their nouns, and the sentences that every format has in common.

use crate::model::{MilestoneState, TagName};
use crate::plan::{Action, Outcome, Plan, StepOutcome};
use std::collections::BTreeSet;

/// `1 release`, `2 releases`.
pub(super) fn of(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// What happened or is to happen to things, in the words of a sentence.
pub(super) struct Words {
    pub(super) create: &'static str,
    pub(super) update: &'static str,
    pub(super) close: &'static str,
    pub(super) delete: &'static str,
    /// Of files.
    pub(super) upload: &'static str,
    pub(super) replace: &'static str,
}

impl Words {
    /// Of a plan.
    pub(super) const PLANNED: Self = Self {
        create: "to create",
        update: "to update",
        close: "to close",
        delete: "to delete",
        upload: "to upload",
        replace: "to replace",
    };
    /// Of an outcome.
    pub(super) const DONE: Self = Self {
        create: "created",
        update: "updated",
        close: "closed",
        delete: "deleted",
        upload: "uploaded",
        replace: "replaced",
    };

    /// The same of files.
    pub(super) const fn of_files(&self) -> Self {
        Self { create: self.upload, update: self.replace, ..*self }
    }
}

/// How many things of each kind some steps touch.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counts {
    /// A release whose links change is updated, once.
    pub(super) releases: Tally,
    /// Of releases that are there; a new release brings its own.
    pub(super) links: Tally,
    /// Of the package registry, also of new releases.
    pub(super) files: Tally,
    pub(super) milestones: Tally,
    /// All steps.
    pub(super) requests: usize,
}

/// How many things of one kind.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tally {
    pub(super) create: usize,
    pub(super) update: usize,
    /// Milestones only.
    pub(super) close: usize,
    pub(super) delete: usize,
}

impl Counts {
    /// Counts what `actions`, in a plan's order, touch.
    pub(super) fn of<'a>(actions: impl IntoIterator<Item = &'a Action>) -> Self {
        let mut counts = Self::default();
        let Self { releases, links, files, milestones, requests } = &mut counts;
        let mut last_updated: Option<&TagName> = None;
        for action in actions {
            *requests += 1;
            match action {
                Action::CreateRelease { .. } => releases.create += 1,
                Action::DeleteRelease(_) => releases.delete += 1,
                Action::CreateLink { .. } => links.create += 1,
                Action::UpdateLink { .. } => links.update += 1,
                Action::DeleteLink { .. } => links.delete += 1,
                Action::UploadFile(upload) if upload.before.is_some() => files.update += 1,
                Action::UploadFile(_) => files.create += 1,
                Action::DeleteFile(_) => files.delete += 1,
                Action::CreateMilestone(_) => milestones.create += 1,
                Action::UpdateMilestone { diff, .. } => match diff.state.as_ref().map(|c| c.after) {
                    Some(MilestoneState::Closed) => milestones.close += 1,
                    Some(MilestoneState::Active) | None => milestones.update += 1,
                },
                Action::CreateTag(_) | Action::UpdateRelease { .. } | Action::CollectEvidence { .. } => {}
            }
            // What follows it is part of it.
            if let Action::CreateRelease { release, .. } = action {
                last_updated = Some(&release.tag_name);
            }
            if let Some(tag_name) = updates(action)
                && last_updated.replace(tag_name) != Some(tag_name)
            {
                releases.update += 1;
            }
        }
        counts
    }

    /// Of a plan. What is no more than an attempt is a request, but changes nothing that is to be counted on.
    pub(super) fn of_plan(plan: &Plan) -> Self {
        let actions = plan.steps.iter().map(|step| &step.action);
        Self { requests: plan.steps.len(), ..Self::of(actions.filter(|action| action.is_difference())) }
    }

    /// Of the steps that were done, and of how many releases only a part is. Those don't count as updated.
    pub(super) fn done(plan: &Plan, outcome: &Outcome) -> (Self, usize) {
        let steps = || plan.steps.iter().zip(&outcome.steps);
        let undone = steps().filter(|(_, end)| !end.is_success()).filter_map(|(step, _)| step.action.tag_name());
        let undone: BTreeSet<_> = undone.collect();
        let done = || steps().filter(|(_, end)| **end == StepOutcome::Done).map(|(step, _)| &step.action);
        let in_part: BTreeSet<_> = done().filter_map(updates).filter(|tag| undone.contains(tag)).collect();
        let mut counts = Self::of(done());
        counts.releases.update = counts.releases.update.saturating_sub(in_part.len());
        (counts, in_part.len())
    }

    /// Both together.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            releases: self.releases.and(other.releases),
            links: self.links.and(other.links),
            files: self.files.and(other.files),
            milestones: self.milestones.and(other.milestones),
            requests: self.requests + other.requests,
        }
    }

    /// `2 releases to create, 1 to update; 1 milestone to close`.
    pub(super) fn sentence(&self, words: &Words) -> String {
        let of_files = &words.of_files();
        let kinds = [
            ("release", self.releases, words),
            ("link", self.links, words),
            ("file", self.files, of_files),
            ("milestone", self.milestones, words),
        ];
        kinds.iter().filter_map(|(noun, tally, words)| tally.words(noun, words)).collect::<Vec<_>>().join("; ")
    }
}

/// The release that is there and changed by `action`.
fn updates(action: &Action) -> Option<&TagName> {
    match action {
        Action::UpdateRelease { tag_name, .. }
        | Action::CollectEvidence { tag_name, .. }
        | Action::CreateLink { tag_name, .. }
        | Action::UpdateLink { tag_name, .. }
        | Action::DeleteLink { tag_name, .. } => Some(tag_name),
        Action::UploadFile(upload) => (!upload.is_new).then_some(&upload.tag_name),
        Action::CreateMilestone(_)
        | Action::UpdateMilestone { .. }
        | Action::CreateTag(_)
        | Action::CreateRelease { .. }
        | Action::DeleteRelease(_)
        | Action::DeleteFile(_) => None,
    }
}

impl Tally {
    fn and(self, other: Self) -> Self {
        Self {
            create: self.create + other.create,
            update: self.update + other.update,
            close: self.close + other.close,
            delete: self.delete + other.delete,
        }
    }

    /// `2 releases to create, 1 to update`, if there is anything.
    pub(super) fn words(&self, noun: &str, words: &Words) -> Option<String> {
        let Self { create, update, close, delete } = self;
        let counts = [(create, words.create), (update, words.update), (close, words.close), (delete, words.delete)];
        let mut some = counts.into_iter().filter(|(count, _)| **count > 0);
        let (first, word) = some.next()?;
        let rest = some.map(|(count, word)| format!(", {count} {word}"));
        Some(format!("{} {word}{}", of(*first, noun), rest.collect::<String>()))
    }
}

/// The plan's last line: what it would do, or that there is nothing to do in `project`; nothing where it is refused and
/// would do nothing.
pub(super) fn summary(plan: &Plan, project: &str) -> Option<String> {
    if !plan.has_differences() {
        let releases = of(plan.unchanged, "release");
        return plan
            .refusals
            .is_empty()
            .then(|| format!("Nothing needs to change in {project}: {releases} as wished."));
    }
    let unchanged = match plan.unchanged {
        0 => String::new(),
        n => format!(" {n} unchanged."),
    };
    let counts = Counts::of_plan(plan);
    Some(format!("Plan: {}; {}.{unchanged}", counts.sentence(&Words::PLANNED), of(counts.requests, "request")))
}

/// That narrowing the run left something out, if it did.
pub(super) fn left_out(plan: &Plan) -> Option<String> {
    let (others, are) = (of(plan.left_out, "other release"), if plan.left_out == 1 { "is" } else { "are" });
    (plan.left_out > 0).then(|| format!("{others} {are} not as wished, but not part of this run (--only, --ignore)."))
}

/// How the steps of an outcome ended.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Ends {
    /// Somebody else had done it.
    pub(super) already: usize,
    pub(super) failed: usize,
    /// Of the failed ones, those that only a new plan can do.
    pub(super) failed_for_good: usize,
    pub(super) conflicts: usize,
    pub(super) skipped: usize,
    pub(super) not_begun: usize,
}

impl Ends {
    pub(super) fn of(outcome: &Outcome) -> Self {
        Self::count(&outcome.steps)
    }

    pub(super) fn count<'o>(steps: impl IntoIterator<Item = &'o StepOutcome>) -> Self {
        let mut ends = Self::default();
        for step in steps {
            match step {
                StepOutcome::Done | StepOutcome::NotOffered => {}
                StepOutcome::AlreadyDone => ends.already += 1,
                StepOutcome::Failed { is_final, .. } => {
                    ends.failed += 1;
                    ends.failed_for_good += usize::from(*is_final);
                }
                StepOutcome::Conflict(_) => ends.conflicts += 1,
                StepOutcome::Skipped { .. } => ends.skipped += 1,
                StepOutcome::Interrupted => ends.not_begun += 1,
            }
        }
        ends
    }

    /// What to do next, if anything is left to do that a new run finds.
    pub(super) fn advice(self) -> Option<&'static str> {
        let Self { already: _, failed, failed_for_good, conflicts, skipped: _, not_begun } = self;
        if failed > failed_for_good {
            Some("Once what failed is mended, apply again: it does what is left.")
        } else if conflicts > 0 || failed > 0 {
            Some("Plan again: a new plan starts from what is there now.")
        } else if not_begun > 0 {
            Some("Apply again: it does what is left.")
        } else {
            None
        }
    }
}

/// `1 release created; 1 of 2 steps; 1 failed`.
pub(super) fn done(plan: &Plan, outcome: &Outcome) -> String {
    let (counts, in_part) = Counts::done(plan, outcome);
    let what = match counts.sentence(&Words::DONE) {
        what if what.is_empty() => "nothing".to_owned(),
        what => what,
    };
    let Ends { already, failed, failed_for_good: _, conflicts, skipped, not_begun } = Ends::of(outcome);
    let mut parts = vec![what, format!("{} of {}", counts.requests + already, of(plan.steps.len(), "step"))];
    let others = [
        (in_part, "updated in part"),
        (already, "done already"),
        (failed, "failed"),
        (conflicts, "left alone"),
        (skipped, "skipped"),
        (not_begun, "not begun"),
    ];
    parts.extend(others.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")));
    parts.join("; ")
}
