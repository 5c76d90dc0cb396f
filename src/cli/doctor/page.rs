//! The screen that `doctor` fills: a line for each thing looked at, and below it what to do.

use crate::model::harmless;
use std::fmt::Write;

/// Columns that a line may take.
const WIDTH: usize = 100;
/// Columns before a line's text: the sign, and the name of what was looked at.
const INDENT: usize = 12;

/// What a finding means for apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// As it should be.
    Good,
    /// Nothing to judge, or nothing known.
    Note,
    /// May go wrong.
    Doubt,
    /// Keeps apply from working.
    Bad,
}

/// What was found about one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    verdict: Verdict,
    subject: &'static str,
    text: String,
    advice: Option<String>,
}

impl Finding {
    pub(super) fn new(verdict: Verdict, subject: &'static str, text: impl Into<String>) -> Self {
        Self { verdict, subject, text: text.into(), advice: None }
    }

    pub(super) fn advice(self, advice: impl Into<String>) -> Self {
        Self { advice: Some(advice.into()), ..self }
    }

    /// With what has to be said before.
    pub(super) fn after(self, text: &str) -> Self {
        Self { text: format!("{text}: {}", self.text), ..self }
    }

    /// Something failed, with its own advice.
    pub(super) fn failed(subject: &'static str, error: &dyn miette::Diagnostic) -> Self {
        let finding = Self::new(Verdict::Bad, subject, error.to_string());
        Self { advice: error.help().map(|help| help.to_string()), ..finding }
    }
}

/// The findings, in the order in which they were made.
#[derive(Debug, Default)]
pub(super) struct Page(Vec<Finding>);

impl Page {
    /// Adds a finding, unless it is there.
    pub(super) fn add(&mut self, finding: Finding) {
        if !self.0.contains(&finding) {
            self.0.push(finding);
        }
    }

    /// Whether apply could work.
    pub(super) fn is_good(&self) -> bool {
        self.count(Verdict::Bad) == 0
    }

    fn count(&self, verdict: Verdict) -> usize {
        self.0.iter().filter(|finding| finding.verdict == verdict).count()
    }

    /// The whole screen, its last line in words what all of it means.
    pub(super) fn render(&self) -> String {
        let mut out = String::new();
        for Finding { verdict, subject, text, advice } in &self.0 {
            let sign = match verdict {
                Verdict::Good => '✓',
                Verdict::Note => '·',
                Verdict::Doubt => '!',
                Verdict::Bad => '✗',
            };
            let advice = advice.iter().flat_map(|advice| wrapped("→ ", advice));
            for (index, line) in wrapped("", text).into_iter().chain(advice).enumerate() {
                let head = if index == 0 { format!("{sign} {subject}") } else { String::new() };
                // Writing to a `String` can't fail.
                let _ = writeln!(out, "{head:<INDENT$}{line}");
            }
        }
        let last = match (self.count(Verdict::Bad), self.count(Verdict::Doubt)) {
            (0, 0) => "Nothing here keeps apply from working.".to_owned(),
            (0, _) => "Nothing here keeps apply from working, but look at what is marked with `!`.".to_owned(),
            (1, _) => "One thing keeps apply from working: look at what is marked with `✗`.".to_owned(),
            (bad, _) => format!("{bad} things keep apply from working: look at what is marked with `✗`."),
        };
        let _ = writeln!(out, "\n{last}");
        out
    }
}

/// `text` in lines that fit beside the names, the first after `mark`, the others below where it begins.
fn wrapped(mark: &str, text: &str) -> Vec<String> {
    let text = harmless(text);
    let indent = " ".repeat(mark.chars().count());
    let mut lines = vec![mark.to_owned()];
    let mut is_new = true;
    for word in text.split(' ') {
        let line = lines.last().map_or(0, |line| line.chars().count());
        if !is_new && INDENT + line + 1 + word.chars().count() > WIDTH {
            lines.push(indent.clone());
            is_new = true;
        }
        if let Some(line) = lines.last_mut() {
            line.push_str(if is_new { "" } else { " " });
            line.push_str(word);
        }
        is_new = false;
    }
    lines
}
