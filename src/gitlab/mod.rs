//! The REST client: what relsync asks of GitLab, and nothing else.
//!
//! One file for each resource, with its wire types, which stay private: callers give and get the values of `model`,
//! checked. Every request passes through `transport`'s `send`. The token goes to the configured GitLab only: no
//! redirect is followed, no link to another host, and no text that leaves here ([`Error`], traces) holds it.
//!
//! Imports `model` only.

mod error;
mod help;
mod links;
mod message;
mod milestones;
mod pages;
mod project;
mod releases;
mod request;
mod tags;
mod token;
mod transport;

pub use error::{Error, Kind};
pub use tags::TagList;
pub use token::{Token, TokenKind};

use std::{fmt, sync::Arc, time::Duration};
use transport::Transport;
use url::Url;

/// Where GitLab is and how to talk to it.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Its address, with the path prefix if it lives under one: `https://host/gitlab`.
    pub url: Url,
    /// Without one, only what is public can be read.
    pub token: Option<Token>,
    /// Lets a token travel in clear text to another machine.
    pub insecure_http: bool,
    /// How long setting up a connection may take, TLS included.
    pub connect_timeout: Duration,
    /// How long GitLab may stay silent, before its answer or in the middle of it.
    pub timeout: Duration,
}

impl Settings {
    /// The usual: no clear text, 10 seconds to connect, and 60 of silence, which is when GitLab itself gives up.
    #[must_use]
    pub fn new(url: Url, token: Option<Token>) -> Self {
        Self {
            url,
            token,
            insecure_http: false,
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(60),
        }
    }
}

/// A connection pool to one GitLab. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    transport: Arc<Transport>,
}

impl Client {
    /// Sets up a client; no request is made yet.
    ///
    /// # Errors
    /// [`Kind::Settings`]: a url that can't be a GitLab's, a token that can't be sent, or one that would travel in clear
    /// text.
    pub fn new(settings: Settings) -> Result<Self, Error> {
        Ok(Self { transport: Arc::new(Transport::new(settings)?) })
    }

    /// The GitLab's address, as configured.
    #[must_use]
    pub fn url(&self) -> &Url {
        self.transport.url()
    }

    /// What kind of token is sent, if any. A job token may call less than others.
    #[must_use]
    pub fn token_kind(&self) -> Option<TokenKind> {
        self.transport.token_kind()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("url", &self.url().as_str())
            .field("token_kind", &self.token_kind())
            .finish_non_exhaustive()
    }
}
