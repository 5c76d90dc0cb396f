//! Lays the changes out as steps, each after those it needs: milestones are made or reopened first, then come releases
//! and their links, then milestones are closed, each after every step of the releases that name it, and what is to go
//! goes last.
//!
//! New releases come after those that change, and the oldest of them first: GitLab numbers, dates and announces them as
//! they are made.
//!
//! Files that go into one version of a package go one after the other: GitLab documents that, as uploads that meet there each try
//! to make the package, and all but one fail.

use super::diff::{Change, Collect, ReleaseChange, ReleaseDiff, ReleaseWrite};
use super::files::{Removals, WaitingRemoval};
use super::links::{self, LinkStep, LinkWrite};
use super::milestones::{self, Ids, MilestoneChange, MilestoneDiff, MilestoneWrite};
use super::reason::{Cause, Field, Reason};
use super::step::{Action, MilestoneHandle, MilestonesBy, Step, StepId, Upload, WithoutEvidence};
use crate::model::{
    Current, Desired, DesiredRelease, Link, LinkPlaces, MilestoneState, Moment, NewTag, PackageVersion, Release,
    ReleasePlaces,
};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The whole list.
pub(super) fn steps(
    desired: &Desired,
    current: &Current,
    releases: Vec<ReleaseChange<'_>>,
    milestones: Vec<MilestoneChange>,
    deletes: Vec<&Arc<Release>>,
    mut removals: Removals,
    now: Moment,
) -> Vec<Step> {
    let mut list = List {
        steps: Vec::new(),
        ids: Ids::of(current),
        makers: BTreeMap::new(),
        last_uploads: BTreeMap::new(),
        of_milestone: milestones.iter().filter_map(MilestoneChange::closes).map(|t| (t.to_owned(), vec![])).collect(),
    };
    let closing: Vec<_> = milestones.into_iter().filter_map(|change| list.milestone(change)).collect();
    for change in oldest_first(releases, now) {
        list.release(change);
    }
    for close in closing {
        list.close(close);
    }
    let mut ids = BTreeMap::new();
    for release in deletes {
        let reason = Reason::new(Cause::Unmanaged, desired.policy.unmanaged_place);
        let id = list.push(Action::DeleteRelease(Arc::clone(release)), Vec::new(), vec![reason.clone()]);
        ids.insert(&release.tag_name, id);
        for WaitingRemoval { removal, after } in removals.by_release.remove(&release.tag_name).into_iter().flatten() {
            let needs = after.iter().filter_map(|tag| ids.get(tag)).copied().collect();
            list.push(Action::DeleteFile(Box::new(removal)), needs, vec![reason.clone()]);
        }
    }
    list.steps
}

/// Those that change, and then the new ones by their dates, those of one date as versions count. One without a date is of
/// `now`, and such ones, like those that change, stay in the manifest's order.
fn oldest_first(mut releases: Vec<ReleaseChange<'_>>, now: Moment) -> Vec<ReleaseChange<'_>> {
    let date = |change: &ReleaseChange<'_>| match &change.write {
        ReleaseWrite::Create(new) => (1, Some(new.released_at.unwrap_or(now)), new.released_at.is_none()),
        ReleaseWrite::Update { .. } => (0, None, false),
    };
    releases.sort_by(|one, other| {
        let (of_one, of_other) = (date(one), date(other));
        of_one.cmp(&of_other).then_with(|| match of_one {
            (1, _, false) => one.tag_name().cmp_as_version(other.tag_name()),
            _ => Ordering::Equal,
        })
    });
    releases
}

/// A milestone's last step, which waits for its releases.
struct Close {
    milestone: MilestoneHandle,
    title: String,
    diff: MilestoneDiff,
    reasons: Vec<Reason>,
}

struct List<'a> {
    steps: Vec<Step>,
    ids: Ids<'a>,
    /// Which step makes a milestone, or opens it again.
    makers: BTreeMap<String, StepId>,
    /// Which step puts the last file so far into a package.
    last_uploads: BTreeMap<PackageVersion, StepId>,
    /// Which steps put the releases of a milestone that will be closed in place.
    of_milestone: BTreeMap<String, Vec<StepId>>,
}

impl List<'_> {
    fn push(&mut self, action: Action, needs: Vec<StepId>, reasons: Vec<Reason>) -> StepId {
        self.steps.push(Step { action, needs, reasons });
        StepId(self.steps.len() - 1)
    }

    /// Makes or changes a milestone, but for what has to wait.
    fn milestone(&mut self, change: MilestoneChange) -> Option<Close> {
        let MilestoneChange { write, reasons } = change;
        match write {
            MilestoneWrite::Create { new, close } => {
                let title = new.title.clone();
                let id = self.push(Action::CreateMilestone(new), Vec::new(), reasons);
                self.makers.insert(title.clone(), id);
                let state = Change { before: MilestoneState::Active, after: MilestoneState::Closed };
                close.map(|reason| Close {
                    milestone: MilestoneHandle::CreatedBy(id),
                    title,
                    diff: MilestoneDiff { state: Some(state), ..MilestoneDiff::default() },
                    reasons: vec![reason],
                })
            }
            MilestoneWrite::Update { live, diff } => {
                let (milestone, title) = (MilestoneHandle::Existing(live.id), live.title);
                if diff.closes() {
                    return Some(Close { milestone, title, diff, reasons });
                }
                let reopens = diff.state.is_some().then(|| title.clone());
                let id = self.push(Action::UpdateMilestone { milestone, title, diff }, Vec::new(), reasons);
                self.makers.extend(reopens.map(|title| (title, id)));
                None
            }
        }
    }

    fn close(&mut self, Close { milestone, title, diff, reasons }: Close) {
        let mut needs = self.of_milestone.remove(&title).unwrap_or_default();
        needs.extend(self.makers.get(&title));
        needs.sort_unstable();
        self.push(Action::UpdateMilestone { milestone, title, diff }, needs, reasons);
    }

    fn release(&mut self, change: ReleaseChange<'_>) {
        let else_is = change.without_evidence();
        let ReleaseChange { wish, uploads, write, milestones, timing, has_tag: _, collect } = change;
        let first = self.steps.len();
        let mut uploaded = self.uploads(uploads);
        match write {
            ReleaseWrite::Create(release) => {
                let (by, mut needs) = self.milestones_by(&release.milestones);
                needs.append(&mut uploaded);
                let reason = Reason::new(Cause::Missing, wish.places.tag_name);
                self.push(Action::CreateRelease { release, timing, milestones: by }, needs, vec![reason]);
            }
            ReleaseWrite::Update { tag, diff, links } => {
                // What needs the tag needs what that waits for, too; and all else waits for the files itself.
                let before = match tag {
                    Some(tag) => vec![self.tag(tag, uploaded, wish)],
                    None => uploaded,
                };
                if !diff.is_empty() {
                    self.own_fields(diff, &before, wish);
                }
                self.links(links, &before, wish);
            }
        }
        if let Some(when) = collect {
            self.evidence(first, when, else_is, wish);
        }
        for title in milestones {
            if let Some(steps) = self.of_milestone.get_mut(title) {
                steps.extend((first..self.steps.len()).map(StepId));
            }
        }
    }

    /// How a request names these milestones, and the steps that make some of them.
    fn milestones_by(&self, titles: &BTreeSet<String>) -> (MilestonesBy, Vec<StepId>) {
        let needs = titles.iter().filter_map(|title| self.makers.get(title)).copied().collect();
        if !titles.iter().any(|title| milestones::goes_by_id(title)) {
            return (MilestonesBy::Title, needs);
        }
        // A title without an id is one more reason to refuse the plan, and has been noted as such.
        (MilestonesBy::Id(titles.iter().filter_map(|title| self.ids.handle(title, &self.makers)).collect()), needs)
    }

    /// A list of checksums comes last: one that was there before the files would contradict them if those fail.
    fn uploads(&mut self, mut uploads: Vec<(Upload, LinkPlaces)>) -> Vec<StepId> {
        uploads.sort_by_key(|(upload, _)| upload.is_list());
        let (mut uploaded, mut last_ones) = (Vec::new(), BTreeMap::new());
        for (upload, places) in uploads {
            let package = upload.place.of.clone();
            let mut needs = BTreeSet::from_iter(self.last_uploads.get(&package).copied());
            if upload.is_list() {
                needs.extend(last_ones.values());
            }
            let needs = needs.into_iter().collect();
            let cause = if upload.before.is_some() { Cause::Differs(Field::Content) } else { Cause::Missing };
            let id = self.push(Action::UploadFile(Box::new(upload)), needs, vec![Reason::new(cause, places.url)]);
            last_ones.insert(package.clone(), id);
            self.last_uploads.insert(package, id);
            uploaded.push(id);
        }
        uploaded
    }

    fn tag(&mut self, tag: NewTag, needs: Vec<StepId>, wish: &DesiredRelease) -> StepId {
        let reason = Reason::new(Cause::TagGone, wish.places.tag_name);
        self.push(Action::CreateTag(tag), needs, vec![reason])
    }

    fn own_fields(&mut self, diff: ReleaseDiff, before: &[StepId], wish: &DesiredRelease) {
        let (by, mut needs) = match &diff.milestones {
            Some(change) => self.milestones_by(&change.after),
            None => (MilestonesBy::Title, Vec::new()),
        };
        needs.extend(before);
        needs.sort_unstable();
        let reasons = diff.reasons(&wish.places);
        self.push(Action::UpdateRelease { tag_name: wish.tag_name.clone(), diff, milestones: by }, needs, reasons);
    }

    fn links(&mut self, links: Vec<LinkStep>, before: &[StepId], wish: &DesiredRelease) {
        let first = self.steps.len();
        let temporary: Vec<_> = (0..links.len()).map(|nth| links::is_temporary(&links, nth)).collect();
        for (LinkStep { write, after }, is_temporary) in links.into_iter().zip(temporary) {
            let tag_name = wish.tag_name.clone();
            let reasons =
                if is_temporary { vec![Reason::new(Cause::InTheWay, None)] } else { link_reasons(&write, wish) };
            let action = match write {
                LinkWrite::Delete(live) => Action::DeleteLink { tag_name, id: live.id, link: live.link },
                LinkWrite::Update { live, to } => {
                    Action::UpdateLink { tag_name, id: live.id, before: live.link, after: to }
                }
                LinkWrite::Create(link) => Action::CreateLink { tag_name, link },
            };
            let needs = before.iter().copied().chain(after.into_iter().map(|i| StepId(first + i))).collect();
            self.push(action, needs, reasons);
        }
    }

    /// Evidence is of the release as it is in the end: after all of its steps, which began with `first`.
    fn evidence(&mut self, first: usize, when: Collect, else_is: WithoutEvidence, wish: &DesiredRelease) {
        let action =
            Action::CollectEvidence { tag_name: wish.tag_name.clone(), else_is, is_new: when == Collect::AfterGitlab };
        let needs = (first..self.steps.len()).map(StepId).collect();
        self.push(action, needs, vec![Reason::new(Cause::Missing, wish.places.evidence)]);
    }
}

impl ReleaseDiff {
    fn reasons(&self, places: &ReleasePlaces) -> Vec<Reason> {
        let Self { name, description, released_at, milestones } = self;
        let fields = [
            (Field::Name, name.is_some(), places.name),
            (Field::Description, description.is_some(), places.description),
            (Field::ReleasedAt, released_at.is_some(), places.released_at),
            (Field::Milestones, milestones.is_some(), places.milestones),
        ];
        Reason::differing(fields)
    }
}

/// Why a link is written, for good.
fn link_reasons(write: &LinkWrite, wish: &DesiredRelease) -> Vec<Reason> {
    let places = |to: &Link| {
        let link = wish.links.iter().flatten().find(|link| link.name == to.name);
        link.map(|link| link.places).unwrap_or_default()
    };
    match write {
        LinkWrite::Delete(_) => vec![Reason::new(Cause::NotListed, wish.places.links.or(wish.places.tag_name))],
        LinkWrite::Create(link) => vec![Reason::new(Cause::Missing, places(link).link)],
        LinkWrite::Update { live, to } => {
            let Link { name, url, direct_asset_path, link_type } = &live.link;
            let places = places(to);
            let fields = [
                (Field::Name, *name != to.name, places.name),
                (Field::Url, *url != to.url, places.url),
                (Field::DirectAssetPath, *direct_asset_path != to.direct_asset_path, places.direct_asset_path),
                (Field::LinkType, *link_type != to.link_type, places.link_type),
            ];
            Reason::differing(fields)
        }
    }
}
