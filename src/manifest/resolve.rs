//! From the manifest as written to what is wished for.
//!
//! Nothing is judged here but the files that are named; an entry without its tag, title, name or url has been noted
//! already, and is left out.

use crate::manifest::artifacts::{Artifacts, Wish};
use crate::manifest::files::Folder;
use crate::manifest::finding::Findings;
use crate::manifest::lines::Lines;
use crate::manifest::notes::Notes;
use crate::manifest::raw::{RawLink, RawManifest, RawMilestone, RawPolicy, RawProject, RawRelease};
use crate::manifest::source::{FileId, Located, Sources, Span};
use crate::manifest::values::TagPattern;
use crate::model::{
    Desired, DesiredLink, DesiredMilestone, DesiredRelease, LinkPlaces, MilestonePlaces, Place, Policy, ProjectRef,
    ReleasePlaces, TagPatterns,
};
use std::ops::Range;
use url::Url;

/// What a manifest says.
pub(super) struct Resolved {
    pub(super) project: Option<ProjectRef>,
    pub(super) url: Option<Url>,
    pub(super) desired: Desired,
}

/// Resolves manifests, reading the files they name; those of a fleet share what is read.
pub(super) struct Resolver<'r> {
    lines: Vec<Lines<'r>>,
    names: Vec<String>,
    notes: Notes<'r>,
    artifacts: Artifacts<'r>,
    /// The files of the manifest that is being resolved, beside the first.
    files: Range<usize>,
}

impl<'r> Resolver<'r> {
    pub(super) fn new(sources: &'r Sources<'r>, folder: &'r Folder<'r>, artifacts: Artifacts<'r>) -> Self {
        let notes = Notes::new(folder, sources);
        Self { lines: sources.lines(), names: sources.names(), notes, artifacts, files: 0..0 }
    }

    /// Resolves a manifest that includes these `files`.
    pub(super) fn manifest(&mut self, manifest: RawManifest, files: Range<usize>, findings: &mut Findings) -> Resolved {
        let RawManifest { version: _, include: _, project, projects: _, policy, defaults, milestones, releases } =
            manifest;
        let (keys, files_by_default) = defaults.map_or(([None, None], None), |defaults| {
            let keys = [defaults.description_file, defaults.changelog].map(|file| file.map(|file| file.span));
            (keys, defaults.files)
        });
        self.notes.share(keys.into_iter().flatten());
        let (project, url) = project.map_or((None, None), resolve_project);
        self.files = files;
        self.artifacts.begin_project(project.clone(), files_by_default.into_iter().flatten());
        let mut desired = Desired {
            files: self.names.iter().take(1).chain(&self.names[self.files.clone()]).cloned().collect(),
            policy: policy.map(|policy| self.policy(policy)).unwrap_or_default(),
            milestones: milestones.into_iter().flatten().filter_map(|milestone| self.milestone(milestone)).collect(),
            releases: only(releases.unwrap_or_default(), |release| self.release(release, findings)),
            shared_files: Vec::new(),
        };
        desired.shared_files = self.artifacts.shared();
        Resolved { project, url, desired }
    }

    /// Notes down what can only be told of all together.
    pub(super) fn finish(self, findings: &mut Findings) {
        self.notes.finish(findings);
    }
}

pub(super) fn resolve_project(RawProject { path, id, url }: RawProject) -> (Option<ProjectRef>, Option<Url>) {
    let id = id.map(|id| ProjectRef::Id(id.value));
    (id.or_else(|| path.map(|path| ProjectRef::Path(path.value.0))), url.map(|url| url.value.0))
}

impl Resolver<'_> {
    fn policy(&self, policy: RawPolicy) -> Policy {
        let RawPolicy { unmanaged, tags, max_deletes, protect, milestones } = policy;
        Policy {
            unmanaged_place: self.place(unmanaged.as_ref()),
            unmanaged: value(unmanaged).unwrap_or_default(),
            tags: value(tags).and_then(compiled).unwrap_or_default(),
            max_deletes: value(max_deletes).unwrap_or_default(),
            delete_packages: false,
            protect: value(protect).and_then(compiled),
            milestones: value(milestones).unwrap_or_default(),
        }
    }

    fn milestone(&self, milestone: RawMilestone) -> Option<DesiredMilestone> {
        let RawMilestone { title, description, start_date, due_date, state } = milestone;
        Some(DesiredMilestone {
            places: MilestonePlaces {
                title: self.place(title.as_ref()),
                description: self.place(description.as_ref()),
                start_date: self.place(start_date.as_ref()),
                due_date: self.place(due_date.as_ref()),
                state: self.place(state.as_ref()),
            },
            title: value(title)?.0,
            description: value(description).map(|text| text.0),
            start_date: value(start_date).map(|day| day.0),
            due_date: value(due_date).map(|day| day.0),
            state: value(state),
        })
    }

    fn release(&mut self, mut release: RawRelease, findings: &mut Findings) -> Option<DesiredRelease> {
        let wish = Wish::of(&mut release);
        let packages = wish.as_ref().map(|wish| self.artifacts.packages(wish)).unwrap_or_default();
        let files = wish.map(|wish| {
            let place = |span| place_of(&self.lines, &self.files, span);
            self.artifacts.find(wish, &place, findings)
        });
        let RawRelease {
            says_notes: _,
            links_at,
            files_at,
            tag_name,
            name,
            description,
            description_file,
            changelog,
            released_at,
            git_ref,
            tag_message,
            milestones,
            evidence,
            protect,
            checksums: _,
            links,
            files: _,
        } = release;
        let places = ReleasePlaces {
            tag_name: self.place(tag_name.as_ref()),
            name: self.place(name.as_ref()),
            description: self
                .place(description.as_ref())
                .or_else(|| self.place(description_file.as_ref()))
                .or_else(|| self.place(changelog.as_ref())),
            released_at: self.place(released_at.as_ref()),
            milestones: self.place(milestones.as_ref()),
            evidence: self.place(evidence.as_ref()),
            links: links_at.or(files_at).map(|links| self.place_of(links)),
        };
        let notes = match (description, description_file, changelog, &tag_name) {
            (Some(text), ..) => Some(text.value.0),
            (None, Some(file), _, tag) => self.notes.file(&file, tag.as_ref(), findings),
            (None, None, Some(file), Some(tag)) => self.notes.section(&file, tag, findings),
            (None, None, ..) => None,
        };
        Some(DesiredRelease {
            tag_name: value(tag_name)?,
            name: value(name).map(|name| name.0),
            description: notes,
            released_at: value(released_at),
            git_ref: value(git_ref).map(|git_ref| git_ref.0),
            tag_message: value(tag_message).map(|message| message.0),
            milestones: value(milestones).map(|titles| titles.into_iter().map(|title| title.value.0).collect()),
            links: links.map(|links| only(links, |link| self.link(link))),
            files,
            packages,
            evidence: value(evidence),
            protect: value(protect).unwrap_or_default(),
            places,
        })
    }

    fn link(
        &self,
        RawLink { header, says_url: _, name, url, direct_asset_path, link_type }: RawLink,
    ) -> Option<DesiredLink> {
        Some(DesiredLink {
            places: LinkPlaces {
                link: Some(self.place_of(header)),
                name: self.place(name.as_ref()),
                url: self.place(url.as_ref()),
                direct_asset_path: self.place(direct_asset_path.as_ref()),
                link_type: self.place(link_type.as_ref()),
            },
            name: value(name)?.0,
            url: value(url)?.0,
            direct_asset_path: value(direct_asset_path),
            link_type: value(link_type),
        })
    }

    fn place<T>(&self, located: Option<&Located<T>>) -> Option<Place> {
        located.map(|located| self.place_of(located.span))
    }

    /// A place as the manifest counts its files: those that others of its fleet include are none of its own.
    fn place_of(&self, span: Span) -> Place {
        place_of(&self.lines, &self.files, span)
    }
}

fn place_of(lines: &[Lines<'_>], files: &Range<usize>, span: Span) -> Place {
    let Place { file, line } = span.place(lines);
    let before = u32::try_from(files.start.saturating_sub(1)).unwrap_or_default();
    Place { file: if span.file == FileId::MAIN { file } else { file.saturating_sub(before) }, line }
}

/// What the checks have compiled once already.
fn compiled(patterns: Vec<Located<TagPattern>>) -> Option<TagPatterns> {
    let patterns: Vec<String> = patterns.into_iter().map(|pattern| pattern.value.0).collect();
    TagPatterns::new(&patterns).ok()
}

/// Collects in memory of its own: `collect` would keep that of the raw values, which are twice as large.
fn only<T, U>(raw: Vec<T>, resolve: impl FnMut(T) -> Option<U>) -> Vec<U> {
    let mut resolved = Vec::with_capacity(raw.len());
    resolved.extend(raw.into_iter().filter_map(resolve));
    resolved
}

fn value<T>(located: Option<Located<T>>) -> Option<T> {
    located.map(|located| located.value)
}
