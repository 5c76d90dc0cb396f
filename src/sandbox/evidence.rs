//! What evidence says: a release as it is, written down. How it is asked for and shown is the API's.

use crate::sandbox::http::hex;
use crate::sandbox::moment::Moment;
use crate::sandbox::store::milestones::Milestone;
use crate::sandbox::store::projects::Project;
use crate::sandbox::store::releases::Release;
use crate::sandbox::store::{evidences, milestones};
use rusqlite::Connection;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::time::Duration;

/// Writes down what the release is; it will be there for readers after the delay.
pub(crate) fn collect(db: &Connection, project: &Project, release: &Release, delay: Duration) -> rusqlite::Result<()> {
    let summary = summary(db, project, release)?;
    let sha = hex(&Sha256::digest(summary.as_bytes()));
    evidences::add(db, release.id, &summary, &sha, Moment::now().later(delay))
}

/// What GitLab writes down of a release.
fn summary(db: &Connection, project: &Project, release: &Release) -> rusqlite::Result<String> {
    let milestones: Vec<Value> = milestones::of_release(db, release.id)?.iter().map(milestone).collect();
    let summary = json!({
        "release": {
            "id": release.id,
            "tag_name": release.tag,
            "name": release.name.as_ref().unwrap_or(&release.tag),
            "description": release.description,
            "created_at": release.created_at,
            "project": {
                "id": project.id,
                "name": project.name,
                "description": project.description,
                "created_at": project.created_at,
            },
            "milestones": milestones,
            "report_artifacts": [],
        },
    });
    Ok(summary.to_string())
}

fn milestone(milestone: &Milestone) -> Value {
    let Milestone { id, iid, owner: _, fields, created_at, updated_at: _ } = milestone;
    json!({
        "id": id,
        "iid": iid,
        "title": fields.title,
        "description": fields.description,
        "state": fields.state.as_str(),
        "created_at": created_at,
        "due_date": fields.due_date,
        "issues": [],
    })
}
