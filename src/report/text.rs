//! Plans and outcomes as plain text, for terminals and job logs.

use super::counts::{self, of};
use super::run::Run;
use super::style::{Palette, paint};
use super::values::{
    self, content, diff, evidence, line, link, package, present, preview, quoted, timing, timings, titles, upload,
    visible,
};
use super::voice::Voice;
use super::{conflict, describe, explain, fleet, left_files, notes, refusal, uploaded};
use crate::model::{Desired, NewMilestone, NewRelease, NewTag, TagName, harmless};
use crate::plan::{
    Action, Change, MilestoneDiff, Outcome, Plan, ReleaseDiff, Removal, StepId, StepOutcome, Timing, Upload,
};
use anstyle::Style;
use jiff::civil::Date;
use std::collections::BTreeSet;
use std::fmt::Display;

/// How many unmanaged releases are named before the rest is counted.
pub(super) const MAX_UNMANAGED: usize = 20;

/// Said once for all releases whose evidence GitLab's tier does not offer.
pub(super) const NOT_OFFERED: &str = "no evidence was collected: this GitLab offers none (it takes Premium).";

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
    let mut page = Page::new(palette);
    // What is no more than an attempt is told by a note.
    let is_shown = |action: &Action| detail == Detail::Reasons || action.is_difference();
    if plan.steps.iter().any(|step| is_shown(&step.action)) {
        page.line(0, palette.heading, format_args!("Changes to {}", visible(&plan.project.to_string())));
    }
    let mut subject = None;
    let mut steps = plan.steps.iter().enumerate().filter(|(_, step)| is_shown(&step.action)).peekable();
    while let Some((index, step)) = steps.next() {
        page.step(&step.action, plan.steps.get(index + 1).map(|next| &next.action), subject);
        subject = step.action.tag_name();
        if detail == Detail::Reasons {
            page.line(4, palette.quiet, explain::line(plan, StepId(index), Voice::PLAIN));
        }
        if steps.peek().is_none_or(|(_, next)| next.action.tag_name() != subject) {
            for file in plan.present.iter().filter(|file| Some(&file.tag_name) == subject) {
                page.plain(4, format_args!("= file {}", present(file, Voice::PLAIN)));
            }
        }
    }
    page.unmanaged(&plan.unmanaged);
    page.notes(plan, detail);
    if let Some(summary) = counts::summary(plan, &visible(&plan.project.to_string())) {
        page.gap();
        page.line(0, if plan.has_differences() { palette.heading } else { Style::new() }, summary);
    }
    if let Some(others) = counts::left_out(plan) {
        page.plain(0, others);
    }
    page.refusals(plan);
    page.finish()
}

/// That a manifest is right in itself, and what is in it; of a fleet, in all its projects.
#[must_use]
pub fn valid(path: &str, projects: &[&Desired]) -> String {
    let sum = |count: fn(&Desired) -> usize| projects.iter().map(|desired| count(desired)).sum::<usize>();
    let releases = of(sum(|desired| desired.releases.len()), "release");
    let milestones = of(sum(|desired| desired.milestones.len()), "milestone");
    let fleet = if projects.len() == 1 { String::new() } else { format!("{}, ", of(projects.len(), "project")) };
    format!("{} is valid: {fleet}{releases}, {milestones}\n", harmless(path))
}

/// What is right, but most likely not meant, in a manifest's projects.
#[must_use]
pub fn doubtful(projects: &[&Desired]) -> Option<String> {
    let shared: Vec<_> = projects.iter().flat_map(|desired| &desired.shared_files).cloned().collect();
    (!shared.is_empty()).then(|| notes::shared(&shared, Voice::PLAIN))
}

/// All of a run: its plans, and what became of them.
#[must_use]
pub fn text(run: &Run<'_>, detail: Detail, palette: &Palette) -> String {
    let Run { command: _, now: _, projects, unread } = run;
    let is_fleet = projects.len() + unread.len() > 1;
    let ends: Vec<_> = projects.iter().filter_map(|project| Some((project.plan, project.outcome?))).collect();
    if !is_fleet {
        let mut text: String = projects.iter().map(|project| plan(project.plan, detail, palette)).collect();
        text.extend(unread.iter().map(|(project, error)| format!("Not read: {}: {}\n", visible(project), line(error))));
        text.extend(ends.iter().map(|(plan, end)| outcome(plan, end, false, palette)));
        return text;
    }
    let plans: Vec<_> = projects.iter().map(|project| project.plan).collect();
    let with_page = plans.iter().filter(|plan| fleet::has_page(plan));
    let mut text: String = with_page.map(|one| plan(one, detail, palette) + "\n").collect();
    text.push_str(&fleet::fleet(&plans, unread, palette));
    // Each begins with an empty line.
    let with_page = ends.iter().filter(|(_, end)| fleet::has_outcome_page(end));
    text.extend(with_page.map(|(plan, end)| outcome(plan, end, true, palette)));
    let refused = plans.iter().filter(|plan| !plan.refusals.is_empty()).count();
    text.extend((!ends.is_empty()).then(|| fleet::outcomes(&ends, refused, unread.len(), palette)));
    text
}

/// What was done, what failed and what was skipped; `named` says for which project, as it is one of several.
#[must_use]
pub fn outcome(plan: &Plan, outcome: &Outcome, named: bool, palette: &Palette) -> String {
    let mut page = Page::new(palette);
    page.lines.push(String::new());
    if outcome.steps.contains(&StepOutcome::NotOffered) {
        page.line(0, palette.quiet, format_args!("Note: {NOT_OFFERED}"));
        page.gap();
    }
    page.ends(plan, outcome);
    page.gap();
    let place = if named { format!(" in {}", visible(&plan.project.to_string())) } else { String::new() };
    page.line(0, palette.heading, format_args!("Done{place}: {}.", counts::done(plan, outcome)));
    if let Some(files) = uploaded::sentence(plan, outcome, Voice::PLAIN) {
        page.plain(0, files);
    }
    for advice in left_files::advice(plan, outcome, Voice::PLAIN) {
        page.plain(0, advice);
    }
    page.finish()
}

fn tag(tag_name: &TagName) -> String {
    visible(tag_name.as_str())
}

/// A page that grows line by line.
pub(super) struct Page {
    pub(super) palette: Palette,
    lines: Vec<String>,
}

impl Page {
    pub(super) fn new(palette: &Palette) -> Self {
        Self { palette: *palette, lines: Vec::new() }
    }

    pub(super) fn line(&mut self, indent: usize, style: Style, text: impl Display) {
        self.plain(indent, paint(style, text));
    }

    pub(super) fn plain(&mut self, indent: usize, text: impl Display) {
        self.lines.push(format!("{:indent$}{text}", ""));
    }

    /// An empty line, but not at the top.
    pub(super) fn gap(&mut self) {
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

    pub(super) fn text(&mut self, name: &str, lines: Vec<String>) {
        self.plain(4, name);
        for line in lines {
            self.plain(6, line);
        }
    }

    pub(super) fn finish(mut self) -> String {
        self.lines.push(String::new());
        self.lines.join("\n")
    }

    /// `subject` is the release that the step before was about: links of one release share its heading.
    fn step(&mut self, action: &Action, next: Option<&Action>, subject: Option<&TagName>) {
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
                if matches!(action, Action::UploadFile(upload) if upload.is_new) {
                    self.line(0, create, format_args!("+ files of release {tag_name}"));
                } else {
                    self.line(0, update, format_args!("~ release {tag_name}"));
                }
            }
        }
        match action {
            Action::CreateMilestone(new) => self.new_milestone(new),
            Action::CreateRelease { release, timing, milestones: _ } => self.new_release(release, *timing),
            Action::CreateTag(NewTag { name: _, git_ref, message }) => self.new_tag(git_ref, message.as_deref()),
            Action::UploadFile(new) => self.upload(new),
            Action::DeleteFile(gone) => {
                let Removal { place, size, .. } = &**gone;
                let (file, of) = (visible(&place.file_name), package(place, Voice::PLAIN));
                let (size, replaced) = (values::size(*size), describe::replaced(gone, next));
                self.line(4, delete, format_args!("- file {file} in {of} ({size}{replaced})"));
            }
            Action::UpdateRelease { tag_name: _, diff, milestones: _ } => self.release_diff(diff),
            Action::CollectEvidence { else_is, is_new, .. } => self.field("evidence", evidence(*else_is, *is_new)),
            Action::DeleteLink { link: gone, .. } => {
                self.line(4, delete, format_args!("- link {}", link(gone, Voice::PLAIN)));
            }
            Action::UpdateLink { before, after, .. } => {
                self.line(4, update, format_args!("~ link {}", link(before, Voice::PLAIN)));
                self.line(4, update, format_args!("    to {}", link(after, Voice::PLAIN)));
            }
            Action::CreateLink { link: new, .. } => {
                self.line(4, create, format_args!("+ link {}", link(new, Voice::PLAIN)));
            }
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

    fn upload(&mut self, new: &Upload) {
        let Palette { create, update, .. } = self.palette;
        match new.before {
            None => self.line(4, create, format_args!("+ file {}", upload(new, Voice::PLAIN))),
            Some((size, sha256)) => {
                let (file, of) = (visible(&new.place.file_name), package(&new.place, Voice::PLAIN));
                self.line(4, update, format_args!("~ file {file} in {of} ({})", content(size, sha256)));
                self.line(4, update, format_args!("    to {}", content(new.size, Some(new.sha256))));
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
            self.field("milestones", titles(milestones, Voice::PLAIN));
        }
        if let Some(text) = description.as_ref().filter(|text| !text.is_empty()) {
            self.text("description", preview(text, &self.palette));
        }
        for new in links {
            self.line(4, self.palette.create, format_args!("+ link {}", link(new, Voice::PLAIN)));
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
            let when = timings(&change.timing);
            let side = |date, when| format!("{date}{when}");
            let before = side(change.date.before, when.before);
            self.change("released_at", before, side(change.date.after, when.after));
        }
        if let Some(Change { before, after }) = milestones {
            self.change("milestones", titles(before, Voice::PLAIN), titles(after, Voice::PLAIN));
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

    /// What did not go well.
    pub(super) fn ends(&mut self, plan: &Plan, outcome: &Outcome) {
        self.failures(plan, outcome);
        self.conflicts(plan, outcome);
        self.skipped(plan, outcome);
    }

    fn failures(&mut self, plan: &Plan, outcome: &Outcome) {
        let mut advised = BTreeSet::new();
        for (step, outcome) in plan.steps.iter().zip(&outcome.steps) {
            let StepOutcome::Failed { error, help, is_final: _ } = outcome else { continue };
            self.line(0, self.palette.delete, format_args!("✗ failed to {}", describe::describe(&step.action)));
            self.plain(4, line(error));
            // A token that is too weak fails two hundred times; what to do about it is said once.
            if let Some(help) = help.as_ref().filter(|help| advised.insert(*help)) {
                self.line(4, self.palette.quiet, line(help));
            }
        }
    }

    fn conflicts(&mut self, plan: &Plan, outcome: &Outcome) {
        let mut reasons = conflict::Reasons::default();
        for (step, outcome) in plan.steps.iter().zip(&outcome.steps) {
            let StepOutcome::Conflict(conflict) = outcome else { continue };
            self.line(0, self.palette.delete, format_args!("✗ left alone: {}", describe::describe(&step.action)));
            if reasons.is_new(step, conflict) {
                self.plain(4, format_args!("{}:", conflict::head(conflict)));
                for line in conflict::lines(conflict, Voice::PLAIN) {
                    self.plain(4, line);
                }
            }
        }
    }

    fn skipped(&mut self, plan: &Plan, outcome: &Outcome) {
        for (step, outcome) in plan.steps.iter().zip(&outcome.steps) {
            if let StepOutcome::Skipped { because } = outcome {
                let (step, because) =
                    (describe::describe(&step.action), describe::describe(&plan.steps[because.0].action));
                self.line(0, self.palette.update, format_args!("- skipped: {step} (not done: {because})"));
            }
        }
    }

    pub(super) fn unmanaged(&mut self, unmanaged: &[TagName]) {
        if unmanaged.is_empty() {
            return;
        }
        let mut names: Vec<_> = unmanaged.iter().take(MAX_UNMANAGED).map(tag).collect();
        if let Some(more) = unmanaged.len().checked_sub(MAX_UNMANAGED).filter(|more| *more > 0) {
            names.push(format!("{more} more"));
        }
        self.gap();
        let count = of(unmanaged.len(), "release");
        self.plain(0, format_args!("Not in the manifest, left alone: {count} ({})", names.join(", ")));
    }

    fn notes(&mut self, plan: &Plan, detail: Detail) {
        let shown = plan.notes.iter().filter(|note| detail == Detail::Reasons || !notes::is_detail(note));
        let sentences: Vec<_> = shown.map(|note| notes::sentence(note, Voice::PLAIN)).collect();
        if !sentences.is_empty() {
            self.gap();
        }
        for sentence in sentences {
            self.line(0, self.palette.quiet, format_args!("Note: {sentence}."));
        }
    }

    pub(super) fn refusals(&mut self, plan: &Plan) {
        for refusal in &plan.refusals {
            let (what, way_through) = refusal::explain(refusal, Voice::PLAIN);
            self.gap();
            self.line(0, self.palette.delete, format_args!("✗ {what}"));
            self.plain(2, way_through);
        }
    }
}
