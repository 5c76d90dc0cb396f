//! What a person should know before saying yes, and can't see in any single step.

use super::diff::{ReleaseChange, ReleaseWrite, Timing};
use super::files;
use super::links::{self, LinkStep, LinkWrite};
use super::releases::Releases;
use super::safety::Unnamed;
use crate::model::{Current, Desired, Moment, PackagePlace, Packages, Release, SharedFile, TagName};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// One thing to know. Those about releases name them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// Tags will be made, which starts tag pipelines where the project's CI has some.
    TagsMade(Vec<TagName>),
    /// GitLab mails everybody who watches the project's releases.
    Announced(Vec<TagName>),
    /// Historical releases, for which GitLab collects no evidence.
    NoEvidence(Vec<TagName>),
    /// Releases whose evidence is asked for, but whose lack of it is no difference: GitLab may not offer any.
    EvidenceTried(Vec<TagName>),
    /// New releases whose date has passed a short while ago, so that GitLab will call them historical, which may not be meant.
    DatePassed(Vec<TagName>),
    /// A new release has the notes of one that no entry names: its tag's name has changed, probably.
    Renamed {
        /// The one that no entry names.
        from: TagName,
        /// The new one.
        to: TagName,
        /// Whether the old one is to be deleted.
        deleted: bool,
    },
    /// Links that keep their name or path, but lead elsewhere.
    LinksMoved {
        /// How many.
        links: usize,
        /// Whose.
        releases: Vec<TagName>,
    },
    /// Releases of which a link bears a temporary value between two requests, as others pass its values round.
    LinksInBetween(Vec<TagName>),
    /// Releases that lose links to files which stay in the package registry.
    FilesUnlinked(Vec<TagName>),
    /// Tags among those to be written to that are protected: not everybody may.
    ProtectedTags(Vec<TagName>),
    /// The policy wants them deleted, but GitLab can't: their git tags are gone.
    LeftBehind(Vec<TagName>),
    /// The policy would have them deleted, but protects them.
    Kept(Vec<TagName>),
    /// Releases that are deleted, but whose files stay in the package registry.
    FilesStay(Vec<TagName>),
    /// Files of releases that are deleted, which are to go with them, but stay.
    FilesKept(Vec<KeptFile>),
    /// Files of the disk that several releases take.
    FilesShared(Vec<SharedFile>),
    /// A CI job token can't read milestones: their titles go through unchecked.
    MilestonesUnchecked,
    /// GitLab's list of releases, which this many were judged by, may be five minutes old where only milestones changed.
    ListAge(usize),
}

/// A file in the package registry that is not deleted with the release that led to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptFile {
    /// Where it is.
    pub place: PackagePlace,
    /// Another release that links to it, or will.
    pub by: TagName,
}

/// All notes, in the order in which they are told.
pub(super) fn notes(
    desired: &Desired,
    current: &Current,
    releases: &Releases<'_>,
    unnamed: &Unnamed<'_>,
    kept: &[KeptFile],
    now: Moment,
) -> Vec<Note> {
    let changes = &releases.changes;
    let tags = |which: &dyn Fn(&ReleaseChange<'_>) -> bool| -> Vec<TagName> {
        changes.iter().filter(|change| which(change)).map(|change| change.tag_name().clone()).collect()
    };
    let mut no_evidence = tags(&|change| new_release(change).is_some() && change.timing == Timing::Historical);
    let live = releases.without_evidence.iter().filter(|(tag, _)| current.releases.contains_key(*tag));
    no_evidence.extend(live.map(|(tag, _)| (*tag).clone()));
    let lists = [
        Note::TagsMade(tags(&makes_tag)),
        Note::Announced(tags(&|change| new_release(change).is_some())),
        Note::NoEvidence(no_evidence),
        Note::EvidenceTried(tags(&|change| change.collect.is_some() && !change.requires_evidence())),
        Note::DatePassed(tags(&|change| {
            let new = new_release(change).filter(|_| change.timing == Timing::Historical);
            new.and_then(|new| new.released_at).is_some_and(|at| is_recent(at, now))
        })),
        Note::LinksInBetween(tags(&|change| {
            let steps = steps(change);
            (0..steps.len()).any(|nth| links::is_temporary(steps, nth))
        })),
        Note::FilesUnlinked(tags(&|change| loses_files(change, &current.packages))),
        Note::ProtectedTags(tags(&|change| current.protected_tags.contains(change.tag_name()))),
        Note::LeftBehind(unnamed.left_behind.iter().map(|release| release.tag_name.clone()).collect()),
        Note::FilesStay(files_stay(desired, current, unnamed)),
        Note::FilesKept(kept.to_vec()),
        Note::FilesShared(desired.shared_files.clone()),
        Note::Kept(unnamed.kept.iter().map(|release| release.tag_name.clone()).collect()),
    ];
    let mut notes: Vec<_> = lists.into_iter().filter(|note| !note.is_empty()).collect();
    notes.extend(renamed(changes, unnamed));
    notes.extend(links_moved(changes));
    notes.extend(milestones_unchecked(desired, current));
    notes.extend((releases.judged_by_list > 0).then_some(Note::ListAge(releases.judged_by_list)));
    notes
}

impl Note {
    /// The releases it is about.
    #[must_use]
    pub fn tag_names(&self) -> Vec<&TagName> {
        match self {
            Self::TagsMade(tags)
            | Self::Announced(tags)
            | Self::NoEvidence(tags)
            | Self::EvidenceTried(tags)
            | Self::DatePassed(tags)
            | Self::LinksMoved { releases: tags, .. }
            | Self::LinksInBetween(tags)
            | Self::FilesUnlinked(tags)
            | Self::ProtectedTags(tags)
            | Self::LeftBehind(tags)
            | Self::FilesStay(tags)
            | Self::Kept(tags) => tags.iter().collect(),
            Self::FilesKept(files) => files.iter().map(|file| &file.by).collect(),
            Self::FilesShared(files) => files.iter().flat_map(|file| &file.taken_by).collect(),
            Self::Renamed { from, to, .. } => vec![from, to],
            Self::MilestonesUnchecked | Self::ListAge(_) => Vec::new(),
        }
    }

    fn is_empty(&self) -> bool {
        self.tag_names().is_empty()
    }
}

fn files_stay(desired: &Desired, current: &Current, unnamed: &Unnamed<'_>) -> Vec<TagName> {
    if desired.policy.delete_packages {
        return Vec::new();
    }
    let has_files = |release: &&&Arc<Release>| !files::places_of(release, &current.packages).is_empty();
    unnamed.deletes.iter().filter(has_files).map(|release| release.tag_name.clone()).collect()
}

fn new_release<'c>(change: &'c ReleaseChange<'_>) -> Option<&'c crate::model::NewRelease> {
    match &change.write {
        ReleaseWrite::Create(release) => Some(release),
        ReleaseWrite::Update { .. } => None,
    }
}

/// A date that passed in the last days is perhaps a plan that came late; one before them is declared history.
fn is_recent(at: Moment, now: Moment) -> bool {
    const WEEK: i64 = 7 * 24 * 60 * 60;
    at.second() > now.second() - WEEK
}

fn makes_tag(change: &ReleaseChange<'_>) -> bool {
    match &change.write {
        ReleaseWrite::Create(release) => release.git_ref.is_some(),
        ReleaseWrite::Update { tag, .. } => tag.is_some(),
    }
}

fn steps<'c>(change: &'c ReleaseChange<'_>) -> &'c [LinkStep] {
    match &change.write {
        ReleaseWrite::Create(_) => &[],
        ReleaseWrite::Update { links, .. } => links,
    }
}

/// Notes that are the same to the letter tell that a tag's name has changed, unless several releases have them.
fn renamed(changes: &[ReleaseChange<'_>], unnamed: &Unnamed<'_>) -> Vec<Note> {
    let mut by_notes: HashMap<&str, Option<(&TagName, bool)>> = HashMap::new();
    let lists = [&unnamed.reported, &unnamed.kept, &unnamed.left_behind];
    for (list, is_delete) in std::iter::once((&unnamed.deletes, true)).chain(lists.map(|list| (list, false))) {
        for release in list {
            let notes = release.description.as_str();
            by_notes.entry(notes).and_modify(|one| *one = None).or_insert(Some((&release.tag_name, is_delete)));
        }
    }
    let renamed = |change: &ReleaseChange<'_>| {
        let notes = new_release(change)?.description.as_ref().filter(|notes| !notes.is_empty())?;
        let (from, deleted) = by_notes.get(notes.as_str()).copied().flatten()?;
        Some(Note::Renamed { from: from.clone(), to: change.tag_name().clone(), deleted })
    };
    if by_notes.is_empty() { Vec::new() } else { changes.iter().filter_map(renamed).collect() }
}

/// Whether a link to a file in the project's own registry goes, and no other of the release leads there.
fn loses_files(change: &ReleaseChange<'_>, packages: &Packages) -> bool {
    let (mut lost, mut led_to) = (BTreeSet::new(), BTreeSet::new());
    for step in steps(change) {
        match &step.write {
            LinkWrite::Delete(live) => lost.extend(packages.place_of(&live.link.url)),
            LinkWrite::Create(link) => led_to.extend(packages.place_of(&link.url)),
            LinkWrite::Update { live, to } => {
                lost.extend(packages.place_of(&live.link.url));
                led_to.extend(packages.place_of(&to.url));
            }
        }
    }
    !lost.is_subset(&led_to)
}

fn links_moved(changes: &[ReleaseChange<'_>]) -> Option<Note> {
    let (mut links, mut releases) = (0, Vec::new());
    for change in changes {
        let steps = steps(change);
        let lasting = steps.iter().enumerate().filter(|(nth, _)| !links::is_temporary(steps, *nth));
        let moved = lasting.filter(|(_, step)| match &step.write {
            LinkWrite::Update { live, to } => {
                let same_path = to.direct_asset_path.is_some() && to.direct_asset_path == live.link.direct_asset_path;
                live.link.url != to.url && (live.link.name == to.name || same_path)
            }
            LinkWrite::Delete(_) | LinkWrite::Create(_) => false,
        });
        let count = moved.count();
        if count > 0 {
            links += count;
            releases.push(change.tag_name().clone());
        }
    }
    (links > 0).then_some(Note::LinksMoved { links, releases })
}

fn milestones_unchecked(desired: &Desired, current: &Current) -> Option<Note> {
    let names_some = || desired.releases.iter().any(|r| r.milestones.as_ref().is_some_and(|m| !m.is_empty()));
    (current.by_job_token && current.milestones.is_none() && names_some()).then_some(Note::MilestonesUnchecked)
}
