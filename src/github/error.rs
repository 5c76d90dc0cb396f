//! What can go wrong between relsync and GitHub.
//!
//! Texts in here are harmless: redacted, escaped and bounded before they come in.

use crate::http::Broken;
use std::io;
use std::time::Duration;

/// What went wrong, as far as it decides what to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The client can't be made as it is configured. Nothing was sent.
    Settings,
    /// 401.
    Unauthorized,
    /// 403 that is for no limit.
    Forbidden,
    /// 404.
    NotFound,
    /// 403 or 429: too much was asked for in too short a time.
    RateLimited,
    /// 5xx.
    Server,
    /// Another status that is no good one.
    Refused,
    /// A redirect that is not followed.
    Redirect,
    /// No connection.
    Connect,
    /// A connection to somebody whose certificate is not trusted.
    Untrusted,
    /// No answer in time.
    Timeout,
    /// The connection broke.
    Interrupted,
    /// An answer that is not what GitHub answers.
    Decode,
    /// A file that is not what GitHub says of it.
    Corrupt,
    /// A file that is not the API's to give.
    Elsewhere,
    /// A file that could not be kept.
    Disk,
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

/// A request that failed, or a client that can't be made.
#[derive(Debug, Clone, thiserror::Error, miette::Diagnostic)]
#[error("{message}")]
pub struct Error {
    kind: Kind,
    message: String,
    #[help]
    help: Option<String>,
    pub(super) retry_after: Option<Duration>,
}

impl Error {
    pub(super) fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), help: None, retry_after: None }
    }

    pub(super) fn with_help(mut self, help: Option<String>) -> Self {
        self.help = help;
        self
    }

    pub(super) fn retrying_after(mut self, wait: Option<Duration>) -> Self {
        self.retry_after = wait;
        self
    }

    pub(super) fn disk(error: &io::Error) -> Self {
        Self::new(Kind::Disk, error.to_string())
    }

    /// What to do about it depends on this.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Whether the same request may well succeed later: nothing is changed by asking twice.
    pub(super) fn may_pass(&self) -> bool {
        matches!(self.kind, Kind::RateLimited | Kind::Server | Kind::Connect | Kind::Timeout | Kind::Interrupted)
    }
}

/// What may be behind it, for the person who has to do something about it.
pub(super) fn help(kind: Kind, has_token: bool, wait: Option<Duration>) -> Option<String> {
    let text = match kind {
        Kind::Unauthorized => {
            "the token is mistyped, expired, revoked or another GitHub's; what is public can be read without one"
        }
        Kind::Forbidden => {
            "the token lacks the permission to read Contents (or the scope `repo`), or the organization wants it to be \
             authorized for single sign-on"
        }
        Kind::NotFound if has_token => {
            "the repository's name is mistyped, or the token can't see it: a fine-grained one has to name it, with the \
             permission to read Contents; a classic one takes the scope `repo`"
        }
        Kind::NotFound => "the repository's name is mistyped, or it is private: set GITHUB_TOKEN",
        Kind::RateLimited => {
            let wait =
                wait.map(|wait| jiff::SignedDuration::from_secs(i64::try_from(wait.as_secs()).unwrap_or(i64::MAX)));
            let token = if has_token { "" } else { "; with a token it would be more: set GITHUB_TOKEN" };
            return Some(match wait {
                Some(wait) => format!(
                    "GitHub asks to wait {wait:#}: run it again then, or allow it with --retry-for \"{wait:#}\"{token}"
                ),
                None => format!("too many requests in a short time: wait a minute and run it again{token}"),
            });
        }
        Kind::Server => "the fault is GitHub's, or of a proxy before it: https://www.githubstatus.com may tell",
        Kind::Redirect => "redirects to elsewhere are not followed, so that the token stays where it belongs",
        Kind::Connect => "check --github-url, the network, and the proxy settings (HTTPS_PROXY, NO_PROXY)",
        Kind::Untrusted => {
            "if an authority of your own signed the certificate, name the file with that one's: --ca-file or SSL_CERT_FILE"
        }
        Kind::Timeout | Kind::Decode => {
            "check that --github-url is a GitHub's own address, and that no login page or proxy answers in its place"
        }
        Kind::Elsewhere => "name the GitHub that the releases are of with --github-url",
        Kind::Corrupt => "it was not kept: run it again, and if it stays so, look at the file on GitHub",
        Kind::Settings | Kind::Refused | Kind::Interrupted | Kind::Disk => return None,
    };
    Some(text.to_owned())
}
