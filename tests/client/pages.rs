//! Lists: how many requests they take, and that no row is lost or doubled.

use crate::server::{ID, Seen, Server, page, release_json, releases_json, reply};
use axum::{body::Body, http::Response};
use relsync::gitlab::{Error, Kind};
use relsync::model::Release;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

async fn read(server: &Server) -> Result<Vec<Release>, Error> {
    server.client().releases(&ID).await
}

fn tags(releases: &[Release]) -> Vec<String> {
    releases.iter().map(|release| release.tag_name.to_string()).collect()
}

/// One page of `rows` as GitLab sends it beyond 10,000 rows: uncounted.
fn uncounted(seen: &Seen, rows: &[Value]) -> Response<Body> {
    let mut response = page(seen, rows);
    response.headers_mut().remove("x-total");
    response.headers_mut().remove("x-total-pages");
    response
}

#[tokio::test]
async fn a_hundred_rows_a_request() {
    for (count, requests) in [(0, 1), (1, 1), (100, 1), (101, 2), (200, 2), (1050, 11)] {
        for counted in [true, false] {
            let rows = releases_json(count);
            let expected: Vec<_> = (0..count).map(|n| format!("v{n}")).collect();
            let server =
                Server::start(move |seen| if counted { page(seen, &rows) } else { uncounted(seen, &rows) }).await;
            assert_eq!(tags(&read(&server).await.unwrap()), expected);
            assert_eq!(server.seen().len(), requests, "{count} rows, counted: {counted}");
        }
    }
}

#[tokio::test]
async fn without_any_header_a_full_page_is_not_the_last() {
    let rows = releases_json(250);
    let server = Server::start(move |seen| {
        let mut response = uncounted(seen, &rows);
        response.headers_mut().remove("x-next-page");
        response
    })
    .await;
    assert_eq!(read(&server).await.unwrap().len(), 250);
    assert_eq!(server.seen().len(), 3);
}

/// Keyset pages: only a `Link`, to `base`.
async fn keyset(base: Option<&'static str>) -> Server {
    Server::start(move |seen| {
        let host = format!("http://{}", seen.headers["host"].to_str().unwrap());
        let base = base.unwrap_or(&host);
        let next = |token| format!(r#"<{base}{}?per_page=100&page_token={token}>; rel="next""#, seen.path());
        let (link, row) = match seen.parameter("page_token") {
            None => (next("a%2Fb"), "v1"),
            Some("a%2Fb") => (next("c"), "v2"),
            Some(_) => (r#"<https://x>; rel="first""#.to_owned(), "v3"),
        };
        reply(200, &[("link", &link)], &json!([release_json(row)]).to_string())
    })
    .await
}

#[tokio::test]
async fn links_to_the_next_page_are_followed() {
    let server = keyset(None).await;
    assert_eq!(tags(&read(&server).await.unwrap()), ["v1", "v2", "v3"]);
    let tokens: Vec<_> = server.seen().iter().map(|s| s.parameter("page_token").map(str::to_owned)).collect();
    assert_eq!(tokens, [None, Some("a%2Fb".into()), Some("c".into())]);
}

#[tokio::test]
async fn links_to_another_host_are_not() {
    let other = Server::start(|seen| page(seen, &[])).await;
    let other_port: &'static str = other.url.as_str().trim_end_matches('/').to_owned().leak();
    for base in [other_port, "https://127.0.0.1", "http://evil.example", "/api/v4"] {
        let server = keyset(Some(base)).await;
        let error = read(&server).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Decode);
        assert!(error.to_string().contains("the next page is said to be elsewhere, at "), "{error}");
        assert_eq!(server.seen().len(), 1);
    }
    assert!(other.seen().is_empty());
}

#[tokio::test]
async fn a_circle_of_pages_ends() {
    let server = Server::start(|_| reply(200, &[("x-next-page", "2")], &json!([release_json("v1")]).to_string())).await;
    assert_eq!(read(&server).await.unwrap_err().kind(), Kind::Changed);
}

/// A list that `change` is done to right before its second page is read, `times` times.
async fn shifting(times: usize, change: fn(&mut Vec<Value>, usize)) -> Server {
    let rows = Arc::new(Mutex::new(releases_json(150)));
    let changes = AtomicUsize::new(0);
    Server::start(move |seen| {
        let mut rows = rows.lock().unwrap();
        if seen.number("page", 1) == 2 && changes.load(SeqCst) < times {
            change(&mut rows, changes.fetch_add(1, SeqCst));
        }
        page(seen, &rows)
    })
    .await
}

fn add(rows: &mut Vec<Value>, n: usize) {
    rows.insert(0, release_json(&format!("new{n}")));
}

fn remove(rows: &mut Vec<Value>, _: usize) {
    rows.remove(0);
}

fn replace(rows: &mut Vec<Value>, n: usize) {
    rows.pop();
    add(rows, n);
}

#[tokio::test]
async fn a_list_that_shifts_once_is_read_again() {
    for (change, count) in [(add as fn(&mut Vec<Value>, usize), 151), (remove, 149), (replace, 150)] {
        let server = shifting(1, change).await;
        let mut tags = tags(&read(&server).await.unwrap());
        tags.sort();
        tags.dedup();
        assert_eq!((tags.len(), server.seen().len()), (count, 4));
    }
}

#[tokio::test]
async fn a_list_that_keeps_shifting_is_an_error() {
    for change in [add as fn(&mut Vec<Value>, usize), remove, replace] {
        let server = shifting(usize::MAX, change).await;
        let error = read(&server).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Changed);
        assert_eq!(error.to_string(), "GET /projects/24/releases failed: the list changed while being read, twice");
        assert_eq!(server.seen().len(), 4);
    }
}
