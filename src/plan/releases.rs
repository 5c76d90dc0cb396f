//! The releases a run is about: those that are not as wished, and what narrowing the run leaves out.

use super::diff::{self, ReleaseChange, Timing};
use super::selection::Selection;
use crate::model::{Current, Desired, EvidenceWish, Moment, TagName};
use std::collections::BTreeSet;

/// What is not as wished, and selected or not.
pub(super) struct Releases<'a> {
    /// What the run is to change.
    pub(super) changes: Vec<ReleaseChange<'a>>,
    /// What it leaves as it is, though it is not as wished.
    pub(super) left_out: Vec<ReleaseChange<'a>>,
    /// The titles of the milestones that selected releases have in the end, if only some are selected.
    concerned: Option<BTreeSet<&'a str>>,
    /// The titles of those whose releases are not all to be in place after this run.
    deferred: BTreeSet<&'a str>,
}

impl<'a> Releases<'a> {
    pub(super) fn new(desired: &'a Desired, current: &'a Current, selection: &Selection, now: Moment) -> Self {
        let all = diff::releases(desired, current, now);
        let (changes, left_out): (Vec<_>, Vec<_>) = all.into_iter().partition(|c| selection.takes(c.tag_name()));
        let titles = |change: &ReleaseChange<'a>| change.milestones.iter().map(String::as_str);
        let deferred = left_out.iter().flat_map(titles).collect();
        let concerned = selection.only.is_some().then(|| {
            let selected = desired.releases.iter().filter(|wish| selection.takes(&wish.tag_name));
            let milestones = selected.filter_map(|wish| {
                wish.milestones.as_ref().or_else(|| Some(&current.releases.get(&wish.tag_name)?.milestones))
            });
            milestones.flatten().map(String::as_str).collect()
        });
        Self { changes, left_out, concerned, deferred }
    }

    /// Whether a declared milestone is part of the run.
    pub(super) fn concern(&self, title: &str) -> bool {
        self.concerned.as_ref().is_none_or(|concerned| concerned.contains(title))
    }

    /// Whether closing a milestone has to wait for another run.
    pub(super) fn defer(&self, title: &str) -> bool {
        self.deferred.contains(title)
    }

    /// Changed releases whose entry wants evidence that GitLab collects for none of their kind.
    pub(super) fn without_evidence(&self, wish: EvidenceWish) -> impl Iterator<Item = &TagName> {
        let historical = self.changes.iter().filter(|change| change.timing == Timing::Historical);
        historical.filter(move |change| change.wish.evidence == Some(wish)).map(ReleaseChange::tag_name)
    }
}
