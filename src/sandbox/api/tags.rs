//! `/projects/:id/repository/tags`

use crate::sandbox::auth::{Access, JobTokens};
use crate::sandbox::http::{Answer, COUNT_TO, Call, Refusal};
use crate::sandbox::moment::Moment;
use crate::sandbox::rules::is_tag_name;
use crate::sandbox::store::ids::ProjectId;
use crate::sandbox::store::page::{Page, Sort};
use crate::sandbox::store::tags::{Commit, Tag, TagOrder, TagSearch};
use crate::sandbox::store::users::Role;
use crate::sandbox::store::{is_taken, releases, tags};
use axum::http::StatusCode;
use rusqlite::{Connection, Transaction};
use serde_json::{Value, json};

/// What GitLab says when protection keeps somebody from making a tag.
pub(super) const PROTECTED: &str = "You are not allowed to create this tag as it is protected.";

/// `GET /projects/:id/repository/tags`
pub(super) fn list(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let access = Access::of(tx, call, JobTokens::Taken)?;
    access.require_code()?;
    let mut reader = call.reader();
    let order = reader.word("order_by", TagOrder::from_word).value().unwrap_or(TagOrder::Updated);
    let sort = Sort::read(&mut reader);
    let search = TagSearch::of(reader.text("search").value());
    let keyset = reader.text("pagination").value().as_deref() == Some("keyset");
    let token = reader.text("page_token").value().filter(|token| !token.is_empty());
    let page = Page::read(&mut reader);
    reader.done()?;

    let project = access.project.id;
    let mut found = match token {
        Some(token) if keyset => {
            tags::list_after(tx, project, &search, order, sort, &token, page)?.ok_or_else(|| invalid_token(&token))?
        }
        _ => tags::list(tx, project, &search, order, sort, page)?,
    };
    let more = page.cut(&mut found);
    let rows = found.iter().map(|tag| view(tx, call, &access, tag)).collect::<Result<_, _>>()?;
    if keyset {
        Ok(page.keyset_answer(call, rows, found.last().map(|tag| tag.name.as_str())))
    } else {
        let count = tags::count(tx, project, &search, COUNT_TO)?;
        Ok(page.answer(call, rows, more, count))
    }
}

/// `GET /projects/:id/repository/tags/:tag_name`
pub(super) fn show(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let access = Access::of(tx, call, JobTokens::Taken)?;
    access.require_code()?;
    let tag = find(tx, call, access.project.id)?;
    Ok(Answer::ok(view(tx, call, &access, &tag)?))
}

/// `POST /projects/:id/repository/tags`
pub(super) fn create(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let access = Access::of(tx, call, JobTokens::Ignored)?;
    access.require_user()?;
    let mut reader = call.reader();
    let name = reader.required_text("tag_name");
    let reference = reader.required_text("ref");
    let message = reader.text("message").value();
    reader.done()?;
    access.require(Role::Developer)?;

    if !access.may_create_tag(tx, &name)? {
        return Err(Refusal::bad(PROTECTED));
    }
    let tag = make(tx, access.project.id, &name, &reference, message.as_deref())?;
    Ok(Answer::created(view(tx, call, &access, &tag)?))
}

/// `DELETE /projects/:id/repository/tags/:tag_name`
pub(super) fn delete(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let access = Access::of(tx, call, JobTokens::Ignored)?;
    access.require_user()?;
    access.require_code()?;
    let tag = find(tx, call, access.project.id)?;
    let protected = access.is_protected_tag(tx, &tag.name)?;
    access.require(if protected { Role::Maintainer } else { Role::Developer })?;

    releases::delete(tx, access.project.id, &tag.name)?;
    tags::delete(tx, access.project.id, &tag.name)?;
    Ok(Answer::no_content())
}

/// Makes a tag on what `reference` names, as the tags' endpoint and a release's `ref` both do.
pub(super) fn make(
    db: &Connection,
    project: ProjectId,
    name: &str,
    reference: &str,
    message: Option<&str>,
) -> Result<Tag, Refusal> {
    if reference.trim().is_empty() {
        return Err(Refusal::bad("Target is empty"));
    }
    if !is_tag_name(name) {
        return Err(Refusal::bad("Tag name invalid"));
    }
    if tags::get(db, project, name)?.is_some() {
        return Err(already_exists(name));
    }
    let sha =
        tags::resolve(db, project, reference)?.ok_or_else(|| Refusal::bad(format!("Target {reference} is invalid")))?;
    let message = message.unwrap_or_default().trim().to_owned();
    let tag = Tag { name: name.to_owned(), sha, message, created_at: Moment::now() };
    match tags::add(db, project, &tag) {
        Err(error) if is_taken(&error) => Err(already_exists(name)),
        added => Ok(added.map(|()| tag)?),
    }
}

/// A commit as it stands in tags and releases.
pub(super) fn commit_view(call: &Call, project_path: &str, commit: &Commit) -> Value {
    let Commit { sha, message, parent_sha, created_at } = commit;
    json!({
        "id": sha,
        "short_id": sha.get(..8),
        "created_at": created_at,
        "parent_ids": parent_sha.as_slice(),
        "title": message.lines().next().unwrap_or_default(),
        "message": message,
        "author_name": "Administrator",
        "author_email": "admin@example.com",
        "authored_date": created_at,
        "committer_name": "Administrator",
        "committer_email": "admin@example.com",
        "committed_date": created_at,
        "web_url": format!("{}/{project_path}/-/commit/{sha}", call.base),
    })
}

fn view(db: &Connection, call: &Call, access: &Access, tag: &Tag) -> Result<Value, Refusal> {
    let Tag { name, sha, message, created_at } = tag;
    let project = &access.project;
    let commit = tags::commit(db, project.id, sha)?;
    let release = releases::get(db, project.id, name)?;
    Ok(json!({
        "name": name,
        "message": message,
        "target": sha,
        "commit": commit.map(|commit| commit_view(call, &project.path, &commit)),
        "release": release.map(|r| json!({ "tag_name": r.tag, "description": r.description })),
        "protected": access.is_protected_tag(db, name)?,
        "created_at": (!message.is_empty()).then_some(created_at),
    }))
}

fn find(db: &Connection, call: &Call, project: ProjectId) -> Result<Tag, Refusal> {
    tags::get(db, project, call.segment("tag_name")?)?.ok_or_else(|| Refusal::not_found("Tag"))
}

fn already_exists(name: &str) -> Refusal {
    Refusal::bad(format!("Tag {name} already exists"))
}

fn invalid_token(token: &str) -> Refusal {
    Refusal::message(StatusCode::UNPROCESSABLE_ENTITY, format!("Invalid page token: refs/tags/{token}"))
}
