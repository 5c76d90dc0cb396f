//! How much of a limit is used, as GitLab tells it: the `RateLimit-*` headers and the two kinds of 429.

use crate::sandbox::http::Refusal;
use crate::sandbox::moment::Moment;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::time::Duration;

const MINUTE: u64 = 60;

/// A limit's use by one subject, at one moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Quota {
    name: &'static str,
    limit: u64,
    /// In seconds; never 0.
    period: i64,
    observed: u64,
    now: Moment,
}

impl Quota {
    /// Nothing observed yet.
    pub(super) fn new(name: &'static str, limit: u64, window: Duration, now: Moment) -> Self {
        let period = i64::try_from(window.as_secs()).unwrap_or(i64::MAX).max(1);
        Self { name, limit, period, observed: 0, now }
    }

    /// A quota of which nothing is left.
    pub(crate) fn used_up(name: &'static str, limit: u64, window: Duration, now: Moment) -> Self {
        Self::new(name, limit, window, now).observing(limit + 1)
    }

    /// The same with so many requests.
    pub(super) fn observing(self, observed: u64) -> Self {
        Self { observed, ..self }
    }

    /// The number of the window.
    pub(super) fn window(&self) -> i64 {
        self.now.whole_seconds().div_euclid(self.period)
    }

    /// Whether the last request was one too many.
    pub(crate) fn is_exceeded(&self) -> bool {
        self.observed > self.limit
    }

    /// How many more there may be; negative if there were too many.
    pub(super) fn left(&self) -> i128 {
        i128::from(self.limit) - i128::from(self.observed)
    }

    /// The headers that come with every answer.
    pub(super) fn headers(&self) -> HeaderMap {
        // GitLab tells the limit for a minute, whatever the window is.
        let period = self.period.unsigned_abs();
        let per_minute = (u128::from(self.limit) * u128::from(MINUTE)).div_ceil(u128::from(period));
        headers([
            ("ratelimit-name", self.name.to_owned()),
            ("ratelimit-limit", per_minute.to_string()),
            ("ratelimit-observed", self.observed.to_string()),
            ("ratelimit-remaining", self.limit.saturating_sub(self.observed).to_string()),
            ("ratelimit-reset", self.reset().to_string()),
        ])
    }

    /// 429 from the outer limiter, which knows nothing of the API.
    pub(crate) fn retry_later(&self) -> Response {
        (StatusCode::TOO_MANY_REQUESTS, self.refusing_headers(), "Retry later\n").into_response()
    }

    /// 429 from an endpoint.
    pub(super) fn requested_too_many_times(&self) -> Refusal {
        let error = "This endpoint has been requested too many times. Try again later.";
        Refusal::message(StatusCode::TOO_MANY_REQUESTS, json!({ "error": error })).with_headers(self.refusing_headers())
    }

    fn refusing_headers(&self) -> HeaderMap {
        let mut all = self.headers();
        let wait = self.reset() - self.now.whole_seconds();
        all.extend(headers([
            ("retry-after", wait.to_string()),
            ("ratelimit-resettime", Moment::at_second(self.reset()).map(Moment::http_date).unwrap_or_default()),
        ]));
        all
    }

    /// When the next window starts.
    fn reset(&self) -> i64 {
        self.window().saturating_add(1).saturating_mul(self.period)
    }
}

fn headers<const N: usize>(pairs: [(&'static str, String); N]) -> HeaderMap {
    let header = |(name, value): (&'static str, String)| {
        Some((HeaderName::from_static(name), HeaderValue::try_from(value).ok()?))
    };
    pairs.into_iter().filter_map(header).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_gitlabs() {
        let now = Moment::parse("2021-01-05T10:29:30Z").unwrap();
        let quota = Quota::new("throttle_unauthenticated", 3600, Duration::from_secs(3600), now).observing(3700);
        let headers = quota.refusing_headers();
        for (name, value) in [
            ("ratelimit-name", "throttle_unauthenticated"),
            ("ratelimit-limit", "60"),
            ("ratelimit-observed", "3700"),
            ("ratelimit-remaining", "0"),
            ("ratelimit-reset", "1609844400"),
            ("ratelimit-resettime", "Tue, 05 Jan 2021 11:00:00 GMT"),
            ("retry-after", "1830"),
        ] {
            assert_eq!(headers.get(name).map(|v| v.to_str().unwrap()), Some(value), "{name}");
        }
    }
}
