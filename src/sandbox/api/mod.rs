//! The endpoints, one file for each resource. A handler is a plain function from a transaction and a [`Call`] to an
//! answer; what it wrote is kept if it is `Ok` and undone if it is `Err`. Knows no SQL. Only packages' files come and go
//! in pieces, in many transactions.
//!
//! The order of checks is Grape's: may the project be seen, are the parameters right, may they do this, the rest.

mod account;
mod archive;
mod commits;
mod groups;
mod links;
mod merge_requests;
mod milestones;
mod packages;
mod projects;
mod protected_tags;
mod releases;
mod tags;
mod uploads;
mod web;

pub(crate) use web::outside_the_api;

use crate::sandbox::archive::Format;
use crate::sandbox::auth::{Access, GroupAccess};
use crate::sandbox::http::{Answer, Call, Refusal};
use crate::sandbox::server::App;
use crate::sandbox::store::Intent;
use axum::Router;
use axum::extract::State;
use axum::routing::{self, MethodFilter, MethodRouter, on};
use rusqlite::Transaction;

type Handler = fn(&mut Transaction<'_>, &Call) -> Result<Answer, Refusal>;

/// Everything below `/api/v4`.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/version", get(account::version))
        .route("/user", get(account::show))
        .route("/personal_access_tokens/self", get(account::token))
        .merge(of_groups())
        .merge(of_packages())
        .merge(of_merge_requests())
        .route("/projects", get(projects::list).merge(post(projects::create)))
        .route("/projects/{id}", get(projects::show).merge(put(projects::update)).merge(delete(projects::delete)))
        .route("/projects/{id}/releases", get(releases::list).merge(post(releases::create)))
        .route(
            "/projects/{id}/releases/{tag_name}",
            get(releases::show).merge(put(releases::update)).merge(delete(releases::delete)),
        )
        .route("/projects/{id}/releases/{tag_name}/downloads/{*direct_asset_path}", get(releases::download))
        .route("/projects/{id}/releases/{tag_name}/evidence", post(releases::collect))
        .route("/projects/{id}/releases/permalink/latest", get(releases::latest))
        .route("/projects/{id}/releases/permalink/latest/", get(releases::latest))
        .route("/projects/{id}/releases/permalink/latest/{*suffix_path}", get(releases::latest))
        .route("/projects/{id}/releases/{tag_name}/assets/links", get(links::list).merge(post(links::create)))
        .route(
            "/projects/{id}/releases/{tag_name}/assets/links/{link_id}",
            get(links::show).merge(put(links::update)).merge(delete(links::delete)),
        )
        .route("/projects/{id}/milestones", milestones_list::<Access>())
        .route("/projects/{id}/milestones/{milestone_id}", milestone::<Access>())
        .route("/projects/{id}/repository/tags", get(tags::list).merge(post(tags::create)))
        .route("/projects/{id}/repository/tags/{tag_name}", get(tags::show).merge(delete(tags::delete)))
        .route("/projects/{id}/repository/commits/{sha}", get(commits::show))
        .route("/projects/{id}/protected_tags", get(protected_tags::list))
        .merge(of_archives())
        .route("/projects/{id}/uploads", post(uploads::create))
        .route("/projects/{id}/uploads/{secret}/{filename}", get(uploads::show))
}

fn of_archives() -> Router<App> {
    let ends = Format::ALL.map(|format| format!(".{}", format.as_str()));
    ends.iter().map(String::as_str).chain([""]).fold(Router::new(), |router, end| {
        router.route(&format!("/projects/{{id}}/repository/archive{end}"), get(archive::show))
    })
}

fn of_groups() -> Router<App> {
    Router::new()
        .route("/groups", get(groups::list).merge(post(groups::create)))
        .route("/groups/{id}", get(groups::show).merge(delete(groups::delete)))
        .route("/groups/{id}/projects", get(groups::projects))
        .route("/groups/{id}/releases", get(releases::list_of_group))
        .route("/groups/{id}/milestones", milestones_list::<GroupAccess>())
        .route("/groups/{id}/milestones/{milestone_id}", milestone::<GroupAccess>())
}

fn of_packages() -> Router<App> {
    Router::new()
        .route(
            "/projects/{id}/packages/generic/{package_name}/{package_version}/{file_name}",
            routing::get(packages::download).put(packages::upload),
        )
        .route("/projects/{id}/packages", get(packages::list))
        .route("/projects/{id}/packages/{package_id}", get(packages::show).merge(delete(packages::delete)))
        .route("/projects/{id}/packages/{package_id}/package_files", get(packages::files))
        .route("/projects/{id}/packages/{package_id}/package_files/{package_file_id}", delete(packages::delete_file))
}

fn of_merge_requests() -> Router<App> {
    let one = "/projects/{id}/merge_requests/{merge_request_iid}";
    Router::new()
        .route("/projects/{id}/merge_requests", get(merge_requests::list).merge(post(merge_requests::create)))
        .route(one, get(merge_requests::show).merge(put(merge_requests::update)))
        .route(&format!("{one}/notes"), get(merge_requests::notes).merge(post(merge_requests::create_note)))
        .route(
            &format!("{one}/notes/{{note_id}}"),
            get(merge_requests::note)
                .merge(put(merge_requests::update_note))
                .merge(delete(merge_requests::delete_note)),
        )
}

fn milestones_list<P: milestones::Place>() -> MethodRouter<App> {
    get(milestones::list::<P>).merge(post(milestones::create::<P>))
}

fn milestone<P: milestones::Place>() -> MethodRouter<App> {
    get(milestones::show::<P>).merge(put(milestones::update::<P>)).merge(delete(milestones::delete::<P>))
}

fn get(handler: Handler) -> MethodRouter<App> {
    method(MethodFilter::GET, Intent::Read, handler)
}

fn post(handler: Handler) -> MethodRouter<App> {
    method(MethodFilter::POST, Intent::Write, handler)
}

fn put(handler: Handler) -> MethodRouter<App> {
    method(MethodFilter::PUT, Intent::Write, handler)
}

fn delete(handler: Handler) -> MethodRouter<App> {
    method(MethodFilter::DELETE, Intent::Write, handler)
}

fn method(filter: MethodFilter, intent: Intent, handler: Handler) -> MethodRouter<App> {
    on(filter, move |State(app): State<App>, call: Call| async move {
        app.store.run(intent, move |tx| handler(tx, &call)).await
    })
}
