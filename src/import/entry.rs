//! Entries of a manifest: a table for each release, link and milestone.

use super::{Key, strings};
use crate::model::{AssetPath, Description, Link, LinkType, MilestoneState, NewMilestone, NewRelease};
use jiff::civil::Date;
use std::collections::BTreeSet;
use toml_edit::{Array, ArrayOfTables, Datetime, Item, Table, Value};

/// Where a release's notes are.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place<'p> {
    Here,
    /// In this file, seen from the entry's.
    File(&'p str),
    /// In this changelog, seen from the entry's.
    Changelog(&'p str),
}

/// The entry of a release, without the keys in `without`. What it lacks of the keys in `denied` is said, as `[defaults]`
/// would give it some.
pub(super) fn release(
    release: &NewRelease,
    without: &BTreeSet<Key>,
    denied: &BTreeSet<Key>,
    notes: Place<'_>,
) -> Table {
    let NewRelease { tag_name, name, description, released_at, git_ref, tag_message, milestones, links } = release;
    let mut table = Table::new();
    let mut put = |key: Key, name: &str, value: Option<Value>| {
        if let Some(value) = value.filter(|_| !without.contains(&key)) {
            table.insert(name, Item::Value(value));
        }
    };
    let own_name = name.as_deref().or(denied.contains(&Key::Name).then_some(tag_name.as_str()));
    put(Key::Name, "name", own_name.map(strings::line));
    put(Key::Ref, "ref", git_ref.as_deref().map(strings::line));
    put(Key::TagMessage, "tag_message", tag_message.as_deref().map(strings::line));
    put(Key::ReleasedAt, "released_at", released_at.and_then(|at| date_time(&at.to_string())));
    let titles = (!milestones.is_empty() || denied.contains(&Key::Milestones))
        .then(|| milestones.iter().map(|title| strings::line(title)).collect::<Array>());
    put(Key::Milestones, "milestones", titles.map(Value::Array));
    let text = description.as_ref().map(Description::as_str).filter(|text| !text.is_empty());
    match notes {
        Place::File(path) => put(Key::Description, "description_file", text.map(|_| strings::line(path))),
        Place::Changelog(path) => put(Key::Description, "changelog", Some(strings::line(path))),
        Place::Here => {
            let text = text.or(denied.contains(&Key::Description).then_some(""));
            put(Key::Description, "description", text.map(strings::prose));
        }
    }
    if links.is_empty() && denied.contains(&Key::Links) {
        put(Key::Links, "links", Some(Value::Array(Array::new())));
    } else if !links.is_empty() && !without.contains(&Key::Links) {
        let tables: ArrayOfTables = links.iter().map(|one| link(one, denied.contains(&Key::Links))).collect();
        table.insert("links", Item::ArrayOfTables(tables));
    }
    tagged("tag_name", tag_name.as_str(), table)
}

/// `whole`: also what is as it is by itself.
fn link(link: &Link, whole: bool) -> Table {
    let Link { name, url, direct_asset_path, link_type } = link;
    let mut table = Table::new();
    table.insert("name", Item::Value(strings::line(name)));
    table.insert("url", Item::Value(strings::line(url)));
    let path = direct_asset_path.as_ref().map(AssetPath::as_str).or(whole.then_some(""));
    if let Some(path) = path {
        table.insert("direct_asset_path", Item::Value(strings::line(path)));
    }
    if whole || *link_type != LinkType::default() {
        table.insert("link_type", Item::Value(link_type.as_str().into()));
    }
    table
}

/// The entry of a milestone, without the keys in `without`.
pub(super) fn milestone((new, state): &(NewMilestone, MilestoneState), without: &BTreeSet<Key>) -> Table {
    let NewMilestone { title, description, start_date, due_date } = new;
    let mut table = Table::new();
    let mut put = |key: Key, name: &str, value: Option<Value>| {
        if let Some(value) = value.filter(|_| !without.contains(&key)) {
            table.insert(name, Item::Value(value));
        }
    };
    let text = description.as_ref().map(Description::as_str).filter(|text| !text.is_empty());
    let date = |date: Option<Date>| date.and_then(|date| date_time(&date.to_string()));
    put(Key::Description, "description", text.map(strings::prose));
    put(Key::Dates, "start_date", date(*start_date));
    put(Key::Dates, "due_date", date(*due_date));
    table.insert("state", Item::Value(state.as_str().into()));
    tagged("title", title, table)
}

/// `table` with the key by which it is known in front.
fn tagged(key: &str, name: &str, rest: Table) -> Table {
    let mut table = Table::new();
    table.insert(key, Item::Value(strings::line(name)));
    table.extend(rest);
    table
}

/// A date or time, if TOML has it: its years have four digits.
fn date_time(text: &str) -> Option<Value> {
    text.parse::<Datetime>().ok().map(Value::from)
}
