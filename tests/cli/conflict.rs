//! Somebody else writes between the plan and its being carried out: what has moved is left alone and told in both versions,
//! the rest goes on, and what another run has done already is fine.

use crate::support::{Home, Server, relsync};
use serde_json::{Value, json};
use std::process::Stdio;

const SEED: &str = r#"
[[projects.tags]]
name = "v1"
target = "1111111111111111111111111111111111111111"
[[projects.tags]]
name = "v2"
target = "1111111111111111111111111111111111111111"
[[projects.tags]]
name = "v3"
target = "1111111111111111111111111111111111111111"
[[projects.tags]]
name = "stray"
target = "1111111111111111111111111111111111111111"
[[projects.releases]]
tag_name = "v1"
[[projects.releases.links]]
name = "a"
url = "https://example.com/1"
[[projects.releases.links]]
name = "b"
url = "https://example.com/2"
[[projects.releases]]
tag_name = "v2"
[[projects.releases]]
tag_name = "stray"
"#;

const MANIFEST: &str = r#"
[policy]
unmanaged = "delete"
[[releases]]
tag_name = "v1"
name = "One"
links = [{ name = "a", url = "https://example.com/2" }, { name = "b", url = "https://example.com/1" }]
[[releases]]
tag_name = "v2"
name = "Two"
[[releases]]
tag_name = "v3"
name = "Three"
"#;

fn planned() -> (Server, Home) {
    let server = Server::with(SEED);
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.manifest(MANIFEST);
    home.run(&["plan", "--out", "plan.json"]).expect(0);
    (server, home)
}

#[test]
fn what_has_moved_is_left_alone_and_the_rest_goes_on() {
    let (server, home) = planned();
    let release = |tag: &str| format!("/projects/24/releases/{tag}");
    server.ask(reqwest::Method::PUT, &release("v1"), &json!({ "name": "By hand", "description": "Somebody's notes" }));
    server.ask(
        reqwest::Method::POST,
        "/projects/24/releases",
        &json!({ "tag_name": "v3", "name": "Faster", "released_at": "2024-01-01T00:00:00Z" }),
    );
    insta::assert_snapshot!("left_alone", home.run(&["apply", "--yes", "plan.json"]).expect(1));
    let name = |tag: &str| server.ask(reqwest::Method::GET, &release(tag), &Value::Null)["name"].clone();
    assert_eq!(["v1", "v2", "v3"].map(name), ["By hand", "Two", "Faster"]);
    home.run(&["apply", "--yes"]).expect(0);
    home.run(&["plan", "--detailed-exitcode"]).expect(0);
}

#[test]
fn milestones_that_have_moved_are_left_alone_too() {
    let server = Server::with("[[projects.milestones]]\ntitle = \"m1\"\n[[projects.milestones]]\ntitle = \"m2\"\n");
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.manifest(
        "[[milestones]]\ntitle = \"m1\"\ndue_date = 2026-02-01\n[[milestones]]\ntitle = \"m2\"\ndue_date = 2026-02-02\n\
         [[milestones]]\ntitle = \"m3\"\ndue_date = 2026-02-03\n[[milestones]]\ntitle = \"m4\"\ndue_date = 2026-02-04\n",
    );
    home.run(&["plan", "--out", "plan.json"]).expect(0);
    let milestones = "/projects/24/milestones";
    let found = server.ask(reqwest::Method::GET, &format!("{milestones}?title=m1"), &Value::Null);
    let by_hand = json!({ "due_date": "2027-01-01", "description": "By hand" });
    server.ask(reqwest::Method::PUT, &format!("{milestones}/{}", found[0]["id"]), &by_hand);
    server.ask(reqwest::Method::POST, milestones, &json!({ "title": "m3", "due_date": "2027-03-03" }));
    server.ask(reqwest::Method::POST, milestones, &json!({ "title": "m4", "due_date": "2026-02-04" }));
    insta::assert_snapshot!("milestones_left_alone", home.run(&["apply", "--yes", "plan.json"]).expect(1));
    home.run(&["apply", "--yes"]).expect(0);
    home.run(&["plan", "--detailed-exitcode"]).expect(0);
}

#[test]
fn what_is_done_already_is_fine() {
    let (server, home) = planned();
    home.run(&["apply", "--yes"]).expect(0);
    insta::assert_snapshot!("done_already", home.run(&["apply", "--yes", "plan.json"]).expect(0));
    home.run(&["plan", "--detailed-exitcode"]).expect(0);
    drop(server);
}

#[test]
fn two_at_once_end_with_the_wish() {
    for _ in 0..5 {
        let server = Server::with(SEED);
        let home = Home::with_server(&server, "sandbox-maintainer");
        home.manifest(MANIFEST);
        let apply = || {
            let mut command = relsync(&["apply", "--yes"]);
            command.current_dir(home.path()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
            command.env("RELSYNC_URL", &server.url).env("RELSYNC_TOKEN", "sandbox-maintainer").spawn().unwrap()
        };
        for process in [apply(), apply()] {
            let output = process.wait_with_output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        }
        home.run(&["plan", "--detailed-exitcode"]).expect(0);
        let releases = server.ask(reqwest::Method::GET, "/projects/24/releases", &Value::Null);
        assert_eq!(releases.as_array().unwrap().len(), 3);
    }
}
