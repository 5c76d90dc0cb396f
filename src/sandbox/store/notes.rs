//! Notes on merge requests: people's comments, and what GitLab itself notes.

use super::ids::{MergeRequestId, NoteId, UserId};
use super::page::{Page, Sort};
use super::words;
use crate::sandbox::moment::Moment;
use rusqlite::{Connection, OptionalExtension, Row, params};

words! {
    /// How notes are listed.
    NoteOrder {
        /// By when they were made.
        CreatedAt = "created_at",
        /// By when they last changed.
        UpdatedAt = "updated_at",
    }
}

/// Who speaks in a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Voice {
    /// Its author.
    Person,
    /// GitLab, about what the author did.
    System,
}

/// A note.
#[derive(Debug, Clone)]
pub(crate) struct Note {
    /// The number.
    pub(crate) id: NoteId,
    /// Who wrote it, or did what it tells of.
    pub(crate) author_id: UserId,
    /// Who speaks.
    pub(crate) voice: Voice,
    /// Markdown.
    pub(crate) body: String,
    /// When it was made.
    pub(crate) created_at: Moment,
    /// When it last changed.
    pub(crate) updated_at: Moment,
}

impl Note {
    const COLUMNS: &str = "id, author_id, system, body, created_at, updated_at";

    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        let voice = if row.get(2)? { Voice::System } else { Voice::Person };
        let (created_at, updated_at) = (row.get(4)?, row.get(5)?);
        Ok(Self { id: row.get(0)?, author_id: row.get(1)?, voice, body: row.get(3)?, created_at, updated_at })
    }
}

/// One page of a merge request's notes, and one more if there is one; with how many there are, counted no further than
/// `limit`.
pub(crate) fn list(
    db: &Connection,
    merge_request: MergeRequestId,
    order: NoteOrder,
    sort: Sort,
    page: Page,
    limit: i64,
) -> rusqlite::Result<(Vec<Note>, i64)> {
    let (column, direction) = (order.as_str(), sort.sql());
    let rows = db
        .prepare_cached(&format!(
            "SELECT {} FROM notes WHERE merge_request_id = ? ORDER BY {column} {direction}, id {direction} LIMIT ? OFFSET ?",
            Note::COLUMNS
        ))?
        .query_map(params![merge_request, page.limit(), page.offset()], Note::of)?
        .collect::<Result<_, _>>()?;
    Ok((rows, count(db, merge_request, limit)?))
}

/// How many notes a merge request has, counted no further than `limit`.
pub(crate) fn count(db: &Connection, merge_request: MergeRequestId, limit: i64) -> rusqlite::Result<i64> {
    db.prepare_cached("SELECT COUNT(*) FROM (SELECT 1 FROM notes WHERE merge_request_id = ? LIMIT ?)")?
        .query_row(params![merge_request, limit], |row| row.get(0))
}

/// One of a merge request's notes.
pub(crate) fn get(db: &Connection, merge_request: MergeRequestId, id: NoteId) -> rusqlite::Result<Option<Note>> {
    db.prepare_cached(&format!("SELECT {} FROM notes WHERE merge_request_id = ? AND id = ?", Note::COLUMNS))?
        .query_row(params![merge_request, id], Note::of)
        .optional()
}

/// Adds a note.
pub(crate) fn add(
    db: &Connection,
    merge_request: MergeRequestId,
    author_id: UserId,
    voice: Voice,
    body: String,
    created_at: Moment,
) -> rusqlite::Result<Note> {
    let id = db
        .prepare_cached(
            "INSERT INTO notes (merge_request_id, author_id, system, body, created_at, updated_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?5) RETURNING id",
        )?
        .query_row(params![merge_request, author_id, voice == Voice::System, body, created_at], |row| row.get(0))?;
    Ok(Note { id, author_id, voice, body, created_at, updated_at: created_at })
}

/// Writes what may change of a note.
pub(crate) fn save(db: &Connection, note: &Note) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE notes SET body = ?, updated_at = ? WHERE id = ?")?
        .execute(params![note.body, note.updated_at, note.id])
        .map(drop)
}

/// Removes a note.
pub(crate) fn delete(db: &Connection, id: NoteId) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM notes WHERE id = ?")?.execute([id]).map(drop)
}
