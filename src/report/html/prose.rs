//! Notes, and milestones' descriptions: rendered, both versions side by side, and what differs line by line.

use super::difference::Difference;
use super::fields::Sides;
use super::markdown;
use crate::model::Description;
use crate::plan::{Action, MilestoneDiff, Plan, ReleaseDiff};
use crate::report::counts::of;

/// Texts up to so many lines are open from the start.
const SHORT: usize = 30;

/// Characters of one text that are rendered.
const MAX_TEXT: usize = 64 * 1024;

/// Characters of all texts together that are rendered, but for a beginning of each.
const MAX_ALL: usize = 12 * 1024 * 1024;
const MIN_TEXT: usize = 1024;

/// How much of each text is rendered: as much as lets the longest ones bear it, if it gets too much.
#[derive(Debug, Clone, Copy)]
pub(super) struct Allowance(usize);

/// A text in one version or two.
#[derive(Debug)]
pub(super) struct Prose {
    pub(super) before: Option<Side>,
    pub(super) after: Option<Side>,
    /// If there are two.
    pub(super) difference: Option<Difference>,
    pub(super) is_short: bool,
    pub(super) sides: Sides,
}

/// One version.
#[derive(Debug)]
pub(super) struct Side {
    /// Of harmless elements.
    pub(super) html: String,
    /// How long it is.
    pub(super) size: String,
    /// That it is not shown whole.
    pub(super) cut: Option<String>,
}

impl Allowance {
    /// For texts of these lengths.
    pub(super) fn new(sizes: impl IntoIterator<Item = usize>) -> Self {
        let mut sizes: Vec<usize> = sizes.into_iter().map(|size| size.min(MAX_TEXT)).collect();
        sizes.sort_unstable();
        let (mut left, mut count) = (MAX_ALL, sizes.len());
        for size in sizes {
            if size * count > left {
                return Self((left / count).max(MIN_TEXT));
            }
            left -= size;
            count -= 1;
        }
        Self(MAX_TEXT)
    }
}

/// The lengths of all texts that `plan` would write or lose.
pub(super) fn sizes(plan: &Plan) -> Vec<usize> {
    let mut sizes = Vec::new();
    let mut add = |text: &Description| sizes.push(text.as_str().len());
    for step in &plan.steps {
        match &step.action {
            Action::CreateRelease { release, .. } => release.description.iter().for_each(&mut add),
            Action::CreateMilestone(new) => new.description.iter().for_each(&mut add),
            Action::DeleteRelease(release) => add(&release.description),
            Action::UpdateRelease { diff: ReleaseDiff { description: Some(change), .. }, .. }
            | Action::UpdateMilestone { diff: MilestoneDiff { description: Some(change), .. }, .. } => {
                add(&change.before);
                add(&change.after);
            }
            Action::UpdateRelease { .. }
            | Action::UpdateMilestone { .. }
            | Action::CreateTag(_)
            | Action::UploadFile(_)
            | Action::DeleteFile(_)
            | Action::CreateLink { .. }
            | Action::UpdateLink { .. }
            | Action::DeleteLink { .. }
            | Action::CollectEvidence { .. } => {}
        }
    }
    sizes
}

impl Prose {
    /// What was and what is to be; nothing if neither says anything.
    pub(super) fn new(
        before: Option<&Description>,
        after: Option<&Description>,
        Allowance(allowance): Allowance,
    ) -> Option<Self> {
        if before.is_none_or(Description::is_empty) && after.is_none_or(Description::is_empty) {
            return None;
        }
        let difference = before.zip(after).map(|(before, after)| Difference::new(before.as_str(), after.as_str()));
        let lines = before.iter().chain(&after).map(|text| text.as_str().lines().count()).max();
        Some(Self {
            before: before.map(|text| Side::new(text.as_str(), allowance)),
            after: after.map(|text| Side::new(text.as_str(), allowance)),
            difference,
            is_short: lines.is_some_and(|lines| lines <= SHORT),
            sides: Sides::CHANGE,
        })
    }

    /// With other names for its versions.
    pub(super) fn called(self, sides: Sides) -> Self {
        Self { sides, ..self }
    }
}

impl Side {
    fn new(text: &str, allowance: usize) -> Self {
        let mut end = text.len().min(allowance);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let (html, is_whole) = markdown::to_html(&text[..end]);
        let cut = match text[end..].chars().count() {
            0 if is_whole => None,
            0 => Some("The rest is not shown here.".to_owned()),
            rest => Some(format!("{} more are not shown here.", of(rest, "character"))),
        };
        let size = if text.is_empty() { "none".to_owned() } else { of(text.lines().count(), "line") };
        Self { html, size, cut }
    }
}
