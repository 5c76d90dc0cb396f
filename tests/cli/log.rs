//! `-v` and `--log-format`: what each request came to, for people and for machines.

use crate::support::{Home, Server};
use crate::wire::{Wire, gitlab};
use serde_json::Value;

/// What is logged on stderr, where notes are, too.
fn events(stderr: &str) -> Vec<Value> {
    stderr.lines().filter(|line| line.starts_with('{')).map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn each_request_is_one_json_object_with_what_it_came_to() {
    let server = Server::serve(&["--fault", "GET */releases 503 1x"]);
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.manifest("");
    let run = home.run(&["plan", "-v", "--log-format", "json"]).expect(0);
    let events = events(&run.stderr);
    let facts = |event: &Value| {
        let text = |key: &str| event[key].as_str().unwrap().to_owned();
        let number = |key: &str| event[key].as_u64().unwrap();
        assert!(number("ms") < 60_000 && !text("timestamp").is_empty() && text("level") == "DEBUG", "{event}");
        // The sandbox makes none up.
        assert!(event.get("request_id").is_none(), "{event}");
        (text("method"), text("path"), number("status"), number("attempt"))
    };
    let found: Vec<_> = events.iter().map(facts).collect();
    let get = |path: &str, status, attempt| ("GET".to_owned(), path.to_owned(), status, attempt);
    let releases = "/projects/root%2Fawesome-app/releases";
    assert_eq!(found, [get(releases, 503, 1), get(releases, 200, 2)], "{run}");
}

/// Files are asked for like all else, but for what no server says of them.
#[test]
fn files_are_logged_like_all_requests() {
    let server = Server::start();
    let url = crate::download::upload(&server, "app.zip", b"content");
    let link = serde_json::json!({ "name": "app", "url": url, "direct_asset_path": "/app.zip" });
    let release = serde_json::json!({ "tag_name": "v0.1", "assets": { "links": [link] } });
    server.ask(reqwest::Method::POST, "/projects/24/releases", &release);
    let home = Home::with_server(&server, "sandbox-maintainer").env("CI_PROJECT_PATH", "root/awesome-app");
    let run = home.run(&["download", "v0.1", "-v", "--log-format", "json"]).expect(0);
    let events = events(&run.stderr);
    let facts = |event: &Value| {
        assert!(event["ms"].as_u64().unwrap() < 60_000 && event["message"] == "request", "{event}");
        assert_eq!(event["method"], "GET");
        let bytes = event["bytes"].as_u64().unwrap();
        (event["path"].as_str().unwrap().to_owned(), event["status"].as_u64().unwrap(), bytes)
    };
    let found: Vec<_> = events.iter().map(facts).filter(|(path, ..)| path.contains("app.zip")).collect();
    let asset = "/projects/root%2Fawesome-app/releases/v0.1/downloads/app.zip".to_owned();
    let package = "/projects/24/packages/generic/app/1.0/app.zip".to_owned();
    assert_eq!(found, [(asset, 302, 0), (package, 200, 7)], "{run}");
}

#[test]
fn the_request_id_is_what_the_server_says() {
    let wire = Wire::start(|path| (200, "x-request-id: 01HX\r\n".to_owned(), gitlab(path).2));
    let home = Home::new().env("CI_SERVER_URL", &wire.url()).env("RELSYNC_TOKEN", "t");
    home.manifest("");
    let events = events(&home.run(&["plan", "-v", "--log-format", "json"]).expect(0).stderr);
    assert!(events.len() == 1 && events.iter().all(|event| event["request_id"] == "01HX"), "{events:?}");
}

#[test]
fn a_log_is_text_unless_asked_for_and_none_without_v() {
    let server = Server::start();
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.manifest("");
    let run = home.run(&["-v", "plan"]).expect(0);
    assert!(run.stderr.lines().any(|line| line.contains("attempt=1 status=200 bytes=2 ms=")), "{run}");
    assert_eq!(home.run(&["plan", "--log-format", "json"]).expect(0).stderr, "");
}
