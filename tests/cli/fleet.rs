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
