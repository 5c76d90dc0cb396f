//! The embedded GitLab over real HTTP. Raw JSON on this side: no type of ours, so that the sandbox is tested as any
//! client sees it.
#![cfg(feature = "sandbox")]
#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

mod account;
mod archives;
mod auth;
mod crowd;
mod evidence;
mod faults;
mod groups;
mod kill;
mod latest;
mod limits;
mod links;
mod list_cache;
mod milestones;
mod notes;
mod packages;
mod page;
mod pages;
mod params;
mod raw;
mod releases;
mod requests;
mod robustness;
mod seeds;
mod stress;
mod tags;
mod uploads;
mod web;

use relsync::sandbox::{Options, Sandbox};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;
use tokio::runtime::Runtime;

/// Where every test's sandbox listens: a free port.
const LOCALHOST: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
const MAINTAINER: &str = "sandbox-maintainer";
const DEVELOPER: &str = "sandbox-developer";
const REPORTER: &str = "sandbox-reporter";
const GUEST: &str = "sandbox-guest";
const JOB: &str = "sandbox-job";

/// A sandbox and somebody who talks to it.
struct GitLab {
    sandbox: Sandbox,
    client: Client,
}

/// What came back.
#[derive(Debug)]
struct Reply {
    status: u16,
    headers: reqwest::header::HeaderMap,
    body: Value,
}

impl Reply {
    fn header(&self, name: &str) -> Option<&str> {
        Some(self.headers.get(name)?.to_str().unwrap())
    }

    /// The body, if the status is this one.
    #[track_caller]
    fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        self.body
    }

    /// Checks a refusal, whole.
    #[track_caller]
    fn refused(self, status: u16, body: Value) {
        assert_eq!((self.status, self.body), (status, body));
    }
}

/// What happens in the background happens when the test says so.
fn options() -> Options {
    Options { evidence_delay: Duration::from_secs(24 * 60 * 60), ..Options::at(LOCALHOST) }
}

impl GitLab {
    /// The default seed, in memory.
    async fn new() -> Self {
        Self::start(None, None).await
    }

    async fn start(data: Option<&Path>, seed: Option<&Path>) -> Self {
        Self::with(Options { data: data.map(Into::into), seed: seed.map(Into::into), ..options() }).await
    }

    /// Run as the test wishes.
    async fn with(options: Options) -> Self {
        Self { sandbox: Sandbox::start(options).await.unwrap(), client: Client::new() }
    }

    /// A seed of the test's own, in memory.
    async fn seeded(seed: &str) -> Self {
        Self::seeded_with(seed, options()).await
    }

    async fn seeded_with(seed: &str, options: Options) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("seed.toml");
        std::fs::write(&file, seed).unwrap();
        Self::with(Options { seed: Some(file.into()), ..options }).await
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.sandbox.url()))
    }

    /// A request by the holder of a token.
    async fn by(&self, token: &str, method: Method, path: &str, body: Value) -> Reply {
        let header = if token == JOB { "job-token" } else { "private-token" };
        let request = self.request(method, &format!("/api/v4{path}")).header(header, token);
        send(if body.is_null() { request } else { request.json(&body) }).await
    }

    async fn get(&self, path: &str) -> Reply {
        self.by(MAINTAINER, Method::GET, path, Value::Null).await
    }

    async fn post(&self, path: &str, body: Value) -> Reply {
        self.by(MAINTAINER, Method::POST, path, body).await
    }

    async fn put(&self, path: &str, body: Value) -> Reply {
        self.by(MAINTAINER, Method::PUT, path, body).await
    }

    async fn delete(&self, path: &str) -> Reply {
        self.by(MAINTAINER, Method::DELETE, path, Value::Null).await
    }

    /// A release of `v0.1`, with nothing said but what is given.
    async fn release(&self, fields: Value) -> Value {
        let mut body = json!({ "tag_name": "v0.1" });
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        self.post("/projects/24/releases", body).await.expect(201)
    }
}

async fn send(request: RequestBuilder) -> Reply {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await.unwrap();
    let body = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap_or(Value::String(text)) };
    Reply { status, headers, body }
}

/// One field of each row.
fn column(rows: &Value, field: &str) -> Vec<String> {
    let text = |row: &Value| row[field].as_str().unwrap_or_default().to_owned();
    rows.as_array().unwrap().iter().map(text).collect()
}

/// One sandbox for all cases of a property: what earlier ones left behind is part of the test.
fn shared() -> &'static (Runtime, GitLab) {
    static SHARED: OnceLock<(Runtime, GitLab)> = OnceLock::new();
    SHARED.get_or_init(|| {
        let runtime = Runtime::new().unwrap();
        let gitlab = runtime.block_on(GitLab::new());
        (runtime, gitlab)
    })
}
