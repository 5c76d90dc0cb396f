//! `relsync list`: what there is, in which order, and no more pages than that takes.

use crate::support::{Home, Server};
use crate::terminal::{rest, seen, terminal};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// A project of two, whose releases are a historical one, two that are yet to come, and one whose name is long.
pub(crate) const SEED: &str = r#"
[[groups]]
path = "acme"
[[groups.milestones]]
title = "2026-Q1"
[[users]]
username = "ada"
tokens = ["ada-token"]
[[projects]]
id = 24
path = "acme/app"
visibility = "private"
[[projects.milestones]]
title = "v1.0"
[[projects.members]]
username = "ada"
role = "reporter"
[[projects.tags]]
name = "v1.0.0"
[[projects.tags]]
name = "v1.1.0"
[[projects.tags]]
name = "v8.0.0"
[[projects.tags]]
name = "v9.0.0"
[[projects.releases]]
tag_name = "v1.0.0"
released_at = 2019-01-03T01:55:18Z
created_at = 2021-01-01T00:00:00Z
milestones = ["v1.0", "2026-Q1"]
description = """
## Notes

- **New**: `relsync list`, see [the docs](https://example.com/docs)
- \u001b]0;title\u0007 and \u202ereversed
"""
[[projects.releases.links]]
name = "linux-amd64"
url = "https://dl.example.com/app-linux-amd64.tar.gz"
direct_asset_path = "/bin/linux-amd64"
link_type = "package"
[[projects.releases.links]]
name = "Runbook"
url = "https://example.com/runbook"
link_type = "runbook"
[[projects.releases]]
tag_name = "v1.1.0"
name = "A second one, whose name goes on for longer than a terminal is wide, \u001b[31mand tries to be red"
released_at = 2021-02-01T10:00:00Z
created_at = 2021-02-01T10:00:00Z
[[projects.releases]]
tag_name = "v8.0.0"
name = "Eight"
released_at = 2900-01-01T00:00:00Z
created_at = 2021-03-02T00:00:00Z
[[projects.releases]]
tag_name = "v9.0.0"
name = "Nine"
released_at = 2999-01-01T00:00:00Z
created_at = 2021-03-01T00:00:00Z
[[projects]]
path = "acme/team/lib"
visibility = "private"
[[projects.members]]
username = "ada"
role = "guest"
[[projects.tags]]
name = "v1"
[[projects.releases]]
tag_name = "v1"
released_at = 2020-01-01T00:00:00Z
created_at = 2020-01-01T00:00:00Z
"#;

pub(crate) fn serve(seed: &str) -> Server {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("seed.toml");
    std::fs::write(&path, seed).unwrap();
    Server::seeded(&path)
}

/// A run's JSON.
fn json(home: &Home, args: &[&str]) -> Value {
    let run = home.run(&[&["list", "--format", "json"], args].concat()).expect(0);
    serde_json::from_str(&run.stdout).unwrap()
}

fn tags(report: &Value) -> Vec<&str> {
    report["releases"].as_array().unwrap().iter().map(|release| release["tag_name"].as_str().unwrap()).collect()
}

fn at(server: &Server) -> Home {
    Home::with_server(server, "sandbox-maintainer").env("CI_PROJECT_PATH", "acme/app")
}

/// Years that go by change no snapshot.
fn without_years(text: &str) -> String {
    let words = |line: &str| {
        let words: Vec<_> = line.split(' ').collect();
        let is_count = |nth: usize| words.get(nth + 1).is_some_and(|unit| unit.trim_end() == "years");
        let words = words.iter().enumerate().map(|(nth, word)| if is_count(nth) { "NNN" } else { word });
        words.collect::<Vec<_>>().join(" ")
    };
    text.split('\n').map(words).collect::<Vec<_>>().join("\n")
}

#[test]
fn releases_are_listed() {
    let server = serve(SEED);
    let home = at(&server);
    let show = |args: &[&str]| without_years(&home.run(&[&["list"], args].concat()).expect(0).to_string());
    insta::assert_snapshot!("list", show(&[]));
    insta::assert_snapshot!("list_group", show(&["--group", "acme"]));
    insta::assert_snapshot!("list_upcoming", show(&["--upcoming"]));
    insta::assert_snapshot!("list_limit", show(&["--limit", "1", "--order-by", "created_at", "--sort", "asc"]));
    insta::assert_snapshot!("list_json", show(&["--format", "json", "--limit", "3"]));
    insta::assert_snapshot!("list_of_order", show_failed(&home, &["list", "-g", "acme", "--order-by", "created_at"]));
    insta::assert_snapshot!("list_no_group", show_failed(&home, &["list", "-g", "nobody"]));
}

fn show_failed(home: &Home, args: &[&str]) -> String {
    home.run(args).expect(1).to_string()
}

#[test]
fn orders_are_gitlabs_and_upcoming_ones_come_soonest_first() {
    let server = serve(SEED);
    let home = at(&server);
    for (args, expected) in [
        (&[][..], &["v9.0.0", "v8.0.0", "v1.1.0", "v1.0.0"][..]),
        (&["--sort", "asc"], &["v1.0.0", "v1.1.0", "v8.0.0", "v9.0.0"]),
        (&["--order-by", "created_at"], &["v8.0.0", "v9.0.0", "v1.1.0", "v1.0.0"]),
        (&["--order-by", "created_at", "--sort", "asc"], &["v1.0.0", "v1.1.0", "v9.0.0", "v8.0.0"]),
        (&["--upcoming"], &["v8.0.0", "v9.0.0"]),
        (&["--upcoming", "--sort", "desc"], &["v9.0.0", "v8.0.0"]),
        (&["--upcoming", "--order-by", "created_at"], &["v9.0.0", "v8.0.0"]),
        (&["--upcoming", "--limit", "1"], &["v8.0.0"]),
        (&["--group", "acme"], &["v9.0.0", "v8.0.0", "v1.1.0", "v1", "v1.0.0"]),
        (&["--group", "acme", "--sort", "asc", "--limit", "2"], &["v1.0.0", "v1"]),
        (&["--group", "acme", "--upcoming"], &["v8.0.0", "v9.0.0"]),
        (&["--group", "acme/team"], &["v1"]),
    ] {
        assert_eq!(tags(&json(&home, args)), expected, "{args:?}");
    }
    let group = json(&home, &["--group", "acme", "--limit", "4"]);
    let projects: Vec<_> = group["releases"].as_array().unwrap().iter().map(|release| &release["project"]).collect();
    assert_eq!(projects, ["acme/app", "acme/app", "acme/app", "acme/team/lib"]);
    assert_eq!((&group["group"], &group["project"], &group["more"]), (&json!("acme"), &json!(null), &json!(true)));
}

#[test]
fn tags_that_are_hidden_from_a_guest_hide_no_other_release() {
    let server = serve(SEED);
    let home = Home::with_server(&server, "ada-token");
    for args in [&["--group", "acme"][..], &["--group", "acme", "--all"]] {
        let group = json(&home, args);
        assert_eq!((tags(&group).len(), &group["hidden"]), (4, &json!(1)));
    }
    let remark = home.run(&["list", "--group", "acme"]).expect(0).stderr;
    assert!(remark.contains("1 release is left out"), "{remark}");
}

#[test]
fn no_more_pages_are_read_than_needed() {
    let mut seed = "[[projects]]\nid = 24\npath = \"root/awesome-app\"\n".to_owned();
    for n in 0..250 {
        let year = if n < 10 { 2900 } else { 2000 };
        write!(seed, "[[projects.releases]]\ntag_name = \"v{n}\"\nreleased_at = {}-01-01T00:00:00Z\n", year + n % 10)
            .unwrap();
    }
    let server = serve(&seed);
    let home = Home::with_server(&server, "sandbox-maintainer").env("CI_PROJECT_PATH", "root/awesome-app");
    for (args, count, more, pages) in [
        (&[][..], 30, true, 1),
        (&["--limit", "1"], 1, true, 1),
        (&["--limit", "100"], 100, true, 1),
        (&["--limit", "101"], 101, true, 2),
        (&["--limit", "250"], 250, false, 3),
        (&["--limit", "1000"], 250, false, 3),
        (&["--all"], 250, false, 3),
        (&["--upcoming"], 10, false, 1),
        (&["--upcoming", "--limit", "3"], 3, true, 1),
        (&["--group", "root", "--limit", "120"], 120, true, 2),
        (&["--group", "root", "--upcoming"], 10, false, 1),
    ] {
        server.requests();
        let report = json(&home, args);
        let distinct: std::collections::BTreeSet<_> = tags(&report).into_iter().collect();
        assert_eq!((distinct.len(), &report["more"]), (count, &json!(more)), "{args:?}");
        let whose = if args.contains(&"--group") { "groups" } else { "projects" };
        assert_eq!(server.requests(), [format!("GET /{whose}/:id/releases {pages}")], "{args:?}");
    }
}

#[test]
fn what_is_due_is_told_in_words() {
    let server = Server::start();
    let home = Home::with_server(&server, "sandbox-maintainer").env("CI_PROJECT_PATH", "root/awesome-app");
    let none = home.run(&["list", "--upcoming"]).expect(0);
    assert_eq!((none.stdout.as_str(), none.stderr.as_str()), ("", "No upcoming releases in root/awesome-app.\n"));
    let now = jiff::Timestamp::now();
    for (tag, hours) in [("v0.1", 3 * 24 + 12), ("v0.2", 5)] {
        let at = now + jiff::SignedDuration::from_mins(hours * 60 + 30);
        let body = json!({ "tag_name": tag, "released_at": at.to_string() });
        server.ask(reqwest::Method::POST, "/projects/24/releases", &body);
    }
    let list = home.run(&["list", "--upcoming"]).expect(0).stdout;
    let lines: Vec<_> = list.lines().collect();
    assert!(lines[1].starts_with("v0.2 ") && lines[1].contains("  in 5 hours  "), "{list}");
    assert!(lines[2].starts_with("v0.1 ") && lines[2].contains("  in 3 days  "), "{list}");
}

#[test]
fn a_table_fits_the_terminal_and_says_all_in_a_pipe() {
    let server = serve(SEED);
    let home = at(&server);
    home.write("releases.toml", "version = 1\n[project]\npath = \"acme/app\"\n");
    for columns in [60, 80, 100] {
        for args in ["list", "list --group acme"] {
            let shown = seen(&rest(&mut terminal(&home, &server, &format!("{args} --color never"), columns)));
            assert!(shown.contains("v1.1.0") && shown.contains('…'), "{shown}");
            for line in shown.lines() {
                assert!(line.chars().count() <= columns, "{line:?} is too long for {columns} columns");
            }
        }
    }
    let piped = home.run(&["list"]).expect(0).stdout;
    assert!(piped.contains(r"a terminal is wide, \u{1b}[31mand tries to be red") && !piped.contains('\t'), "{piped}");
}

#[test]
fn a_project_that_has_moved_is_found() {
    let server = serve(
        "[[projects]]\nid = 24\npath = \"new/app\"\nmoved_from = [\"old/app\"]\n[[projects.releases]]\ntag_name = \"v1\"\n",
    );
    let home = Home::with_server(&server, "sandbox-maintainer");
    for args in [&["--project", "old/app"][..], &["--project", "old/app", "--all"], &["--project", "24"]] {
        assert_eq!(tags(&json(&home, args)), ["v1"], "{args:?}");
    }
}

#[test]
fn json_is_as_the_schema_says() {
    let server = serve(SEED);
    let home = at(&server);
    let schema = serde_json::from_str(&home.run(&["schema", "report"]).expect(0).stdout).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    for args in [&["list"][..], &["list", "--group", "acme"], &["show", "v1.0.0"], &["show", "--latest"]] {
        let report = home.run(&[args, &["--format", "json"]].concat()).expect(0).stdout;
        let report: Value = serde_json::from_str(&report).unwrap();
        assert!(schema.is_valid(&report), "{args:?}: {report}");
    }
}
