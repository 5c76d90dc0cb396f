//! `--only`, `--ignore` and `--max-deletes`: runs over some releases, no less safe than runs over all.

use crate::support::{Home, Server, writes};
use std::fmt::Write as _;

fn server() -> Server {
    let mut seed = String::new();
    for (i, name) in (1..).zip(["v1.0", "v1.1", "v2.0", "old-1", "old-2", "old-3", "old-4", "lts-1"]) {
        writeln!(seed, "[[projects.tags]]\nname = \"{name}\"\ntarget = \"{i:040}\"").unwrap();
        if !name.starts_with('v') {
            writeln!(seed, "[[projects.releases]]\ntag_name = \"{name}\"\ndescription = \"Notes of {name}\"").unwrap();
        }
    }
    Server::with(&seed)
}

const MANIFEST: &str = r#"
[policy]
unmanaged = "delete"
protect = ["lts-*"]
[[milestones]]
title = "one"
state = "closed"
[[milestones]]
title = "two"
state = "closed"
[[releases]]
tag_name = "v1.0"
milestones = ["one"]
[[releases]]
tag_name = "v1.1"
milestones = ["one"]
[[releases]]
tag_name = "v2.0"
milestones = ["two"]
description = "Notes of old-2"
"#;

fn home(server: &Server) -> Home {
    let home = Home::with_server(server, "sandbox-maintainer");
    home.manifest(MANIFEST);
    home
}

#[test]
fn only_some_releases_are_written_and_their_milestone_stays_open_for_the_rest() {
    let server = server();
    let home = home(&server);
    insta::assert_snapshot!("only_one", home.run(&["apply", "--yes", "--only", "v1.0"]).expect(0));
    insta::assert_snapshot!("then_the_others", home.run(&["apply", "--yes", "--ignore", "old-*", "v2.0"]).expect(0));
    insta::assert_snapshot!(
        "nothing_left_of_those",
        home.run(&["plan", "--detailed-exitcode", "--only", "v1.*"]).expect(0)
    );
}

#[test]
fn more_deletes_than_allowed_are_refused_and_the_way_through_works() {
    let server = server();
    let home = home(&server);
    insta::assert_snapshot!("too_many", home.run(&["apply", "--yes"]).expect(1));
    home.run(&["apply", "--yes", "--max-deletes", "50%"]).expect(1);
    assert_eq!(writes(&server.requests()), Vec::<&String>::new());
    insta::assert_snapshot!("the_way_through", home.run(&["apply", "--yes", "--max-deletes", "4"]).expect(0));
    home.run(&["plan", "--detailed-exitcode"]).expect(0);
}

#[test]
fn a_few_deletes_out_of_many_are_no_more_than_a_few() {
    let server = server();
    let home = home(&server);
    home.run(&["apply", "--yes", "--only", "old-1"]).expect(0);
    insta::assert_snapshot!(server.requests().iter().filter(|r| !r.starts_with("GET")).cloned().collect::<Vec<_>>().join("\n"), @"DELETE /projects/:id/releases/:tag_name 1");
}

#[test]
fn words_that_name_nothing() {
    let server = server();
    let home = home(&server);
    insta::assert_snapshot!("names_nothing", home.run(&["apply", "--yes", "--only", "v1.0", "v7*"]).expect(1));
    let run = home.run(&["plan", "--only", "v1.0", "--ignore", "typo"]).expect(0);
    assert!(run.stderr.contains("`--ignore typo` names no release"), "{run}");
    insta::assert_snapshot!("no_pattern", home.run(&["plan", "--ignore", "v[1"]).expect(1));
    insta::assert_snapshot!("no_limit", home.run(&["plan", "--max-deletes", "110%"]).expect(1));
    assert_eq!(writes(&server.requests()), Vec::<&String>::new());
}
