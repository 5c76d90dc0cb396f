//! From text to a tree of TOML, with all syntax errors at once.
//!
//! The parser goes on after an error with its best guess. [`Damage`] tells which later findings such a guess may have
//! made up, so that one missing bracket does not drown in its consequences.

use crate::manifest::finding::{Finding, Findings, Kind};
use crate::manifest::lines::Lines;
use crate::manifest::source::{FileId, Span};
use crate::manifest::visible::Quoted;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Error};

/// The parser's messages after which only the value, or key, itself is in doubt.
const LOCAL: [&str; 11] = [
    "duplicate key",
    "key with no value",
    "string values must be quoted",
    "invalid basic string",
    "missing escaped value",
    "invalid date",
    "invalid time",
    "invalid offset",
    "`_` may only go between digits",
    "invalid integer",
    "invalid float",
];

/// How many errors are looked into; no more are shown.
const MOST_LOOKED_INTO: usize = 50;

/// Parses the `text` of a file.
pub(super) fn parse<'i>(file: FileId, text: &'i str, findings: &mut Findings) -> (DeTable<'i>, Damage) {
    let (tree, errors) = DeTable::parse_recoverable(text);
    let tree = tree.into_inner();
    if errors.is_empty() {
        return (tree, Damage::NONE);
    }
    let lines = Lines::of(text);
    let mut slips: Vec<Slip<'_>> = errors.iter().map(|error| Slip::new(file, &lines, error)).collect();
    let structural = slips.iter().filter(|slip| !slip.is_local).map(|slip| slip.span.start());
    let certain_to = structural.min().unwrap_or(usize::MAX);

    slips.retain(|slip| !is_doubled(slip.error) || slip.span.start() < certain_to);
    // Of the errors in one line, one matters: the one that breaks more, else the first.
    slips.sort_by_key(|slip| (slip.line, slip.is_local, slip.span.start()));
    slips.dedup_by_key(|slip| slip.line);
    let broken = slips.iter().map(|slip| lines.range(slip.line)).collect();
    // An array that isn't closed takes in whatever follows, and the parser complains of all of it.
    let mut in_array = false;
    slips.retain(|slip| !is_about_array(slip.error) || !std::mem::replace(&mut in_array, true));

    let first_places = FirstPlaces::new(file, &lines, &tree);
    let explained = slips.iter().enumerate().map(|(index, slip)| {
        let first_places = Some(&first_places).filter(|_| index < MOST_LOOKED_INTO);
        explain(text, first_places, slip)
    });
    findings.extend(explained);
    (tree, Damage { certain_to, broken })
}

/// Which parts of a broken text the tree can't be trusted about.
pub(super) struct Damage {
    /// Nothing is certain from here on.
    certain_to: usize,
    /// The lines with errors in them, in order.
    broken: Vec<Range<usize>>,
}

impl Damage {
    /// That of a text without errors.
    pub(super) const NONE: Self = Self { certain_to: usize::MAX, broken: Vec::new() };

    /// Whether a finding of this `kind` with a label at `span` would be there without the syntax errors too.
    pub(super) fn leaves(&self, kind: Kind, span: Span) -> bool {
        if self.broken.is_empty() {
            return true;
        }
        let next = self.broken.partition_point(|line| line.end < span.start());
        let in_broken_line = || self.broken.get(next).is_some_and(|line| line.start <= span.start());
        match kind {
            Kind::Syntax => true,
            Kind::Missing => false,
            Kind::Wrong => span.start() < self.certain_to && !in_broken_line(),
        }
    }
}

/// An error of the parser's and where it is, surely within the text and between characters.
struct Slip<'e> {
    error: &'e Error,
    span: Span,
    line: usize,
    is_local: bool,
}

impl<'e> Slip<'e> {
    fn new(file: FileId, lines: &Lines<'_>, error: &'e Error) -> Self {
        let range = error.span().unwrap_or_default();
        let start = lines.clamp(range.start);
        let span = file.span(start..lines.clamp(range.end));
        Self { error, span, line: lines.index(start), is_local: is_local(error) }
    }
}

fn is_local(error: &Error) -> bool {
    LOCAL.iter().any(|local| error.message().starts_with(local))
}

fn is_about_array(error: &Error) -> bool {
    error.message().contains("array") && !error.message().contains("array table")
}

fn is_doubled(error: &Error) -> bool {
    error.message() == "duplicate key"
}

fn explain(text: &str, first_places: Option<&FirstPlaces<'_, '_>>, slip: &Slip<'_>) -> Finding {
    let span = slip.span;
    let written = &text[span.start()..span.end()];
    let message = slip.error.message();
    let is_number = written.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c));
    let finding = if is_doubled(slip.error) {
        let finding = Finding::new(format!("key {} is set twice", Quoted(written)));
        let finding = match first_places.and_then(|places| places.of(span)) {
            Some(first) => finding.at(first, "first here"),
            None => finding,
        };
        finding.at(span, "again here").help("keep one of them")
    } else if message.starts_with("string values must be quoted") && written.is_empty() {
        Finding::new("not valid TOML: value missing").at(span, "nothing here").help("write a value, or drop the key")
    } else if message.starts_with("string values must be quoted") || message.starts_with("invalid float") && !is_number
    {
        Finding::new("not valid TOML: not a value")
            .at(span, "not a number, time or boolean")
            .help("put texts in quotes")
    } else if let Some((open, quotes)) = endless_string(text, message, span) {
        let finding = Finding::new("not valid TOML: a string that never ends").at(open, "begins here");
        finding.help(format!("end it with `{quotes}`"))
    } else {
        Finding::new(format!("not valid TOML: {message}")).at(span, "here")
    };
    finding.kind(Kind::Syntax)
}

/// Where a string begins that the parser misses the end of. Its quotes are the last ones, or they would end it.
fn endless_string(text: &str, message: &str, span: Span) -> Option<(Span, &'static str)> {
    let quotes = match message {
        message if message.starts_with("invalid multi-line basic string") => "\"\"\"",
        message if message.starts_with("invalid multi-line literal string") => "'''",
        _ => return None,
    };
    let start = text.rfind(quotes).filter(|_| span.start() == text.len())?;
    Some((span.file.span(start..start + quotes.len()), quotes))
}

/// Finds where a doubled key has been set first, which the parser does not tell.
struct FirstPlaces<'t, 'i> {
    file: FileId,
    lines: &'t Lines<'i>,
    tree: &'t DeTable<'i>,
    /// Every table that is written as one, by where it starts.
    tables: Vec<(Span, &'t DeTable<'i>)>,
}

impl<'t, 'i> FirstPlaces<'t, 'i> {
    fn new(file: FileId, lines: &'t Lines<'i>, tree: &'t DeTable<'i>) -> Self {
        let text = lines.text();
        let mut tables = Vec::new();
        let mut rest: Vec<&Spanned<DeValue<'i>>> = tree.values().collect();
        while let Some(value) = rest.pop() {
            match value.get_ref() {
                DeValue::Array(items) => rest.extend(items),
                DeValue::Table(table) => {
                    rest.extend(table.values());
                    let span = file.span(value.span());
                    // Not those that dotted keys make.
                    if matches!(text.as_bytes().get(span.start()), Some(b'[' | b'{')) {
                        tables.push((span, table));
                    }
                }
                _ => {}
            }
        }
        tables.sort_by_key(|(span, _)| span.start());
        Self { file, lines, tree, tables }
    }

    fn of(&self, again: Span) -> Option<Span> {
        let text = self.lines.text();
        let line = self.file.span(self.lines.range(self.lines.index(again.start())));
        let before = text[line.start()..again.start()].trim_start();
        let name = unquoted(&text[again.start()..again.end()]);
        let table = match before.strip_prefix('[') {
            Some(path) => self.table_at(path.trim_start_matches('['), again)?,
            None => self.table_around(again),
        };
        let first = table.get_key_value(name).map(|(key, _)| self.file.span(key.span()));
        let first = first.filter(|first| first.start() < again.start());
        // The parser's tree keeps only the last of two headers.
        first.or_else(|| self.header(line).filter(|_| before.trim_start_matches('[').is_empty()))
    }

    /// The table that `path`, a header's beginning such as `releases.`, leads to.
    fn table_at(&self, path: &str, before: Span) -> Option<&'t DeTable<'i>> {
        let mut table = self.tree;
        for part in path.split('.').map(str::trim).filter(|part| !part.is_empty()) {
            table = match table.get(unquoted(part))?.get_ref() {
                DeValue::Table(table) => table,
                DeValue::Array(items) => {
                    let above = items.iter().rev().find(|item| item.span().start < before.start())?;
                    above.get_ref().as_table()?
                }
                _ => return None,
            };
        }
        Some(table)
    }

    /// The inline table around a place, or the table whose header is nearest above it.
    fn table_around(&self, at: Span) -> &'t DeTable<'i> {
        let above = &self.tables[..self.tables.partition_point(|(span, _)| span.start() < at.start())];
        let is_around = |span: Span| match self.lines.text().as_bytes().get(span.start()) {
            Some(b'[') => span.end() <= at.start(),
            _ => at.end() < span.end(),
        };
        above.iter().rev().find(|(span, _)| is_around(*span)).map_or(self.tree, |(_, table)| *table)
    }

    /// The first line that is a header of the same table as the one in `again`.
    fn header(&self, again: Span) -> Option<Span> {
        let name = |line: &str| Some(line.trim().strip_prefix('[')?.trim_matches(['[', ']', ' ']).to_owned());
        let text = self.lines.text();
        let wanted = name(&text[again.start()..again.end()])?;
        let above = (0..self.lines.index(again.start())).map(|line| self.lines.range(line));
        above
            .filter(|line| name(&text[line.clone()]).is_some_and(|name| name == wanted))
            .map(|line| self.file.span(line))
            .next()
    }
}

fn unquoted(key: &str) -> &str {
    key.trim_matches(['"', '\''])
}
