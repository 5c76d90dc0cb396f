//! A git tag's name, the key by which GitLab knows a release.

use std::cmp::Ordering;
use std::fmt;

/// A tag name as git accepts it. Compared byte for byte, as git does: no Unicode normalisation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TagName(String);

/// Why git would refuse a tag name (`git check-ref-format refs/tags/<name>`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TagNameError {
    /// The empty string.
    #[error("a tag name can't be empty")]
    Empty,
    /// GitLab keeps `HEAD` for itself.
    #[error("`HEAD` can't be a tag's name")]
    Head,
    /// One of the characters git reserves.
    #[error("a tag name can't hold {0:?}")]
    Forbidden(char),
    /// `..`, `@{` or `//`.
    #[error("a tag name can't hold `{0}`")]
    Sequence(&'static str),
    /// A `/` at either end.
    #[error("a tag name can't start or end with `/`")]
    OuterSlash,
    /// A component that starts with `.`, or a final `.`.
    #[error("no part of a tag name can start with `.`, and it can't end with one")]
    Dot,
    /// A component that ends in `.lock`.
    #[error("no part of a tag name can end in `.lock`")]
    Lock,
}

/// A git tag as GitLab has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Its name.
    pub name: TagName,
    /// Whether a rule of the project's protects it: then not everybody may make it, or a release for it.
    pub is_protected: bool,
}

/// A git tag to be made by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTag {
    /// Its name.
    pub name: TagName,
    /// What to tag: a branch, tag or commit.
    pub git_ref: String,
    /// Its message, which makes it annotated.
    pub message: Option<String>,
}

impl TagName {
    /// Takes a name that git has already accepted, such as one read from GitLab.
    pub fn from_git(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// Takes a name only if git would.
    ///
    /// # Errors
    /// The first rule of `git check-ref-format` that the name breaks.
    pub fn parse(name: &str) -> Result<Self, TagNameError> {
        if name.is_empty() {
            return Err(TagNameError::Empty);
        }
        if name == "HEAD" {
            return Err(TagNameError::Head);
        }
        if let Some(c) = name.chars().find(|c| c.is_ascii_control() || " ~^:?*[\\".contains(*c)) {
            return Err(TagNameError::Forbidden(c));
        }
        if let Some(sequence) = ["..", "@{", "//"].into_iter().find(|s| name.contains(s)) {
            return Err(TagNameError::Sequence(sequence));
        }
        if name.starts_with('/') || name.ends_with('/') {
            return Err(TagNameError::OuterSlash);
        }
        if name.ends_with('.') || name.split('/').any(|part| part.starts_with('.')) {
            return Err(TagNameError::Dot);
        }
        #[expect(clippy::case_sensitive_file_extension_comparisons, reason = "git compares `.lock` by case")]
        if name.split('/').any(|part| part.ends_with(".lock")) {
            return Err(TagNameError::Lock);
        }
        Ok(Self(name.to_owned()))
    }

    /// The name as git and GitLab spell it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Compares as people count versions: numbers by their value, so that `v1.9` comes before `v1.10`.
    #[must_use]
    pub fn cmp_as_version(&self, other: &Self) -> Ordering {
        parts(&self.0).cmp(parts(&other.0)).then_with(|| self.cmp(other))
    }
}

/// A name's numbers and its other characters.
fn parts(name: &str) -> impl Iterator<Item = (usize, &str, &str)> {
    name.split_inclusive(|c: char| !c.is_ascii_digit()).map(part)
}

/// A number without leading zeros, by its length and then its digits; and the character that ends it, if any.
fn part(text: &str) -> (usize, &str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    let digits = digits.trim_start_matches('0');
    (digits.len(), digits, rest)
}

impl fmt::Display for TagName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_names_count_by_their_value() {
        let sorted = ["a", "v1", "v1.0", "v1.2", "v1.9", "v1.09", "v1.10", "v1.10-rc1", "v2", "v10", "w1"];
        for (one, other) in sorted.iter().zip(&sorted[1..]) {
            let [one, other] = [one, other].map(|name| TagName::from_git(*name));
            let order = one.cmp_as_version(&other);
            // Two ways to write one number are told apart by their letters.
            assert_ne!(order, Ordering::Equal, "{one} {other}");
            assert!(order == Ordering::Less || one.to_string() == "v1.9", "{one} {other}");
            assert_eq!(other.cmp_as_version(&one), order.reverse());
        }
    }

    #[test]
    fn names_are_taken_as_git_takes_them() {
        for good in ["v1.0.0", "debian/2.4.0-1", "v1.0+build#3", "выпуск-1", "v", "@", "a.lock.b", "HEAD/x", "-v1"]
        {
            assert_eq!(TagName::parse(good).map(|t| t.to_string()), Ok(good.to_owned()));
        }
        for (bad, why) in [
            ("", TagNameError::Empty),
            ("HEAD", TagNameError::Head),
            ("v 1", TagNameError::Forbidden(' ')),
            ("v\u{7f}", TagNameError::Forbidden('\u{7f}')),
            ("a..b", TagNameError::Sequence("..")),
            ("a//b", TagNameError::Sequence("//")),
            ("a@{b", TagNameError::Sequence("@{")),
            ("/a", TagNameError::OuterSlash),
            ("a/", TagNameError::OuterSlash),
            (".a", TagNameError::Dot),
            ("a/.b", TagNameError::Dot),
            ("a.", TagNameError::Dot),
            ("a.lock", TagNameError::Lock),
            ("a.lock/b", TagNameError::Lock),
        ] {
            assert_eq!(TagName::parse(bad), Err(why), "{bad}");
        }
    }
}
