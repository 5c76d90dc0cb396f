//! A server that answers what a test wants and remembers what it was asked.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, Response};
use relsync::gitlab::{Client, Settings, Token, TokenKind};
use relsync::model::{Project, ProjectId, ProjectRef};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use url::Url;

/// The project that most tests are about.
pub(crate) const ID: ProjectRef = ProjectRef::Id(ProjectId(24));

/// The token that must never show up anywhere.
pub(crate) const CANARY: &str = "glpat-canary-5f2a";

/// A request as it came in.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: String,
    /// Path and query, not decoded.
    pub(crate) target: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Seen {
    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap()
    }

    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        let query = self.target.split_once('?')?.1;
        query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
    }

    pub(crate) fn number(&self, name: &str, default: usize) -> usize {
        self.parameter(name).map_or(default, |text| text.parse().unwrap())
    }
}

/// A running server; it stops when dropped.
pub(crate) struct Server {
    pub(crate) url: Url,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    /// Serves what `answer` makes of each request.
    pub(crate) async fn start(answer: impl Fn(&Seen) -> Response<Body> + Send + Sync + 'static) -> Self {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (log, answer) = (seen.clone(), Arc::new(answer));
        let handler = move |request: Request| {
            let (log, answer) = (log.clone(), answer.clone());
            async move {
                let (parts, body) = request.into_parts();
                let body = to_bytes(body, usize::MAX).await.unwrap();
                let seen = Seen {
                    method: parts.method.to_string(),
                    target: parts.uri.to_string(),
                    headers: parts.headers,
                    body: serde_json::from_slice(&body).unwrap_or(Value::Null),
                };
                let response = answer(&seen);
                log.lock().unwrap().push(seen);
                response
            }
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        let task = tokio::spawn(async move { axum::serve(listener, Router::new().fallback(handler)).await.unwrap() });
        Self { url, seen, task }
    }

    /// Always the same answer.
    pub(crate) async fn always(status: u16, headers: &[(&str, &str)], body: &str) -> Self {
        let headers: Vec<_> = headers.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let body = body.to_owned();
        Self::start(move |_| {
            let headers: Vec<_> = headers.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
            reply(status, &headers, &body)
        })
        .await
    }

    /// A client of it, with the canary as its token.
    pub(crate) fn client(&self) -> Client {
        self.client_as(Some(TokenKind::Private))
    }

    pub(crate) fn client_as(&self, kind: Option<TokenKind>) -> Client {
        client(self.url.clone(), kind)
    }

    /// What was asked so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// What was asked so far, as `GET /path?query`, sorted, as requests may run side by side.
    pub(crate) fn lines(&self) -> Vec<String> {
        let mut lines: Vec<_> = self.seen().iter().map(|s| format!("{} {}", s.method, s.target)).collect();
        lines.sort();
        lines
    }
}

pub(crate) fn token(kind: TokenKind) -> Token {
    Token::new(kind, &CANARY.to_owned().into())
}

pub(crate) fn client(url: Url, kind: Option<TokenKind>) -> Client {
    Client::new(Settings { retry_for: std::time::Duration::ZERO, ..Settings::new(url, kind.map(token)) }).unwrap()
}

pub(crate) fn reply(status: u16, headers: &[(&str, &str)], body: &str) -> Response<Body> {
    let builder = headers.iter().fold(Response::builder().status(status), |b, (name, value)| b.header(*name, *value));
    builder.body(Body::from(body.to_owned())).unwrap()
}

pub(crate) fn ok(value: &Value) -> Response<Body> {
    reply(200, &[("content-type", "application/json")], &value.to_string())
}

pub(crate) fn not_found() -> Response<Body> {
    reply(404, &[], r#"{"message":"404 Not Found"}"#)
}

/// One page of `rows`, with GitLab's headers.
pub(crate) fn page(seen: &Seen, rows: &[Value]) -> Response<Body> {
    let (page, size) = (seen.number("page", 1), seen.number("per_page", 20));
    let pages = rows.len().div_ceil(size).max(1);
    let next = if page < pages { (page + 1).to_string() } else { String::new() };
    let here: Vec<_> = rows.iter().skip((page - 1) * size).take(size).collect();
    let headers = [
        ("x-total", rows.len().to_string()),
        ("x-total-pages", pages.to_string()),
        ("x-next-page", next),
        ("x-page", page.to_string()),
    ];
    let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    reply(200, &headers, &json!(here).to_string())
}

/// A project as the API tells it; it lives in group 7.
pub(crate) fn project_json() -> Value {
    json!({
        "id": 24, "path_with_namespace": "root/awesome-app", "web_url": "https://gitlab.example.com/root/awesome-app",
        "namespace": { "id": 7, "kind": "group", "full_path": "root" },
    })
}

/// The same as relsync knows it.
pub(crate) fn project() -> Project {
    Project {
        reference: ID,
        path: Some("root/awesome-app".into()),
        web_url: Some("https://gitlab.example.com/root/awesome-app".into()),
        group: Some(relsync::model::Group { id: relsync::model::GroupId(7), path: "root".into() }),
    }
}

/// A release with nothing but what GitLab always has.
pub(crate) fn release_json(tag: &str) -> Value {
    json!({
        "tag_name": tag, "name": tag, "description": null,
        "created_at": "2026-01-30T10:00:00.000Z", "released_at": "2026-01-30T10:00:00.000Z",
        "assets": { "count": 4, "links": [] },
    })
}

pub(crate) fn releases_json(count: usize) -> Vec<Value> {
    (0..count).map(|n| release_json(&format!("v{n}"))).collect()
}
