//! GitLab's numbers for things. Each kind is its own type, so that a milestone's can't be taken for a link's.

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        pub(crate) struct $name(pub(crate) i64);

        impl rusqlite::types::ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
                Ok(self.0.into())
            }
        }

        impl rusqlite::types::FromSql for $name {
            fn column_result(value: rusqlite::types::ValueRef<'_>) -> rusqlite::types::FromSqlResult<Self> {
                value.as_i64().map(Self)
            }
        }
    )+};
}

ids! {
    /// A group's.
    GroupId,
    /// A project's.
    ProjectId,
    /// A user's.
    UserId,
    /// A token's.
    TokenId,
    /// A milestone's, unique in all of the sandbox.
    MilestoneId,
    /// A release's.
    ReleaseId,
    /// A link's.
    LinkId,
    /// An evidence's.
    EvidenceId,
    /// A merge request's, unique in all of the sandbox.
    MergeRequestId,
    /// A note's.
    NoteId,
    /// A package's.
    PackageId,
    /// A package file's.
    PackageFileId,
    /// A content's; only the store and its callers know of these.
    BlobId,
    /// An upload's.
    UploadId,
}
