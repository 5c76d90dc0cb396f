//! A run as Markdown for GitLab: a note in a merge request, or a file among a job's artifacts.
//!
//! What others wrote is dead in it. Names and values stand in code spans, texts in fences whose lines all begin with a sign
//! of ours ([`code`]): GitLab looks for references, mentions, links and commands outside of code only. Nothing of ours
//! is text of theirs, and no line of ours begins with `/`.
//!
//! A page has a limit. What must be seen comes first ([`Rank`]): why a plan is refused, what failed, what is
//! deleted. What no longer fits is shortened, then left out whole and counted ([`fit`]).

mod card;
mod code;
mod drift;
mod fit;
mod folded;
mod outcome;
mod project;

use super::counts::of;
use super::drift::{DriftRun, drift_fleet};
use super::fleet::{self, in_all};
use super::run::{Command, Run};
use super::text::Detail;
use super::values::visible;
use super::voice::Voice;
use crate::model::Project;
use fit::{Entry, Hopes, Kind, Page, Part, Rank, Section};

/// Names and titles in code spans.
const VOICE: Voice = Voice { name: code::name, quoted: code::quoted };

/// The run on a page of at most `limit` bytes. Its first lines are there even if they are longer.
#[must_use]
pub fn markdown(run: &Run<'_>, detail: Detail, limit: usize) -> String {
    let Run { command, now: _, projects, unread } = run;
    let command = match command {
        Command::Plan => "plan",
        Command::Apply => "apply",
    };
    let read: Vec<_> = projects.iter().map(|project| &project.plan.project).collect();
    let plans: Vec<_> = projects.iter().map(|project| project.plan).collect();
    let title = Title { command, read: &read, unread };
    page(title, &in_all(&plans, unread.len()), limit, |is_alone, hopes| {
        let with_page = projects.iter().filter(|project| {
            is_alone || fleet::has_page(project.plan) || project.outcome.is_some_and(fleet::has_outcome_page)
        });
        let sections: Vec<_> = with_page.map(|project| project::section(project, detail, is_alone, hopes)).collect();
        let lines = projects.iter().filter(|_| !is_alone).map(project::line).collect();
        std::iter::once(overview(lines)).chain(sections).collect()
    })
}

/// The same of a run of `drift`.
#[must_use]
pub fn drift_markdown(run: &DriftRun<'_>, limit: usize) -> String {
    let DriftRun { now: _, projects, unread } = run;
    let read: Vec<_> = projects.iter().map(|project| &project.drift.project).collect();
    let title = Title { command: "drift", read: &read, unread };
    page(title, &drift_fleet(run), limit, |is_alone, hopes| {
        let with_page = projects.iter().filter(|project| is_alone || project.has_page());
        let sections: Vec<_> = with_page.map(|project| drift::section(project, is_alone, hopes)).collect();
        let lines = projects.iter().filter(|_| !is_alone).map(drift::line).collect();
        std::iter::once(overview(lines)).chain(sections).collect()
    })
}

/// What the page is about.
struct Title<'a> {
    command: &'static str,
    /// The projects that could be read.
    read: &'a [&'a Project],
    /// Those that could not, and why.
    unread: &'a [(String, String)],
}

/// With `sections` for the projects that could be read, which are told whether there is one project only. `fleet` says what all
/// of several come to.
fn page(
    Title { command, read, unread }: Title<'_>,
    fleet: &str,
    limit: usize,
    sections: impl FnOnce(bool, &mut Hopes) -> Vec<Section>,
) -> String {
    let is_alone = read.len() + unread.len() == 1;
    let about = match (read, unread) {
        ([project], []) => code::name(&project.to_string()),
        ([], [(project, _)]) => code::name(project),
        _ => of(read.len() + unread.len(), "project"),
    };
    let mut title = format!("## relsync {command}: {about}\n\n");
    if !is_alone {
        title.extend([format!("**{}**\n\n", fleet.trim_end())]);
    }
    let not_read = Section { head: String::new(), parts: vec![not_read(unread)] };
    let sections = sections(is_alone, &mut Hopes::new(limit));
    Page { title, sections: std::iter::once(not_read).chain(sections).collect() }.fit(limit)
}

/// Several projects, a line for each.
fn overview(lines: Vec<Entry>) -> Section {
    Section { head: String::new(), parts: vec![Part { head: String::new(), entries: lines }] }
}

/// A project's line in the overview, which is a list as a bar in a name could end a table's cell, even in code: `name` and what there is to say, which is worth a look or not.
fn row(name: &str, what: &str, is_quiet: bool) -> Entry {
    Entry {
        rank: if is_quiet { Rank::Rest } else { Rank::Note },
        kind: Kind::Project,
        levels: vec![format!("- {}: {what}\n", code::name(name))],
    }
}

fn not_read(unread: &[(String, String)]) -> Part {
    let entry = |(project, error): &(String, String)| Entry {
        rank: Rank::Unread,
        kind: Kind::Project,
        levels: vec![format!("- {}: {}\n", code::name(project), code::span(&visible(error)))],
    };
    Part {
        head: "⚠️ **Could not be read, so this is not the whole truth:**\n\n".to_owned(),
        entries: unread.iter().map(entry).collect(),
    }
}
