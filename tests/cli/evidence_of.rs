//! `relsync evidence TAG`: collected if there is none, shown, held against its sha, and saved.

use crate::host::{Host, answer, not_found, redirect, whole};
use crate::support::{Home, Server};
use reqwest::Method;
use serde_json::{Value, json};

/// A run's output without digests, and times of today.
fn steady(text: &str) -> String {
    let is_digest = |word: &str| word.len() == 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_time = |word: &str| word.len() >= 20 && word.starts_with("20") && word.ends_with('Z') && word.contains('T');
    let lines = text.lines().map(|line| {
        let words = line.split(' ').map(|word| match word.trim_end_matches('.') {
            bare if is_digest(bare) => "[SHA]",
            bare if is_time(bare) => "[TIME]",
            _ => word,
        });
        words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn shown(run: &crate::support::Run) -> String {
    steady(&run.to_string())
}

fn home(server: &Server) -> Home {
    Home::with_server(server, "sandbox-maintainer").env("CI_PROJECT_PATH", "root/awesome-app")
}

fn count(server: &Server) -> usize {
    let release = server.ask(Method::GET, "/projects/24/releases/v0.1", &Value::Null);
    release["evidences"].as_array().unwrap().len()
}

#[test]
fn it_is_collected_shown_checked_and_saved() {
    let server = Server::start();
    // Historical: none is collected by itself.
    let body = json!({ "tag_name": "v0.1", "released_at": "2020-01-01T00:00:00Z" });
    server.ask(Method::POST, "/projects/24/releases", &body);
    let home = home(&server);
    insta::assert_snapshot!("none", shown(&home.run(&["evidence", "v0.1", "--show"]).expect(1)));
    assert_eq!(count(&server), 0);
    insta::assert_snapshot!("collected", shown(&home.run(&["evidence", "v0.1", "--out", "e.json"]).expect(0)));
    let saved: Value = serde_json::from_slice(&std::fs::read(home.path().join("e.json")).unwrap()).unwrap();
    assert_eq!(saved["release"]["tag_name"], "v0.1");
    insta::assert_snapshot!("there", shown(&home.run(&["evidence", "--latest"]).expect(0)));
    assert_eq!(count(&server), 1);
    home.run(&["evidence", "v0.1", "--again"]).expect(0);
    assert_eq!(count(&server), 2);
    let piped = home.run(&["evidence", "v0.1", "--show", "-o", "-"]).expect(0);
    assert_eq!(serde_json::from_str::<Value>(&piped.stdout).unwrap()["release"]["tag_name"], "v0.1");
    home.run(&["evidence", "v9"]).expect(1);
    // What is there is written over only if that was said, and nothing is collected in vain.
    insta::assert_snapshot!("taken", shown(&home.run(&["evidence", "v0.1", "--again", "--out", "e.json"]).expect(1)));
    assert_eq!(count(&server), 2);
    home.write("e.json", "mine");
    home.run(&["evidence", "v0.1", "--out", "e.json", "--clobber"]).expect(0);
    assert!(std::fs::read_to_string(home.path().join("e.json")).unwrap().contains("v0.1"));
    home.run(&["evidence"]).expect(1);
}

#[test]
fn without_premium_there_is_none() {
    let server = Server::serve(&["--tier", "free"]);
    server.ask(Method::POST, "/projects/24/releases", &json!({ "tag_name": "v0.1" }));
    insta::assert_snapshot!(shown(&home(&server).run(&["evidence", "v0.1"]).expect(1)));
}

/// A GitLab that answers like this where the evidence's file is, which it calls `sha`. It never has more than one.
fn gitlab(sha: &'static str, file: impl Fn(&str) -> Vec<u8> + Send + 'static) -> Host {
    Host::start(move |head| {
        let url = format!("http://{}", head.header("host").unwrap());
        if head.path() == "/root/awesome-app/-/releases/v1/evidences/1.json" {
            return file(&url);
        }
        if head.0.starts_with("POST ") {
            return answer("202 Accepted", &[], b"202");
        }
        let filepath = format!("{url}/root/awesome-app/-/releases/v1/evidences/1.json");
        let release = json!({
            "tag_name": "v1", "name": "v1", "created_at": "2026-01-30T10:00:00Z", "released_at": "2026-01-30T10:00:00Z",
            "evidences": [{ "sha": sha, "filepath": filepath, "collected_at": "2026-01-30T10:00:01.000Z" }],
        });
        whole(release.to_string().as_bytes())
    })
}

fn run(gitlab: &Host, args: &[&str]) -> crate::support::Run {
    let home = Home::new().env("CI_SERVER_URL", &gitlab.url).env("RELSYNC_TOKEN", "glpat-x");
    home.env("CI_PROJECT_PATH", "root/awesome-app").run(&[&["evidence", "v1", "--retry-for", "0s"], args].concat())
}

const SALTED: &str = "760d6cdfb0879c3ffedec13af470e0f71cf52c6cde4d";
const SUMMARY: &[u8] = br#"{"release":{"tag_name":"v1"}}"#;

#[test]
fn where_gitlab_wants_a_sign_in_it_is_said_what_that_means() {
    let sealed = gitlab(SALTED, |url| redirect(&format!("{url}/users/sign_in")));
    insta::assert_snapshot!("sealed", run(&sealed, &[]).expect(0));
    insta::assert_snapshot!("sealed_to_save", run(&sealed, &["--out", "e.json"]).expect(1));
    let hidden = gitlab(SALTED, |_| not_found());
    insta::assert_snapshot!("hidden", run(&hidden, &["--out", "e.json"]).expect(1));
}

#[test]
fn a_sha_that_is_none_is_not_taken_for_one() {
    let salted = gitlab(SALTED, |_| whole(SUMMARY));
    insta::assert_snapshot!("salted", run(&salted, &["--out", "e.json"]).expect(0));
    let other = gitlab("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824", |_| whole(SUMMARY));
    insta::assert_snapshot!("other_sha", run(&other, &["--show", "--out", "e.json"]).expect(1));
    let page = gitlab(SALTED, |_| whole(b"<title>Sign in</title>"));
    insta::assert_snapshot!("odd", run(&page, &["--show"]).expect(1));
}

#[test]
fn evidence_that_does_not_come_is_not_waited_for_for_ever() {
    let idle = gitlab(SALTED, |_| whole(SUMMARY));
    insta::assert_snapshot!(run(&idle, &["--again", "--wait", "0s"]).expect(1));
}
