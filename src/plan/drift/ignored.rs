//! Which differences don't count.

use super::difference::{Aspect, Difference, Subject};
use crate::plan::Field;
use std::collections::BTreeSet;

/// A key of the manifest's, whose differences are let be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum IgnoredField {
    /// Releases' names.
    Name,
    /// Releases' notes.
    Description,
    /// Releases' dates.
    ReleasedAt,
    /// Releases' milestones, and the milestones themselves.
    Milestones,
    /// Releases' links, and what is in the files that these lead to.
    Links,
    /// What is in files: a build may come out otherwise each time.
    Content,
    /// Releases' evidence.
    Evidence,
}

impl IgnoredField {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Name, Self::Description, Self::ReleasedAt, Self::Milestones, Self::Links, Self::Content, Self::Evidence];

    /// The manifest's word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Description => "description",
            Self::ReleasedAt => "released_at",
            Self::Milestones => "milestones",
            Self::Links => "links",
            Self::Content => "content",
            Self::Evidence => "evidence",
        }
    }

    /// The field that the manifest calls `word`.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.as_str() == word)
    }

    /// The key that a difference is one of; none for that a release is there or isn't.
    fn of(difference: &Difference) -> Option<Self> {
        match (&difference.subject, difference.aspect) {
            (Subject::Milestone(_), _) => Some(Self::Milestones),
            (Subject::Link { .. }, _) => Some(Self::Links),
            (Subject::Release(_), Aspect::Field(field)) => Self::from_word(field.as_str()),
            (Subject::Release(_), Aspect::Existence | Aspect::Tag) => None,
        }
    }
}

/// All of which the differences don't count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ignored(BTreeSet<IgnoredField>);

impl Ignored {
    /// Whether a difference doesn't count.
    pub(super) fn has(&self, difference: &Difference) -> bool {
        let is_content = difference.aspect == Aspect::Field(Field::Content);
        IgnoredField::of(difference).is_some_and(|field| self.has_field(field))
            || is_content && self.has_field(IgnoredField::Content)
    }

    /// Whether no difference in this field counts.
    pub(super) fn has_field(&self, field: IgnoredField) -> bool {
        self.0.contains(&field)
    }
}

impl FromIterator<IgnoredField> for Ignored {
    fn from_iter<I: IntoIterator<Item = IgnoredField>>(fields: I) -> Self {
        Self(fields.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_called_as_in_the_manifest() {
        for field in IgnoredField::ALL {
            assert!(field == IgnoredField::Links || Field::from_word(field.as_str()).is_some(), "{field:?}");
        }
    }
}
