//! What comes back: an answer and its body, or why there is none, and what kind of failure that is. Sends nothing.

use crate::gitlab::error::Flaw;
use crate::gitlab::message;
use crate::gitlab::transport::Transport;
use crate::gitlab::{Error, Kind};
use reqwest::header::{self, HeaderMap};
use reqwest::{Method, StatusCode};
use serde::de::DeserializeOwned;
use std::error::Error as _;

/// More of an error's body is not read.
const LONGEST_ERROR_BODY: usize = 64 * 1024;
/// More than the longest page: a hundred releases with a million characters of notes each.
const LONGEST_BODY: usize = 512 * 1024 * 1024;

/// A good answer, read whole.
pub(super) struct Answer<'t> {
    pub(super) transport: &'t Transport,
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Answer<'_> {
    /// One of the answer's headers; may be empty.
    pub(super) fn header(&self, name: impl header::AsHeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim)
    }

    /// Whether there is no body, as with 204.
    pub(super) fn is_empty(&self) -> bool {
        self.body.is_empty()
    }

    /// The answer's body.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_slice(&self.body).map_err(|e| {
            let body = self.transport.readable(&self.body);
            let text = if body.trim().is_empty() {
                "an empty body where JSON was expected".to_owned()
            } else if message::is_html(&body) {
                format!("{}, where JSON was expected", message::web_page(&body))
            } else {
                format!("not what GitLab answers: {e}")
            };
            self.flaw(&Flaw::strange(text))
        })
    }

    /// An error about something in this answer.
    pub(super) fn flaw(&self, flaw: &Flaw) -> Error {
        let error =
            self.transport.error(&self.method, &self.path, (Some(self.status), None), None, flaw.kind, &flaw.message);
        match flaw.help {
            Some(help) => error.with_help(Some(help.to_owned())),
            None => error,
        }
    }
}

/// Why a body was not read to its end.
pub(super) enum Unread {
    BrokeOff(reqwest::Error),
    TooLong,
}

pub(super) async fn read_all(mut response: reqwest::Response) -> Result<Vec<u8>, Unread> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(Unread::BrokeOff)? {
        if body.len() + chunk.len() > LONGEST_BODY {
            return Err(Unread::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// As much of an error's body as came; that it broke off is not what is wrong.
pub(super) async fn read_some(mut response: reqwest::Response) -> Vec<u8> {
    let mut body = Vec::new();
    while body.len() < LONGEST_ERROR_BODY {
        match response.chunk().await {
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) | Err(_) => break,
        }
    }
    body
}

pub(super) fn kind_of(error: &reqwest::Error) -> Kind {
    if error.is_builder() {
        Kind::Settings
    } else if error.is_connect() && causes(error).contains("invalid peer certificate") {
        // It would be the same the next time.
        Kind::Untrusted
    } else if error.is_connect() {
        Kind::Connect
    } else if error.is_timeout() {
        Kind::Timeout
    } else {
        Kind::Interrupted
    }
}

pub(super) fn kind_of_status(status: StatusCode) -> Kind {
    match status.as_u16() {
        401 => Kind::Unauthorized,
        403 => Kind::Forbidden,
        404 => Kind::NotFound,
        409 => Kind::Conflict,
        429 => Kind::RateLimited,
        500.. => Kind::Server,
        _ => Kind::Invalid,
    }
}

/// GitLab's own words, without the status that it likes to begin them with; the status's name if it has none.
pub(super) fn words(status: StatusCode, body: &str) -> String {
    let text = message::of_body(body);
    let text = text.trim();
    let rest = text.strip_prefix(status.as_str()).filter(|rest| !rest.starts_with(char::is_alphanumeric));
    match rest.map_or(text, str::trim_start) {
        "" => status.canonical_reason().unwrap_or("no reason given").to_owned(),
        text => text.to_owned(),
    }
}

/// What an error and its causes say, without reqwest's general beginnings, and without the url.
pub(super) fn causes(error: &reqwest::Error) -> String {
    let mut parts = Vec::new();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !text.starts_with("client error (") && parts.last() != Some(&text) {
            parts.push(text);
        }
        cause = error.source();
    }
    if parts.is_empty() { "the connection failed".to_owned() } else { parts.join(": ") }
}
