//! Milestones of projects and groups. A title is unique in a project and its group together: the schema sees to it.

use super::ids::{GroupId, MilestoneId, ProjectId, ReleaseId};
use super::page::Page;
use super::words;
use crate::sandbox::moment::Moment;
use jiff::civil::Date;
use rusqlite::{Connection, OptionalExtension, Row, params, types::Type};
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

/// Which milestones of a project are wanted.
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
    /// Those of the groups around the project as well.
    pub(crate) include_ancestors: bool,
}

const MATCHING: &str = "
    FROM milestones m
    WHERE (m.project_id = ?1 OR (?2 AND m.group_id IN (
        WITH RECURSIVE around (id) AS (
            SELECT group_id FROM projects WHERE id = ?1
            UNION ALL SELECT g.parent_id FROM groups g JOIN around ON g.id = around.id WHERE g.parent_id IS NOT NULL)
        SELECT id FROM around)))
    AND (?3 IS NULL OR m.state = ?3)
    AND (?4 IS NULL OR m.title = ?4)
    AND (?5 IS NULL OR instr(lower(m.title || char(10) || coalesce(m.description, '')), lower(?5)) > 0)
    AND (?6 = '[]' OR m.iid IN (SELECT value FROM json_each(?6)))";

/// One page of the milestones, soonest due first, and one more if there is one.
pub(crate) fn list(
    db: &Connection,
    project: ProjectId,
    filter: &Filter,
    page: Page,
) -> rusqlite::Result<Vec<Milestone>> {
    let Filter { state, title, search, iids, include_ancestors } = filter;
    db.prepare_cached(&format!(
        "SELECT {} {MATCHING} ORDER BY m.due_date IS NULL, m.due_date, m.id DESC LIMIT ?7 OFFSET ?8",
        Milestone::COLUMNS
    ))?
    .query_map(
        params![project, include_ancestors, state, title, search, json!(iids).to_string(), page.limit(), page.offset()],
        Milestone::of,
    )?
    .collect()
}

/// How many milestones match, counted no further than `limit`.
pub(crate) fn count(db: &Connection, project: ProjectId, filter: &Filter, limit: i64) -> rusqlite::Result<i64> {
    let Filter { state, title, search, iids, include_ancestors } = filter;
    db.prepare_cached(&format!("SELECT COUNT(*) FROM (SELECT 1 {MATCHING} LIMIT ?7)"))?
        .query_row(params![project, include_ancestors, state, title, search, json!(iids).to_string(), limit], |row| {
            row.get(0)
        })
}

/// One of a project's own milestones.
pub(crate) fn get(db: &Connection, project: ProjectId, id: MilestoneId) -> rusqlite::Result<Option<Milestone>> {
    db.prepare_cached(&format!("SELECT {} FROM milestones m WHERE m.project_id = ? AND m.id = ?", Milestone::COLUMNS))?
        .query_row(params![project, id], Milestone::of)
        .optional()
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

/// The milestone of this title that a project's release may name: the project's own, or its group's.
pub(crate) fn by_title(db: &Connection, project: ProjectId, title: &str) -> rusqlite::Result<Option<MilestoneId>> {
    db.prepare_cached(
        "SELECT id FROM milestones WHERE project_id = ?1 AND title = ?2 UNION ALL
         SELECT id FROM milestones WHERE group_id = (SELECT group_id FROM projects WHERE id = ?1) AND title = ?2",
    )?
    .query_row(params![project, title], |row| row.get(0))
    .optional()
}

/// The same by number.
pub(crate) fn by_id(db: &Connection, project: ProjectId, id: MilestoneId) -> rusqlite::Result<Option<MilestoneId>> {
    db.prepare_cached(
        "SELECT id FROM milestones
         WHERE id = ?2 AND (project_id = ?1 OR group_id = (SELECT group_id FROM projects WHERE id = ?1))",
    )?
    .query_row(params![project, id], |row| row.get(0))
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
