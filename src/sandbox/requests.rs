//! How often each route was called: the sandbox's own page, for tests that count requests. Kept in memory, since it is
//! about this run and not about GitLab.

use crate::sandbox::server::App;
use axum::extract::{MatchedPath, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;
use axum::{Json, Router, routing::get};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What a request to no known route is counted as.
const UNKNOWN_ROUTE: &str = "*";

/// How often a route was called by a method.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RequestCount {
    /// `GET`.
    pub method: String,
    /// As GitLab's pages write it: `/projects/:id/releases`.
    pub route: String,
    /// So often.
    pub count: u64,
}

/// Counts by route, then method.
#[derive(Debug, Default)]
pub(crate) struct Requests(Mutex<BTreeMap<(String, String), u64>>);

impl Requests {
    fn counts(&self) -> MutexGuard<'_, BTreeMap<(String, String), u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All counts, which start anew.
    pub(crate) fn take(&self) -> Vec<RequestCount> {
        rows(&std::mem::take(&mut *self.counts()))
    }
}

fn rows(counts: &BTreeMap<(String, String), u64>) -> Vec<RequestCount> {
    let row = |((route, method), count): (&(String, String), &u64)| RequestCount {
        method: method.clone(),
        route: route.clone(),
        count: *count,
    };
    counts.iter().map(row).collect()
}

/// The routes below `/sandbox`; they are not counted themselves.
pub(crate) fn routes() -> Router<App> {
    Router::new().route("/sandbox/requests", get(show).delete(forget))
}

/// Counts a request before anything else happens to it.
pub(crate) async fn count(State(app): State<App>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or_else(|| UNKNOWN_ROUTE.to_owned(), route_name);
    let method = request.method().as_str().to_owned();
    *app.requests.counts().entry((route, method)).or_default() += 1;
    next.run(request).await
}

/// `/api/v4/projects/{id}/{*rest}` as GitLab's pages write it: `/projects/:id/*rest`.
fn route_name(path: &MatchedPath) -> String {
    let path = path.as_str();
    path.strip_prefix("/api/v4").unwrap_or(path).replace("{*", "*").replace('{', ":").replace('}', "")
}

async fn show(State(app): State<App>) -> Json<Value> {
    let counts = app.requests.counts();
    Json(json!({ "total": counts.values().sum::<u64>(), "requests": rows(&counts) }))
}

async fn forget(State(app): State<App>) -> StatusCode {
    app.requests.counts().clear();
    StatusCode::NO_CONTENT
}
