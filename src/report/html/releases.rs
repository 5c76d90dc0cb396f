//! Every release of a project: those of which there is something to say, and the others.

use super::fields::{self, Row};
use super::kind::Kind;
use super::links::LinkChange;
use super::part::Part;
use super::prose::{Allowance, Prose};
use super::status::{Status, Trouble, troubles};
use super::when::When;
use crate::model::{Moment, Release, TagName};
use crate::plan::{Action, StepId, Timing};
use crate::report::counts::of;
use crate::report::explain;
use crate::report::run::{Listed, ProjectRun};
use crate::report::values::short;
use crate::report::voice::Voice;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A release of which there is something to say.
#[derive(Debug)]
pub(super) struct Changed {
    pub(super) id: String,
    pub(super) kind: Kind,
    pub(super) tag: String,
    /// If it is another than the tag's.
    pub(super) name: Option<String>,
    /// Unless it is nowhere said.
    pub(super) when: Option<When>,
    /// Its date before, if that changes.
    pub(super) moved_from: Option<Moment>,
    pub(super) status: Option<Status>,
    /// What changes, in a few words.
    pub(super) gist: String,
    /// Its page in GitLab, if it has one.
    pub(super) href: Option<String>,
    pub(super) parts: Vec<Part>,
    pub(super) troubles: Vec<Trouble>,
    /// Why, step by step, if there are steps.
    pub(super) reasons: Vec<String>,
}

/// A release that stays as it is.
#[derive(Debug)]
pub(super) struct Other {
    pub(super) kind: Kind,
    pub(super) tag: String,
    pub(super) name: Option<String>,
    pub(super) when: Option<When>,
}

/// All of them, the latest first.
#[derive(Debug)]
pub(super) struct Releases {
    pub(super) changed: Vec<Changed>,
    pub(super) others: Vec<Other>,
}

/// What is known of a project while its releases are gone through.
struct Known<'a> {
    run: &'a ProjectRun<'a>,
    now: Moment,
    allowance: Allowance,
    before: HashMap<&'a TagName, &'a Release>,
    listed: HashMap<&'a TagName, &'a Listed>,
}

impl Releases {
    /// `prefix` makes the ids of this project's releases its own.
    pub(super) fn new(run: &ProjectRun<'_>, now: Moment, prefix: &str, allowance: Allowance) -> Self {
        let plan = run.plan;
        let mut steps: BTreeMap<&TagName, Vec<usize>> = BTreeMap::new();
        // What is no more than an attempt is told by a note.
        let actions = plan.steps.iter().map(|step| &step.action);
        let differing: BTreeSet<_> =
            actions.filter(|action| action.is_difference()).filter_map(Action::tag_name).collect();
        for (index, step) in plan.steps.iter().enumerate() {
            if let Some(tag) = step.action.tag_name().filter(|tag| differing.contains(tag)) {
                steps.entry(tag).or_default().push(index);
            }
        }
        let known = Known {
            run,
            now,
            allowance,
            before: plan.before.iter().map(|release| (&release.tag_name, &**release)).collect(),
            listed: run.releases.iter().map(|release| (&release.tag_name, release)).collect(),
        };
        let changed = steps.iter().map(|(tag, steps)| known.changed(tag, steps)).collect();
        let staying = run.releases.iter().filter(|release| !steps.contains_key(&release.tag_name)).map(Other::listed);
        // Of a plan that was saved, only the tags are known.
        let unlisted = plan.unmanaged.iter().filter(|tag| !known.listed.contains_key(tag)).map(Other::unlisted);
        Self::sorted(changed, staying.chain(unlisted).collect(), prefix)
    }

    /// With `changed` in order, each with an id of its own; `others` are in order already. `prefix` makes the ids of this
    /// project's releases its own.
    pub(super) fn sorted(mut changed: Vec<Changed>, others: Vec<Other>, prefix: &str) -> Self {
        // What has no date comes last, so that a lane's nth mark is the nth release of its kind.
        changed.sort_by_cached_key(|release| {
            (Reverse(release.when.as_ref().map(|when| when.moment)), Reverse(release.tag.clone()))
        });
        for (index, release) in changed.iter_mut().enumerate() {
            release.id = format!("{prefix}-{}", index + 1);
        }
        Self { changed, others }
    }
}

impl Known<'_> {
    fn changed(&self, tag: &TagName, steps: &[usize]) -> Changed {
        let ProjectRun { gitlab: _, plan, outcome, releases: _ } = self.run;
        let before = self.before.get(tag);
        let mut draft =
            Draft { kind: Kind::Update, rows: Vec::new(), links: Vec::new(), files: 0, notes: None, gist: Vec::new() };
        let mut when = self.listed.get(tag).map(|listed| When { moment: listed.released_at, timing: listed.timing });
        when = when.or_else(|| before.map(|release| When::of(release, self.now)));
        let mut name = before.map(|release| release.name.clone());
        let mut moved_from = None;
        let actions: Vec<_> = steps.iter().filter_map(|step| plan.steps.get(*step)).map(|step| &step.action).collect();
        for (nth, action) in actions.iter().copied().enumerate() {
            self.add(&mut draft, action, actions.get(nth + 1).copied());
            match action {
                Action::CreateRelease { release, timing, .. } => {
                    when = Some(When { moment: release.released_at.unwrap_or(self.now), timing: *timing });
                    name.clone_from(&release.name);
                }
                Action::UpdateRelease { diff, .. } => {
                    if let Some(change) = &diff.released_at {
                        when = Some(When { moment: change.date.after, timing: change.timing.after });
                        moved_from = Some(change.date.before);
                    }
                    name = diff.name.as_ref().map(|change| change.after.clone()).or(name);
                }
                _ => {}
            }
        }
        draft.rows.extend(plan.present.iter().filter(|file| file.tag_name == *tag).map(fields::of_present));
        let Draft { kind, rows, links, files, notes, mut gist } = draft;
        if kind == Kind::Update && !links.is_empty() {
            gist.push(of(links.len(), "link"));
        }
        if files > 0 {
            gist.push(of(files, "file"));
        }
        let status = Status::of_all(plan, *outcome, steps);
        let is_there = match kind {
            Kind::Create => status.is_some_and(Status::is_good),
            Kind::Delete => !status.is_some_and(Status::has_happened),
            _ => true,
        };
        let web_url = plan.project.web_url.as_deref().filter(|_| is_there);
        Changed {
            id: String::new(),
            kind,
            tag: short(tag.as_str()),
            name: name.filter(|name| name != tag.as_str()).map(|name| short(&name)),
            when: Some(when.unwrap_or(When { moment: self.now, timing: Timing::Current })),
            moved_from,
            status,
            gist: gist.join(", "),
            href: web_url.and_then(|url| page(url, tag)),
            parts: vec![Part::whole(rows, links, "Notes", notes)],
            troubles: troubles(plan, *outcome, steps),
            reasons: steps.iter().map(|step| explain::line(plan, StepId(*step), Voice::PLAIN)).collect(),
        }
    }

    fn add(&self, draft: &mut Draft, action: &Action, next: Option<&Action>) {
        LinkChange::add(&mut draft.links, action);
        match action {
            Action::CreateRelease { release, timing, milestones: _ } => {
                draft.kind = Kind::Create;
                // Its files come first, and are shown last.
                draft.rows.splice(..0, fields::of_new(release, *timing));
                draft.links = release.links.iter().map(LinkChange::added).collect();
                draft.notes = Prose::new(None, release.description.as_ref(), self.allowance);
                let links = (!release.links.is_empty()).then(|| of(release.links.len(), "link"));
                draft.gist.extend(release.git_ref.iter().map(|_| "with its tag".to_owned()).chain(links));
            }
            Action::UpdateRelease { diff, .. } => {
                let rows = fields::of_diff(diff);
                draft.gist.extend(rows.iter().map(|row| row.name.to_string()));
                draft.rows.extend(rows);
                if let Some(change) = &diff.description {
                    draft.notes = Prose::new(Some(&change.before), Some(&change.after), self.allowance);
                    draft.gist.push("notes".to_owned());
                }
            }
            Action::DeleteRelease(release) => {
                draft.kind = Kind::Delete;
                draft.rows = fields::of_lost(release, &When::of(release, self.now));
                draft.links = release.links.iter().map(|live| LinkChange::removed(&live.link)).collect();
                draft.notes = Prose::new(Some(&release.description), None, self.allowance);
                draft.gist.push("its tag stays".to_owned());
            }
            Action::UploadFile(upload) => {
                draft.files += 1;
                draft.rows.push(fields::of_upload(upload));
            }
            Action::DeleteFile(removal) => {
                draft.files += 1;
                draft.rows.push(fields::of_removal(removal, next));
            }
            Action::CreateTag(new) => draft.rows.push(fields::of_tag(new)),
            Action::CollectEvidence { else_is, is_new, .. } => {
                draft.rows.push(fields::of_evidence(*else_is, *is_new));
                draft.gist.push("evidence".to_owned());
            }
            Action::CreateMilestone(_)
            | Action::UpdateMilestone { .. }
            | Action::DeleteLink { .. }
            | Action::UpdateLink { .. }
            | Action::CreateLink { .. } => {}
        }
    }
}

struct Draft {
    kind: Kind,
    rows: Vec<Row>,
    links: Vec<LinkChange>,
    files: usize,
    notes: Option<Prose>,
    gist: Vec<String>,
}

impl Other {
    pub(super) fn listed(release: &Listed) -> Self {
        let Listed { tag_name, name, released_at, timing, is_managed } = release;
        Self {
            kind: if *is_managed { Kind::Unchanged } else { Kind::Unmanaged },
            tag: short(tag_name.as_str()),
            name: (name != tag_name.as_str()).then(|| short(name)),
            when: Some(When { moment: *released_at, timing: *timing }),
        }
    }

    pub(super) fn unlisted(tag: &TagName) -> Self {
        Self { kind: Kind::Unmanaged, tag: short(tag.as_str()), name: None, when: None }
    }
}

/// A release's page.
pub(super) fn page(project: &str, tag: &TagName) -> Option<String> {
    let project = super::markdown::address(project)?;
    Some(format!("{}/-/releases/{}", project.trim_end_matches('/'), utf8_percent_encode(tag.as_str(), SEGMENT)))
}
