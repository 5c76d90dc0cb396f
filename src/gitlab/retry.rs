//! Which requests are tried again, and how long to wait before that.
//!
//! By what an error means: a read can be repeated whatever happened. So can a change or a removal, which come to the same
//! if they are done twice, unless GitLab itself stumbled over them. What makes something is repeated only if it was surely
//! not done; whether it was is for the caller to find out, who knows how it would look ([`Error::is_in_doubt`]).

use crate::gitlab::{Error, Kind};
use reqwest::header::{self, HeaderMap};
use reqwest::{Method, StatusCode};
use std::time::{Duration, Instant};

/// No wait between two tries is longer, but for one that GitLab asks for.
pub(super) const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Whether a request that failed like this may be sent again as it is.
pub(super) fn may_repeat(method: &Method, error: &Error) -> bool {
    match error.kind() {
        // Nothing was done.
        Kind::Connect | Kind::RateLimited => true,
        Kind::Timeout | Kind::Interrupted => *method != Method::POST,
        Kind::Server => match error.status() {
            Some(502..=504) => *method != Method::POST,
            _ => *method == Method::GET,
        },
        Kind::Settings
        | Kind::Untrusted
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
    started: Instant,
    retry_for: Duration,
    next_wait: Duration,
    /// For the log.
    attempt: u32,
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
            started: Instant::now(),
            retry_for,
            next_wait: first_wait,
            attempt: 0,
            stale_from: None,
            in_doubt: None,
            held_up: false,
        }
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
        if error.is_in_doubt() {
            self.in_doubt = Some(error.clone());
        }
    }

    /// It has waited for a rate limit, which is not held against it.
    pub(super) fn hold_up(&mut self, how_long: Duration) {
        self.started += how_long;
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

    /// The number of the try that begins now.
    pub(super) fn count(&mut self) -> u32 {
        self.attempt += 1;
        self.attempt
    }

    /// How long to wait before the next try, if there is to be one: twice as long each time, and somewhat at random, so
    /// that many who failed together don't come back together. What GitLab asks for counts more, and is waited for whole.
    pub(super) fn next_wait(&mut self, error: &Error) -> Option<Duration> {
        let usual = self.next_wait.mul_f64(0.5 + fastrand::f64() / 2.0);
        self.next_wait = (self.next_wait * 2).min(LONGEST_WAIT);
        let wait = error.retry_after().map_or(usual, |asked| asked.max(usual));
        (self.started.elapsed().saturating_add(wait) <= self.retry_for).then_some(wait)
    }
}

/// A server that asks for more is not waited for anyway, and must not make a clock overflow.
const LONGEST_ASKED: Duration = Duration::from_secs(24 * 60 * 60);

/// How long an answer asks to wait: `Retry-After` in seconds or as a date; a refusal for a rate limit also by its
/// `RateLimit-Reset`, which tells nothing of other troubles.
pub(super) fn retry_after(status: StatusCode, headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let asked = text(header::RETRY_AFTER.as_str()).and_then(|text| {
        let seconds = text.parse().ok().map(Duration::from_secs);
        seconds.or_else(|| date(text).map(|at| until(at, headers)))
    });
    let is_limit = status == StatusCode::TOO_MANY_REQUESTS;
    let reset = || text("ratelimit-reset").filter(|_| is_limit)?.parse().ok().map(|at| until(at, headers));
    asked.or_else(reset).map(|asked| asked.min(LONGEST_ASKED))
}

/// How long it is until `at`, in seconds since 1970. Such times are GitLab's, so they are held against its own clock where
/// the answer tells it.
pub(super) fn until(at: i64, headers: &HeaderMap) -> Duration {
    let theirs = headers.get(header::DATE).and_then(|now| date(now.to_str().ok()?.trim()));
    let now = theirs.unwrap_or_else(|| jiff::Timestamp::now().as_second());
    Duration::from_secs(u64::try_from(at.saturating_sub(now)).unwrap_or(0)).min(LONGEST_ASKED)
}

fn date(text: &str) -> Option<i64> {
    Some(jiff::fmt::rfc2822::parse(text).ok()?.timestamp().as_second())
}

#[cfg(test)]
mod tests {
    use super::*;

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
