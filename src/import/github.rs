//! What a GitHub repository's releases are on GitLab, and what of them GitLab has no place for.

use super::assets::{self, AssetType};
use super::{Home, Imported};
use crate::github::{Asset, Release};
use crate::model::{Description, NewRelease, TagName};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// What to do about releases that GitLab has no mark for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unmarked {
    /// They are left out.
    Skip,
    /// They come along, and their names say what they are.
    Mark,
    /// They come along as any other.
    Include,
}

/// How releases are taken.
#[derive(Debug, Clone)]
pub struct GithubShape {
    /// What to do about drafts.
    pub drafts: Unmarked,
    /// What to do about pre-releases.
    pub prereleases: Unmarked,
    /// What files are; the first rule that fits counts, and beats the guess.
    pub types: Vec<AssetType>,
}

/// What a repository has, and what of it stays behind.
#[derive(Debug, Clone, Default)]
pub struct FromGithub {
    /// What is to be written down.
    pub imported: Imported,
    /// The files of those releases, by tag, in the order of the releases.
    pub files: Vec<(TagName, Vec<Asset>)>,
    /// What was left out, and what GitLab has no place for.
    pub behind: Behind,
}

/// What stays behind.
#[derive(Debug, Clone, Default)]
pub struct Behind {
    /// Tags of drafts that were skipped.
    pub drafts: Vec<String>,
    /// Tags of pre-releases that were skipped.
    pub prereleases: Vec<String>,
    /// Tags of drafts that came along.
    pub taken_drafts: Vec<String>,
    /// Tags of pre-releases that came along.
    pub taken_prereleases: Vec<String>,
    /// Tags that another release has, too, which came along.
    pub doubles: Vec<String>,
    /// Files whose upload was never finished.
    pub unfinished: Vec<String>,
    /// Files that no link can lead to.
    pub unlinked: Vec<String>,
    /// How many reactions there are.
    pub reactions: u64,
    /// How many releases are discussed.
    pub discussions: usize,
    /// How often files were fetched.
    pub downloads: u64,
    /// How many releases nobody could change.
    pub immutable: usize,
    /// How many releases' notes name `#12` or `@ada`.
    pub references: usize,
    /// How many releases' notes show or link to files that were put into them.
    pub attachments: usize,
}

/// Takes `releases`, for the project that is at `home` if that is known.
#[must_use]
pub fn from_github(releases: Vec<Release>, shape: &GithubShape, home: Option<Home>) -> FromGithub {
    let mut found = FromGithub::default();
    let (mut ids, mut tags) = (HashSet::new(), BTreeSet::new());
    let mut all = releases;
    // The published one first, where a draft has the same tag.
    all.sort_by(|left, right| {
        let key = |release: &Release| (release.is_draft, release.published_at.is_none(), release.published_at);
        key(left).cmp(&key(right)).then_with(|| left.tag_name.cmp(&right.tag_name))
    });
    for release in all {
        // One that is on two pages is one.
        if !release.id.is_none_or(|id| ids.insert(id)) || !found.behind.takes(&release, shape) {
            continue;
        }
        if !tags.insert(release.tag_name.clone()) {
            found.behind.doubles.push(release.tag_name);
            continue;
        }
        let (links, unlinked) = assets::links(&release.assets, &shape.types);
        found.behind.unlinked.extend(unlinked.into_iter().map(|name| format!("{} of {}", name, release.tag_name)));
        found.behind.count(&release);
        let tag_name = TagName::from_git(&*release.tag_name);
        found.imported.releases.push(NewRelease {
            tag_name: tag_name.clone(),
            name: name(&release, shape),
            description: Some(Description::new(release.body.as_deref().unwrap_or_default())),
            released_at: release.published_at,
            git_ref: None,
            tag_message: None,
            milestones: BTreeSet::new(),
            links,
        });
        let files = release.assets.into_iter().filter(|asset| !asset.is_unfinished).collect();
        found.files.push((tag_name, files));
    }
    found.imported.project = home;
    found.imported.sections = BTreeMap::new();
    found.imported.is_whole = true;
    found
}

/// Its title, and what it is where GitLab has no mark for that; none if that is what GitLab would call it by itself.
fn name(release: &Release, shape: &GithubShape) -> Option<String> {
    let own = release.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
    let mark = if release.is_draft && shape.drafts == Unmarked::Mark {
        Some("(draft)")
    } else if release.is_prerelease && shape.prereleases == Unmarked::Mark {
        Some("(pre-release)")
    } else {
        None
    };
    let name = own.unwrap_or(&release.tag_name);
    match mark {
        Some(mark) => Some(format!("{name} {mark}")),
        None => (name != release.tag_name).then(|| name.to_owned()),
    }
}

impl Behind {
    /// Whether this one comes along.
    fn takes(&mut self, release: &Release, shape: &GithubShape) -> bool {
        let tag = release.tag_name.clone();
        let (what, skipped, taken) = if release.is_draft {
            (shape.drafts, &mut self.drafts, &mut self.taken_drafts)
        } else if release.is_prerelease {
            (shape.prereleases, &mut self.prereleases, &mut self.taken_prereleases)
        } else {
            return true;
        };
        let is_skipped = what == Unmarked::Skip;
        if is_skipped {
            skipped.push(tag);
        } else {
            taken.push(tag);
        }
        !is_skipped
    }

    fn count(&mut self, release: &Release) {
        let files = release.assets.iter();
        let unfinished = files.clone().filter(|asset| asset.is_unfinished);
        self.unfinished.extend(unfinished.map(|asset| format!("{} of {}", asset.name, release.tag_name)));
        self.reactions += release.reactions;
        self.discussions += usize::from(release.discussion_url.is_some());
        self.downloads += files.map(|asset| asset.download_count).sum::<u64>();
        self.immutable += usize::from(release.is_immutable);
        let notes = release.body.as_deref().unwrap_or_default();
        self.references += usize::from(names_others(notes));
        self.attachments += usize::from(
            ["/user-attachments/", "user-images.githubusercontent.com/"].iter().any(|place| notes.contains(place)),
        );
    }
}

/// Whether there is a `#12` or `@ada` in `notes`: on GitLab that is another issue, and somebody else.
fn names_others(notes: &str) -> bool {
    let mut before = ' ';
    let mut rest = notes.chars().peekable();
    while let Some(c) = rest.next() {
        let begins_word =
            !before.is_alphanumeric() && !matches!(before, '/' | '#' | '@' | '&' | '`' | '[' | '-' | '_' | '.');
        let after = rest.peek().copied().unwrap_or(' ');
        if begins_word && ((c == '#' && after.is_ascii_digit()) || (c == '@' && after.is_ascii_alphanumeric())) {
            return true;
        }
        before = c;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn releases(json: &str) -> Vec<Release> {
        serde_json::from_str(json).unwrap()
    }

    const SHAPE: GithubShape = GithubShape { drafts: Unmarked::Skip, prereleases: Unmarked::Mark, types: Vec::new() };

    fn told(found: &FromGithub) -> Vec<String> {
        let releases = found.imported.releases.iter();
        releases.map(|one| format!("{} {}", one.tag_name, one.name.as_deref().unwrap_or("-"))).collect()
    }

    #[test]
    fn drafts_and_prereleases_are_what_was_asked_for() {
        let json = r#"[
            {"id":4,"tag_name":"v3","draft":true,"name":"Three","body":"x"},
            {"id":3,"tag_name":"v2-rc","prerelease":true,"name":"","published_at":"2026-02-01T00:00:00Z"},
            {"id":3,"tag_name":"v2-rc","prerelease":true,"name":"","published_at":"2026-02-01T00:00:00Z"},
            {"id":2,"tag_name":"v1","name":"v1","published_at":"2026-01-01T00:00:00Z"},
            {"id":5,"tag_name":"v1","draft":true,"name":"v1 again"},
            {"id":1,"tag_name":"v0","name":" Nil ","published_at":"2025-01-01T00:00:00Z","body":null}
        ]"#;
        let found = from_github(releases(json), &SHAPE, None);
        assert_eq!(told(&found), ["v0 Nil", "v1 -", "v2-rc v2-rc (pre-release)"]);
        assert_eq!(found.behind.drafts, ["v1", "v3"]);
        let all = GithubShape { drafts: Unmarked::Mark, prereleases: Unmarked::Include, ..SHAPE };
        let found = from_github(releases(json), &all, None);
        assert_eq!(told(&found), ["v0 Nil", "v1 -", "v2-rc -", "v3 Three (draft)"]);
        assert_eq!(found.behind.doubles, ["v1"]);
        let none = GithubShape { prereleases: Unmarked::Skip, ..SHAPE };
        assert_eq!(told(&from_github(releases(json), &none, None)), ["v0 Nil", "v1 -"]);
    }

    #[test]
    fn notes_that_name_others_are_told_from_headings_and_addresses() {
        for text in ["fixes #12", "thanks @ada", "#1\n", "(by @ada)", "x (#12)", "\"@ada\""] {
            assert!(names_others(text), "{text}");
        }
        for text in
            ["# Notes", "## 1.2", "ada@example.com", "https://x.test/#12", "C#", "a @ b", "npm i `@scope/pkg`", ""]
        {
            assert!(!names_others(text), "{text}");
        }
    }
}
