//! Releases, and which milestones they name.

use super::ids::{MilestoneId, ProjectId, ReleaseId, UserId};
use super::page::{Page, Sort};
use super::projects::SEEN;
use super::users::Viewer;
use super::words;
use crate::sandbox::moment::Moment;
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

/// A release.
#[derive(Debug, Clone)]
pub(crate) struct Release {
    /// The number.
    pub(crate) id: ReleaseId,
    /// The tag's name.
    pub(crate) tag: String,
    /// The commit the tag was on; unknown if the tag was never there.
    pub(crate) sha: Option<String>,
    /// The title; without one it is the tag's name.
    pub(crate) name: Option<String>,
    /// Markdown.
    pub(crate) description: Option<String>,
    /// Who made it.
    pub(crate) author_id: UserId,
    /// When it was made.
    pub(crate) created_at: Moment,
    /// When it is or was ready.
    pub(crate) released_at: Moment,
    /// When it or its links last changed, but for its milestones.
    pub(crate) updated_at: Moment,
}

impl Release {
    const COLUMNS: &str = "id, tag, sha, name, description, author_id, created_at, released_at, updated_at";

    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            tag: row.get(1)?,
            sha: row.get(2)?,
            name: row.get(3)?,
            description: row.get(4)?,
            author_id: row.get(5)?,
            created_at: row.get(6)?,
            released_at: row.get(7)?,
            updated_at: row.get(8)?,
        })
    }
}

impl Release {
    /// Whether it is still to be ready.
    pub(crate) fn is_upcoming(&self, now: Moment) -> bool {
        self.released_at.whole_seconds() > now.whole_seconds()
    }

    /// Whether it was ready before it was here.
    pub(crate) fn is_historical(&self) -> bool {
        self.released_at.whole_seconds() < self.created_at.whole_seconds()
    }
}

/// A release to be.
#[derive(Debug, Clone)]
pub(crate) struct NewRelease {
    /// The tag's name.
    pub(crate) tag: String,
    /// The commit the tag is on.
    pub(crate) sha: Option<String>,
    /// The title.
    pub(crate) name: Option<String>,
    /// Markdown.
    pub(crate) description: Option<String>,
    /// Who makes it.
    pub(crate) author_id: UserId,
    /// When it is made.
    pub(crate) created_at: Moment,
    /// When it is or was ready.
    pub(crate) released_at: Moment,
}

words! {
    /// How releases are listed.
    ReleaseOrder {
        /// By when they are or were ready.
        ReleasedAt = "released_at",
        /// By when they were made.
        CreatedAt = "created_at",
    }
}

/// Which releases are wanted, by when they were last changed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Updated {
    /// Before this.
    pub(crate) before: Option<Moment>,
    /// After this.
    pub(crate) after: Option<Moment>,
}

impl Updated {
    /// A condition over `?2` and `?3`. Without limits it leaves the index alone: then no row is read to skip it.
    fn condition(self) -> &'static str {
        if self.before.is_none() && self.after.is_none() {
            "?2 IS ?3"
        } else {
            "(?2 IS NULL OR updated_at < ?2) AND (?3 IS NULL OR updated_at > ?3)"
        }
    }
}

/// One page of a project's releases, and one more if there is one.
pub(crate) fn list(
    db: &Connection,
    project: ProjectId,
    updated: Updated,
    order: ReleaseOrder,
    sort: Sort,
    page: Page,
) -> rusqlite::Result<Vec<Release>> {
    let (condition, column, direction) = (updated.condition(), order.as_str(), sort.sql());
    db.prepare_cached(&format!(
        "SELECT {} FROM releases WHERE id IN
         (SELECT id FROM releases WHERE project_id = ?1 AND {condition}
          ORDER BY {column} {direction}, id {direction} LIMIT ?4 OFFSET ?5)
         ORDER BY {column} {direction}, id {direction}",
        Release::COLUMNS
    ))?
    .query_map(params![project, updated.before, updated.after, page.limit(), page.offset()], Release::of)?
    .collect()
}

/// How many releases there are, counted no further than `limit`.
pub(crate) fn count(db: &Connection, project: ProjectId, updated: Updated, limit: i64) -> rusqlite::Result<i64> {
    db.prepare_cached(&format!(
        "SELECT COUNT(*) FROM (SELECT 1 FROM releases WHERE project_id = ?1 AND {} LIMIT ?4)",
        updated.condition()
    ))?
    .query_row(params![project, updated.before, updated.after, limit], |row| row.get(0))
}

/// One page of the releases in a group and those below it, by when they are or were ready, and one more if there is one;
/// with how many there are, counted no further than `limit`.
pub(crate) fn list_of_group(
    db: &Connection,
    viewer: Viewer,
    group_path: &str,
    sort: Sort,
    page: Page,
    limit: i64,
) -> rusqlite::Result<(Vec<(ProjectId, Release)>, i64)> {
    let (user, all) = (viewer.user, viewer.sees_all);
    let matching = format!(
        "FROM releases r JOIN projects p ON p.id = r.project_id
         WHERE substr(p.path, 1, length(:group) + 1) = :group || '/' AND {SEEN}"
    );
    let direction = sort.sql();
    let rows = db
        .prepare_cached(&format!(
            "SELECT {}, project_id FROM releases WHERE id IN
             (SELECT r.id {matching} ORDER BY r.released_at {direction}, r.id {direction} LIMIT :limit OFFSET :offset)
             ORDER BY released_at {direction}, id {direction}",
            Release::COLUMNS
        ))?
        .query_map(
            named_params! {
                ":group": group_path, ":viewer": user, ":sees_all": all,
                ":limit": page.limit(), ":offset": page.offset(),
            },
            |row| Ok((row.get("project_id")?, Release::of(row)?)),
        )?
        .collect::<Result<_, _>>()?;
    let count = db.prepare_cached(&format!("SELECT COUNT(*) FROM (SELECT 1 {matching} LIMIT :limit)"))?.query_row(
        named_params! { ":group": group_path, ":viewer": user, ":sees_all": all, ":limit": limit },
        |row| row.get(0),
    )?;
    Ok((rows, count))
}

/// The release that is or will be ready last.
pub(crate) fn latest(db: &Connection, project: ProjectId) -> rusqlite::Result<Option<Release>> {
    db.prepare_cached(&format!(
        "SELECT {} FROM releases WHERE project_id = ? ORDER BY released_at DESC, id DESC LIMIT 1",
        Release::COLUMNS
    ))?
    .query_row([project], Release::of)
    .optional()
}

/// The release of this tag.
pub(crate) fn get(db: &Connection, project: ProjectId, tag: &str) -> rusqlite::Result<Option<Release>> {
    db.prepare_cached(&format!("SELECT {} FROM releases WHERE project_id = ? AND tag = ?", Release::COLUMNS))?
        .query_row(params![project, tag], Release::of)
        .optional()
}

/// Adds a release; fails if the tag has one.
pub(crate) fn add(db: &Connection, project: ProjectId, release: NewRelease) -> rusqlite::Result<Release> {
    let NewRelease { tag, sha, name, description, author_id, created_at, released_at } = release;
    let id = db
        .prepare_cached(
            "INSERT INTO releases (project_id, tag, sha, name, description, author_id, created_at, released_at, updated_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?7) RETURNING id",
        )?
        .query_row(params![project, tag, sha, name, description, author_id, created_at, released_at], |row| row.get(0))?;
    let updated_at = created_at;
    Ok(Release { id, tag, sha, name, description, author_id, created_at, released_at, updated_at })
}

/// The time of a change: later than the one before, also within a millisecond.
const CHANGED: &str = "updated_at = max(?, updated_at + 1)";

/// Writes what may change of a release.
pub(crate) fn save(db: &Connection, release: &Release) -> rusqlite::Result<()> {
    db.prepare_cached(&format!(
        "UPDATE releases SET name = ?, description = ?, released_at = ?, {CHANGED} WHERE id = ?"
    ))?
    .execute(params![release.name, release.description, release.released_at, Moment::now(), release.id])
    .map(drop)
}

/// Notes that a release's links changed.
pub(crate) fn touch(db: &Connection, id: ReleaseId) -> rusqlite::Result<()> {
    db.prepare_cached(&format!("UPDATE releases SET {CHANGED} WHERE id = ?"))?
        .execute(params![Moment::now(), id])
        .map(drop)
}

/// Removes the release of this tag, with its links.
pub(crate) fn delete(db: &Connection, project: ProjectId, tag: &str) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM releases WHERE project_id = ? AND tag = ?")?.execute(params![project, tag]).map(drop)
}

/// Makes these the release's milestones.
pub(crate) fn set_milestones(db: &Connection, release: ReleaseId, milestones: &[MilestoneId]) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM release_milestones WHERE release_id = ?")?.execute([release])?;
    let mut insert = db.prepare_cached(
        "INSERT INTO release_milestones (release_id, milestone_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
    )?;
    milestones.iter().try_for_each(|milestone| insert.execute(params![release, milestone]).map(drop))
}
