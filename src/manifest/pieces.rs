//! Reads one file's text: its TOML, and from that what it says.
//!
//! The tree of a long manifest would take more memory, and for that more time, than all that becomes of it. So such a
//! text is parsed in pieces, each of which begins with the header of an entry: a piece without errors ends outside of
//! all strings and arrays, so that the next one means by itself what it means in the whole. What a piece must not do is
//! add to a table that an earlier one has, unless both write entries under `[[…]]` headers. Only a text with nothing
//! wrong in it is read so; any other is read whole, for its errors to be told as they are.

use crate::manifest::finding::{Findings, Kind};
use crate::manifest::lines::floor_char;
use crate::manifest::raw::{RawManifest, ReadFrom};
use crate::manifest::reader::{ReadTable, read_document};
use crate::manifest::source::{FileId, Origin, Span};
use crate::manifest::syntax::{self, Damage};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The entries that a piece can begin with.
const ENTRIES: [&str; 3] = ["releases", "milestones", "projects"];
/// How often a piece that can't be parsed is tried with twice its length: what looks like a header may be in a string.
const MOST_TRIES: usize = 5;

/// What a file says, and how far that can be trusted.
pub(super) struct ReadFile {
    pub(super) raw: RawManifest,
    pub(super) damage: Damage,
    /// Where it says that it is of a format that isn't known: then nothing else of it can be judged.
    pub(super) other_version: Option<Span>,
    /// Whether it says nothing at all.
    pub(super) is_empty: bool,
}

impl ReadFile {
    /// Whether a finding of this `kind` with a label at `span` can be trusted.
    pub(super) fn leaves(&self, kind: Kind, span: Span) -> bool {
        let is_judged = kind == Kind::Syntax || self.other_version.is_none_or(|version| version == span);
        is_judged && self.damage.leaves(kind, span)
    }
}

/// Reads the `text` of a file as an `R`, in pieces of `piece` bytes at least.
pub(super) fn read<R: ReadFrom>(file: FileId, text: &str, piece: usize, findings: &mut Findings) -> ReadFile {
    if let Some(raw) = read_in_pieces::<R>(file, text, piece) {
        return ReadFile { raw, damage: Damage::NONE, other_version: None, is_empty: false };
    }
    let (tree, damage) = syntax::parse(file, text, findings);
    let raw: RawManifest = read_document::<R>(Origin::of(file), &tree, findings).into();
    let version = tree.get("version").filter(|value| raw.version.is_none() && value.get_ref().is_integer());
    let other_version = version.map(|value| file.span(value.span()));
    ReadFile { raw, damage, other_version, is_empty: tree.is_empty() }
}

/// What a text of several pieces says, if nothing is wrong with it.
pub(super) fn read_in_pieces<R: ReadFrom>(file: FileId, text: &str, piece: usize) -> Option<RawManifest> {
    if piece_end(text, piece) == text.len() {
        return None;
    }
    let (mut end, tree) = next_tree(text, piece)?;
    // A later piece may add to no array that is written as one.
    let is_closed = ENTRIES.map(|entry| tree.get(entry).is_some_and(|value| !is_headed(text, value)));
    let mut raw: RawManifest = read_right::<R>(Origin::of(file), &tree)?.into();
    drop(tree);
    while end < text.len() {
        let start = end;
        let (length, tree) = next_tree(&text[start..], piece)?;
        end += length;
        if ENTRIES.iter().zip(is_closed).any(|(entry, is_closed)| is_closed && tree.contains_key(*entry)) {
            return None;
        }
        raw.take(read_right::<R::Piece>(Origin::piece(file, start), &tree)?.into())?;
    }
    Some(raw)
}

/// What the `beginning` of a text says before its first entry, if nothing is wrong with that; `is_all`: it has no more.
pub(super) fn read_first<R: ReadFrom>(beginning: &str, is_all: bool) -> Option<RawManifest> {
    let end = piece_end(beginning, 0);
    if end == beginning.len() && !is_all {
        return None;
    }
    let tree = DeTable::parse(&beginning[..end]).ok()?.into_inner();
    Some(read_right::<R>(Origin::of(FileId::MAIN), &tree)?.into())
}

/// The tree of the first piece of `text`, and where that ends.
fn next_tree(text: &str, piece: usize) -> Option<(usize, DeTable<'_>)> {
    let mut end = 0;
    for tried in 0..MOST_TRIES {
        let longer = piece_end(text, piece.saturating_mul(1 << tried));
        if longer > end {
            end = longer;
            if let Ok(tree) = DeTable::parse(&text[..end]) {
                return Some((end, tree.into_inner()));
            }
        }
    }
    None
}

/// What a tree says, if nothing is wrong with it.
fn read_right<R: ReadTable>(origin: Origin, tree: &DeTable<'_>) -> Option<R> {
    let mut findings = Findings::new();
    let read = read_document(origin, tree, &mut findings);
    findings.is_empty().then_some(read)
}

/// Where a piece of at least `length` bytes ends: before the header of an entry.
fn piece_end(text: &str, length: usize) -> usize {
    let mut at = floor_char(text, length.min(text.len()));
    while let Some(next) = text[at..].find('\n') {
        at += next + 1;
        if is_header_of_entry(&text[at..]) {
            return at;
        }
    }
    text.len()
}

/// Whether a line begins that is the header of an entry, unless it is in a string.
fn is_header_of_entry(text: &str) -> bool {
    let name = text.trim_start_matches([' ', '\t']).strip_prefix("[[").map(|rest| rest.trim_start_matches([' ', '\t']));
    let is_entry = |entry: &str| {
        let rest = name.and_then(|name| name.strip_prefix(entry));
        rest.is_some_and(|rest| rest.trim_start_matches([' ', '\t']).starts_with("]]"))
    };
    ENTRIES.into_iter().any(is_entry)
}

/// Whether entries are written under `[[…]]` headers of their own, to which later pieces may add.
fn is_headed(text: &str, value: &Spanned<DeValue<'_>>) -> bool {
    // An item of an array that is written as one is between its brackets: a table begins with a brace.
    let first = value.get_ref().as_array().and_then(|items| items.iter().next());
    first.is_some_and(|item| item.get_ref().is_table() && text[item.span().start..].starts_with('['))
}

impl RawManifest {
    /// Adds a later piece's, if all that is there twice is entries.
    fn take(&mut self, piece: Self) -> Option<()> {
        let Self { version: _, include: _, project, projects, policy, defaults, milestones, releases } = piece;
        set_once(&mut self.project, project)?;
        extend(&mut self.projects, projects);
        set_once(&mut self.policy, policy)?;
        set_once(&mut self.defaults, defaults)?;
        extend(&mut self.milestones, milestones);
        extend(&mut self.releases, releases);
        Some(())
    }
}

fn set_once<T>(all: &mut Option<T>, new: Option<T>) -> Option<()> {
    match (&all, &new) {
        (Some(_), Some(_)) => return None,
        (None, Some(_)) => *all = new,
        (_, None) => {}
    }
    Some(())
}

fn extend<T>(all: &mut Option<Vec<T>>, new: Option<Vec<T>>) {
    match (all, new) {
        (Some(all), Some(new)) => all.extend(new),
        (all @ None, new) => *all = new,
        (Some(_), None) => {}
    }
}
