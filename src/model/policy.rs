//! What a manifest allows relsync to do.

use crate::model::Place;
use globset::{Glob, GlobSet, GlobSetBuilder};
use std::str::FromStr;

/// The manifest's `[policy]`.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// What to do about releases in GitLab that no entry names.
    pub unmanaged: Unmanaged,
    /// Which releases are this manifest's business.
    pub tags: TagPatterns,
    /// How many deletes one plan may hold.
    pub max_deletes: MaxDeletes,
    /// Releases that are never deleted, whether or not an entry names them.
    pub protect: Option<TagPatterns>,
    /// Where `unmanaged` is written.
    pub unmanaged_place: Option<Place>,
    /// What to do about a milestone's title that exists nowhere.
    pub milestones: MissingMilestones,
    /// Whether a release that is deleted takes those files of the package registry with it that its links lead to. No key
    /// of the manifest's: `--delete-packages` says so.
    pub delete_packages: bool,
}

/// What to do about releases in GitLab that no entry names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Unmanaged {
    /// Say nothing.
    Ignore,
    /// Name them in the plan.
    #[default]
    Report,
    /// Delete them, within the other limits.
    Delete,
}

impl Unmanaged {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Ignore, Self::Report, Self::Delete];

    /// The manifest's word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ignore => "ignore",
            Self::Report => "report",
            Self::Delete => "delete",
        }
    }
}

/// How many releases one plan may delete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MaxDeletes {
    /// So many.
    Count(u64),
    /// So many of a hundred of the live releases whose tags match the policy, rounded down.
    Percent(u8),
}

impl Default for MaxDeletes {
    /// Small: whoever means more says so.
    fn default() -> Self {
        Self::Count(3)
    }
}

impl MaxDeletes {
    /// The number of deletes allowed when `live` releases are this manifest's business.
    #[must_use]
    pub fn allowed_of(self, live: usize) -> u64 {
        match self {
            Self::Count(count) => count,
            Self::Percent(percent) => live as u64 * u64::from(percent) / 100,
        }
    }
}

/// What is neither a number nor a percentage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a number of deletes is a whole number such as 3, or a percentage such as 10%")]
pub struct MaxDeletesError;

impl FromStr for MaxDeletes {
    type Err = MaxDeletesError;

    fn from_str(text: &str) -> Result<Self, MaxDeletesError> {
        let limit = match text.strip_suffix('%') {
            Some(percent) => percent.parse().ok().filter(|percent| *percent <= 100).map(Self::Percent),
            None => text.parse().ok().map(Self::Count),
        };
        limit.ok_or(MaxDeletesError)
    }
}

/// What to do about a milestone's title that exists nowhere.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum MissingMilestones {
    /// Refuse the plan.
    #[default]
    Require,
    /// Make a project milestone.
    Create,
}

impl MissingMilestones {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Require, Self::Create];

    /// The manifest's word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Require => "require",
            Self::Create => "create",
        }
    }
}

/// Globs over tag names; `*` crosses `/`, as in GitLab's protected tags. By default every tag matches.
#[derive(Debug, Clone, Default)]
pub struct TagPatterns(Option<GlobSet>);

impl TagPatterns {
    /// Compiles `patterns`.
    ///
    /// # Errors
    /// The index of the first pattern that is no glob, and why.
    pub fn new(patterns: &[String]) -> Result<Self, (usize, globset::Error)> {
        let mut builder = GlobSetBuilder::new();
        for (index, pattern) in patterns.iter().enumerate() {
            builder.add(Glob::new(pattern).map_err(|e| (index, e))?);
        }
        builder.build().map(|set| Self(Some(set))).map_err(|e| (0, e))
    }

    /// Whether a release with this tag is the manifest's business.
    #[must_use]
    pub fn matches(&self, tag: &str) -> bool {
        self.0.as_ref().is_none_or(|set| set.is_match(tag))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_cross_slashes_and_only_their_absence_matches_all() {
        let patterns = TagPatterns::new(&["v*".into(), "debian/*".into()]).unwrap();
        assert!(patterns.matches("v1.0") && patterns.matches("v1/rc") && patterns.matches("debian/2.4.0-1"));
        assert!(!patterns.matches("1.0"));
        assert!(TagPatterns::default().matches("anything"));
        assert!(!TagPatterns::new(&[]).unwrap().matches("anything"));
        assert_eq!(TagPatterns::new(&["v*".into(), "v[".into()]).unwrap_err().0, 1);
    }

    #[test]
    fn a_percentage_is_rounded_down() {
        assert_eq!(MaxDeletes::Percent(10).allowed_of(59), 5);
        assert_eq!(MaxDeletes::Count(3).allowed_of(59), 3);
    }
}
