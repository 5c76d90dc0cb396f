//! One release or milestone to unfold: what is to be done about it on one line, and the details below.

use super::VOICE;
use super::code;
use super::fit::{Entry, Hopes, Kind, Rank};
use super::folded::Folded;
use crate::model::{Description, Link, NewMilestone, NewRelease, NewTag, Release};
use crate::plan::{Action, Change, MilestoneDiff, Plan, ReleaseDiff, Removal, StepId};
use crate::report::counts::{Counts, Words, of};
use crate::report::values::{self, content, link, package, quoted, timing, timings, titles, upload, visible};
use crate::report::{describe, explain};
use jiff::civil::Date;

/// What is said of one release or milestone.
pub(super) struct Card {
    sign: char,
    noun: &'static str,
    /// Its tag or title, and what else names it, harmless.
    names: Vec<String>,
    /// What changes, in words of ours.
    short: Vec<String>,
    /// What is lost.
    losses: Vec<String>,
    /// What else is changed.
    items: Vec<String>,
    /// The change of its notes.
    notes: Option<Change<Description>>,
    /// Why, if that was asked for.
    reasons: Vec<String>,
    /// How it ended, if it was applied.
    ended: Option<String>,
    kind: Kind,
}

impl Card {
    fn new(sign: char, noun: &'static str, kind: Kind, name: String) -> Self {
        Self {
            sign,
            noun,
            names: vec![name],
            short: Vec::new(),
            losses: Vec::new(),
            items: Vec::new(),
            notes: None,
            reasons: Vec::new(),
            ended: None,
            kind,
        }
    }

    /// The steps from `first` on, which are all about one thing.
    pub(super) fn of(plan: &Plan, first: usize, count: usize) -> Self {
        let actions = || plan.steps[first..first + count].iter().map(|step| &step.action);
        let tag = actions().find_map(Action::tag_name);
        let mut card = match (tag, actions().next()) {
            (Some(tag), _) => Self::new('~', "release", Kind::Release, visible(tag.as_str())),
            (None, Some(Action::UpdateMilestone { title, .. })) => {
                Self::new('~', "milestone", Kind::Milestone, quoted(title))
            }
            (None, _) => Self::new('+', "milestone", Kind::Milestone, String::new()),
        };
        for (action, next) in actions().zip(actions().skip(1).map(Some).chain([None])) {
            card.action(action, next);
        }
        let present = plan.present.iter().filter(|file| Some(&file.tag_name) == tag);
        card.items.extend(present.map(|file| format!("`=` file {}", values::present(file, VOICE))));
        let counts = Counts::of(actions());
        card.short.extend(counts.links.words("link", &Words::PLANNED));
        card.short.extend(counts.files.words("file", &Words::PLANNED.of_files()));
        card
    }

    /// Adds why each of the steps is there.
    pub(super) fn explain(&mut self, plan: &Plan, first: usize, count: usize) {
        self.reasons = (first..first + count).map(|step| explain::line(plan, StepId(step), VOICE)).collect();
    }

    /// Says how it ended.
    pub(super) fn ended(&mut self, how: String) {
        self.ended = Some(how);
    }

    /// What it is about, with names as `code` writes them, and what is to change.
    fn head(&self, code: fn(&str) -> String) -> String {
        let names: Vec<_> = self.names.iter().map(|name| code(name)).collect();
        let ended = self.ended.as_ref().map(|how| format!(", {how}")).unwrap_or_default();
        let Self { sign, noun, short, .. } = self;
        format!("{} {noun} {}{ended}: {}", code(&sign.to_string()), names.join(" "), short.join(", "))
    }

    fn action(&mut self, action: &Action, next: Option<&Action>) {
        match action {
            Action::CreateMilestone(new) => self.new_milestone(new),
            Action::UpdateMilestone { milestone: _, title: _, diff } => self.milestone_diff(diff),
            Action::CreateTag(NewTag { name: _, git_ref, message }) => self.new_tag(git_ref, message.as_deref()),
            Action::CreateRelease { release, timing: when, milestones: _ } => {
                self.new_release(release, timing(*when));
            }
            Action::UpdateRelease { tag_name: _, diff, milestones: _ } => self.release_diff(diff),
            Action::UploadFile(new) => match new.before {
                None => self.items.push(format!("`+` file {}", upload(new, VOICE))),
                Some((size, sha256)) => {
                    let before = content(size, sha256);
                    self.items.push(format!("`~` file {}, which has {before} now", upload(new, VOICE)));
                }
            },
            Action::DeleteFile(gone) => {
                let Removal { place, size, .. } = &**gone;
                let (file, of) = ((VOICE.name)(&place.file_name), package(place, VOICE));
                let (size, replaced) = (values::size(*size), describe::replaced(gone, next));
                self.losses.push(format!("`-` file {file} in {of} ({size}{replaced})"));
            }
            Action::CreateLink { tag_name: _, link: new } => self.items.push(format!("`+` link {}", link(new, VOICE))),
            Action::UpdateLink { tag_name: _, id: _, before, after } => {
                self.items.push(format!("`~` link {} to {}", link(before, VOICE), link(after, VOICE)));
            }
            Action::DeleteLink { tag_name: _, id: _, link: gone } => {
                self.losses.push(format!("`-` link {}", link(gone, VOICE)));
            }
            Action::CollectEvidence { tag_name: _, else_is, is_new } => {
                self.short.push("evidence".to_owned());
                self.items.push(format!("evidence: {}", values::evidence(*else_is, *is_new)));
            }
            Action::DeleteRelease(release) => self.deletion(release),
        }
    }

    fn new_milestone(&mut self, new: &NewMilestone) {
        let NewMilestone { title, description, start_date, due_date } = new;
        self.names = vec![quoted(title)];
        self.short.push("new".to_owned());
        for (name, date) in [("start_date", start_date), ("due_date", due_date)] {
            self.items.extend(date.map(|date| format!("`{name}`: {date}")));
        }
        self.new_notes(description.as_ref());
    }

    fn milestone_diff(&mut self, diff: &MilestoneDiff) {
        let MilestoneDiff { description, start_date, due_date, state } = diff;
        let date = |date: &Option<Date>| date.map_or_else(|| "none".to_owned(), |date| date.to_string());
        for (name, change) in [("start_date", start_date), ("due_date", due_date)] {
            if let Some(Change { before, after }) = change {
                self.field(name, &date(before), &date(after));
            }
        }
        if let Some(Change { before, after }) = state {
            self.field("state", before.as_str(), after.as_str());
        }
        self.changed_notes(description.as_ref());
    }

    fn new_release(&mut self, release: &NewRelease, when: &str) {
        let NewRelease { tag_name: _, name, description, released_at, git_ref, tag_message, milestones, links } =
            release;
        self.sign = '+';
        self.names.extend(name.as_deref().map(quoted));
        self.short.push(format!("new{when}"));
        if let Some(git_ref) = git_ref {
            self.new_tag(git_ref, tag_message.as_deref());
        }
        self.items.extend(released_at.map(|at| format!("`released_at`: {at}{when}")));
        if !milestones.is_empty() {
            self.items.push(format!("`milestones`: {}", titles(milestones, VOICE)));
        }
        if !links.is_empty() {
            self.short.push(of(links.len(), "link"));
        }
        self.items.extend(links.iter().map(|new| format!("`+` link {}", link(new, VOICE))));
        self.new_notes(description.as_ref());
    }

    fn new_tag(&mut self, git_ref: &str, message: Option<&str>) {
        let message = message.map(|message| format!(", annotated {}", code::quoted(message))).unwrap_or_default();
        self.short.push("tag to be created".to_owned());
        self.items.push(format!("tag: to be created from {}{message}", code::quoted(git_ref)));
    }

    fn release_diff(&mut self, diff: &ReleaseDiff) {
        let ReleaseDiff { name, description, released_at, milestones } = diff;
        if let Some(Change { before, after }) = name {
            self.field("name", &code::quoted(before), &code::quoted(after));
        }
        if let Some(change) = released_at {
            let when = timings(&change.timing);
            let side = |date, when| format!("{date}{when}");
            let before = side(change.date.before, when.before);
            self.field("released_at", &before, &side(change.date.after, when.after));
        }
        if let Some(Change { before, after }) = milestones {
            self.field("milestones", &titles(before, VOICE), &titles(after, VOICE));
        }
        self.changed_notes(description.as_ref());
    }

    fn deletion(&mut self, release: &Release) {
        self.sign = '-';
        self.kind = Kind::Deletion;
        self.names.push(quoted(&release.name));
        self.short.push("to be deleted".to_owned());
        self.losses.push("its notes and links are lost; its tag stays".to_owned());
        let links = release.links.iter().map(|live| &live.link);
        self.losses.extend(links.map(|gone: &Link| format!("`-` link {}", link(gone, VOICE))));
    }

    fn field(&mut self, name: &str, before: &str, after: &str) {
        self.short.push(name.to_owned());
        self.items.push(format!("`{name}`: {before} → {after}"));
    }

    fn new_notes(&mut self, text: Option<&Description>) {
        let Some(text) = text.filter(|text| !text.is_empty()) else { return };
        self.notes = Some(Change { before: Description::default(), after: text.clone() });
    }

    fn changed_notes(&mut self, change: Option<&Change<Description>>) {
        let Some(change) = change else { return };
        self.short.push("description".to_owned());
        self.notes = Some(change.clone());
    }

    /// With its losses first.
    pub(super) fn entry(self, hopes: &mut Hopes) -> Entry {
        let rank = if self.losses.is_empty() { Rank::Change } else { Rank::Deletion };
        let (line, summary) = (self.head(code::span), self.head(code::html));
        let Self { mut losses, items, notes, reasons, kind, .. } = self;
        losses.extend(items);
        let texts = notes.map(|change| ("`description`".to_owned(), change)).into_iter().collect();
        Folded { line, summary, items: losses, texts, reasons }.entry(rank, kind, hopes)
    }
}
