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
    /// Somebody has changed it, and so does a change of the manifest, to another end.
    Conflict,
    /// It should be there, and is not.
    Missing,
    /// Somebody has changed it.
    Edited,
    /// It should not be there.
    Unwanted,
    /// A change of the manifest will touch it.
    Planned,
}

impl Kind {
    /// In the order of the lanes.
    pub(super) const ALL: [Self; 10] = [
        Self::Create,
        Self::Update,
        Self::Delete,
        Self::Conflict,
        Self::Missing,
        Self::Edited,
        Self::Unwanted,
        Self::Planned,
        Self::Unmanaged,
        Self::Unchanged,
    ];

    /// For ids, classes and the address.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Unmanaged => "unmanaged",
            Self::Unchanged => "unchanged",
            Self::Conflict => "conflict",
            Self::Missing => "missing",
            Self::Edited => "edited",
            Self::Unwanted => "unwanted",
            Self::Planned => "planned",
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
            Self::Conflict => "Conflict",
            Self::Missing => "Missing in GitLab",
            Self::Edited => "Edited in GitLab",
            Self::Unwanted => "Not wanted",
            Self::Planned => "This change",
        }
    }

    /// Whether there is something to say of each such release.
    pub(super) fn is_change(self) -> bool {
        !matches!(self, Self::Unmanaged | Self::Unchanged)
    }
}
