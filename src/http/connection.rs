//! How connections are made: to whom, through what, and how long that may take.

use super::{Authorities, causes, is_loopback, message};
use reqwest::{Client, ClientBuilder, Proxy, redirect};
use std::net::SocketAddr;
use std::time::Duration;
use url::Url;

/// What connections are to be like.
pub(crate) struct Connection<'u> {
    /// Whom they are for.
    pub(crate) url: &'u Url,
    /// Where that one answers, in clear text, if it is elsewhere than its address leads.
    pub(crate) answers_at: Option<SocketAddr>,
    /// Whether a token will go with requests.
    pub(crate) has_token: bool,
    /// Whether http to another machine is fine.
    pub(crate) insecure_http: bool,
    /// Whom to trust beside the system's own authorities.
    pub(crate) authorities: Authorities,
    /// How long setting up may take, TLS included.
    pub(crate) connect_timeout: Duration,
    /// How long the other side may stay silent, also while something is sent to it; `None` is for who sends much.
    pub(crate) timeout: Option<Duration>,
}

/// Why there can be none like that, in harmless words.
#[derive(Debug)]
pub(crate) struct Unfit {
    pub(crate) message: String,
    pub(crate) help: Option<&'static str>,
}

impl Connection<'_> {
    /// A pool of such connections. Redirects are not followed.
    pub(crate) fn pool(self) -> Result<Client, Unfit> {
        build(self.builder()?)
    }

    /// The same for files: nothing is unpacked on the way.
    pub(crate) fn pool_of_files(self) -> Result<Client, Unfit> {
        build(self.builder()?.gzip(false))
    }

    /// A pool of connections for files of whatever host: no token goes with them.
    pub(crate) fn pool_to_anybody(
        authorities: Authorities,
        connect_timeout: Duration,
        timeout: Duration,
    ) -> Result<Client, Unfit> {
        let builder = beginning(connect_timeout, Some(timeout)).tls_certs_merge(authorities.into_certificates());
        build(builder.gzip(false))
    }

    fn builder(self) -> Result<ClientBuilder, Unfit> {
        let Self { url, answers_at, has_token, insecure_http, authorities, connect_timeout, timeout } = self;
        let loopback = is_loopback(url);
        let clear = url.scheme() == "http" && !loopback;
        if clear && !insecure_http {
            return Err(clear_text(url, has_token));
        }
        let mut builder = beginning(connect_timeout, timeout);
        builder = if loopback && url.scheme() == "http" {
            // No TLS at all: reading the system's authorities would take time, and where there are none it would fail.
            builder.tls_certs_only([])
        } else {
            builder.tls_certs_merge(authorities.into_certificates())
        };
        if loopback || (clear && has_token) {
            // A proxy could not reach this machine's own address. And without TLS it would be one more host that is shown
            // the token; with TLS it is only asked for a tunnel.
            builder = builder.no_proxy();
        }
        if let Some(at) = answers_at {
            // As a proxy it is told the address it is known by, and nothing is sent to whoever listens there. A resolver of
            // our own would not be asked about an address that is a number.
            let there = Proxy::http(format!("http://{at}")).map_err(|error| unfit(&error))?;
            builder = builder.no_proxy().proxy(there);
        }
        Ok(builder)
    }
}

fn beginning(connect_timeout: Duration, timeout: Option<Duration>) -> ClientBuilder {
    let builder = Client::builder()
        .user_agent(concat!("relsync/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .referer(false)
        .connect_timeout(connect_timeout);
    match timeout {
        Some(timeout) => builder.read_timeout(timeout),
        None => builder,
    }
}

fn build(builder: ClientBuilder) -> Result<Client, Unfit> {
    builder.build().map_err(|error| unfit(&error))
}

fn unfit(error: &reqwest::Error) -> Unfit {
    Unfit { message: message::harmless(&causes(error)), help: None }
}

/// Nobody said that http is fine for that other machine.
fn clear_text(url: &Url, has_token: bool) -> Unfit {
    let address = url.origin().ascii_serialization();
    let message = if has_token {
        format!("the token would travel in clear text to {address}")
    } else {
        format!("what {address} answers could be changed on its way: http is not encrypted")
    };
    Unfit { message, help: Some("use https; or, where the network between can be trusted, --insecure-http") }
}
