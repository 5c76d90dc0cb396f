//! Milestones of projects and groups. A title is unique in a project and its group together: the schema sees to it.

use super::ids::{GroupId, MilestoneId, ProjectId, ReleaseId};
use super::page::Page;
use super::words;
use crate::sandbox::moment::Moment;
use jiff::civil::Date;
use rusqlite::{Connection, OptionalExtension, Row, named_params, params, types::Type};
use serde_json::json;

words! {
    /// Open or closed.
    MilestoneState {
        /// Work goes on.
        Active = "active",
        /// Done with.
        Closed = "closed",
    }
}

/// Who has a milestone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    /// A project.
    Project(ProjectId),
    /// A group.
    Group(GroupId),
}

impl Owner {
    fn ids(self) -> (Option<ProjectId>, Option<GroupId>) {
        match self {
            Self::Project(project) => (Some(project), None),
            Self::Group(group) => (None, Some(group)),
        }
    }
}

/// What a milestone says.
#[derive(Debug, Clone)]
pub(crate) struct MilestoneFields {
    /// The name by which releases know it.
    pub(crate) title: String,
    /// Markdown.
    pub(crate) description: Option<String>,
    /// Open or closed.
    pub(crate) state: MilestoneState,
    /// First day.
    pub(crate) start_date: Option<Date>,
    /// Last day.
    pub(crate) due_date: Option<Date>,
}

/// A milestone.
#[derive(Debug, Clone)]
pub(crate) struct Milestone {
    /// The number.
    pub(crate) id: MilestoneId,
    /// The number within its project or group.
    pub(crate) iid: i64,
    /// Who has it.
    pub(crate) owner: Owner,
    /// What it says.
    pub(crate) fields: MilestoneFields,
    /// When it was made.
    pub(crate) created_at: Moment,
    /// When it last changed.
    pub(crate) updated_at: Moment,
}

impl Milestone {
    const COLUMNS: &str =
        "m.id, m.iid, m.project_id, m.group_id, m.title, m.description, m.state, m.start_date, m.due_date,
         m.created_at, m.updated_at";

    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        let owner = match row.get(2)? {
            Some(project) => Owner::Project(project),
            None => Owner::Group(row.get(3)?),
        };
        let fields = MilestoneFields {
            title: row.get(4)?,
            description: row.get(5)?,
            state: row.get(6)?,
            start_date: date(row, 7)?,
            due_date: date(row, 8)?,
        };
        let (created_at, updated_at) = (row.get(9)?, row.get(10)?);
        Ok(Self { id: row.get(0)?, iid: row.get(1)?, owner, fields, created_at, updated_at })
    }
}

fn date(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Date>> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| text.parse())
        .transpose()
        .map_err(|e| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(e)))
}

/// Which milestones are wanted.
#[derive(Debug, Clone)]
pub(crate) struct Filter {
    /// Open or closed ones only.
    pub(crate) state: Option<MilestoneState>,
    /// Those of this title only.
    pub(crate) title: Option<String>,
    /// Those whose title or description holds this.
    pub(crate) search: Option<String>,
    /// Those with these numbers; an empty list is no limit.
    pub(crate) iids: Vec<i64>,
    /// Those of the groups around as well.
    pub(crate) include_ancestors: bool,
}

const MATCHING: &str = "
    FROM milestones m
    WHERE (m.project_id = :project OR m.group_id = :group OR (:include_ancestors AND m.group_id IN (
        WITH RECURSIVE around (id) AS (
            SELECT group_id FROM projects WHERE id = :project UNION ALL SELECT id FROM groups WHERE id = :group
            UNION ALL SELECT g.parent_id FROM groups g JOIN around ON g.id = around.id WHERE g.parent_id IS NOT NULL)
        SELECT id FROM around)))
    AND (:state IS NULL OR m.state = :state)
    AND (:title IS NULL OR m.title = :title)
    AND (:search IS NULL OR instr(lower(m.title || char(10) || coalesce(m.description, '')), lower(:search)) > 0)
    AND (:iids = '[]' OR m.iid IN (SELECT value FROM json_each(:iids)))";

/// One page of the milestones, soonest due first, and one more if there is one; with how many there are, counted no
/// further than `limit`.
pub(crate) fn list(
    db: &Connection,
    owner: Owner,
    filter: &Filter,
    page: Page,
    limit: i64,
) -> rusqlite::Result<(Vec<Milestone>, i64)> {
    let Filter { state, title, search, iids, include_ancestors } = filter;
    let (project, group) = owner.ids();
    let iids = json!(iids).to_string();
    let rows = db
        .prepare_cached(&format!(
            "SELECT {} {MATCHING} ORDER BY m.due_date IS NULL, m.due_date, m.id DESC LIMIT :limit OFFSET :offset",
            Milestone::COLUMNS
        ))?
        .query_map(
            named_params! {
                ":project": project, ":group": group, ":include_ancestors": include_ancestors, ":state": state,
                ":title": title, ":search": search, ":iids": iids, ":limit": page.limit(), ":offset": page.offset(),
            },
            Milestone::of,
        )?
        .collect::<Result<_, _>>()?;
    let count = db.prepare_cached(&format!("SELECT COUNT(*) FROM (SELECT 1 {MATCHING} LIMIT :limit)"))?.query_row(
        named_params! {
            ":project": project, ":group": group, ":include_ancestors": include_ancestors, ":state": state,
            ":title": title, ":search": search, ":iids": iids, ":limit": limit,
        },
        |row| row.get(0),
    )?;
    Ok((rows, count))
}

/// One of the milestones that a project or group has itself.
pub(crate) fn get(db: &Connection, owner: Owner, id: MilestoneId) -> rusqlite::Result<Option<Milestone>> {
    let (project, group) = owner.ids();
    db.prepare_cached(&format!(
        "SELECT {} FROM milestones m WHERE (m.project_id = ? OR m.group_id = ?) AND m.id = ?",
        Milestone::COLUMNS
    ))?
    .query_row(params![project, group, id], Milestone::of)
    .optional()
}

/// The path of who has milestones.
pub(crate) fn owner_path(db: &Connection, owner: Owner) -> rusqlite::Result<String> {
    let (project, group) = owner.ids();
    db.prepare_cached(
        "SELECT path FROM projects WHERE id = ?1 UNION ALL SELECT 'groups/' || path FROM groups WHERE id = ?2",
    )?
    .query_row(params![project, group], |row| row.get(0))
}

/// The milestones a release names.
pub(crate) fn of_release(db: &Connection, release: ReleaseId) -> rusqlite::Result<Vec<Milestone>> {
    db.prepare_cached(&format!(
        "SELECT {} FROM release_milestones r JOIN milestones m ON m.id = r.milestone_id
         WHERE r.release_id = ? ORDER BY m.id",
        Milestone::COLUMNS
    ))?
    .query_map([release], Milestone::of)?
    .collect()
}

/// From where a project's release may name milestones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// From the project.
    Project,
    /// From the project and the group it is in.
    ProjectAndGroup,
}

/// The milestone of this title that a project's release may name.
pub(crate) fn by_title(
    db: &Connection,
    project: ProjectId,
    reach: Reach,
    title: &str,
) -> rusqlite::Result<Option<MilestoneId>> {
    db.prepare_cached(
        "SELECT id FROM milestones WHERE project_id = ?1 AND title = ?2 UNION ALL
         SELECT id FROM milestones
         WHERE ?3 AND group_id = (SELECT group_id FROM projects WHERE id = ?1) AND title = ?2",
    )?
    .query_row(params![project, title, reach == Reach::ProjectAndGroup], |row| row.get(0))
    .optional()
}

/// The same by number.
pub(crate) fn by_id(
    db: &Connection,
    project: ProjectId,
    reach: Reach,
    id: MilestoneId,
) -> rusqlite::Result<Option<MilestoneId>> {
    db.prepare_cached(
        "SELECT id FROM milestones
         WHERE id = ?2 AND (project_id = ?1 OR (?3 AND group_id = (SELECT group_id FROM projects WHERE id = ?1)))",
    )?
    .query_row(params![project, id, reach == Reach::ProjectAndGroup], |row| row.get(0))
    .optional()
}

/// Adds a milestone, with a number of its own choice or the next one; fails if the title is taken.
pub(crate) fn add(
    db: &Connection,
    id: Option<MilestoneId>,
    owner: Owner,
    fields: MilestoneFields,
    created_at: Moment,
) -> rusqlite::Result<Milestone> {
    let (project, group, iid) = match owner {
        Owner::Project(project) => {
            let mut next = db.prepare_cached(
                "UPDATE projects SET milestone_iid = milestone_iid + 1 WHERE id = ? RETURNING milestone_iid",
            )?;
            (Some(project), None, next.query_row([project], |row| row.get(0))?)
        }
        Owner::Group(group) => {
            let mut next = db.prepare_cached(
                "UPDATE groups SET milestone_iid = milestone_iid + 1 WHERE id = ? RETURNING milestone_iid",
            )?;
            (None, Some(group), next.query_row([group], |row| row.get(0))?)
        }
    };
    let MilestoneFields { title, description, state, start_date, due_date } = &fields;
    let [start, due] = [start_date, due_date].map(|date| date.map(|d| d.to_string()));
    let id = db
        .prepare_cached(
            "INSERT INTO milestones
             (id, iid, project_id, group_id, title, description, state, start_date, due_date, created_at, updated_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10) RETURNING id",
        )?
        .query_row(params![id, iid, project, group, title, description, state, start, due, created_at], |row| {
            row.get(0)
        })?;
    Ok(Milestone { id, iid, owner, fields, created_at, updated_at: created_at })
}

/// Writes all of a milestone; fails if the title is taken.
pub(crate) fn save(db: &Connection, milestone: &Milestone) -> rusqlite::Result<()> {
    let MilestoneFields { title, description, state, start_date, due_date } = &milestone.fields;
    let [start, due] = [start_date, due_date].map(|date| date.map(|d| d.to_string()));
    db.prepare_cached(
        "UPDATE milestones SET title = ?, description = ?, state = ?, start_date = ?, due_date = ?, updated_at = ?
         WHERE id = ?",
    )?
    .execute(params![title, description, state, start, due, milestone.updated_at, milestone.id])
    .map(drop)
}

/// Removes a milestone, also from the releases that name it.
pub(crate) fn delete(db: &Connection, id: MilestoneId) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM milestones WHERE id = ?")?.execute([id]).map(drop)
}
