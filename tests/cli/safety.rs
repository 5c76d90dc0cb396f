//! Plans that are refused, and what would let them through. Nothing is written.

use crate::support::{Home, Server, writes};
use std::fmt::Write as _;

fn seed(releases: usize) -> String {
    let mut seed = String::new();
    for i in 0..releases {
        writeln!(seed, "[[projects.tags]]\nname = \"v{i}\"\ntarget = \"{i:040}\"").unwrap();
        writeln!(seed, "[[projects.releases]]\ntag_name = \"v{i}\"").unwrap();
    }
    seed
}

#[track_caller]
fn refused(releases: usize, manifest: &str) -> String {
    let server = Server::with(&seed(releases));
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.manifest(manifest);
    home.run(&["plan"]).expect(1);
    let run = home.run(&["apply", "--yes"]).expect(1);
    assert_eq!(writes(&server.requests()), Vec::<&String>::new());
    run.to_string()
}

#[test]
fn too_many_deletes() {
    insta::assert_snapshot!(refused(5, "[policy]\nunmanaged = \"delete\"\n[[releases]]\ntag_name = \"v0\"\n"));
}

#[test]
fn too_many_deletes_by_percent() {
    let manifest = "[policy]\nunmanaged = \"delete\"\nmax_deletes = \"20%\"\n[[releases]]\ntag_name = \"v0\"\n";
    insta::assert_snapshot!(refused(5, manifest));
}

#[test]
fn an_empty_manifest() {
    insta::assert_snapshot!(refused(2, "[policy]\nunmanaged = \"delete\"\nmax_deletes = 10\n"));
}

#[test]
fn missing_tags_and_milestones() {
    let manifest = r#"
[[releases]]
tag_name = "v0"
milestones = ["nowhere"]
[[releases]]
tag_name = "new"
milestones = ["nowhere", "neither"]
"#;
    insta::assert_snapshot!(refused(1, manifest));
}

#[test]
fn a_milestone_that_would_end_before_it_starts() {
    let seed = "[[projects.milestones]]\ntitle = \"m\"\nstart_date = 2026-05-01\n";
    let server = Server::with(seed);
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.manifest("[[milestones]]\ntitle = \"m\"\ndue_date = 2026-04-01\n");
    insta::assert_snapshot!(home.run(&["apply", "--yes"]).expect(1));
    assert_eq!(writes(&server.requests()), Vec::<&String>::new());
}

#[test]
fn only_matching_tags_are_deleted_and_their_git_tags_stay() {
    let server = Server::with(
        &(seed(3)
            + "[[projects.tags]]\nname = \"other\"\ntarget = \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"\n[[projects.releases]]\ntag_name = \"other\"\n"),
    );
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.manifest("[policy]\nunmanaged = \"delete\"\ntags = [\"v*\"]\n[[releases]]\ntag_name = \"v0\"\n");
    insta::assert_snapshot!(home.run(&["apply", "--yes"]).expect(0));
    let names = |path: &str, key: &str| -> Vec<String> {
        let rows = server.ask(reqwest::Method::GET, path, &serde_json::Value::Null);
        let mut names: Vec<_> = rows.as_array().unwrap().iter().map(|r| r[key].as_str().unwrap().to_owned()).collect();
        names.sort();
        names
    };
    assert_eq!(names("/projects/24/releases", "tag_name"), ["other", "v0"]);
    assert_eq!(names("/projects/24/repository/tags", "name"), ["other", "v0", "v1", "v2"]);
}
