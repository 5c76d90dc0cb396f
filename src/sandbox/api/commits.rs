//! `/projects/:id/repository/commits/:sha`

use super::tags::commit_view;
use crate::sandbox::auth::{Access, JobTokens};
use crate::sandbox::http::{Answer, Call, Refusal};
use crate::sandbox::store::tags;
use rusqlite::Transaction;

/// `GET /projects/:id/repository/commits/:sha`, where `:sha` is anything that names a commit.
pub(super) fn show(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let access = Access::of(tx, call, JobTokens::Ignored)?;
    access.require_code()?;
    let project = &access.project;
    let sha = tags::resolve(tx, project.id, call.segment("sha")?)?;
    let commit = sha.map(|sha| tags::commit(tx, project.id, &sha)).transpose()?.flatten();
    let commit = commit.ok_or_else(|| Refusal::not_found("Commit"))?;
    Ok(Answer::ok(commit_view(call, &project.path, &commit)))
}
