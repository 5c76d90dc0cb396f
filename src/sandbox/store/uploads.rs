//! Files that stand beside a project's texts. Who knows the secret in a file's address may read it.

use super::ids::{ProjectId, UploadId};
use rusqlite::{Connection, OptionalExtension, params};

/// A file that was uploaded.
#[derive(Debug, Clone)]
pub(crate) struct Upload {
    /// The number.
    pub(crate) id: UploadId,
    /// 32 hexadecimal digits that no one can guess.
    pub(crate) secret: String,
}

/// Keeps a file.
pub(crate) fn add(db: &Connection, project: ProjectId, name: &str, content: &[u8]) -> rusqlite::Result<Upload> {
    db.prepare_cached(
        "INSERT INTO uploads (project_id, secret, name, content) VALUES (?, lower(hex(randomblob(16))), ?, ?)
         RETURNING id, secret",
    )?
    .query_row(params![project, name, content], |row| Ok(Upload { id: row.get(0)?, secret: row.get(1)? }))
}

/// What is in the file at an address.
pub(crate) fn content(
    db: &Connection,
    project: ProjectId,
    secret: &str,
    name: &str,
) -> rusqlite::Result<Option<Vec<u8>>> {
    db.prepare_cached("SELECT content FROM uploads WHERE project_id = ? AND secret = ? AND name = ?")?
        .query_row(params![project, secret, name], |row| row.get(0))
        .optional()
}
