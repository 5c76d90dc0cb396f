//! Several manifests in one run, each for a project of its own.

use crate::support::{Home, Server};
use std::fmt::Write as _;

fn server() -> Server {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("seed.toml");
    let mut seed = "[[groups]]\npath = \"acme\"\n".to_owned();
    for (id, name) in (1..).zip(["one", "two", "three"]) {
        writeln!(seed, "[[projects]]\nid = {id}\npath = \"acme/{name}\"").unwrap();
        writeln!(seed, "[[projects.tags]]\nname = \"v1\"\ntarget = \"{id:040}\"").unwrap();
    }
    std::fs::write(&path, seed).unwrap();
    Server::seeded(&path)
}

fn manifest(project: &str, rest: &str) -> String {
    format!("version = 1\n[project]\n{project}\n[[releases]]\ntag_name = \"v1\"\n{rest}")
}

fn home(server: &Server) -> Home {
    let home = Home::with_server(server, "sandbox-maintainer");
    home.write("one.toml", &manifest("path = \"acme/one\"", ""));
    home.write("fleet/two.toml", &manifest("path = \"acme/two\"", ""));
    home.write("fleet/three/releases.toml", &manifest("id = 3", ""));
    home.write("fleet/notes/README.md", "no manifest");
    home
}

#[test]
fn each_manifest_is_a_project_of_its_own() {
    let server = server();
    let home = home(&server);
    insta::assert_snapshot!("valid", home.run(&["validate", "-f", "one.toml", "-f", "fleet"]).expect(0));
    insta::assert_snapshot!("planned", home.run(&["plan", "-f", "one.toml", "-f", "fleet"]).expect(0));
    insta::assert_snapshot!("applied", home.run(&["apply", "--yes", "-f", "one.toml", "-f", "fleet"]).expect(0));
    insta::assert_snapshot!(
        "nothing_left",
        home.run(&["plan", "--detailed-exitcode", "-f", "one.toml", "-f", "fleet/"]).expect(0)
    );
}

#[test]
fn what_is_wrong_with_one_project_keeps_no_other_from_its_releases() {
    let server = server();
    let home = home(&server);
    home.write("fleet/two.toml", &manifest("path = \"acme/nowhere\"", ""));
    home.write("fleet/three/releases.toml", &manifest("id = 3", "[[releases]]\ntag_name = \"v2\"\n"));
    insta::assert_snapshot!(home.run(&["apply", "--yes", "-f", "one.toml", "-f", "fleet"]).expect(1));
    home.run(&["plan", "--detailed-exitcode", "-f", "one.toml"]).expect(0);
}

#[test]
fn everything_wrong_with_any_manifest_is_said() {
    let server = server();
    let home = home(&server);
    home.write("one.toml", "version = 2\n");
    home.write("fleet/two.toml", "version = 1\nreleses = []\n");
    insta::assert_snapshot!(home.run(&["validate", "-f", "one.toml", "-f", "fleet"]).expect(1));
}

#[test]
fn a_project_has_one_manifest() {
    let server = server();
    let home = home(&server);
    home.write("again.toml", &manifest("path = \"acme/one\"", ""));
    insta::assert_snapshot!("by_the_same_name", home.run(&["plan", "-f", "one.toml", "-f", "again.toml"]).expect(1));
    home.write("again.toml", &manifest("id = 1", ""));
    insta::assert_snapshot!("by_another_name", home.run(&["plan", "-f", "one.toml", "-f", "again.toml"]).expect(1));
    home.write("empty/README.md", "");
    insta::assert_snapshot!("no_manifest_in", home.run(&["plan", "-f", "empty"]).expect(1));
    home.run(&["plan", "-f", "one.toml", "-f", "one.toml"]).expect(0);
}

/// Each would delete what the other keeps.
#[test]
fn a_job_token_lets_no_project_have_two_manifests_either() {
    let server = server();
    let job = |first: &str, second: &str| {
        let home = Home::with_server(&server, "").env("CI_JOB_TOKEN", "sandbox-job");
        let policy = "[policy]\nunmanaged = \"delete\"\n";
        for (file, project) in [("one.toml", first), ("again.toml", second)] {
            home.write(file, &format!("version = 1\n[project]\n{project}\n{policy}[[releases]]\ntag_name = \"v1\"\n"));
        }
        home.run(&["apply", "--yes", "-f", "one.toml", "-f", "again.toml"]).expect(1)
    };
    insta::assert_snapshot!("by_path_and_id", job("path = \"acme/one\"", "id = 1"));
    insta::assert_snapshot!("by_case", job("path = \"acme/one\"", "path = \"Acme/One\""));
    let slash = format!("path = \"acme/one\"\nurl = \"{}/\"", server.url);
    insta::assert_snapshot!("by_a_slash", job("path = \"acme/one\"", &slash));
    assert_eq!(crate::support::writes(&server.requests()), Vec::<&String>::new());
}

#[test]
fn a_limit_is_one_manifests_own() {
    let server = server();
    let home = home(&server);
    insta::assert_snapshot!(home.run(&["plan", "--max-deletes", "9", "-f", "one.toml", "-f", "fleet"]).expect(1));
    home.write("nowhere.toml", "version = 1\n[[releases]]\ntag_name = \"v1\"\n");
    insta::assert_snapshot!("no_project", home.run(&["plan", "-f", "one.toml", "-f", "nowhere.toml"]).expect(1));
}

#[cfg(unix)]
#[test]
fn a_folder_is_not_left_by_a_link() {
    let server = server();
    let home = home(&server);
    home.write("outside/releases.toml", &manifest("path = \"acme/one\"", "description_file = \"secret.txt\"\n"));
    home.write("outside/secret.txt", "secret");
    std::os::unix::fs::symlink("../outside", home.path().join("fleet/linked")).unwrap();
    std::os::unix::fs::symlink("../one.toml", home.path().join("fleet/one.toml")).unwrap();
    let run = home.run(&["validate", "-f", "fleet"]).expect(0);
    assert_eq!(run.stdout.lines().count(), 2, "{run}");
}
