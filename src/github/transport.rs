//! The one place through which every request to GitHub goes: address, token, tries, and what an answer's status means.
//!
//! Invariant: the token goes to what is below the API's address, and nowhere else.

use super::error::help;
use super::{Error, Kind, Settings, limits};
use crate::http::{Backoff, Broken, Connection, Observer, Unread, Wait, message, read_all, read_some, redact};
use reqwest::header::{self, HeaderMap, HeaderValue};
use reqwest::{Response, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;
use url::Url;

/// A whole request, but for downloads, may take so many times as long as GitHub may stay silent.
const LONGEST_ANSWER: u32 = 5;
/// No repository was renamed so often.
const MOST_REDIRECTS: usize = 5;

/// A connection pool, an address and a token.
pub(super) struct Transport {
    http: reqwest::Client,
    api: Url,
    token: Option<SecretString>,
    authorization: Option<HeaderValue>,
    timeout: Duration,
    first_wait: Duration,
    retry_for: Duration,
    observer: Option<Observer>,
}

/// A good answer.
pub(super) struct Answer {
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

/// What to do about one answer.
pub(super) enum Next {
    /// It is good: its body is to be read.
    Read(Response),
    /// It is to be asked for there.
    Follow(Url),
}

impl Transport {
    pub(super) fn new(settings: Settings) -> Result<Self, Error> {
        let Settings { api, token, insecure_http, authorities, timeout, first_wait, retry_for, observer } = settings;
        let authorization = token.as_ref().map(authorization).transpose()?;
        let connection = Connection {
            url: &api,
            answers_at: None,
            has_token: token.is_some(),
            insecure_http,
            authorities,
            connect_timeout: Duration::from_secs(10),
            timeout: Some(timeout),
        };
        let http = connection
            .pool()
            .map_err(|unfit| Error::new(Kind::Settings, unfit.message).with_help(unfit.help.map(str::to_owned)))?;
        Ok(Self { http, api, token, authorization, timeout, first_wait, retry_for, observer })
    }

    /// The address of what is at `path` below the API's.
    pub(super) fn at(&self, path: &str) -> Result<Url, Error> {
        let text = format!("{}{path}", self.api.as_str().trim_end_matches('/'));
        Url::parse(&text).map_err(|why| Error::new(Kind::Settings, format!("GitHub's url is no url: {why}")))
    }

    /// Whether `url` is below the API's address, so that the token may go there.
    pub(super) fn is_api(&self, url: &Url) -> bool {
        let below = format!("{}/", self.api.path().trim_end_matches('/'));
        url.origin() == self.api.origin() && url.path().starts_with(&below) && url.username().is_empty()
    }

    /// Whether a download may lead there: never from an encrypted connection to an open one.
    pub(super) fn may_lead_to(&self, url: &Url) -> bool {
        url.scheme() == "https" || (url.scheme() == "http" && self.api.scheme() == "http")
    }

    /// Reads what is at `url`, as JSON.
    pub(super) async fn get(&self, url: &Url) -> Result<Answer, Error> {
        self.trying(async || self.get_once(url).await).await
    }

    /// Does `work`, and does it again for as long as what is in the way may pass.
    pub(super) async fn trying<T>(&self, mut work: impl AsyncFnMut() -> Result<T, Error>) -> Result<T, Error> {
        let mut waits = Backoff::new(self.first_wait, self.retry_for);
        loop {
            let error = match work().await {
                Ok(done) => return Ok(done),
                Err(error) => error,
            };
            let Some(wait) = error.may_pass().then(|| waits.next(error.retry_after)).flatten() else {
                return Err(error);
            };
            if let Some(observer) = &self.observer {
                observer(&Wait { how_long: wait, why: error.to_string(), is_for_limit: false });
            }
            tokio::time::sleep(wait).await;
        }
    }

    async fn get_once(&self, url: &Url) -> Result<Answer, Error> {
        let mut url = url.clone();
        for _ in 0..MOST_REDIRECTS {
            let longest = Some(self.timeout * LONGEST_ANSWER);
            let response = match self.ask(&url, "application/vnd.github+json", longest).await? {
                Next::Read(response) => response,
                Next::Follow(target) if self.is_api(&target) => {
                    url = target;
                    continue;
                }
                Next::Follow(target) => {
                    let text = format!("a redirect to {}", shown(&target));
                    return Err(self.error(&url, None, Kind::Redirect, &text, None));
                }
            };
            let headers = response.headers().clone();
            let body = read_all(response).await.map_err(|unread| match unread {
                Unread::BrokeOff(error) => self.broken(&url, &error),
                Unread::TooLong => {
                    self.error(&url, None, Kind::Decode, "the answer is longer than any of GitHub's", None)
                }
            })?;
            return Ok(Answer { url, headers, body });
        }
        Err(self.error(&url, None, Kind::Redirect, "too many redirects", None))
    }

    /// Makes one request, with the token if it is the API's to know.
    pub(super) async fn ask(&self, url: &Url, accept: &str, longest: Option<Duration>) -> Result<Next, Error> {
        let mut request = self.http.get(url.clone()).header(header::ACCEPT, accept);
        request = match longest {
            Some(longest) => request.timeout(longest),
            // A file is wanted as it is, byte by byte.
            None => request.header(header::ACCEPT_ENCODING, "identity"),
        };
        if self.is_api(url) {
            request = request.header("x-github-api-version", "2022-11-28");
            if let Some(authorization) = &self.authorization {
                request = request.header(header::AUTHORIZATION, authorization);
            }
        }
        let response = request.send().await.map_err(|error| self.broken(url, &error))?;
        let status = response.status();
        tracing::debug!(path = url.path(), status = status.as_u16(), "github");
        if status.is_success() {
            return Ok(Next::Read(response));
        }
        let headers = response.headers().clone();
        if status.is_redirection() {
            let location = headers.get(header::LOCATION).and_then(|location| location.to_str().ok());
            let target = location.and_then(|location| url.join(location).ok());
            return target
                .map(Next::Follow)
                .ok_or_else(|| self.error(url, Some(status), Kind::Redirect, "a redirect to nowhere", None));
        }
        let body = redact(&String::from_utf8_lossy(&read_some(response).await), self.secret());
        let words = message::of_body(&body);
        let wait = limits::wait(status, &headers, &words);
        let kind = match status.as_u16() {
            _ if wait.is_some() => Kind::RateLimited,
            401 => Kind::Unauthorized,
            403 => Kind::Forbidden,
            404 => Kind::NotFound,
            500.. => Kind::Server,
            _ => Kind::Refused,
        };
        let words =
            if words.trim().is_empty() { status.canonical_reason().unwrap_or("no reason given") } else { &words };
        Err(self.error(url, Some(status), kind, words, wait))
    }

    /// There is no answer, or not all of one.
    pub(super) fn broken(&self, url: &Url, error: &reqwest::Error) -> Error {
        let broken = Broken::by(error);
        self.error(url, None, broken.into(), &broken.reason(error, url), None)
    }

    /// An error about a request to `url`. Of that only the path is shown, as what is behind may be a signature.
    pub(super) fn error(
        &self,
        url: &Url,
        status: Option<StatusCode>,
        kind: Kind,
        text: &str,
        wait: Option<Duration>,
    ) -> Error {
        let path = if self.is_api(url) {
            url.path().strip_prefix(self.api.path().trim_end_matches('/')).unwrap_or_default().to_owned()
        } else {
            shown(url)
        };
        let message = match status {
            Some(status) => format!("GET {path} answered {}: {text}", status.as_u16()),
            None => format!("GET {path} failed: {text}"),
        };
        let message = message::harmless(&redact(&message, self.secret()));
        let wait = wait.or_else(|| (kind == Kind::RateLimited).then_some(Duration::ZERO));
        Error::new(kind, message).with_help(help(kind, self.token.is_some(), wait)).retrying_after(wait)
    }

    fn secret(&self) -> &str {
        self.token.as_ref().map_or("", |token| token.expose_secret())
    }
}

/// The token's header, marked sensitive so that nothing below prints or indexes it.
fn authorization(token: &SecretString) -> Result<HeaderValue, Error> {
    let value = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret()));
    let mut value = value.map_err(|_| {
        Error::new(Kind::Settings, "the token can't be sent in a header: it holds a line break or the like")
    })?;
    value.set_sensitive(true);
    Ok(value)
}

/// A url without what may be secret in it.
fn shown(url: &Url) -> String {
    format!("{}{}", url.origin().ascii_serialization(), url.path())
}
