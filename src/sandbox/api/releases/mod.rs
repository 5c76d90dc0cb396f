//! `/projects/:id/releases`. What is more than a few lines is a file of its own.

mod create;
mod download;
mod evidence;
mod group;
mod milestones;
mod view;

pub(super) use create::create;
pub(super) use download::{download, latest, latest_page};
pub(super) use evidence::{collect, file as evidence_file};
pub(super) use group::list as list_of_group;
pub(super) use view::web_url;

use crate::sandbox::auth::{Access, JobTokens};
use crate::sandbox::http::{Answer, COUNT_TO, Call, Reader, Refusal};
use crate::sandbox::limits::{LimitKind, Subject};
use crate::sandbox::list_cache::Seen;
use crate::sandbox::markdown;
use crate::sandbox::rules::description_error;
use crate::sandbox::store::page::{Page, Sort};
use crate::sandbox::store::releases::{Release, ReleaseOrder, Updated};
use crate::sandbox::store::users::Role;
use crate::sandbox::store::{releases, tags};
use axum::http::StatusCode;
use milestones::Wanted;
use rusqlite::{Connection, Transaction};
use serde_json::{Value, json};
use view::view;

/// `GET /projects/:id/releases`
pub(super) fn list(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let access = Access::of(tx, call, JobTokens::Taken)?;
    let mut reader = call.reader();
    let order = reader.word("order_by", ReleaseOrder::from_word).value().unwrap_or(ReleaseOrder::ReleasedAt);
    let sort = Sort::read(&mut reader);
    let updated =
        Updated { before: reader.moment("updated_before").value(), after: reader.moment("updated_after").value() };
    let html = read_html(&mut reader);
    let page = Page::read(&mut reader);
    reader.done()?;

    let project = access.project.id;
    let mut found = releases::list(tx, project, updated, order, sort, page)?;
    let more = page.cut(&mut found);
    let count = releases::count(tx, project, updated, COUNT_TO)?;
    let rows = found.iter().map(|release| {
        let seen = Seen::new(call, &access, release);
        call.list_cache.row(seen, || Ok(html.added_to(view(tx, call, &access, release)?, release).to_string()))
    });
    let rows = rows.collect::<Result<Vec<_>, Refusal>>()?;
    Ok(page.answer_as_written(call, &rows, more, count))
}

/// `GET /projects/:id/releases/:tag_name`
pub(super) fn show(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let access = Access::of(tx, call, JobTokens::Taken)?;
    let mut reader = call.reader();
    let html = read_html(&mut reader);
    reader.done()?;
    access.require_code()?;
    let release = find(tx, call, &access)?;
    Ok(Answer::ok(html.added_to(view(tx, call, &access, &release)?, &release)))
}

/// `PUT /projects/:id/releases/:tag_name`
pub(super) fn update(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let access = Access::of(tx, call, JobTokens::Taken)?;
    access.require_user()?;
    let mut reader = call.reader();
    let name = reader.text("name");
    let description = reader.text("description");
    let released_at = reader.moment("released_at");
    let wanted = Wanted::read(&mut reader);
    reader.done()?;

    let mut release = find_writable(tx, call, &access, Role::Developer)?;
    call.limits.check(LimitKind::ReleaseWrites, Subject::Project(access.project.id))?;
    let own_fields = name.is_given() || description.is_given() || released_at.is_given();
    if !own_fields && wanted.is_none() {
        return Err(Refusal::bad("params is empty"));
    }
    let milestones =
        wanted.map(|wanted| milestones::find(tx, call.settings.tier, access.project.id, &wanted)).transpose()?;
    name.put_into(&mut release.name);
    description.put_into(&mut release.description);
    if let Some(error) = description_error(release.description.as_deref()) {
        return Err(Refusal::bad(json!({ "description": [error] })));
    }
    if let Some(released_at) = released_at.value() {
        release.released_at = released_at;
    }
    if own_fields {
        releases::save(tx, &release)?;
    }
    // Milestones alone do not count as a change of the release: its `updated_at` stays.
    if let Some(milestones) = milestones {
        releases::set_milestones(tx, release.id, &milestones)?;
    }
    Ok(Answer::ok(view(tx, call, &access, &release)?))
}

/// `DELETE /projects/:id/releases/:tag_name`
pub(super) fn delete(tx: &mut Transaction<'_>, call: &Call) -> Result<Answer, Refusal> {
    let access = Access::of(tx, call, JobTokens::Taken)?;
    access.require_user()?;
    let release = find_writable(tx, call, &access, Role::Maintainer)?;
    let as_it_was = view(tx, call, &access, &release)?;
    releases::delete(tx, access.project.id, &release.tag)?;
    Ok(Answer::ok(as_it_was))
}

/// Whether descriptions are wanted as HTML, too.
#[derive(Clone, Copy)]
struct Html(bool);

fn read_html(reader: &mut Reader<'_>) -> Html {
    Html(reader.boolean("include_html_description").value() == Some(true))
}

impl Html {
    fn added_to(self, mut view: Value, release: &Release) -> Value {
        if self.0 {
            view["description_html"] = json!(markdown::to_html(release.description.as_deref().unwrap_or_default()));
        }
        view
    }
}

fn find(db: &Connection, call: &Call, access: &Access) -> Result<Release, Refusal> {
    releases::get(db, access.project.id, call.segment("tag_name")?)?.ok_or_else(Refusal::nothing_found)
}

/// The release, if it may be written. GitLab asks for the permission on the release itself, so that one that does not
/// exist is forbidden, and only then looks whether its tag is there.
fn find_writable(db: &Connection, call: &Call, access: &Access, least: Role) -> Result<Release, Refusal> {
    let tag = call.segment("tag_name")?;
    let release = releases::get(db, access.project.id, tag)?.ok_or_else(Refusal::forbidden)?;
    access.require(least)?;
    if !access.may_create_tag(db, tag)? {
        return Err(Refusal::forbidden());
    }
    if tags::get(db, access.project.id, tag)?.is_none() {
        return Err(Refusal::message(StatusCode::NOT_FOUND, "Tag does not exist"));
    }
    Ok(release)
}
