//! Evidence: collected once where it is wished for and can be, and told where it can't.

use crate::support::{Home, Server};
use crate::terminal::terminal;
use std::fmt::Write as _;

const SEED: &str = r#"
[[groups]]
path = "root"
[[projects]]
id = 24
path = "root/awesome-app"
[[projects.tags]]
name = "v1"
target = "1111111111111111111111111111111111111111"
[[projects.tags]]
name = "old"
target = "1111111111111111111111111111111111111111"
[[projects.releases]]
tag_name = "v1"
created_at = 2024-01-01T00:00:00Z
[[projects.releases]]
tag_name = "old"
released_at = 2020-01-01T00:00:00Z
created_at = 2024-01-01T00:00:00Z
"#;

fn serve(tier: &str) -> Server {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("seed.toml");
    std::fs::write(&path, SEED).unwrap();
    Server::serve(&["--seed", path.to_str().unwrap(), "--tier", tier])
}

fn home(server: &Server, wish: &str) -> Home {
    let home = Home::with_server(server, "sandbox-maintainer");
    home.manifest(&format!(
        "[[releases]]\ntag_name = \"v1\"\nevidence = {wish}\n[[releases]]\ntag_name = \"old\"\nname = \"Old\"\nevidence = {wish}\n"
    ));
    home
}

#[test]
fn it_is_collected_once() {
    let server = serve("premium");
    let home = home(&server, "true");
    insta::assert_snapshot!("collected", home.run(&["apply", "--yes"]).expect(0));
    home.run(&["plan", "--detailed-exitcode"]).expect(0);
    let live = server.ask(reqwest::Method::GET, "/projects/24/releases/v1", &serde_json::Value::Null);
    assert_eq!(live["evidences"].as_array().unwrap().len(), 1);
}

#[test]
fn a_tier_without_it_fails_only_who_requires_it() {
    let server = serve("free");
    let free = home(&server, "true");
    insta::assert_snapshot!("not_offered", free.run(&["apply", "--yes"]).expect(0));
    insta::assert_snapshot!("no_difference", free.run(&["plan", "--detailed-exitcode"]).expect(0));
    insta::assert_snapshot!("again_not_offered", free.run(&["apply", "--yes"]).expect(0));
    free.run(&["drift"]).expect(0);
    let mut asked = terminal(&free, &server, "apply", 100);
    asked.exp_string("Ask for that evidence, in 1 request? [y/N]").unwrap();
    asked.send_line("n").unwrap();
    asked.exp_string("Nothing was sent.").unwrap();
    insta::assert_snapshot!("note_of_an_attempt", free.run(&["plan", "--format", "markdown"]).expect(0));
    assert!(free.run(&["plan", "--format", "html"]).expect(0).stdout.contains("Nothing needs to change"));
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.manifest("[[releases]]\ntag_name = \"v1\"\nevidence = \"require\"\n");
    insta::assert_snapshot!("required", home.run(&["apply", "--yes"]).expect(1));
}

#[test]
fn evidence_that_can_not_be_had_is_no_difference_whatever_others_have() {
    let data = tempfile::tempdir().unwrap();
    let seed = data.path().join("seed.toml");
    std::fs::write(&seed, format!("{SEED}[[projects.releases]]\ntag_name = \"v2\"\ncreated_at = 2024-02-01T00:00:00Z\n[[projects.tags]]\nname = \"v2\"\ntarget = \"1111111111111111111111111111111111111111\"\n")).unwrap();
    let folder = data.path().join("gitlab");
    let (seed, folder) = (seed.to_str().unwrap(), folder.to_str().unwrap());
    {
        let premium = Server::serve(&["--seed", seed, "--data", folder]);
        premium.ask(reqwest::Method::POST, "/projects/24/releases/v2/evidence", &serde_json::Value::Null);
    }
    // What was Premium may be Free by now.
    let server = Server::serve(&["--data", folder, "--tier", "free"]);
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.manifest("[[releases]]\ntag_name = \"v1\"\nevidence = true\n[policy]\nunmanaged = \"ignore\"\n");
    home.run(&["apply", "--yes"]).expect(0);
    home.run(&["plan", "--detailed-exitcode"]).expect(0);
    home.run(&["drift"]).expect(0);
}

/// A new release whose evidence is required.
const NEW: &str = "[[releases]]\ntag_name = \"v0.1\"\nevidence = \"require\"\n";

#[test]
fn that_a_new_release_can_not_have_what_it_requires_is_known_at_once() {
    let server = Server::serve(&["--tier", "free"]);
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.manifest(NEW);
    insta::assert_snapshot!("new_required", home.run(&["apply", "--yes", "--retry-for", "0s"]).expect(1));
    // Nor is it forgotten by the next run, however soon that comes.
    home.run(&["plan", "--detailed-exitcode"]).expect(2);
    insta::assert_snapshot!("still_required", home.run(&["apply", "--yes", "--retry-for", "0s"]).expect(1));
}

#[test]
fn what_gitlab_collects_of_a_new_release_by_itself_is_waited_for() {
    let server = Server::start();
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.manifest(NEW);
    insta::assert_snapshot!("new_awaited", home.run(&["apply", "--yes"]).expect(0));
    let asked = server.requests().into_iter().filter(|request| request.starts_with("POST ")).collect::<Vec<_>>();
    assert_eq!(asked, ["POST /projects/:id/releases 1"]);
    home.run(&["plan", "--detailed-exitcode"]).expect(0);
}

#[test]
fn none_can_be_required_for_a_historical_release() {
    let server = serve("premium");
    insta::assert_snapshot!(home(&server, "\"require\"").run(&["apply", "--yes"]).expect(1));
    let unchanged = Home::with_server(&server, "sandbox-maintainer");
    unchanged.manifest("[[releases]]\ntag_name = \"old\"\nevidence = \"require\"\n");
    unchanged.run(&["plan"]).expect(1);
    // What has been collected stays, whatever becomes of the date.
    server.ask(reqwest::Method::POST, "/projects/24/releases/v1/evidence", &serde_json::Value::Null);
    let moved = Home::with_server(&server, "sandbox-maintainer");
    moved.manifest("[[releases]]\ntag_name = \"v1\"\nreleased_at = 2020-01-01T00:00:00Z\nevidence = \"require\"\n");
    // A job of its own collects it, a moment later.
    assert!((0..500).any(|_| moved.run(&["plan"]).code == Some(0)), "it is refused for good");
}

/// A project with so many releases that could have evidence, and a manifest that wants it for all.
fn many(count: usize, wish: &str, more: &[&str]) -> (Server, Home) {
    let mut seed = SEED.split_once("[[projects.tags]]").unwrap().0.to_owned();
    let mut manifest = String::new();
    for number in 0..count {
        write!(
            seed,
            "[[projects.tags]]\nname = \"v{number}\"\ntarget = \"1111111111111111111111111111111111111111\"\n\
             [[projects.releases]]\ntag_name = \"v{number}\"\ncreated_at = 2024-01-01T00:00:00Z\n"
        )
        .unwrap();
        writeln!(manifest, "[[releases]]\ntag_name = \"v{number}\"\nevidence = {wish}").unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("seed.toml");
    std::fs::write(&path, seed).unwrap();
    let server = Server::serve(&[&["--seed", path.to_str().unwrap()], more].concat());
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.manifest(&manifest);
    (server, home)
}

#[test]
fn of_many_releases_it_is_said_once_that_there_is_none() {
    let (server, home) = many(20, "true", &["--tier", "free"]);
    let run = home.run(&["apply", "--yes", "--concurrency", "1"]).expect(0);
    assert_eq!(format!("{run}").matches("no evidence was collected").count(), 1, "{run}");
    // Nor is it asked about every one: what the first was told is true of all.
    let asked = server.requests().into_iter().filter(|request| request.starts_with("POST ")).collect::<Vec<_>>();
    assert_eq!(asked, ["POST /projects/:id/releases/:tag_name/evidence 1"]);
    let (_server, home) = many(3, "\"require\"", &["--tier", "free"]);
    let run = home.run(&["apply", "--yes"]).expect(1);
    assert_eq!(format!("{run}").matches("evidence takes GitLab Premium").count(), 1, "{run}");
}

#[test]
fn it_is_collected_at_the_pace_that_gitlab_lets_it() {
    let (server, home) = many(5, "\"require\"", &["--limit", "evidence=2/1s"]);
    home.run(&["apply", "--yes"]).expect(0);
    home.run(&["plan", "--detailed-exitcode"]).expect(0);
    let releases = server.ask(reqwest::Method::GET, "/projects/24/releases", &serde_json::Value::Null);
    for release in releases.as_array().unwrap() {
        assert_eq!(release["evidences"].as_array().unwrap().len(), 1, "{release}");
    }
}
