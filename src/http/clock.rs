//! Times in headers, held against the server's own clock.

use reqwest::header::{self, HeaderMap};
use std::time::Duration;

/// A server that asks for more is not waited for anyway, and must not make a clock overflow.
const LONGEST_ASKED: Duration = Duration::from_secs(24 * 60 * 60);

/// How long `Retry-After` asks to wait, be it in seconds or as a date.
pub(crate) fn asked_to_wait(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    let seconds = text.parse().ok().map(Duration::from_secs);
    seconds.or_else(|| date(text).map(|at| until(at, headers))).map(|asked| asked.min(LONGEST_ASKED))
}

/// How long it is until `at`, in seconds since 1970. Such times are the server's, so they are held against its own clock
/// where the answer tells it.
pub(crate) fn until(at: i64, headers: &HeaderMap) -> Duration {
    let theirs = headers.get(header::DATE).and_then(|now| date(now.to_str().ok()?.trim()));
    let now = theirs.unwrap_or_else(|| jiff::Timestamp::now().as_second());
    Duration::from_secs(u64::try_from(at.saturating_sub(now)).unwrap_or(0)).min(LONGEST_ASKED)
}

fn date(text: &str) -> Option<i64> {
    Some(jiff::fmt::rfc2822::parse(text).ok()?.timestamp().as_second())
}
