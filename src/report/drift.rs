//! Drift as people read it: what is in GitLab and not as the manifest says, what a change will do beside that, and where
//! the two meet.

use super::counts::of;
use super::style::Palette;
use super::text::Page;
use super::values::{diff, link, preview, quoted, titles, visible};
use super::voice::Voice;
use crate::model::Description;
use crate::plan::{Aspect, Change, Clash, Difference, Drift, Field, Subject, Value};
use std::collections::BTreeSet;

/// What GitLab and the manifest were held against.
#[derive(Debug, Clone, Copy)]
pub struct Base<'a> {
    /// What people call the commit.
    pub commit: &'a str,
    /// The manifest there, `main:releases.toml`.
    pub manifest: &'a str,
    /// Whether there is one.
    pub is_there: bool,
}

/// All of it; without a base, there is nothing but drift.
#[must_use]
pub fn drift(drift: &Drift, base: Option<Base<'_>>, palette: &Palette) -> String {
    let mut page = Page::new(palette);
    let project = visible(&drift.project.to_string());
    let manifest = base.map_or_else(|| "the manifest".to_owned(), |base| visible(base.manifest));
    let has_manifest = base.is_none_or(|base| base.is_there);
    if !has_manifest {
        page.plain(0, format_args!("There is no {manifest} for {project}, so there can be no drift."));
    } else if drift.drift.is_empty() {
        let releases = of(drift.as_said, "release");
        page.plain(0, format_args!("No drift in {project}: {releases} as {manifest} says."));
    } else {
        page.line(0, palette.heading, format_args!("Drift in {project}: not as {manifest} says"));
        differences(&mut page, &drift.drift, &Telling::Drift { manifest: &manifest });
    }
    page.unmanaged(&drift.unmanaged);
    if let Some(base) = base {
        page.gap();
        if drift.change.is_empty() {
            page.plain(0, "This change does nothing in GitLab.");
        } else {
            page.line(0, palette.heading, "This change, once it is applied");
            differences(&mut page, &drift.change, &Telling::Change);
        }
        clashes(&mut page, &drift.clashes, &visible(base.commit));
    }
    end(&mut page, drift, base.is_some());
    page.finish()
}

/// What came of looking at several projects, of which `unread` could not be read.
#[must_use]
pub fn drift_fleet(drifts: &[&Drift], unread: usize) -> String {
    let drifted = drifts.iter().filter(|drift| drift.has_drift()).count();
    let not_read = if unread > 0 { format!(", {unread} not read") } else { String::new() };
    format!("In all: {}, {drifted} with drift{not_read}.\n", of(drifts.len() + unread, "project"))
}

/// The counts, and what else should be known.
fn end(page: &mut Page, drift: &Drift, has_base: bool) {
    let quiet = page.palette.quiet;
    if drift.milestones_unread || drift.left_out > 0 || drift.has_drift() {
        page.gap();
    }
    if drift.milestones_unread {
        page.line(0, quiet, "Note: a CI job token can't read milestones: those declared were not looked at.");
    }
    if drift.left_out > 0 {
        let (others, differ) =
            (of(drift.left_out, "other release"), if drift.left_out == 1 { "differs" } else { "differ" });
        page.plain(0, format_args!("{others} {differ}, but not part of this run (--only, --ignore)."));
    }
    if drift.has_drift() {
        let mut parts = vec![counted(&drift.drift)];
        parts.extend((!drift.clashes.is_empty()).then(|| of(drift.clashes.len(), "conflict")));
        let as_said = if drift.as_said > 0 {
            format!(
                " {} as {} should be.",
                of(drift.as_said, "release"),
                if drift.as_said == 1 { "it" } else { "they" }
            )
        } else {
            String::new()
        };
        page.line(0, page.palette.heading, format_args!("Drift: {}.{as_said}", parts.join("; ")));
        if !has_base {
            page.line(0, quiet, "A manifest that was never applied looks the same; `--base` tells a change apart.");
        }
    }
}

/// `2 releases, 1 milestone`.
fn counted(differences: &[Difference]) -> String {
    let releases: BTreeSet<_> = differences.iter().filter_map(|difference| difference.subject.tag_name()).collect();
    let milestones: BTreeSet<_> = differences.iter().map(|difference| &difference.subject).collect();
    let milestones = milestones.into_iter().filter(|subject| matches!(subject, Subject::Milestone(_))).count();
    let counts = [(releases.len(), "release"), (milestones, "milestone")];
    counts.iter().filter(|(count, _)| *count > 0).map(|(count, noun)| of(*count, noun)).collect::<Vec<_>>().join(", ")
}

/// What differences are told as.
enum Telling<'a> {
    /// As what GitLab has in place of what `manifest` says.
    Drift { manifest: &'a str },
    /// As what GitLab has, and will have.
    Change,
}

fn differences(page: &mut Page, differences: &[Difference], telling: &Telling<'_>) {
    let owner = |one: &Difference| match &one.subject {
        Subject::Milestone(title) => (None, Some(title.clone())),
        Subject::Release(tag_name) | Subject::Link { tag_name, .. } => (Some(tag_name.clone()), None),
    };
    for group in differences.chunk_by(|left, right| owner(left) == owner(right)) {
        let Some(first) = group.first() else { continue };
        page.gap();
        if head(page, first, telling) {
            continue;
        }
        for one in group.chunk_by(|left, right| left.subject == right.subject) {
            match one.first().map(|first| &first.subject) {
                Some(Subject::Link { name, .. }) => one_link(page, name, one, telling),
                _ => one.iter().for_each(|difference| field(page, 4, difference, telling)),
            }
        }
    }
}

/// The line above all that differs in one thing. Says whether that is all.
fn head(page: &mut Page, first: &Difference, telling: &Telling<'_>) -> bool {
    let Palette { create, update, delete, .. } = page.palette;
    let subject = match &first.subject {
        Subject::Milestone(title) => format!("milestone {}", quoted(title)),
        Subject::Release(tag_name) | Subject::Link { tag_name, .. } => {
            format!("release {}", visible(tag_name.as_str()))
        }
    };
    let is_whole = first.aspect == Aspect::Existence && !matches!(first.subject, Subject::Link { .. });
    let is_wished = first.wished != Value::Absent;
    match (telling, is_whole, is_wished) {
        (Telling::Drift { .. }, false, _) => {
            page.line(0, update, format_args!("~ {subject} was edited in GitLab"));
        }
        (Telling::Drift { .. }, true, true) => page.line(0, delete, format_args!("- {subject} is missing in GitLab")),
        (Telling::Drift { manifest }, true, false) => {
            page.line(0, create, format_args!("+ {subject} is in GitLab, but not in {manifest}"));
        }
        (Telling::Change, false, _) => page.line(0, update, format_args!("~ {subject} will change")),
        (Telling::Change, true, true) => page.line(0, create, format_args!("+ {subject} will be created")),
        (Telling::Change, true, false) => page.line(0, delete, format_args!("- {subject} will be deleted")),
    }
    is_whole
}

fn one_link(page: &mut Page, name: &str, differences: &[Difference], telling: &Telling<'_>) {
    let Palette { create, update, delete, .. } = page.palette;
    if let [Difference { live, wished, .. }] = differences {
        match (telling, live, wished) {
            (Telling::Drift { manifest }, Value::Link(live), Value::Absent) => {
                return page.line(4, create, format_args!("+ link {} is not in {manifest}", link(live, Voice::PLAIN)));
            }
            (Telling::Drift { .. }, Value::Absent, Value::Link(wished)) => {
                return page.line(4, delete, format_args!("- link {} is missing", link(wished, Voice::PLAIN)));
            }
            (Telling::Change, Value::Link(gone), Value::Absent) => {
                return page.line(4, delete, format_args!("- link {}", link(gone, Voice::PLAIN)));
            }
            (Telling::Change, Value::Absent, Value::Link(new)) => {
                return page.line(4, create, format_args!("+ link {}", link(new, Voice::PLAIN)));
            }
            _ => {}
        }
    }
    page.line(4, update, format_args!("~ link {}", quoted(name)));
    for difference in differences {
        field(page, 6, difference, telling);
    }
}

/// One field of a release, link or milestone.
fn field(page: &mut Page, indent: usize, difference: &Difference, telling: &Telling<'_>) {
    let Difference { subject: _, aspect, live, wished } = difference;
    let name = match aspect {
        Aspect::Field(field) => field.as_str(),
        Aspect::Tag => return page.plain(indent, format_args!("{:<13}deleted in git", "tag")),
        Aspect::Existence => return,
    };
    if let (Value::Notes(live), Value::Notes(wished)) = (live, wished) {
        let (head, before, after) = match telling {
            Telling::Drift { manifest } => (format!("{name}, + in GitLab, - in {manifest}"), wished, live),
            Telling::Change => (name.to_owned(), live, wished),
        };
        let lines = diff(&Change { before: before.clone(), after: after.clone() }, &page.palette);
        return page.text(&head, lines);
    }
    let [live, wished] = [live, wished].map(|side| value(side, *aspect));
    match telling {
        Telling::Drift { .. } => page.plain(indent, format_args!("{name:<13}{live} in place of {wished}")),
        Telling::Change => page.plain(indent, format_args!("{name:<13}{live} → {wished}")),
    }
}

fn value(value: &Value, aspect: Aspect) -> String {
    let none = || "none".to_owned();
    match value {
        Value::Absent if aspect == Aspect::Field(Field::Evidence) => none(),
        Value::Present if aspect == Aspect::Field(Field::Evidence) => "some".to_owned(),
        Value::Absent => "not there".to_owned(),
        Value::Present => "there".to_owned(),
        Value::Link(whole) => link(whole, Voice::PLAIN),
        Value::Text(text) => quoted(text),
        Value::Notes(notes) => quoted(notes.as_str()),
        Value::Moment(at) => at.to_string(),
        Value::Titles(some) => titles(some, Voice::PLAIN),
        Value::Date(date) => date.map_or_else(none, |date| date.to_string()),
        Value::State(state) => state.to_string(),
        Value::Path(path) => path.as_ref().map_or_else(none, |path| visible(path.as_str())),
        Value::LinkType(link_type) => link_type.to_string(),
    }
}

fn clashes(page: &mut Page, clashes: &[Clash], commit: &str) {
    if clashes.is_empty() {
        return;
    }
    page.gap();
    page.line(0, page.palette.heading, "Conflicts: changed in GitLab, and otherwise by this change");
    for clash in clashes {
        let Clash { subject, aspect, base, live, here } = clash;
        page.gap();
        let field = match aspect {
            Aspect::Field(field) => format!(": {}", field.as_str()),
            Aspect::Existence | Aspect::Tag => String::new(),
        };
        page.line(0, page.palette.delete, format_args!("✗ {}{field}", named(subject)));
        let sides = [(format!("at {commit}"), base), ("in GitLab".to_owned(), live), ("here".to_owned(), here)];
        let width = sides.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
        for (nth, (name, side)) in sides.iter().enumerate() {
            match (side, base) {
                (Value::Notes(notes), Value::Notes(before)) if nth > 0 => {
                    page.text(&format!("{name}, against that"), changed(before, notes, &page.palette));
                }
                (Value::Notes(notes), _) if !notes.is_empty() => page.text(name, preview(notes, &page.palette)),
                (Value::Notes(_), _) => page.plain(4, format_args!("{name:<width$}  none")),
                (side, _) => page.plain(4, format_args!("{name:<width$}  {}", value(side, *aspect))),
            }
        }
    }
}

fn changed(before: &Description, after: &Description, palette: &Palette) -> Vec<String> {
    diff(&Change { before: before.clone(), after: after.clone() }, palette)
}

fn named(subject: &Subject) -> String {
    match subject {
        Subject::Milestone(title) => format!("milestone {}", quoted(title)),
        Subject::Release(tag_name) => format!("release {}", visible(tag_name.as_str())),
        Subject::Link { tag_name, name } => format!("link {} of release {}", quoted(name), visible(tag_name.as_str())),
    }
}
