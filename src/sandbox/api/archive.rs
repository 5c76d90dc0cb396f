//! Archives of a tag's files: `GET /projects/:id/repository/archive(.:format)`, and where browsers get them.

use crate::sandbox::archive::{Format, pack};
use crate::sandbox::auth::{Access, JobTokens};
use crate::sandbox::http::{Answer, Call, Refusal};
use crate::sandbox::store::tags;
use rusqlite::Transaction;

/// `GET /projects/:id/repository/archive(.:format)?sha=…`. Job tokens are not taken. The folder in it has the commit in its
/// name.
pub(super) fn show(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let access = Access::of(tx, call, JobTokens::Ignored)?;
    let format = Format::ALL.into_iter().find(|format| call.raw_path().ends_with(&format!(".{}", format.as_str())));
    let mut reader = call.reader();
    let reference = reader.text("sha").value();
    reader.done()?;
    send(tx, &access, reference.as_deref(), format.unwrap_or(Format::TarGz), true)
}

/// `GET <project>/-/archive/:ref/:file.:format`, which is no part of the API.
pub(super) fn page(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let access = Access::of(tx, call, JobTokens::Ignored)?;
    let format = Format::ALL.into_iter().find(|format| call.raw_path().ends_with(&format!(".{}", format.as_str())));
    let format = format.ok_or_else(Refusal::nothing_found)?;
    send(tx, &access, Some(call.segment("ref")?), format, false)
}

fn send(
    tx: &Transaction<'_>,
    access: &Access,
    reference: Option<&str>,
    format: Format,
    names_commit: bool,
) -> Result<Answer, Refusal> {
    access.require_code()?;
    let project = &access.project;
    let reference = reference.unwrap_or(&project.default_branch);
    let sha = tags::resolve(tx, project.id, reference)?.ok_or_else(|| Refusal::not_found("File"))?;
    let commit = tags::commit(tx, project.id, &sha)?.ok_or_else(|| Refusal::not_found("File"))?;
    let name = format!("{}-{}", project.last_part(), reference.replace('/', "-"));
    let name = if names_commit { format!("{name}-{}", commit.sha) } else { name };
    Ok(Answer::file(pack(format, &name, commit.created_at), &format!("{name}.{}", format.as_str())))
}
