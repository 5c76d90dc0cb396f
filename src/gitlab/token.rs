//! The token: which header it goes out in, and how it stays out of everything else.

use crate::gitlab::{Error, Kind};
use crate::http::redact;
use reqwest::header::{self, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use std::fmt;

/// What a token is, which decides its header and what it may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// A personal, project or group access token: `PRIVATE-TOKEN`.
    Private,
    /// A CI job's own: `JOB-TOKEN`. It can't read milestones.
    Job,
    /// An OAuth access token: `Authorization: Bearer`.
    OAuth,
}

impl fmt::Display for TokenKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Private => "access token",
            Self::Job => "CI job token",
            Self::OAuth => "OAuth token",
        })
    }
}

/// A token and its kind. `Debug` shows only the kind.
#[derive(Debug, Clone)]
pub struct Token {
    kind: TokenKind,
    value: SecretString,
}

impl Token {
    /// Takes a token as it was found. Space around it, such as the newline at a file's end, is no part of it.
    #[must_use]
    pub fn new(kind: TokenKind, value: &SecretString) -> Self {
        Self { kind, value: SecretString::from(value.expose_secret().trim()) }
    }

    /// What kind it is.
    #[must_use]
    pub fn kind(&self) -> TokenKind {
        self.kind
    }

    /// The header it is sent in, marked sensitive so that nothing below prints or indexes it.
    pub(super) fn header(&self) -> Result<(HeaderName, HeaderValue), Error> {
        let value = self.value.expose_secret();
        if value.is_empty() {
            return Err(Error::new(Kind::Settings, "the token is empty"));
        }
        let (name, value) = match self.kind {
            TokenKind::Private => (HeaderName::from_static("private-token"), HeaderValue::from_str(value)),
            TokenKind::Job => (HeaderName::from_static("job-token"), HeaderValue::from_str(value)),
            TokenKind::OAuth => (header::AUTHORIZATION, HeaderValue::from_str(&format!("Bearer {value}"))),
        };
        let mut value = value.map_err(|_| {
            Error::new(Kind::Settings, "the token can't be sent in a header: it holds a line break or the like")
        })?;
        value.set_sensitive(true);
        Ok((name, value))
    }

    /// `text` with the token's value blotted out, for texts that a server may have echoed it into.
    pub(super) fn redact(&self, text: &str) -> String {
        redact(text, self.value.expose_secret())
    }
}
