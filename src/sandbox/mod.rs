//! The embedded GitLab: what a real server does with releases, links, tags and milestones, over real HTTP, with its
//! state in SQLite.
//!
//! It is the other side of the wire, so it imports nothing of relsync's: no type is shared with the client, and a mistake
//! made on one side shows instead of cancelling out. `http` reads requests and shapes answers as Grape does, `api` holds
//! one file for each resource, `store` is the only place that speaks SQL, `seed` fills a new database. `guard`, `faults`
//! and `limits` stand in front of the API, `page` shows people what there is.

mod api;
mod archive;
mod auth;
mod backstage;
mod connection;
mod error;
mod evidence;
mod faults;
mod guard;
mod http;
mod limits;
mod list_cache;
mod markdown;
mod moment;
mod page;
mod quick_actions;
mod requests;
mod rules;
mod seed;
mod server;
mod span;
mod store;

pub use error::Error;
pub use faults::{Fault, FaultError};
pub use limits::{Limit, LimitError, LimitKind};
pub use requests::RequestCount;
pub use seed::SeedSource;
pub use span::{Span, SpanError};

use faults::Faults;
use limits::Limits;
use list_cache::ListCache;
use requests::Requests;
use seed::Seed;
use server::{App, Closing, Settings};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

/// How a sandbox is to run.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where to listen; port 0 picks a free one.
    pub listen: SocketAddr,
    /// The folder that keeps the state; without one it is kept in memory.
    pub data: Option<PathBuf>,
    /// What a new database starts with; without it, with the default seed.
    pub seed: Option<SeedSource>,
    /// What was paid for.
    pub tier: Tier,
    /// How long evidence takes to appear after it was asked for. `POST /sandbox/jobs` makes it appear at once.
    pub evidence_delay: Duration,
    /// How much later than done every answer of the API comes.
    pub latency: Span,
    /// What goes wrong, asked in this order.
    pub faults: Vec<Fault>,
    /// Makes faults by probability fall alike in every run.
    pub fault_seed: Option<u64>,
    /// What there may be too much of.
    pub limits: Vec<Limit>,
    /// For how long the list of releases shows a release as it was while its `updated_at` stays.
    pub list_cache: Option<Span>,
}

impl Options {
    /// In memory, with the default seed and everything that was paid for, on a good day.
    #[must_use]
    pub fn at(listen: SocketAddr) -> Self {
        Self {
            listen,
            data: None,
            seed: None,
            tier: Tier::Premium,
            evidence_delay: Duration::from_secs(1),
            latency: Span::default(),
            faults: Vec::new(),
            fault_seed: None,
            limits: Vec::new(),
            list_cache: None,
        }
    }
}

impl Default for Options {
    /// On a free port of this machine.
    fn default() -> Self {
        Self::at(SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 0))
    }
}

/// What was paid for: without Premium there is no evidence, and releases can't name a group's milestones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tier {
    /// Nothing.
    Free,
    /// What the sandbox knows of Premium.
    Premium,
}

impl FromStr for Tier {
    type Err = UnknownTier;

    fn from_str(word: &str) -> Result<Self, UnknownTier> {
        match word {
            "free" => Ok(Self::Free),
            "premium" => Ok(Self::Premium),
            _ => Err(UnknownTier),
        }
    }
}

/// A word that is no tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a tier is `free` or `premium`")]
pub struct UnknownTier;

/// A running sandbox. Dropping it stops it, too.
#[derive(Debug)]
pub struct Sandbox {
    address: SocketAddr,
    is_new: bool,
    requests: Arc<Requests>,
    shutdown: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Sandbox {
    /// Opens the state, lays the seed if it is new, and serves in the background until stopped.
    ///
    /// # Errors
    /// When the address is taken, the folder can't be used, or the seed file is wrong.
    pub async fn start(options: Options) -> Result<Self, Error> {
        let Options { listen, data, seed, tier, evidence_delay, latency, faults, fault_seed, limits, list_cache } =
            options;
        let (store, is_new) = tokio::task::spawn_blocking(move || {
            let seed = Seed::load(seed.as_ref())?;
            Store::open(data.as_deref(), &seed)
        })
        .await
        .map_err(|_| Error::Stopped)??;
        let refused = |source| Error::Listen { address: listen, source };
        let listener = TcpListener::bind(listen).await.map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        let (shutdown, stopped) = oneshot::channel();
        let (closing, told) = Closing::new();
        let requests = Arc::<Requests>::default();
        let app = App {
            store,
            requests: Arc::clone(&requests),
            base: base_url(address),
            settings: Settings { tier, evidence_delay },
            loopback_only: address.ip().is_loopback(),
            latency: latency.duration(),
            faults: Arc::new(Faults::new(faults, fault_seed)),
            limits: Arc::new(Limits::new(limits)),
            list_cache: Arc::new(ListCache::new(list_cache.map(Span::duration))),
            closing: told,
        };
        let task = tokio::spawn(server::serve(listener, app, closing, stopped));
        Ok(Self { address, is_new, requests, shutdown, task })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The same as a url, such as `http://127.0.0.1:8929`.
    #[must_use]
    pub fn url(&self) -> String {
        base_url(self.address)
    }

    /// Whether its state began with this start, so that the seed was laid.
    #[must_use]
    pub fn is_new(&self) -> bool {
        self.is_new
    }

    /// Whether other machines can reach it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !self.address.ip().is_loopback()
    }

    /// How often each method and route was called since this was last asked, as `GET /sandbox/requests` tells it.
    #[must_use]
    pub fn take_requests(&self) -> Vec<RequestCount> {
        self.requests.take()
    }

    /// Takes no more requests, answers those it has, and returns.
    pub async fn stop(self) {
        // Either side may be gone already: then there is nothing left to stop.
        let _ = self.shutdown.send(());
        let _ = self.task.await;
    }
}

/// Empties the state kept in `data` and lays the seed anew: the file's, or the default one.
///
/// # Errors
/// When the folder can't be used or the seed file is wrong; the old state is then untouched.
pub fn reset(data: &Path, seed: Option<&Path>) -> Result<(), Error> {
    let seed = Seed::load(seed.map(|path| SeedSource::File(path.to_owned())).as_ref())?;
    Store::reset(data, &seed)
}

/// A url that a client on this machine can use, also when the sandbox listens on every address.
fn base_url(address: SocketAddr) -> String {
    let ip = match address.ip() {
        ip if !ip.is_unspecified() => ip,
        IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
    };
    format!("http://{}", SocketAddr::new(ip, address.port()))
}
