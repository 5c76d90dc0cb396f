//! Groups, projects and the protection of their tags.

use super::ids::{GroupId, ProjectId};
use super::users::Role;
use super::words;
use crate::sandbox::moment::Moment;
use rusqlite::{Connection, OptionalExtension, Row, params};

words! {
    /// Who may see a project.
    Visibility {
        /// Its members.
        Private = "private",
        /// Everybody.
        Public = "public",
    }
}

/// A project.
#[derive(Debug, Clone)]
pub(crate) struct Project {
    /// The number.
    pub(crate) id: ProjectId,
    /// The group it lives in.
    pub(crate) group_id: GroupId,
    /// The full path, with the group's.
    pub(crate) path: String,
    /// Who may see it.
    pub(crate) visibility: Visibility,
    /// The branch that needs no name.
    pub(crate) default_branch: String,
    /// When it was made.
    pub(crate) created_at: Moment,
}

impl Project {
    const COLUMNS: &str = "id, group_id, path, visibility, default_branch, created_at";

    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            group_id: row.get(1)?,
            path: row.get(2)?,
            visibility: row.get(3)?,
            default_branch: row.get(4)?,
            created_at: row.get(5)?,
        })
    }

    /// The last part of the path.
    pub(crate) fn name(&self) -> &str {
        self.path.rsplit_once('/').map_or(&self.path, |(_, name)| name)
    }

    /// The path of the group.
    pub(crate) fn namespace(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(namespace, _)| namespace)
    }
}

/// A rule about who may create which tags.
#[derive(Debug, Clone)]
pub(crate) struct ProtectedTag {
    /// The tags, with `*` for anything.
    pub(crate) pattern: String,
    /// The least role; `None` is no one.
    pub(crate) create_access: Option<Role>,
}

/// The project that `:id` names: a number if it is one, else a full path.
pub(crate) fn find(db: &Connection, id: &str) -> rusqlite::Result<Option<Project>> {
    if id.bytes().all(|b| b.is_ascii_digit()) {
        let Ok(number) = id.parse::<i64>() else { return Ok(None) };
        db.prepare_cached(&format!("SELECT {} FROM projects WHERE id = ?", Project::COLUMNS))?
            .query_row([number], Project::of)
            .optional()
    } else {
        db.prepare_cached(&format!("SELECT {} FROM projects WHERE path = ?", Project::COLUMNS))?
            .query_row([id], Project::of)
            .optional()
    }
}

/// The number of the group that this one is in.
pub(crate) fn group_parent(db: &Connection, group: GroupId) -> rusqlite::Result<Option<GroupId>> {
    db.prepare_cached("SELECT parent_id FROM groups WHERE id = ?")?.query_row([group], |row| row.get(0))
}

/// The path of a group.
pub(crate) fn group_path(db: &Connection, group: GroupId) -> rusqlite::Result<String> {
    db.prepare_cached("SELECT path FROM groups WHERE id = ?")?.query_row([group], |row| row.get(0))
}

/// The rules about a project's tags.
pub(crate) fn protected_tags(db: &Connection, project: ProjectId) -> rusqlite::Result<Vec<ProtectedTag>> {
    db.prepare_cached("SELECT pattern, create_access FROM protected_tags WHERE project_id = ? ORDER BY pattern")?
        .query_map([project], |row| Ok(ProtectedTag { pattern: row.get(0)?, create_access: row.get(1)? }))?
        .collect()
}

/// Adds a rule about a project's tags.
pub(crate) fn protect(db: &Connection, project: ProjectId, rule: &ProtectedTag) -> rusqlite::Result<()> {
    db.prepare_cached("INSERT INTO protected_tags (project_id, pattern, create_access) VALUES (?, ?, ?)")?
        .execute(params![project, rule.pattern, rule.create_access])
        .map(drop)
}

/// The group with this path, made if need be, and those it is in.
pub(crate) fn ensure_group(db: &Connection, path: &str) -> rusqlite::Result<GroupId> {
    let known =
        db.prepare_cached("SELECT id FROM groups WHERE path = ?")?.query_row([path], |row| row.get(0)).optional()?;
    if let Some(id) = known {
        return Ok(id);
    }
    let parent = path.rsplit_once('/').map(|(parent, _)| ensure_group(db, parent)).transpose()?;
    db.prepare_cached("INSERT INTO groups (parent_id, path) VALUES (?, ?) RETURNING id")?
        .query_row(params![parent, path], |row| row.get(0))
}

/// Adds a project, with a number of its own choice or the next one.
pub(crate) fn add(
    db: &Connection,
    id: Option<ProjectId>,
    path: &str,
    visibility: Visibility,
    default_branch: &str,
    created_at: Moment,
) -> rusqlite::Result<ProjectId> {
    let group = ensure_group(db, path.rsplit_once('/').map_or("", |(namespace, _)| namespace))?;
    db.prepare_cached(
        "INSERT INTO projects (id, group_id, path, visibility, default_branch, created_at) VALUES (?, ?, ?, ?, ?, ?)
         RETURNING id",
    )?
    .query_row(params![id, group, path, visibility, default_branch, created_at], |row| row.get(0))
}
