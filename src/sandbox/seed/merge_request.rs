//! Writes a seed's merge requests, with what was said of them. Quick actions in seeded notes are text.

use super::Problem;
use super::format::{MergeRequest, Note};
use super::lay::user_id;
use crate::sandbox::moment::Moment;
use crate::sandbox::rules::title_error;
use crate::sandbox::store::ids::UserId;
use crate::sandbox::store::merge_requests::{self, MergeRequestFields, MergeRequestState};
use crate::sandbox::store::notes::{self, Voice};
use crate::sandbox::store::projects::Project;
use rusqlite::Connection;

pub(super) fn lay(
    db: &Connection,
    project: &Project,
    entry: &MergeRequest,
    author: UserId,
    now: Moment,
) -> Result<(), Problem> {
    let place = entry.title.span();
    if let Some(error) = title_error(entry.title.get_ref()) {
        return Err(Problem::new(format!("the title {error}"), place));
    }
    let fields = MergeRequestFields {
        title: entry.title.get_ref().clone(),
        description: entry.description.clone(),
        source_branch: entry.source_branch.clone(),
        target_branch: entry.target_branch.clone().unwrap_or_else(|| project.default_branch.clone()),
        state: entry.state.unwrap_or(MergeRequestState::Opened),
    };
    let created_at = entry.created_at.unwrap_or(now);
    let made = merge_requests::add(db, project.id, entry.iid.map(i64::from), author, fields, created_at)
        .map_err(Problem::on_write(place))?;
    for Note { body, username, system, created_at } in &entry.notes {
        let by = username.as_ref().map(|name| user_id(db, name)).transpose()?.unwrap_or(author);
        let voice = if *system { Voice::System } else { Voice::Person };
        notes::add(db, made.id, by, voice, body.clone(), created_at.unwrap_or(now))?;
    }
    Ok(())
}
