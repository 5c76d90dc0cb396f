//! What the parts of a manifest must be to each other: one named function for each rule.
//!
//! Values that are wrong by themselves never get here. No files are read here, and no rule depends on another.

use crate::manifest::finding::{Finding, Findings};
use crate::manifest::raw::{RawLink, RawManifest};
use crate::manifest::source::{Located, Span};
use crate::manifest::values::TagPattern;
use crate::manifest::visible::Quoted;
use crate::model::{PathWish, TagPatterns};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// A rule: notes down every place that breaks it.
type Check = fn(&RawManifest, &mut Findings);

const CHECKS: [Check; 10] = [
    project_is_named_once,
    tags_are_unique,
    tags_match_the_policy,
    protected_tags_compile,
    notes_have_one_source,
    link_names_are_unique,
    link_urls_are_unique,
    link_paths_are_unique,
    titles_are_unique,
    milestones_end_after_they_start,
];

/// Holds the manifest against every rule.
pub(super) fn run(manifest: &RawManifest, findings: &mut Findings) {
    for check in CHECKS {
        check(manifest, findings);
    }
}

fn project_is_named_once(manifest: &RawManifest, findings: &mut Findings) {
    let Some(project) = &manifest.project else { return };
    if let (Some(path), Some(id)) = (&project.path, &project.id) {
        let finding = both("both `path` and `id`", path, id);
        findings.push(finding.help("keep `id` if the project may move, else `path`"));
    }
}

fn tags_are_unique(manifest: &RawManifest, findings: &mut Findings) {
    let tags = manifest.releases.iter().flatten().filter_map(|release| release.tag_name.as_ref());
    let help = "a tag has one release: merge the two entries, or correct one tag";
    unique(tags, |tag| Some(tag.as_str()), "two releases of tag", help, findings);
}

fn tags_match_the_policy(manifest: &RawManifest, findings: &mut Findings) {
    let Some(patterns) = manifest.policy.as_ref().and_then(|policy| policy.tags.as_ref()) else { return };
    let Some(matcher) = compile(patterns, findings) else { return };
    let patterns = &patterns.value;
    for tag in manifest.releases.iter().flatten().filter_map(|release| release.tag_name.as_ref()) {
        if !matcher.matches(tag.value.as_str()) {
            let mut finding =
                Finding::new(format!("tag {} is not this manifest's business", Quoted(tag.value.as_str())));
            if let Some(first) = patterns.first() {
                finding = finding.at(first.span, "by this policy");
            }
            let help = "add a pattern to `policy.tags` that matches the tag, or drop the release";
            findings.push(finding.at(tag.span, "matches none of `policy.tags`").help(help));
        }
    }
}

fn protected_tags_compile(manifest: &RawManifest, findings: &mut Findings) {
    if let Some(patterns) = manifest.policy.as_ref().and_then(|policy| policy.protect.as_ref()) {
        compile(patterns, findings);
    }
}

/// Each pattern compiles by itself, but together they may be too large.
fn compile(patterns: &Located<Vec<Located<TagPattern>>>, findings: &mut Findings) -> Option<TagPatterns> {
    let globs: Vec<String> = patterns.value.iter().map(|pattern| pattern.value.0.clone()).collect();
    let compiled = TagPatterns::new(&globs).inspect_err(|(_, why)| {
        let finding = Finding::new(format!("patterns that can't be used together: {}", why.kind()));
        findings.push(finding.at(patterns.span, "too much for one key"));
    });
    compiled.ok()
}

fn notes_have_one_source(manifest: &RawManifest, findings: &mut Findings) {
    for release in manifest.releases.iter().flatten() {
        if let (Some(text), Some(file)) = (&release.description, &release.description_file) {
            let finding = both("both `description` and `description_file`", text, file);
            findings.push(finding.help("keep one of them"));
        }
    }
}

fn link_names_are_unique(manifest: &RawManifest, findings: &mut Findings) {
    for links in links_of_releases(manifest) {
        let names = links.iter().filter_map(|link| link.name.as_ref());
        unique(names, |name| Some(&name.0), "two links with the name", UNIQUE_LINKS, findings);
    }
}

fn link_urls_are_unique(manifest: &RawManifest, findings: &mut Findings) {
    for links in links_of_releases(manifest) {
        let urls = links.iter().filter_map(|link| link.url.as_ref());
        unique(urls, |url| Some(&url.0), "two links with the url", UNIQUE_LINKS, findings);
    }
}

fn link_paths_are_unique(manifest: &RawManifest, findings: &mut Findings) {
    fn path(wish: &PathWish) -> Option<&str> {
        match wish {
            PathWish::At(path) => Some(path.as_str()),
            PathWish::None => None,
        }
    }
    for links in links_of_releases(manifest) {
        let paths = links.iter().filter_map(|link| link.direct_asset_path.as_ref());
        unique(paths, path, "two links with the path", UNIQUE_LINKS, findings);
    }
}

fn titles_are_unique(manifest: &RawManifest, findings: &mut Findings) {
    let titles = manifest.milestones.iter().flatten().filter_map(|milestone| milestone.title.as_ref());
    let help = "titles are unique in a project: merge the two entries, or correct one title";
    unique(titles, |title| Some(&title.0), "two milestones with the title", help, findings);
}

fn milestones_end_after_they_start(manifest: &RawManifest, findings: &mut Findings) {
    for milestone in manifest.milestones.iter().flatten() {
        if let (Some(start), Some(due)) = (&milestone.start_date, &milestone.due_date)
            && due.value.0 <= start.value.0
        {
            let finding = Finding::new("`due_date` is not after `start_date`")
                .at(start.span, "starts here")
                .at(due.span, "must be later")
                .help("GitLab wants a milestone to last until the next day at least");
            findings.push(finding);
        }
    }
}

const UNIQUE_LINKS: &str = "names, urls and paths of links are each unique within a release";

fn links_of_releases(manifest: &RawManifest) -> impl Iterator<Item = &[RawLink]> {
    manifest.releases.iter().flatten().filter_map(|release| release.links.as_deref())
}

/// Notes every item whose `key` an earlier one has.
fn unique<'m, T: 'm>(
    items: impl Iterator<Item = &'m Located<T>>,
    key: impl Fn(&'m T) -> Option<&'m str>,
    what: &str,
    help: &str,
    findings: &mut Findings,
) {
    let mut seen: HashMap<&str, Span> = HashMap::new();
    for item in items {
        let Some(key) = key(&item.value) else { continue };
        match seen.entry(key) {
            Entry::Vacant(entry) => {
                entry.insert(item.span);
            }
            Entry::Occupied(first) => {
                let finding = Finding::new(format!("{what} {}", Quoted(key)));
                findings.push(finding.at(*first.get(), "first here").at(item.span, "again here").help(help));
            }
        }
    }
}

/// Two keys of which one should go.
fn both<A, B>(message: &str, one: &Located<A>, other: &Located<B>) -> Finding {
    let (first, second) = if one.span < other.span { (one.span, other.span) } else { (other.span, one.span) };
    Finding::new(message).at(first, "this").at(second, "and this")
}
