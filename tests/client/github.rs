//! GitHub's releases over real HTTP, on its bad days: limits, servers in trouble, redirects, and files that break off.

use crate::server::{CANARY, Seen, Server, reply};
use axum::body::Body;
use axum::http::Response;
use relsync::github::{Asset, Client, Error, Kind, Release, Settings, Sink, api_of};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::io;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const LIST: &str = "/api/v3/repos/octo/app/releases";

/// A client of `server`, and what it was told of waits.
fn client(server: &Server, retry_for: Duration) -> (Client, Arc<Mutex<Vec<String>>>) {
    let waits = Arc::new(Mutex::new(Vec::new()));
    let log = waits.clone();
    let settings = Settings {
        first_wait: Duration::from_millis(1),
        retry_for,
        observer: Some(Arc::new(move |wait| log.lock().unwrap().push(wait.why.clone()))),
        ..Settings::new(api_of(&server.url).unwrap(), Some(CANARY.to_owned().into()))
    };
    (Client::new(settings).unwrap(), waits)
}

async fn read(client: &Client) -> Result<Vec<Release>, Error> {
    client.releases(&"octo/app".parse().unwrap(), &AtomicU64::new(0)).await
}

/// A status, headers and a body.
type Answer = (u16, Vec<(&'static str, &'static str)>, &'static str);

/// A server that gives these answers, one after the other, and the last one again and again.
async fn in_turn(answers: Vec<Answer>) -> Server {
    let count = AtomicUsize::new(0);
    Server::start(move |_| {
        let turn = count.fetch_add(1, Ordering::Relaxed).min(answers.len() - 1);
        let (status, headers, body) = &answers[turn];
        reply(*status, headers, body)
    })
    .await
}

#[tokio::test]
async fn what_passes_is_waited_for() {
    let date = ("date", "Tue, 05 Jan 2021 10:29:30 GMT");
    let server = in_turn(vec![
        (
            403,
            vec![date, ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1609842570")],
            r#"{"message":"API rate limit exceeded"}"#,
        ),
        (429, vec![("retry-after", "0")], r#"{"message":"You have exceeded a secondary rate limit."}"#),
        (502, vec![], "<html><title>Unicorn!</title>"),
        (500, vec![], ""),
        (200, vec![], r#"[{"tag_name":"v1"}]"#),
    ])
    .await;
    let (client, waits) = client(&server, Duration::from_secs(60));
    assert_eq!(read(&client).await.unwrap().len(), 1);
    assert_eq!(server.seen().len(), 5);
    insta::assert_snapshot!(waits.lock().unwrap().join("\n"), @r#"
    GET /repos/octo/app/releases answered 403: API rate limit exceeded
    GET /repos/octo/app/releases answered 429: You have exceeded a secondary rate limit.
    GET /repos/octo/app/releases answered 502: a web page, "Unicorn!"
    GET /repos/octo/app/releases answered 500: Internal Server Error
    "#);
}

#[tokio::test]
async fn what_takes_too_long_or_never_passes_is_told_at_once() {
    for (status, headers, body, kind) in [
        (403, vec![], r#"{"message":"You have exceeded a secondary rate limit."}"#, Kind::RateLimited),
        (429, vec![("retry-after", "31")], "", Kind::RateLimited),
        (403, vec![("x-ratelimit-remaining", "9")], r#"{"message":"Must have admin rights"}"#, Kind::Forbidden),
        (401, vec![], "", Kind::Unauthorized),
        (404, vec![], "", Kind::NotFound),
        (451, vec![], r#"{"message":"Repository access blocked"}"#, Kind::Refused),
        (200, vec![], "[{}", Kind::Decode),
    ] {
        let server = in_turn(vec![(status, headers, body)]).await;
        let (client, waits) = client(&server, Duration::from_secs(30));
        assert_eq!(read(&client).await.unwrap_err().kind(), kind, "{status} {body}");
        assert_eq!((server.seen().len(), waits.lock().unwrap().len()), (1, 0));
    }
}

/// A page of a hundred.
fn hundred() -> String {
    format!("[{}]", vec![r#"{"tag_name":"v1"}"#; 100].join(","))
}

#[tokio::test]
async fn a_list_is_read_to_its_end_whether_or_not_links_lead_there() {
    let server = Server::start(|seen: &Seen| match seen.number("page", 0) {
        1 | 2 => reply(200, &[], &hundred()),
        3 => reply(200, &[], "[]"),
        page => panic!("page {page}"),
    })
    .await;
    assert_eq!(read(&client(&server, Duration::ZERO).0).await.unwrap().len(), 200);
    let circle = Server::start(|seen: &Seen| {
        let next =
            format!("<http://{}{LIST}?per_page=100&page=1>; rel=\"next\"", seen.headers["host"].to_str().unwrap());
        reply(200, &[("link", &next)], "[]")
    })
    .await;
    let error = read(&client(&circle, Duration::ZERO).0).await.unwrap_err();
    assert_eq!((error.kind(), circle.seen().len()), (Kind::Decode, 1));
}

#[tokio::test]
async fn a_repository_that_was_renamed_is_found_and_nothing_else_is_followed() {
    let server = Server::start(|seen: &Seen| match seen.path() {
        LIST => reply(301, &[("location", "/api/v3/repositories/77/releases?page=1")], ""),
        _ => reply(200, &[], r#"[{"tag_name":"v1"}]"#),
    })
    .await;
    assert_eq!(read(&client(&server, Duration::ZERO).0).await.unwrap().len(), 1);
    assert!(server.seen().iter().all(|seen| seen.headers.contains_key("authorization")));

    let other = Server::always(200, &[], "[]").await;
    let here = other.url.clone();
    for location in [format!("{here}api/v3/x"), "/login".to_owned(), "/api/v3/../../x".to_owned(), String::new()] {
        let server = Server::start(move |_| reply(302, &[("location", &location)], "")).await;
        assert_eq!(read(&client(&server, Duration::ZERO).0).await.unwrap_err().kind(), Kind::Redirect);
    }
    assert!(other.seen().is_empty());
}

#[derive(Default)]
struct Kept(Vec<u8>);

impl Sink for Kept {
    fn restart(&mut self) -> io::Result<()> {
        self.0.clear();
        Ok(())
    }

    fn write(&mut self, piece: &[u8]) -> io::Result<()> {
        self.0.extend(piece);
        Ok(())
    }
}

fn asset(url: &str, content: &str) -> Asset {
    let mut digest = String::new();
    for byte in Sha256::digest(content) {
        write!(digest, "{byte:02x}").unwrap();
    }
    let asset = serde_json::json!({
        "url": url, "name": "app", "size": content.len(), "digest": format!("sha256:{digest}"),
        "browser_download_url": "https://github.com/octo/app/releases/download/v1/app",
    });
    serde_json::from_value(asset).unwrap()
}

/// The first answer breaks off in the middle.
fn breaking_off(turn: usize) -> Response<Body> {
    let whole = reply(200, &[("content-length", "5")], "four5");
    if turn > 0 { whole } else { reply(200, &[("content-length", "5")], "fo") }
}

#[tokio::test]
async fn a_file_that_breaks_off_is_fetched_again_and_the_token_stays_here() {
    let count = AtomicUsize::new(0);
    let files = Server::start(move |_| breaking_off(count.fetch_add(1, Ordering::Relaxed))).await;
    let location = format!("{}app?sig=s3cret", files.url);
    let server = Server::start(move |_| reply(302, &[("location", &location)], "")).await;
    let (client, waits) = client(&server, Duration::from_secs(60));
    let mut kept = Kept::default();
    client.download(&asset(&format!("{}api/v3/assets/1", server.url), "four5"), &mut kept).await.unwrap();
    assert_eq!(kept.0, b"four5");
    assert_eq!((server.seen().len(), files.seen().len()), (2, 2));
    assert!(server.seen().iter().all(|seen| seen.headers["accept"] == "application/octet-stream"));
    assert!(server.seen().iter().all(|seen| seen.headers["authorization"].to_str().unwrap().contains(CANARY)));
    assert!(files.seen().iter().all(|seen| !seen.headers.contains_key("authorization")));
    assert!(waits.lock().unwrap().iter().all(|why| !why.contains("s3cret") && !why.contains(CANARY)));
}

#[tokio::test]
async fn a_file_that_is_something_else_or_elsewhere_is_refused() {
    let server = Server::start(|seen: &Seen| match seen.path() {
        "/api/v3/short" => reply(200, &[], "fou"),
        "/api/v3/long" => reply(200, &[], "four and more"),
        "/api/v3/other" => reply(200, &[], "FOUR"),
        "/api/v3/circle" => reply(302, &[("location", "/api/v3/circle")], ""),
        path => panic!("{path}"),
    })
    .await;
    let (client, _) = client(&server, Duration::from_secs(60));
    for (path, kind) in [
        ("api/v3/short", Kind::Corrupt),
        ("api/v3/long", Kind::Corrupt),
        ("api/v3/other", Kind::Corrupt),
        ("api/v3/circle", Kind::Redirect),
        ("app", Kind::Elsewhere),
        ("api/v3/../../app", Kind::Elsewhere),
    ] {
        let asset = asset(&format!("{}{path}", server.url), "four");
        let error = client.download(&asset, &mut Kept::default()).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{path}: {error}");
    }
    for url in ["https://api.github.com/repos/octo/app/releases/assets/1", "file:///etc/passwd", "", "/api/v3/short"] {
        let error = client.download(&asset(url, "four"), &mut Kept::default()).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Elsewhere, "{url}");
    }
}
