//! Asset links. Name, url and path are each unique within a release: the schema sees to it.

use super::ids::{LinkId, ReleaseId};
use super::page::Page;
use super::words;
use rusqlite::{Connection, OptionalExtension, Row, params};

words! {
    /// What a link leads to.
    LinkType {
        /// Anything else.
        Other = "other",
        /// Operating instructions.
        Runbook = "runbook",
        /// A container or disk image.
        Image = "image",
        /// A package.
        Package = "package",
    }
}

/// What a link says.
#[derive(Debug, Clone)]
pub(crate) struct LinkFields {
    /// What people read.
    pub(crate) name: String,
    /// Where it leads.
    pub(crate) url: String,
    /// The path below the release's downloads.
    pub(crate) filepath: Option<String>,
    /// What it leads to.
    pub(crate) link_type: LinkType,
}

/// A link.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    /// The number.
    pub(crate) id: LinkId,
    /// What it says.
    pub(crate) fields: LinkFields,
}

impl Link {
    const COLUMNS: &str = "id, name, url, filepath, link_type";

    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        let fields = LinkFields { name: row.get(1)?, url: row.get(2)?, filepath: row.get(3)?, link_type: row.get(4)? };
        Ok(Self { id: row.get(0)?, fields })
    }
}

/// Something of a link that must be unique, and is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Clash {
    /// Which field.
    pub(crate) field: &'static str,
    /// What it holds.
    pub(crate) value: String,
}

/// One page of a release's links, newest first, and one more if there is one.
pub(crate) fn list(db: &Connection, release: ReleaseId, page: Page) -> rusqlite::Result<Vec<Link>> {
    db.prepare_cached(&format!(
        "SELECT {} FROM links WHERE release_id = ? ORDER BY id DESC LIMIT ? OFFSET ?",
        Link::COLUMNS
    ))?
    .query_map(params![release, page.limit(), page.offset()], Link::of)?
    .collect()
}

/// All of a release's links, newest first.
pub(crate) fn all(db: &Connection, release: ReleaseId) -> rusqlite::Result<Vec<Link>> {
    db.prepare_cached(&format!("SELECT {} FROM links WHERE release_id = ? ORDER BY id DESC", Link::COLUMNS))?
        .query_map([release], Link::of)?
        .collect()
}

/// How many links a release has, counted no further than `limit`.
pub(crate) fn count(db: &Connection, release: ReleaseId, limit: i64) -> rusqlite::Result<i64> {
    db.prepare_cached("SELECT COUNT(*) FROM (SELECT 1 FROM links WHERE release_id = ? LIMIT ?)")?
        .query_row(params![release, limit], |row| row.get(0))
}

/// One of a release's links.
pub(crate) fn get(db: &Connection, release: ReleaseId, id: LinkId) -> rusqlite::Result<Option<Link>> {
    db.prepare_cached(&format!("SELECT {} FROM links WHERE release_id = ? AND id = ?", Link::COLUMNS))?
        .query_row(params![release, id], Link::of)
        .optional()
}

/// Where the link with this path leads.
pub(crate) fn url_at(db: &Connection, release: ReleaseId, filepath: &str) -> rusqlite::Result<Option<String>> {
    db.prepare_cached("SELECT url FROM links WHERE release_id = ? AND filepath = ?")?
        .query_row(params![release, filepath], |row| row.get(0))
        .optional()
}

/// Adds a link; fails if its name, url or path is taken.
pub(crate) fn add(db: &Connection, release: ReleaseId, fields: LinkFields) -> rusqlite::Result<Link> {
    let id = db
        .prepare_cached(
            "INSERT INTO links (release_id, name, url, filepath, link_type) VALUES (?, ?, ?, ?, ?) RETURNING id",
        )?
        .query_row(params![release, fields.name, fields.url, fields.filepath, fields.link_type], |row| row.get(0))?;
    Ok(Link { id, fields })
}

/// Writes all of a link; fails if its name, url or path is taken.
pub(crate) fn save(db: &Connection, link: &Link) -> rusqlite::Result<()> {
    let LinkFields { name, url, filepath, link_type } = &link.fields;
    db.prepare_cached("UPDATE links SET name = ?, url = ?, filepath = ?, link_type = ? WHERE id = ?")?
        .execute(params![name, url, filepath, link_type, link.id])
        .map(drop)
}

/// Removes a link.
pub(crate) fn delete(db: &Connection, id: LinkId) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM links WHERE id = ?")?.execute([id]).map(drop)
}

/// After a write was refused: which fields of `fields` another link of the release holds.
pub(crate) fn clashes(
    db: &Connection,
    release: ReleaseId,
    fields: &LinkFields,
    own: Option<LinkId>,
) -> rusqlite::Result<Vec<Clash>> {
    let LinkFields { name, url, filepath, link_type: _ } = fields;
    let mut clashes = Vec::new();
    for (field, value) in [("name", Some(name)), ("url", Some(url)), ("filepath", filepath.as_ref())] {
        let Some(value) = value else { continue };
        let held: bool = db
            .prepare_cached(&format!(
                "SELECT EXISTS (SELECT 1 FROM links WHERE release_id = ?1 AND {field} = ?2 AND id IS NOT ?3)"
            ))?
            .query_row(params![release, value, own], |row| row.get(0))?;
        if held {
            clashes.push(Clash { field, value: value.clone() });
        }
    }
    Ok(clashes)
}
