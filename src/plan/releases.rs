//! The releases a run is about: each wish beside the release that GitLab has, those that are not as wished, and what
//! narrowing the run leaves out.

use super::diff::{self, ReleaseChange, Timing};
use super::selection::Selection;
use crate::model::{Current, Desired, DesiredRelease, EvidenceWish, Moment, Release, TagName};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// Wishes and live releases, brought together by their tags: once, as there may be a hundred thousand of each.
pub(super) struct Pairs<'a> {
    /// Every wish, in the manifest's order, and what GitLab has of it.
    pub(super) wishes: Vec<(&'a DesiredRelease, Option<&'a Release>)>,
    /// The live releases that no wish names, by tag.
    pub(super) unnamed: Vec<&'a Arc<Release>>,
}

impl<'a> Pairs<'a> {
    pub(super) fn new(desired: &'a Desired, current: &'a Current) -> Self {
        let mut wishes: Vec<_> = desired.releases.iter().map(|wish| (wish, None)).collect();
        let by_tag: HashMap<&str, usize> =
            desired.releases.iter().enumerate().map(|(i, wish)| (wish.tag_name.as_str(), i)).collect();
        let mut unnamed = Vec::new();
        // By the keys alone: the releases themselves are somewhere else each, and are looked at later, in the wishes' order.
        for (tag, release) in &current.releases {
            match by_tag.get(tag.as_str()) {
                Some(i) => wishes[*i].1 = Some(&**release),
                None => unnamed.push(release),
            }
        }
        Self { wishes, unnamed }
    }
}

/// What is not as wished, and selected or not.
pub(super) struct Releases<'a> {
    /// What the run is to change.
    pub(super) changes: Vec<ReleaseChange<'a>>,
    /// What it leaves as it is, though it is not as wished.
    pub(super) left_out: Vec<ReleaseChange<'a>>,
    /// Selected releases whose entry wants evidence, which they have none of, and GitLab collects none for their kind.
    pub(super) without_evidence: Vec<(&'a TagName, EvidenceWish)>,
    /// How many of the manifest's releases are selected.
    pub(super) selected: usize,
    /// How many have the milestones that are wished for, by GitLab's list.
    pub(super) judged_by_list: usize,
    /// The titles of the milestones that selected releases have in the end, if only some are selected.
    concerned: Option<BTreeSet<&'a str>>,
    /// The titles of those whose releases are not all to be in place after this run.
    deferred: BTreeSet<&'a str>,
}

impl<'a> Releases<'a> {
    pub(super) fn new(pairs: &Pairs<'a>, current: &'a Current, selection: &Selection, now: Moment) -> Self {
        let (mut changes, mut left_out, mut judged_by_list) = (Vec::new(), Vec::new(), 0);
        let (mut without_evidence, mut selected) = (Vec::new(), 0);
        for (wish, live) in &pairs.wishes {
            let is_selected = selection.takes(&wish.tag_name);
            selected += usize::from(is_selected);
            without_evidence.extend(missed_evidence(wish, *live, now).filter(|_| is_selected));
            // If its milestones look different, it has been read again; else it could only look as wished.
            let as_wished = |live: &Release| wish.milestones.as_ref().is_some_and(|wished| live.milestones == *wished);
            judged_by_list += usize::from(live.is_some_and(as_wished));
            if let Some(change) = diff::release(wish, *live, current, now) {
                if is_selected { &mut changes } else { &mut left_out }.push(change);
            }
        }
        let titles = |change: &ReleaseChange<'a>| change.milestones.iter().map(String::as_str);
        let deferred = left_out.iter().flat_map(titles).collect();
        let concerned = selection.only.is_some().then(|| {
            let selected = pairs.wishes.iter().filter(|(wish, _)| selection.takes(&wish.tag_name));
            let milestones = selected.filter_map(|(wish, live)| {
                wish.milestones.as_ref().or_else(|| live.as_ref().map(|live| &live.milestones))
            });
            milestones.flatten().map(String::as_str).collect()
        });
        Self { changes, left_out, without_evidence, selected, judged_by_list, concerned, deferred }
    }

    /// Whether a declared milestone is part of the run.
    pub(super) fn concern(&self, title: &str) -> bool {
        self.concerned.as_ref().is_none_or(|concerned| concerned.contains(title))
    }

    /// Whether closing a milestone has to wait for another run.
    pub(super) fn defer(&self, title: &str) -> bool {
        self.deferred.contains(title)
    }
}

fn missed_evidence<'a>(
    wish: &'a DesiredRelease,
    live: Option<&Release>,
    now: Moment,
) -> Option<(&'a TagName, EvidenceWish)> {
    let evidence = wish.evidence.filter(|wish| *wish != EvidenceWish::Leave)?;
    let created_at = live.map_or(now, |live| live.created_at);
    let released_at = wish.released_at.or(live.map(|live| live.released_at)).unwrap_or(now);
    let is_missed =
        !live.is_some_and(|live| live.has_evidence) && Timing::of(released_at, created_at, now) == Timing::Historical;
    is_missed.then_some((&wish.tag_name, evidence))
}
