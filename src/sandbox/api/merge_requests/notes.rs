//! `/projects/:id/merge_requests/:merge_request_iid/notes`. Job tokens may read them and no more.

use super::act::carry_out;
use super::find as find_merge_request;
use crate::sandbox::api::account;
use crate::sandbox::auth::{Access, JobTokens};
use crate::sandbox::http::{Answer, COUNT_TO, Call, Refusal};
use crate::sandbox::moment::Moment;
use crate::sandbox::quick_actions::extract;
use crate::sandbox::store::ids::NoteId;
use crate::sandbox::store::merge_requests::MergeRequest;
use crate::sandbox::store::notes::{self, Note, NoteOrder, Voice};
use crate::sandbox::store::page::{Page, Sort};
use crate::sandbox::store::users;
use rusqlite::{Connection, Transaction};
use serde_json::{Value, json};

const MAX_BODY: usize = 1_000_000;

/// `GET /projects/:id/merge_requests/:merge_request_iid/notes`
pub(in crate::sandbox::api) fn list(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let access = Access::of(tx, call, JobTokens::Taken)?;
    let mut reader = call.reader();
    let order = reader.word("order_by", NoteOrder::from_word).value().unwrap_or(NoteOrder::CreatedAt);
    let sort = Sort::read(&mut reader);
    let page = Page::read(&mut reader);
    reader.done()?;
    let merge_request = find_seen(tx, call, &access)?;

    let (mut found, count) = notes::list(tx, merge_request.id, order, sort, page, COUNT_TO)?;
    let more = page.cut(&mut found);
    let rows = found.iter().map(|note| view(tx, call, &access, &merge_request, note)).collect::<Result<_, _>>()?;
    Ok(page.answer(call, rows, more, count))
}

/// `GET /projects/:id/merge_requests/:merge_request_iid/notes/:note_id`
pub(in crate::sandbox::api) fn show(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let access = Access::of(tx, call, JobTokens::Taken)?;
    let merge_request = find_seen(tx, call, &access)?;
    let note = find(tx, call, &merge_request)?;
    Ok(Answer::ok(view(tx, call, &access, &merge_request, &note)?))
}

/// `POST /projects/:id/merge_requests/:merge_request_iid/notes`
pub(in crate::sandbox::api) fn create(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let access = Access::of(tx, call, JobTokens::Ignored)?;
    let user = access.require_user()?;
    let body = read_body(call)?;
    let merge_request = find_seen(tx, call, &access)?;
    let (body, actions) = extract(&body);
    let done = carry_out(tx, &access, &merge_request, user, &actions)?;
    if body.is_empty() && !actions.is_empty() {
        return Ok(Answer::accepted(done));
    }
    check(&body)?;
    let note = notes::add(tx, merge_request.id, user.id, Voice::Person, body, Moment::now())?;
    let mut view = view(tx, call, &access, &merge_request, &note)?;
    view["commands_changes"] = done["commands_changes"].clone();
    Ok(Answer::created(view))
}

/// `PUT /projects/:id/merge_requests/:merge_request_iid/notes/:note_id`. A note that is left with nothing but quick
/// actions is gone.
pub(in crate::sandbox::api) fn update(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let access = Access::of(tx, call, JobTokens::Ignored)?;
    let user = access.require_user()?;
    let body = read_body(call)?;
    let merge_request = find_seen(tx, call, &access)?;
    let mut note = find_own(tx, call, &access, &merge_request)?;
    let (body, actions) = extract(&body);
    let done = carry_out(tx, &access, &merge_request, user, &actions)?;
    if body.is_empty() && !actions.is_empty() {
        notes::delete(tx, note.id)?;
        return Ok(Answer::accepted(done));
    }
    check(&body)?;
    note.body = body;
    note.updated_at = Moment::now();
    notes::save(tx, &note)?;
    Ok(Answer::ok(view(tx, call, &access, &merge_request, &note)?))
}

/// `DELETE /projects/:id/merge_requests/:merge_request_iid/notes/:note_id`
pub(in crate::sandbox::api) fn delete(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let access = Access::of(tx, call, JobTokens::Ignored)?;
    access.require_user()?;
    let merge_request = find_seen(tx, call, &access)?;
    notes::delete(tx, find_own(tx, call, &access, &merge_request)?.id)?;
    Ok(Answer::no_content())
}

fn read_body(call: &Call) -> Result<String, Refusal> {
    let mut reader = call.reader();
    let body = reader.required_text("body");
    reader.done()?;
    Ok(body)
}

/// The merge request, for those who may see what is said of it.
fn find_seen(db: &Connection, call: &Call, access: &Access) -> Result<MergeRequest, Refusal> {
    let merge_request = find_merge_request(db, call, access)?;
    if access.reads_code() { Ok(merge_request) } else { Err(Refusal::not_found("MergeRequest")) }
}

fn find(db: &Connection, call: &Call, merge_request: &MergeRequest) -> Result<Note, Refusal> {
    let id = NoteId(call.number("note_id")?);
    notes::get(db, merge_request.id, id)?.ok_or_else(Refusal::no_such_record)
}

/// The note, if whoever asks wrote it.
fn find_own(db: &Connection, call: &Call, access: &Access, merge_request: &MergeRequest) -> Result<Note, Refusal> {
    let note = find(db, call, merge_request)?;
    let own = access.user().is_some_and(|user| user.id == note.author_id) && note.voice == Voice::Person;
    if own { Ok(note) } else { Err(Refusal::forbidden()) }
}

/// GitLab puts Ruby's idea of a hash into this message.
fn check(body: &str) -> Result<(), Refusal> {
    let error = if body.trim().is_empty() {
        "can't be blank".to_owned()
    } else if body.len() > MAX_BODY && body.chars().count() > MAX_BODY {
        format!("is too long (maximum is {MAX_BODY} characters)")
    } else {
        return Ok(());
    };
    Err(Refusal::bad(format!("400 Bad request - Note {{:note=>[{error:?}]}}")))
}

fn view(
    db: &Connection,
    call: &Call,
    access: &Access,
    merge_request: &MergeRequest,
    note: &Note,
) -> Result<Value, Refusal> {
    let Note { id, author_id, voice, body, created_at, updated_at } = note;
    Ok(json!({
        "id": id,
        "type": null,
        "body": body,
        "author": account::view(call, &users::get(db, *author_id)?),
        "created_at": created_at,
        "updated_at": updated_at,
        "system": *voice == Voice::System,
        "noteable_id": merge_request.id,
        "noteable_type": "MergeRequest",
        "project_id": access.project.id,
        "resolvable": false,
        "confidential": false,
        "internal": false,
        "noteable_iid": merge_request.iid,
        "commands_changes": {},
    }))
}
