//! `plan --out`: the file, its schema, its digest, and what is not in it.

use crate::support::{Home, Server};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

const SEED: &str = r#"
[[projects.tags]]
name = "v1"
target = "1111111111111111111111111111111111111111"
[[projects.releases]]
tag_name = "v1"
description = "Old notes"
[[projects.releases.links]]
name = "a"
url = "https://example.com/a"
[[projects.releases]]
tag_name = "stray"
"#;

const MANIFEST: &str = r#"
[policy]
unmanaged = "delete"
[[milestones]]
title = "m, n"
state = "closed"
[[releases]]
tag_name = "v1"
description = "New notes"
links = [{ name = "b", url = "https://example.com/a" }, { name = "c", url = "https://example.com/c" }]
[[releases]]
tag_name = "v2"
ref = "main"
milestones = ["m, n"]
[[releases]]
tag_name = "v3"
"#;

fn plan(home: &Home) -> Value {
    home.run(&["plan", "--out", "plan.json"]);
    serde_json::from_str(&std::fs::read_to_string(home.path().join("plan.json")).unwrap()).unwrap()
}

#[test]
fn the_file_fits_its_schema_and_its_digest() {
    let server = Server::with(SEED);
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.manifest(MANIFEST);
    let saved = plan(&home);
    let schema: Value = serde_json::from_str(&home.run(&["schema", "plan"]).expect(0).stdout).unwrap();
    let errors: Vec<_> =
        jsonschema::validator_for(&schema).unwrap().iter_errors(&saved).map(|e| e.to_string()).collect();
    assert_eq!(errors, Vec::<String>::new());

    // As its documentation says: the projects as compact JSON, keys in the order of the file.
    let text = std::fs::read_to_string(home.path().join("plan.json")).unwrap();
    let projects = text.split_once("\"projects\": ").unwrap().1.trim_end().strip_suffix('}').unwrap();
    let mut content = String::new();
    let (mut in_string, mut escaped) = (false, false);
    for c in projects.chars() {
        in_string ^= c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        if in_string || !c.is_whitespace() {
            content.push(c);
        }
    }
    let mut digest = "sha256:".to_owned();
    for byte in Sha256::digest(content) {
        write!(digest, "{byte:02x}").unwrap();
    }
    assert_eq!(saved["digest"], digest);
}

#[test]
fn the_same_plan_has_the_same_digest_and_another_has_another() {
    let server = Server::with(SEED);
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.manifest(MANIFEST);
    let (first, second) = (plan(&home), plan(&home));
    assert_eq!(first["digest"], second["digest"]);
    home.manifest(&MANIFEST.replace("New notes", "Newer notes"));
    assert_ne!(plan(&home)["digest"], first["digest"]);
}

#[test]
fn it_says_what_will_be_done_and_why_and_what_was_there() {
    let server = Server::with(SEED);
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.manifest(MANIFEST);
    let mut saved = plan(&home);
    let project = &mut saved["projects"][0];
    assert!(project["url"].as_str().unwrap().starts_with("http://127.0.0.1:"));
    for volatile in ["url", "project"] {
        project[volatile] = "…".into();
    }
    for release in project["before"].as_array_mut().unwrap() {
        for date in ["released_at", "created_at"] {
            release[date] = "…".into();
        }
    }
    insta::assert_snapshot!(serde_json::to_string_pretty(project).unwrap());
}

#[test]
fn no_secret_gets_into_it_and_no_half_of_it_stays() {
    let server = Server::with(SEED);
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.manifest(MANIFEST);
    plan(&home);
    plan(&home);
    let text = std::fs::read_to_string(home.path().join("plan.json")).unwrap();
    assert!(!text.contains("sandbox-maintainer"), "{text}");
    let mut names: Vec<_> =
        std::fs::read_dir(home.path()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, ["plan.json", "releases.toml"]);
    insta::assert_snapshot!(home.run(&["plan", "--out", "nowhere/plan.json"]).expect(1));
}

#[test]
fn it_replaces_nothing_but_a_plan() {
    let server = Server::with(SEED);
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.manifest(MANIFEST);
    let manifest = std::fs::read_to_string(home.path().join("releases.toml")).unwrap();
    insta::assert_snapshot!("not_a_plan", home.run(&["plan", "--out", "releases.toml"]).expect(1));
    assert_eq!(std::fs::read_to_string(home.path().join("releases.toml")).unwrap(), manifest);
    insta::assert_snapshot!("not_stdout", home.run(&["plan", "--out", "-"]).expect(1));
    home.write("empty.json", "");
    home.run(&["plan", "--out", "empty.json"]);
    assert!(std::fs::read_to_string(home.path().join("empty.json")).unwrap().starts_with('{'));
}
