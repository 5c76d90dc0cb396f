//! Bytes that no client library would send, over a bare socket: each connection ends, with an answer below 500 or none,
//! and the next one is served.

use crate::{GitLab, MAINTAINER, shared};
use proptest::prelude::*;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Whether a client that has sent everything says so by closing its side. Then the sandbox need not answer any more.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Closed,
    Open,
}

/// Sends bytes, and reads until the sandbox ends the connection.
async fn exchange(gitlab: &GitLab, bytes: &[u8], side: Side) -> String {
    let address: SocketAddr = gitlab.sandbox.url().strip_prefix("http://").unwrap().parse().unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    // Either may fail: the sandbox may have heard enough.
    let _ = stream.write_all(bytes).await;
    if side == Side::Closed {
        let _ = stream.shutdown().await;
    }
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

/// The status of the first answer, if there is one.
fn status(answer: &str) -> Option<u16> {
    answer.split(' ').nth(1)?.parse().ok()
}

async fn is_well(gitlab: &GitLab) -> bool {
    gitlab.get("/version").await.status == 200
}

fn header() -> impl Strategy<Value = String> {
    let names = [
        "Host",
        "PRIVATE-TOKEN",
        "JOB-TOKEN",
        "Authorization",
        "Content-Type",
        "Content-Length",
        "Transfer-Encoding",
        "Content-Encoding",
        "Expect",
        "Connection",
        "Upgrade",
        "Range",
        "Accept-Encoding",
        "Origin",
        "If-None-Match",
    ];
    let values = [
        "",
        "chunked",
        "gzip",
        "100-continue",
        "Bearer",
        "Bearer  ",
        "Basic \u{ff}",
        "0",
        "-1",
        "99999999999999999999",
        "application/json; charset=utf-16",
        "multipart/form-data; boundary=",
        "text/html",
        "close",
        "h2c",
        "a@b:99999",
        "[::1",
        "bytes=0-",
        "null",
        MAINTAINER,
    ];
    let value = prop_oneof![
        4 => prop::sample::select(values.to_vec()).prop_map(str::to_owned),
        1 => "[ -~]{0,40}",
        1 => any::<String>(),
    ];
    (prop::sample::select(names.to_vec()), value).prop_map(|(name, value)| format!("{name}: {value}"))
}

fn target() -> impl Strategy<Value = String> {
    let paths = [
        "/",
        "*",
        "/api/v4/projects/24/releases",
        "/api/v4/projects/root%2Fawesome-app/releases/v0.1",
        "/root/awesome-app/-/releases/v0.1/downloads/../../x",
        "/sandbox/requests",
        "/sandbox/faults",
        "http://x.y/api/v4/version",
        "//evil.example/%2e%2e",
        "/%00",
        "/%ff/-/releases",
        "/-/releases",
        "/a/-//-/",
    ];
    let query = prop_oneof![2 => Just(String::new()), 1 => "\\?[!-~]{0,60}"];
    (prop_oneof![4 => prop::sample::select(paths.to_vec()).prop_map(str::to_owned), 1 => "/[!-~]{0,60}"], query)
        .prop_map(|(path, query)| path + &query)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn odd_requests_are_answered_or_dropped(
        method in prop_oneof![3 => prop::sample::select(vec!["GET", "POST", "PUT", "DELETE"]).prop_map(str::to_owned), 1 => "[!-~]{0,12}"],
        target in target(),
        headers in prop::collection::vec(header(), 0..6),
        body in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let (runtime, gitlab) = shared();
        let mut bytes = format!("{method} {target} HTTP/1.1\r\n{}\r\n\r\n", headers.join("\r\n")).into_bytes();
        bytes.extend(body);
        let answer = runtime.block_on(exchange(gitlab, &bytes, Side::Closed));
        prop_assert!(status(&answer).is_none_or(|status| status < 500), "{answer}");
    }

    #[test]
    fn noise_is_answered_or_dropped(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let (runtime, gitlab) = shared();
        let answer = runtime.block_on(exchange(gitlab, &bytes, Side::Closed));
        prop_assert!(status(&answer).is_none_or(|status| status < 500), "{answer}");
        prop_assert!(runtime.block_on(is_well(gitlab)));
    }
}

#[tokio::test]
async fn what_is_cut_short_too_long_or_too_deep_does_no_harm() {
    let gitlab = GitLab::new().await;
    let post = |headers: &str, body: &str| {
        let head = "POST /api/v4/projects/24/releases HTTP/1.1\r\nHost: x\r\nPRIVATE-TOKEN: sandbox-maintainer\r\n";
        format!("{head}Connection: close\r\nContent-Type: application/json\r\n{headers}\r\n{body}")
    };
    let sized = |body: &str| post(&format!("Content-Length: {}\r\n", body.len()), body);
    let deep = |open: &str, close: &str| sized(&(open.repeat(50_000) + &close.repeat(50_000)));
    let many = (0..500).map(|n| format!("X-{n}: y\r\n")).collect::<Vec<_>>().concat();
    for (request, expected) in [
        ("GET".to_owned(), None),
        ("GET / HTTP/1.1\r\nHost:".to_owned(), None),
        ("GET / HTTP/9.9\r\n\r\n".to_owned(), Some(400)),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(), None),
        (format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(100_000)), Some(414)),
        (format!("GET / HTTP/1.1\r\n{many}\r\n"), Some(431)),
        (post("Content-Length: 100\r\n", "{\"tag_name\":"), None),
        (post("Transfer-Encoding: chunked\r\n", "zz\r\n"), None),
        (post("Transfer-Encoding: chunked\r\n", "ffffffffffffffffff\r\n{}"), None),
        (post("Transfer-Encoding: chunked\r\nContent-Length: 2\r\n", "2\r\n{}\r\n0\r\n\r\n"), None),
        (deep("[", "]"), Some(400)),
        (deep("{\"assets\":", "}"), Some(400)),
        (sized("{\"tag_name\":1e400}"), Some(400)),
        (sized(&format!("{{\"tag_name\":{}}}", "9".repeat(5000))), Some(400)),
        (sized("{\"tag_name\":\"v0.1\",\"milestone_ids\":[99999999999999999999999999]}"), Some(400)),
        (sized("\u{feff}{\"tag_name\":\"v0.1\"}"), Some(400)),
    ] {
        let side = if expected.is_some() { Side::Open } else { Side::Closed };
        let answer = exchange(&gitlab, request.as_bytes(), side).await;
        let shown: String = request.chars().take(200).collect();
        let got = status(&answer);
        assert!(expected.is_none() && got.is_none_or(|s| s < 500) || got == expected, "{shown} got {answer}");
    }
    assert!(is_well(&gitlab).await);
    gitlab.get("/projects/24/releases/v0.1").await.expect(404);
}
