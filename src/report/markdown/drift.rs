//! One project's drift on the page: conflicts before all else, then what somebody did in GitLab, then what a change will do.

use super::fit::{Entry, Hopes, Kind, Part, Rank, Section};
use super::folded::Folded;
use super::{VOICE, code, project, row};
use crate::model::Description;
use crate::plan::{Aspect, Change, Clash, Difference, Subject, Value};
use crate::report::drift::{
    self, MILESTONES_UNREAD, ProjectDrift, Telling, Way, by_owner, files_unknown, left_out, owner, perhaps_none,
    summary, verdict,
};
use crate::report::values::link;
use crate::report::voice::Voice;

/// Names and titles in the one line of HTML that a heading to unfold is.
const SUMMARY: Voice = Voice { name: code::html_name, quoted: code::html_quoted };

/// One of several projects in a line.
pub(super) fn line(project: &ProjectDrift<'_>) -> Entry {
    row(&project.drift.project.to_string(), &project.words(), !project.has_page())
}

/// `is_alone`: the page's title names the project already.
pub(super) fn section(project: &ProjectDrift<'_>, is_alone: bool, hopes: &mut Hopes) -> Section {
    let ProjectDrift { gitlab: _, drift, base, releases: _ } = project;
    let level = if is_alone { "###" } else { "####" };
    let mut head = String::new();
    head.extend((!is_alone).then(|| format!("### {}\n\n", code::name(&drift.project.to_string()))));
    let verdict = verdict(drift, *base, VOICE);
    head.extend([match summary(drift) {
        Some(summary) => format!("**{verdict}.**\n\n{summary}\n\n"),
        None => format!("**{verdict}**\n\n"),
    }]);
    head.extend(perhaps_none(drift, *base).map(|perhaps| format!("{perhaps}\n\n")));
    head.extend(drift.milestones_unread.then(|| format!("Note: {MILESTONES_UNREAD}\n\n")));
    head.extend(files_unknown(drift, *base, VOICE).map(|files| format!("Note: {files}\n\n")));
    head.extend(left_out(drift).map(|others| format!("{others}\n\n")));
    head.extend((base.is_some() && drift.change.is_empty()).then_some("This change does nothing in GitLab.\n\n"));
    let telling = Telling::Drift(base.map(|base| base.manifest));
    let name = base.map(|base| base.name).unwrap_or_default();
    let conflicts = drift.clashes.iter().map(|clash| conflict(clash, name, hopes)).collect();
    let drifted = by_owner(&drift.drift).filter_map(|group| card(group, telling, hopes)).collect();
    let changed = by_owner(&drift.change).filter_map(|group| card(group, Telling::Change, hopes)).collect();
    let part = |title: &str, entries| Part { head: format!("{level} {title}\n\n"), entries };
    let parts = vec![
        part("⚠️ Conflicts: changed in GitLab, and otherwise by this change", conflicts),
        part("Drift", drifted),
        part("This change, once it is applied", changed),
        project::unmanaged(&drift.unmanaged),
    ];
    Section { head, parts }
}

/// All that differs in one release or milestone.
fn card(group: &[Difference], telling: Telling<'_>, hopes: &mut Hopes) -> Option<Entry> {
    let first = group.first()?;
    let way = Way::of(first);
    let mut fields: Vec<&str> = Vec::new();
    let (mut items, mut texts) = (Vec::new(), Vec::new());
    for difference in group.iter().filter(|_| way == Way::Parts) {
        let word = match &difference.subject {
            Subject::Link { .. } => "links",
            Subject::Milestone(_) | Subject::Release(_) => drift::field(difference.aspect).unwrap_or_default(),
        };
        if !fields.contains(&word) {
            fields.push(word);
        }
        match (&difference.live, &difference.wished) {
            (Value::Notes(live), Value::Notes(wished)) => texts.push(text(live, wished, telling)),
            _ => items.push(item(difference, telling)),
        }
    }
    let head = |voice: Voice, code: fn(&str) -> String| {
        let (sign, what) = telling.what(way, voice);
        let subject = drift::named(&owner(&first.subject), voice);
        let fields = if fields.is_empty() { String::new() } else { format!(": {}", fields.join(", ")) };
        format!("{} {subject} {what}{fields}", code(&sign.to_string()))
    };
    let (line, summary) = (head(VOICE, code::span), head(SUMMARY, code::html));
    let (rank, kind) = match telling {
        Telling::Drift(_) => (Rank::Change, Kind::Drift),
        Telling::Change => (Rank::Rest, Kind::Change),
    };
    Some(Folded { line, summary, items, texts, reasons: Vec::new() }.entry(rank, kind, hopes))
}

/// Notes in both versions.
fn text(live: &Description, wished: &Description, telling: Telling<'_>) -> (String, Change<Description>) {
    let name = "`description`".to_owned();
    match telling {
        Telling::Drift(manifest) => {
            let name = format!("{name}, `+` in GitLab, `-` in {}", Telling::manifest(manifest, VOICE));
            (name, Change { before: wished.clone(), after: live.clone() })
        }
        Telling::Change => (name, Change { before: live.clone(), after: wished.clone() }),
    }
}

/// One field, or a link.
fn item(difference: &Difference, telling: Telling<'_>) -> String {
    let Difference { subject, aspect, live, wished } = difference;
    let of_link = match subject {
        Subject::Link { name, .. } => format!("link {}: ", (VOICE.quoted)(name)),
        Subject::Milestone(_) | Subject::Release(_) => String::new(),
    };
    match (aspect, live, wished) {
        (Aspect::Tag, ..) => return "`tag`: deleted in git".to_owned(),
        (_, Value::Link(live), Value::Absent) => {
            let (sign, not_there) = match telling {
                Telling::Drift(manifest) => ('+', format!(" is not in {}", Telling::manifest(manifest, VOICE))),
                Telling::Change => ('-', String::new()),
            };
            return format!("`{sign}` link {}{not_there}", link(live, VOICE));
        }
        (_, Value::Absent, Value::Link(wished)) => {
            let (sign, missing) = match telling {
                Telling::Drift(_) => ('-', " is missing"),
                Telling::Change => ('+', ""),
            };
            return format!("`{sign}` link {}{missing}", link(wished, VOICE));
        }
        _ => {}
    }
    let [live, wished] = [live, wished].map(|side| drift::value(side, *aspect, VOICE));
    format!("{of_link}`{}`: {}", drift::field(*aspect).unwrap_or_default(), telling.sides(&live, &wished))
}

/// All three values; those of notes against the base's.
fn conflict(clash: &Clash, commit: &str, hopes: &mut Hopes) -> Entry {
    let Clash { subject: _, aspect, base, live, here } = clash;
    let nothing = Description::default();
    let before = if let Value::Notes(notes) = base { notes } else { &nothing };
    let commit = code::name(commit);
    let at = format!("at {commit}");
    let (mut items, mut texts) = (Vec::new(), Vec::new());
    for (nth, (name, side)) in [(at.as_str(), base), ("in GitLab", live), ("here", here)].into_iter().enumerate() {
        match side {
            // What of it matters is in the two below.
            Value::Notes(notes) if nth == 0 && !notes.is_empty() => {}
            Value::Notes(notes) if nth > 0 => {
                let name =
                    if matches!(base, Value::Notes(_)) { format!("{name}, against {commit}") } else { name.to_owned() };
                texts.push((name, Change { before: before.clone(), after: notes.clone() }));
            }
            side => items.push(format!("{name}: {}", drift::value(side, *aspect, VOICE))),
        }
    }
    let head = |voice, code: fn(&str) -> String| format!("{} {}", code("✗"), drift::about(clash, voice));
    let (line, summary) = (head(VOICE, code::span), head(SUMMARY, code::html));
    Folded { line, summary, items, texts, reasons: Vec::new() }.entry(Rank::Failure, Kind::Conflict, hopes)
}
