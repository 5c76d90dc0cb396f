//! `/sandbox/faults`: other faults while the sandbox runs, for tests that first want to lay something down in peace, and how
//! many there were.

use super::Fault;
use crate::sandbox::http::{Answer, Refusal};
use crate::sandbox::server::App;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::put;
use axum::{Json, Router};
use serde_json::json;

/// The routes below `/sandbox`; no fault strikes them.
pub(crate) fn routes() -> Router<App> {
    Router::new().route("/sandbox/faults", put(replace).get(struck))
}

/// `GET /sandbox/faults`: how many requests have suffered one since they were set.
async fn struck(State(app): State<App>) -> Answer {
    Answer::ok(json!({ "struck": app.faults.struck() }))
}

/// `PUT /sandbox/faults` with `["POST */releases 503 1x"]`: from now on these, and no others.
async fn replace(State(app): State<App>, Json(texts): Json<Vec<String>>) -> Result<StatusCode, Refusal> {
    let faults = texts.iter().map(|text| text.parse::<Fault>()).collect::<Result<Vec<_>, _>>();
    app.faults.replace(faults.map_err(|error| Refusal::bad(error.to_string()))?);
    Ok(StatusCode::NO_CONTENT)
}
