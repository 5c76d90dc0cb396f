//! Merge requests, as far as notes need something to stand on.

use super::ids::{MergeRequestId, ProjectId, UserId};
use super::page::{Page, Sort};
use super::words;
use crate::sandbox::moment::Moment;
use crate::sandbox::quick_actions::QuickAction;
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

words! {
    /// What became of a merge request.
    MergeRequestState {
        /// Nothing yet.
        Opened = "opened",
        /// It was given up.
        Closed = "closed",
        /// It is in.
        Merged = "merged",
    }
}

/// What a merge request says.
#[derive(Debug, Clone)]
pub(crate) struct MergeRequestFields {
    /// The title.
    pub(crate) title: String,
    /// Markdown.
    pub(crate) description: Option<String>,
    /// What is to be merged.
    pub(crate) source_branch: String,
    /// Into what.
    pub(crate) target_branch: String,
    /// What became of it.
    pub(crate) state: MergeRequestState,
}

/// A merge request.
#[derive(Debug, Clone)]
pub(crate) struct MergeRequest {
    /// The number.
    pub(crate) id: MergeRequestId,
    /// The number within its project.
    pub(crate) iid: i64,
    /// Who made it.
    pub(crate) author_id: UserId,
    /// What it says.
    pub(crate) fields: MergeRequestFields,
    /// When it was made.
    pub(crate) created_at: Moment,
    /// When it last changed.
    pub(crate) updated_at: Moment,
}

impl MergeRequest {
    const COLUMNS: &str =
        "id, iid, author_id, title, description, source_branch, target_branch, state, created_at, updated_at";

    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        let fields = MergeRequestFields {
            title: row.get(3)?,
            description: row.get(4)?,
            source_branch: row.get(5)?,
            target_branch: row.get(6)?,
            state: row.get(7)?,
        };
        let (created_at, updated_at) = (row.get(8)?, row.get(9)?);
        Ok(Self { id: row.get(0)?, iid: row.get(1)?, author_id: row.get(2)?, fields, created_at, updated_at })
    }
}

/// Which merge requests are wanted.
#[derive(Debug, Clone)]
pub(crate) struct MergeRequestFilter {
    /// Those of which this became.
    pub(crate) state: Option<MergeRequestState>,
    /// Those from this branch.
    pub(crate) source_branch: Option<String>,
    /// Those to this branch.
    pub(crate) target_branch: Option<String>,
}

const MATCHING: &str = "FROM merge_requests WHERE project_id = :project AND (:state IS NULL OR state = :state)
    AND (:source IS NULL OR source_branch = :source) AND (:target IS NULL OR target_branch = :target)";

/// One page of a project's merge requests, by when they were made, and one more if there is one; with how many there
/// are, counted no further than `limit`.
pub(crate) fn list(
    db: &Connection,
    project: ProjectId,
    filter: &MergeRequestFilter,
    sort: Sort,
    page: Page,
    limit: i64,
) -> rusqlite::Result<(Vec<MergeRequest>, i64)> {
    let MergeRequestFilter { state, source_branch, target_branch } = filter;
    let direction = sort.sql();
    let rows = db
        .prepare_cached(&format!(
            "SELECT {} {MATCHING} ORDER BY created_at {direction}, id {direction} LIMIT :limit OFFSET :offset",
            MergeRequest::COLUMNS
        ))?
        .query_map(
            named_params! {
                ":project": project, ":state": state, ":source": source_branch, ":target": target_branch,
                ":limit": page.limit(), ":offset": page.offset(),
            },
            MergeRequest::of,
        )?
        .collect::<Result<_, _>>()?;
    let count = db.prepare_cached(&format!("SELECT COUNT(*) FROM (SELECT 1 {MATCHING} LIMIT :limit)"))?.query_row(
        named_params! {
            ":project": project, ":state": state, ":source": source_branch, ":target": target_branch, ":limit": limit,
        },
        |row| row.get(0),
    )?;
    Ok((rows, count))
}

/// The project's merge request of this number.
pub(crate) fn get(db: &Connection, project: ProjectId, iid: i64) -> rusqlite::Result<Option<MergeRequest>> {
    db.prepare_cached(&format!(
        "SELECT {} FROM merge_requests WHERE project_id = ? AND iid = ?",
        MergeRequest::COLUMNS
    ))?
    .query_row(params![project, iid], MergeRequest::of)
    .optional()
}

/// The project's open merge request between these branches.
pub(crate) fn open_one(
    db: &Connection,
    project: ProjectId,
    source: &str,
    target: &str,
) -> rusqlite::Result<Option<i64>> {
    db.prepare_cached(
        "SELECT iid FROM merge_requests
         WHERE project_id = ? AND source_branch = ? AND target_branch = ? AND state = 'opened'",
    )?
    .query_row(params![project, source, target], |row| row.get(0))
    .optional()
}

/// Adds a merge request, with a number of its own choice or the next one; fails if the number is taken, or if another
/// one between the same branches is open.
pub(crate) fn add(
    db: &Connection,
    project: ProjectId,
    iid: Option<i64>,
    author_id: UserId,
    fields: MergeRequestFields,
    created_at: Moment,
) -> rusqlite::Result<MergeRequest> {
    let iid: i64 = db
        .prepare_cached(
            "UPDATE projects SET merge_request_iid = max(merge_request_iid, coalesce(?1, merge_request_iid + 1))
             WHERE id = ?2 RETURNING coalesce(?1, merge_request_iid)",
        )?
        .query_row(params![iid, project], |row| row.get(0))?;
    let MergeRequestFields { title, description, source_branch, target_branch, state } = &fields;
    let id = db
        .prepare_cached(
            "INSERT INTO merge_requests
             (iid, project_id, author_id, title, description, source_branch, target_branch, state, created_at, updated_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9) RETURNING id",
        )?
        .query_row(
            params![iid, project, author_id, title, description, source_branch, target_branch, state, created_at],
            |row| row.get(0),
        )?;
    Ok(MergeRequest { id, iid, author_id, fields, created_at, updated_at: created_at })
}

/// Writes what may change of a merge request; fails if it is to be open and another one between its branches is.
pub(crate) fn save(db: &Connection, merge_request: &MergeRequest) -> rusqlite::Result<()> {
    let MergeRequestFields { title, description, source_branch: _, target_branch, state } = &merge_request.fields;
    db.prepare_cached(
        "UPDATE merge_requests SET title = ?, description = ?, target_branch = ?, state = ?, updated_at = ?
         WHERE id = ?",
    )?
    .execute(params![title, description, target_branch, state, merge_request.updated_at, merge_request.id])
    .map(drop)
}

/// Notes that a quick action was carried out.
pub(crate) fn record(
    db: &Connection,
    merge_request: MergeRequestId,
    user: UserId,
    action: &QuickAction,
) -> rusqlite::Result<()> {
    db.prepare_cached("INSERT INTO quick_actions (merge_request_id, user_id, command, argument) VALUES (?, ?, ?, ?)")?
        .execute(params![merge_request, user, action.command, action.argument])
        .map(drop)
}

/// A quick action that was carried out.
#[derive(Debug)]
pub(crate) struct CarriedOut {
    /// Where: the project's path.
    pub(crate) project: String,
    /// And the merge request's number in it.
    pub(crate) iid: i64,
    /// As whom.
    pub(crate) username: String,
    /// What.
    pub(crate) action: QuickAction,
}

/// All quick actions that were carried out, in their order.
pub(crate) fn carried_out(db: &Connection) -> rusqlite::Result<Vec<CarriedOut>> {
    db.prepare_cached(
        "SELECT p.path, m.iid, u.username, q.command, q.argument FROM quick_actions q
         JOIN merge_requests m ON m.id = q.merge_request_id JOIN projects p ON p.id = m.project_id
         JOIN users u ON u.id = q.user_id ORDER BY q.id",
    )?
    .query_map([], |row| {
        let action = QuickAction { command: row.get(3)?, argument: row.get(4)? };
        Ok(CarriedOut { project: row.get(0)?, iid: row.get(1)?, username: row.get(2)?, action })
    })?
    .collect()
}
