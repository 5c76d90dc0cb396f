//! Why there was no answer, or not all of one.

use std::error::Error as _;
use url::Url;

/// What was in the way of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Broken {
    /// The request can't be made. Nothing was sent.
    Settings,
    /// No connection. Nothing was sent.
    Connect,
    /// Somebody whose certificate is not trusted, who would be no more so the next time. Nothing was sent.
    Untrusted,
    /// Nothing came in time.
    Timeout,
    /// The connection broke.
    Interrupted,
}

impl Broken {
    /// What `error` comes to.
    pub(crate) fn by(error: &reqwest::Error) -> Self {
        if error.is_builder() {
            Self::Settings
        } else if error.is_connect() && causes(error).contains("invalid peer certificate") {
            Self::Untrusted
        } else if error.is_connect() {
            Self::Connect
        } else if error.is_timeout() {
            Self::Timeout
        } else {
            Self::Interrupted
        }
    }

    /// Whether it is that the host's name leads to no address, and not that no name server could be asked. That is only told in
    /// words, which are the system's.
    pub(crate) fn is_unresolved(self, error: &reqwest::Error) -> bool {
        let causes = causes(error);
        let is_temporary = ["Temporary failure", "Try again"].iter().any(|words| causes.contains(words));
        self == Self::Connect && causes.starts_with("dns error") && !is_temporary
    }

    /// The same in words, where `url` was asked.
    pub(crate) fn reason(self, error: &reqwest::Error, url: &Url) -> String {
        let address = url.origin().ascii_serialization();
        match self {
            Self::Connect | Self::Untrusted => format!("can't connect to {address}: {}", causes(error)),
            Self::Timeout => format!("no answer from {address} in time"),
            Self::Settings | Self::Interrupted => causes(error),
        }
    }
}

/// What an error and its causes say, without reqwest's general beginnings, and without the url.
pub(crate) fn causes(error: &reqwest::Error) -> String {
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
