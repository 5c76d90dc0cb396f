//! What becomes of a release: a word, a shape and a lane of its own.

/// What becomes of a release. Each has a symbol of its word's name in the page, so that colour is never all that tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Create,
    Update,
    Delete,
    /// No entry names it, and it stays.
    Unmanaged,
    /// As wished.
    Unchanged,
}

impl Kind {
    /// In the order of the lanes.
    pub(super) const ALL: [Self; 5] = [Self::Create, Self::Update, Self::Delete, Self::Unmanaged, Self::Unchanged];

    /// For ids, classes and the address.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Unmanaged => "unmanaged",
            Self::Unchanged => "unchanged",
        }
    }

    /// For people.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Create => "Create",
            Self::Update => "Update",
            Self::Delete => "Delete",
            Self::Unmanaged => "Not in the manifest",
            Self::Unchanged => "Unchanged",
        }
    }

    /// Whether there is something to say of each such release.
    pub(super) fn is_change(self) -> bool {
        matches!(self, Self::Create | Self::Update | Self::Delete)
    }
}
