//! One project's part of the page: what it comes to, why not, what to know, and each change.

use super::card::Card;
use super::fit::{Entry, Hopes, Kind, Part, Rank, Section};
use super::{VOICE, code, outcome, row};
use crate::model::TagName;
use crate::plan::Plan;
use crate::report::counts::{self, of};
use crate::report::run::ProjectRun;
use crate::report::text::{Detail, MAX_UNMANAGED};
use crate::report::{fleet, notes, refusal};

/// A plan has hardly so many. More would leave no room for what would be deleted.
const MAX_REFUSALS: usize = 50;

/// `is_alone`: the page's title names the project already.
pub(super) fn section(project: &ProjectRun<'_>, detail: Detail, is_alone: bool, hopes: &mut Hopes) -> Section {
    let plan = project.plan;
    let name = code::name(&plan.project.to_string());
    let mut head = if is_alone { String::new() } else { format!("### {name}\n\n") };
    if let Some(ended) = project.outcome {
        head.push_str(&outcome::summary(plan, ended));
    } else {
        head.extend(counts::summary(plan, &name).map(|summary| format!("**{summary}**\n\n")));
    }
    head.extend(counts::left_out(plan).map(|others| format!("{others}\n\n")));
    let mut parts = vec![refusals(plan)];
    parts.extend(project.outcome.into_iter().flat_map(|ended| outcome::parts(plan, ended)));
    parts.push(told(plan, detail));
    parts.push(changes(project, detail, hopes));
    parts.push(unmanaged(&plan.unmanaged));
    Section { head, parts }
}

/// One of several projects in a line.
pub(super) fn line(project: &ProjectRun<'_>) -> Entry {
    let ProjectRun { plan, outcome, .. } = project;
    let what = outcome.map_or_else(|| fleet::planned(plan), |ended| counts::done(plan, ended));
    row(&plan.project.to_string(), &what, !fleet::has_page(plan))
}

fn refusals(plan: &Plan) -> Part {
    let entry = |(nth, refused)| {
        let (what, way_through) = refusal::explain(refused, VOICE);
        // What is beyond the most is counted only.
        let text = (nth < MAX_REFUSALS).then(|| format!("- {what}: {way_through}\n"));
        Entry { rank: Rank::Refusal, kind: Kind::Refusal, levels: text.into_iter().collect() }
    };
    Part {
        head: "⚠️ **Refused: nothing of this can be applied.**\n\n".to_owned(),
        entries: plan.refusals.iter().enumerate().map(entry).collect(),
    }
}

fn told(plan: &Plan, detail: Detail) -> Part {
    let told = plan.notes.iter().filter(|note| detail == Detail::Reasons || !notes::is_detail(note));
    let entry = |note| Entry {
        rank: Rank::Note,
        kind: Kind::Note,
        levels: vec![format!("- {}.\n", notes::sentence(note, VOICE))],
    };
    Part { head: "**To know:**\n\n".to_owned(), entries: told.map(entry).collect() }
}

/// A card for each milestone's step, and one for all of a release's.
fn changes(project: &ProjectRun<'_>, detail: Detail, hopes: &mut Hopes) -> Part {
    let plan = project.plan;
    let mut entries = Vec::new();
    let mut first = 0;
    let groups = plan
        .steps
        .chunk_by(|one, next| one.action.tag_name().is_some() && one.action.tag_name() == next.action.tag_name());
    for group in groups {
        let count = group.len();
        // What is no more than an attempt is told by a note.
        if !group.iter().any(|step| step.action.is_difference()) {
            first += count;
            continue;
        }
        let mut card = Card::of(plan, first, count);
        if detail == Detail::Reasons {
            card.explain(plan, first, count);
        }
        if let Some(ended) = project.outcome {
            card.ended(outcome::words(group, &ended.steps[first..first + count]));
        }
        entries.push(card.entry(hopes));
        first += count;
    }
    Part { head: String::new(), entries }
}

/// Releases that no entry names.
pub(super) fn unmanaged(unmanaged: &[TagName]) -> Part {
    let mut names: Vec<_> = unmanaged.iter().take(MAX_UNMANAGED).map(|tag| code::name(tag.as_str())).collect();
    if let Some(more) = unmanaged.len().checked_sub(MAX_UNMANAGED).filter(|more| *more > 0) {
        names.push(format!("{more} more"));
    }
    let count = of(unmanaged.len(), "release");
    let text = format!("Not in the manifest, left alone: {count} ({})\n", names.join(", "));
    let entry = Entry { rank: Rank::Rest, kind: Kind::Note, levels: vec![text] };
    Part { head: String::new(), entries: if names.is_empty() { Vec::new() } else { vec![entry] } }
}
