//! The differences between a manifest and GitLab, field by field, as values.

use crate::model::{
    AssetPath, Current, Description, Desired, DesiredLink, DesiredRelease, Link, LinkType, LiveLink, MilestoneState,
    Moment, Sha256, TagName,
};
use crate::plan::diff::{Change, ReleaseChange, ReleaseDiff, ReleaseWrite};
use crate::plan::milestones::{self, MilestoneChange, MilestoneDiff, MilestoneWrite};
use crate::plan::reason::Field;
use crate::plan::releases::{Pairs, Releases};
use crate::plan::safety::Unnamed;
use crate::plan::{Selection, Upload, links};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// One thing that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Of what.
    pub subject: Subject,
    /// In which respect.
    pub aspect: Aspect,
    /// What GitLab has.
    pub live: Value,
    /// What the manifest wants there.
    pub wished: Value,
}

/// What a difference is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// The milestone of this title.
    Milestone(String),
    /// The release of this tag.
    Release(TagName),
    /// A link.
    Link {
        /// Of which release.
        tag_name: TagName,
        /// How the manifest calls it, or where that has it not, GitLab. Where there is a base, its name for the link counts.
        name: String,
    },
}

/// In which respect a thing differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Aspect {
    /// It is there, or not.
    Existence,
    /// A release's git tag is gone.
    Tag,
    /// In this field.
    Field(Field),
}

/// What one side has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Nothing.
    Absent,
    /// It is there.
    Present,
    /// A whole link.
    Link(Link),
    /// What is in a file: how many bytes, and their digest, if it is known.
    Content(u64, Option<Sha256>),
    /// A name or url.
    Text(String),
    /// Notes, or a milestone's description.
    Notes(Description),
    /// A date and time.
    Moment(Moment),
    /// Milestones.
    Titles(BTreeSet<String>),
    /// A milestone's first or last day.
    Date(Option<Date>),
    /// A milestone's state.
    State(MilestoneState),
    /// A link's path.
    Path(Option<AssetPath>),
    /// A link's type.
    LinkType(LinkType),
}

impl Subject {
    /// The release that it is, or belongs to.
    #[must_use]
    pub fn tag_name(&self) -> Option<&TagName> {
        match self {
            Self::Milestone(_) => None,
            Self::Release(tag_name) | Self::Link { tag_name, .. } => Some(tag_name),
        }
    }
}

impl Difference {
    /// Whether it is a release that no entry names.
    #[must_use]
    pub fn is_unwished(&self) -> bool {
        matches!(self.subject, Subject::Release(_)) && self.aspect == Aspect::Existence && self.wished == Value::Absent
    }

    fn new(subject: Subject, aspect: Aspect, live: Value, wished: Value) -> Self {
        Self { subject, aspect, live, wished }
    }

    fn field<T>(subject: &Subject, field: Field, change: Change<T>, value: impl Fn(T) -> Value) -> Self {
        Self::new(subject.clone(), Aspect::Field(field), value(change.before), value(change.after))
    }
}

/// All differences, and what else was seen.
pub(super) struct Compared {
    pub(super) differences: Vec<Difference>,
    /// Releases that no entry names, and that are let be.
    pub(super) unmanaged: Vec<TagName>,
    /// How many of the manifest's releases are part of the run.
    pub(super) selected: usize,
    /// How many others are not as they should be.
    pub(super) left_out: usize,
}

/// Which side's name a link goes by that both sides have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LinksBy {
    Wish,
    Live,
}

/// Compares as [`Plan::new`](crate::plan::Plan::new) does.
pub(super) fn compare(
    desired: &Desired,
    current: &Current,
    selection: &Selection,
    now: Moment,
    links_by: LinksBy,
) -> Compared {
    let pairs = Pairs::new(desired, current);
    let releases = Releases::new(&pairs, current, selection, now);
    let milestones = milestones::changes(desired, current, &releases);
    let unnamed = Unnamed::new(desired, current, &pairs, selection);
    let mut list = List { differences: Vec::new(), current, links_by };
    for change in milestones {
        list.milestone(change);
    }
    let Releases { changes, left_out, selected, .. } = releases;
    for change in changes {
        list.release(change);
    }
    for release in unnamed.deletes {
        let subject = Subject::Release(release.tag_name.clone());
        list.differences.push(Difference::new(subject, Aspect::Existence, Value::Present, Value::Absent));
    }
    let let_be = [unnamed.reported, unnamed.kept, unnamed.left_behind];
    let mut unmanaged: Vec<_> = let_be.into_iter().flatten().map(|release| release.tag_name.clone()).collect();
    unmanaged.sort_unstable();
    Compared { differences: list.differences, unmanaged, selected, left_out: left_out.len() }
}

struct List<'a> {
    differences: Vec<Difference>,
    current: &'a Current,
    links_by: LinksBy,
}

impl List<'_> {
    fn missing(&mut self, subject: Subject) {
        self.differences.push(Difference::new(subject, Aspect::Existence, Value::Absent, Value::Present));
    }

    fn fields(&mut self, differences: impl IntoIterator<Item = Option<Difference>>) {
        self.differences.extend(differences.into_iter().flatten());
    }

    fn milestone(&mut self, MilestoneChange { write, reasons: _ }: MilestoneChange) {
        match write {
            MilestoneWrite::Create { new, close: _ } => self.missing(Subject::Milestone(new.title)),
            MilestoneWrite::Update { live, diff } => {
                let MilestoneDiff { description, start_date, due_date, state } = diff;
                let of = &Subject::Milestone(live.title);
                self.fields([
                    start_date.map(|change| Difference::field(of, Field::StartDate, change, Value::Date)),
                    due_date.map(|change| Difference::field(of, Field::DueDate, change, Value::Date)),
                    state.map(|change| Difference::field(of, Field::State, change, Value::State)),
                    description.map(|change| Difference::field(of, Field::Description, change, Value::Notes)),
                ]);
            }
        }
    }

    fn release(&mut self, change: ReleaseChange<'_>) {
        let requires_evidence = change.requires_evidence();
        let mut contents = self.contents(&change);
        let ReleaseChange { wish, uploads: _, write, milestones: _, timing: _, has_tag: _, collect: _ } = change;
        let of = &Subject::Release(wish.tag_name.clone());
        let (diff, links) = match write {
            ReleaseWrite::Create(_) => return self.missing(of.clone()),
            ReleaseWrite::Update { tag: _, diff, links } => (diff, links),
        };
        let first = self.differences.len();
        let ReleaseDiff { name, description, released_at, milestones } = diff;
        self.fields([
            name.map(|change| Difference::field(of, Field::Name, change, Value::Text)),
            released_at.map(|change| Difference::field(of, Field::ReleasedAt, change.date, Value::Moment)),
            milestones.map(|change| Difference::field(of, Field::Milestones, change, Value::Titles)),
            description.map(|change| Difference::field(of, Field::Description, change, Value::Notes)),
        ]);
        // Else it is no more than worth an attempt.
        if requires_evidence {
            let evidence = Aspect::Field(Field::Evidence);
            self.differences.push(Difference::new(of.clone(), evidence, Value::Absent, Value::Present));
        }
        if let (false, Some(live), Some(wished)) =
            (links.is_empty(), self.current.releases.get(&wish.tag_name), &wish.links)
        {
            for (live, wished) in links::differences(&live.links, wished) {
                let content = wished.as_ref().and_then(|wished| contents.remove(&wished.name));
                self.link(&wish.tag_name, live, wished);
                // With a link that is missing, its file may be, too.
                self.differences.extend(content.filter(|_| live.is_some()));
            }
        }
        self.differences.extend(contents.into_values());
        if self.differences.len() > first && self.current.missing_tags.contains(&wish.tag_name) {
            self.differences.insert(first, Difference::new(of.clone(), Aspect::Tag, Value::Absent, Value::Present));
        }
    }

    /// The files that are not in the registry as they were built, by the names of the links that lead to them.
    fn contents(&self, change: &ReleaseChange<'_>) -> BTreeMap<String, Difference> {
        let DesiredRelease { tag_name, links, .. } = change.wish;
        let content = |upload: &Upload| {
            let leads_there =
                |link: &&DesiredLink| self.current.packages.likely_place_of(&link.url).as_ref() == Some(&upload.place);
            let name = links.iter().flatten().find(leads_there)?.name.clone();
            let subject = Subject::Link { tag_name: tag_name.clone(), name: name.clone() };
            let live = upload.before.map_or(Value::Absent, |(size, sha256)| Value::Content(size, sha256));
            let wished = Value::Content(upload.size, Some(upload.sha256));
            Some((name, Difference::new(subject, Aspect::Field(Field::Content), live, wished)))
        };
        change.uploads.iter().filter_map(|(upload, _)| content(upload)).collect()
    }

    fn link(&mut self, tag_name: &TagName, live: Option<&LiveLink>, wished: Option<Link>) {
        let subject = |name: &str| Subject::Link { tag_name: tag_name.clone(), name: name.to_owned() };
        match (live.map(|live| &live.link), wished) {
            (None, None) => {}
            (Some(live), None) => {
                let live_link = Value::Link(live.clone());
                self.differences.push(Difference::new(
                    subject(&live.name),
                    Aspect::Existence,
                    live_link,
                    Value::Absent,
                ));
            }
            (None, Some(wished)) => {
                let of = subject(&wished.name);
                self.differences.push(Difference::new(of, Aspect::Existence, Value::Absent, Value::Link(wished)));
            }
            (Some(live), Some(wished)) => {
                let of = &subject(if self.links_by == LinksBy::Wish { &wished.name } else { &live.name });
                let Link { name, url, direct_asset_path, link_type } = live;
                let text = |field, live, wished| {
                    Change::between(live, Some(wished)).map(|change| Difference::field(of, field, change, Value::Text))
                };
                let path = Change::between(direct_asset_path, Some(&wished.direct_asset_path));
                let link_type = Change::between(link_type, Some(&wished.link_type));
                self.fields([
                    text(Field::Name, name, &wished.name),
                    text(Field::Url, url, &wished.url),
                    path.map(|change| Difference::field(of, Field::DirectAssetPath, change, Value::Path)),
                    link_type.map(|change| Difference::field(of, Field::LinkType, change, Value::LinkType)),
                ]);
            }
        }
    }
}
