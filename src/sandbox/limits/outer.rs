//! The limiter in front of the API: it counts every request before anything looks at it, by the user whose token came
//! along, and tells of itself in every answer.

use super::{LimitKind, Quota, Subject};
use crate::sandbox::http::{Credential, Refusal};
use crate::sandbox::moment::Moment;
use crate::sandbox::server::App;
use crate::sandbox::store::Intent;
use crate::sandbox::store::users::{self, TokenKind};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Lets a request through if its user has some left.
pub(crate) async fn admit(State(app): State<App>, request: Request, next: Next) -> Response {
    if !app.limits.any(LimitKind::Api) {
        return next.run(request).await;
    }
    let credential = Credential::of_request(request.headers(), request.uri());
    let subject = match subject(&app, credential).await {
        Ok(subject) => subject,
        Err(refusal) => return refusal.into_response(),
    };
    match app.limits.count(LimitKind::Api, subject, Moment::now()) {
        Some(quota) if quota.is_exceeded() => quota.retry_later(),
        quota => {
            let mut answer = next.run(request).await;
            // A limit further in has refused, and says so in the same headers: the narrower one is what matters.
            if !answer.headers().contains_key("ratelimit-name") {
                answer.headers_mut().extend(quota.as_ref().map(Quota::headers).unwrap_or_default());
            }
            answer
        }
    }
}

/// Whose token it is: one that is not known is nobody's.
async fn subject(app: &App, credential: Credential) -> Result<Subject, Refusal> {
    let user = app.store.run(Intent::Read, move |tx| {
        let user = match credential {
            Credential::None => None,
            Credential::Personal(token) => users::by_token(tx, &token, TokenKind::Personal)?,
            Credential::Job(token) => users::by_token(tx, &token, TokenKind::Job)?,
        };
        Ok::<_, Refusal>(user.map(|(user, _)| user.id))
    });
    Ok(user.await?.map_or(Subject::Nobody, Subject::User))
}
