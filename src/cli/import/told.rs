//! What is said of an import.

use super::target::Target;
use crate::import::{Key, LeftOut, Written};
use crate::model::harmless;
use crate::ui::Ui;
use std::collections::BTreeMap;
use std::path::Path;

/// How many are named of each kind.
const MOST_NAMED: usize = 5;

/// What was written, and what could not be.
pub(super) fn written(ui: &Ui, target: &Target, source: &str, written: &Written) {
    let Written { manifest, files, releases, milestones, known, left_out } = written;
    let path = harmless(&target.path.to_string_lossy()).into_owned();
    let what = match (*releases, *milestones) {
        (releases, 0) => counted(releases, "release"),
        (0, milestones) => counted(milestones, "milestone"),
        (releases, milestones) => format!("{} and {}", counted(releases, "release"), counted(milestones, "milestone")),
    };
    let beside = beside(files);
    let were_there = match known {
        0 => String::new(),
        1 => " 1 was there already, and stays as it is.".to_owned(),
        known => format!(" {known} were there already, and stay as they are."),
    };
    let source = harmless(source);
    match (&target.manifest, manifest.is_some() || !files.is_empty()) {
        (None, _) => ui.note(&format!("Wrote {path}{beside}: {what} of {source}.")),
        (Some(_), true) => ui.note(&format!("Added {what} of {source} to {path}{beside}.{were_there}")),
        (Some(_), false) => ui.note(&format!("Nothing is new in {source}: {path} stays as it is.")),
    }
    for line in left_out_lines(left_out) {
        ui.warn(&line);
    }
}

/// What to do next with a manifest that was not there before, and what `comes` of it.
pub(super) fn next(ui: &Ui, target: &Target, comes: &str) {
    let path = harmless(&target.path.to_string_lossy()).into_owned();
    let flag = if target.path == Path::new("releases.toml") { String::new() } else { format!(" -f {path}") };
    if target.manifest.is_none() {
        ui.note(&format!("\nNext:\n    relsync plan{flag}    # {comes}"));
    }
}

fn beside(files: &BTreeMap<String, String>) -> String {
    let mut folders: BTreeMap<&str, usize> = BTreeMap::new();
    for (folder, _) in files.keys().filter_map(|path| path.split_once('/')) {
        *folders.entry(folder).or_default() += 1;
    }
    let named = folders.into_iter().map(|(folder, count)| format!("{} in {folder}/", counted(count, "file")));
    let named: Vec<String> = named.collect();
    if named.is_empty() { String::new() } else { format!(", with {}", named.join(" and ")) }
}

/// A line for each kind of what is left out.
pub(super) fn left_out_lines(left_out: &[LeftOut]) -> Vec<String> {
    let (mut foreign, mut releases, mut milestones) = (Vec::new(), Vec::new(), Vec::new());
    let mut keys: BTreeMap<Key, Vec<&str>> = BTreeMap::new();
    let mut milestone_keys = keys.clone();
    for one in left_out {
        match one {
            LeftOut::NotOurs(tag) => foreign.push(tag.as_str()),
            LeftOut::Release(tag) => releases.push(tag.as_str()),
            LeftOut::Key(tag, key) => keys.entry(*key).or_default().push(tag.as_str()),
            LeftOut::Milestone(title) => milestones.push(title.as_str()),
            LeftOut::MilestoneKey(title, key) => milestone_keys.entry(*key).or_default().push(title),
        }
    }
    let mut lines = Vec::new();
    let mut say = |what: &str, names: &[&str], why: &str| {
        if !names.is_empty() {
            lines.push(format!("Left out: {what} {}: {why}.", named(names)));
        }
    };
    let unsayable = "a manifest can't say that, so it is not managed";
    say("releases with the tags", &foreign, "they match none of `policy.tags`");
    say("releases with the tags", &releases, "no manifest takes them so");
    for (key, tags) in &keys {
        say(&format!("`{}` of", key.as_str()), tags, unsayable);
    }
    say("milestones", &milestones, "no manifest takes them so");
    for (key, titles) in &milestone_keys {
        say(&format!("{} of the milestones", key.as_str()), titles, unsayable);
    }
    lines
}

/// All of them, or the first of many.
pub(super) fn named(names: &[&str]) -> String {
    let shown: Vec<_> = names
        .iter()
        .take(MOST_NAMED)
        .map(|name| if name.is_empty() { "\"\"".into() } else { harmless(name) })
        .collect();
    match names.len().saturating_sub(shown.len()) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// `1 release`, `2 releases`.
pub(super) fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}
