//! Bad days: latency, and faults of every kind as a client sees them.

use crate::{GitLab, MAINTAINER, send};
use futures_util::FutureExt as _;
use relsync::sandbox::{Fault, Options, Span};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const RELEASES: &str = "/projects/24/releases";

fn faults(texts: &[&str]) -> Vec<Fault> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

async fn on(texts: &[&str]) -> GitLab {
    GitLab::with(Options { faults: faults(texts), fault_seed: Some(1), ..Options::default() }).await
}

/// All bytes that come back for a request, and how the connection ended.
async fn raw(gitlab: &GitLab, method: &str, path: &str, body: &str) -> (String, std::io::Result<usize>) {
    let address: SocketAddr = gitlab.sandbox.url().strip_prefix("http://").unwrap().parse().unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let length = body.len();
    let head = format!("{method} /api/v4{path} HTTP/1.1\r\nHost: localhost\r\nPRIVATE-TOKEN: {MAINTAINER}\r\n");
    let head = format!("{head}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}");
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    let end = stream.read_to_end(&mut bytes).await;
    (String::from_utf8(bytes).unwrap(), end)
}

async fn counted(gitlab: &GitLab) -> u64 {
    send(gitlab.request(Method::GET, "/sandbox/requests")).await.expect(200)["total"].as_u64().unwrap()
}

#[tokio::test]
async fn a_status_comes_with_a_body_like_it() {
    let gitlab =
        on(&["GET */releases 502 1x", "GET */releases 429 1x", "GET */releases 403 1x", "* version 401 1"]).await;
    let ask = async || gitlab.request(Method::GET, &format!("/api/v4{RELEASES}")).send().await.unwrap();
    let answer = ask().await;
    assert_eq!(
        (answer.status(), &answer.headers()["content-type"]),
        (StatusCode::BAD_GATEWAY, &"text/html; charset=utf-8".parse().unwrap())
    );
    assert!(answer.text().await.unwrap().contains("<h1>502 Bad Gateway</h1>"));
    let answer = ask().await;
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
    let wait: u64 = answer.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait) && answer.headers().contains_key("ratelimit-reset"), "{answer:?}");
    assert_eq!(answer.text().await.unwrap(), "Retry later\n");
    gitlab.get(RELEASES).await.refused(403, json!({ "message": "403 Forbidden" }));
    gitlab.get(RELEASES).await.expect(200);
    gitlab.get("/version").await.refused(401, json!({ "message": "401 Unauthorized" }));
    assert_eq!(counted(&gitlab).await, 5);
}

#[tokio::test]
async fn a_reset_is_one_and_nothing_was_done() {
    let gitlab = on(&["POST */releases reset 1x"]).await;
    let (bytes, end) = raw(&gitlab, "POST", RELEASES, r#"{"tag_name":"v0.1"}"#).await;
    assert_eq!((bytes.as_str(), end.unwrap_err().kind()), ("", ErrorKind::ConnectionReset));
    gitlab.get(&format!("{RELEASES}/v0.1")).await.expect(404);
    gitlab.release(json!({})).await;
}

#[tokio::test]
async fn a_lost_answer_was_done() {
    let gitlab = on(&["POST */releases lost-answer 1"]).await;
    let (bytes, end) = raw(&gitlab, "POST", RELEASES, r#"{"tag_name":"v0.1"}"#).await;
    assert_eq!((bytes.as_str(), end.unwrap()), ("", 0));
    gitlab.get(&format!("{RELEASES}/v0.1")).await.expect(200);
}

#[tokio::test]
async fn a_truncated_answer_was_done_and_promises_more_than_it_holds() {
    let gitlab = on(&["POST */releases truncate 1", "DELETE */milestones/51 truncate 1"]).await;
    let (bytes, _) = raw(&gitlab, "POST", RELEASES, r#"{"tag_name":"v0.1"}"#).await;
    let (head, body) = bytes.split_once("\r\n\r\n").unwrap();
    let promised = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    assert!(head.starts_with("HTTP/1.1 201") && body.len() == promised.parse::<usize>().unwrap() / 2, "{bytes}");
    let failed = gitlab.request(Method::POST, &format!("/api/v4{RELEASES}")).send().await;
    assert!(failed.unwrap().text().await.is_err());
    gitlab.get(&format!("{RELEASES}/v0.1")).await.expect(200);

    let (bytes, _) = raw(&gitlab, "DELETE", "/projects/24/milestones/51", "").await;
    assert_eq!(bytes, "", "there is nothing to truncate in a 204");
}

#[tokio::test]
async fn a_hanging_request_hangs_until_the_sandbox_stops() {
    let gitlab = on(&["GET */releases hang 1"]).await;
    let hanging = gitlab.request(Method::GET, &format!("/api/v4{RELEASES}")).send();
    let mut hanging = Box::pin(hanging.fuse());
    while counted_meanwhile(&gitlab, &mut hanging).await == 0 {}
    gitlab.get("/version").await.expect(200);
    assert!((&mut hanging).now_or_never().is_none());
    let GitLab { sandbox, .. } = gitlab;
    let (answer, ()) = tokio::join!(hanging, sandbox.stop());
    assert!(answer.is_err());
}

/// The count of requests, while another one gets on with what it can.
async fn counted_meanwhile<T: std::fmt::Debug>(gitlab: &GitLab, other: &mut (impl Future<Output = T> + Unpin)) -> u64 {
    tokio::select! {
        biased;
        answer = other => panic!("answered: {answer:?}"),
        count = counted(gitlab) => count,
    }
}

#[tokio::test]
async fn latency_holds_answers_back_and_nobody_else() {
    let hour = Span::new(Duration::from_secs(3600));
    let gitlab = GitLab::with(Options { latency: hour, ..Options::default() }).await;
    let write = |method, path, body| {
        let request = gitlab.request(method, &format!("/api/v4{path}")).header("private-token", MAINTAINER);
        send(request.json(&body))
    };
    let create = write(Method::POST, RELEASES, json!({ "tag_name": "v0.1" }));
    let update = write(Method::PUT, "/projects/24/milestones/51", json!({ "state_event": "activate" }));
    let mut both = Box::pin(futures_util::future::join(create, update).fuse());
    while counted_meanwhile(&gitlab, &mut both).await < 2 {}
    // They are done already; only the answers are still to come. Stopping does not wait for an hour.
    let GitLab { sandbox, .. } = gitlab;
    let ((created, updated), ()) = tokio::join!(both, sandbox.stop());
    assert_eq!(
        (created.expect(201)["tag_name"].clone(), updated.expect(200)["state"].clone()),
        (json!("v0.1"), json!("active"))
    );
}

#[tokio::test]
async fn latency_is_as_long_as_it_says() {
    let gitlab = GitLab::with(Options { latency: "30ms".parse().unwrap(), ..Options::default() }).await;
    let start = Instant::now();
    gitlab.get("/version").await.expect(200);
    assert!(start.elapsed() >= Duration::from_millis(30));
}

#[tokio::test]
async fn faults_can_be_changed_while_it_runs() {
    let gitlab = GitLab::new().await;
    let put = async |faults: Value| send(gitlab.request(Method::PUT, "/sandbox/faults").json(&faults)).await;
    gitlab.release(json!({})).await;
    put(json!(["* * 503 1", "* * reset 1"])).await.expect(204);
    let status = gitlab.request(Method::GET, "/api/v4/version").send().await.unwrap().status();
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    put(json!(["* * explode 1"])).await.refused(
        400,
        json!({ "message": "`explode` can't happen: a status from 400 to 599, reset, hang, truncate or lost-answer can" }),
    );
    put(json!([])).await.expect(204);
    gitlab.get(RELEASES).await.expect(200);
}
