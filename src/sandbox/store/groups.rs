//! Groups. They lie in one another by their paths; a member of one is a member of all below it.

use super::ids::GroupId;
use super::page::Page;
use super::projects::Visibility;
use super::users::{User, Viewer};
use super::words;
use crate::sandbox::moment::Moment;
use crate::sandbox::store::users::Role;
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

/// A group.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    /// The number.
    pub(crate) id: GroupId,
    /// The number of the group it lies in.
    pub(crate) parent_id: Option<GroupId>,
    /// The full path.
    pub(crate) path: String,
    /// What people read.
    pub(crate) name: String,
    /// Markdown.
    pub(crate) description: String,
    /// Who may see it.
    pub(crate) visibility: Visibility,
    /// When it was made.
    pub(crate) created_at: Moment,
}

impl Group {
    const COLUMNS: &str = "g.id, g.parent_id, g.path, g.name, g.description, g.visibility, g.created_at";

    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            parent_id: row.get(1)?,
            path: row.get(2)?,
            name: row.get(3)?,
            description: row.get(4)?,
            visibility: row.get(5)?,
            created_at: row.get(6)?,
        })
    }

    /// The last part of the path.
    pub(crate) fn last_part(&self) -> &str {
        last_part(&self.path)
    }
}

/// A group to be.
#[derive(Debug, Clone)]
pub(crate) struct NewGroup {
    /// The group it is to lie in.
    pub(crate) parent_id: Option<GroupId>,
    /// The full path.
    pub(crate) path: String,
    /// What people read.
    pub(crate) name: String,
    /// Markdown.
    pub(crate) description: String,
    /// Who may see it.
    pub(crate) visibility: Visibility,
}

words! {
    /// How groups are listed.
    GroupOrder {
        /// By what people read.
        Name = "name",
        /// By path.
        Path = "path",
        /// By number.
        Id = "id",
    }
}

/// Who sees a group `g`: also those who see a project below it.
fn seen() -> String {
    let project = super::projects::SEEN;
    format!(
        "(:sees_all OR g.visibility = 'public' OR (:viewer IS NOT NULL AND g.visibility = 'internal')
          OR EXISTS (SELECT 1 FROM group_members m JOIN groups a ON a.id = m.group_id WHERE m.user_id = :viewer
                     AND (a.id = g.id OR substr(g.path, 1, length(a.path) + 1) = a.path || '/'))
          OR EXISTS (SELECT 1 FROM projects p WHERE substr(p.path, 1, length(g.path) + 1) = g.path || '/' AND {project}))"
    )
}

/// The last part of a path.
pub(super) fn last_part(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, last)| last)
}

/// The group that `:id` names, a number if it is one, else a full path, if the one who asks may know of it.
pub(crate) fn find(db: &Connection, id: &str, viewer: Viewer) -> rusqlite::Result<Option<Group>> {
    let number = id.bytes().all(|b| b.is_ascii_digit());
    let column = if number { "id" } else { "path" };
    let statement = format!("SELECT {} FROM groups g WHERE g.{column} = :id AND {}", Group::COLUMNS, seen());
    let mut statement = db.prepare_cached(&statement)?;
    let (user, all) = (viewer.user, viewer.sees_all);
    if number {
        let Ok(number) = id.parse::<i64>() else { return Ok(None) };
        statement.query_row(named_params! { ":id": number, ":viewer": user, ":sees_all": all }, Group::of).optional()
    } else {
        statement.query_row(named_params! { ":id": id, ":viewer": user, ":sees_all": all }, Group::of).optional()
    }
}

/// The group with this number.
pub(crate) fn get(db: &Connection, id: GroupId) -> rusqlite::Result<Option<Group>> {
    db.prepare_cached(&format!("SELECT {} FROM groups g WHERE g.id = ?", Group::COLUMNS))?
        .query_row([id], Group::of)
        .optional()
}

/// The group with this path.
pub(crate) fn by_path(db: &Connection, path: &str) -> rusqlite::Result<Option<Group>> {
    db.prepare_cached(&format!("SELECT {} FROM groups g WHERE g.path = ?", Group::COLUMNS))?
        .query_row([path], Group::of)
        .optional()
}

/// One page of the groups that somebody may know of, and one more if there is one; with how many there are, counted no
/// further than `limit`.
pub(crate) fn list(
    db: &Connection,
    viewer: Viewer,
    search: Option<&str>,
    order: GroupOrder,
    page: Page,
    limit: i64,
) -> rusqlite::Result<(Vec<Group>, i64)> {
    let matching = format!(
        "FROM groups g WHERE {} AND (:search IS NULL OR instr(lower(g.name || char(10) || g.path), lower(:search)) > 0)",
        seen()
    );
    let (user, all, column) = (viewer.user, viewer.sees_all, order.as_str());
    let rows = db
        .prepare_cached(&format!(
            "SELECT {} {matching} ORDER BY g.{column}, g.id LIMIT :limit OFFSET :offset",
            Group::COLUMNS
        ))?
        .query_map(
            named_params! { ":viewer": user, ":sees_all": all, ":search": search, ":limit": page.limit(), ":offset": page.offset() },
            Group::of,
        )?
        .collect::<Result<_, _>>()?;
    let count = db
        .prepare_cached(&format!("SELECT COUNT(*) FROM (SELECT 1 {matching} LIMIT :limit)"))?
        .query_row(named_params! { ":viewer": user, ":sees_all": all, ":search": search, ":limit": limit }, |row| {
            row.get(0)
        })?;
    Ok((rows, count))
}

/// What a user is in a group.
pub(crate) fn role_in(db: &Connection, user: &User, group: &Group) -> rusqlite::Result<Option<Role>> {
    Ok(role_below(db, user, &group.path)?.max(user.role_everywhere()))
}

/// What a user is by the groups that a path is, or lies in.
pub(super) fn role_below(db: &Connection, user: &User, path: &str) -> rusqlite::Result<Option<Role>> {
    db.prepare_cached(
        "SELECT MAX(m.role) FROM group_members m JOIN groups g ON g.id = m.group_id
         WHERE m.user_id = ?1 AND (g.path = ?2 OR substr(?2, 1, length(g.path) + 1) = g.path || '/')",
    )?
    .query_row(params![user.id, path], |row| row.get(0))
}

/// The group with this path, made if need be, and those it is in.
pub(crate) fn ensure(db: &Connection, path: &str, now: Moment) -> rusqlite::Result<GroupId> {
    if let Some(group) = by_path(db, path)? {
        return Ok(group.id);
    }
    let parent_id = path.rsplit_once('/').map(|(parent, _)| ensure(db, parent, now)).transpose()?;
    let (path, name) = (path.to_owned(), last_part(path).to_owned());
    add(db, NewGroup { parent_id, path, name, description: String::new(), visibility: Visibility::Private }, now)
}

/// Adds a group; fails if the path is taken.
pub(crate) fn add(db: &Connection, group: NewGroup, created_at: Moment) -> rusqlite::Result<GroupId> {
    let NewGroup { parent_id, path, name, description, visibility } = group;
    db.prepare_cached(
        "INSERT INTO groups (parent_id, path, name, description, visibility, created_at) VALUES (?, ?, ?, ?, ?, ?)
         RETURNING id",
    )?
    .query_row(params![parent_id, path, name, description, visibility, created_at], |row| row.get(0))
}

/// Writes what a seed may say of a group that is there.
pub(crate) fn describe(
    db: &Connection,
    id: GroupId,
    name: Option<&str>,
    visibility: Visibility,
) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE groups SET name = coalesce(?, name), visibility = ? WHERE id = ?")?
        .execute(params![name, visibility, id])
        .map(drop)
}

/// Removes a group, and all that is in it.
pub(crate) fn delete(db: &Connection, id: GroupId) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM groups WHERE id = ?")?.execute([id]).map(drop)
}
