//! Which tag is of a changelog's version: told by its name, in the way in which the manifest's `changelog` key looks for a
//! tag's section. Pure.

use crate::git::Tag;
use crate::manifest::{Changelog, NoNotes, Section, version_of};
use std::collections::BTreeMap;

/// What belongs together, and what is left. Each tag and each section is in it once.
#[derive(Debug, Clone, Default)]
pub struct Matched<'h> {
    /// Versions and their tags.
    pub pairs: Vec<(&'h Section, &'h Tag)>,
    /// Versions that no tag is of.
    pub without_tag: Vec<&'h Section>,
    /// Tags that no section is for.
    pub without_notes: Vec<&'h Tag>,
    /// Versions that several tags are of.
    pub of_many: Vec<(&'h Section, Vec<&'h Tag>)>,
    /// Versions that have several sections, and their tags, if there are some.
    pub twice: Vec<(Vec<&'h Section>, Vec<&'h Tag>)>,
}

/// Finds out what belongs together. Versions stay in the changelog's order.
///
/// Of several tags of one version, the one without a `prefix/` is meant: the others are of other things that have such a
/// version, too.
pub(super) fn matched<'h>(changelog: &'h Changelog, tags: &'h [Tag]) -> Matched<'h> {
    // The line of a version's first section.
    let line = |version: &str| match changelog.section(version) {
        Ok(section) => Some(section.line),
        Err(NoNotes::Twice(first, _)) => Some(first),
        Err(NoNotes::Missing) => None,
    };
    let mut matched = Matched::default();
    let mut versions: BTreeMap<usize, (Vec<&Section>, Vec<&Tag>)> = BTreeMap::new();
    for section in changelog.sections() {
        versions.entry(line(&section.version).unwrap_or(section.line)).or_default().0.push(section);
    }
    for tag in tags {
        let version = line(version_of(tag.name.as_str())).and_then(|line| versions.get_mut(&line));
        version.map_or(&mut matched.without_notes, |(_, tags)| tags).push(tag);
    }
    for (sections, tags) in versions.into_values() {
        let is_bare = |tag: &&Tag| !tag.name.as_str().contains('/');
        let (bare, prefixed): (Vec<&Tag>, Vec<&Tag>) = tags.iter().copied().partition(is_bare);
        match (sections.as_slice(), tags.as_slice(), bare.as_slice()) {
            ([only], [], _) => matched.without_tag.push(only),
            ([only], [tag], _) => matched.pairs.push((only, tag)),
            ([only], _, [tag]) => {
                matched.pairs.push((only, tag));
                matched.without_notes.extend(prefixed);
            }
            ([only], ..) => matched.of_many.push((only, tags)),
            _ => matched.twice.push((sections, tags)),
        }
    }
    matched
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::TagName;
    use proptest::prelude::*;

    fn tags(names: &[&str]) -> Vec<Tag> {
        let tag =
            |name: &&str| Tag { name: TagName::from_git(*name), commit: String::new(), date: None, message: None };
        names.iter().map(tag).collect()
    }

    /// `1.0=v1.0 1.1= =v2 1.2=v1.2,1.2 1.3,1.3=`
    fn told(changelog: &str, names: &[&str]) -> String {
        let (changelog, tags) = (Changelog::parse(changelog), tags(names));
        let Matched { pairs, without_tag, without_notes, of_many, twice } = matched(&changelog, &tags);
        let versions = |sections: &[&Section]| sections.iter().map(|s| s.version.clone()).collect::<Vec<_>>().join(",");
        let names = |tags: &[&Tag]| tags.iter().map(|tag| tag.name.to_string()).collect::<Vec<_>>().join(",");
        let pairs = pairs.iter().map(|(section, tag)| format!("{}={}", versions(&[section]), tag.name));
        let without_tag = without_tag.iter().map(|section| format!("{}=", section.version));
        let without_notes = without_notes.iter().map(|tag| format!("={}", tag.name));
        let of_many = of_many.iter().map(|(section, tags)| format!("{}={}", section.version, names(tags)));
        let twice = twice.iter().map(|(sections, tags)| format!("{}={}", versions(sections), names(tags)));
        pairs.chain(without_tag).chain(without_notes).chain(of_many).chain(twice).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn versions_find_their_tags() {
        let log = "## v1.2.0\n## [1.1.0] - 2026-01-30\n## 1.0.0.rc1\n## 0.9\n";
        for (tags, expected) in [
            (&["1.2.0", "V1.1.0", "v1.0.0rc1", "v"] as &[_], "1.2.0=1.2.0 1.1.0=V1.1.0 1.0.0.rc1= 0.9= =v1.0.0rc1 =v"),
            (&["app/v1.2.0", "0.9"], "1.2.0=app/v1.2.0 0.9=0.9 1.1.0= 1.0.0.rc1="),
            (&["app/v0.9", "lib/0.9", "v0.9", "w"], "0.9=v0.9 1.2.0= 1.1.0= 1.0.0.rc1= =w =app/v0.9 =lib/0.9"),
            (&["app/v0.9", "lib/0.9"], "1.2.0= 1.1.0= 1.0.0.rc1= 0.9=app/v0.9,lib/0.9"),
            (&["v0.9", "0.9"], "1.2.0= 1.1.0= 1.0.0.rc1= 0.9=v0.9,0.9"),
        ] {
            assert_eq!(told(log, tags), expected);
        }
        assert_eq!(told("## 1.0.0\n## 1.0\n## v1.0.0\n", &["v1.0.0"]), "1.0= 1.0.0,1.0.0=v1.0.0");
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_nothing_doubled(
            versions in prop::collection::vec("v?[12]\\.[01]", 0..8),
            tags in prop::collection::btree_set("(a/|b/)?[vV]?[12]\\.[01]", 0..8),
        ) {
            let headings: Vec<String> = versions.iter().map(|version| format!("## {version}\n")).collect();
            let changelog = Changelog::parse(&headings.join("\n"));
            let tags = self::tags(&tags.iter().map(String::as_str).collect::<Vec<_>>());
            let Matched { pairs, without_tag, without_notes, of_many, twice } = matched(&changelog, &tags);
            for (section, tag) in &pairs {
                prop_assert_eq!(changelog.notes(version_of(tag.name.as_str())), Ok(changelog.notes_of(section)));
            }
            let mut lines: Vec<usize> = pairs.iter().map(|(section, _)| section.line).collect();
            lines.extend(without_tag.iter().chain(of_many.iter().map(|(section, _)| section)).map(|section| section.line));
            lines.extend(twice.iter().flat_map(|(sections, _)| sections).map(|section| section.line));
            lines.sort_unstable();
            prop_assert_eq!(lines, changelog.sections().iter().map(|section| section.line).collect::<Vec<_>>());
            let mut names: Vec<&TagName> = pairs.iter().map(|(_, tag)| &tag.name).collect();
            names.extend(without_notes.iter().map(|tag| &tag.name));
            names.extend(of_many.iter().flat_map(|(_, tags)| tags).map(|tag| &tag.name));
            names.extend(twice.iter().flat_map(|(_, tags)| tags).map(|tag| &tag.name));
            names.sort();
            prop_assert_eq!(names, tags.iter().map(|tag| &tag.name).collect::<Vec<_>>());
        }
    }
}
