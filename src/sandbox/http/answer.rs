//! Answers: what was asked for, or why not.

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::fmt;
use tokio::task::JoinError;

/// A finished answer.
#[derive(Debug)]
pub(crate) struct Answer {
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Option<Value>,
}

impl Answer {
    /// 200.
    pub(crate) fn ok(body: Value) -> Self {
        Self { status: StatusCode::OK, headers: Vec::new(), body: Some(body) }
    }

    /// 201.
    pub(crate) fn created(body: Value) -> Self {
        Self { status: StatusCode::CREATED, ..Self::ok(body) }
    }

    /// 204.
    pub(crate) fn no_content() -> Self {
        Self { status: StatusCode::NO_CONTENT, headers: Vec::new(), body: None }
    }

    /// The same with a header more. What can't be a header's value is left out.
    pub(crate) fn with_header(mut self, name: &'static str, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((HeaderName::from_static(name), value));
        }
        self
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = match self.body {
            Some(body) => (self.status, Json(body)).into_response(),
            None => self.status.into_response(),
        };
        response.headers_mut().extend(self.headers);
        response
    }
}

/// Why a request is not done. What it began is undone.
#[derive(Debug)]
pub(crate) struct Refusal(Answer);

impl Refusal {
    /// An error of a model or a service: `{"message": …}`.
    pub(crate) fn message(status: StatusCode, message: impl Into<Value>) -> Self {
        Self(Answer { status, ..Answer::ok(json!({ "message": message.into() })) })
    }

    /// 400 with a message.
    pub(crate) fn bad(message: impl Into<Value>) -> Self {
        Self::message(StatusCode::BAD_REQUEST, message)
    }

    /// An error of Grape, which checks parameters: `{"error": …}`.
    pub(crate) fn error(status: StatusCode, error: &str) -> Self {
        Self(Answer { status, ..Answer::ok(json!({ "error": error })) })
    }

    /// 401.
    pub(crate) fn unauthorized() -> Self {
        Self::message(StatusCode::UNAUTHORIZED, "401 Unauthorized")
    }

    /// 403.
    pub(crate) fn forbidden() -> Self {
        Self::message(StatusCode::FORBIDDEN, "403 Forbidden")
    }

    /// 404 for a kind of thing, such as `Project`.
    pub(crate) fn not_found(what: &str) -> Self {
        Self::message(StatusCode::NOT_FOUND, format!("404 {what} Not Found"))
    }

    /// 404 where GitLab does not say of what.
    pub(crate) fn nothing_found() -> Self {
        Self::message(StatusCode::NOT_FOUND, "404 Not Found")
    }

    /// 404 as Rails' own lookups answer it: with a small f.
    pub(crate) fn no_such_record() -> Self {
        Self::message(StatusCode::NOT_FOUND, "404 Not found")
    }

    /// 404 for a route that does not exist.
    pub(crate) fn no_such_route() -> Self {
        Self::error(StatusCode::NOT_FOUND, "404 Not Found")
    }

    /// 500: the sandbox itself is broken.
    fn broken(cause: &dyn fmt::Display) -> Self {
        tracing::error!(%cause, "the sandbox failed to answer");
        Self::message(StatusCode::INTERNAL_SERVER_ERROR, "500 Internal Server Error")
    }

    /// The answer that refuses, for where what was begun is to be kept all the same.
    pub(crate) fn into_answer(self) -> Answer {
        self.0
    }
}

impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Self {
        Self::broken(&error)
    }
}

impl From<JoinError> for Refusal {
    fn from(error: JoinError) -> Self {
        Self::broken(&error)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}
