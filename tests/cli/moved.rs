//! A project that has moved: found within its GitLab, and nowhere else.

use crate::support::{Home, Server};
use crate::wire::{Wire, gitlab};
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
    let other = Wire::start(gitlab);
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

/// A job token can't ask for the project, and finds out by its releases.
#[test]
fn a_job_token_gets_there_too() {
    let wire = Wire::start(|path| match path.split_once("root%2Fawesome-app") {
        Some((_, rest)) => (301, format!("location: /api/v4/projects/24{rest}\r\n"), String::new()),
        None => gitlab(path),
    });
    let home = Home::new().env("CI_SERVER_URL", &wire.url()).env("CI_JOB_TOKEN", "glcbt-x1");
    home.manifest("");
    let run = home.run(&["plan"]).expect(0);
    assert!(run.stderr.contains("Note: root/awesome-app has moved, and is project 24 now."), "{run}");
    assert_eq!(wire.heads().len(), 2);
}

#[test]
fn a_write_that_comes_too_late_says_what_to_do() {
    let wire = Wire::with_heads(|head| {
        let path = head.split(' ').nth(1).unwrap();
        if head.starts_with("POST ") {
            let body = json!({ "message": "405 Non GET methods are not allowed for moved projects" });
            (405, String::new(), body.to_string())
        } else if path.contains("/tags/") {
            (200, String::new(), json!({ "name": "v1.0" }).to_string())
        } else if path.contains("/releases/") {
            (404, String::new(), json!({ "message": "404 Not Found" }).to_string())
        } else {
            gitlab(path)
        }
    });
    let home = Home::new().env("CI_SERVER_URL", &wire.url()).env("CI_JOB_TOKEN", "glcbt-x1");
    home.manifest(RELEASE);
    let run = home.run(&["apply", "--yes"]).expect(1);
    assert!(format!("{}{}", run.stdout, run.stderr).contains("the project has moved meanwhile: plan again"), "{run}");
}

#[test]
fn doctor_advises_to_write_the_new_path() {
    let server = moved();
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.manifest(RELEASE);
    let run = home.run(&["doctor"]).expect(0);
    assert!(run.stdout.contains("has moved, and is project 24 now"), "{run}");
}
