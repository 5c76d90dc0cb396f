//! The repository, as far as tags need one: commits, branches and tags.

use super::ids::ProjectId;
use super::page::{Page, Sort};
use super::words;
use crate::sandbox::moment::Moment;
use crate::sandbox::rules::version_key;
use rusqlite::{Connection, OptionalExtension, Row, params};
use sha1::{Digest, Sha1};
use std::fmt::Write as _;

/// The fewest characters by which a `ref` may abbreviate a SHA.
const SHORTEST_PREFIX: usize = 7;
const SHA_LENGTH: usize = 40;

/// A commit.
#[derive(Debug, Clone)]
pub(crate) struct Commit {
    /// Its SHA.
    pub(crate) sha: String,
    /// All of its message.
    pub(crate) message: String,
    /// The commit before, if it is known.
    pub(crate) parent_sha: Option<String>,
    /// When it was committed.
    pub(crate) created_at: Moment,
}

/// A tag.
#[derive(Debug, Clone)]
pub(crate) struct Tag {
    /// Its name.
    pub(crate) name: String,
    /// The commit it is on.
    pub(crate) sha: String,
    /// The annotation; empty for a lightweight tag.
    pub(crate) message: String,
    /// When it was made.
    pub(crate) created_at: Moment,
}

impl Tag {
    const COLUMNS: &str = "name, sha, message, created_at";

    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self { name: row.get(0)?, sha: row.get(1)?, message: row.get(2)?, created_at: row.get(3)? })
    }
}

words! {
    /// How tags are listed.
    TagOrder {
        /// As text.
        Name = "name",
        /// By age.
        Updated = "updated",
        /// With numbers by their value.
        Version = "version",
    }
}

impl TagOrder {
    /// The column to sort by, before the name.
    fn column(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Updated => "created_at",
            Self::Version => "version_key",
        }
    }
}

/// Which of the tags are wanted, by their name.
#[derive(Debug, Clone)]
pub(crate) enum TagSearch {
    /// All of them.
    All,
    /// Those that hold this.
    Contains(String),
    /// Those that start with this.
    StartsWith(String),
    /// Those that end in this.
    EndsWith(String),
}

impl TagSearch {
    /// GitLab's search text: `^` at its start and `$` at its end mean what they mean in a regex.
    pub(crate) fn of(text: Option<String>) -> Self {
        let Some(text) = text.filter(|t| !t.is_empty()) else { return Self::All };
        if let Some(start) = text.strip_prefix('^') {
            Self::StartsWith(start.to_owned())
        } else if let Some(end) = text.strip_suffix('$') {
            Self::EndsWith(end.to_owned())
        } else {
            Self::Contains(text)
        }
    }

    /// A condition on `name` with its one parameter.
    fn condition(&self) -> (&'static str, &str) {
        match self {
            Self::All => ("?2 = ''", ""),
            Self::Contains(text) => ("instr(lower(name), lower(?2)) > 0", text),
            Self::StartsWith(text) => ("substr(name, 1, length(?2)) = ?2", text),
            Self::EndsWith(text) => {
                ("length(name) >= length(?2) AND substr(name, 1 + length(name) - length(?2)) = ?2", text)
            }
        }
    }
}

/// A SHA that stands for something that has none, always the same one.
pub(crate) fn fake_sha(parts: &[&str]) -> String {
    let digest = Sha1::digest(parts.join("\0"));
    digest.iter().fold(String::with_capacity(SHA_LENGTH), |mut text, byte| {
        // Writing to a String can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Whether a text is a whole SHA.
pub(crate) fn is_sha(text: &str) -> bool {
    text.len() == SHA_LENGTH && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// The tag of this name.
pub(crate) fn get(db: &Connection, project: ProjectId, name: &str) -> rusqlite::Result<Option<Tag>> {
    db.prepare_cached(&format!("SELECT {} FROM tags WHERE project_id = ? AND name = ?", Tag::COLUMNS))?
        .query_row(params![project, name], Tag::of)
        .optional()
}

/// One page of the tags, and one more if there is one.
pub(crate) fn list(
    db: &Connection,
    project: ProjectId,
    search: &TagSearch,
    order: TagOrder,
    sort: Sort,
    page: Page,
) -> rusqlite::Result<Vec<Tag>> {
    let (condition, text) = search.condition();
    let (column, direction) = (order.column(), sort.sql());
    db.prepare_cached(&format!(
        "SELECT {} FROM tags WHERE project_id = ?1 AND {condition}
         ORDER BY {column} {direction}, name {direction} LIMIT ?3 OFFSET ?4",
        Tag::COLUMNS
    ))?
    .query_map(params![project, text, page.limit(), page.offset()], Tag::of)?
    .collect()
}

/// The tags that come after the tag named `token`; `None` if there is no such tag.
pub(crate) fn list_after(
    db: &Connection,
    project: ProjectId,
    search: &TagSearch,
    order: TagOrder,
    sort: Sort,
    token: &str,
    page: Page,
) -> rusqlite::Result<Option<Vec<Tag>>> {
    if get(db, project, token)?.is_none() {
        return Ok(None);
    }
    let (condition, text) = search.condition();
    let (column, direction) = (order.column(), sort.sql());
    let beyond = match sort {
        Sort::Asc => '>',
        Sort::Desc => '<',
    };
    db.prepare_cached(&format!(
        "SELECT {} FROM tags WHERE project_id = ?1 AND {condition}
         AND ({column}, name) {beyond} (SELECT {column}, name FROM tags WHERE project_id = ?1 AND name = ?3)
         ORDER BY {column} {direction}, name {direction} LIMIT ?4",
        Tag::COLUMNS
    ))?
    .query_map(params![project, text, token, page.limit()], Tag::of)?
    .collect::<Result<_, _>>()
    .map(Some)
}

/// How many tags there are, counted no further than `limit`.
pub(crate) fn count(db: &Connection, project: ProjectId, search: &TagSearch, limit: i64) -> rusqlite::Result<i64> {
    let (condition, text) = search.condition();
    db.prepare_cached(&format!(
        "SELECT COUNT(*) FROM (SELECT 1 FROM tags WHERE project_id = ?1 AND {condition} LIMIT ?3)"
    ))?
    .query_row(params![project, text, limit], |row| row.get(0))
}

/// Adds a tag; fails if the name is taken.
pub(crate) fn add(db: &Connection, project: ProjectId, tag: &Tag) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO tags (project_id, name, sha, message, created_at, version_key) VALUES (?, ?, ?, ?, ?, ?)",
    )?
    .execute(params![project, tag.name, tag.sha, tag.message, tag.created_at, version_key(&tag.name)])
    .map(drop)
}

/// Removes a tag.
pub(crate) fn delete(db: &Connection, project: ProjectId, name: &str) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM tags WHERE project_id = ? AND name = ?")?.execute(params![project, name]).map(drop)
}

/// The commit of this SHA.
pub(crate) fn commit(db: &Connection, project: ProjectId, sha: &str) -> rusqlite::Result<Option<Commit>> {
    db.prepare_cached("SELECT sha, message, parent_sha, created_at FROM commits WHERE project_id = ? AND sha = ?")?
        .query_row(params![project, sha], |row| {
            Ok(Commit { sha: row.get(0)?, message: row.get(1)?, parent_sha: row.get(2)?, created_at: row.get(3)? })
        })
        .optional()
}

/// Adds a commit, unless it is known.
pub(crate) fn add_commit(db: &Connection, project: ProjectId, commit: &Commit) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO commits (project_id, sha, message, parent_sha, created_at) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT DO NOTHING",
    )?
    .execute(params![project, commit.sha, commit.message, commit.parent_sha, commit.created_at])
    .map(drop)
}

/// Adds a branch.
pub(crate) fn add_branch(db: &Connection, project: ProjectId, name: &str, sha: &str) -> rusqlite::Result<()> {
    db.prepare_cached("INSERT INTO branches (project_id, name, sha) VALUES (?, ?, ?)")?
        .execute(params![project, name, sha])
        .map(drop)
}

/// The commit that a `ref` names: a branch, a tag, or a SHA, whole or by a prefix that is long enough and not ambiguous.
pub(crate) fn resolve(db: &Connection, project: ProjectId, reference: &str) -> rusqlite::Result<Option<String>> {
    let branch = reference.strip_prefix("refs/heads/").unwrap_or(reference);
    let tag = reference.strip_prefix("refs/tags/").unwrap_or(reference);
    let named = db
        .prepare_cached(
            "SELECT sha FROM branches WHERE project_id = ?1 AND name = ?2
             UNION ALL SELECT sha FROM tags WHERE project_id = ?1 AND name = ?3 LIMIT 1",
        )?
        .query_row(params![project, branch, tag], |row| row.get(0))
        .optional()?;
    let hex = reference.bytes().all(|b| b.is_ascii_hexdigit());
    if named.is_some() || !hex || !(SHORTEST_PREFIX..=SHA_LENGTH).contains(&reference.len()) {
        return Ok(named);
    }
    // `g` comes right after `f`, so this range is all SHAs with the prefix.
    let prefix = reference.to_ascii_lowercase();
    let shas: Vec<String> = db
        .prepare_cached("SELECT sha FROM commits WHERE project_id = ?1 AND sha >= ?2 AND sha < ?2 || 'g' LIMIT 2")?
        .query_map(params![project, prefix], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(<[String; 1]>::try_from(shas).ok().map(|[sha]| sha))
}
