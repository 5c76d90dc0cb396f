//! `/version` and `/projects/:id`.

use crate::sandbox::auth::{self, Access, JobTokens};
use crate::sandbox::http::{Answer, Call, Refusal};
use crate::sandbox::store::projects;
use rusqlite::Transaction;
use serde_json::json;

/// The release of GitLab whose behaviour this is.
const VERSION: &str = "18.10.0";

/// `GET /version`
pub(super) fn version(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    auth::user(tx, call, JobTokens::Ignored)?.ok_or_else(Refusal::unauthorized)?;
    Ok(Answer::ok(json!({ "version": VERSION, "revision": "sandbox", "enterprise": true })))
}

/// `GET /projects/:id`
pub(super) fn show(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let access = Access::of(tx, call, JobTokens::Ignored)?;
    let project = &access.project;
    let namespace = project.namespace();
    let (base, path, name) = (&call.base, &project.path, project.name());
    let namespace_name = namespace.rsplit('/').next().unwrap_or_default();
    let role = access.role().map(|role| json!({ "access_level": role.access_level(), "notification_level": 3 }));
    Ok(Answer::ok(json!({
        "id": project.id,
        "description": null,
        "name": name,
        "name_with_namespace": path.replace('/', " / "),
        "path": name,
        "path_with_namespace": path,
        "created_at": project.created_at,
        "default_branch": project.default_branch,
        "http_url_to_repo": format!("{base}/{path}.git"),
        "web_url": format!("{base}/{path}"),
        "visibility": project.visibility.as_str(),
        "archived": false,
        "namespace": {
            "id": project.group_id,
            "name": namespace_name,
            "path": namespace_name,
            "kind": "group",
            "full_path": namespace,
            "parent_id": projects::group_parent(tx, project.group_id)?,
            "web_url": format!("{base}/groups/{namespace}"),
        },
        "permissions": { "project_access": role, "group_access": null },
    })))
}
