//! Why a step is there: what is not as wished, and where in the manifest the wish is written.

use crate::model::{Place, TagName};

/// One reason for a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// What is not as wished.
    pub cause: Cause,
    /// Where the wish is written, if it is written anywhere: a missing entry has no line.
    pub place: Option<Place>,
}

/// What is not as wished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// It is wished for, and not there.
    Missing,
    /// It is there, but for this field.
    Differs(Field),
    /// It is there, but its release's entry does not list it.
    NotListed,
    /// It has to make room for another one first.
    InTheWay,
    /// The release's git tag is gone, without which GitLab changes nothing.
    TagGone,
    /// A release names it.
    NamedBy(TagName),
    /// No entry names it, and the policy wants such releases gone.
    Unmanaged,
}

/// A field, by the manifest's and the API's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// A release's or a link's name.
    Name,
    /// Notes, or a milestone's description.
    Description,
    /// A release's date.
    ReleasedAt,
    /// A release's milestones.
    Milestones,
    /// A release's evidence.
    Evidence,
    /// A link's url.
    Url,
    /// What is in a file.
    Content,
    /// A link's path.
    DirectAssetPath,
    /// A link's type.
    LinkType,
    /// A milestone's first day.
    StartDate,
    /// A milestone's last day.
    DueDate,
    /// A milestone's state.
    State,
}

impl Field {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Name,
        Self::Description,
        Self::ReleasedAt,
        Self::Milestones,
        Self::Evidence,
        Self::Url,
        Self::Content,
        Self::DirectAssetPath,
        Self::LinkType,
        Self::StartDate,
        Self::DueDate,
        Self::State,
    ];

    /// The field of this name.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.as_str() == word)
    }

    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Description => "description",
            Self::ReleasedAt => "released_at",
            Self::Milestones => "milestones",
            Self::Evidence => "evidence",
            Self::Url => "url",
            Self::Content => "content",
            Self::DirectAssetPath => "direct_asset_path",
            Self::LinkType => "link_type",
            Self::StartDate => "start_date",
            Self::DueDate => "due_date",
            Self::State => "state",
        }
    }
}

impl Reason {
    pub(super) fn new(cause: Cause, place: Option<Place>) -> Self {
        Self { cause, place }
    }

    /// One for each field that differs, with the place where its wish is written.
    pub(super) fn differing(fields: impl IntoIterator<Item = (Field, bool, Option<Place>)>) -> Vec<Self> {
        let differing = fields.into_iter().filter(|(_, differs, _)| *differs);
        differing.map(|(field, _, place)| Self::new(Cause::Differs(field), place)).collect()
    }
}
