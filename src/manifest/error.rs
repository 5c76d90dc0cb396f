//! Everything that is wrong with a manifest, ready to be shown: [`ManifestError`] and its [`Problem`]s.
//!
//! Both are miette diagnostics. To show all of it, render each of [`ManifestError::problems`] and then the error's own
//! one line; a plain miette report of the error shows the same as related diagnostics.
//!
//! All text that leaves here has its control characters spelled out, whoever wrote it.

use crate::manifest::excerpt::Excerpt;
use crate::manifest::finding::{Finding, Findings};
use crate::manifest::lines::Lines;
use crate::manifest::source::Sources;
use crate::manifest::visible;
use miette::{Diagnostic, LabeledSpan, SourceCode};
use std::fmt;
use std::path::Path;

/// How many problems are shown; whoever has more has one mistake in many places.
const MOST_SHOWN: usize = 50;

/// Why a manifest can't be used: all of its problems, in the order of its files and their lines.
#[derive(Debug, thiserror::Error)]
pub struct ManifestError {
    name: String,
    problems: Vec<Problem>,
    more: usize,
}

/// One thing wrong with a manifest.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Problem {
    message: String,
    help: Option<String>,
    excerpt: Option<Excerpt>,
    labels: Vec<LabeledSpan>,
}

impl ManifestError {
    /// The problems to show, at most fifty.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// How many there are in all.
    #[must_use]
    pub fn count(&self) -> usize {
        self.problems.len() + self.more
    }

    /// For a file of which there is no text to show.
    pub(super) fn of_file(path: &Path, finding: Finding) -> Self {
        Self {
            name: visible::line(&path.to_string_lossy()),
            problems: vec![Problem::without_excerpt(finding)],
            more: 0,
        }
    }

    /// For `findings`, of which there is at least one.
    pub(super) fn of_text(sources: &Sources<'_>, mut findings: Findings) -> Self {
        findings.sort_by_key(Finding::place);
        let more = findings.len().saturating_sub(MOST_SHOWN);
        findings.truncate(MOST_SHOWN);
        let (lines, names) = (sources.lines(), sources.names());
        let names: Vec<String> = names.iter().map(|name| visible::line(name)).collect();
        let problems = findings.into_iter().map(|finding| Problem::new(&names, &lines, finding)).collect();
        Self { name: names.into_iter().next().unwrap_or_default(), problems, more }
    }
}

/// "…: 3 problems", and which of them are shown.
impl fmt::Display for ManifestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, problems, more } = self;
        match (problems.len() + more, more) {
            (1, _) => write!(f, "{name} can't be used: 1 problem"),
            (count, 0) => write!(f, "{name} can't be used: {count} problems"),
            (count, more) => {
                write!(f, "{name} can't be used: {count} problems, the first {} shown and {more} more", problems.len())
            }
        }
    }
}

impl Diagnostic for ManifestError {
    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        Some(Box::new(self.problems.iter().map(|problem| problem as &dyn Diagnostic)))
    }
}

impl Problem {
    fn without_excerpt(finding: Finding) -> Self {
        let Finding { message, help, labels: _, kind: _ } = finding;
        let (message, help) = (visible::beginning(&message), help.map(|help| visible::help(&help)));
        Self { message, help, excerpt: None, labels: Vec::new() }
    }

    fn new(names: &[String], lines: &[Lines<'_>], finding: Finding) -> Self {
        if finding.labels.is_empty() {
            return Self::without_excerpt(finding);
        }
        let spans: Vec<_> = finding.labels.iter().map(|(span, _)| *span).collect();
        let (excerpt, places) = Excerpt::new(names, lines, &spans);
        let last = places.len().saturating_sub(1);
        let labels = finding.labels.iter().zip(places).enumerate();
        let labels = labels.map(|(index, ((_, text), place))| {
            let text = Some(visible::beginning(text)).filter(|text| !text.is_empty());
            if index == last {
                LabeledSpan::new_primary_with_span(text, place)
            } else {
                LabeledSpan::new_with_span(text, place)
            }
        });
        let labels = labels.collect();
        Self { labels, excerpt: Some(excerpt), ..Self::without_excerpt(finding) }
    }
}

impl Diagnostic for Problem {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.excerpt.as_ref().map(|excerpt| excerpt as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.excerpt.as_ref().map(|_| Box::new(self.labels.iter().cloned()) as Box<dyn Iterator<Item = LabeledSpan>>)
    }
}
