//! Evidence: `POST /projects/:id/releases/:tag_name/evidence`, and the file each evidence is.

use super::view::web_url;
use crate::sandbox::Tier;
use crate::sandbox::auth::{Access, JobTokens};
use crate::sandbox::evidence;
use crate::sandbox::http::{Answer, Call, Refusal};
use crate::sandbox::limits::{LimitKind, Subject};
use crate::sandbox::moment::Moment;
use crate::sandbox::store::evidences::{self, Evidence};
use crate::sandbox::store::ids::EvidenceId;
use crate::sandbox::store::projects::Project;
use crate::sandbox::store::users::Role;
use rusqlite::Transaction;
use serde_json::{Value, json};

/// `POST /projects/:id/releases/:tag_name/evidence`: of any release, also of an upcoming or a historical one, which GitLab leaves
/// out only where it collects by itself. Without Premium there is no such route.
pub(in crate::sandbox::api) fn collect(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    if call.settings.tier == Tier::Free {
        return Err(Refusal::no_such_route());
    }
    let access = Access::of(tx, call, JobTokens::Taken)?;
    let user = access.require(Role::Developer)?.id;
    call.limits.check(LimitKind::Evidence, Subject::User(user))?;
    let release = super::find(tx, call, &access)?;
    evidence::collect(tx, &access.project, &release, call.settings.evidence_delay)?;
    Ok(Answer::will_be_done())
}

/// `GET <project>/-/releases/:tag_name/evidences/:evidence_id.json`, which is no part of the API.
pub(in crate::sandbox::api) fn file(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let access = Access::of(tx, call, JobTokens::Taken)?;
    access.require_code()?;
    let release = super::find(tx, call, &access)?;
    let id = EvidenceId(call.number("evidence_id")?);
    let summary = evidences::summary(tx, release.id, id, Moment::now())?.ok_or_else(Refusal::nothing_found)?;
    Ok(Answer::text(summary, "application/json"))
}

/// An evidence as it stands in its release.
pub(super) fn view(call: &Call, project: &Project, tag: &str, evidence: &Evidence) -> Value {
    json!({
        "sha": evidence.sha,
        "filepath": file_url(call, project, tag, evidence.id),
        "collected_at": evidence.collected_at,
    })
}

/// Where the file is.
pub(super) fn file_url(call: &Call, project: &Project, tag: &str, id: EvidenceId) -> String {
    format!("{}/evidences/{}.json", web_url(call, project, tag), id.0)
}
