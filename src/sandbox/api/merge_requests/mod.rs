//! `/projects/:id/merge_requests`. Their notes are a file of their own.

mod act;
mod notes;

pub(super) use notes::{
    create as create_note, delete as delete_note, list as notes, show as note, update as update_note,
};

use super::account;
use crate::sandbox::auth::{Access, JobTokens};
use crate::sandbox::http::{Answer, COUNT_TO, Call, Reader, Refusal};
use crate::sandbox::moment::Moment;
use crate::sandbox::rules::title_error;
use crate::sandbox::store::merge_requests::{
    self, MergeRequest, MergeRequestFields, MergeRequestFilter, MergeRequestState,
};
use crate::sandbox::store::page::{Page, Sort};
use crate::sandbox::store::users::{self, Role};
use crate::sandbox::store::{is_taken, notes as note_store, tags};
use axum::http::StatusCode;
use rusqlite::{Connection, Transaction};
use serde_json::{Value, json};

/// `GET /projects/:id/merge_requests`
pub(super) fn list(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let access = Access::of(tx, call, JobTokens::Taken)?;
    let mut reader = call.reader();
    let state = reader.word("state", |word| match word {
        "all" => Some(None),
        word => MergeRequestState::from_word(word).map(Some),
    });
    let filter = MergeRequestFilter {
        state: state.value().flatten(),
        source_branch: reader.text("source_branch").value(),
        target_branch: reader.text("target_branch").value(),
    };
    let sort = Sort::read(&mut reader);
    let page = Page::read(&mut reader);
    reader.done()?;
    access.require_code()?;

    let (mut found, count) = merge_requests::list(tx, access.project.id, &filter, sort, page, COUNT_TO)?;
    let more = page.cut(&mut found);
    let rows = found.iter().map(|one| view(tx, call, &access, one)).collect::<Result<_, _>>()?;
    Ok(page.answer(call, rows, more, count))
}

/// `GET /projects/:id/merge_requests/:merge_request_iid`
pub(super) fn show(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let access = Access::of(tx, call, JobTokens::Taken)?;
    let merge_request = find(tx, call, &access)?;
    access.require_code()?;
    Ok(Answer::ok(view(tx, call, &access, &merge_request)?))
}

/// `POST /projects/:id/merge_requests`. Branches are taken at their word: there is no repository that could lack one.
pub(super) fn create(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let access = Access::of(tx, call, JobTokens::Ignored)?;
    access.require_user()?;
    let mut reader = call.reader();
    let fields = MergeRequestFields {
        title: reader.required_text("title").trim().to_owned(),
        source_branch: reader.required_text("source_branch"),
        target_branch: reader.required_text("target_branch"),
        description: reader.text("description").value(),
        state: MergeRequestState::Opened,
    };
    reader.done()?;
    let author = access.require(Role::Developer)?.id;

    check(&fields)?;
    match merge_requests::add(tx, access.project.id, None, author, fields.clone(), Moment::now()) {
        Err(error) if is_taken(&error) => Err(another(tx, &access, &fields)?),
        added => Ok(Answer::created(view(tx, call, &access, &added?)?)),
    }
}

/// `PUT /projects/:id/merge_requests/:merge_request_iid`
pub(super) fn update(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let access = Access::of(tx, call, JobTokens::Ignored)?;
    access.require_user()?;
    let mut reader = call.reader();
    let (title, description) = (reader.text("title").value(), reader.text("description"));
    let target_branch = reader.text("target_branch").value();
    let event = read_event(&mut reader);
    reader.at_least_one_of(&["title", "description", "target_branch", "state_event"]);
    reader.done()?;
    let mut merge_request = find(tx, call, &access)?;
    let user = access.require_user()?;
    if merge_request.author_id != user.id {
        access.require(Role::Developer)?;
    }

    let fields = &mut merge_request.fields;
    if let Some(title) = title {
        title.trim().clone_into(&mut fields.title);
    }
    description.put_into(&mut fields.description);
    if let Some(branch) = target_branch {
        fields.target_branch = branch;
    }
    check(fields)?;
    merge_request.updated_at = Moment::now();
    let saved = match event {
        Some(state) => act::set_state(tx, &mut merge_request, user, state),
        None => merge_requests::save(tx, &merge_request),
    };
    match saved {
        Err(error) if is_taken(&error) => Err(another(tx, &access, &merge_request.fields)?),
        saved => {
            saved?;
            Ok(Answer::ok(view(tx, call, &access, &merge_request)?))
        }
    }
}

fn read_event(reader: &mut Reader<'_>) -> Option<MergeRequestState> {
    let word = |word: &str| match word {
        "close" => Some(MergeRequestState::Closed),
        "reopen" => Some(MergeRequestState::Opened),
        _ => None,
    };
    reader.word("state_event", word).value()
}

fn find(db: &Connection, call: &Call, access: &Access) -> Result<MergeRequest, Refusal> {
    let iid = call.number("merge_request_iid")?;
    merge_requests::get(db, access.project.id, iid)?.ok_or_else(Refusal::no_such_record)
}

fn check(fields: &MergeRequestFields) -> Result<(), Refusal> {
    let mut errors = Vec::new();
    errors.extend(title_error(&fields.title).map(|error| format!("Title {error}")));
    for (name, branch) in [("Source", &fields.source_branch), ("Target", &fields.target_branch)] {
        if branch.trim().is_empty() {
            errors.push(format!("{name} branch can't be blank"));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(Refusal::bad(errors)) }
}

/// What GitLab says when another merge request is open between the same branches.
fn another(db: &Connection, access: &Access, fields: &MergeRequestFields) -> Result<Refusal, Refusal> {
    let MergeRequestFields { source_branch, target_branch, .. } = fields;
    let iid = merge_requests::open_one(db, access.project.id, source_branch, target_branch)?.unwrap_or_default();
    let text = format!("Another open merge request already exists for this source branch: !{iid}");
    Ok(Refusal::message(StatusCode::CONFLICT, vec![text]))
}

fn view(db: &Connection, call: &Call, access: &Access, merge_request: &MergeRequest) -> Result<Value, Refusal> {
    let MergeRequest { id, iid, author_id, fields, created_at, updated_at } = merge_request;
    let MergeRequestFields { title, description, source_branch, target_branch, state } = fields;
    let project = &access.project;
    Ok(json!({
        "id": id,
        "iid": iid,
        "project_id": project.id,
        "title": title,
        "description": description,
        "state": state.as_str(),
        "created_at": created_at,
        "updated_at": updated_at,
        "source_branch": source_branch,
        "target_branch": target_branch,
        "source_project_id": project.id,
        "target_project_id": project.id,
        "author": account::view(call, &users::get(db, *author_id)?),
        "assignees": [],
        "reviewers": [],
        "labels": [],
        "draft": title.starts_with("Draft:"),
        "milestone": null,
        "merge_status": "can_be_merged",
        "sha": tags::resolve(db, project.id, source_branch)?,
        "user_notes_count": note_store::count(db, *id, COUNT_TO)?,
        "has_conflicts": false,
        "references": { "short": format!("!{iid}"), "full": format!("{}!{iid}", project.path) },
        "web_url": format!("{}/{}/-/merge_requests/{iid}", call.base, project.path),
    }))
}
