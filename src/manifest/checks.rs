//! What the parts of a manifest must be to each other: one named function for each rule.
//!
//! Values that are wrong by themselves never get here. No files are read here, and no rule depends on another.

use crate::manifest::finding::{Finding, Findings, Kind};
use crate::manifest::raw::RawManifest;
use crate::manifest::source::{Located, Span};
use crate::manifest::values::TagPattern;
use crate::manifest::visible::Quoted;
use crate::model::{PathWish, TagPatterns};
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

/// A rule: notes down every place that breaks it.
type Check = fn(&RawManifest, &mut Findings);

const CHECKS: [Check; 10] = [
    project_is_named_once,
    tags_are_unique,
    tags_match_the_policy,
    protected_tags_compile,
    notes_have_one_source,
    links_have_urls,
    links_are_unique,
    titles_are_unique,
    milestones_end_after_they_start,
    checksums_are_of_files,
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
        let finding = both("both `path` and `id`", path.span, id.span);
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
    let mut refuse_two = |sources: [Option<(&str, Span)>; 3]| {
        let mut given = sources.into_iter().flatten();
        if let (Some((one, place)), Some((other, other_place))) = (given.next(), given.next()) {
            let finding = both(&format!("both `{one}` and `{other}`"), place, other_place);
            findings.push(finding.help("keep one of them"));
        }
    };
    if let Some(defaults) = &manifest.defaults {
        let file = defaults.description_file.as_ref().map(|file| ("description_file", file.span));
        let changelog = defaults.changelog.as_ref().map(|file| ("changelog", file.span));
        refuse_two([None, file, changelog]);
    }
    for release in manifest.releases.iter().flatten() {
        let text = release.description.as_ref().map(|text| ("description", text.span));
        let file = release.description_file.as_ref().map(|file| ("description_file", file.span));
        let changelog = release.changelog.as_ref().map(|file| ("changelog", file.span));
        refuse_two([text, file, changelog]);
    }
}

fn links_have_urls(manifest: &RawManifest, findings: &mut Findings) {
    let defaults = manifest.defaults.as_ref().and_then(|defaults| defaults.links.as_deref()).unwrap_or_default();
    let mut told = HashSet::new();
    for release in manifest.releases.iter().flatten() {
        for link in release.links.iter().flatten().filter(|link| !link.says_url && told.insert(link.header)) {
            let finding = Finding::new("`url` is missing").kind(Kind::Missing);
            let finding = match &release.tag_name {
                Some(tag) if defaults.iter().any(|default| default.header == link.header) => finding
                    .at(tag.span, "this release has the link")
                    .help("add `url = \"https://…\"`, here or in the release's own link of that name"),
                _ if defaults.is_empty() => finding.help("add `url = \"https://…\"`"),
                _ => finding.help("add `url = \"https://…\"`, here or to the link of that name in `[defaults]`"),
            };
            findings.push(finding.at(link.header, "has no `url`"));
        }
    }
}

fn links_are_unique(manifest: &RawManifest, findings: &mut Findings) {
    fn path(wish: &PathWish) -> Option<&str> {
        match wish {
            PathWish::At(path) => Some(path.as_str()),
            PathWish::None => None,
        }
    }
    const HELP: &str = "names, urls and paths of links are each unique within a release";
    // Two defaults that are the same are so in every release.
    let mut told: HashSet<(Span, Span)> = HashSet::new();
    let mut tell = |what: &str, key: &str, first: Span, again: Span| {
        if told.insert((first, again)) {
            findings.push(twice(what, key, first, again).help(HELP));
        }
    };
    for links in manifest.releases.iter().flatten().filter_map(|release| release.links.as_deref()) {
        let names = links.iter().filter_map(|link| link.name.as_ref());
        doubles(names, |name| Some(&name.0), |key, first, again| tell("two links with the name", key, first, again));
        let urls = links.iter().filter_map(|link| link.url.as_ref());
        doubles(urls, |url| Some(&url.0), |key, first, again| tell("two links with the url", key, first, again));
        let paths = links.iter().filter_map(|link| link.direct_asset_path.as_ref());
        doubles(paths, path, |key, first, again| tell("two links with the path", key, first, again));
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

/// By default there may be lists for those that have files; a release's own wish is in vain without any.
fn checksums_are_of_files(manifest: &RawManifest, findings: &mut Findings) {
    let by_default = manifest.defaults.as_ref().and_then(|defaults| defaults.checksums.as_ref()).map(|wish| wish.span);
    for release in manifest.releases.iter().flatten() {
        let Some(wish) = release.checksums.as_ref().filter(|wish| wish.value) else { continue };
        let has_none = match &release.files {
            Some(files) => files.is_empty(),
            None => release.files_at.is_none(),
        };
        if has_none && Some(wish.span) != by_default {
            let finding = Finding::new("`checksums` of no files").at(wish.span, "this release has no `files`");
            findings.push(finding.help("add `[[releases.files]]` with the files to list, or drop `checksums`"));
        }
    }
}

/// Notes every item whose `key` an earlier one has.
fn unique<'m, T: 'm>(
    items: impl Iterator<Item = &'m Located<T>>,
    key: impl Fn(&'m T) -> Option<&'m str>,
    what: &str,
    help: &str,
    findings: &mut Findings,
) {
    doubles(items, key, |key, first, again| findings.push(twice(what, key, first, again).help(help)));
}

/// Tells `tell` of every item whose `key` an earlier one has.
fn doubles<'m, T: 'm>(
    items: impl Iterator<Item = &'m Located<T>>,
    key: impl Fn(&'m T) -> Option<&'m str>,
    mut tell: impl FnMut(&str, Span, Span),
) {
    let mut few: [Option<(&str, Span)>; FEW] = [None; FEW];
    let mut many: HashMap<&str, Span> = HashMap::new();
    let items = items.filter_map(|item| Some((key(&item.value)?, item.span)));
    for (at, (key, span)) in items.enumerate() {
        if let Some(free) = few.get_mut(at) {
            *free = Some((key, span));
            if let Some((_, first)) = few[..at].iter().flatten().find(|(earlier, _)| *earlier == key) {
                tell(key, *first, span);
            }
            continue;
        }
        if many.is_empty() {
            for (key, span) in few.iter().flatten() {
                many.entry(key).or_insert(*span);
            }
        }
        match many.entry(key) {
            Entry::Vacant(entry) => drop(entry.insert(span)),
            Entry::Occupied(first) => tell(key, *first.get(), span),
        }
    }
}

/// So few are compared one by one, which takes less time than hashing them.
const FEW: usize = 12;

fn twice(what: &str, key: &str, first: Span, again: Span) -> Finding {
    Finding::new(format!("{what} {}", Quoted(key))).at(first, "first here").at(again, "again here")
}

/// Two keys of which one should go.
fn both(message: &str, one: Span, other: Span) -> Finding {
    Finding::new(message).at(one.min(other), "this").at(one.max(other), "and this")
}
