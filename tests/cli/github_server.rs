//! A GitHub with one repository, `octo/app`, and the host that its files are on, over real HTTP. Its answers are of GitHub's
//! form, down to the keys that nobody reads, and lie in `tests/recorded/github`.

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{Response, header};
use serde_json::Value;
use std::sync::{Arc, Mutex};

/// The token that must never show up anywhere.
pub(crate) const CANARY: &str = "ghp_canaryCanaryCanary5f2a";

/// The pages of the repository's releases.
pub(crate) const PAGES: [&str; 3] = [
    include_str!("../recorded/github/page-1.json"),
    include_str!("../recorded/github/page-2.json"),
    include_str!("../recorded/github/page-3.json"),
];

/// What is asked for: path and query, and the token that came along.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) target: String,
    pub(crate) token: Option<String>,
}

/// A server on a thread of its own, stopped when dropped.
pub(crate) struct Host {
    pub(crate) url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    _runtime: tokio::runtime::Runtime,
}

impl Host {
    /// Serves what `answer` makes of a target, given its own address.
    pub(crate) fn start(answer: impl Fn(&str, &str) -> Response<Body> + Send + Sync + 'static) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (log, own, answer) = (seen.clone(), url.clone(), Arc::new(answer));
        let handler = move |request: Request| {
            let (log, own, answer) = (log.clone(), own.clone(), answer.clone());
            async move {
                let target = request.uri().to_string();
                let token = request.headers().get(header::AUTHORIZATION);
                let token = token.map(|token| token.to_str().unwrap().to_owned());
                let response = answer(&own, &target);
                log.lock().unwrap().push(Seen { target, token });
                response
            }
        };
        runtime.spawn(async move { axum::serve(listener, Router::new().fallback(handler)).await.unwrap() });
        Self { url, seen, _runtime: runtime }
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

pub(crate) fn reply(status: u16, headers: &[(&str, &str)], body: impl Into<Body>) -> Response<Body> {
    let builder = headers.iter().fold(Response::builder().status(status), |b, (name, value)| b.header(*name, *value));
    builder.body(body.into()).unwrap()
}

/// The repository's GitHub, and the host of its files.
pub(crate) struct Github {
    pub(crate) api: Host,
    pub(crate) files: Host,
}

impl Github {
    pub(crate) fn start() -> Self {
        let files = Host::start(|_, target| match file(target) {
            Some(content) => reply(200, &[], content),
            None => reply(404, &[], "<Error><Code>NoSuchKey</Code></Error>"),
        });
        let elsewhere = files.url.clone();
        let api = Host::start(move |own, target| {
            let path = target.split('?').next().unwrap();
            if path.contains("/releases/assets/") {
                let location = format!("{elsewhere}{path}?sig=s3cret-signature");
                return reply(302, &[("location", &location)], "");
            }
            match path {
                "/api/v3/repos/octo/app/releases" | "/api/v3/repositories/77/releases" => page(own, target),
                _ => reply(404, &[], r#"{"message":"Not Found","status":"404"}"#),
            }
        });
        Self { api, files }
    }
}

/// A page, with the links and addresses that GitHub gives it.
fn page(own: &str, target: &str) -> Response<Body> {
    let number: usize = target.rsplit_once("page=").unwrap().1.parse().unwrap();
    let body = PAGES[number - 1].replace("https://api.github.com/", &format!("{own}/api/v3/"));
    let at = |number: usize| format!("<{own}/api/v3/repositories/77/releases?per_page=100&page={number}>");
    let next = format!("{}; rel=\"next\", {}; rel=\"last\"", at(number + 1), at(PAGES.len()));
    let last = format!("{}; rel=\"first\"", at(1));
    let links = if number < PAGES.len() { next } else { last };
    reply(200, &[("content-type", "application/json; charset=utf-8"), ("link", &links)], body)
}

/// What is in the file that is asked for; of one nobody has it any more.
fn file(target: &str) -> Option<String> {
    let id: u64 = target.split('?').next()?.rsplit_once('/')?.1.parse().ok()?;
    let pages = PAGES.map(|page| serde_json::from_str::<Value>(page).unwrap());
    let releases = pages.iter().flat_map(|page| page.as_array().unwrap());
    let mut assets =
        releases.flat_map(|release| release["assets"].as_array().unwrap().iter().map(move |a| (release, a)));
    let (release, asset) = assets.find(|(_, asset)| asset["id"] == id)?;
    Some(format!("content of {} {}\n", asset["name"].as_str()?, release["tag_name"].as_str()?))
}
