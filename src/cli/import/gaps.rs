//! What an import of a history leaves out, in words: a line for each kind, with names.

use super::told::counted;
use crate::git::Tag;
use crate::import::{Imported, Matched, Unusable};
use crate::manifest::{Changelog, NoVersion, Section};
use crate::model::harmless;
use std::fmt::Display;

/// How many are named of one kind.
const MOST_NAMED: usize = 100;

/// What can be done about tags without notes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rest {
    /// They are left out.
    LeftOut,
    /// They are in, with their messages.
    Taken,
}

/// What belongs to nothing.
pub(super) fn of_match(matched: &Matched<'_>, rest: Rest) -> Vec<String> {
    let Matched { pairs: _, without_tag, without_notes, of_many, twice } = matched;
    let tags = |tags: &[&Tag]| named(tags.iter().map(|tag| &tag.name), ", ");
    let mut lines = Vec::new();
    if !without_tag.is_empty() {
        let versions = named(without_tag.iter().map(|section| version(section)), ", ");
        lines.push(format!(
            "Left out, as there are notes but no tag: {}: {versions}",
            counted(without_tag.len(), "version")
        ));
    }
    if !without_notes.is_empty() {
        let mut by_date: Vec<&Tag> = without_notes.clone();
        by_date.sort_by_key(|tag| tag.date);
        let what = match rest {
            Rest::LeftOut => "Left out, as there is a tag but no notes (`relsync import tags` adds them)",
            Rest::Taken => "A tag but no notes in the changelog",
        };
        lines.push(format!("{what}: {}: {}", counted(by_date.len(), "tag"), tags(&by_date)));
    }
    for (section, of) in of_many.iter().take(MOST_NAMED) {
        let what = match rest {
            Rest::LeftOut => "Left out",
            Rest::Taken => "Without these notes",
        };
        lines.push(format!(
            "{what}, as several tags are of version {} (choose by --tags): {}",
            harmless(&version(section)),
            tags(of)
        ));
    }
    lines.extend(twice.iter().take(MOST_NAMED).map(|(sections, _)| twice_told(sections)));
    lines
}

/// What no release can be made of.
pub(super) fn of_changelog(unusable: &Unusable<'_>) -> Vec<String> {
    let Unusable { twice, unnamed } = unusable;
    let mut lines: Vec<String> = twice.values().take(MOST_NAMED).map(|sections| twice_told(sections)).collect();
    if !unnamed.is_empty() {
        let versions = named(unnamed.iter().map(|section| version(section)), ", ");
        lines.push(format!("Left out, as git takes no such tags: {versions}"));
    }
    lines
}

/// What is not released yet.
pub(super) fn unreleased(changelog: &Changelog) -> Option<String> {
    let headings = changelog.other_headings();
    let lines: Vec<usize> =
        headings.iter().filter(|heading| heading.why == NoVersion::Unreleased).map(|heading| heading.line).collect();
    (!lines.is_empty()).then(|| {
        let word = if lines.len() == 1 { "the section in line" } else { "the sections in lines" };
        format!("Left out, as it is not released yet: {word} {}", named(&lines, ", "))
    })
}

/// Releases that GitLab would take to be of the day on which they are made.
pub(super) fn undated(imported: &Imported) -> Option<String> {
    let undated: Vec<_> = imported.releases.iter().filter(|release| release.released_at.is_none()).collect();
    let names = || named(undated.iter().map(|release| &release.tag_name), ", ");
    (!undated.is_empty()).then(|| format!("No date, so that GitLab will take the day of apply: {}", names()))
}

/// Tags of something else than commits.
pub(super) fn unfit(names: &[String]) -> Vec<String> {
    let line = || format!("Left out, as they are no tags of commits, or not in UTF-8: {}", named(names, ", "));
    (!names.is_empty()).then(line).into_iter().collect()
}

fn twice_told(sections: &[&Section]) -> String {
    let of = sections.first().map(|section| section.version.as_str()).unwrap_or_default();
    let mut lines: Vec<usize> = sections.iter().map(|section| section.line).collect();
    lines.sort_unstable();
    let lines = named(lines, " and ");
    format!("Left out, as there are {} sections of version {}: lines {lines}", sections.len(), harmless(of))
}

fn version(section: &Section) -> String {
    format!("{} (line {})", section.version, section.line)
}

/// All of them, or the first of very many.
fn named<T: Display>(names: impl IntoIterator<Item = T>, between: &str) -> String {
    let mut names = names.into_iter();
    let shown: Vec<String> =
        names.by_ref().take(MOST_NAMED).map(|name| harmless(&name.to_string()).into_owned()).collect();
    match names.count() {
        0 => shown.join(between),
        more => format!("{}{between}and {more} more", shown.join(between)),
    }
}
