//! What nobody sees of a GitLab from outside, for tests and rehearsals: the background's work, done at once.

use crate::sandbox::http::{Answer, Refusal};
use crate::sandbox::moment::Moment;
use crate::sandbox::server::App;
use crate::sandbox::store::{Intent, evidences};
use axum::Router;
use axum::extract::State;
use axum::routing::post;
use serde_json::json;

/// The routes below `/sandbox`; they are no part of GitLab, and no token is asked for.
pub(crate) fn routes() -> Router<App> {
    Router::new().route("/sandbox/jobs", post(run_jobs))
}

/// `POST /sandbox/jobs`: does all that waits to be done, and tells how much that was.
async fn run_jobs(State(app): State<App>) -> Result<Answer, Refusal> {
    let done = app.store.run(Intent::Write, |tx| Ok::<_, Refusal>(evidences::show_all(tx, Moment::now())?)).await?;
    Ok(Answer::ok(json!({ "done": done })))
}
