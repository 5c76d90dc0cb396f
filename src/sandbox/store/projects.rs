//! Projects, where they used to be, and the protection of their tags.

use super::groups::{self, last_part};
use super::ids::{GroupId, ProjectId};
use super::page::{Page, Sort};
use super::users::{Role, Viewer};
use super::words;
use crate::sandbox::moment::Moment;
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

words! {
    /// Who may see a project.
    Visibility {
        /// Its members.
        Private = "private",
        /// Who is signed in.
        Internal = "internal",
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
    /// What people read.
    pub(crate) name: String,
    /// Markdown.
    pub(crate) description: Option<String>,
    /// Who may see it.
    pub(crate) visibility: Visibility,
    /// The branch that needs no name.
    pub(crate) default_branch: String,
    /// When it was made.
    pub(crate) created_at: Moment,
}

impl Project {
    const COLUMNS: &str =
        "p.id, p.group_id, p.path, p.name, p.description, p.visibility, p.default_branch, p.created_at";

    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            group_id: row.get(1)?,
            path: row.get(2)?,
            name: row.get(3)?,
            description: row.get(4)?,
            visibility: row.get(5)?,
            default_branch: row.get(6)?,
            created_at: row.get(7)?,
        })
    }

    /// The last part of the path.
    pub(crate) fn last_part(&self) -> &str {
        last_part(&self.path)
    }

    /// The path of the group.
    pub(crate) fn namespace(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(namespace, _)| namespace)
    }
}

/// A project to be.
#[derive(Debug, Clone)]
pub(crate) struct NewProject {
    /// A number of its own choice, or the next one.
    pub(crate) id: Option<ProjectId>,
    /// The full path, with the group's.
    pub(crate) path: String,
    /// What people read.
    pub(crate) name: String,
    /// Markdown.
    pub(crate) description: Option<String>,
    /// Who may see it.
    pub(crate) visibility: Visibility,
    /// The branch that needs no name.
    pub(crate) default_branch: String,
    /// When it is made.
    pub(crate) created_at: Moment,
}

/// A rule about who may create which tags.
#[derive(Debug, Clone)]
pub(crate) struct ProtectedTag {
    /// The tags, with `*` for anything.
    pub(crate) pattern: String,
    /// The least role; `None` is no one.
    pub(crate) create_access: Option<Role>,
}

/// What `:id` may name.
#[derive(Debug)]
pub(crate) enum Found {
    /// A project.
    Here(Project),
    /// A path that the project once had.
    Moved(Project),
}

words! {
    /// How projects are listed.
    ProjectOrder {
        /// By number.
        Id = "id",
        /// By when they were made.
        CreatedAt = "created_at",
        /// By what people read.
        Name = "name",
        /// By path.
        Path = "path",
    }
}

/// Which projects are wanted.
#[derive(Debug, Clone)]
pub(crate) struct ProjectFilter {
    /// Those that this one may know of.
    pub(crate) viewer: Viewer,
    /// Those in the group with this path only.
    pub(crate) group: Option<String>,
    /// And those in the groups below it.
    pub(crate) include_subgroups: bool,
    /// Those whose name or last part of the path holds this.
    pub(crate) search: Option<String>,
    /// Those only that these may see.
    pub(crate) visibility: Option<Visibility>,
}

/// Who sees a project `p`, for the named parameters of a [`Viewer`].
pub(super) const SEEN: &str =
    "(:sees_all OR p.visibility = 'public' OR (:viewer IS NOT NULL AND p.visibility = 'internal')
    OR EXISTS (SELECT 1 FROM members m WHERE m.project_id = p.id AND m.user_id = :viewer)
    OR EXISTS (SELECT 1 FROM group_members m JOIN groups a ON a.id = m.group_id WHERE m.user_id = :viewer
               AND substr(p.path, 1, length(a.path) + 1) = a.path || '/'))";

const MATCHING: &str = "
    AND (:group IS NULL OR a.path = :group
         OR (:include_subgroups AND substr(a.path, 1, length(:group) + 1) = :group || '/'))
    AND (:search IS NULL
         OR instr(lower(p.name || char(10) || substr(p.path, length(a.path) + 2)), lower(:search)) > 0)
    AND (:visibility IS NULL OR p.visibility = :visibility)";

/// The project that `:id` names: a number if it is one, else a full path.
pub(crate) fn find(db: &Connection, id: &str) -> rusqlite::Result<Option<Found>> {
    if id.bytes().all(|b| b.is_ascii_digit()) {
        let Ok(number) = id.parse::<i64>() else { return Ok(None) };
        return Ok(get(db, ProjectId(number))?.map(Found::Here));
    }
    if let Some(project) = by("p.path = ?", id, db)? {
        return Ok(Some(Found::Here(project)));
    }
    let moved = by("p.id = (SELECT project_id FROM moved_projects WHERE path = ?)", id, db)?;
    Ok(moved.map(Found::Moved))
}

/// The project with this number.
pub(crate) fn get(db: &Connection, id: ProjectId) -> rusqlite::Result<Option<Project>> {
    by("p.id = ?", id, db)
}

fn by(condition: &str, value: impl rusqlite::ToSql, db: &Connection) -> rusqlite::Result<Option<Project>> {
    db.prepare_cached(&format!("SELECT {} FROM projects p WHERE {condition}", Project::COLUMNS))?
        .query_row([value], Project::of)
        .optional()
}

/// One page of the projects, and one more if there is one; with how many there are, counted no further than `limit`.
pub(crate) fn list(
    db: &Connection,
    filter: &ProjectFilter,
    order: ProjectOrder,
    sort: Sort,
    page: Page,
    limit: i64,
) -> rusqlite::Result<(Vec<Project>, i64)> {
    let ProjectFilter { viewer, group, include_subgroups, search, visibility } = filter;
    let (column, direction) = (order.as_str(), sort.sql());
    let matching = format!("FROM projects p JOIN groups a ON a.id = p.group_id WHERE {SEEN} {MATCHING}");
    let rows = db
        .prepare_cached(&format!(
            "SELECT {} {matching} ORDER BY p.{column} {direction}, p.id {direction} LIMIT :limit OFFSET :offset",
            Project::COLUMNS
        ))?
        .query_map(
            named_params! {
                ":viewer": viewer.user, ":sees_all": viewer.sees_all, ":group": group,
                ":include_subgroups": include_subgroups, ":search": search, ":visibility": visibility,
                ":limit": page.limit(), ":offset": page.offset(),
            },
            Project::of,
        )?
        .collect::<Result<_, _>>()?;
    let count = db.prepare_cached(&format!("SELECT COUNT(*) FROM (SELECT 1 {matching} LIMIT :limit)"))?.query_row(
        named_params! {
            ":viewer": viewer.user, ":sees_all": viewer.sees_all, ":group": group,
            ":include_subgroups": include_subgroups, ":search": search, ":visibility": visibility, ":limit": limit,
        },
        |row| row.get(0),
    )?;
    Ok((rows, count))
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

/// Adds a project, and the groups its path names if need be; fails if the path or the number is taken.
pub(crate) fn add(db: &Connection, project: NewProject) -> rusqlite::Result<Project> {
    let NewProject { id, path, name, description, visibility, default_branch, created_at } = project;
    let namespace = path.rsplit_once('/').map_or("", |(namespace, _)| namespace);
    let group_id = groups::ensure(db, namespace, created_at)?;
    let id = db
        .prepare_cached(
            "INSERT INTO projects (id, group_id, path, name, description, visibility, default_branch, created_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
        )?
        .query_row(params![id, group_id, path, name, description, visibility, default_branch, created_at], |row| {
            row.get(0)
        })?;
    Ok(Project { id, group_id, path, name, description, visibility, default_branch, created_at })
}

/// Writes what may change of a project; fails if a new path is taken. Where it was, it is known by its number.
pub(crate) fn save(db: &Connection, project: &Project, was_at: &str) -> rusqlite::Result<()> {
    let Project { id, group_id: _, path, name, description, visibility, default_branch, created_at: _ } = project;
    db.prepare_cached(
        "UPDATE projects SET path = ?, name = ?, description = ?, visibility = ?, default_branch = ? WHERE id = ?",
    )?
    .execute(params![path, name, description, visibility, default_branch, id])?;
    if path == was_at { Ok(()) } else { add_former_path(db, *id, was_at) }
}

/// Notes where a project used to be.
pub(crate) fn add_former_path(db: &Connection, project: ProjectId, path: &str) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO moved_projects (path, project_id) VALUES (?, ?) ON CONFLICT DO UPDATE SET project_id = excluded.project_id",
    )?
    .execute(params![path, project])
    .map(drop)
}

/// Removes a project, and all that is in it.
pub(crate) fn delete(db: &Connection, id: ProjectId) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM projects WHERE id = ?")?.execute([id]).map(drop)
}

/// From now on no package of the project may hold two files of one name.
pub(crate) fn forbid_duplicate_packages(db: &Connection, id: ProjectId) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE projects SET allow_duplicate_packages = FALSE WHERE id = ?")?.execute([id]).map(drop)
}
