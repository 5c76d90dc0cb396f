//! A project's changelog, taken apart into the sections of its versions.
//!
//! Keep a Changelog and its relatives: `## v1.2.3 (date)`, `## [1.2.3] - date`, `[1.2.3](url) - date` underlined or not.
//! Markdown is parsed rather than searched, so what stands in a code block, a quote, a list or a comment is no heading.
//! Knows nothing of manifests and reads no files.

mod heading;
mod outline;

pub use heading::NoVersion;

use heading::without_v;
use jiff::civil::Date;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::Range;

/// A changelog.
#[derive(Debug, Clone)]
pub struct Changelog {
    text: String,
    sections: Vec<Section>,
    /// Which section is a version's first, and perhaps its second.
    index: HashMap<String, (usize, Option<usize>)>,
}

/// What a changelog says of one version.
#[derive(Debug, Clone)]
pub struct Section {
    /// The version, without a `v`.
    pub version: String,
    /// When it came out, if the heading says.
    pub date: Option<Date>,
    /// The heading's text, without its markup.
    pub heading: String,
    /// The heading's line, from 1.
    pub line: usize,
    body: Range<usize>,
    /// Reference definitions that stand elsewhere.
    definitions: Vec<Range<usize>>,
}

/// A heading that begins no version's section, or a line that looks as if it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// Its text, without its markup.
    pub text: String,
    /// Its line, from 1.
    pub line: usize,
    /// Its bytes in [`Changelog::text`].
    pub place: Range<usize>,
    /// Why it begins none.
    pub why: NoVersion,
}

/// Why a changelog has no notes of a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoNotes {
    /// It has no section of it.
    Missing,
    /// It has two; the headings' lines.
    Twice(usize, usize),
}

/// The version that a tag's name tells: without the `prefix/` and without a `v` that a digit follows.
#[must_use]
pub fn version_of(tag: &str) -> &str {
    let name = tag.rsplit('/').next().unwrap_or(tag);
    name.strip_prefix('v').filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit())).unwrap_or(name)
}

impl Changelog {
    /// Takes a changelog apart.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).to_owned();
        let sections = outline::sections(&text);
        let mut index: HashMap<String, (usize, Option<usize>)> = HashMap::with_capacity(sections.len());
        for (at, section) in sections.iter().enumerate() {
            match index.entry(section.version.clone()) {
                Entry::Vacant(entry) => drop(entry.insert((at, None))),
                Entry::Occupied(mut entry) => drop(entry.get_mut().1.get_or_insert(at)),
            }
        }
        Self { text, sections, index }
    }

    /// The sections of all versions, in the file's order. What is not released yet is none of them.
    #[must_use]
    pub fn sections(&self) -> &[Section] {
        &self.sections
    }

    /// The section of a version, however its `v` is written.
    ///
    /// # Errors
    /// That there is none, or that it is not clear which.
    pub fn section(&self, version: &str) -> Result<&Section, NoNotes> {
        match self.index.get(without_v(version)) {
            None => Err(NoNotes::Missing),
            Some((first, Some(second))) => Err(NoNotes::Twice(self.sections[*first].line, self.sections[*second].line)),
            Some((only, None)) => Ok(&self.sections[*only]),
        }
    }

    /// The notes of a version, however its `v` is written, with the reference definitions they use.
    ///
    /// # Errors
    /// That there are none, or that it is not clear which.
    pub fn notes(&self, version: &str) -> Result<String, NoNotes> {
        self.section(version).map(|section| self.notes_of(section))
    }

    /// The headings that begin no version's section, in the file's order. Parses the text once more.
    #[must_use]
    pub fn other_headings(&self) -> Vec<Heading> {
        outline::others(&self.text)
    }

    /// All of it, without a byte order mark.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The notes in a section.
    #[must_use]
    pub fn notes_of(&self, section: &Section) -> String {
        let mut notes = without_blank_lines(&self.text[section.body.clone()]).to_owned();
        for (at, definition) in section.definitions.iter().enumerate() {
            notes.push_str(if at == 0 { "\n\n" } else { "\n" });
            notes.push_str(&self.text[definition.clone()]);
        }
        notes
    }
}

/// `text` without the blank lines before and after it; the first line keeps its indentation.
fn without_blank_lines(text: &str) -> &str {
    let text = text.trim_end();
    let start = text.find(|c: char| !c.is_whitespace()).unwrap_or(text.len());
    &text[text[..start].rfind('\n').map_or(0, |at| at + 1)..]
}
