//! The endpoints, one file for each resource. A handler is a plain function from a transaction and a [`Call`] to an
//! answer; what it wrote is kept if it is `Ok` and undone if it is `Err`. Knows no SQL.
//!
//! The order of checks is Grape's: may the project be seen, are the parameters right, may they do this, the rest.

mod links;
mod milestones;
mod projects;
mod releases;
mod tags;

use crate::sandbox::http::{Answer, Call, Refusal};
use crate::sandbox::server::App;
use crate::sandbox::store::Intent;
use axum::Router;
use axum::extract::State;
use axum::routing::{MethodFilter, MethodRouter, on};
use rusqlite::Transaction;

type Handler = fn(&mut Transaction<'_>, &Call) -> Result<Answer, Refusal>;

/// Everything below `/api/v4`.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/version", get(projects::version))
        .route("/projects/{id}", get(projects::show))
        .route("/projects/{id}/releases", get(releases::list).merge(post(releases::create)))
        .route(
            "/projects/{id}/releases/{tag_name}",
            get(releases::show).merge(put(releases::update)).merge(delete(releases::delete)),
        )
        .route("/projects/{id}/releases/{tag_name}/assets/links", get(links::list).merge(post(links::create)))
        .route(
            "/projects/{id}/releases/{tag_name}/assets/links/{link_id}",
            get(links::show).merge(put(links::update)).merge(delete(links::delete)),
        )
        .route("/projects/{id}/milestones", get(milestones::list).merge(post(milestones::create)))
        .route(
            "/projects/{id}/milestones/{milestone_id}",
            get(milestones::show).merge(put(milestones::update)).merge(delete(milestones::delete)),
        )
        .route("/projects/{id}/repository/tags", get(tags::list).merge(post(tags::create)))
        .route("/projects/{id}/repository/tags/{tag_name}", get(tags::show).merge(delete(tags::delete)))
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
