//! Which releases a run is about: all, or those that `--only` and `--ignore` leave.
//!
//! Narrowing a run never widens what it may do: a release that is not selected is neither written nor deleted, and what
//! depends on its being in place, such as closing its milestone, waits for a run that it is part of.

use crate::model::{TagName, TagPatterns};

/// The releases to look at.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// If given, only releases whose tag one of these names.
    pub only: Option<TagWords>,
    /// Not these.
    pub ignore: Option<TagWords>,
}

/// Tags and globs over tags.
#[derive(Debug, Clone)]
pub struct TagWords(Vec<(String, TagPatterns)>);

impl TagWords {
    /// Takes `words`, each a tag's name or a glob.
    ///
    /// # Errors
    /// The word that is no glob, and why.
    pub fn new(words: Vec<String>) -> Result<Self, (String, globset::Error)> {
        let words = words.into_iter().map(|word| match TagPatterns::new(std::slice::from_ref(&word)) {
            Ok(pattern) => Ok((word, pattern)),
            Err((_, why)) => Err((word, why)),
        });
        words.collect::<Result<_, _>>().map(Self)
    }

    fn matches(&self, tag: &TagName) -> bool {
        self.0.iter().any(|word| is_match(word, tag))
    }
}

/// A tag's own name always stands for it, whatever a glob would make of the characters in it.
fn is_match((word, pattern): &(String, TagPatterns), tag: &TagName) -> bool {
    word == tag.as_str() || pattern.matches(tag.as_str())
}

impl Selection {
    /// Whether a release with this tag is part of the run.
    #[must_use]
    pub fn takes(&self, tag: &TagName) -> bool {
        self.only.as_ref().is_none_or(|only| only.matches(tag))
            && !self.ignore.as_ref().is_some_and(|ignore| ignore.matches(tag))
    }

    /// The words of `only` that stand for none of `tags`.
    #[must_use]
    pub fn idle_words(&self, tags: &[&TagName]) -> Vec<String> {
        idle(self.only.as_ref(), tags)
    }

    /// The words of `ignore` that stand for none of `tags`.
    #[must_use]
    pub fn idle_ignored(&self, tags: &[&TagName]) -> Vec<String> {
        idle(self.ignore.as_ref(), tags)
    }
}

fn idle(words: Option<&TagWords>, tags: &[&TagName]) -> Vec<String> {
    let words = words.iter().flat_map(|words| &words.0);
    let idle = words.filter(|word| !tags.iter().any(|tag| is_match(word, tag)));
    idle.map(|(word, _)| word.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> TagWords {
        TagWords::new(words.iter().map(|word| (*word).to_owned()).collect()).unwrap()
    }

    #[test]
    fn what_is_ignored_is_out_even_if_it_is_named() {
        let tag = |name: &str| TagName::from_git(name);
        let selection = Selection { only: Some(words(&["v1.*", "v{2}"])), ignore: Some(words(&["v1.9"])) };
        assert!(selection.takes(&tag("v1.0")) && selection.takes(&tag("v{2}")) && selection.takes(&tag("v2")));
        assert!(!selection.takes(&tag("v1.9")) && !selection.takes(&tag("v3")));
        assert!(Selection::default().takes(&tag("v3")));
        let tags = [tag("v1.0"), tag("v3")];
        assert_eq!(selection.idle_words(&tags.iter().collect::<Vec<_>>()), ["v{2}"]);
    }
}
