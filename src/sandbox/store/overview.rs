//! All projects there are, whoever may see them: for the pages that people look at on their own machine.

use super::ids::ProjectId;
use super::page::Page;
use rusqlite::{Connection, OptionalExtension, Row, params};

/// A project, as far as a list tells of it.
#[derive(Debug, Clone)]
pub(crate) struct ProjectRow {
    /// The number.
    pub(crate) id: ProjectId,
    /// The full path.
    pub(crate) path: String,
    /// The word for who may see it.
    pub(crate) visibility: String,
}

impl ProjectRow {
    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self { id: row.get(0)?, path: row.get(1)?, visibility: row.get(2)? })
    }
}

/// One page of the projects, and one more if there is one, by their paths.
pub(crate) fn projects(db: &Connection, page: Page) -> rusqlite::Result<Vec<ProjectRow>> {
    db.prepare_cached("SELECT id, path, visibility FROM projects ORDER BY path LIMIT ? OFFSET ?")?
        .query_map(params![page.limit(), page.offset()], ProjectRow::of)?
        .collect()
}

/// The project of this path.
pub(crate) fn project(db: &Connection, path: &str) -> rusqlite::Result<Option<ProjectRow>> {
    db.prepare_cached("SELECT id, path, visibility FROM projects WHERE path = ?")?
        .query_row([path], ProjectRow::of)
        .optional()
}
