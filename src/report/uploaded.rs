//! The files that are in the registry by now although their release is not as wished: that is nothing that its failure tells.
//!
//! Pure.

use super::voice::Voice;
use crate::model::TagName;
use crate::plan::{Action, Outcome, Plan, StepOutcome};
use std::collections::{BTreeMap, BTreeSet};

/// How many files are named before the rest is counted.
const MAX_NAMED: usize = 10;

/// `Uploaded already, and not sent again: a.zip, b.zip (v1.0).`, if there are any. What did not go well is told elsewhere.
pub(super) fn sentence(plan: &Plan, outcome: &Outcome, voice: Voice) -> Option<String> {
    let steps = || plan.steps.iter().zip(&outcome.steps);
    let undone: BTreeSet<&TagName> =
        steps().filter(|(_, end)| !end.is_success()).filter_map(|(step, _)| step.action.tag_name()).collect();
    let uploaded = steps().filter_map(|(step, end)| match (&step.action, end) {
        (Action::UploadFile(upload), StepOutcome::Done | StepOutcome::AlreadyDone) => Some(upload),
        _ => None,
    });
    let uploaded: Vec<_> = uploaded.filter(|upload| undone.contains(&upload.tag_name)).collect();
    let mut by_release: BTreeMap<&TagName, Vec<String>> = BTreeMap::new();
    for upload in uploaded.iter().take(MAX_NAMED) {
        by_release.entry(&upload.tag_name).or_default().push((voice.name)(&upload.place.file_name));
    }
    let named = by_release.iter().map(|(tag, files)| format!("{} ({})", files.join(", "), (voice.name)(tag.as_str())));
    let named = named.collect::<Vec<_>>().join("; ");
    let more = match uploaded.len().saturating_sub(MAX_NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    (!uploaded.is_empty()).then(|| format!("Uploaded already, and not sent again: {named}{more}."))
}
