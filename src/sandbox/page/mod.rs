//! The pages for people: what is in the sandbox, as GitLab shows it. They are where `web_url`s lead, and show private
//! projects to everybody: it is this machine's sandbox. No script runs here, whatever a release says of itself.

mod contents;
mod place;

use crate::sandbox::api::outside_the_api;
use crate::sandbox::http::Refusal;
use crate::sandbox::server::App;
use crate::sandbox::store::Intent;
use askama::Template;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderName, Method, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use contents::Contents;
use place::Place;

const STYLE: &str = "/sandbox/style.css";

/// Nothing but the style sheet may be loaded, and nothing run, sent or framed.
const HEADERS: [(HeaderName, &str); 4] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
];

/// Every page there is.
#[derive(Debug, Template)]
#[template(path = "sandbox.html", config = "src/sandbox/page/askama.toml")]
struct Page {
    style: &'static str,
    contents: Contents,
}

/// Everything that is neither the API nor the sandbox's own.
pub(crate) fn routes() -> Router<App> {
    Router::new().route(STYLE, get(style)).fallback(show)
}

async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css")], HEADERS, include_str!("templates/sandbox.css")).into_response()
}

async fn show(State(app): State<App>, request: Request) -> Result<Response, Refusal> {
    let is_read = [Method::GET, Method::HEAD].contains(request.method());
    let Some(place) = Place::of(request.uri()).filter(|_| is_read) else {
        return Ok(outside_the_api(State(app), request).await.into_response());
    };
    let contents = app.store.run(Intent::Read, move |tx| Contents::of(tx, &place)).await?;
    // Notes may be long, and there may be many.
    tokio::task::spawn_blocking(move || match contents {
        Some(contents) => answer(StatusCode::OK, contents),
        None => answer(StatusCode::NOT_FOUND, Contents::nothing()),
    })
    .await?
}

fn answer(status: StatusCode, contents: Contents) -> Result<Response, Refusal> {
    let html = Page { style: STYLE, contents }.render().map_err(|error| Refusal::broken(&error))?;
    Ok((status, HEADERS, Html(html)).into_response())
}
