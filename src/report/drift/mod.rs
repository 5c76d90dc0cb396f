//! What a report on drift is about, and what all its formats say in the same words.
//!
//! A plan is told by its requests, drift by what differs: two things, so there are two kinds of run. What they have in
//! common is the parts that the formats are made of.

mod text;

pub use text::{drift, drift_text};

use super::counts::of;
use super::run::Listed;
use super::text::MAX_UNMANAGED;
use super::values::{content, link, titles};
use super::voice::Voice;
use crate::model::Moment;
use crate::plan::{Aspect, Clash, Difference, Drift, Field, Subject, Value};
use std::collections::BTreeSet;

/// Said where a token can't see milestones.
pub(super) const MILESTONES_UNREAD: &str = "a CI job token can't read milestones: those declared were not looked at.";

/// One run of `drift`.
#[derive(Debug)]
pub struct DriftRun<'a> {
    /// When it began: upcoming and historical are judged by it.
    pub now: Moment,
    /// The projects it could read, in the order of the manifests.
    pub projects: Vec<ProjectDrift<'a>>,
    /// The projects it could not, and why, in the words of the error.
    pub unread: Vec<(String, String)>,
}

/// One project of it.
#[derive(Debug)]
pub struct ProjectDrift<'a> {
    /// The address of its GitLab, as a person may see it; `None` is the embedded one.
    pub gitlab: Option<String>,
    /// What differs.
    pub drift: &'a Drift,
    /// What GitLab was held against, if not the manifest alone.
    pub base: Option<Base<'a>>,
    /// Every release the project has, the latest first. Empty if no format shows them.
    pub releases: Vec<Listed>,
}

impl ProjectDrift<'_> {
    /// Whether there is more to say of it than that there is no drift.
    #[must_use]
    pub fn has_page(&self) -> bool {
        let Drift { drift, change, clashes, milestones_unread, .. } = self.drift;
        !drift.is_empty() || !change.is_empty() || !clashes.is_empty() || *milestones_unread
    }

    /// What it comes to, in a few words.
    pub(super) fn words(&self) -> String {
        let what = summary(self.drift).unwrap_or_else(|| "no drift".to_owned());
        let changed = Touched::of(&self.drift.change).words();
        let change = if changed.is_empty() { String::new() } else { format!("; this change: {changed}") };
        let unmanaged = match self.drift.unmanaged.len() {
            0 => String::new(),
            count => format!("; {} not in the manifest", of(count, "release")),
        };
        let files = match self.drift.files_unknown.len() {
            0 => String::new(),
            count => format!("; files of {} not looked at", of(count, "release")),
        };
        format!("{}{change}{unmanaged}{files}", what.trim_end_matches('.'))
    }
}

/// What GitLab and the manifest were held against.
#[derive(Debug, Clone, Copy)]
pub struct Base<'a> {
    /// What people call the commit.
    pub name: &'a str,
    /// Its id.
    pub commit: &'a str,
    /// The manifest there, `main:releases.toml`.
    pub manifest: &'a str,
    /// Whether there is one.
    pub is_there: bool,
}

/// What differences are told as.
#[derive(Debug, Clone, Copy)]
pub(super) enum Telling<'a> {
    /// As what GitLab has in place of what is said by this manifest; `None` is the one here.
    Drift(Option<&'a str>),
    /// As what GitLab has, and will have.
    Change,
}

/// How one release or milestone differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// It should be there, and is not.
    Missing,
    /// It is there, and should not be.
    Extra,
    /// In parts.
    Parts,
}

impl Way {
    /// Of all that differs in one thing, by the first of it.
    pub(super) fn of(first: &Difference) -> Self {
        match (&first.subject, first.aspect, &first.wished) {
            (Subject::Link { .. }, _, _) | (_, Aspect::Tag | Aspect::Field(_), _) => Self::Parts,
            (_, Aspect::Existence, Value::Absent) => Self::Extra,
            (_, Aspect::Existence, _) => Self::Missing,
        }
    }
}

impl Telling<'_> {
    /// How the manifest is called.
    pub(super) fn manifest(manifest: Option<&str>, voice: Voice) -> String {
        manifest.map_or_else(|| "the manifest".to_owned(), voice.name)
    }

    /// A sign, and what can be said of a thing: `~`, `was edited in GitLab`.
    pub(super) fn what(&self, way: Way, voice: Voice) -> (char, String) {
        let (sign, what) = match (self, way) {
            (Self::Drift(_), Way::Parts) => ('~', "was edited in GitLab"),
            (Self::Drift(_), Way::Missing) => ('-', "is missing in GitLab"),
            (Self::Drift(manifest), Way::Extra) => {
                return ('+', format!("is in GitLab, but not in {}", Self::manifest(*manifest, voice)));
            }
            (Self::Change, Way::Parts) => ('~', "will change"),
            (Self::Change, Way::Missing) => ('+', "will be created"),
            (Self::Change, Way::Extra) => ('-', "will be deleted"),
        };
        (sign, what.to_owned())
    }

    /// Both sides of a field.
    pub(super) fn sides(&self, live: &str, wished: &str) -> String {
        match self {
            Self::Drift(_) => format!("{live} in place of {wished}"),
            Self::Change => format!("{live} → {wished}"),
        }
    }
}

/// All that differs in one release or milestone, together.
pub(super) fn by_owner(differences: &[Difference]) -> impl Iterator<Item = &[Difference]> {
    differences.chunk_by(|left, right| owner(&left.subject) == owner(&right.subject))
}

/// The release with all that belongs to it, or the milestone.
pub(super) fn owner(subject: &Subject) -> Subject {
    match subject {
        Subject::Milestone(_) | Subject::Release(_) => subject.clone(),
        Subject::Link { tag_name, .. } => Subject::Release(tag_name.clone()),
    }
}

/// `link "linux" of release v1`.
pub(super) fn named(subject: &Subject, voice: Voice) -> String {
    match subject {
        Subject::Milestone(title) => format!("milestone {}", (voice.quoted)(title)),
        Subject::Release(tag_name) => format!("release {}", (voice.name)(tag_name.as_str())),
        Subject::Link { tag_name, name } => {
            format!("link {} of release {}", (voice.quoted)(name), (voice.name)(tag_name.as_str()))
        }
    }
}

/// What one side has.
pub(super) fn value(value: &Value, aspect: Aspect, voice: Voice) -> String {
    let none = || "none".to_owned();
    match value {
        Value::Absent if aspect == Aspect::Field(Field::Evidence) => none(),
        Value::Present if aspect == Aspect::Field(Field::Evidence) => "some".to_owned(),
        Value::Absent => "not there".to_owned(),
        Value::Present => "there".to_owned(),
        Value::Link(whole) => link(whole, voice),
        Value::Content(size, sha256) => content(*size, *sha256),
        Value::Text(text) => (voice.quoted)(text),
        Value::Notes(notes) if notes.is_empty() => none(),
        Value::Notes(notes) => (voice.quoted)(notes.as_str()),
        Value::Moment(at) => at.to_string(),
        Value::Titles(some) => titles(some, voice),
        Value::Date(date) => date.map_or_else(none, |date| date.to_string()),
        Value::State(state) => state.to_string(),
        Value::Path(path) => path.as_ref().map_or_else(none, |path| (voice.name)(path.as_str())),
        Value::LinkType(link_type) => link_type.to_string(),
    }
}

/// Whether there is drift, in a sentence; if there is, without its full stop.
pub(super) fn verdict(drift: &Drift, base: Option<Base<'_>>, voice: Voice) -> String {
    let project = (voice.name)(&drift.project.to_string());
    let manifest = Telling::manifest(base.map(|base| base.manifest), voice);
    if base.is_some_and(|base| !base.is_there) {
        format!("There is no {manifest} for {project}, so there can be no drift.")
    } else if drift.drift.is_empty() {
        let seen = if drift.files_unknown.is_empty() { "" } else { ", but for what was not looked at" };
        format!("No drift in {project}: {} as {manifest} says{seen}.", of(drift.as_said, "release"))
    } else {
        format!("Drift in {project}: not as {manifest} says")
    }
}

/// The counts, if there is drift.
pub(super) fn summary(drift: &Drift) -> Option<String> {
    let mut parts = vec![Touched::of(&drift.drift).words()];
    parts.extend((!drift.clashes.is_empty()).then(|| of(drift.clashes.len(), "conflict")));
    let they = if drift.as_said == 1 { "it" } else { "they" };
    let as_said = (drift.as_said > 0).then(|| format!(" {} as {they} should be.", of(drift.as_said, "release")));
    drift.has_drift().then(|| format!("Drift: {}.{}", parts.join("; "), as_said.unwrap_or_default()))
}

/// What looks like drift, and may be none. Of a base, nothing that is here is taken for drift.
pub(super) fn perhaps_none(drift: &Drift, base: Option<Base<'_>>) -> Option<String> {
    let apart = "A manifest that was never applied looks the same; `--base` tells a change apart.";
    let has_content = drift.drift.iter().any(|one| one.aspect == Aspect::Field(Field::Content));
    let built = if has_content {
        " A file that was built anew looks the same, too; `--ignore-field content` lets that be."
    } else {
        ""
    };
    (base.is_none() && drift.has_drift()).then(|| format!("{apart}{built}"))
}

/// That narrowing the run left something out, if it did.
pub(super) fn left_out(drift: &Drift) -> Option<String> {
    let (others, differ) =
        (of(drift.left_out, "other release"), if drift.left_out == 1 { "differs" } else { "differ" });
    (drift.left_out > 0).then(|| format!("{others} {differ}, but not part of this run (--only, --ignore)."))
}

/// That links to files were not looked at, if there are any such.
pub(super) fn files_unknown(drift: &Drift, base: Option<Base<'_>>, voice: Voice) -> Option<String> {
    let tags = &drift.files_unknown;
    let mut names: Vec<_> = tags.iter().take(MAX_UNMANAGED).map(|tag| (voice.name)(tag.as_str())).collect();
    if let Some(more) = tags.len().checked_sub(MAX_UNMANAGED).filter(|more| *more > 0) {
        names.push(format!("{more} more"));
    }
    let (releases, their) = (of(tags.len(), "release"), if tags.len() == 1 { "its" } else { "their" });
    let why = match base {
        Some(_) => "what is built here says nothing of another commit".to_owned(),
        None => format!("{their} files are not all here"),
    };
    let names = names.join(", ");
    (!tags.is_empty()).then(|| format!("links to the files of {releases} were not looked at, as {why}: {names}."))
}

/// What came of looking at several projects.
#[must_use]
pub fn drift_fleet(run: &DriftRun<'_>) -> String {
    let drifted = run.projects.iter().filter(|project| project.drift.has_drift()).count();
    let not_read = if run.unread.is_empty() { String::new() } else { format!(", {} not read", run.unread.len()) };
    format!("In all: {}, {drifted} with drift{not_read}.\n", of(run.projects.len() + run.unread.len(), "project"))
}

/// How many things are not as they should be.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Touched {
    /// With their links.
    pub(super) releases: usize,
    pub(super) milestones: usize,
}

impl Touched {
    pub(super) fn of(differences: &[Difference]) -> Self {
        let owners: BTreeSet<_> = differences.iter().map(|difference| owner(&difference.subject)).collect();
        let milestones = owners.iter().filter(|owner| matches!(owner, Subject::Milestone(_))).count();
        Self { releases: owners.len() - milestones, milestones }
    }

    /// `2 releases, 1 milestone`.
    pub(super) fn words(self) -> String {
        let counts = [(self.releases, "release"), (self.milestones, "milestone")];
        let words = counts.iter().filter(|(count, _)| *count > 0).map(|(count, noun)| of(*count, noun));
        words.collect::<Vec<_>>().join(", ")
    }
}

/// The field's name; none for all of a thing.
pub(super) fn field(aspect: Aspect) -> Option<&'static str> {
    match aspect {
        Aspect::Existence => None,
        Aspect::Tag => Some("tag"),
        Aspect::Field(field) => Some(field.as_str()),
    }
}

/// What a conflict is about: `release v1: name`.
pub(super) fn about(clash: &Clash, voice: Voice) -> String {
    let field = field(clash.aspect).map(|field| format!(": {field}"));
    named(&clash.subject, voice) + &field.unwrap_or_default()
}
