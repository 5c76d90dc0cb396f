//! The token that comes with a request. Whose it is and what it allows is not known here.

use axum::http::{HeaderMap, Uri};
use url::form_urlencoded;

/// The token that came with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Credential {
    /// None at all.
    None,
    /// A personal, project, group or OAuth token.
    Personal(String),
    /// A CI job's.
    Job(String),
}

impl Credential {
    /// The token of a request of which nothing else has been read.
    pub(crate) fn of_request(headers: &HeaderMap, uri: &Uri) -> Self {
        let query = uri.query().unwrap_or_default().as_bytes();
        Self::of(headers, |name| {
            form_urlencoded::parse(query).filter(|(key, _)| key == name).last().map(|(_, value)| value.into_owned())
        })
    }

    /// The token in the headers, or in the query's `private_token`, `access_token` or `job_token`.
    pub(crate) fn of(headers: &HeaderMap, query: impl Fn(&str) -> Option<String>) -> Self {
        let header = |name: &str| {
            let text = headers.get(name)?.as_bytes();
            Some(String::from_utf8_lossy(text).trim().to_owned()).filter(|t| !t.is_empty())
        };
        let bearer = || {
            let value = header("authorization")?;
            let (scheme, token) = value.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
        };
        let personal = header("private-token").or_else(bearer);
        let personal = personal.or_else(|| query("private_token")).or_else(|| query("access_token"));
        match (personal, header("job-token").or_else(|| query("job_token"))) {
            (Some(token), _) => Self::Personal(token),
            (None, Some(token)) => Self::Job(token),
            (None, None) => Self::None,
        }
    }
}
