//! A release's own fields, as rows of a table.

use super::when::When;
use crate::model::{NewRelease, NewTag, Release};
use crate::plan::{Action, Change, PresentFile, ReleaseDiff, Removal, Timing, Upload, WithoutEvidence};
use crate::report::values::{self, content, evidence, package, short, titles};
use crate::report::voice::Voice;
use crate::report::{date, describe};
use std::borrow::Cow;

/// A field, before and after. One that is not there was not, will not be, or is not known.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) name: Cow<'static, str>,
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
}

/// How two versions of something are called.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sides {
    pub(super) before: &'static str,
    pub(super) after: &'static str,
    pub(super) both: &'static str,
}

impl Sides {
    /// Of a change.
    pub(super) const CHANGE: Self = Self { before: "Before", after: "After", both: "Before and after" };
}

/// All rows of a table, whose columns are those in which there is something.
#[derive(Debug)]
pub(super) struct Rows {
    pub(super) rows: Vec<Row>,
    pub(super) sides: Sides,
}

impl Rows {
    pub(super) fn has_before(&self) -> bool {
        self.rows.iter().any(|row| row.before.is_some())
    }

    pub(super) fn has_after(&self) -> bool {
        self.rows.iter().any(|row| row.after.is_some())
    }
}

impl Row {
    pub(super) fn new(name: impl Into<Cow<'static, str>>, before: impl Into<String>, after: impl Into<String>) -> Self {
        Self { name: name.into(), before: Some(before.into()), after: Some(after.into()) }
    }

    pub(super) fn after(name: &'static str, after: impl Into<String>) -> Self {
        Self { name: name.into(), before: None, after: Some(after.into()) }
    }

    pub(super) fn before(name: &'static str, before: impl Into<String>) -> Self {
        Self { name: name.into(), before: Some(before.into()), after: None }
    }
}

/// Of a release to be made; its links and notes are shown apart.
pub(super) fn of_new(release: &NewRelease, timing: Timing) -> Vec<Row> {
    let NewRelease { tag_name: _, name, description: _, released_at, git_ref, tag_message, milestones, links: _ } =
        release;
    let mut rows = Vec::new();
    rows.extend(name.as_ref().map(|name| Row::after("name", short(name))));
    rows.extend(git_ref.as_ref().map(|git_ref| Row::after("tag", tag(git_ref, tag_message.as_deref()))));
    let date = released_at.map_or_else(|| "the moment it is made".to_owned(), date::minute);
    rows.push(Row::after("released_at", format!("{date}{}", values::timing(timing))));
    if !milestones.is_empty() {
        rows.push(Row::after("milestones", titles(milestones, Voice::PLAIN)));
    }
    rows
}

/// Of a tag that is made again.
pub(super) fn of_tag(new: &NewTag) -> Row {
    Row::after("tag", tag(&new.git_ref, new.message.as_deref()))
}

fn tag(git_ref: &str, message: Option<&str>) -> String {
    let message = message.map(|message| format!(", with the message “{}”", short(message))).unwrap_or_default();
    format!("to be made from {}{message}", short(git_ref))
}

/// Only what differs.
pub(super) fn of_diff(diff: &ReleaseDiff) -> Vec<Row> {
    let ReleaseDiff { name, description: _, released_at, milestones } = diff;
    let mut rows = Vec::new();
    rows.extend(name.as_ref().map(|Change { before, after }| Row::new("name", short(before), short(after))));
    rows.extend(released_at.as_ref().map(|change| {
        let when = values::timings(&change.timing);
        let side = |at, when| format!("{}{when}", precise(at));
        let before = side(change.date.before, when.before);
        Row::new("released_at", before, side(change.date.after, when.after))
    }));
    rows.extend(
        milestones
            .as_ref()
            .map(|c| Row::new("milestones", titles(&c.before, Voice::PLAIN), titles(&c.after, Voice::PLAIN))),
    );
    rows
}

/// Of a release that will be gone.
pub(super) fn of_lost(release: &Release, when: &When) -> Vec<Row> {
    let Release { tag_name: _, name, description: _, released_at: _, created_at, milestones, links: _, has_evidence } =
        release;
    let mut rows = vec![
        Row::before("name", short(name)),
        Row::before("released_at", format!("{}{}", when.minute(), values::timing(when.timing))),
        Row::before("created_at", date::minute(*created_at)),
    ];
    if !milestones.is_empty() {
        rows.push(Row::before("milestones", titles(milestones, Voice::PLAIN)));
    }
    if *has_evidence {
        rows.push(Row::before("evidence", "collected"));
    }
    rows
}

/// Of evidence that is to be collected.
pub(super) fn of_evidence(else_is: WithoutEvidence, is_new: bool) -> Row {
    Row::after("evidence", evidence(else_is, is_new))
}

/// Of a file that is uploaded.
pub(super) fn of_upload(upload: &Upload) -> Row {
    let Upload { tag_name: _, is_new: _, place, source: _, size, sha256, before } = upload;
    Row {
        name: format!("file {}", short(&place.file_name)).into(),
        before: before.map(|(size, sha256)| content(size, sha256)),
        after: Some(content(*size, Some(*sha256))),
    }
}

/// Of a file that is there already.
pub(super) fn of_present(file: &PresentFile) -> Row {
    let PresentFile { tag_name: _, place, source: _, size, sha256 } = file;
    let name = format!("file {}", short(&place.file_name)).into();
    Row { name, before: None, after: Some(format!("{}, there already", content(*size, Some(*sha256)))) }
}

/// Of a file that is deleted.
pub(super) fn of_removal(removal: &Removal, next: Option<&Action>) -> Row {
    let Removal { tag_name: _, place, package: _, file: _, size } = removal;
    Row {
        name: format!("file {}", short(&place.file_name)).into(),
        before: Some(format!(
            "{}, in {}{}",
            values::size(*size),
            package(place, Voice::PLAIN),
            describe::replaced(removal, next)
        )),
        after: None,
    }
}

/// Two dates may differ by less than a minute.
fn precise(moment: crate::model::Moment) -> String {
    let exact = moment.to_string();
    if exact.ends_with(":00Z") { date::minute(moment) } else { exact }
}
