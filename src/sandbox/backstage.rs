//! What nobody sees of a GitLab from outside, for tests and rehearsals: the background's work, done at once,
//! and the quick actions that notes set off.

use crate::sandbox::http::{Answer, Refusal};
use crate::sandbox::moment::Moment;
use crate::sandbox::server::App;
use crate::sandbox::store::merge_requests::CarriedOut;
use crate::sandbox::store::{Intent, evidences, merge_requests};
use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use serde_json::{Value, json};

/// The routes below `/sandbox`; they are no part of GitLab, and no token is asked for.
pub(crate) fn routes() -> Router<App> {
    Router::new().route("/sandbox/jobs", post(run_jobs)).route("/sandbox/quick-actions", get(quick_actions))
}

/// `POST /sandbox/jobs`: does all that waits to be done, and tells how much that was.
async fn run_jobs(State(app): State<App>) -> Result<Answer, Refusal> {
    let done = app.store.run(Intent::Write, |tx| Ok::<_, Refusal>(evidences::show_all(tx, Moment::now())?)).await?;
    Ok(Answer::ok(json!({ "done": done })))
}

/// `GET /sandbox/quick-actions`: all that were carried out, in their order.
async fn quick_actions(State(app): State<App>) -> Result<Answer, Refusal> {
    let done = app.store.run(Intent::Read, |tx| Ok::<_, Refusal>(merge_requests::carried_out(tx)?)).await?;
    let view = |CarriedOut { project, iid, username, action }| {
        json!({
            "project": project,
            "merge_request_iid": iid,
            "username": username,
            "command": action.command,
            "argument": action.argument,
        })
    };
    Ok(Answer::ok(done.into_iter().map(view).collect::<Value>()))
}
