//! Answers: what was asked for, or why not.

use axum::Json;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use percent_encoding::{CONTROLS, utf8_percent_encode};
use serde_json::{Value, json};
use std::fmt;
use tokio::task::JoinError;

const PLAIN: &str = "text/plain";

/// A finished answer.
#[derive(Debug)]
pub(crate) struct Answer {
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Body,
}

#[derive(Debug)]
enum Body {
    None,
    Json(Value),
    /// A text, and what kind of text it is.
    Text(String, &'static str),
    Bytes(Vec<u8>),
}

impl Answer {
    /// 200.
    pub(crate) fn ok(body: Value) -> Self {
        Self { status: StatusCode::OK, headers: Vec::new(), body: Body::Json(body) }
    }

    /// 200 with a text as it is.
    pub(crate) fn text(body: String, content_type: &'static str) -> Self {
        Self { status: StatusCode::OK, headers: Vec::new(), body: Body::Text(body, content_type) }
    }

    /// 200 with a file, to be kept and not shown.
    pub(crate) fn file(content: Vec<u8>, name: &str) -> Self {
        Self { status: StatusCode::OK, headers: Vec::new(), body: Body::Bytes(content) }
            .with_header("content-disposition", &format!("attachment; filename=\"{name}\""))
    }

    /// 201.
    pub(crate) fn created(body: Value) -> Self {
        Self { status: StatusCode::CREATED, ..Self::ok(body) }
    }

    /// 202.
    pub(crate) fn accepted(body: Value) -> Self {
        Self { status: StatusCode::ACCEPTED, ..Self::ok(body) }
    }

    /// 202 for what is going to be done.
    pub(crate) fn will_be_done() -> Self {
        Self::accepted(json!({ "message": "202 Accepted" }))
    }

    /// 204.
    pub(crate) fn no_content() -> Self {
        Self { status: StatusCode::NO_CONTENT, headers: Vec::new(), body: Body::None }
    }

    /// 302, in Grape's words.
    pub(crate) fn found_at(url: &str) -> Self {
        let text = format!("This resource has been moved temporarily to {url}.");
        Self { status: StatusCode::FOUND, ..Self::text(text, PLAIN) }.with_header("location", &in_ascii(url))
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
            Body::Json(body) => (self.status, Json(body)).into_response(),
            Body::Text(body, content_type) => {
                (self.status, [(header::CONTENT_TYPE, content_type)], body).into_response()
            }
            Body::Bytes(bytes) => (self.status, bytes).into_response(),
            Body::None => self.status.into_response(),
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

    /// 301, in Grape's words: what is asked for has another address.
    pub(crate) fn moved_to(url: &str) -> Self {
        let text = format!("This resource has been moved permanently to {url}.");
        let answer = Answer { status: StatusCode::MOVED_PERMANENTLY, ..Answer::text(text, PLAIN) };
        Self(answer.with_header("location", &in_ascii(url)))
    }

    /// An error of the guard that looks at tokens: `{"error": …, "error_description": …}`.
    pub(crate) fn of_token(status: StatusCode, body: Value) -> Self {
        Self(Answer { status, ..Answer::ok(body) })
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

    /// The same with headers more.
    pub(crate) fn with_headers(mut self, headers: HeaderMap) -> Self {
        self.0.headers.extend(headers.into_iter().filter_map(|(name, value)| Some((name?, value))));
        self
    }

    /// 404 for a route that does not exist.
    pub(crate) fn no_such_route() -> Self {
        Self::error(StatusCode::NOT_FOUND, "404 Not Found")
    }

    /// 500: the sandbox itself is broken.
    pub(crate) fn broken(cause: &dyn fmt::Display) -> Self {
        tracing::error!(%cause, "the sandbox failed to answer");
        Self::message(StatusCode::INTERNAL_SERVER_ERROR, "500 Internal Server Error")
    }

    /// The answer that refuses, for where what was begun is to be kept all the same.
    pub(crate) fn into_answer(self) -> Answer {
        self.0
    }
}

/// A url as a header can hold it.
fn in_ascii(url: &str) -> String {
    utf8_percent_encode(url, CONTROLS).to_string()
}

impl From<std::io::Error> for Refusal {
    fn from(error: std::io::Error) -> Self {
        Self::broken(&error)
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
