//! The files that releases bring along: found by their patterns, and held against GitLab's rules for names. What is in them
//! is read later, and by [`door`](super::door) only.

use crate::manifest::files::{Folder, Refusal};
use crate::manifest::finding::{Finding, Findings};
use crate::manifest::glob::{self, Found, Matches};
use crate::manifest::raw::{RawLink, RawRelease};
use crate::manifest::raw_file::{RawDefaultFile, RawFile};
use crate::manifest::source::{Located, Sources, Span};
use crate::manifest::values::{FileTemplate, Subject, Templated, Wrong};
use crate::manifest::visible::Quoted;
use crate::model::{
    DesiredFile, DesiredFiles, FileSource, LinkPlaces, PathWish, Place, ProjectRef, SharedFile, TagName,
    is_package_name, package_version,
};
use std::collections::{BTreeSet, HashMap, HashSet};

/// The file that lists the digests of the others.
const CHECKSUMS: &str = "SHA256SUMS";

/// Of which releases files are looked for, by the project that the manifest names and the tag. Those of the others may not have
/// been built.
pub type LookedFor<'a> = &'a (dyn Fn(Option<&ProjectRef>, &TagName) -> LookFor + Sync);

/// Whether a release's files are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LookFor {
    /// They are not.
    Nothing,
    /// They are, and count if every pattern matches. Else it is as if nobody had looked.
    AllOrNothing,
    /// They are, and that a pattern matches nothing is an error.
    All,
}

/// Finds files, release by release.
pub(super) struct Artifacts<'a> {
    folder: &'a Folder<'a>,
    sources: &'a Sources<'a>,
    looked_for: Option<LookedFor<'a>>,
    /// How many more folders and names may be looked at.
    looks: usize,
    /// Whose releases they are, if the manifest says.
    project: Option<ProjectRef>,
    /// Where defaults have failed already: they would for every release.
    told: HashSet<Span>,
    /// The packages that files go to by default.
    packages_by_default: BTreeSet<Option<String>>,
    /// Whose each file in the registry is.
    taken: HashMap<(Option<String>, String, String), Span>,
    /// Who takes each file of the disk first, and by which entry.
    takers: HashMap<String, (TagName, Span)>,
    /// By which entry several take one, and the first of these files.
    shared: HashMap<Span, SharedFile>,
}

/// What a release says of its files, and what they must not clash with.
pub(super) struct Wish {
    tag: Located<TagName>,
    at: Option<Span>,
    files: Vec<RawFile>,
    /// Where it says that it wants their digests listed.
    checksums: Option<Span>,
    names: HashMap<String, Span>,
    paths: HashMap<String, Span>,
}

impl Wish {
    /// Of a release that says anything of files.
    pub(super) fn of(release: &mut RawRelease) -> Option<Self> {
        let (tag, files) = (release.tag_name.clone()?, release.files.take()?);
        let links = || release.links.iter().flatten();
        let name = |link: &RawLink| link.name.as_ref().map(|name| (name.value.0.clone(), name.span));
        let path = |link: &RawLink| match &link.direct_asset_path {
            Some(Located { value: PathWish::At(path), span }) => Some((path.to_string(), *span)),
            _ => None,
        };
        let (names, paths) = (links().filter_map(name).collect(), links().filter_map(path).collect());
        let checksums = release.checksums.as_ref().filter(|wish| wish.value).map(|wish| wish.span);
        Some(Self { tag, at: release.files_at, files, checksums, names, paths })
    }
}

impl<'a> Artifacts<'a> {
    /// For files below `folder`, as the `sources` name them, looking at no more than `looks` folders and names.
    pub(super) fn new(
        folder: &'a Folder<'a>,
        sources: &'a Sources<'a>,
        looked_for: Option<LookedFor<'a>>,
        looks: usize,
    ) -> Self {
        Self {
            folder,
            sources,
            looked_for,
            looks,
            project: None,
            told: HashSet::new(),
            packages_by_default: BTreeSet::new(),
            taken: HashMap::new(),
            takers: HashMap::new(),
            shared: HashMap::new(),
        }
    }

    /// What follows is of another `project`, whose registry is another, and which has these `files_by_default`.
    pub(super) fn begin_project(
        &mut self,
        project: Option<ProjectRef>,
        files_by_default: impl IntoIterator<Item = RawDefaultFile>,
    ) {
        self.project = project;
        self.taken.clear();
        self.takers.clear();
        self.shared.clear();
        self.packages_by_default = files_by_default.into_iter().map(|RawDefaultFile(file)| package(&file)).collect();
    }

    /// What has been found that several of the project's releases take.
    pub(super) fn shared(&mut self) -> Vec<SharedFile> {
        let mut shared: Vec<_> = self.shared.drain().collect();
        shared.sort_by_key(|(entry, _)| *entry);
        shared.into_iter().map(|(_, shared)| shared).collect()
    }

    /// The packages that the files of one release go to. Where it has none, they are those that its files went to before, as far
    /// as anything but its own entries can tell.
    pub(super) fn packages(&self, wish: &Wish) -> BTreeSet<Option<String>> {
        let own: BTreeSet<_> = wish.files.iter().map(package).collect();
        let or_default = |packages: BTreeSet<_>| if packages.is_empty() { BTreeSet::from([None]) } else { packages };
        if own.is_empty() { or_default(self.packages_by_default.clone()) } else { own }
    }

    /// The files of one release.
    pub(super) fn find(&mut self, wish: Wish, place: &dyn Fn(Span) -> Place, findings: &mut Findings) -> DesiredFiles {
        let look_for = |looked_for: LookedFor<'_>| looked_for(self.project.as_ref(), &wish.tag.value);
        let look_for = self.looked_for.map_or(LookFor::Nothing, look_for);
        if look_for == LookFor::Nothing {
            return DesiredFiles::NotFound;
        }
        let mut release = Release {
            version: package_version(&wish.tag.value),
            subject: Subject::new(&wish.tag.value),
            tag: &wish.tag,
            at: wish.at,
            checksums: wish.checksums,
            names: wish.names,
            paths: wish.paths,
            by_file_name: HashMap::new(),
            found: Vec::new(),
            place,
        };
        let matched: Vec<_> = wish.files.iter().map(|file| (file, self.matches(file, &release, findings))).collect();
        let is_there = |matches: &Option<Matches>| matches.as_ref().is_some_and(|matches| matches.refused.is_empty());
        if look_for == LookFor::AllOrNothing && !matched.iter().all(|(_, matches)| is_there(matches)) {
            return DesiredFiles::NotFound;
        }
        for (file, matches) in matched {
            self.add(file, matches.unwrap_or_default(), &mut release, findings);
        }
        if let Some(first) = wish.files.first().filter(|_| wish.checksums.is_some() && !release.found.is_empty()) {
            // Linked like the others, as far as that can be the same for all.
            let mut like = first.clone();
            like.name = like.name.filter(|name| name.value.names_files());
            like.direct_asset_path = like.direct_asset_path.filter(|path| path.value.names_files());
            let text = FileSource::Text(String::new());
            release.add(self, &like, CHECKSUMS, text, 0, findings);
        }
        DesiredFiles::Found(release.found)
    }

    /// What a pattern matches, if anybody can tell.
    fn matches(&mut self, file: &RawFile, release: &Release<'_>, findings: &mut Findings) -> Option<Matches> {
        let path = file.path.as_ref()?;
        let pattern = match path.value.fill("path", release.subject) {
            Ok(pattern) => pattern,
            Err(wrong) => {
                self.tell(bad_pattern(wrong, path.span), path.span, release, findings);
                return None;
            }
        };
        if self.looks == 0 {
            return None;
        }
        let from = &self.sources.file(path.span.file).folder;
        Some(glob::find(self.folder, from, &pattern, &mut self.looks))
    }

    /// Adds what a pattern matches, and tells what can't be taken.
    fn add(&mut self, file: &RawFile, matches: Matches, release: &mut Release<'_>, findings: &mut Findings) {
        let Some(path) = &file.path else { return };
        for (name, refusal) in &matches.refused {
            let finding = refusal.explain(name, path.span);
            let finding = match refusal {
                Refusal::Missing | Refusal::NoMatch => finding.help(
                    "build it first: in CI, as an artifact of an earlier job. `plan --only` and `apply --only` look for no \
                     files of other releases; paths are relative to the folder of the file they are written in",
                ),
                _ => finding,
            };
            self.tell(finding, path.span, release, findings);
        }
        for Found { below, real } in matches.found {
            let names = below.to_str().zip(below.file_name().and_then(|name| name.to_str()));
            let Some((below, file_name)) = names.filter(|(_, name)| is_package_name(name)) else {
                let finding = Finding::new(format!("GitLab takes no file named {}", Quoted(&below.to_string_lossy())))
                    .at(path.span, "matches it")
                    .help("the package registry takes names of the characters `A-Z a-z 0-9 . _ + -`: rename the file");
                findings.push(finding);
                continue;
            };
            match self.folder.size(&real) {
                Ok(size) => {
                    release.add(self, file, file_name, FileSource::Disk(below.to_owned()), size, findings);
                }
                Err(refusal) => findings.push(refusal.explain(below, path.span)),
            }
        }
    }

    /// Notes that a release takes a file by the `entry`. Of many that several take by one entry, one is enough to be told.
    fn take(&mut self, path: &str, entry: Span, tag: &TagName) {
        let Some((first, by)) = self.takers.get(path) else {
            self.takers.insert(path.to_owned(), (tag.clone(), entry));
            return;
        };
        if first != tag && !self.shared.contains_key(by) {
            let shared = SharedFile { path: path.to_owned(), taken_by: [first.clone(), tag.clone()] };
            self.shared.insert(*by, shared);
        }
    }

    /// Notes a finding at `place`, but only once where many releases have it from their defaults.
    fn tell(&mut self, finding: Finding, place: Span, release: &Release<'_>, findings: &mut Findings) {
        if self.told.insert(place) {
            findings.push(finding.before(release.tag.span, "for this tag"));
        }
    }
}

/// A release whose files are being found.
struct Release<'r> {
    tag: &'r Located<TagName>,
    subject: Subject<'r>,
    version: String,
    /// Where it says something of its files.
    at: Option<Span>,
    /// Where it says that it wants a list of digests.
    checksums: Option<Span>,
    /// Where each name and path of a link is written.
    names: HashMap<String, Span>,
    paths: HashMap<String, Span>,
    /// Where each file's name is from, and what it is a file of.
    by_file_name: HashMap<String, (Span, String)>,
    found: Vec<DesiredFile>,
    place: &'r dyn Fn(Span) -> Place,
}

impl Release<'_> {
    fn add(
        &mut self,
        artifacts: &mut Artifacts<'_>,
        raw: &RawFile,
        file_name: &str,
        source: FileSource,
        size: u64,
        findings: &mut Findings,
    ) {
        let RawFile { header, path: pattern, package: _, name, direct_asset_path, link_type } = raw;
        let place = pattern.as_ref().map_or(*header, |pattern| pattern.span);
        if let Some((first, earlier)) = self.by_file_name.get(file_name) {
            return findings.push(match &source {
                FileSource::Disk(below) => one_name((*first, earlier), (place, below), file_name),
                FileSource::Text(_) => made_already((*first, earlier), self.checksums.unwrap_or(place), file_name),
            });
        }
        let from = match &source {
            FileSource::Disk(below) => below,
            FileSource::Text(_) => file_name,
        };
        self.by_file_name.insert(file_name.to_owned(), (place, from.to_owned()));
        let subject = self.subject.file(file_name);
        let link_name = filled(name.as_ref(), "name", subject, findings);
        let link_name = link_name.map_or_else(|| file_name.to_owned(), |name| name.0);
        let path = filled(direct_asset_path.as_ref(), "direct_asset_path", subject, findings);
        let name_at = name.as_ref().map_or(place, |name| name.span);
        unique(&mut self.names, &link_name, name_at, "two links with the name", findings);
        if let (Some(PathWish::At(path)), Some(Located { span, .. })) = (&path, direct_asset_path) {
            unique(&mut self.paths, path.as_str(), *span, "two links with the path", findings);
        }
        if let FileSource::Disk(below) = &source {
            artifacts.take(below, place, &self.tag.value);
        }
        let package = package(raw);
        let stored = (package.clone(), self.version.clone(), file_name.to_owned());
        let first = *artifacts.taken.entry(stored).or_insert(self.tag.span);
        if first != self.tag.span {
            let finding = Finding::new(format!("two releases would share the file {}", Quoted(file_name)))
                .at(first, "one of them")
                .at(self.tag.span, "the other")
                .help("both tags come to the same version of a package: give one of them a `package` of its own");
            findings.push(finding);
        }
        let at = |span: Option<Span>| span.map(self.place);
        self.found.push(DesiredFile {
            places: LinkPlaces {
                link: at(Some(*header).or(self.at)),
                name: at(Some(name_at)),
                url: at(Some(place)),
                direct_asset_path: at(direct_asset_path.as_ref().map(|path| path.span)),
                link_type: at(link_type.as_ref().map(|link_type| link_type.span)),
            },
            source,
            size,
            sha256: None,
            package,
            version: self.version.clone(),
            file_name: file_name.to_owned(),
            name: link_name,
            direct_asset_path: path,
            link_type: link_type.as_ref().map(|link_type| link_type.value),
        });
    }
}

/// What to say of two files that would be one in the registry, each by its entry and its path.
fn one_name((first, earlier): (Span, &str), (place, below): (Span, &str), file_name: &str) -> Finding {
    if earlier == below {
        return Finding::new(format!("{} is taken twice in one release", Quoted(below)))
            .at(first, "first here")
            .at(place, "again here")
            .help("take one of the two out, or let its pattern match other files");
    }
    Finding::new(format!("two files named {} in one release", Quoted(file_name)))
        .at(first, format!("matches {}", Quoted(earlier)))
        .at(place, format!("matches {}", Quoted(below)))
        .help("a release's files are told apart by their names: rename one, or let the pattern match only one")
}

/// What to say of a file that has the name of the one that `checksums` makes.
fn made_already((first, earlier): (Span, &str), checksums: Span, file_name: &str) -> Finding {
    Finding::new(format!("two files named {} in one release", Quoted(file_name)))
        .at(first, format!("matches {}", Quoted(earlier)))
        .at(checksums, "makes another")
        .help("`checksums` makes this file anew: take the one that is there out of its folder, or out of the pattern")
}

fn package(file: &RawFile) -> Option<String> {
    file.package.as_ref().map(|package| package.value.0.clone())
}

fn filled<T: Templated>(
    template: Option<&Located<FileTemplate<T>>>,
    key: &str,
    subject: Subject<'_>,
    findings: &mut Findings,
) -> Option<T> {
    let Located { value, span } = template?;
    match value.fill(key, subject) {
        Ok(value) => Some(value),
        Err((wrong, text)) => {
            findings.push(misfit(wrong, &text, *span));
            None
        }
    }
}

/// Names and paths of links are each unique within a release.
fn unique(taken: &mut HashMap<String, Span>, value: &str, place: Span, what: &str, findings: &mut Findings) {
    let Some(first) = taken.insert(value.to_owned(), place) else { return };
    let finding = Finding::new(format!("{what} {}", Quoted(value)));
    let finding = if first == place {
        finding.at(place, "for several files").help("let `{file_name}` stand in it, which is each file's own")
    } else {
        let help = "names, urls and paths of links are each unique within a release";
        finding.at(first.min(place), "first here").at(first.max(place), "again here").help(help)
    };
    // Of many files with one path, one is enough to be told.
    if !findings.iter().any(|known| known.message == finding.message && known.place() == finding.place()) {
        findings.push(finding);
    }
}

fn bad_pattern(wrong: Wrong, place: Span) -> Finding {
    match wrong {
        Wrong::Value { message, label, help } => Finding { help, ..Finding::new(message).at(place, label) },
        Wrong::Type(help) => Finding { help, ..Finding::new("wrong type").at(place, "not a string") },
    }
}

/// What to say of a value that comes to `text`, which is `wrong`.
fn misfit(wrong: Wrong, text: &str, place: Span) -> Finding {
    match wrong {
        Wrong::Value { message, label, help } => {
            let finding = Finding::new(message).at(place, format!("becomes {}: {label}", Quoted(text)));
            Finding { help, ..finding }
        }
        // A string never is; but if it were:
        Wrong::Type(help) => Finding { help, ..Finding::new("wrong type").at(place, "not a string") },
    }
}
