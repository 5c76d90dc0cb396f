//! What is in GitLab and not in the manifest's words: somebody has changed it behind the manifest's back. With a base, which
//! is the manifest as it was before a change, that is told apart from what the change itself will do.
//!
//! ```text
//! base ── differences ──▶ drift ─┐
//!   │                            ├─ clashes
//!   └ applied to GitLab ─▶ here ─┘ change
//! ```
//!
//! Differences are found by the same rules as a plan's steps, so that there is drift if and only if a plan would have
//! something to make up for; but they are told field by field, not request by request.

mod applied;
mod clash;
mod difference;
mod ignored;

pub use clash::Clash;
pub use difference::{Aspect, Difference, Subject, Value};
pub use ignored::{Ignored, IgnoredField};

use super::files;
use super::selection::Selection;
use crate::model::{Current, Desired, DesiredRelease, Moment, Project, TagName};
use difference::{Compared, LinksBy};
use std::collections::BTreeSet;

/// How GitLab, the manifest and perhaps its base differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift {
    /// The project it is about.
    pub project: Project,
    /// Where GitLab is not as the base says; without a base, as the manifest says.
    pub drift: Vec<Difference>,
    /// Where the manifest says other than its base: what applying it will change, once there is no drift.
    pub change: Vec<Difference>,
    /// What both somebody in GitLab and the change have touched, to different ends.
    pub clashes: Vec<Clash>,
    /// Releases in GitLab that no entry names, and that the policy lets be.
    pub unmanaged: Vec<TagName>,
    /// How many of the manifest's releases, as far as they were selected, GitLab has as they should be.
    pub as_said: usize,
    /// How many releases that were not selected are not as they should be.
    pub left_out: usize,
    /// Milestones are declared, and the token can't read them.
    pub milestones_unread: bool,
    /// Releases in GitLab whose files are not known, so that links to these were not looked at.
    pub files_unknown: Vec<TagName>,
}

impl Drift {
    /// Holds GitLab against one manifest.
    #[must_use]
    pub fn new(desired: &Desired, current: &Current, selection: &Selection, now: Moment, ignored: &Ignored) -> Self {
        let desired = &*files::with_links(desired, current);
        let Compared { mut differences, unmanaged, selected, left_out } =
            difference::compare(desired, current, selection, now, LinksBy::Wish);
        differences.retain(|difference| !ignored.has(difference));
        forget_idle_tags(&mut differences);
        let differing: BTreeSet<&TagName> =
            differences.iter().filter(|d| !d.is_unwished()).filter_map(|d| d.subject.tag_name()).collect();
        Self {
            project: current.project.clone(),
            as_said: selected - differing.len(),
            drift: differences,
            change: Vec::new(),
            clashes: Vec::new(),
            unmanaged,
            left_out,
            milestones_unread: current.milestones.is_none() && !desired.milestones.is_empty(),
            files_unknown: files_unknown([desired], current, selection, ignored),
        }
    }

    /// Holds GitLab against `base`, and tells apart what the manifest that is `here` changes about that.
    #[must_use]
    pub fn with_base(
        base: &Desired,
        here: &Desired,
        current: &Current,
        selection: &Selection,
        now: Moment,
        ignored: &Ignored,
    ) -> Self {
        let mut drift = Self::new(base, current, selection, now, ignored);
        let applied = applied::applied(&files::with_links(base, current), current, now);
        let mut change =
            difference::compare(&files::with_links(here, &applied), &applied, selection, now, LinksBy::Live)
                .differences;
        // A lost tag is nothing that a manifest says.
        let is_said = |difference: &Difference| difference.aspect != Aspect::Tag;
        change.retain(is_said);
        let straight = || {
            let mut straight =
                difference::compare(&files::with_links(here, current), current, selection, now, LinksBy::Wish)
                    .differences;
            straight.retain(|difference| is_said(difference) && !ignored.has(difference));
            straight
        };
        let clashes = clash::clashes(&drift.drift, &change, straight);
        // What the base does not name, and the manifest here does, or deletes, is this change's matter.
        let here_named: BTreeSet<&TagName> = here.releases.iter().map(|wish| &wish.tag_name).collect();
        let changed: BTreeSet<&TagName> = change.iter().filter_map(|d| d.subject.tag_name()).collect();
        let mut unmanaged = drift.unmanaged.clone();
        unmanaged.retain(|tag| !here_named.contains(tag) && !changed.contains(tag));
        let whole = Self::new(base, current, selection, now, &Ignored::default()).drift;
        clash::settle(&mut drift.drift, &mut change, &whole);
        forget_idle_tags(&mut drift.drift);
        let milestones_unread = drift.milestones_unread || current.milestones.is_none() && !here.milestones.is_empty();
        let files_unknown = files_unknown([base, here], current, selection, ignored);
        Self { change, clashes, unmanaged, milestones_unread, files_unknown, ..drift }
    }

    /// Whether somebody has changed something in GitLab. A mere change of the manifest is none.
    #[must_use]
    pub fn has_drift(&self) -> bool {
        !self.drift.is_empty() || !self.clashes.is_empty()
    }
}

/// The releases whose links to files were not looked at, though somebody wanted to know of them.
fn files_unknown<'d>(
    manifests: impl IntoIterator<Item = &'d Desired>,
    current: &Current,
    selection: &Selection,
    ignored: &Ignored,
) -> Vec<TagName> {
    let is_unknown = |wish: &&DesiredRelease| {
        files::are_unknown(wish, &current.packages)
            && selection.takes(&wish.tag_name)
            && current.releases.contains_key(&wish.tag_name)
    };
    let wishes = manifests.into_iter().flat_map(|manifest| &manifest.releases).filter(is_unknown);
    let mut tags = Vec::new();
    let mut known = BTreeSet::new();
    tags.extend(wishes.map(|wish| &wish.tag_name).filter(|tag| known.insert(*tag)).cloned());
    if ignored.has_field(IgnoredField::Links) { Vec::new() } else { tags }
}

/// A lost tag only matters to who has to write to its release.
fn forget_idle_tags(differences: &mut Vec<Difference>) {
    let others: BTreeSet<TagName> = differences
        .iter()
        .filter(|difference| difference.aspect != Aspect::Tag)
        .filter_map(|difference| difference.subject.tag_name().cloned())
        .collect();
    differences.retain(|difference| {
        difference.aspect != Aspect::Tag || difference.subject.tag_name().is_some_and(|tag| others.contains(tag))
    });
}
