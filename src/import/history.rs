//! A project's history out of its changelog, its tags, or both, as releases to be written down.
//!
//! A tag says its name, when it was made, its commit, and perhaps a message; a changelog says versions, notes, and perhaps
//! days. Where both are there, the tag's time is the one: a day has no time, and changelogs are written by hand.

use super::Imported;
use super::matching::{Matched, matched};
use crate::git::Tag;
use crate::manifest::{Changelog, NameTemplate, Section, TemplateError};
use crate::model::{Description, Moment, NewRelease, TagName};
use jiff::civil::Date;
use jiff::tz::Offset;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

/// How releases are made of it.
#[derive(Debug, Clone, Default)]
pub struct Shape {
    /// Their names; GitLab takes the tag's without.
    pub name: Option<NameTemplate>,
    /// Where the changelog is, seen from the manifest's folder, if the releases are to refer to it rather than to hold a
    /// copy of their notes.
    pub reference: Option<String>,
    /// Whether to write down each tag's commit, so that a tag that GitLab lacks is made there.
    pub refs: bool,
}

/// The tag of a version, `v{version}` for instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagForm {
    before: String,
    after: String,
}

impl Default for TagForm {
    fn default() -> Self {
        Self { before: "v".to_owned(), after: String::new() }
    }
}

impl FromStr for TagForm {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (before, after) =
            text.split_once("{version}").ok_or("write a tag with `{version}` in it, such as v{version}")?;
        Ok(Self { before: before.to_owned(), after: after.to_owned() })
    }
}

impl fmt::Display for TagForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{{version}}{}", self.before, self.after)
    }
}

impl TagForm {
    fn of(&self, version: &str) -> Option<TagName> {
        TagName::parse(&format!("{}{version}{}", self.before, self.after)).ok()
    }
}

/// Releases, and which of them refer to the changelog for their notes.
#[derive(Debug, Default)]
struct Releases {
    releases: Vec<NewRelease>,
    sections: BTreeMap<TagName, String>,
}

/// Releases of tags, with their messages for notes.
///
/// # Errors
/// When a name can't be made.
pub fn of_tags(tags: &[Tag], shape: &Shape) -> Result<Imported, TemplateError> {
    let mut releases = Releases::default();
    for tag in tags {
        releases.add_tag(tag, shape)?;
    }
    Ok(releases.by_date())
}

/// Releases of the versions that have a tag, and what there is besides.
///
/// # Errors
/// When a name can't be made.
pub fn of_both<'h>(
    changelog: &'h Changelog,
    tags: &'h [Tag],
    shape: &Shape,
) -> Result<(Imported, Matched<'h>), TemplateError> {
    let (mut releases, matched) = (Releases::default(), matched(changelog, tags));
    for (section, tag) in &matched.pairs {
        releases.add_pair(changelog, section, tag, shape)?;
    }
    Ok((releases.by_date(), matched))
}

/// Releases of all tags: with notes from the changelog where it has a section for the tag, else with the tag's message.
///
/// # Errors
/// When a name can't be made.
pub fn of_all_tags<'h>(
    changelog: &'h Changelog,
    tags: &'h [Tag],
    shape: &Shape,
) -> Result<(Imported, Matched<'h>), TemplateError> {
    let (mut releases, matched) = (Releases::default(), matched(changelog, tags));
    for tag in tags {
        match matched.pairs.iter().find(|(_, of)| of.name == tag.name) {
            Some((section, _)) => releases.add_pair(changelog, section, tag, shape)?,
            None => releases.add_tag(tag, shape)?,
        }
    }
    Ok((releases.by_date(), matched))
}

/// Releases of a changelog's versions, whose tags are named by `form`, and what can be none: versions that have more than
/// one section, and those that git takes in no tag's name.
///
/// # Errors
/// When a name can't be made.
pub fn of_changelog<'h>(
    changelog: &'h Changelog,
    form: &TagForm,
    shape: &Shape,
) -> Result<(Imported, Unusable<'h>), TemplateError> {
    let (mut releases, mut unusable) = (Releases::default(), Unusable::default());
    for section in oldest_first(changelog.sections()) {
        let Some(tag) = form.of(&section.version) else {
            unusable.unnamed.push(section);
            continue;
        };
        if changelog.section(&section.version).is_err() {
            unusable.twice.entry(&section.version).or_default().push(section);
            continue;
        }
        let release = NewRelease { released_at: section.date.and_then(noon), ..new(tag, shape)? };
        releases.add(release, changelog, section, shape);
    }
    Ok((releases.finished(), unusable))
}

/// Sections that no release can be made of.
#[derive(Debug, Clone, Default)]
pub struct Unusable<'h> {
    /// Of versions that have more than one, by version.
    pub twice: BTreeMap<&'h str, Vec<&'h Section>>,
    /// Of versions that git takes in no tag's name.
    pub unnamed: Vec<&'h Section>,
}

impl Releases {
    fn add_tag(&mut self, tag: &Tag, shape: &Shape) -> Result<(), TemplateError> {
        let description = tag.message.as_deref().map(Description::new);
        self.releases.push(NewRelease { description, ..of_tag(tag, shape)? });
        Ok(())
    }

    fn add_pair(
        &mut self,
        changelog: &Changelog,
        section: &Section,
        tag: &Tag,
        shape: &Shape,
    ) -> Result<(), TemplateError> {
        let release = of_tag(tag, shape)?;
        let released_at = release.released_at.or_else(|| section.date.and_then(noon));
        self.add(NewRelease { released_at, ..release }, changelog, section, shape);
        Ok(())
    }

    fn add(&mut self, mut release: NewRelease, changelog: &Changelog, section: &Section, shape: &Shape) {
        match &shape.reference {
            Some(path) => drop(self.sections.insert(release.tag_name.clone(), path.clone())),
            None => release.description = Some(Description::new(&changelog.notes_of(section))),
        }
        self.releases.push(release);
    }

    fn by_date(mut self) -> Imported {
        self.releases.sort_by(|left, right| {
            left.released_at.cmp(&right.released_at).then_with(|| left.tag_name.cmp(&right.tag_name))
        });
        self.finished()
    }

    fn finished(self) -> Imported {
        Imported { releases: self.releases, sections: self.sections, ..Imported::default() }
    }
}

fn new(tag_name: TagName, shape: &Shape) -> Result<NewRelease, TemplateError> {
    let name = shape.name.as_ref().map(|name| name.fill(&tag_name)).transpose()?;
    Ok(NewRelease {
        tag_name,
        name,
        description: None,
        released_at: None,
        git_ref: None,
        tag_message: None,
        milestones: BTreeSet::new(),
        links: Vec::new(),
    })
}

fn of_tag(tag: &Tag, shape: &Shape) -> Result<NewRelease, TemplateError> {
    Ok(NewRelease {
        released_at: tag.date,
        git_ref: shape.refs.then(|| tag.commit.clone()),
        tag_message: tag.message.clone().filter(|_| shape.refs),
        ..new(tag.name.clone(), shape)?
    })
}

/// A changelog's sections in the order in which the versions came out: most changelogs begin with the latest.
fn oldest_first(sections: &[Section]) -> Vec<&Section> {
    let mut dates = sections.iter().filter_map(|section| section.date);
    let is_oldest_first = dates.next().zip(dates.next_back()).is_some_and(|(first, last)| first < last);
    if is_oldest_first { sections.iter().collect() } else { sections.iter().rev().collect() }
}

/// The time of a release of which only the day is known: at noon in UTC it is that day nearly everywhere.
fn noon(day: Date) -> Option<Moment> {
    Offset::UTC.to_timestamp(day.at(12, 0, 0, 0)).ok().map(Moment::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "## 1.1 - 2026-02-01\n\nMore.\n\n## 1.0 - 2026-01-01\n\nFirst.\n\n## 0.9\n\nBefore.\n";

    fn tag(name: &str, date: &str, message: Option<&str>) -> Tag {
        let date = Some(Moment::new(date.parse().unwrap()));
        Tag { name: TagName::from_git(name), commit: format!("c-{name}"), date, message: message.map(str::to_owned) }
    }

    fn told(imported: &Imported) -> Vec<String> {
        let told = |release: &NewRelease| {
            let NewRelease { tag_name, name, description, released_at, git_ref, tag_message, milestones: _, links: _ } =
                release;
            let text = |text: Option<&str>| text.unwrap_or("-").to_owned();
            let at = released_at.map_or_else(|| "-".to_owned(), |at| at.to_string());
            let notes = imported.sections.get(tag_name).map_or_else(
                || text(description.as_ref().map(Description::as_str)),
                |changelog| format!("in {changelog}"),
            );
            let [name, git_ref, message] = [name, git_ref, tag_message].map(|one| text(one.as_deref()));
            format!("{tag_name} {name} {at} {notes} {git_ref} {message}")
        };
        imported.releases.iter().map(told).collect()
    }

    #[test]
    fn a_changelog_alone_knows_days() {
        let log = Changelog::parse(LOG);
        let (imported, _) = of_changelog(&log, &"app/{version}".parse().unwrap(), &Shape::default()).unwrap();
        assert_eq!(
            told(&imported),
            [
                "app/0.9 - - Before. - -",
                "app/1.0 - 2026-01-01T12:00:00Z First. - -",
                "app/1.1 - 2026-02-01T12:00:00Z More. - -"
            ]
        );
        let turned = Changelog::parse("## 1.0 - 2026-01-01\n## 1.1 - 2026-02-01\n## 1.1\n## 1.2~x\n");
        let (imported, Unusable { twice, unnamed }) =
            of_changelog(&turned, &TagForm::default(), &Shape::default()).unwrap();
        assert_eq!(told(&imported), ["v1.0 - 2026-01-01T12:00:00Z  - -"]);
        assert_eq!(twice["1.1"].iter().map(|section| section.line).collect::<Vec<_>>(), [2, 3]);
        assert_eq!(unnamed.iter().map(|section| section.line).collect::<Vec<_>>(), [4]);
        assert!("v1".parse::<TagForm>().is_err());
    }

    #[test]
    fn tags_know_times_and_the_changelog_notes() {
        let log = Changelog::parse(LOG);
        let tags = [
            tag("v0.8", "2025-01-01T01:00:00Z", Some("Eight")),
            tag("v1.0", "2026-01-02T03:00:00Z", Some("One")),
            tag("v1.1", "2026-02-01T04:00:00Z", None),
        ];
        let name = Some("App {version}".parse().unwrap());
        let shape = Shape { name, reference: Some("CHANGELOG.md".to_owned()), refs: true };
        let (imported, matched) = of_both(&log, &tags, &shape).unwrap();
        let both = [
            "v1.0 App 1.0 2026-01-02T03:00:00Z in CHANGELOG.md c-v1.0 One",
            "v1.1 App 1.1 2026-02-01T04:00:00Z in CHANGELOG.md c-v1.1 -",
        ];
        assert_eq!(told(&imported), both);
        assert_eq!((matched.without_tag.len(), matched.without_notes.len()), (1, 1));
        let (imported, _) = of_all_tags(&log, &tags, &shape).unwrap();
        assert_eq!(told(&imported), ["v0.8 App 0.8 2025-01-01T01:00:00Z Eight c-v0.8 Eight", both[0], both[1]]);
        let alone = of_tags(&tags, &Shape::default()).unwrap();
        assert_eq!(told(&alone)[1], "v1.0 - 2026-01-02T03:00:00Z One - -");
        let undated = [Tag { date: None, ..tags[1].clone() }];
        let (imported, _) = of_both(&log, &undated, &Shape::default()).unwrap();
        assert_eq!(told(&imported), ["v1.0 - 2026-01-01T12:00:00Z First. - -"]);
    }
}
