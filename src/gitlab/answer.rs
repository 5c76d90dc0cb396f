//! What comes back: an answer and its body, or why there is none, and what kind of failure that is. Sends nothing.

use crate::gitlab::error::Flaw;
use crate::gitlab::transport::Transport;
use crate::gitlab::{Error, Kind};
use crate::http::{Broken, message};
use reqwest::header::{self, HeaderMap};
use reqwest::{Method, StatusCode};
use serde::de::DeserializeOwned;

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
        serde_json::from_slice(&self.body).map_err(|error| self.unlike(&error))
    }

    /// That the body is not what was expected.
    pub(super) fn unlike(&self, error: &serde_json::Error) -> Error {
        let body = self.transport.readable(&self.body);
        let text = if body.trim().is_empty() {
            "an empty body where JSON was expected".to_owned()
        } else if message::is_html(&body) {
            format!("{}, where JSON was expected", message::web_page(&body))
        } else {
            format!("not what GitLab answers: {error}")
        };
        self.flaw(&Flaw::strange(text))
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

impl From<Broken> for Kind {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Settings => Self::Settings,
            Broken::Connect => Self::Connect,
            Broken::Untrusted => Self::Untrusted,
            Broken::Timeout => Self::Timeout,
            Broken::Interrupted => Self::Interrupted,
        }
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
