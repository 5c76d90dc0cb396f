//! What the page shows, laid out for its templates. Texts are harmless here already, and escaped there.

use super::drift;
use super::kind::Kind;
use super::prose::{self, Allowance};
use super::section::Section;
use super::status::Trouble;
use super::{SCRIPT, STYLE, csp};
use crate::model::{Moment, Project};
use crate::plan::Drift;
use crate::report::counts::of;
use crate::report::date;
use crate::report::drift::DriftRun;
use crate::report::run::{Command, ProjectRun, Run};
use crate::report::values::{self, short};
use askama::Template;

/// With more changed releases than this, a browser takes up what there is to say of one only when that is opened.
const MANY: usize = 100;

/// The file.
#[derive(Debug, Template)]
#[template(path = "page.html", config = "src/report/html/askama.toml")]
pub(super) struct Page {
    style: &'static str,
    script: &'static str,
    policy: String,
    title: String,
    /// What it is a report of.
    about: &'static str,
    verdict: Verdict,
    exact: String,
    minute: String,
    sections: Vec<Section>,
    unread: Vec<Trouble>,
    filter: Filter,
    /// Whether there is so much that a browser should not take it all up at once.
    is_large: bool,
}

/// What can be filtered by.
#[derive(Debug)]
struct Filter {
    total: usize,
    kinds: Vec<(Kind, usize)>,
    /// What GitLab calls some of the releases by their dates.
    dates: Vec<&'static str>,
    has_changes: bool,
    has_troubles: bool,
}

/// The report in a word or two.
#[derive(Debug, Clone, Copy)]
struct Verdict {
    class: &'static str,
    words: &'static str,
}

/// What is above everything.
struct Head<'a> {
    /// What it is a report of, in a word or two, and in a sentence.
    word: &'static str,
    about: &'static str,
    verdict: Verdict,
    now: Moment,
    /// The projects that could be read.
    read: Vec<&'a Project>,
    /// Those that could not, and why.
    unread: &'a [(String, String)],
}

impl Page {
    pub(super) fn new(run: &Run<'_>) -> Self {
        let Run { command, now, projects, unread } = run;
        let allowance = Allowance::new(projects.iter().flat_map(|project| prose::sizes(project.plan)));
        let section = |(index, project)| Section::new(project, *command, *now, id(index), allowance);
        let (word, about) = match command {
            Command::Plan => ("Release plan", "What relsync would do. Nothing has been changed."),
            Command::Apply => ("Releases applied", "What relsync has done."),
        };
        let read = projects.iter().map(|project| &project.plan.project).collect();
        let head = Head { word, about, verdict: verdict(run), now: *now, read, unread };
        Self::of(&head, projects.iter().enumerate().map(section).collect())
    }

    pub(super) fn of_drift(run: &DriftRun<'_>) -> Self {
        let DriftRun { now, projects, unread } = run;
        let allowance = Allowance::new(projects.iter().flat_map(|project| drift::sizes(project.drift)));
        let section = |(index, project)| drift::section(project, *now, id(index), allowance);
        let head = Head {
            word: "Release drift",
            about: "Where GitLab is not as the manifest says. Nothing has been changed.",
            verdict: drift_verdict(run),
            now: *now,
            read: projects.iter().map(|project| &project.drift.project).collect(),
            unread,
        };
        Self::of(&head, projects.iter().enumerate().map(section).collect())
    }

    fn of(Head { word, about, verdict, now, read, unread }: &Head<'_>, sections: Vec<Section>) -> Self {
        let subject = match (read.as_slice(), unread) {
            ([one], []) => short(&one.to_string()),
            ([], [(one, _)]) => short(one),
            (read, unread) => of(read.len() + unread.len(), "project"),
        };
        Self {
            style: STYLE,
            script: SCRIPT,
            policy: csp::policy(SCRIPT, STYLE),
            title: format!("{word} · {subject}"),
            about,
            verdict: *verdict,
            exact: now.to_string(),
            minute: date::minute(*now),
            unread: unread
                .iter()
                .map(|(project, why)| Trouble {
                    what: short(project),
                    details: why.lines().map(values::line).collect(),
                })
                .collect(),
            is_large: changes(&sections) > MANY,
            filter: Filter::new(&sections),
            sections,
        }
    }
}

/// A project's own within the page.
fn id(index: usize) -> String {
    format!("p{}", index + 1)
}

impl Filter {
    fn new(sections: &[Section]) -> Self {
        let count = |kind| sections.iter().map(|section| section.count(kind)).sum::<usize>();
        let kinds: Vec<_> = Kind::ALL.into_iter().map(|kind| (kind, count(kind))).filter(|(_, n)| *n > 0).collect();
        let timelines = || sections.iter().flat_map(|section| &section.timeline);
        let dates = [
            ("upcoming", timelines().any(|timeline| timeline.has_upcoming)),
            ("historical", timelines().any(|timeline| timeline.has_historical)),
        ];
        Self {
            total: kinds.iter().map(|(_, count)| count).sum(),
            kinds,
            dates: dates.into_iter().filter(|(_, is_there)| *is_there).map(|(word, _)| word).collect(),
            has_changes: changes(sections) > 0,
            has_troubles: sections.iter().any(Section::has_troubles),
        }
    }
}

/// How many releases change.
fn changes(sections: &[Section]) -> usize {
    sections.iter().map(|section| section.changed.len()).sum()
}

/// What matters most.
fn verdict(run: &Run<'_>) -> Verdict {
    let any = |which: &dyn Fn(&ProjectRun<'_>) -> bool| run.projects.iter().any(which);
    let (class, words) = if any(&|project| !project.plan.refusals.is_empty()) {
        ("bad", "refused")
    } else if any(&|project| project.outcome.is_some_and(|outcome| !outcome.is_success())) {
        ("bad", "not all done")
    } else if !run.unread.is_empty() {
        ("bad", "not all read")
    } else if run.command == Command::Apply && any(&|project| project.outcome.is_some()) {
        ("good", "done")
    } else if any(&|project| project.plan.has_differences()) {
        ("some", "changes")
    } else {
        ("good", "as wished")
    };
    Verdict { class, words }
}

/// The same of drift.
fn drift_verdict(run: &DriftRun<'_>) -> Verdict {
    let any = |which: fn(&Drift) -> bool| run.projects.iter().any(|project| which(project.drift));
    let (class, words) = if !run.unread.is_empty() {
        ("bad", "not all read")
    } else if any(|drift| !drift.clashes.is_empty()) {
        ("bad", "conflicts")
    } else if any(Drift::has_drift) {
        ("some", "drift")
    } else {
        ("good", "no drift")
    };
    Verdict { class, words }
}
