//! `/groups`, `/groups/:id` and the projects in them.

use super::projects::answer_list;
use crate::sandbox::auth::{self, GroupAccess, JobTokens};
use crate::sandbox::http::{Answer, COUNT_TO, Call, Refusal};
use crate::sandbox::moment::Moment;
use crate::sandbox::rules::{PATH_ERROR, is_path_part, title_error};
use crate::sandbox::store::groups::{Group, GroupOrder, NewGroup};
use crate::sandbox::store::ids::GroupId;
use crate::sandbox::store::page::Page;
use crate::sandbox::store::projects::Visibility;
use crate::sandbox::store::users::{Role, Viewer};
use crate::sandbox::store::{groups, is_taken, users};
use rusqlite::Transaction;
use serde_json::{Value, json};

/// `GET /groups`
pub(super) fn list(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let user = auth::user(tx, call, JobTokens::Ignored)?;
    let mut reader = call.reader();
    let search = reader.text("search").value().filter(|text| !text.is_empty());
    let order = reader.word("order_by", GroupOrder::from_word).value().unwrap_or(GroupOrder::Name);
    let page = Page::read(&mut reader);
    reader.done()?;
    let viewer = Viewer::of(user.as_ref());
    let (mut found, count) = groups::list(tx, viewer, search.as_deref(), order, page, COUNT_TO)?;
    let more = page.cut(&mut found);
    let rows = found.iter().map(|group| view(call, group)).collect();
    Ok(page.answer(call, rows, more, count))
}

/// `GET /groups/:id`
pub(super) fn show(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    Ok(Answer::ok(view(call, &GroupAccess::of(tx, call)?.group)))
}

/// `GET /groups/:id/projects`
pub(super) fn projects(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let access = GroupAccess::of(tx, call)?;
    answer_list(tx, call, access.user(), Some(access.group.path.clone()))
}

/// `POST /groups`
pub(super) fn create(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let user = auth::required_user(tx, call)?;
    let mut reader = call.reader();
    let (name, path) = (reader.required_text("name"), reader.required_text("path"));
    let parent_id = reader.integer("parent_id").value().map(GroupId);
    let description = reader.text("description").value().unwrap_or_default();
    let visibility = reader.word("visibility", Visibility::from_word).value().unwrap_or(Visibility::Private);
    reader.done()?;

    let parent = match parent_id {
        None => None,
        Some(id) => Some(groups::get(tx, id)?.ok_or_else(|| Refusal::not_found("Group"))?),
    };
    if let Some(parent) = &parent
        && groups::role_in(tx, &user, parent)? < Some(Role::Maintainer)
    {
        return Err(Refusal::forbidden());
    }
    let mut errors = Vec::new();
    errors.extend(title_error(name.trim()).map(|error| ("name", error)));
    if !is_path_part(&path) {
        errors.push(("path", PATH_ERROR.to_owned()));
    }
    if !errors.is_empty() {
        return Err(failed(&errors));
    }
    let path = parent.map_or_else(|| path.clone(), |parent| format!("{}/{path}", parent.path));
    let group = match groups::add(tx, NewGroup { parent_id, path, name, description, visibility }, Moment::now()) {
        Err(error) if is_taken(&error) => return Err(failed(&[("path", "has already been taken".to_owned())])),
        added => groups::get(tx, added?)?.ok_or_else(|| Refusal::not_found("Group"))?,
    };
    if user.role_everywhere().is_none() {
        users::add_group_member(tx, group.id, user.id, Role::Owner)?;
    }
    Ok(Answer::created(view(call, &group)))
}

/// `DELETE /groups/:id`
pub(super) fn delete(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let access = GroupAccess::of(tx, call)?;
    access.require(Role::Maintainer)?;
    groups::delete(tx, access.group.id)?;
    Ok(Answer::will_be_done())
}

fn view(call: &Call, group: &Group) -> Value {
    let Group { id, parent_id, path, name, description, visibility, created_at } = group;
    json!({
        "id": id,
        "web_url": format!("{}/groups/{path}", call.base),
        "name": name,
        "path": group.last_part(),
        "description": description,
        "visibility": visibility.as_str(),
        "avatar_url": null,
        "full_name": path.replace('/', " / "),
        "full_path": path,
        "created_at": created_at,
        "parent_id": parent_id,
    })
}

/// GitLab puts Ruby's idea of a hash into this message.
fn failed(errors: &[(&str, String)]) -> Refusal {
    let errors: Vec<String> = errors.iter().map(|(field, error)| format!(":{field}=>[{error:?}]")).collect();
    Refusal::bad(format!("Failed to save group {{{}}}", errors.join(", ")))
}
