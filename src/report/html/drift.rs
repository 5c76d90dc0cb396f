//! A project's drift: where somebody changed something, what a change of the manifest will do, and where the two meet. One
//! release has one place on the page, whichever of these it is part of; what matters most gives it its kind.

use super::fields::{Row, Rows, Sides};
use super::figures::Figure;
use super::kind::Kind;
use super::links::LinkChange;
use super::markdown::address;
use super::milestones::Milestone;
use super::part::Part;
use super::prose::{Allowance, Prose};
use super::releases::{Changed, Other, Releases, page};
use super::section::{FEW, Section, groups, place, timeline};
use super::when::When;
use crate::model::{Moment, TagName};
use crate::plan::{Aspect, Clash, Difference, Drift, Field, Subject, Value};
use crate::report::drift::{
    self, Base, MILESTONES_UNREAD, ProjectDrift, Telling, Touched, Way, by_owner, files_unknown, left_out, owner,
    perhaps_none, summary, verdict,
};
use crate::report::run::Listed;
use crate::report::values::{line, short};
use crate::report::voice::Voice;
use std::collections::{BTreeMap, HashMap};

/// As drift is told elsewhere, too: what somebody did to what the manifest says.
const DRIFT: Sides = Sides { before: "In the manifest", after: "In GitLab", both: "In the manifest and in GitLab" };
const IN_GITLAB: Sides = Sides { before: "At the base", after: "In GitLab", both: "At the base and in GitLab" };
const HERE: Sides = Sides { before: "At the base", after: "Here", both: "At the base and here" };

/// `id` is its own within the page.
pub(super) fn section(project: &ProjectDrift<'_>, now: Moment, id: String, allowance: Allowance) -> Section {
    let ProjectDrift { gitlab, drift, base, releases } = project;
    let web_url = drift.project.web_url.as_deref();
    let known = Known {
        base: *base,
        web_url,
        allowance,
        listed: releases.iter().map(|release| (&release.tag_name, release)).collect(),
    };
    let (mut changed, mut milestones) = (Vec::new(), Vec::new());
    let things = things(drift);
    for (subject, thing) in &things {
        match subject {
            Subject::Milestone(title) => milestones.push(known.milestone(title, thing)),
            Subject::Release(tag_name) | Subject::Link { tag_name, .. } => changed.push(known.release(tag_name, thing)),
        }
    }
    let stays = |release: &&Listed| !things.contains_key(&Subject::Release(release.tag_name.clone()));
    let unlisted = drift.unmanaged.iter().filter(|tag| !known.listed.contains_key(tag)).map(Other::unlisted);
    let others = releases.iter().filter(stays).map(Other::listed).chain(unlisted).collect();
    let Releases { changed, others } = Releases::sorted(changed, others, &id);
    Section {
        id,
        name: short(&drift.project.to_string()),
        gitlab: place(gitlab.as_deref()),
        href: web_url.and_then(address),
        figures: figures(drift, *base, milestones.len()),
        sentence: summary(drift).unwrap_or_else(|| verdict(drift, *base, Voice::PLAIN)),
        refusals: Vec::new(),
        advice: Vec::new(),
        troubles: Vec::new(),
        more_troubles: 0,
        notes: notes(drift, *base),
        timeline: timeline(&changed, &others, now),
        milestones,
        title: "Releases that differ",
        is_open: changed.len() <= FEW,
        changed,
        groups: groups(others, drift.left_out > 0),
    }
}

/// The lengths of all texts that are shown of it.
pub(super) fn sizes(drift: &Drift) -> Vec<usize> {
    let of_differences = drift.drift.iter().chain(&drift.change).flat_map(|one| [&one.live, &one.wished]);
    // The base's stands beside each of the others.
    let of_clashes = drift.clashes.iter().flat_map(|clash| [&clash.base, &clash.live, &clash.base, &clash.here]);
    let size = |value: &Value| if let Value::Notes(notes) = value { Some(notes.as_str().len()) } else { None };
    of_differences.chain(of_clashes).filter_map(size).collect()
}

/// All that is said of one release or milestone.
#[derive(Default)]
struct Thing<'a> {
    clashes: Vec<&'a Clash>,
    drift: Vec<&'a Difference>,
    change: Vec<&'a Difference>,
}

fn things(drift: &Drift) -> BTreeMap<Subject, Thing<'_>> {
    let mut things: BTreeMap<Subject, Thing<'_>> = BTreeMap::new();
    for clash in &drift.clashes {
        things.entry(owner(&clash.subject)).or_default().clashes.push(clash);
    }
    for difference in &drift.drift {
        things.entry(owner(&difference.subject)).or_default().drift.push(difference);
    }
    for difference in &drift.change {
        things.entry(owner(&difference.subject)).or_default().change.push(difference);
    }
    things
}

impl Thing<'_> {
    fn kind(&self) -> Kind {
        match self.drift.first().map(|first| Way::of(first)) {
            _ if !self.clashes.is_empty() => Kind::Conflict,
            Some(Way::Missing) => Kind::Missing,
            Some(Way::Extra) => Kind::Unwanted,
            Some(Way::Parts) => Kind::Edited,
            None => Kind::Planned,
        }
    }

    /// The fields, in a few words.
    fn gist(&self) -> String {
        let mut gist: Vec<&str> = Vec::new();
        for one in self.drift.iter().chain(&self.change) {
            let word = match (&one.subject, one.aspect) {
                (Subject::Link { .. }, _) => "links",
                (Subject::Release(_), Aspect::Field(Field::Description)) => "notes",
                (Subject::Release(_) | Subject::Milestone(_), aspect) => drift::field(aspect).unwrap_or_default(),
            };
            if !word.is_empty() && !gist.contains(&word) {
                gist.push(word);
            }
        }
        gist.join(", ")
    }
}

/// What is known of a project while what differs is gone through.
struct Known<'a> {
    base: Option<Base<'a>>,
    web_url: Option<&'a str>,
    allowance: Allowance,
    listed: HashMap<&'a TagName, &'a Listed>,
}

impl Known<'_> {
    fn release(&self, tag: &TagName, thing: &Thing<'_>) -> Changed {
        let listed = self.listed.get(tag);
        let moved = thing.drift.iter().find_map(|one| match one.wished {
            Value::Moment(wished) => Some(wished),
            _ => None,
        });
        Changed {
            id: String::new(),
            kind: thing.kind(),
            tag: short(tag.as_str()),
            name: listed.filter(|listed| listed.name != tag.as_str()).map(|listed| short(&listed.name)),
            when: listed.map(|listed| When { moment: listed.released_at, timing: listed.timing }),
            moved_from: moved.filter(|_| listed.is_some()),
            status: None,
            gist: thing.gist(),
            href: self.web_url.filter(|_| listed.is_some()).and_then(|url| page(url, tag)),
            parts: self.parts(thing),
            troubles: Vec::new(),
            reasons: Vec::new(),
        }
    }

    fn milestone(&self, title: &str, thing: &Thing<'_>) -> Milestone {
        let kind = thing.kind();
        Milestone {
            class: kind.word(),
            word: kind.label(),
            title: short(title),
            status: None,
            parts: self.parts(thing),
            troubles: Vec::new(),
        }
    }

    /// Conflicts first.
    fn parts(&self, thing: &Thing<'_>) -> Vec<Part> {
        let manifest = Telling::manifest(self.base.map(|base| base.manifest), Voice::PLAIN);
        let drifted = format!("Drift: not as {manifest} says");
        let telling = Telling::Drift(self.base.map(|base| base.manifest));
        let change = "This change, once it is applied".to_owned();
        let mut parts: Vec<_> = thing.clashes.iter().map(|clash| self.conflict(clash)).collect();
        for (heading, differences, telling) in
            [(drifted, &thing.drift, telling), (change, &thing.change, Telling::Change)]
        {
            // A conflict has both of them, side by side.
            let is_told = |one: &Difference| {
                thing.clashes.iter().any(|clash| (&clash.subject, clash.aspect) == (&one.subject, one.aspect))
            };
            let rest: Vec<_> = differences.iter().filter(|one| !is_told(one)).copied().collect();
            parts.extend((!rest.is_empty()).then(|| self.part(heading, &rest, telling)));
        }
        // Without a base there is nothing to tell apart.
        if self.base.is_none() {
            for part in &mut parts {
                part.heading = None;
            }
        }
        parts
    }

    /// The manifest's side is what was there before somebody came, and what will be there after a change.
    fn part(&self, heading: String, differences: &[&Difference], telling: Telling<'_>) -> Part {
        let (mut rows, mut links, mut texts) = (Vec::new(), Vec::new(), Vec::new());
        let sides = match telling {
            Telling::Drift(_) => DRIFT,
            Telling::Change => Sides::CHANGE,
        };
        for Difference { subject, aspect, live, wished } in differences {
            let (before, after) = match telling {
                Telling::Drift(_) => (wished, live),
                Telling::Change => (live, wished),
            };
            match (before, after) {
                (Value::Link(gone), Value::Absent) => links.push(LinkChange::removed(gone)),
                (Value::Absent, Value::Link(new)) => links.push(LinkChange::added(new)),
                (Value::Notes(before), Value::Notes(after)) => {
                    let name = if matches!(subject, Subject::Milestone(_)) { "Description" } else { "Notes" };
                    let prose = Prose::new(Some(before), Some(after), self.allowance);
                    texts.extend(prose.map(|prose| (name.to_owned(), prose.called(sides))));
                }
                (before, after) => {
                    rows.push(Row::new(row_name(subject, *aspect), cell(before, *aspect), cell(after, *aspect)));
                }
            }
        }
        Part { heading: Some(heading), values: Vec::new(), rows: Rows { rows, sides }, links, texts }
    }

    /// A text is told by how it differs from the base's, so that needs no place of its own.
    fn conflict(&self, clash: &Clash) -> Part {
        let Clash { subject, aspect, base, live, here } = clash;
        let (mut values, mut texts) = (Vec::new(), Vec::new());
        let before = if let Value::Notes(notes) = base { Some(notes) } else { None };
        if before.is_none() {
            let at = self.base.map(|base| format!("At {}", short(base.name))).unwrap_or_default();
            values.push((at, cell(base, *aspect)));
        }
        for (side, sides) in [(live, IN_GITLAB), (here, HERE)] {
            match side {
                Value::Notes(notes) => {
                    let prose = Prose::new(before, Some(notes), self.allowance);
                    texts.extend(prose.map(|prose| (sides.after.to_owned(), prose.called(sides))));
                }
                side => values.push((sides.after.to_owned(), cell(side, *aspect))),
            }
        }
        let heading = format!("Conflict: {}", row_name(subject, *aspect));
        Part { heading: Some(heading), values, rows: Rows { rows: Vec::new(), sides: DRIFT }, links: Vec::new(), texts }
    }
}

/// What a row is about, within what is said of a release or milestone.
fn row_name(subject: &Subject, aspect: Aspect) -> String {
    let field = drift::field(aspect);
    match subject {
        Subject::Release(_) => field.unwrap_or("release").to_owned(),
        Subject::Milestone(_) => field.unwrap_or("milestone").to_owned(),
        Subject::Link { name, .. } => {
            format!("link “{}”{}", short(name), field.map(|field| format!(": {field}")).unwrap_or_default())
        }
    }
}

/// In a cell of its own, a text needs no quotes.
fn cell(value: &Value, aspect: Aspect) -> String {
    match value {
        Value::Text(text) => short(text),
        value => drift::value(value, aspect, Voice::PLAIN),
    }
}

/// Of all that drifted, whether or not it conflicts with something.
fn figures(drift: &Drift, base: Option<Base<'_>>, milestones: usize) -> Vec<Figure> {
    let figure = |class, count: usize, label| Figure { class, value: count.to_string(), label };
    let releases = |kind: Kind, way, label| {
        let of_release = |first: &&Difference| first.subject.tag_name().is_some();
        let firsts = by_owner(&drift.drift).filter_map(<[Difference]>::first).filter(of_release);
        figure(kind.word(), firsts.filter(|first| Way::of(first) == way).count(), label)
    };
    let mut figures = vec![
        releases(Kind::Missing, Way::Missing, "missing in GitLab"),
        releases(Kind::Edited, Way::Parts, "edited in GitLab"),
        releases(Kind::Unwanted, Way::Extra, "not wanted in GitLab"),
        figure("", milestones, "milestones that differ"),
    ];
    if base.is_some() {
        figures.insert(0, figure(Kind::Conflict.word(), drift.clashes.len(), "conflicts"));
        figures.push(figure(Kind::Planned.word(), Touched::of(&drift.change).releases, "touched by this change"));
    }
    figures
}

/// What a person should know, in sentences.
fn notes(drift: &Drift, base: Option<Base<'_>>) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(base) = base {
        notes.push(format!("Held against {}, commit {}.", line(base.manifest), line(base.commit)));
        notes.extend(drift.change.is_empty().then(|| "This change does nothing in GitLab.".to_owned()));
    }
    notes.extend(perhaps_none(drift, base));
    notes.extend(drift.milestones_unread.then(|| format!("Milestones: {MILESTONES_UNREAD}")));
    notes.extend(files_unknown(drift, base, Voice::PLAIN).map(|files| format!("Files: {files}")));
    notes.extend(left_out(drift));
    notes
}
