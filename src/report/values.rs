//! How single values and their changes are written.

use super::hunks::hunks;
use super::style::{Palette, paint};
use super::voice::Voice;
use crate::model::{Description, Link, PackagePlace, Sha256, harmless};
use crate::plan::{Change, PresentFile, Timing, Upload, WithoutEvidence};
use similar::ChangeTag;
use similar::udiff::UnifiedHunkHeader;
use std::collections::BTreeSet;

/// Notes of a new release are cut after so many lines.
const PREVIEW_LINES: usize = 12;

/// A change is cut after so many, which is more than anybody reads.
const DIFF_LINES: usize = 400;

/// Milestones of one release that are named before the rest is counted.
const MAX_TITLES: usize = 100;

/// Longer lines are cut, and say so.
const MAX_LINE: usize = 2000;

/// `"text"`, harmless, and with nothing in it that could pass for its end or for something else.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", visible(&text.replace('\\', r"\\").replace('"', r#"\""#)))
}

/// A short text such as a tag's name: harmless, and blanks that are not a space spelled out, too.
pub(super) fn visible(text: &str) -> String {
    let is_blank = |c: char| c != ' ' && (c.is_whitespace() || c == '\u{2800}');
    let mut shown = String::new();
    for c in harmless(text).chars() {
        if is_blank(c) { shown.extend(c.escape_unicode()) } else { shown.push(c) }
    }
    shortened(&shown)
}

/// A short text where nothing else could pass for its end, as in a cell of a table.
pub(super) fn short(text: &str) -> String {
    shortened(&visible(text))
}

/// One line of a longer text. Tabs stay tabs.
pub(super) fn line(text: &str) -> String {
    let parts: Vec<_> = text.split('\t').map(harmless).collect();
    shortened(&parts.join("\t"))
}

pub(super) fn shortened(text: &str) -> String {
    match text.char_indices().nth(MAX_LINE) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}… (+{} characters)", &text[..end], text[end..].chars().count()),
    }
}

/// `a, b`, or `none`.
pub(super) fn titles(titles: &BTreeSet<String>, voice: Voice) -> String {
    if titles.is_empty() {
        return "none".to_owned();
    }
    let mut names: Vec<_> = titles.iter().take(MAX_TITLES).map(|title| (voice.quoted)(title)).collect();
    if let Some(more) = titles.len().checked_sub(MAX_TITLES).filter(|more| *more > 0) {
        names.push(format!("{more} more"));
    }
    names.join(", ")
}

/// ` (upcoming)` where there is something to say.
pub(super) fn timing(timing: Timing) -> &'static str {
    match timing {
        Timing::Upcoming => " (upcoming)",
        Timing::Current => "",
        Timing::Historical => " (historical)",
    }
}

/// Both of them; where they differ, each by its name, as an absence names nothing.
pub(super) fn timings(Change { before, after }: &Change<Timing>) -> Change<&'static str> {
    let named = |when| match when {
        Timing::Current if before != after => " (current)",
        when => timing(when),
    };
    Change { before: named(*before), after: named(*after) }
}

/// Name, url, path and type of a link on one line.
pub(super) fn link(link: &Link, voice: Voice) -> String {
    let Link { name, url, direct_asset_path, link_type } = link;
    let path = direct_asset_path.as_ref().map(|p| format!(" at {}", (voice.name)(p.as_str()))).unwrap_or_default();
    format!("{} → {}{path} ({link_type})", (voice.quoted)(name), (voice.name)(url))
}

/// `package app v1.2.0`.
pub(super) fn package(PackagePlace { of, file_name: _ }: &PackagePlace, voice: Voice) -> String {
    format!("package {} {}", (voice.name)(&of.package), (voice.name)(&of.version))
}

/// `12.3 MiB`.
#[must_use]
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["bytes", "KiB", "MiB", "GiB", "TiB"];
    let unit = UNITS.iter().enumerate().rev().find(|(nth, _)| bytes >> (10 * nth) > 0).map_or(0, |(nth, _)| nth);
    if unit == 0 {
        return if bytes == 1 { "1 byte".to_owned() } else { format!("{bytes} bytes") };
    }
    let tenths = (bytes >> (10 * (unit - 1))) * 10 / 1024;
    format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[unit])
}

/// Size and digest of a file.
pub(super) fn content(bytes: u64, sha256: Option<Sha256>) -> String {
    match sha256 {
        Some(sha256) => format!("{}, sha256:{sha256}", size(bytes)),
        None => format!("{}, of unknown digest", size(bytes)),
    }
}

/// What is to become of a release's evidence.
pub(super) fn evidence(else_is: WithoutEvidence, is_new: bool) -> &'static str {
    match (else_is, is_new) {
        (WithoutEvidence::Nothing, _) => "to be collected, if this GitLab offers it (no difference if not)",
        (WithoutEvidence::Failure, true) => "required: GitLab is waited for, and asked if it collects none by itself",
        (WithoutEvidence::Failure, false) => "required: to be collected",
    }
}

/// A file that is uploaded, on one line: where it goes, its size and digest.
pub(super) fn upload(upload: &Upload, voice: Voice) -> String {
    let Upload { tag_name: _, is_new: _, place, source: _, size, sha256, before: _ } = upload;
    format!("{} in {} ({})", (voice.name)(&place.file_name), package(place, voice), content(*size, Some(*sha256)))
}

/// A file that is there already, on one line.
pub(super) fn present(file: &PresentFile, voice: Voice) -> String {
    let PresentFile { tag_name: _, place, source: _, size, sha256 } = file;
    let content = content(*size, Some(*sha256));
    format!("{} in {} ({content}), there already", (voice.name)(&place.file_name), package(place, voice))
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

/// One line of a diff.
pub(super) struct DiffLine {
    /// What it does; `None` is a hunk's header.
    pub(super) tag: Option<ChangeTag>,
    /// It, with its sign.
    pub(super) text: String,
}

/// A unified diff, without file names, and how many lines of it are left out.
pub(super) fn diff_lines(change: &Change<Description>) -> (Vec<DiffLine>, usize) {
    let [before, after] = [&change.before, &change.after].map(|text| text.as_str().lines().collect::<Vec<_>>());
    let (mut lines, mut more) = (Vec::new(), 0);
    let mut push = |tag, text: &dyn Fn() -> String| {
        if lines.len() < DIFF_LINES { lines.push(DiffLine { tag, text: text() }) } else { more += 1 }
    };
    for hunk in hunks(&before, &after) {
        push(None, &|| UnifiedHunkHeader::new(&hunk).to_string());
        for change in hunk.iter().flat_map(|op| op.iter_changes(before.as_slice(), after.as_slice())) {
            let sign = match change.tag() {
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
                ChangeTag::Equal => ' ',
            };
            push(Some(change.tag()), &|| format!("{sign}{}", line(change.value())));
        }
    }
    (lines, more)
}

/// A unified diff as a page shows it.
pub(super) fn diff(change: &Change<Description>, palette: &Palette) -> Vec<String> {
    let (lines, more) = diff_lines(change);
    let painted = lines.into_iter().map(|DiffLine { tag, text }| {
        let style = match tag {
            Some(ChangeTag::Delete) => palette.delete,
            Some(ChangeTag::Insert) => palette.create,
            Some(ChangeTag::Equal) | None => palette.quiet,
        };
        paint(style, text)
    });
    let more = (more > 0).then(|| paint(palette.quiet, format_args!("… {more} lines more")));
    painted.chain(more).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_in_the_unit_that_people_would_say() {
        for (bytes, text) in [
            (0, "0 bytes"),
            (1, "1 byte"),
            (1023, "1023 bytes"),
            (1024, "1.0 KiB"),
            (1536, "1.5 KiB"),
            (12 * 1024 * 1024 + 350_000, "12.3 MiB"),
            (2 << 30, "2.0 GiB"),
            (u64::MAX, "16777215.9 TiB"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }
}
