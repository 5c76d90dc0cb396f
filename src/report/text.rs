//! Plans and outcomes as plain text, for terminals and job logs.

use super::counts::{self, Words, of};
use super::style::{Palette, paint};
use super::values::{diff, line, link, preview, quoted, timing, titles, visible};
use super::{conflict, explain, notes, refusal};
use crate::model::{Desired, Link, MilestoneState, NewMilestone, NewRelease, NewTag, TagName, harmless};
use crate::plan::{
    Action, Change, MilestoneDiff, Outcome, Plan, ReleaseDiff, StepId, StepOutcome, Timing, WithoutEvidence,
};
use anstyle::Style;
use jiff::civil::Date;
use std::collections::BTreeSet;
use std::fmt::Display;

/// How many unmanaged releases are named before the rest is counted.
const MAX_UNMANAGED: usize = 20;

/// How much a plan says of itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Detail {
    /// What will change.
    #[default]
    Changes,
    /// Also why, and in which order.
    Reasons,
}

/// What will change, and what a person should know before saying yes.
#[must_use]
pub fn plan(plan: &Plan, detail: Detail, palette: &Palette) -> String {
    let mut page = Page { palette: *palette, lines: Vec::new() };
    if !plan.is_empty() {
        page.line(0, palette.heading, format_args!("Changes to {}", visible(&plan.project.to_string())));
    }
    let mut subject = None;
    for (index, step) in plan.steps.iter().enumerate() {
        page.step(&step.action, subject);
        subject = step.action.tag_name();
        if detail == Detail::Reasons {
            page.line(4, palette.quiet, explain::line(plan, StepId(index)));
        }
    }
    page.unmanaged(plan);
    page.notes(plan, detail);
    if !plan.is_empty() {
        page.gap();
        page.line(0, palette.heading, counts::summary(plan));
    } else if plan.refusals.is_empty() {
        let (releases, project) = (of(plan.unchanged, "release"), visible(&plan.project.to_string()));
        page.gap();
        page.plain(0, format_args!("Nothing needs to change in {project}: {releases} as wished."));
    }
    if plan.left_out > 0 {
        let (others, are) = (of(plan.left_out, "other release"), if plan.left_out == 1 { "is" } else { "are" });
        page.plain(0, format_args!("{others} {are} not as wished, but not part of this run (--only, --ignore)."));
    }
    page.refusals(plan);
    page.finish()
}

/// What came of planning for several projects, of which `unread` could not be read.
#[must_use]
pub fn fleet(plans: &[&Plan], unread: usize) -> String {
    let count = |which: &dyn Fn(&Plan) -> bool| plans.iter().filter(|plan| which(plan)).count();
    let refused = count(&|plan| !plan.refusals.is_empty());
    let to_change = count(&|plan| plan.refusals.is_empty() && !plan.is_empty());
    let requests = plans.iter().filter(|plan| plan.refusals.is_empty()).map(|plan| plan.steps.len()).sum();
    let mut parts = vec![of(plans.len() + unread, "project"), format!("{to_change} to change")];
    let bad = [(refused, "refused"), (unread, "not read")];
    parts.extend(bad.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")));
    format!("In all: {}; {}.\n", parts.join(", "), of(requests, "request"))
}

/// That a manifest is right in itself, and what is in it.
#[must_use]
pub fn valid(path: &str, desired: &Desired) -> String {
    let (releases, milestones) = (of(desired.releases.len(), "release"), of(desired.milestones.len(), "milestone"));
    format!("{} is valid: {releases}, {milestones}\n", harmless(path))
}

/// What was done, what failed and what was skipped; `named` says for which project, as it is one of several.
#[must_use]
pub fn outcome(plan: &Plan, outcome: &Outcome, named: bool, palette: &Palette) -> String {
    let mut page = Page { palette: *palette, lines: Vec::new() };
    page.lines.push(String::new());
    let steps = || plan.steps.iter().zip(&outcome.steps);
    let done: Vec<_> = steps().filter(|(_, o)| **o == StepOutcome::Done).map(|(step, _)| &step.action).collect();
    if outcome.steps.contains(&StepOutcome::NotOffered) {
        page.line(0, palette.quiet, "Note: no evidence was collected: this GitLab offers none (it takes Premium).");
        page.gap();
    }
    let already = outcome.steps.iter().filter(|outcome| **outcome == StepOutcome::AlreadyDone).count();
    let mut failed = 0;
    let mut advised = BTreeSet::new();
    for (step, outcome) in steps() {
        let StepOutcome::Failed { error, help } = outcome else { continue };
        failed += 1;
        page.line(0, palette.delete, format_args!("✗ failed to {}", describe(&step.action)));
        page.plain(4, line(error));
        // A token that is too weak fails two hundred times; what to do about it is said once.
        if let Some(help) = help.as_ref().filter(|help| advised.insert(*help)) {
            page.line(4, palette.quiet, line(help));
        }
    }
    let mut conflicts = 0;
    let mut told = None;
    for (step, outcome) in steps() {
        let StepOutcome::Conflict(conflict) = outcome else { continue };
        conflicts += 1;
        page.line(0, palette.delete, format_args!("✗ left alone: {}", describe(&step.action)));
        // All steps of a release are left alone for the same reason.
        if told.is_none() || told != step.action.tag_name() {
            page.plain(4, "somebody has changed it since the plan was made:");
            for line in conflict::lines(conflict) {
                page.plain(4, line);
            }
            told = step.action.tag_name();
        }
    }
    let mut skipped = 0;
    let mut interrupted = 0;
    for (step, outcome) in steps() {
        match outcome {
            StepOutcome::Done
            | StepOutcome::AlreadyDone
            | StepOutcome::NotOffered
            | StepOutcome::Failed { .. }
            | StepOutcome::Conflict(_) => {}
            StepOutcome::Skipped { because } => {
                skipped += 1;
                let (step, because) = (describe(&step.action), describe(&plan.steps[because.0].action));
                page.line(0, palette.update, format_args!("- skipped: {step} (not done: {because})"));
            }
            StepOutcome::Interrupted => interrupted += 1,
        }
    }
    page.gap();
    let words = Words { create: "created", update: "updated", close: "closed", delete: "deleted" };
    let undone = steps().filter(|(_, outcome)| !outcome.is_success()).filter_map(|(step, _)| step.action.tag_name());
    let undone: BTreeSet<_> = undone.collect();
    let in_part: BTreeSet<_> =
        done.iter().filter_map(|action| action.tag_name()).filter(|tag| undone.contains(tag)).collect();
    let what = match counts::sentence(done.iter().copied(), &in_part, &words) {
        what if what.is_empty() => "nothing".to_owned(),
        what => what,
    };
    let mut parts = vec![what, format!("{} of {}", done.len() + already, of(plan.steps.len(), "step"))];
    let counts = [
        (in_part.len(), "updated in part"),
        (already, "done by somebody else"),
        (failed, "failed"),
        (conflicts, "left alone"),
        (skipped, "skipped"),
        (interrupted, "not begun"),
    ];
    parts.extend(counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")));
    let place = if named { format!(" in {}", visible(&plan.project.to_string())) } else { String::new() };
    page.line(0, palette.heading, format_args!("Done{place}: {}.", parts.join("; ")));
    if failed > 0 {
        page.plain(0, "Once what failed is mended, apply again: it does what is left.");
    } else if conflicts > 0 {
        page.plain(0, "Plan again: a new plan starts from what is there now.");
    } else if interrupted > 0 {
        page.plain(0, "Apply again: it does what is left.");
    }
    page.finish()
}

/// A step in a few words that read after "failed to".
#[must_use]
pub fn describe(action: &Action) -> String {
    let of_release =
        |what: &str, link: &Link, tag_name| format!("{what} link {} of {}", quoted(&link.name), tag(tag_name));
    match action {
        Action::CreateMilestone(NewMilestone { title, .. }) => format!("create milestone {}", quoted(title)),
        Action::CreateTag(new) => format!("create tag {}", tag(&new.name)),
        Action::CollectEvidence { tag_name, .. } => format!("collect evidence of release {}", tag(tag_name)),
        Action::CreateRelease { release, .. } => format!("create release {}", tag(&release.tag_name)),
        Action::UpdateRelease { tag_name, .. } => format!("update release {}", tag(tag_name)),
        Action::DeleteLink { tag_name, link, .. } => of_release("delete", link, tag_name),
        Action::UpdateLink { tag_name, before, .. } => of_release("update", before, tag_name),
        Action::CreateLink { tag_name, link } => of_release("create", link, tag_name),
        Action::UpdateMilestone { title, diff, .. } => {
            let verb = match diff.state.as_ref().map(|c| c.after) {
                Some(MilestoneState::Closed) => "close",
                Some(MilestoneState::Active) => "reopen",
                None => "update",
            };
            format!("{verb} milestone {}", quoted(title))
        }
        Action::DeleteRelease(release) => format!("delete release {}", tag(&release.tag_name)),
    }
}

fn tag(tag_name: &TagName) -> String {
    visible(tag_name.as_str())
}

struct Page {
    palette: Palette,
    lines: Vec<String>,
}

impl Page {
    fn line(&mut self, indent: usize, style: Style, text: impl Display) {
        self.plain(indent, paint(style, text));
    }

    fn plain(&mut self, indent: usize, text: impl Display) {
        self.lines.push(format!("{:indent$}{text}", ""));
    }

    /// An empty line, but not at the top.
    fn gap(&mut self) {
        if self.lines.last().is_some_and(|last| !last.is_empty()) {
            self.lines.push(String::new());
        }
    }

    fn field(&mut self, name: &str, value: impl Display) {
        self.plain(4, format_args!("{name:<13}{value}"));
    }

    fn change(&mut self, name: &str, before: impl Display, after: impl Display) {
        self.field(name, format_args!("{before} → {after}"));
    }

    fn text(&mut self, name: &str, lines: Vec<String>) {
        self.plain(4, name);
        for line in lines {
            self.plain(6, line);
        }
    }

    fn finish(mut self) -> String {
        self.lines.push(String::new());
        self.lines.join("\n")
    }

    /// `subject` is the release that the step before was about: links of one release share its heading.
    fn step(&mut self, action: &Action, subject: Option<&TagName>) {
        let Palette { create, update, delete, .. } = self.palette;
        if action.tag_name().is_none() || action.tag_name() != subject {
            self.gap();
            let heads_itself = matches!(
                action,
                Action::CreateRelease { .. }
                    | Action::DeleteRelease(_)
                    | Action::CreateMilestone(_)
                    | Action::UpdateMilestone { .. }
            );
            if !heads_itself {
                let tag_name = action.tag_name().map(tag).unwrap_or_default();
                self.line(0, update, format_args!("~ release {tag_name}"));
            }
        }
        match action {
            Action::CreateMilestone(new) => self.new_milestone(new),
            Action::CreateRelease { release, timing, milestones: _ } => self.new_release(release, *timing),
            Action::CreateTag(NewTag { name: _, git_ref, message }) => self.new_tag(git_ref, message.as_deref()),
            Action::UpdateRelease { tag_name: _, diff, milestones: _ } => self.release_diff(diff),
            Action::CollectEvidence { else_is: WithoutEvidence::Nothing, .. } => {
                self.field("evidence", "to be collected, if this GitLab offers it (no release has any)");
            }
            Action::CollectEvidence { .. } => self.field("evidence", "to be collected"),
            Action::DeleteLink { link: gone, .. } => self.line(4, delete, format_args!("- link {}", link(gone))),
            Action::UpdateLink { before, after, .. } => {
                self.line(4, update, format_args!("~ link {}", link(before)));
                self.line(4, update, format_args!("    to {}", link(after)));
            }
            Action::CreateLink { link: new, .. } => self.line(4, create, format_args!("+ link {}", link(new))),
            Action::UpdateMilestone { title, diff, .. } => {
                self.line(0, update, format_args!("~ milestone {}", quoted(title)));
                self.milestone_diff(diff);
            }
            Action::DeleteRelease(release) => {
                let name = quoted(&release.name);
                self.line(0, delete, format_args!("- release {} {name}", tag(&release.tag_name)));
                self.plain(4, "its notes and links are lost; its tag stays");
            }
        }
    }

    fn new_milestone(&mut self, new: &NewMilestone) {
        let NewMilestone { title, description, start_date, due_date } = new;
        self.line(0, self.palette.create, format_args!("+ milestone {}", quoted(title)));
        if let Some(date) = start_date {
            self.field("start_date", date);
        }
        if let Some(date) = due_date {
            self.field("due_date", date);
        }
        if let Some(text) = description {
            self.text("description", preview(text, &self.palette));
        }
    }

    fn new_release(&mut self, release: &NewRelease, when: Timing) {
        let NewRelease { tag_name, name, description, released_at, git_ref, tag_message, milestones, links } = release;
        self.line(0, self.palette.create, format_args!("+ release {}", tag(tag_name)));
        if let Some(name) = name {
            self.field("name", quoted(name));
        }
        if let Some(git_ref) = git_ref {
            self.new_tag(git_ref, tag_message.as_deref());
        }
        if let Some(at) = released_at {
            self.field("released_at", format_args!("{at}{}", timing(when)));
        }
        if !milestones.is_empty() {
            self.field("milestones", titles(milestones));
        }
        if let Some(text) = description.as_ref().filter(|text| !text.is_empty()) {
            self.text("description", preview(text, &self.palette));
        }
        for new in links {
            self.line(4, self.palette.create, format_args!("+ link {}", link(new)));
        }
    }

    fn new_tag(&mut self, git_ref: &str, message: Option<&str>) {
        let message = message.map(|m| format!(", annotated {}", quoted(m))).unwrap_or_default();
        self.field("tag", format_args!("to be created from {}{message}", quoted(git_ref)));
    }

    fn release_diff(&mut self, changes: &ReleaseDiff) {
        let ReleaseDiff { name, description, released_at, milestones } = changes;
        if let Some(Change { before, after }) = name {
            self.change("name", quoted(before), quoted(after));
        }
        if let Some(change) = released_at {
            let side = |date, when| format!("{date}{}", timing(when));
            let before = side(change.date.before, change.timing.before);
            self.change("released_at", before, side(change.date.after, change.timing.after));
        }
        if let Some(Change { before, after }) = milestones {
            self.change("milestones", titles(before), titles(after));
        }
        if let Some(change) = description {
            self.text("description", diff(change, &self.palette));
        }
    }

    fn milestone_diff(&mut self, changes: &MilestoneDiff) {
        let MilestoneDiff { description, start_date, due_date, state } = changes;
        let date = |date: &Option<Date>| date.map_or_else(|| "none".to_owned(), |d| d.to_string());
        for (name, change) in [("start_date", start_date), ("due_date", due_date)] {
            if let Some(Change { before, after }) = change {
                self.change(name, date(before), date(after));
            }
        }
        if let Some(Change { before, after }) = state {
            self.change("state", before, after);
        }
        if let Some(change) = description {
            self.text("description", diff(change, &self.palette));
        }
    }

    fn unmanaged(&mut self, plan: &Plan) {
        if plan.unmanaged.is_empty() {
            return;
        }
        let mut names: Vec<_> = plan.unmanaged.iter().take(MAX_UNMANAGED).map(tag).collect();
        if let Some(more) = plan.unmanaged.len().checked_sub(MAX_UNMANAGED).filter(|more| *more > 0) {
            names.push(format!("{more} more"));
        }
        self.gap();
        let count = of(plan.unmanaged.len(), "release");
        self.plain(0, format_args!("Not in the manifest, left alone: {count} ({})", names.join(", ")));
    }

    fn notes(&mut self, plan: &Plan, detail: Detail) {
        let shown = plan.notes.iter().filter(|note| detail == Detail::Reasons || !notes::is_detail(note));
        let sentences: Vec<_> = shown.map(notes::sentence).collect();
        if !sentences.is_empty() {
            self.gap();
        }
        for sentence in sentences {
            self.line(0, self.palette.quiet, format_args!("Note: {sentence}."));
        }
    }

    fn refusals(&mut self, plan: &Plan) {
        for refusal in &plan.refusals {
            let (what, way_through) = refusal::explain(refusal);
            self.gap();
            self.line(0, self.palette.delete, format_args!("✗ {what}"));
            self.plain(2, way_through);
        }
    }
}
