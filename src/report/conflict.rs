//! What somebody else has changed about a release or milestone since the plan was made, in both versions.

use super::counts::of;
use super::values::{link, titles};
use super::voice::Voice;
use crate::model::{Milestone, Release, TagName};
use crate::plan::{Change, Conflict, MilestoneDiff, Step};
use jiff::civil::Date;

/// Tells why steps were left alone, one after the other, but not twice: all of a release are for the same reason.
#[derive(Default)]
pub(super) struct Reasons<'o>(Option<(&'o TagName, &'o Conflict)>);

impl<'o> Reasons<'o> {
    /// Whether it is another reason than that of the step before.
    pub(super) fn is_new(&mut self, step: &'o Step, conflict: &'o Conflict) -> bool {
        let last = std::mem::replace(&mut self.0, step.action.tag_name().map(|tag| (tag, conflict)));
        let is_told = match (last, self.0) {
            (Some((last, Conflict::Release { .. })), Some((this, Conflict::Release { .. }))) => last == this,
            (last, this) => this.is_some() && last == this,
        };
        !is_told
    }
}

/// What has happened, before the lines that show it.
pub(super) fn head(conflict: &Conflict) -> &'static str {
    match conflict {
        Conflict::Release { .. } | Conflict::Milestone { .. } => "somebody has changed it since the plan was made",
        Conflict::File { .. } => "somebody has linked to it since the plan was made",
    }
}

/// One line for each difference.
pub(super) fn lines(conflict: &Conflict, voice: Voice) -> Vec<String> {
    let gone = || vec!["it was there, and is gone".to_owned()];
    let new = |found: String| vec![format!("there was none, and now there is one: {found}")];
    match conflict {
        Conflict::Release { planned, found } => match (planned.as_deref(), found.as_deref()) {
            (None, None) => Vec::new(),
            (Some(_), None) => gone(),
            (None, Some(found)) => new(summary(found, voice)),
            (Some(planned), Some(found)) => differences(planned, found, voice),
        },
        Conflict::Milestone { planned, found } => match (planned, found) {
            (None, None) => Vec::new(),
            (Some(_), None) => gone(),
            (None, Some(found)) => new(milestone(found, voice)),
            (Some(planned), Some(found)) => milestone_differences(planned, found, voice),
        },
        Conflict::File { linked_by } => vec![format!("a link of release {}", (voice.name)(linked_by.as_str()))],
    }
}

fn milestone(milestone: &Milestone, voice: Voice) -> String {
    let Milestone { start_date, due_date, state, description, .. } = milestone;
    let dates = [("start_date", start_date), ("due_date", due_date)];
    let dates = dates.into_iter().filter_map(|(key, date)| Some(format!("{key} {}", date.as_ref()?)));
    let text = Some(description.as_str()).filter(|text| !text.is_empty());
    let text = text.map(|text| format!("description {}", (voice.quoted)(text)));
    std::iter::once(state.to_string()).chain(dates).chain(text).collect::<Vec<_>>().join(", ")
}

fn milestone_differences(planned: &MilestoneDiff, found: &Milestone, voice: Voice) -> Vec<String> {
    fn differs<T: PartialEq>(change: Option<&Change<T>>, is: &T, show: impl Fn(&T) -> String) -> Option<String> {
        let Change { before, after } = change?;
        (before != is && after != is).then(|| format!("was {}, and is {}", show(before), show(is)))
    }
    let quoted = voice.quoted;
    let MilestoneDiff { description, start_date, due_date, state } = planned;
    let day = |day: &Option<Date>| day.as_ref().map_or_else(|| "none".to_owned(), Date::to_string);
    let fields = [
        ("description", differs(description.as_ref(), &found.description, |text| quoted(text.as_str()))),
        ("start_date", differs(start_date.as_ref(), &found.start_date, day)),
        ("due_date", differs(due_date.as_ref(), &found.due_date, day)),
        ("state", differs(state.as_ref(), &found.state, ToString::to_string)),
    ];
    let lines: Vec<_> = fields.into_iter().filter_map(|(field, line)| Some(format!("{field} {}", line?))).collect();
    if lines.is_empty() { vec![format!("its title is {} now", quoted(&found.title))] } else { lines }
}

fn summary(release: &Release, voice: Voice) -> String {
    format!("{}, of {}, with {}", (voice.quoted)(&release.name), release.released_at, of(release.links.len(), "link"))
}

fn differences(planned: &Release, found: &Release, voice: Voice) -> Vec<String> {
    let quoted = voice.quoted;
    let Release { tag_name: _, name, description, released_at, created_at, milestones, links, has_evidence: _ } = found;
    let mut lines = Vec::new();
    let mut differs = |field: &str, was: String, is: String| {
        if was != is {
            lines.push(format!("{field} was {was}, and is {is}"));
        }
    };
    differs("name", quoted(&planned.name), quoted(name));
    differs("released_at", planned.released_at.to_string(), released_at.to_string());
    differs("created_at", planned.created_at.to_string(), created_at.to_string());
    differs("milestones", titles(&planned.milestones, voice), titles(milestones, voice));
    lines.extend(first_difference(planned.description.as_str(), description.as_str(), voice));
    for gone in planned.links.iter().filter(|old| !links.contains(old)) {
        lines.push(format!("link was {}", link(&gone.link, voice)));
    }
    for new in links.iter().filter(|new| !planned.links.contains(new)) {
        lines.push(format!("link is {}", link(&new.link, voice)));
    }
    lines
}

/// Notes are long: where they begin to differ is enough to know them by.
fn first_difference(was: &str, is: &str, voice: Voice) -> Option<String> {
    let count = was.lines().count().max(is.lines().count());
    let lines = |text| str::lines(text).map(Some).chain(std::iter::repeat(None));
    let (number, (was, is)) = lines(was).zip(lines(is)).take(count).enumerate().find(|(_, (was, is))| was != is)?;
    let shown = |line: Option<&str>| line.map_or_else(|| "not there".to_owned(), voice.quoted);
    Some(format!("description, from line {} on, was {}, and is {}", number + 1, shown(was), shown(is)))
}
