//! Numbers with their nouns.

use crate::model::{MilestoneState, TagName};
use crate::plan::{Action, Plan};
use std::collections::BTreeSet;

/// `1 release`, `2 releases`.
pub(super) fn of(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// What happened or is to happen to things, in the words of a sentence.
pub(super) struct Words {
    pub(super) create: &'static str,
    pub(super) update: &'static str,
    pub(super) close: &'static str,
    pub(super) delete: &'static str,
}

/// `2 releases to create, 1 to update; 1 milestone to close`: how many things of each kind `actions`, in a plan's order,
/// touch. A release whose links change is updated, once; but not those that are updated only `in_part`.
pub(super) fn sentence<'a>(
    actions: impl Iterator<Item = &'a Action>,
    in_part: &BTreeSet<&TagName>,
    words: &Words,
) -> String {
    let mut releases = Tally::new("release", words);
    let mut links = Tally::new("link", words);
    let mut milestones = Tally::new("milestone", words);
    let mut last_updated: Option<&TagName> = None;
    for action in actions {
        match action {
            Action::CreateRelease { .. } => releases.create += 1,
            Action::DeleteRelease(_) => releases.delete += 1,
            Action::CreateLink { .. } => links.create += 1,
            Action::UpdateLink { .. } => links.update += 1,
            Action::DeleteLink { .. } => links.delete += 1,
            Action::CreateMilestone(_) => milestones.create += 1,
            Action::UpdateMilestone { diff, .. } => match diff.state.as_ref().map(|c| c.after) {
                Some(MilestoneState::Closed) => milestones.close += 1,
                Some(MilestoneState::Active) | None => milestones.update += 1,
            },
            Action::CreateTag(_) | Action::UpdateRelease { .. } | Action::CollectEvidence { .. } => {}
        }
        if let Action::UpdateRelease { tag_name, .. }
        | Action::CollectEvidence { tag_name, .. }
        | Action::CreateLink { tag_name, .. }
        | Action::UpdateLink { tag_name, .. }
        | Action::DeleteLink { tag_name, .. } = action
            && last_updated.replace(tag_name) != Some(tag_name)
            && !in_part.contains(tag_name)
        {
            releases.update += 1;
        }
    }
    [releases, links, milestones].iter().filter_map(Tally::words).collect::<Vec<_>>().join("; ")
}

struct Tally<'a> {
    noun: &'a str,
    words: &'a Words,
    create: usize,
    update: usize,
    close: usize,
    delete: usize,
}

impl<'a> Tally<'a> {
    fn new(noun: &'a str, words: &'a Words) -> Self {
        Self { noun, words, create: 0, update: 0, close: 0, delete: 0 }
    }

    /// `2 releases to create, 1 to update`, if there is anything.
    fn words(&self) -> Option<String> {
        let Self { noun, words, create, update, close, delete } = self;
        let counts = [(create, words.create), (update, words.update), (close, words.close), (delete, words.delete)];
        let mut some = counts.into_iter().filter(|(count, _)| **count > 0);
        let (first, word) = some.next()?;
        let rest = some.map(|(count, word)| format!(", {count} {word}"));
        Some(format!("{} {word}{}", of(*first, noun), rest.collect::<String>()))
    }
}

/// The plan's last line.
pub(super) fn summary(plan: &Plan) -> String {
    let words = Words { create: "to create", update: "to update", close: "to close", delete: "to delete" };
    let unchanged = match plan.unchanged {
        0 => String::new(),
        n => format!(" {n} unchanged."),
    };
    format!(
        "Plan: {}; {}.{unchanged}",
        sentence(plan.steps.iter().map(|s| &s.action), &BTreeSet::new(), &words),
        of(plan.steps.len(), "request")
    )
}
