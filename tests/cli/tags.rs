//! Git tags: missing, lost and protected ones, and how few requests it takes to know.

use crate::support::{Home, Server, writes};
use std::fmt::Write as _;

/// Releases that git tags are gone from: `kept` is the only one that has its tag.
const LOST: &str = r#"
protected_tags = [{ name = "kept", create_access = "maintainer" }]
[[projects.tags]]
name = "kept"
target = "1111111111111111111111111111111111111111"
[[projects.releases]]
tag_name = "kept"
[[projects.releases]]
tag_name = "lost"
[[projects.releases]]
tag_name = "stray"
"#;

#[test]
fn a_release_whose_tag_is_gone_is_told_before_anything_is_written() {
    let server = Server::with(LOST);
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.manifest(
        "[policy]\nunmanaged = \"delete\"\n[[releases]]\ntag_name = \"lost\"\nname = \"Lost\"\n[[releases]]\ntag_name = \"kept\"\nname = \"Kept\"\n",
    );
    insta::assert_snapshot!("told", home.run(&["apply", "--yes"]).expect(1));
    assert_eq!(writes(&server.requests()), Vec::<&String>::new());
}

#[test]
fn a_lost_tag_is_made_again_where_the_manifest_says_from_what() {
    let server = Server::with(LOST);
    let manifest = "[[releases]]\ntag_name = \"lost\"\nref = \"main\"\ntag_message = \"Found\"\nname = \"Found\"\n";
    let job = Home::with_server(&server, "").env("CI_JOB_TOKEN", "sandbox-job");
    job.manifest(manifest);
    insta::assert_snapshot!("not_by_a_job", job.run(&["apply", "--yes"]).expect(1));

    let home = Home::with_server(&server, "sandbox-maintainer");
    home.manifest(manifest);
    insta::assert_snapshot!("made_again", home.run(&["apply", "--yes"]).expect(0));
    let tag = server.ask(reqwest::Method::GET, "/projects/24/repository/tags/lost", &serde_json::Value::Null);
    assert_eq!(tag["message"], "Found");
    home.run(&["plan", "--detailed-exitcode"]).expect(0);
}

#[test]
fn an_unchanged_project_is_asked_nothing_about_its_tags() {
    let server = Server::with(LOST);
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.manifest("[[releases]]\ntag_name = \"lost\"\nname = \"lost\"\n[[releases]]\ntag_name = \"kept\"\n");
    home.run(&["plan", "--detailed-exitcode"]).expect(0);
    assert_eq!(server.requests(), ["GET /projects/:id/releases 1"]);
}

#[test]
fn many_tags_are_found_in_the_list_and_few_one_by_one() {
    let (mut seed, mut all, mut few) = (String::new(), String::new(), String::new());
    for i in 0..250 {
        writeln!(seed, "[[projects.tags]]\nname = \"v{i:03}\"\ntarget = \"{i:040}\"").unwrap();
        writeln!(all, "[[releases]]\ntag_name = \"v{i:03}\"").unwrap();
    }
    for i in 40..250 {
        writeln!(seed, "[[projects.releases]]\ntag_name = \"v{i:03}\"").unwrap();
    }
    for i in 100..103 {
        writeln!(few, "[[releases]]\ntag_name = \"v{i:03}\"\nname = \"Release {i}\"").unwrap();
    }
    let server = Server::with(&seed);
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.manifest(&all);
    home.run(&["plan"]).expect(0);
    insta::assert_snapshot!(server.requests().join("\n"), @"
    GET /projects/:id 1
    GET /projects/:id/releases 3
    GET /projects/:id/repository/tags 3
    ");
    home.manifest(&few);
    home.run(&["plan"]).expect(0);
    insta::assert_snapshot!(server.requests().join("\n"), @"
    GET /projects/:id 1
    GET /projects/:id/releases 3
    GET /projects/:id/repository/tags/:tag_name 3
    ");
}
