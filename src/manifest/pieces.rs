//! Reads one file's text: its TOML, and from that what it says.
//!
//! The tree of a long manifest would take more memory, and for that more time, than all that becomes of it. So such a
//! text is parsed in pieces, each of which begins with the header of an entry: a piece without errors ends outside of
//! all strings and arrays, so that the next one means by itself what it means in the whole. Only a text with nothing
//! wrong in it is read so; any other is read whole, for its errors to be told as they are.

use crate::manifest::finding::{Findings, Kind};
use crate::manifest::lines::floor_char;
use crate::manifest::raw::{RawEntries, RawManifest};
use crate::manifest::reader::{ReadTable, read_document};
use crate::manifest::source::{FileId, Origin, Span};
use crate::manifest::syntax::{self, Damage};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// How much is parsed at once, at least.
const PIECE: usize = 1 << 16;
/// The entries that a piece can begin with.
const ENTRIES: [&str; 2] = ["releases", "milestones"];

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

/// Reads the `text` of a file as an `R`.
pub(super) fn read<R: ReadTable + Into<RawManifest>>(file: FileId, text: &str, findings: &mut Findings) -> ReadFile {
    if let Some(raw) = read_in_pieces::<R>(file, text) {
        return ReadFile { raw, damage: Damage::NONE, other_version: None, is_empty: false };
    }
    let (tree, damage) = syntax::parse(file, text, findings);
    let raw: RawManifest = read_document::<R>(Origin::of(file), &tree, findings).into();
    let version = tree.get("version").filter(|value| raw.version.is_none() && value.get_ref().is_integer());
    let other_version = version.map(|value| file.span(value.span()));
    ReadFile { raw, damage, other_version, is_empty: tree.is_empty() }
}

/// What a long text says, if nothing is wrong with it.
fn read_in_pieces<R: ReadTable + Into<RawManifest>>(file: FileId, text: &str) -> Option<RawManifest> {
    let mut findings = Findings::new();
    let mut end = piece_end(text, 0);
    if end == text.len() {
        return None;
    }
    let tree = DeTable::parse(&text[..end]).ok()?.into_inner();
    if !tree.iter().all(|(key, value)| !ENTRIES.contains(&&**key.get_ref()) || is_headed(text, key, value)) {
        return None;
    }
    let mut raw: RawManifest = read_document::<R>(Origin::of(file), &tree, &mut findings).into();
    drop(tree);
    while end < text.len() && findings.is_empty() {
        let start = end;
        end = piece_end(text, start);
        let piece = &text[start..end];
        let tree = DeTable::parse(piece).ok()?.into_inner();
        if !tree.iter().all(|(key, value)| ENTRIES.contains(&&**key.get_ref()) && is_headed(piece, key, value)) {
            return None;
        }
        let RawEntries { milestones, releases } = read_document(Origin::piece(file, start), &tree, &mut findings);
        raw.milestones.get_or_insert_default().extend(milestones.into_iter().flatten());
        raw.releases.get_or_insert_default().extend(releases.into_iter().flatten());
    }
    findings.is_empty().then_some(raw)
}

/// Where the piece ends that begins at `start`.
fn piece_end(text: &str, start: usize) -> usize {
    let from = floor_char(text, text.len().min(start + PIECE));
    let mut headers = text[from..].match_indices("\n[[");
    let is_entry =
        |header: &str| ENTRIES.iter().any(|entry| header.strip_prefix(entry).is_some_and(|end| end.starts_with("]]")));
    let next = headers.find(|(at, _)| is_entry(&text[from + at + 3..]));
    next.map_or(text.len(), |(at, _)| from + at + 1)
}

/// Whether entries are written under `[[key]]` headers of their own, to which later pieces may add.
fn is_headed(text: &str, key: &Spanned<impl AsRef<str>>, value: &Spanned<DeValue<'_>>) -> bool {
    value.get_ref().is_array() && text[..key.span().start].trim_end().ends_with("[[")
}
