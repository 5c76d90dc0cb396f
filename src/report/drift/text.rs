//! Drift as people read it in a terminal: what is in GitLab and not as the manifest says, what a change will do beside that,
//! and where the two meet.

use super::{
    Base, DriftRun, MILESTONES_UNREAD, Telling, Way, about, by_owner, drift_fleet, files_unknown, left_out, owner,
    perhaps_none, summary, value, verdict,
};
use crate::model::Description;
use crate::plan::{Aspect, Change, Clash, Difference, Drift, Subject, Value};
use crate::report::fleet;
use crate::report::style::Palette;
use crate::report::text::Page;
use crate::report::values::{self, diff, link, preview, quoted, visible};
use crate::report::voice::Voice;

/// All of a run.
#[must_use]
pub fn drift_text(run: &DriftRun<'_>, palette: &Palette) -> String {
    let DriftRun { now: _, projects, unread } = run;
    if projects.len() + unread.len() > 1 {
        let with_page = projects.iter().filter(|one| one.has_page());
        let pages: String = with_page.map(|one| drift(one.drift, one.base, palette) + "\n").collect();
        return pages + &fleet::drifts(run, palette) + &drift_fleet(run);
    }
    let mut text: String = projects.iter().map(|one| drift(one.drift, one.base, palette)).collect();
    let error =
        |(project, error): &(String, String)| format!("Not read: {}: {}\n", visible(project), values::line(error));
    text.extend(unread.iter().map(error));
    text
}

/// Of one project; without a base, there is nothing but drift.
#[must_use]
pub fn drift(drift: &Drift, base: Option<Base<'_>>, palette: &Palette) -> String {
    let mut page = Page::new(palette);
    let verdict = verdict(drift, base, Voice::PLAIN);
    if drift.drift.is_empty() {
        page.plain(0, verdict);
    } else {
        page.line(0, palette.heading, verdict);
        differences(&mut page, &drift.drift, Telling::Drift(base.map(|base| base.manifest)));
    }
    page.unmanaged(&drift.unmanaged);
    if let Some(base) = base {
        page.gap();
        if drift.change.is_empty() {
            page.plain(0, "This change does nothing in GitLab.");
        } else {
            page.line(0, palette.heading, "This change, once it is applied");
            differences(&mut page, &drift.change, Telling::Change);
        }
        clashes(&mut page, &drift.clashes, &visible(base.name));
    }
    end(&mut page, drift, base);
    page.finish()
}

/// The counts, and what else should be known.
fn end(page: &mut Page, drift: &Drift, base: Option<Base<'_>>) {
    let quiet = page.palette.quiet;
    let files = files_unknown(drift, base, Voice::PLAIN);
    if drift.milestones_unread || files.is_some() || drift.left_out > 0 || drift.has_drift() {
        page.gap();
    }
    if let Some(files) = files {
        page.line(0, quiet, format_args!("Note: {files}"));
    }
    if drift.milestones_unread {
        page.line(0, quiet, format_args!("Note: {MILESTONES_UNREAD}"));
    }
    if let Some(others) = left_out(drift) {
        page.plain(0, others);
    }
    if let Some(summary) = summary(drift) {
        page.line(0, page.palette.heading, summary);
        page.plain(0, "`relsync apply` makes it what the manifest says; to keep an edit, write it into the manifest.");
        if let Some(perhaps) = perhaps_none(drift, base) {
            page.line(0, quiet, perhaps);
        }
    }
}

fn differences(page: &mut Page, differences: &[Difference], telling: Telling<'_>) {
    for group in by_owner(differences) {
        let Some(first) = group.first() else { continue };
        page.gap();
        head(page, first, telling);
        if Way::of(first) != Way::Parts {
            continue;
        }
        for one in group.chunk_by(|left, right| left.subject == right.subject) {
            match one.first().map(|first| &first.subject) {
                Some(Subject::Link { name, .. }) => one_link(page, name, one, telling),
                _ => one.iter().for_each(|difference| field(page, 4, difference, telling)),
            }
        }
    }
}

/// The line above all that differs in one thing.
fn head(page: &mut Page, first: &Difference, telling: Telling<'_>) {
    let Palette { create, update, delete, .. } = page.palette;
    let (sign, what) = telling.what(Way::of(first), Voice::PLAIN);
    let style = match sign {
        '+' => create,
        '-' => delete,
        _ => update,
    };
    let subject = super::named(&owner(&first.subject), Voice::PLAIN);
    page.line(0, style, format_args!("{sign} {subject} {what}"));
}

fn one_link(page: &mut Page, name: &str, differences: &[Difference], telling: Telling<'_>) {
    let Palette { create, update, delete, .. } = page.palette;
    if let [Difference { live, wished, .. }] = differences {
        match (telling, live, wished) {
            (Telling::Drift(manifest), Value::Link(live), Value::Absent) => {
                let manifest = Telling::manifest(manifest, Voice::PLAIN);
                return page.line(4, create, format_args!("+ link {} is not in {manifest}", link(live, Voice::PLAIN)));
            }
            (Telling::Drift(_), Value::Absent, Value::Link(wished)) => {
                return page.line(4, delete, format_args!("- link {} is missing", link(wished, Voice::PLAIN)));
            }
            (Telling::Change, Value::Link(gone), Value::Absent) => {
                return page.line(4, delete, format_args!("- link {}", link(gone, Voice::PLAIN)));
            }
            (Telling::Change, Value::Absent, Value::Link(new)) => {
                return page.line(4, create, format_args!("+ link {}", link(new, Voice::PLAIN)));
            }
            _ => {}
        }
    }
    page.line(4, update, format_args!("~ link {}", quoted(name)));
    for difference in differences {
        field(page, 6, difference, telling);
    }
}

/// One field of a release, link or milestone.
fn field(page: &mut Page, indent: usize, difference: &Difference, telling: Telling<'_>) {
    let Difference { subject: _, aspect, live, wished } = difference;
    let name = match aspect {
        Aspect::Field(field) => field.as_str(),
        Aspect::Tag => return page.plain(indent, format_args!("{:<13}deleted in git", "tag")),
        Aspect::Existence => return,
    };
    if let (Value::Notes(live), Value::Notes(wished)) = (live, wished) {
        let (head, before, after) = match telling {
            Telling::Drift(manifest) => {
                let manifest = Telling::manifest(manifest, Voice::PLAIN);
                (format!("{name}, + in GitLab, - in {manifest}"), wished, live)
            }
            Telling::Change => (name.to_owned(), live, wished),
        };
        let lines = diff(&Change { before: before.clone(), after: after.clone() }, &page.palette);
        return page.text(&head, lines);
    }
    let [live, wished] = [live, wished].map(|side| value(side, *aspect, Voice::PLAIN));
    page.plain(indent, format_args!("{name:<13}{}", telling.sides(&live, &wished)));
}

fn clashes(page: &mut Page, clashes: &[Clash], commit: &str) {
    if clashes.is_empty() {
        return;
    }
    page.gap();
    page.line(0, page.palette.heading, "Conflicts: changed in GitLab, and otherwise by this change");
    for clash in clashes {
        let Clash { subject: _, aspect, base, live, here } = clash;
        page.gap();
        page.line(0, page.palette.delete, format_args!("✗ {}", about(clash, Voice::PLAIN)));
        let sides = [(format!("at {commit}"), base), ("in GitLab".to_owned(), live), ("here".to_owned(), here)];
        let width = sides.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
        for (nth, (name, side)) in sides.iter().enumerate() {
            match (side, base) {
                (Value::Notes(notes), Value::Notes(before)) if nth > 0 => {
                    page.text(&format!("{name}, against that"), changed(before, notes, &page.palette));
                }
                (Value::Notes(notes), _) if !notes.is_empty() => page.text(name, preview(notes, &page.palette)),
                (Value::Notes(_), _) => page.plain(4, format_args!("{name:<width$}  none")),
                (side, _) => page.plain(4, format_args!("{name:<width$}  {}", value(side, *aspect, Voice::PLAIN))),
            }
        }
    }
}

fn changed(before: &Description, after: &Description, palette: &Palette) -> Vec<String> {
    diff(&Change { before: before.clone(), after: after.clone() }, palette)
}
