//! Contents of files, in pieces, so that nobody ever holds a whole one. A content is written piece by piece, each in a
//! transaction of its own, and belongs to nothing until a package file names it.

use super::ids::BlobId;
use crate::sandbox::moment::Moment;
use rusqlite::{Connection, OptionalExtension, params};
use std::time::Duration;

/// How long an upload that somebody left may still go on.
const UNFINISHED: Duration = Duration::from_secs(24 * 60 * 60);

/// Begins a content.
pub(crate) fn begin(db: &Connection, now: Moment) -> rusqlite::Result<BlobId> {
    db.prepare_cached("INSERT INTO blobs (created_at) VALUES (?) RETURNING id")?.query_row([now], |row| row.get(0))
}

/// Adds a piece; they are numbered from 0.
pub(crate) fn add_piece(db: &Connection, blob: BlobId, number: i64, content: &[u8]) -> rusqlite::Result<()> {
    db.prepare_cached("INSERT INTO blob_pieces (blob_id, number, content) VALUES (?, ?, ?)")?
        .execute(params![blob, number, content])
        .map(drop)
}

/// A piece, if there is one of this number.
pub(crate) fn piece(db: &Connection, blob: BlobId, number: i64) -> rusqlite::Result<Option<Vec<u8>>> {
    db.prepare_cached("SELECT content FROM blob_pieces WHERE blob_id = ? AND number = ?")?
        .query_row(params![blob, number], |row| row.get(0))
        .optional()
}

/// Throws a content away that nothing names.
pub(crate) fn forget(db: &Connection, blob: BlobId) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM blobs WHERE id = ?1 AND id NOT IN (SELECT blob_id FROM package_files)")?
        .execute([blob])
        .map(drop)
}

/// Throws away what uploads left behind that were never finished.
pub(crate) fn forget_unfinished(db: &Connection, now: Moment) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM blobs WHERE created_at < ? AND id NOT IN (SELECT blob_id FROM package_files)")?
        .execute([now.earlier(UNFINISHED)])
        .map(drop)
}
