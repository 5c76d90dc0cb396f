//! Evidence: what a release looked like. It is written down when it is asked for, and is there for readers a moment later,
//! as if a job had collected it then.

use super::ids::{EvidenceId, ReleaseId};
use crate::sandbox::moment::Moment;
use rusqlite::{Connection, OptionalExtension, params};

/// An evidence, but for its text.
#[derive(Debug, Clone)]
pub(crate) struct Evidence {
    /// The number.
    pub(crate) id: EvidenceId,
    /// The digest of its text.
    pub(crate) sha: String,
    /// When it was collected.
    pub(crate) collected_at: Moment,
}

/// Adds an evidence that is there from `collected_at` on.
pub(crate) fn add(
    db: &Connection,
    release: ReleaseId,
    summary: &str,
    sha: &str,
    collected_at: Moment,
) -> rusqlite::Result<()> {
    db.prepare_cached("INSERT INTO evidences (release_id, sha, collected_at, summary) VALUES (?, ?, ?, ?)")?
        .execute(params![release, sha, collected_at, summary])
        .map(drop)
}

/// A release's evidences, oldest first.
pub(crate) fn of_release(db: &Connection, release: ReleaseId, now: Moment) -> rusqlite::Result<Vec<Evidence>> {
    db.prepare_cached(
        "SELECT id, sha, collected_at FROM evidences WHERE release_id = ? AND collected_at <= ? ORDER BY id",
    )?
    .query_map(params![release, now], |row| {
        Ok(Evidence { id: row.get(0)?, sha: row.get(1)?, collected_at: row.get(2)? })
    })?
    .collect()
}

/// The text of one of a release's evidences.
pub(crate) fn summary(
    db: &Connection,
    release: ReleaseId,
    id: EvidenceId,
    now: Moment,
) -> rusqlite::Result<Option<String>> {
    db.prepare_cached("SELECT summary FROM evidences WHERE release_id = ? AND id = ? AND collected_at <= ?")?
        .query_row(params![release, id, now], |row| row.get(0))
        .optional()
}

/// Lets all evidence be there that was still to come; tells how many that were.
pub(crate) fn show_all(db: &Connection, now: Moment) -> rusqlite::Result<usize> {
    db.prepare_cached("UPDATE evidences SET collected_at = ?1 WHERE collected_at > ?1")?.execute([now])
}
