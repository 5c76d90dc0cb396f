//! How single values and their changes are written.

use super::style::{Palette, paint};
use crate::model::{Description, Link, harmless};
use crate::plan::{Change, Timing};
use similar::{ChangeTag, TextDiff};
use std::collections::BTreeSet;

/// Notes of a new release are cut after so many lines.
const PREVIEW_LINES: usize = 12;

/// A change is cut after so many, which is more than anybody reads.
const DIFF_LINES: usize = 400;

/// Longer lines are cut, and say so.
const MAX_LINE: usize = 2000;

/// `"text"`, harmless, and with nothing in it that could pass for its end or for something else.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", shortened(&visible(&text.replace('\\', r"\\").replace('"', r#"\""#))))
}

/// A short text such as a tag's name: harmless, and blanks that are not a space spelled out, too.
pub(super) fn visible(text: &str) -> String {
    let is_blank = |c: char| c != ' ' && (c.is_whitespace() || c == '\u{2800}');
    let mut shown = String::new();
    for c in harmless(text).chars() {
        if is_blank(c) { shown.extend(c.escape_unicode()) } else { shown.push(c) }
    }
    shown
}

/// One line of a longer text. Tabs stay tabs.
pub(super) fn line(text: &str) -> String {
    let parts: Vec<_> = text.split('\t').map(harmless).collect();
    shortened(&parts.join("\t"))
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(MAX_LINE) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}… (+{} characters)", &text[..end], text[end..].chars().count()),
    }
}

/// `a, b`, or `none`.
pub(super) fn titles(titles: &BTreeSet<String>) -> String {
    if titles.is_empty() {
        return "none".to_owned();
    }
    titles.iter().map(|title| quoted(title)).collect::<Vec<_>>().join(", ")
}

/// ` (upcoming)` where there is something to say.
pub(super) fn timing(timing: Timing) -> &'static str {
    match timing {
        Timing::Upcoming => " (upcoming)",
        Timing::Current => "",
        Timing::Historical => " (historical)",
    }
}

/// Name, url, path and type of a link on one line.
pub(super) fn link(link: &Link) -> String {
    let Link { name, url, direct_asset_path, link_type } = link;
    let path = direct_asset_path.as_ref().map(|p| format!(" at {}", visible(p.as_str()))).unwrap_or_default();
    format!("{} → {}{path} ({link_type})", quoted(name), shortened(&visible(url)))
}

/// The beginning of a new text.
pub(super) fn preview(text: &Description, palette: &Palette) -> Vec<String> {
    let total = text.as_str().lines().count();
    let mut lines: Vec<_> = text
        .as_str()
        .lines()
        .take(PREVIEW_LINES)
        .map(|text| paint(palette.create, format_args!("+{}", line(text))))
        .collect();
    if total > PREVIEW_LINES {
        lines.push(paint(palette.quiet, format_args!("… {} lines more", total - PREVIEW_LINES)));
    }
    lines
}

/// A unified diff, without file names.
pub(super) fn diff(change: &Change<Description>, palette: &Palette) -> Vec<String> {
    let [before, after] = [&change.before, &change.after].map(|text| text.as_str().lines().collect::<Vec<_>>());
    let diff = TextDiff::from_slices(&before, &after);
    let mut lines = Vec::new();
    for hunk in diff.unified_diff().context_radius(3).iter_hunks() {
        lines.push(paint(palette.quiet, hunk.header()));
        lines.extend(hunk.iter_changes().map(|change| {
            let (sign, style) = match change.tag() {
                ChangeTag::Delete => ('-', palette.delete),
                ChangeTag::Insert => ('+', palette.create),
                ChangeTag::Equal => (' ', palette.quiet),
            };
            paint(style, format_args!("{sign}{}", line(change.value())))
        }));
    }
    if lines.len() > DIFF_LINES {
        let more = lines.len() - DIFF_LINES;
        lines.truncate(DIFF_LINES);
        lines.push(paint(palette.quiet, format_args!("… {more} lines more")));
    }
    lines
}
