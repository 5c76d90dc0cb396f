//! Links to files, and drift: looked at where the files are there, and else said not to be.

use crate::drift::{only_read, put};
use crate::support::{Home, Server, commit, git};
use reqwest::Method;
use serde_json::{Value, json};

const FILES: &str =
    "[[releases]]\ntag_name = \"v0.1\"\nchecksums = false\n\n[[releases.files]]\npath = \"dist/*.zip\"\n";

/// A GitLab to which a release with two files has been applied, and the folder they were built in.
fn applied(manifest: &str) -> (Server, Home) {
    let server = Server::start();
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.write("dist/a.zip", "a\n");
    home.write("dist/b.zip", "b\n");
    home.manifest(manifest);
    home.run(&["apply", "--yes"]).expect(0);
    server.requests();
    (server, home)
}

fn lead_elsewhere(server: &Server, name: &str) {
    let links = server.ask(Method::GET, "/projects/24/releases/v0.1/assets/links", &json!({}));
    let id = &links.as_array().unwrap().iter().find(|link| link["name"] == name).unwrap()["id"];
    put(server, &format!("/releases/v0.1/assets/links/{id}"), &json!({ "url": "https://evil.example/app.zip" }));
    server.requests();
}

#[test]
fn a_files_link_that_leads_elsewhere_is_drift_as_it_is_a_difference() {
    let (server, home) = applied(FILES);
    let run = home.run(&["drift"]).expect(0);
    assert!(run.stdout.ends_with("1 release as the manifest says.\n"), "{run}");
    lead_elsewhere(&server, "b.zip");
    home.run(&["plan", "--detailed-exitcode"]).expect(2);
    server.requests();
    insta::assert_snapshot!("elsewhere", home.run(&["drift"]).expect(2));
    only_read(&server);
    home.run(&["drift", "--ignore-field", "links"]).expect(0);
}

#[test]
fn a_file_that_was_replaced_is_drift_and_so_is_one_that_is_gone() {
    let (server, home) = applied(FILES);
    let other = Home::with_server(&server, "sandbox-maintainer");
    other.write("dist/a.zip", "a\n");
    other.write("dist/b.zip", "another b\n");
    other.manifest(FILES);
    other.run(&["apply", "--yes"]).expect(0);
    let args = ["drift", "--report", "json=drift.json", "--report", "markdown=drift.md", "--report", "html=drift.html"];
    insta::assert_snapshot!("replaced", home.run(&args).expect(2));
    let read = |name: &str| std::fs::read_to_string(home.path().join(name)).unwrap();
    let report: Value = serde_json::from_str(&read("drift.json")).unwrap();
    let difference = &report["projects"][0]["drift"][0];
    assert_eq!((&difference["subject"]["name"], &difference["field"]), (&json!("b.zip"), &json!("content")));
    assert_eq!((&difference["in_gitlab"]["size"], &difference["in_manifest"]["size"]), (&json!(10), &json!(2)));
    for page in [read("drift.md"), read("drift.html")] {
        assert!(page.contains("10 bytes, sha256:") && page.contains("2 bytes, sha256:"), "{page}");
    }
    // A build need not come out the same each time.
    home.run(&["drift", "--ignore-field", "content"]).expect(0);
    home.write("dist/c.zip", "c\n");
    insta::assert_snapshot!("more_than_linked", home.run(&["drift"]).expect(2));
}

/// A job that has nothing built must not claim what it has not seen.
#[test]
fn where_not_all_files_are_there_that_is_said_in_every_format() {
    let more = "[[releases.files]]\npath = \"dist/*.deb\"\n";
    let files = FILES.replace("checksums", "name = \"One\"\nchecksums");
    let (server, home) = applied(&files);
    lead_elsewhere(&server, "b.zip");
    // One pattern matches, and the other doesn't.
    home.manifest(&format!("{files}{more}"));
    home.run(&["plan"]).expect(1);
    server.requests();
    let args = ["drift", "--report", "json=drift.json", "--report", "markdown=drift.md", "--report", "html=drift.html"];
    insta::assert_snapshot!("not_looked_at", home.run(&args).expect(0));
    only_read(&server);
    let read = |name: &str| std::fs::read_to_string(home.path().join(name)).unwrap();
    let report: Value = serde_json::from_str(&read("drift.json")).unwrap();
    assert_eq!(report["projects"][0]["files_unknown"], json!(["v0.1"]));
    assert_eq!(report["counts"]["files_unknown"], 1);
    let says = "inks to the files of 1 release were not looked at, as its files are not all here: ";
    for page in [read("drift.md"), read("drift.html")] {
        assert!(page.contains(says) && page.contains(", but for what was not looked at."), "{page}");
    }
    // Who lets links be wants to know nothing of them, and a release that is not selected is nobody's matter.
    for narrow in [["--ignore-field", "links"], ["--ignore", "v0.1"]] {
        let run = home.run(&[&["drift"], &narrow[..]].concat()).expect(0);
        assert!(!run.stdout.contains("looked at"), "{run}");
    }
    // What else was done to the release is drift nevertheless.
    put(&server, "/releases/v0.1", &json!({ "name": "By hand" }));
    let run = home.run(&["drift"]).expect(2);
    assert!(run.stdout.contains("By hand") && run.stdout.contains(says), "{run}");
}

#[test]
fn with_a_base_files_are_not_known_and_that_is_said() {
    let (server, home) = applied(FILES);
    git(home.path(), &["init", "--quiet", "--initial-branch", "main"]);
    commit(home.path());
    lead_elsewhere(&server, "b.zip");
    insta::assert_snapshot!("with_base", home.run(&["drift", "--base", "main"]).expect(0));
    only_read(&server);
}

#[test]
fn of_a_fleet_each_line_says_what_was_not_looked_at() {
    let (_server, home) = applied(FILES);
    std::fs::remove_dir_all(home.path().join("dist")).unwrap();
    home.write("gone.toml", "version = 1\n[project]\npath = \"root/gone\"\n[[releases]]\ntag_name = \"v1\"\n");
    let run = home.run(&["drift", "-f", "releases.toml", "-f", "gone.toml"]).expect(1);
    assert!(run.stdout.contains("no drift; files of 1 release not looked at\n"), "{run}");
}

/// What a drift asks is what it asked before, if there are no files.
#[test]
fn without_files_nothing_more_is_asked() {
    let (server, home) = applied(FILES);
    home.manifest("[[releases]]\ntag_name = \"v0.1\"\n");
    home.run(&["drift"]).expect(0);
    assert_eq!(server.requests(), ["GET /projects/:id/releases 1"]);
}
