//! What changes a merge request's state: requests, and quick actions in notes.

use crate::sandbox::auth::Access;
use crate::sandbox::http::Refusal;
use crate::sandbox::moment::Moment;
use crate::sandbox::quick_actions::QuickAction;
use crate::sandbox::store::is_taken;
use crate::sandbox::store::merge_requests::{self, MergeRequest, MergeRequestState};
use crate::sandbox::store::notes::{self, Voice};
use crate::sandbox::store::users::{Role, User};
use rusqlite::Connection;
use serde_json::{Map, Value, json};

/// Saves a merge request with another state, and notes that.
pub(super) fn set_state(
    db: &Connection,
    merge_request: &mut MergeRequest,
    user: &User,
    state: MergeRequestState,
) -> rusqlite::Result<()> {
    let was = std::mem::replace(&mut merge_request.fields.state, state);
    merge_requests::save(db, merge_request)?;
    if was == state {
        return Ok(());
    }
    let text = match state {
        MergeRequestState::Opened => "reopened",
        MergeRequestState::Closed => "closed",
        MergeRequestState::Merged => "merged",
    };
    notes::add(db, merge_request.id, user.id, Voice::System, text.to_owned(), merge_request.updated_at).map(drop)
}

/// Carries the actions out as the user, and answers what GitLab says of them. Those that it knows nothing of here have
/// no effect but that they are on record.
pub(super) fn carry_out(
    db: &Connection,
    access: &Access,
    merge_request: &MergeRequest,
    user: &User,
    actions: &[QuickAction],
) -> Result<Value, Refusal> {
    let mut merge_request = merge_request.clone();
    merge_request.updated_at = Moment::now();
    let mut changes = Map::new();
    let mut summary = Vec::new();
    for action in actions {
        merge_requests::record(db, merge_request.id, user.id, action)?;
        let (state, event, text) = match action.command.as_str() {
            "close" => (MergeRequestState::Closed, "close", "Closed this merge request."),
            "reopen" => (MergeRequestState::Opened, "reopen", "Reopened this merge request."),
            "merge" => (MergeRequestState::Merged, "merge", "Merged this merge request."),
            _ => continue,
        };
        if merge_request.author_id != user.id && !access.has(Role::Developer) {
            continue;
        }
        match set_state(db, &mut merge_request, user, state) {
            // Another one is open between its branches: it stays closed.
            Err(error) if is_taken(&error) => {}
            set => {
                set?;
                changes.insert("state_event".into(), json!(event));
                summary.push(text);
            }
        }
    }
    Ok(json!({ "commands_changes": changes, "summary": summary }))
}
