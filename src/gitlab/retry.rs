//! Which requests are tried again, and how long to wait before that.
//!
//! By what an error means: a read can be repeated whatever happened. So can a change or a removal, which come to the same
//! if they are done twice, unless GitLab itself stumbled over them. What makes something is repeated only if it was surely
//! not done; whether it was is for the caller to find out, who knows how it would look ([`Error::is_in_doubt`]).

use crate::gitlab::request::Request;
use crate::gitlab::{Error, Kind};
use crate::http::{Backoff, asked_to_wait, until};
use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};
use std::time::{Duration, Instant};

/// Whether a request that failed like this may be sent again as it is.
pub(super) fn may_repeat(request: &Request, error: &Error) -> bool {
    match error.kind() {
        // Nothing was done.
        Kind::Connect | Kind::RateLimited => true,
        Kind::Timeout | Kind::Interrupted => !request.makes_something(),
        Kind::Server => match error.status() {
            Some(502..=504) => !request.makes_something(),
            _ => request.method == Method::GET,
        },
        Kind::Settings
        | Kind::Untrusted
        | Kind::Unsent
        | Kind::Unauthorized
        | Kind::Forbidden
        | Kind::NotFound
        | Kind::Conflict
        | Kind::Invalid
        | Kind::Redirect { .. }
        | Kind::Decode
        | Kind::Changed
        | Kind::Stale
        | Kind::Stopped => false,
    }
}

/// The tries of one thing to do, with one time limit for all its requests.
#[derive(Debug)]
pub struct Tries {
    waits: Backoff,
    patience: Duration,
    is_one: bool,
    /// For the log.
    attempt: u32,
    /// How often the host's name led to no address.
    unresolved: u32,
    /// From then on what was known before the first try is too old to act on.
    stale_from: Option<Instant>,
    /// What became of a try that may have been carried out.
    in_doubt: Option<Error>,
    /// Whether it had to wait for a rate limit since the last look.
    held_up: bool,
}

impl Tries {
    /// The first try begins.
    pub(super) fn new(first_wait: Duration, retry_for: Duration) -> Self {
        Self {
            waits: Backoff::new(first_wait, retry_for),
            patience: retry_for,
            is_one: false,
            attempt: 0,
            unresolved: 0,
            stale_from: None,
            in_doubt: None,
            held_up: false,
        }
    }

    /// There is one try only, which must not wait for anything. That it failed says nothing to others.
    pub(super) fn once() -> Self {
        Self { is_one: true, ..Self::new(Duration::ZERO, Duration::ZERO) }
    }

    pub(super) fn is_one(&self) -> bool {
        self.is_one
    }

    /// How long may be waited for a rate limit.
    pub(super) fn patience(&self) -> Duration {
        self.patience
    }

    /// What is to be changed was looked at, and may be changed until `then`. A request that could only be sent later is not:
    /// it fails with [`Kind::Stale`].
    pub fn good_until(&mut self, then: Instant) {
        self.stale_from = Some(then);
        self.held_up = false;
    }

    /// An earlier try that may have been carried out, and how it failed.
    #[must_use]
    pub fn in_doubt(&self) -> Option<&Error> {
        self.in_doubt.as_ref()
    }

    /// Remembers how a try failed, if it may have been carried out.
    pub(super) fn failed(&mut self, error: &Error) {
        self.unresolved += u32::from(error.is_of_no_host());
        if error.is_in_doubt() {
            self.in_doubt = Some(error.clone());
        }
    }

    /// How often the host's name led to no address.
    pub(super) fn unresolved(&self) -> u32 {
        self.unresolved
    }

    /// It has waited for a rate limit, which is not held against it.
    pub(super) fn hold_up(&mut self, how_long: Duration) {
        self.waits.excuse(how_long);
        self.held_up = true;
    }

    /// Whether it had to wait for a rate limit since the last look.
    #[must_use]
    pub fn was_held_up(&self) -> bool {
        self.held_up
    }

    pub(super) fn are_stale(&self) -> bool {
        self.stale_from.is_some_and(|then| Instant::now() >= then)
    }

    /// How many requests were sent, whatever became of them.
    #[must_use]
    pub fn sent(&self) -> u32 {
        self.attempt
    }

    /// The number of the try that begins now.
    pub(super) fn count(&mut self) -> u32 {
        self.attempt += 1;
        self.attempt
    }

    /// How long to wait before the next try, if there is to be one.
    pub(super) fn next_wait(&mut self, error: &Error) -> Option<Duration> {
        self.waits.next(error.retry_after())
    }
}

/// How long an answer asks to wait: `Retry-After` in seconds or as a date; a refusal for a rate limit also by its
/// `RateLimit-Reset`, which tells nothing of other troubles.
pub(super) fn retry_after(status: StatusCode, headers: &HeaderMap) -> Option<Duration> {
    let is_limit = status == StatusCode::TOO_MANY_REQUESTS;
    let reset = || headers.get("ratelimit-reset").filter(|_| is_limit)?.to_str().ok()?.trim().parse().ok();
    asked_to_wait(headers).or_else(|| reset().map(|at| until(at, headers)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header;

    #[test]
    fn a_wait_is_asked_for_in_seconds_or_as_a_date_or_by_a_limit() {
        let wait = |headers: &[(&'static str, &'static str)]| {
            let mut map = HeaderMap::new();
            map.extend(
                headers.iter().map(|(n, v)| (header::HeaderName::from_static(n), header::HeaderValue::from_static(v))),
            );
            retry_after(StatusCode::TOO_MANY_REQUESTS, &map).map(|wait| wait.as_secs())
        };
        let date = ("date", "Tue, 05 Jan 2021 10:29:30 GMT");
        assert_eq!(wait(&[("retry-after", "7")]), Some(7));
        assert_eq!(wait(&[date, ("retry-after", "Tue, 05 Jan 2021 10:30:00 GMT")]), Some(30));
        assert_eq!(wait(&[date, ("retry-after", "Tue, 05 Jan 2021 10:00:00 GMT")]), Some(0));
        assert_eq!(wait(&[date, ("ratelimit-reset", "1609842600")]), Some(30));
        assert_eq!(wait(&[date, ("retry-after", "soon")]), None);
        assert_eq!(wait(&[("retry-after", "-7")]), None);
        assert_eq!(wait(&[]), None);
        assert_eq!(wait(&[("retry-after", "18446744073709551615")]), Some(24 * 60 * 60));
        assert_eq!(wait(&[date, ("ratelimit-reset", "9223372036854775807")]), Some(24 * 60 * 60));
        let mut map = HeaderMap::new();
        map.insert("ratelimit-reset", header::HeaderValue::from_static("4102444800"));
        assert_eq!(retry_after(StatusCode::BAD_GATEWAY, &map), None);
    }
}
