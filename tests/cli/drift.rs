//! `relsync drift`: what somebody did in GitLab behind the manifest's back, and what a change of the manifest will do.

use crate::support::{Home, Run, Server, commit, git};
use serde_json::json;

const SEED: &str = r#"
[[projects.tags]]
name = "v1.0"
target = "1111111111111111111111111111111111111111"
[[projects.tags]]
name = "v1.1"
target = "1111111111111111111111111111111111111111"
[[projects.tags]]
name = "v1.2"
target = "1111111111111111111111111111111111111111"
[[projects.tags]]
name = "v1.3"
target = "1111111111111111111111111111111111111111"
[[projects.tags]]
name = "stray"
target = "1111111111111111111111111111111111111111"
"#;

pub(crate) const MANIFEST: &str = r#"
[[milestones]]
title = "one"
due_date = 2026-02-01
[[releases]]
tag_name = "v1.0"
name = "One"
description = "First line\n\nLast line"
released_at = 2024-01-01T00:00:00Z
milestones = ["one"]
links = [
  { name = "linux", url = "https://example.com/linux", direct_asset_path = "/bin/linux" },
  { name = "mac", url = "https://example.com/mac" },
  { name = "win", url = "https://example.com/win" },
]
[[releases]]
tag_name = "v1.1"
name = "One one"
released_at = 2024-01-02T00:00:00Z
[[releases]]
tag_name = "v1.2"
name = "One two"
description_file = "notes/v1.2.md"
released_at = 2024-01-03T00:00:00Z
"#;

/// A GitLab to which the manifest has been applied, and the folder that it is in.
pub(crate) fn applied() -> (Server, Home) {
    let server = Server::with(SEED);
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.write("notes/v1.2.md", "# Notes\n\n- of one two\n");
    home.manifest(MANIFEST);
    home.run(&["apply", "--yes"]).expect(0);
    server.requests();
    (server, home)
}

/// The same in a git repository, with everything in a first commit on `main`.
pub(crate) fn committed() -> (Server, Home) {
    let (server, home) = applied();
    git(home.path(), &["init", "--quiet", "--initial-branch", "main"]);
    commit(home.path());
    (server, home)
}

fn edit(server: &Server, method: reqwest::Method, path: &str, body: &serde_json::Value) {
    server.ask(method, &format!("/projects/24{path}"), body);
}

/// Puts, which is how most things are edited.
pub(crate) fn put(server: &Server, path: &str, body: &serde_json::Value) {
    edit(server, reqwest::Method::PUT, path, body);
}

/// Removes, where GitLab answers with what was removed.
fn delete(server: &Server, path: &str) {
    edit(server, reqwest::Method::DELETE, path, &json!({}));
}

fn link_id(server: &Server, tag: &str, name: &str) -> u64 {
    let path = format!("/projects/24/releases/{tag}/assets/links");
    let links = server.ask(reqwest::Method::GET, &path, &json!({}));
    links.as_array().unwrap().iter().find(|link| link["name"] == name).unwrap()["id"].as_u64().unwrap()
}

/// All kinds of things that people do by hand.
pub(crate) fn by_hand(server: &Server) {
    put(server, "/releases/v1.0", &json!({ "name": "By hand", "description": "First line\n\nAnother line" }));
    put(server, "/releases/v1.0", &json!({ "released_at": "2024-02-01T00:00:00Z", "milestones": [] }));
    let (linux, mac) = (link_id(server, "v1.0", "linux"), link_id(server, "v1.0", "mac"));
    put(
        server,
        &format!("/releases/v1.0/assets/links/{linux}"),
        &json!({ "url": "https://evil.example", "link_type": "package" }),
    );
    delete(server, &format!("/releases/v1.0/assets/links/{mac}"));
    let new = json!({ "name": "bsd", "url": "https://example.com/bsd" });
    edit(server, reqwest::Method::POST, "/releases/v1.0/assets/links", &new);
    delete(server, "/releases/v1.1");
    edit(server, reqwest::Method::POST, "/releases", &json!({ "tag_name": "stray", "name": "Stray" }));
    let milestones = server.ask(reqwest::Method::GET, "/projects/24/milestones", &json!({}));
    put(
        server,
        &format!("/milestones/{}", milestones[0]["id"]),
        &json!({ "state_event": "close", "due_date": "2026-03-01" }),
    );
    server.requests();
}

/// Nothing was asked of GitLab but to be read.
#[track_caller]
pub(crate) fn only_read(server: &Server) {
    let requests = server.requests();
    assert!(!requests.is_empty() && requests.iter().all(|request| request.starts_with("GET ")), "{requests:?}");
}

#[test]
fn what_was_done_by_hand_is_told() {
    let (server, home) = applied();
    insta::assert_snapshot!("none", home.run(&["drift"]).expect(0));
    only_read(&server);
    by_hand(&server);
    insta::assert_snapshot!("by_hand", home.run(&["drift"]).expect(2));
    only_read(&server);
}

#[test]
fn releases_that_no_entry_names_are_drift_where_they_would_be_deleted() {
    let (server, home) = applied();
    edit(&server, reqwest::Method::POST, "/releases", &json!({ "tag_name": "stray", "name": "Stray" }));
    insta::assert_snapshot!("unmanaged", home.run(&["drift"]).expect(0));
    home.manifest(&format!("[policy]\nunmanaged = \"delete\"\n{MANIFEST}"));
    insta::assert_snapshot!("unwished", home.run(&["drift"]).expect(2));
    home.manifest(&format!("[policy]\nunmanaged = \"delete\"\nprotect = [\"stray\"]\n{MANIFEST}"));
    home.run(&["drift"]).expect(0);
}

#[test]
fn releases_and_fields_can_be_let_be() {
    let (server, home) = applied();
    by_hand(&server);
    home.run(&["drift", "--only", "v1.2"]).expect(0);
    home.run(&["drift", "--ignore", "v1.1", "--ignore-field", "milestones"]).expect(2);
    let all = ["name", "description", "released_at", "milestones", "links"];
    let ignored: Vec<_> = all.iter().flat_map(|field| ["--ignore-field", field]).collect();
    let run = home.run(&[&["drift", "--ignore", "v1.1"], ignored.as_slice()].concat()).expect(0);
    insta::assert_snapshot!("let_be", run);
    for left in all {
        let rest: Vec<_> = all.iter().filter(|field| **field != left).flat_map(|f| ["--ignore-field", f]).collect();
        home.run(&[&["drift", "--ignore", "v1.1"], rest.as_slice()].concat()).expect(2);
    }
    insta::assert_snapshot!("no_such_field", home.run(&["drift", "--ignore-field", "url"]).expect(1));
    only_read(&server);
}

/// It only matters to who would have to write to its release.
#[test]
fn a_lost_tag_alone_is_no_drift() {
    let server = Server::with("[[projects.releases]]\ntag_name = \"lost\"\nname = \"Lost\"\n");
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.manifest("[[releases]]\ntag_name = \"lost\"\nname = \"Lost\"\n");
    home.run(&["drift"]).expect(0);
    home.manifest("[[releases]]\ntag_name = \"lost\"\nname = \"Other\"\n");
    let run = home.run(&["drift"]).expect(2);
    assert!(run.stdout.contains("deleted in git"), "{run}");
    home.run(&["drift", "--ignore-field", "name"]).expect(0);
}

/// As after it was applied from its own branch.
#[test]
fn a_change_that_is_in_gitlab_already_is_no_drift() {
    let (server, home) = committed();
    home.manifest(&MANIFEST.replace("One one", "Renamed").replace("/mac", "/macos"));
    home.run(&["drift", "--base", "main"]).expect(0);
    home.run(&["apply", "--yes"]).expect(0);
    let run = home.run(&["drift", "--base", "main"]).expect(0);
    assert!(run.stdout.contains("This change does nothing in GitLab"), "{run}");
    put(&server, "/releases/v1.1", &json!({ "name": "By hand" }));
    home.run(&["drift", "--base", "main"]).expect(2);
}

/// A CI job's own token is enough, but for what it can't see.
#[test]
fn a_job_token_can_look_for_drift() {
    let (server, home) = applied();
    let job = Home::new().env("CI_SERVER_URL", &server.url).env("CI_JOB_TOKEN", "sandbox-job");
    job.manifest(MANIFEST);
    job.write("notes/v1.2.md", "# Notes\n\n- of one two\n");
    insta::assert_snapshot!("job_token", job.run(&["drift"]).expect(0));
    only_read(&server);
    put(&server, "/releases/v1.1", &json!({ "name": "By hand" }));
    server.requests();
    job.run(&["drift"]).expect(2);
    only_read(&server);
    drop(home);
}

/// What the clock does, and what is only worth an attempt.
#[test]
fn time_going_by_is_no_drift() {
    let server = Server::with(&format!(
        "{SEED}[[projects.releases]]\ntag_name = \"v1.0\"\ncreated_at = 2024-01-01T00:00:00Z\nreleased_at = 2024-06-01T00:00:00Z\n"
    ));
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.manifest("[[releases]]\ntag_name = \"v1.0\"\nreleased_at = 2024-06-01T00:00:00Z\nevidence = true\n");
    let run = home.run(&["drift"]);
    let plan = home.run(&["plan", "--detailed-exitcode"]);
    assert_eq!((run.code, plan.code), (Some(0), Some(0)), "{run}{plan}");
}

#[test]
fn a_project_that_can_not_be_read_is_a_failure_and_the_others_are_told() {
    let (server, home) = applied();
    by_hand(&server);
    home.write("gone.toml", "version = 1\n[project]\npath = \"root/gone\"\n[[releases]]\ntag_name = \"v1\"\n");
    insta::assert_snapshot!("fleet", home.run(&["drift", "-f", "releases.toml", "-f", "gone.toml"]).expect(1));
    home.run(&["drift", "-f", "nowhere.toml"]).expect(1);
}

/// The manifest after a change of everything that `by_hand` has touched, and more.
pub(crate) fn changed() -> String {
    MANIFEST
        .replace("due_date = 2026-02-01", "due_date = 2026-04-01")
        .replace("\"One\"", "\"Uno\"")
        .replace("Last line", "Last line of all")
        .replace("released_at = 2024-01-01T00:00:00Z", "released_at = 2024-02-01T00:00:00Z")
        .replace("https://example.com/linux", "https://example.com/tux")
        .replace("https://example.com/mac", "https://example.com/apple")
        .replace("\"win\"", "\"windows\"")
        .replace("\"One one\"", "\"Uno uno\"")
        + "[[releases]]\ntag_name = \"v1.3\"\nname = \"One three\"\n"
}

#[test]
fn with_a_base_drift_and_change_and_conflicts_are_told_apart() {
    let (server, home) = committed();
    home.manifest(&changed());
    home.write("notes/v1.2.md", "# Notes\n\n- of one two\n- and more\n");
    insta::assert_snapshot!("mere_change", home.run(&["drift", "--base", "main"]).expect(0));
    by_hand(&server);
    insta::assert_snapshot!("all_three", home.run(&["drift", "--base", "main"]).expect(2));
    insta::assert_snapshot!(
        "let_be_with_base",
        home.run(&[
            "drift",
            "--base",
            "main",
            "--ignore-field",
            "description",
            "--ignore-field",
            "links",
            "--ignore-field",
            "milestones",
            "--ignore",
            "v1.1"
        ])
        .expect(2)
    );
    only_read(&server);
    home.manifest(MANIFEST);
    home.write("notes/v1.2.md", "# Notes\n\n- of one two\n");
    insta::assert_snapshot!("mere_drift", home.run(&["drift", "--base", "HEAD"]).expect(2));
}

#[test]
fn a_merge_request_compares_with_its_base_and_a_bare_base_is_the_default_branch() {
    let (server, home) = committed();
    let sha = git(home.path(), &["rev-parse", "HEAD"]);
    git(home.path(), &["update-ref", "refs/remotes/origin/trunk", "HEAD"]);
    git(home.path(), &["update-ref", "refs/remotes/origin/main", "HEAD"]);
    home.manifest(&MANIFEST.replace("\"One\"", "\"Uno\""));
    commit(home.path());
    let says = |run: Run, base: &str| {
        assert!(run.stdout.contains(&format!("as {base}:releases.toml says")), "{run}");
        assert!(run.stdout.contains("\"One\" → \"Uno\""), "{run}");
    };
    let run = home.run(&["drift"]).expect(2);
    assert!(run.stdout.contains("\"One\" in place of \"Uno\""), "{run}");
    insta::assert_snapshot!("no_default_branch", home.run(&["drift", "--base"]).expect(1));
    git(home.path(), &["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk"]);
    says(home.run(&["drift", "--base"]).expect(0), "origin/HEAD");
    let home = home.env("CI_DEFAULT_BRANCH", "main");
    says(home.run(&["drift", "--base"]).expect(0), "origin/main");
    let home = home.env("CI_MERGE_REQUEST_DIFF_BASE_SHA", &sha);
    says(home.run(&["drift", "--base"]).expect(0), &sha[..8]);
    says(home.run(&["drift"]).expect(0), &sha[..8]);
    says(home.run(&["drift", "--base", "origin/trunk"]).expect(0), "origin/trunk");
    only_read(&server);
}

#[test]
fn hostile_text_is_shown_and_does_nothing() {
    let (server, home) = committed();
    let evil = "\u{1b}[2Jx\u{202e}y\r\n\u{1b}[0Ksection_start:1:x\r";
    put(&server, "/releases/v1.0", &json!({ "name": evil, "description": evil }));
    put(&server, &format!("/releases/v1.0/assets/links/{}", link_id(&server, "v1.0", "mac")), &json!({ "name": evil }));
    home.manifest(&MANIFEST.replace("\"One\"", "\"Uno\\u202E\"").replace("Last line", "\\u001B[31mred"));
    git(home.path(), &["branch", "ma\u{202e}in"]);
    let run = home.run(&["drift", "--base", "ma\u{202e}in"]).expect(2);
    assert!(!run.stdout.contains(['\u{1b}', '\r', '\u{202e}']), "{run}");
    insta::assert_snapshot!("hostile", run);
    let run = home.run(&["drift", "--base", "\u{1b}[31mno\u{202e}where"]).expect(1);
    assert!(!run.stderr.contains(['\u{1b}', '\u{202e}']), "{run}");
}
