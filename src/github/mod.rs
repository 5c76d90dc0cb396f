//! GitHub's releases, read: over its REST API, or out of what `gh api` wrote down of it. Nothing is ever written there.
//!
//! The token goes to the API's own address and nowhere else: redirects within it are followed with the token, those of
//! downloads to another host without, and any other is an error. Imports `http` and `model` only.

mod address;
mod download;
mod error;
mod export;
mod limits;
mod release;
mod releases;
mod transport;

pub use address::{Repository, api_of, is_githubs};
pub use download::Sink;
pub use error::{Error, Kind};
pub use export::{ExportError, read_export};
pub use release::{Asset, Release};

pub use crate::http::{Authorities, Observer};

use secrecy::SecretString;
use std::sync::Arc;
use std::time::Duration;
use transport::Transport;
use url::Url;

/// Where GitHub is and how to talk to it.
#[derive(Clone)]
pub struct Settings {
    /// The API's address, as [`api_of`] makes it of the web's.
    pub api: Url,
    /// Without one, only what is public can be read, and less of it in an hour.
    pub token: Option<SecretString>,
    /// Lets requests, and the token with them, travel in clear text to another machine.
    pub insecure_http: bool,
    /// Whom to trust beside the system's own certificate authorities.
    pub authorities: Authorities,
    /// How long GitHub may stay silent, before its answer or in the middle of it.
    pub timeout: Duration,
    /// How long to wait before a request is tried again for the first time; later waits are longer.
    pub first_wait: Duration,
    /// How long a request is tried again, and how long GitHub may ask to wait.
    pub retry_for: Duration,
    /// Is told of every wait.
    pub observer: Option<Observer>,
}

impl Settings {
    /// The usual: no clear text, 60 seconds of silence, and five minutes of trying.
    #[must_use]
    pub fn new(api: Url, token: Option<SecretString>) -> Self {
        Self {
            api,
            token,
            insecure_http: false,
            authorities: Authorities::default(),
            timeout: Duration::from_secs(60),
            first_wait: Duration::from_millis(500),
            retry_for: Duration::from_secs(300),
            observer: None,
        }
    }
}

/// A connection pool to one GitHub. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    transport: Arc<Transport>,
}

impl Client {
    /// Sets up a client; no request is made yet.
    ///
    /// # Errors
    /// [`Kind::Settings`]: a token that can't be sent, or http to another machine where that is not allowed.
    pub fn new(settings: Settings) -> Result<Self, Error> {
        Ok(Self { transport: Arc::new(Transport::new(settings)?) })
    }
}
