//! A project that has moved: found within its GitLab, and nowhere else.

use crate::support::{Home, Server};
use crate::wire::Wire;
use reqwest::Method;
use serde_json::json;

const RELEASE: &str = "[[releases]]\ntag_name = \"v1.0\"\nname = \"One\"\n";
const SEED: &str = "[[projects.tags]]\nname = \"v1.0\"\ntarget = \"1111111111111111111111111111111111111111\"\n";

fn moved() -> Server {
    let server = Server::with(SEED);
    server.ask(Method::PUT, "/projects/24", &json!({ "path": "better-app" }));
    server
}

#[test]
fn it_is_read_and_written_by_its_id_and_said() {
    let server = moved();
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.manifest(RELEASE);
    let note = "Note: root/awesome-app has moved, and is root/better-app (id 24) now.\n";
    let run = home.run(&["plan", "--out", "plan.json"]).expect(0);
    assert!(run.stderr.contains(note), "{run}");
    home.run(&["doctor"]).expect(0);
    let run = home.run(&["apply", "--yes"]).expect(0);
    assert!(run.stderr.contains(note), "{run}");
    home.run(&["plan", "--detailed-exitcode"]).expect(0);
    // Where it is looked for by its new path, there is nothing to say.
    home.write("releases.toml", &format!("version = 1\n[project]\npath = \"root/better-app\"\n{RELEASE}"));
    assert_eq!(home.run(&["plan", "--detailed-exitcode"]).expect(0).stderr, "");
}

#[test]
fn another_host_is_not_asked_and_its_word_not_taken() {
    let other = Wire::start(crate::wire::gitlab);
    let to = other.url();
    for status in [301, 302, 307, 308] {
        for path in ["/api/v4/projects/24", "/api/v4/projects/root%2Fawesome-app", "/"] {
            let location = format!("location: {to}{path}\r\n");
            let wire = Wire::start(move |_| (status, location.clone(), String::new()));
            let home = Home::new().env("CI_SERVER_URL", &wire.url()).env("RELSYNC_TOKEN", "glpat-canary");
            home.manifest(RELEASE);
            let run = home.run(&["plan"]).expect(1);
            assert!(run.stderr.contains("redirects are not followed"), "{run}");
            assert_eq!(wire.heads().len(), 1);
        }
    }
    assert!(other.heads().is_empty());
}

#[test]
fn one_that_keeps_moving_is_given_up() {
    let wire = Wire::start(|path| {
        let there = if path.ends_with("/24") { 25 } else { 24 };
        (301, format!("location: /api/v4/projects/{there}\r\n"), String::new())
    });
    let home = Home::new().env("CI_SERVER_URL", &wire.url()).env("RELSYNC_TOKEN", "glpat-canary");
    home.manifest(RELEASE);
    home.run(&["plan"]).expect(1);
    assert_eq!(wire.heads().len(), 2);
}
