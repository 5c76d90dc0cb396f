//! A rehearsal as plain text.

use super::{MAILS_A_DAY, Rehearsal, RehearsalRun, Remark};
use crate::report::counts::{self, Counts, Words, of};
use crate::report::style::Palette;
use crate::report::text::Page;
use crate::report::values::{quoted, size, visible};
use std::time::Duration;

/// How many refs or patterns are named before the rest is counted.
const MAX_NAMED: usize = 5;

/// What came of rehearsing one project.
#[must_use]
pub fn rehearsal(project: &Rehearsal<'_>, writes_a_minute: u64, palette: &Palette) -> String {
    let mut page = Page::new(palette);
    let name = visible(&project.plan.project.to_string());
    page.line(0, palette.heading, format_args!("Rehearsal of {name}, on a copy of it in memory"));
    if project.plan.refusals.is_empty() {
        went(project, &mut page);
        costs(project, writes_a_minute, &mut page);
    } else {
        page.refusals(project.plan);
        page.gap();
    }
    for remark in &project.remarks {
        page.line(0, palette.quiet, format_args!("Note: {}.", sentence(remark)));
    }
    let verdict = verdict(project);
    page.gap();
    page.line(0, if project.succeeds() { palette.create } else { palette.delete }, verdict);
    page.finish()
}

/// What came of rehearsing several projects.
#[must_use]
pub fn rehearsal_fleet(run: &RehearsalRun<'_>) -> String {
    let RehearsalRun { now: _, projects, unread, waits, writes_a_minute: _ } = run;
    let good = projects.iter().filter(|project| project.succeeds()).count();
    let requests = projects.iter().flat_map(|project| &project.requests).map(|requests| requests.count).sum::<u64>();
    let mut parts = vec![of(projects.len() + unread.len(), "project"), format!("{good} would succeed")];
    let bad = [(projects.len() - good, "would not"), (unread.len(), "not read")];
    parts.extend(bad.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")));
    format!("In all: {}; {requests} requests; {}.\n", parts.join(", "), waiting(*waits))
}

fn went(project: &Rehearsal<'_>, page: &mut Page) {
    let Some(outcome) = project.outcome else {
        let name = visible(&project.plan.project.to_string());
        if project.remarks.iter().any(Remark::is_of_files) {
            page.plain(0, format_args!("But for files, nothing needs to change in {name}."));
        } else if let Some(summary) = counts::summary(project.plan, &name) {
            page.plain(0, summary);
        }
        return;
    };
    page.gap();
    page.ends(project.plan, outcome);
    page.gap();
    page.plain(0, format_args!("On the copy: {}.", counts::done(project.plan, outcome)));
    match project.afterwards {
        Some(plan) if plan.is_empty() && plan.refusals.is_empty() => {
            page.plain(0, "Afterwards a plan has nothing to do.");
        }
        Some(plan) => {
            let counts = Counts::of_plan(plan);
            let left = match counts.sentence(&Words::PLANNED) {
                left if left.is_empty() => "nothing but attempts".to_owned(),
                left => left,
            };
            page.plain(0, format_args!("Afterwards a plan finds: {left}; {}.", of(counts.requests, "request")));
            page.refusals(plan);
        }
        None => {}
    }
}

/// What it takes, and what others notice.
fn costs(project: &Rehearsal<'_>, writes_a_minute: u64, page: &mut Page) {
    let palette = page.palette;
    page.gap();
    let all = project.requests.iter().map(|requests| requests.count).sum::<u64>();
    page.plain(0, format_args!("Requests: {all}"));
    let width = project.requests.iter().map(|requests| requests.count.to_string().len()).max().unwrap_or(0);
    for requests in &project.requests {
        page.plain(4, format_args!("{:>width$} {:<6} {}", requests.count, requests.method, requests.route));
    }
    if project.plan.is_empty() {
        return;
    }
    let limit = format!("{writes_a_minute} releases a minute may be written in a project");
    page.plain(0, format_args!("Time: {}, where {limit}", waiting(project.waits)));
    let mails = match project.mails() {
        0 => "none".to_owned(),
        mails => format!("{mails} to everybody who is notified of new releases"),
    };
    page.plain(0, format_args!("Mails: {mails}"));
    if project.mails_lost() > 0 {
        let advice = format!(
            "GitLab sends nobody more than {MAILS_A_DAY} mails a day about one project, issues and all: whoever watches it gets \
             no more of that day. Switch the project's notifications off meanwhile, or do it in parts, with --only."
        );
        page.line(4, palette.update, advice);
    }
    let pipelines = match project.tags_made() {
        0 => "none, as no tag is made".to_owned(),
        tags => format!("{tags} at most, where the project's CI runs for tags: {} made", were(tags)),
    };
    page.plain(0, format_args!("Pipelines: {pipelines}"));
}

fn were(tags: usize) -> String {
    format!("{} {}", of(tags, "tag"), if tags == 1 { "is" } else { "are" })
}

/// How long a run is kept waiting.
fn waiting(waits: Duration) -> String {
    match waits.as_secs() / 60 {
        0 => "no waiting for GitLab's limits".to_owned(),
        minutes @ 1..120 => format!("about {} of waiting for GitLab's limits", of(count(minutes), "minute")),
        minutes => format!("about {} of waiting for GitLab's limits", of(count(minutes.div_ceil(60)), "hour")),
    }
}

fn count(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn verdict(project: &Rehearsal<'_>) -> String {
    let failed = project.outcome.map_or(0, |outcome| outcome.steps.iter().filter(|step| !step.is_success()).count());
    if project.succeeds() {
        "It would succeed.".to_owned()
    } else if !project.plan.refusals.is_empty() {
        "It would be refused: nothing would be sent.".to_owned()
    } else if failed > 0 {
        format!("It would not succeed: {} of {} would not be done.", failed, of(project.plan.steps.len(), "step"))
    } else {
        "It would not be done with that: a plan would find something to do again.".to_owned()
    }
}

fn sentence(remark: &Remark) -> String {
    match remark {
        Remark::Archived => "the project is archived, so that nothing in it can be changed".to_owned(),
        Remark::RoleUntold => {
            "your role in the project is not told, and may be that of an invited group; Maintainer was assumed"
                .to_owned()
        }
        Remark::RoleOfJob => {
            "a CI job's token has the role of the job's user, which is not told; Maintainer was assumed".to_owned()
        }
        Remark::AskerUntold => "the snapshot does not say who asks; Maintainer was assumed".to_owned(),
        Remark::RefsUnchecked(refs) => {
            format!("this token may not look up {}, which {} taken to be there", named(refs), is_are(refs))
        }
        Remark::RulesUnread => {
            "who may make protected tags is told to maintainers only; tags that are protected were taken to \
                                ask for that role, and tags that are to be made to be unprotected"
                .to_owned()
        }
        Remark::RulesNameOthers(patterns) => {
            format!("the rules for {} name users, groups or keys; you were taken to be among them", named(patterns))
        }
        Remark::TierUntold => {
            "whether this GitLab collects evidence, which takes Premium, is not told; it was assumed".to_owned()
        }
        Remark::Uploads { files, bytes, is_known } => {
            let links = if *files == 1 { "is the link to it" } else { "are the links to them" };
            let files = format!("{} ({})", of(*files, "file"), size(*bytes));
            if *is_known {
                format!("{files} would be uploaded first; that is not rehearsed, nor {links}")
            } else {
                format!(
                    "up to {files} would be uploaded first: the snapshot does not say which are there; that is not \
                     rehearsed, nor are the links of their releases"
                )
            }
        }
        Remark::LinksOfFiles => {
            "links to files in the package registry are not rehearsed; no file would be uploaded".to_owned()
        }
        Remark::RemovalsOfFiles => "what --delete-packages deletes is not rehearsed".to_owned(),
    }
}

fn is_are(names: &[String]) -> &'static str {
    if names.len() == 1 { "was" } else { "were" }
}

fn named(names: &[String]) -> String {
    let shown: Vec<_> = names.iter().take(MAX_NAMED).map(|name| quoted(name)).collect();
    match names.len().saturating_sub(MAX_NAMED) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
