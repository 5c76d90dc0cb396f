//! GitHub's rate limits, as its refusals tell of them.
//!
//! There are two kinds: so many requests an hour, which headers count, and secondary ones for whoever is too fast, of which
//! sometimes only the words tell. Both come as 403 or 429.

use crate::http::{asked_to_wait, until};
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use std::time::Duration;

/// As long as GitHub wants to be left alone where it does not say how long.
const UNTOLD: Duration = Duration::from_secs(60);

/// How long to wait, if it is for a limit that this was refused.
pub(super) fn wait(status: StatusCode, headers: &HeaderMap, words: &str) -> Option<Duration> {
    if !matches!(status, StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS) {
        return None;
    }
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let reset = || {
        let is_used_up = text("x-ratelimit-remaining") == Some("0");
        Some(until(text("x-ratelimit-reset").filter(|_| is_used_up)?.parse().ok()?, headers))
    };
    let words = words.to_lowercase();
    let is_said =
        || status == StatusCode::TOO_MANY_REQUESTS || words.contains("rate limit") || words.contains("abuse detection");
    asked_to_wait(headers).or_else(reset).or_else(|| is_said().then_some(UNTOLD))
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::{HeaderName, HeaderValue};

    #[test]
    fn limits_are_told_by_headers_or_words() {
        let wait = |status: u16, headers: &[(&'static str, &'static str)], words: &str| {
            let mut map = HeaderMap::new();
            map.extend(headers.iter().map(|(n, v)| (HeaderName::from_static(n), HeaderValue::from_static(v))));
            super::wait(StatusCode::from_u16(status).unwrap(), &map, words).map(|wait| wait.as_secs())
        };
        let date = ("date", "Tue, 05 Jan 2021 10:29:30 GMT");
        let reset = ("x-ratelimit-reset", "1609842600");
        assert_eq!(wait(403, &[("retry-after", "7")], ""), Some(7));
        assert_eq!(wait(403, &[date, ("x-ratelimit-remaining", "0"), reset], "API rate limit exceeded"), Some(30));
        assert_eq!(wait(403, &[date, ("x-ratelimit-remaining", "12"), reset], "Forbidden"), None);
        assert_eq!(wait(403, &[], "You have exceeded a secondary rate limit."), Some(60));
        assert_eq!(wait(429, &[], ""), Some(60));
        assert_eq!(wait(403, &[], "Resource protected by organization SAML enforcement."), None);
        assert_eq!(wait(404, &[("retry-after", "7")], "rate limit"), None);
    }
}
