//! The notes of releases that are in files: a file for each, or a section of a changelog.

use crate::manifest::changelog::{Changelog, NoNotes, version_of};
use crate::manifest::files::{Folder, Refusal, below};
use crate::manifest::finding::{Finding, Findings};
use crate::manifest::history::LONGEST_CHANGELOG;
use crate::manifest::reader::listed;
use crate::manifest::source::{Located, Sources, Span};
use crate::manifest::values::{LONGEST_TEXT, NotesFile, Unfit, markdown};
use crate::manifest::visible::Quoted;
use crate::model::{Description, TagName};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

/// How many places are looked at for a version that is nearly the one: looking takes time.
const MOST_LOOKED_INTO: usize = 50;
/// How many versions each is compared with.
const MOST_COMPARED: usize = 10_000;
/// Versions longer than this are compared with none.
const LONGEST_COMPARED: usize = 40;
/// How many releases are shown that one key leaves without notes.
const MOST_SHOWN: usize = 3;
/// How many of them are named.
const MOST_NAMED: usize = 100;
/// How alike a version must be to be suggested: a part or a letter more or less.
const ALIKE: f64 = 0.6;
/// How much less alike than the likest others may be that are suggested with it.
const LESS_ALIKE: f64 = 0.1;
/// How many versions are suggested.
const SUGGESTED: usize = 3;

/// Reads notes; each file once, and each section is stored once, however many releases take it.
pub(super) struct Notes<'n> {
    folder: &'n Folder<'n>,
    sources: &'n Sources<'n>,
    /// Where defaults name files: an error there is one of some release, and told once.
    shared: HashSet<Span>,
    files: HashMap<PathBuf, Result<Description, Refusal>>,
    changelogs: HashMap<PathBuf, Result<Log, Refusal>>,
    /// Where such files have been refused.
    refused: HashSet<Span>,
    /// For each `changelog` key, the versions it has no section for.
    missing: BTreeMap<Span, Missing>,
}

/// A changelog, and the sections that have been taken out of it.
struct Log {
    changelog: Changelog,
    taken: HashMap<String, Description>,
}

/// The versions that a changelog has no section for.
struct Missing {
    name: String,
    path: PathBuf,
    tags: Vec<Located<TagName>>,
}

impl<'n> Notes<'n> {
    /// For files below `folder`, as the `sources` name them.
    pub(super) fn new(folder: &'n Folder<'n>, sources: &'n Sources<'n>) -> Self {
        Self {
            folder,
            sources,
            shared: HashSet::new(),
            files: HashMap::new(),
            changelogs: HashMap::new(),
            refused: HashSet::new(),
            missing: BTreeMap::new(),
        }
    }

    /// These places name files for many releases.
    pub(super) fn share(&mut self, places: impl Iterator<Item = Span>) {
        self.shared.extend(places);
    }

    /// All of a file.
    pub(super) fn file(
        &mut self,
        file: &Located<NotesFile>,
        tag: Option<&Located<TagName>>,
        findings: &mut Findings,
    ) -> Option<Description> {
        let folder = self.folder;
        let path = self.path(file, tag, findings)?;
        let read = |path: &PathBuf| {
            let text = folder.read(Path::new(""), path, LONGEST_TEXT)?;
            markdown(&text).map_err(Refusal::from)
        };
        match self.files.entry(path).or_insert_with_key(read) {
            Ok(notes) => Some(notes.clone()),
            Err(refusal) => {
                let finding = refusal.explain(&file.value.0, file.span);
                findings.extend(self.refused(finding, file.span, tag));
                None
            }
        }
    }

    /// The section of the tag's version in a changelog.
    pub(super) fn section(
        &mut self,
        file: &Located<NotesFile>,
        tag: &Located<TagName>,
        findings: &mut Findings,
    ) -> Option<Description> {
        let name = &file.value.0;
        let version = version_of(tag.value.as_str());
        let path = self.path(file, Some(tag), findings)?;
        let folder = self.folder;
        let read = || folder.read(Path::new(""), &path, LONGEST_CHANGELOG).map(|text| Log::new(&text));
        let log = self.changelogs.entry(path.clone()).or_insert_with(read);
        let notes = match log {
            Ok(log) => log.notes(version),
            Err(refusal) => {
                let finding = refusal.explain(name, file.span);
                findings.extend(self.refused(finding, file.span, Some(tag)));
                return None;
            }
        };
        let finding = match notes {
            Ok(Ok(notes)) => return Some(notes),
            Ok(Err(unfit)) => {
                let finding = Refusal::from(unfit).explain(name, file.span);
                Finding {
                    message: format!("{}, in its section of version {}", finding.message, Quoted(version)),
                    ..finding
                }
            }
            Err(NoNotes::Twice(first, second)) => {
                Finding::new(format!("{} has two sections of version {}", Quoted(name), Quoted(version)))
                    .at(file.span, format!("in its lines {first} and {second}"))
                    .help("make one section of the two, or correct one version")
            }
            Err(NoNotes::Missing) => {
                let new = || Missing { name: name.clone(), path, tags: Vec::new() };
                self.missing.entry(file.span).or_insert_with(new).tags.push(tag.clone());
                return None;
            }
        };
        findings.push(finding.before(tag.span, "for this tag"));
        None
    }

    /// A file's path, seen from the manifest's folder, if it is below that.
    fn path(
        &mut self,
        file: &Located<NotesFile>,
        tag: Option<&Located<TagName>>,
        findings: &mut Findings,
    ) -> Option<PathBuf> {
        let path = below(&self.sources.file(file.span.file).folder, Path::new(&file.value.0));
        let refused =
            |refusal: Refusal| findings.extend(self.refused(refusal.explain(&file.value.0, file.span), file.span, tag));
        path.map_err(refused).ok()
    }

    /// What to say of a file that can't be read: only once where many releases name it in one place.
    fn refused(&mut self, finding: Finding, place: Span, tag: Option<&Located<TagName>>) -> Option<Finding> {
        match tag {
            Some(tag) if self.shared.contains(&place) => {
                self.refused.insert(place).then(|| finding.before(tag.span, "for this tag"))
            }
            _ => Some(finding),
        }
    }

    /// Notes down what has not been found: one thing for each key, however many releases it is for.
    pub(super) fn finish(self, findings: &mut Findings) {
        for (index, (place, Missing { name, path, tags })) in self.missing.into_iter().enumerate() {
            let (Some(first), Some(Ok(Log { changelog, .. }))) = (tags.first(), self.changelogs.get(&path)) else {
                continue;
            };
            let version = version_of(first.value.as_str());
            let others = match tags.len() - 1 {
                0 => String::new(),
                1 => ", and for another tag".to_owned(),
                others => format!(", and for {others} other tags"),
            };
            let message = format!("{} has no section for version {}{others}", Quoted(&name), Quoted(version));
            let shown = tags.iter().take(MOST_SHOWN);
            let finding = shown.fold(Finding::new(message), |finding, tag| finding.at(tag.span, "for this tag"));
            let finding = finding.at(place, "wanted from here");
            let near = if index < MOST_LOOKED_INTO { nearest(changelog, version) } else { Vec::new() };
            let firsts: Vec<&str> = versions(changelog).take(SUGGESTED).collect();
            let there_are = match (near.as_slice(), firsts.as_slice()) {
                ([], []) => "there is no heading of a version in it, such as `## [1.2.3] - 2026-01-30`".to_owned(),
                ([], [only]) if changelog.sections().len() == 1 => {
                    format!("the only version there is {}", Quoted(only))
                }
                ([], firsts) => format!("the first versions there are {}", listed(firsts)),
                ([only], _) => format!("the version nearest to {} there is {}", Quoted(version), Quoted(only)),
                (near, _) => format!("the versions nearest to {} there are {}", Quoted(version), listed(near)),
            };
            let all = if tags.len() > MOST_SHOWN { format!("; all tags: {}", named(&tags)) } else { String::new() };
            let help = format!("{there_are}; write a section, or give the release a `description`{all}");
            findings.push(finding.help(help));
        }
    }
}

impl Log {
    fn new(text: &str) -> Self {
        Self { changelog: Changelog::parse(text), taken: HashMap::new() }
    }

    fn notes(&mut self, version: &str) -> Result<Result<Description, Unfit>, NoNotes> {
        if let Some(notes) = self.taken.get(version) {
            return Ok(Ok(notes.clone()));
        }
        let notes = markdown(&self.changelog.notes(version)?);
        if let Ok(notes) = &notes {
            self.taken.insert(version.to_owned(), notes.clone());
        }
        Ok(notes)
    }
}

/// All of these tags, or the first of very many.
fn named(tags: &[Located<TagName>]) -> String {
    let names: Vec<String> = tags.iter().take(MOST_NAMED).map(|tag| Quoted(tag.value.as_str()).to_string()).collect();
    match tags.len() - names.len() {
        0 => names.join(", "),
        more => format!("{}, and {more} more", names.join(", ")),
    }
}

fn versions(changelog: &Changelog) -> impl Iterator<Item = &str> {
    changelog.sections().iter().map(|section| section.version.as_str())
}

/// The versions most like `version`, the likest first, if any are alike enough to be meant. Each once, and none that are
/// much less alike than the first.
fn nearest<'c>(changelog: &'c Changelog, version: &str) -> Vec<&'c str> {
    let likeness = |one: &'c str| (strsim::normalized_damerau_levenshtein(one, version), one);
    let is_short = |one: &&str| one.len() <= LONGEST_COMPARED && version.len() <= LONGEST_COMPARED;
    let near = versions(changelog).take(MOST_COMPARED).filter(is_short).map(likeness);
    let mut near: Vec<(f64, &str)> = near.filter(|(likeness, _)| *likeness >= ALIKE).collect();
    near.sort_by(|left, right| right.0.total_cmp(&left.0));
    let mut known = HashSet::new();
    near.retain(|(_, version)| known.insert(*version));
    let best = near.first().map_or(0.0, |(likeness, _)| *likeness);
    near.retain(|(likeness, _)| *likeness >= best - LESS_ALIKE);
    near.into_iter().take(SUGGESTED).map(|(_, version)| version).collect()
}
