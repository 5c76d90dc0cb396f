//! Single words of a saved plan: how each is written, and read again only if it is what would be written.

use super::flaw::{Flaw, shown};
use crate::model::{Description, LinkType, MaxDeletes, MilestoneState, Moment, TagName, is_hostile};
use crate::plan::Field;
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::BTreeSet;

/// No plan counts further; what is added up from counts stays small.
const MOST: usize = u32::MAX as usize;

pub(super) fn moment(moment: &Moment) -> String {
    moment.to_string()
}

pub(super) fn text(text: &Description) -> String {
    text.as_str().to_owned()
}

pub(super) fn titles(titles: &BTreeSet<String>) -> Vec<String> {
    titles.iter().cloned().collect()
}

pub(super) fn limit(limit: MaxDeletes) -> String {
    match limit {
        MaxDeletes::Count(count) => count.to_string(),
        MaxDeletes::Percent(percent) => format!("{percent}%"),
    }
}

/// One that git takes: others could be taken for something else in a request's path.
pub(super) fn read_tag(text: &str) -> Result<TagName, Flaw> {
    TagName::parse(text).map_err(|why| Flaw::new(format!("`{}` is no tag: {why}", shown(text))))
}

pub(super) fn read_tags(key: &str, texts: Vec<String>) -> Result<Vec<TagName>, Flaw> {
    super::flaw::each(key, texts, |text| read_tag(&text))
}

pub(super) fn read_moment(text: &str) -> Result<Moment, Flaw> {
    let at = text.parse::<Timestamp>().ok().map(Moment::new).filter(|at| moment(at) == text);
    at.ok_or_else(|| Flaw::new(format!("`{}` is no time like 2026-01-30T10:00:00Z", shown(text))))
}

pub(super) fn read_date(text: &str) -> Result<Date, Flaw> {
    let date = text.parse::<Date>().ok().filter(|date| date.to_string() == text);
    date.ok_or_else(|| Flaw::new(format!("`{}` is no date like 2026-01-30", shown(text))))
}

pub(super) fn read_text(text: &str) -> Result<Description, Flaw> {
    let read = Description::new(text);
    let is_normal = read.as_str() == text;
    if is_normal { Ok(read) } else { Err(Flaw::new("has line ends other than \\n, or blank lines at its end")) }
}

pub(super) fn read_titles(titles: Vec<String>) -> Result<BTreeSet<String>, Flaw> {
    match titles.windows(2).find(|pair| pair[0] >= pair[1]) {
        None => Ok(titles.into_iter().collect()),
        Some(pair) => Err(Flaw::new(format!("`{}` stands behind one that it should precede", shown(&pair[1])))),
    }
}

pub(super) fn read_link_type(text: &str) -> Result<LinkType, Flaw> {
    LinkType::from_word(text).ok_or_else(|| unknown(text, "type of link"))
}

pub(super) fn read_state(text: &str) -> Result<MilestoneState, Flaw> {
    MilestoneState::from_word(text).ok_or_else(|| unknown(text, "state of a milestone"))
}

pub(super) fn read_field(text: &str) -> Result<Field, Flaw> {
    Field::from_word(text).ok_or_else(|| unknown(text, "field"))
}

pub(super) fn read_limit(text: &str) -> Result<MaxDeletes, Flaw> {
    let read = text.parse().ok().filter(|read| limit(*read) == text);
    read.ok_or_else(|| unknown(text, "number or percentage"))
}

pub(super) fn read_count(count: usize) -> Result<usize, Flaw> {
    if count <= MOST { Ok(count) } else { Err(Flaw::new(format!("{count} is too many"))) }
}

/// A project's full path.
pub(super) fn read_path(path: String) -> Result<String, Flaw> {
    let is_part = |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || is_hostile(c));
    let is_full = path.contains('/') && path.split('/').all(is_part);
    if is_full { Ok(path) } else { Err(unknown(&path, "project's full path")) }
}

fn unknown(text: &str, what: &str) -> Flaw {
    Flaw::new(format!("`{}` is no {what}", shown(text)))
}
