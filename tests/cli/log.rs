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
    assert!(run.stderr.lines().any(|line| line.contains("attempt=1 status=200 ms=")), "{run}");
    assert_eq!(home.run(&["plan", "--log-format", "json"]).expect(0).stderr, "");
}
