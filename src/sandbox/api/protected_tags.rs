//! `/projects/:id/protected_tags`

use crate::sandbox::auth::{Access, JobTokens};
use crate::sandbox::http::{Answer, Call, Refusal};
use crate::sandbox::store::page::Page;
use crate::sandbox::store::projects::{self, ProtectedTag};
use crate::sandbox::store::users::Role;
use rusqlite::Transaction;
use serde_json::{Value, json};

/// `GET /projects/:id/protected_tags`, which only maintainers may see.
pub(super) fn list(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let access = Access::of(tx, call, JobTokens::Ignored)?;
    access.require(Role::Maintainer)?;
    let mut reader = call.reader();
    let page = Page::read(&mut reader);
    reader.done()?;
    let all = projects::protected_tags(tx, access.project.id)?;
    let count = i64::try_from(all.len()).unwrap_or(i64::MAX);
    let start = usize::try_from((page.number - 1).saturating_mul(page.size)).unwrap_or(usize::MAX);
    let mut rows: Vec<Value> = all.iter().skip(start).map(view).collect();
    let more = page.cut(&mut rows);
    Ok(page.answer(call, rows, more, count))
}

fn view(ProtectedTag { pattern, create_access }: &ProtectedTag) -> Value {
    let (level, description) = match create_access {
        None => (0, "No one"),
        Some(Role::Developer) => (30, "Developers + Maintainers"),
        Some(_) => (40, "Maintainers"),
    };
    let level = json!({ "id": 1, "access_level": level, "access_level_description": description });
    json!({ "name": pattern, "create_access_levels": [level] })
}
