//! The REST client: what relsync asks of GitLab, and nothing else.
//!
//! One file for each resource, with its wire types, which stay private: callers give and get the values of `model`,
//! checked. Every request passes through `transport`'s `send`, but for files', which are streams (`files`). The token goes
//! to the configured GitLab only: redirects are followed within its API and for files, without the token from where they
//! leave GitLab, and no text that leaves here ([`Error`], traces) holds it.
//!
//! Imports `http` and `model` only.

mod address;
mod ahead;
mod answer;
mod commits;
mod error;
mod files;
mod gate;
mod handing_out;
mod health;
mod help;
mod links;
mod listed;
mod milestones;
mod notes;
mod packages;
mod pages;
mod permalink;
mod pools;
mod project;
mod protected_tags;
mod releases;
mod request;
mod retry;
mod tags;
mod token;
mod transport;
mod trouble;
mod upload;

pub use error::{Error, Kind};
pub use files::{FileAt, Incoming, Resume};
pub use health::{Heard, Identity, Quota, Role, Standing, Tier, TokenFacts, Told, Version};
pub use milestones::MilestoneList;
pub use notes::{MergeRequest, MergeRequestNote, NoteId};
pub use permalink::Permalink;
pub use protected_tags::ProtectedTag;
pub use retry::Tries;
pub use tags::TagList;
pub use token::{Token, TokenKind};
pub use upload::{Open, Sent, Upload};

pub use crate::http::{Authorities, Observer, Wait};

use crate::http::is_loopback;
use ahead::Ahead;
use std::{fmt, net::SocketAddr, num::NonZeroUsize, sync::Arc, time::Duration};
use transport::Transport;
use url::Url;

/// Where GitLab is and how to talk to it.
#[derive(Clone)]
pub struct Settings {
    /// Its address, with the path prefix if it lives under one: `https://host/gitlab`.
    pub url: Url,
    /// Where it answers, if that is not where its address leads: one that nobody else can reach, as it is part of this
    /// program. It is spoken to over http.
    pub answers_at: Option<SocketAddr>,
    /// Without one, only what is public can be read.
    pub token: Option<Token>,
    /// Lets requests, and the token with them, travel in clear text to another machine.
    pub insecure_http: bool,
    /// Whom to trust beside the system's own certificate authorities.
    pub authorities: Authorities,
    /// How long setting up a connection may take, TLS included.
    pub connect_timeout: Duration,
    /// How long GitLab may stay silent, before its answer or in the middle of it.
    pub timeout: Duration,
    /// How long to wait before a request is tried again for the first time; later waits are longer.
    pub first_wait: Duration,
    /// How long a request is tried again, and how long GitLab may ask to wait. None at all: nothing is tried again.
    pub retry_for: Duration,
    /// Is told of every wait.
    pub observer: Option<Observer>,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            url,
            answers_at,
            token,
            insecure_http,
            authorities,
            connect_timeout,
            timeout,
            first_wait,
            retry_for,
            observer: _,
        } = self;
        f.debug_struct("Settings")
            .field("url", &url.as_str())
            .field("answers_at", answers_at)
            .field("token", token)
            .field("insecure_http", insecure_http)
            .field("authorities", authorities)
            .field("timeouts", &[connect_timeout, timeout, first_wait, retry_for])
            .finish_non_exhaustive()
    }
}

impl Settings {
    /// The usual: no clear text, 10 seconds to connect, 60 of silence, which is when GitLab itself gives up, and five
    /// minutes of trying, in which any of GitLab's own rate limits is over.
    #[must_use]
    pub fn new(url: Url, token: Option<Token>) -> Self {
        Self {
            url,
            answers_at: None,
            token,
            insecure_http: false,
            authorities: Authorities::default(),
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(60),
            first_wait: Duration::from_millis(500),
            retry_for: Duration::from_secs(300),
            observer: None,
        }
    }

    /// Whether the url is this machine's own, so that nothing leaves it, whatever the scheme.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.url)
    }
}

/// A connection pool to one GitLab. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    transport: Arc<Transport>,
    ahead: Arc<Ahead>,
    /// Whether it gives up as soon as something goes wrong, or would have to be waited for.
    is_impatient: bool,
}

impl Client {
    /// Sets up a client; no request is made yet.
    ///
    /// # Errors
    /// [`Kind::Settings`]: a url that can't be a GitLab's, a token that can't be sent, or http to another machine where that
    /// is not allowed.
    pub fn new(settings: Settings) -> Result<Self, Error> {
        Ok(Self { transport: Arc::new(Transport::new(settings)?), ahead: Arc::default(), is_impatient: false })
    }

    /// The same, for what nobody waits for.
    fn impatient(&self) -> Self {
        Self { transport: Arc::clone(&self.transport), ahead: Arc::default(), is_impatient: true }
    }

    /// The GitLab's address, as configured.
    #[must_use]
    pub fn url(&self) -> &Url {
        self.transport.url()
    }

    /// The API's address, without a slash at its end.
    #[must_use]
    pub fn api(&self) -> &str {
        self.transport.api()
    }

    /// How many releases have been read in lists so far, and of how many as far as GitLab has told, for those who watch.
    #[must_use]
    pub fn releases_read(&self) -> (u64, u64) {
        (self.transport.releases_read(), self.transport.releases_told())
    }

    /// The first of several tries of something that is more than one request.
    #[must_use]
    pub fn tries(&self) -> Tries {
        if self.is_impatient { Tries::once() } else { self.transport.tries() }
    }

    /// Waits until what failed with `error` may be tried again.
    ///
    /// # Errors
    /// `error`, if it has been tried for long enough, or the run is to stop.
    pub async fn wait(&self, tries: &mut Tries, error: Error) -> Result<(), Error> {
        self.transport.wait(tries, error).await
    }

    /// Gives up whatever waits to be sent, from now on.
    pub fn stop_waiting(&self) {
        self.transport.stop_waiting();
    }

    /// Lets so many requests go side by side from now on, whoever makes them. To be said while none is under way.
    pub fn allow(&self, most: NonZeroUsize) {
        self.transport.allow(most.get());
    }

    /// How long something that is not as it should be is waited for.
    #[must_use]
    pub fn patience(&self) -> Duration {
        self.transport.patience()
    }

    /// Waits as long, or until the run is to stop: then it says no.
    pub async fn rest(&self, how_long: Duration) -> bool {
        self.transport.sleep(how_long).await.is_ok()
    }

    /// Whether the server has been in trouble for so long that more requests are in vain.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        self.transport.is_lost()
    }

    /// How often a request had to be tried again, but for rate limits: the server, or the way to it, is in trouble.
    #[must_use]
    pub fn troubles(&self) -> u64 {
        self.transport.troubles()
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
