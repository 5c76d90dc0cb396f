//! Reads the manifest and the files it includes, each once, into one: what an included file holds comes after what
//! includes it, in the order of the patterns and of the paths they match. A fleet's projects each include what they name.

use crate::manifest::files::{Folder, Refusal};
use crate::manifest::finding::{Finding, Findings};
use crate::manifest::fleet::{self, Parts};
use crate::manifest::glob::{self, Found};
use crate::manifest::limits::Limits;
use crate::manifest::pieces::{self, ReadFile};
use crate::manifest::raw::{RawIncluded, RawManifest};
use crate::manifest::source::{FileId, LONGEST_FILE, Located, Sources, Span};
use crate::manifest::values::FilePattern;
use crate::manifest::visible::Quoted;
use std::collections::HashSet;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// What to do about an include that leads back.
const LEADS_BACK: &str =
    "a pattern must not match the file that it is for: keep included files in a folder of their own";

/// A manifest with all it includes, or those of a fleet.
pub(super) struct Loaded<'a> {
    /// What the manifest itself says, but not what has gone to `manifests`.
    pub(super) shared: RawManifest,
    /// Where the first project of a fleet begins, if it is one.
    pub(super) fleet: Option<Span>,
    /// One for each project.
    pub(super) manifests: Vec<Whole>,
    /// The files' texts.
    pub(super) sources: Sources<'a>,
    /// How far each file can be trusted; what it says has gone to `raw`.
    pub(super) files: Vec<ReadFile>,
}

/// What one project's manifest says, with all it includes.
pub(super) struct Whole {
    pub(super) raw: RawManifest,
    /// The files that it includes.
    pub(super) files: Range<usize>,
}

/// Reads the one text of `sources`, which is the manifest at `path` in `folder`, and what it includes.
pub(super) fn load<'a>(
    limits: &Limits,
    path: &Path,
    sources: Sources<'a>,
    folder: &Folder<'_>,
    findings: &mut Findings,
) -> Loaded<'a> {
    let text = &sources.file(FileId::MAIN).text;
    let mut main = pieces::read::<RawManifest>(FileId::MAIN, text, limits.piece, findings);
    let mut shared = std::mem::take(&mut main.raw);
    let Parts { manifests, fleet } = fleet::take(&mut shared, findings);
    let mut loader = Loader {
        left: *limits,
        limits,
        folder,
        raw: RawManifest::default(),
        sources,
        files: vec![main],
        way: Vec::new(),
        seen: HashSet::new(),
        findings,
    };
    let real = folder.real(path);
    let manifests = manifests.into_iter().map(|raw| loader.whole(&real, raw)).collect();
    let Loader { sources, files, .. } = loader;
    Loaded { shared, fleet, manifests, sources, files }
}

struct Loader<'a, 'l> {
    limits: &'l Limits,
    /// What of the limits is left.
    left: Limits,
    folder: &'l Folder<'l>,
    raw: RawManifest,
    sources: Sources<'a>,
    files: Vec<ReadFile>,
    /// The files on the way to where we are: each includes the next.
    way: Vec<Visit>,
    /// The real places of all files that have been read for this manifest.
    seen: HashSet<PathBuf>,
    findings: &'l mut Findings,
}

/// A file that is being read.
struct Visit {
    file: FileId,
    real: PathBuf,
    /// Where it is included; the manifest itself is nowhere.
    place: Option<Span>,
    /// What it includes, and hasn't been read so far.
    todo: std::vec::IntoIter<Include>,
}

/// A file to include, and the pattern it is for.
struct Include {
    place: Span,
    found: Found,
}

impl Loader<'_, '_> {
    /// Reads what a manifest includes whose own text says this.
    fn whole(&mut self, real: &Path, raw: RawManifest) -> Whole {
        let first = self.files.len();
        self.raw = raw;
        self.seen.clear();
        let includes = std::mem::take(&mut self.raw.include);
        self.enter(FileId::MAIN, None, real.to_owned(), includes);
        while let Some(last) = self.way.last_mut() {
            match last.todo.next() {
                Some(include) => self.follow(include),
                None => drop(self.way.pop()),
            }
        }
        Whole { raw: std::mem::take(&mut self.raw), files: first..self.files.len() }
    }

    fn enter(&mut self, file: FileId, place: Option<Span>, real: PathBuf, patterns: Vec<Located<FilePattern>>) {
        let is_known = self.files[file.index()].other_version.is_none();
        let mut todo = Vec::new();
        for pattern in patterns.into_iter().filter(|_| is_known) {
            if self.left.looks == 0 {
                break;
            }
            let from = &self.sources.file(file).folder;
            let matches = glob::find(self.folder, from, &pattern.value, &mut self.left.looks);
            let refused = matches.refused.into_iter();
            self.findings.extend(refused.map(|(name, refusal)| refusal.explain(&name, pattern.span)));
            todo.extend(matches.found.into_iter().map(|found| Include { place: pattern.span, found }));
        }
        self.seen.insert(real.clone());
        self.way.push(Visit { file, real, place, todo: todo.into_iter() });
    }

    fn follow(&mut self, Include { place, found: Found { below, real } }: Include) {
        if self.seen.contains(&real) {
            if let Some(at) = self.way.iter().position(|visit| visit.real == real) {
                let finding = self.cycle(at, place);
                self.findings.push(finding);
            }
            return;
        }
        if self.left.files == 0 {
            return self.stop(place, format!("more than {} files are included", self.limits.files));
        }
        match self.folder.read(Path::new(""), &below, LONGEST_FILE.min(self.left.bytes)) {
            Ok(text) => {
                self.left.files -= 1;
                self.left.bytes -= text.len();
                let file = self.sources.add(&below, text);
                let text = &self.sources.file(file).text;
                let mut read = pieces::read::<RawIncluded>(file, text, self.limits.piece, self.findings);
                let RawManifest { include, milestones, releases, .. } = std::mem::take(&mut read.raw);
                if read.other_version.is_none() {
                    self.raw.milestones.get_or_insert_default().extend(milestones.into_iter().flatten());
                    self.raw.releases.get_or_insert_default().extend(releases.into_iter().flatten());
                }
                self.files.push(read);
                self.enter(file, Some(place), real, include);
            }
            Err(Refusal::TooLarge(left)) if left < LONGEST_FILE => {
                self.stop(place, format!("more than {} MiB are included", self.limits.bytes >> 20));
            }
            Err(refusal) => {
                self.seen.insert(real);
                self.findings.push(refusal.explain(&below.to_string_lossy(), place));
            }
        }
    }

    /// Reads no more, which is told once.
    fn stop(&mut self, place: Span, why: String) {
        let finding = Finding::new(why).at(place, "too much, with what was read before");
        self.findings.push(finding.help("put releases into fewer or shorter files"));
        self.way.clear();
    }

    /// What to say of an include at `place` that leads back to the file `at` on the way.
    fn cycle(&self, at: usize, place: Span) -> Finding {
        let name = |visit: &Visit| {
            let file = self.sources.file(visit.file);
            file.folder.join(file.name.file_name().unwrap_or_default()).to_string_lossy().into_owned()
        };
        let again = name(&self.way[at]);
        let again = Quoted(&again);
        match self.way.get(at + 1).and_then(|next| Some((name(next), next.place?))) {
            None => {
                Finding::new(format!("{again} includes itself")).at(place, "matches this very file").help(LEADS_BACK)
            }
            Some((next, first)) => Finding::new(format!("{again} includes itself, by way of {}", Quoted(&next)))
                .at(first, format!("includes {}", Quoted(&next)))
                .at(place, format!("leads back to {again}"))
                .help(format!("take one of the two out; {LEADS_BACK}")),
        }
    }
}
