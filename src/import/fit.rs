//! Leaves out what a manifest can't say, so that one odd link in ten years of history doesn't spoil the whole import.
//!
//! What a manifest can say is not repeated here: entries are printed, read again by the manifest's own loader, and
//! compared with what was meant. Usually all of them fit, and that takes one go.

use super::entry::{self, Place};
use super::{Key, LeftOut};
use crate::manifest;
use crate::model::{
    Desired, DesiredLink, DesiredMilestone, DesiredRelease, Link, MilestoneState, NewMilestone, NewRelease,
};
use std::collections::BTreeSet;
use std::path::Path;
use toml_edit::{ArrayOfTables, DocumentMut, Item, Table};

/// The keys of a release that are tried one by one.
const OF_RELEASE: [Key; 7] =
    [Key::Name, Key::Ref, Key::TagMessage, Key::ReleasedAt, Key::Milestones, Key::Description, Key::Links];
const OF_MILESTONE: [Key; 2] = [Key::Description, Key::Dates];

/// Judges entries for a manifest with these `[defaults]`.
pub(super) struct Fit {
    defaults: Option<Item>,
    denied: BTreeSet<Key>,
}

/// A release or milestone, and the keys that its entry has to do without.
pub(super) type Fitting<T> = (T, BTreeSet<Key>);

impl Fit {
    pub(super) fn new(mut defaults: Option<Item>, denied: BTreeSet<Key>) -> Self {
        // Files are not looked at here.
        if let Some(defaults) = defaults.as_mut().and_then(Item::as_table_like_mut) {
            defaults.remove("description_file");
            defaults.remove("changelog");
        }
        Self { defaults, denied }
    }

    /// The releases that can be said, each with what of it can't.
    pub(super) fn releases<'r>(
        &self,
        releases: Vec<&'r NewRelease>,
        left_out: &mut Vec<LeftOut>,
    ) -> Vec<Fitting<&'r NewRelease>> {
        let all: Vec<_> = releases.into_iter().map(|release| (release, BTreeSet::new())).collect();
        if self.read_releases(&all).is_some_and(|read| self.unmet(&all, &read).is_empty()) {
            return all;
        }
        all.into_iter().filter_map(|(release, _)| self.release(release, left_out)).collect()
    }

    fn release<'r>(&self, release: &'r NewRelease, left_out: &mut Vec<LeftOut>) -> Option<Fitting<&'r NewRelease>> {
        let mut without: BTreeSet<Key> = OF_RELEASE.into();
        if self.read_releases(&[(release, without.clone())]).is_none() {
            left_out.push(LeftOut::Release(release.tag_name.clone()));
            return None;
        }
        for key in OF_RELEASE {
            without.remove(&key);
            if self.read_releases(&[(release, without.clone())]).is_none() {
                without.insert(key);
            }
        }
        let fitting = [(release, without)];
        let mut missing = fitting[0].1.clone();
        missing.extend(self.read_releases(&fitting).map(|read| self.unmet(&fitting, &read)).unwrap_or_default());
        left_out.extend(missing.into_iter().map(|key| LeftOut::Key(release.tag_name.clone(), key)));
        let [fitting] = fitting;
        Some(fitting)
    }

    fn read_releases(&self, releases: &[Fitting<&NewRelease>]) -> Option<Vec<DesiredRelease>> {
        let table =
            |(release, without): &Fitting<&NewRelease>| entry::release(release, without, &self.denied, Place::Here);
        let read = self.read("releases", releases.iter().map(table).collect())?;
        (read.releases.len() == releases.len()).then_some(read.releases)
    }

    /// What is read otherwise than it was meant, be it for the defaults.
    fn unmet(&self, meant: &[Fitting<&NewRelease>], read: &[DesiredRelease]) -> BTreeSet<Key> {
        let unmet = |(release, without): &Fitting<&NewRelease>, read: &DesiredRelease| {
            let mut unmet = BTreeSet::new();
            let mut hold = |key: Key, is_met: bool| {
                if !is_met && !without.contains(&key) {
                    unmet.insert(key);
                }
            };
            hold(Key::Name, release.name.is_none() || release.name == read.name);
            let text = release.description.as_ref().filter(|text| !text.is_empty());
            hold(Key::Description, text.is_none() || text == read.description.as_ref());
            hold(Key::ReleasedAt, release.released_at.is_none() || release.released_at == read.released_at);
            let titles = read.milestones.clone().unwrap_or_default();
            let is_open = release.milestones.is_empty() && !self.denied.contains(&Key::Milestones);
            hold(Key::Milestones, is_open || release.milestones == titles);
            let links: BTreeSet<Link> = read.links.iter().flatten().map(DesiredLink::to_new).collect();
            let are_there = release.links.iter().all(|link| links.contains(link));
            hold(Key::Links, are_there && (!self.denied.contains(&Key::Links) || links.len() == release.links.len()));
            unmet
        };
        meant.iter().zip(read).flat_map(|(meant, read)| unmet(meant, read)).collect()
    }

    /// The milestones that can be said, each with what of it can't.
    pub(super) fn milestones<'m>(
        &self,
        milestones: Vec<&'m (NewMilestone, MilestoneState)>,
        left_out: &mut Vec<LeftOut>,
    ) -> Vec<Fitting<&'m (NewMilestone, MilestoneState)>> {
        let all: Vec<_> = milestones.into_iter().map(|milestone| (milestone, BTreeSet::new())).collect();
        if self.are_read(&all) {
            return all;
        }
        let one = |milestone: &'m (NewMilestone, MilestoneState)| {
            let title = &milestone.0.title;
            let mut without: BTreeSet<Key> = OF_MILESTONE.into();
            if !self.are_read(&[(milestone, without.clone())]) {
                left_out.push(LeftOut::Milestone(title.clone()));
                return None;
            }
            for key in OF_MILESTONE {
                without.remove(&key);
                if !self.are_read(&[(milestone, without.clone())]) {
                    without.insert(key);
                    left_out.push(LeftOut::MilestoneKey(title.clone(), key));
                }
            }
            Some((milestone, without))
        };
        all.into_iter().map(|(milestone, _)| milestone).filter_map(one).collect()
    }

    fn are_read(&self, milestones: &[Fitting<&(NewMilestone, MilestoneState)>]) -> bool {
        let tables = milestones.iter().map(|(milestone, without)| entry::milestone(milestone, without)).collect();
        let Some(read) = self.read("milestones", tables) else { return false };
        let is_as_meant = |((new, state), without): &Fitting<&(NewMilestone, MilestoneState)>,
                           read: &DesiredMilestone| {
            let dates = |start, due| if without.contains(&Key::Dates) { (None, None) } else { (start, due) };
            new.title == read.title
                && read.state.unwrap_or(MilestoneState::Active) == *state
                && dates(new.start_date, new.due_date) == (read.start_date, read.due_date)
        };
        read.milestones.len() == milestones.len()
            && milestones.iter().zip(&read.milestones).all(|(meant, read)| is_as_meant(meant, read))
    }

    fn read(&self, key: &str, entries: Vec<Table>) -> Option<Desired> {
        let mut document = DocumentMut::new();
        document.insert("version", toml_edit::value(1));
        if let Some(defaults) = &self.defaults {
            document.insert("defaults", defaults.clone());
        }
        document.insert(key, Item::ArrayOfTables(entries.into_iter().collect::<ArrayOfTables>()));
        manifest::parse(Path::new("releases.toml"), &document.to_string()).ok().map(|manifest| manifest.desired)
    }
}
