//! `relsync import gitlab --group`: a group's projects as a fleet, about which a plan has nothing to do afterwards.

use crate::github_server::{Host, reply};
use crate::import_gitlab::ONE_RELEASE;
use crate::support::{Home, Server};
use reqwest::Method;
use serde_json::json;

const SEED: &str = r#"
[[groups]]
path = "acme"
[[groups.milestones]]
title = "2026-Q1"
[[groups]]
path = "acme/libraries"
[[groups]]
path = "other"
[[projects]]
id = 1
path = "acme/web"
[[projects.tags]]
name = "v1"
target = "6783e02c7ccd82a9474391e226e65ed052216733"
[[projects.milestones]]
title = "one"
due_date = 2026-02-01
[[projects.releases]]
tag_name = "v1"
name = "The first"
released_at = 2025-01-30T10:00:00Z
milestones = ["one", "2026-Q1"]
description = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16\n17\n18\n19\n20\n21"
[[projects.releases.links]]
name = "linux"
url = "https://dl.example.com/linux"
[[projects]]
id = 2
path = "acme/libraries/shapes"
[[projects.tags]]
name = "v1"
target = "6783e02c7ccd82a9474391e226e65ed052216733"
[[projects.releases]]
tag_name = "v1"
released_at = 2025-01-30T10:00:00Z
description = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16\n17\n18\n19\n20\n21\n22"
[[projects]]
id = 3
path = "acme/empty"
[[projects]]
id = 4
path = "other/app"
[[projects.tags]]
name = "v1"
target = "6783e02c7ccd82a9474391e226e65ed052216733"
[[projects.releases]]
tag_name = "v1"
"#;

fn start() -> (Server, Home) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("seed.toml");
    std::fs::write(&path, SEED).unwrap();
    let server = Server::seeded(&path);
    let home = Home::with_server(&server, "sandbox-maintainer");
    (server, home)
}

fn text(home: &Home, path: &str) -> String {
    std::fs::read_to_string(home.path().join(path)).unwrap()
}

#[test]
fn a_plan_has_nothing_to_do_afterwards() {
    let (server, home) = start();
    insta::assert_snapshot!(
        "imported",
        home.run(&["import", "gitlab", "--group", "acme", "-f", "fleet.toml"]).expect(0)
    );
    let fleet = text(&home, "fleet.toml");
    insta::assert_snapshot!("fleet", fleet.replace(&server.url, "http://SERVER"));
    assert!(text(&home, "notes/acme/web/v1.md").ends_with("21\n"));
    assert!(text(&home, "notes/acme/libraries/shapes/v1.md").ends_with("22\n"));
    home.run(&["plan", "-f", "fleet.toml", "--detailed-exitcode"]).expect(0);

    let again = home.run(&["import", "gitlab", "--group", "acme", "-f", "fleet.toml"]).expect(0);
    assert_eq!(text(&home, "fleet.toml"), fleet);
    insta::assert_snapshot!("again", again);
}

#[test]
fn projects_that_are_new_go_to_the_end_and_take_what_is_shared() {
    let (_server, home) = start();
    let there =
        "version = 1\n# ours\n[defaults]\nname = \"App {version}\"\n\n[[projects]]\npath = \"acme/web\" # as it is\n";
    home.write("fleet.toml", there);
    home.run(&["import", "gitlab", "--group", "acme", "-f", "fleet.toml", "--notes", "inline"]).expect(0);
    let fleet = text(&home, "fleet.toml");
    assert!(fleet.starts_with(there) && fleet.matches("[[projects]]").count() == 2, "{fleet}");
    // The default is denied where the release has another name.
    assert!(fleet.contains("path = \"acme/libraries/shapes\"") && fleet.contains("name = \"v1\""), "{fleet}");
    home.run(&["plan", "-f", "fleet.toml", "--detailed-exitcode"]).expect(0);
}

/// By its old path it is one of the fleet; by its new one it would be a second.
#[test]
fn a_project_that_has_moved_is_not_added_again() {
    let (server, home) = start();
    let args = ["import", "gitlab", "--group", "acme", "-f", "fleet.toml"];
    home.run(&args).expect(0);
    let fleet = text(&home, "fleet.toml");
    // Whose path nobody has any more keeps nothing back.
    let fleet = format!("{fleet}\n[[projects]]\npath = \"acme/gone\"\nurl = \"{}\"\n", server.url);
    home.write("fleet.toml", &fleet);
    server.ask(Method::PUT, "/projects/1", &json!({ "path": "netz" }));
    server.requests();
    insta::assert_snapshot!("moved", home.run(&args).expect(0));
    assert_eq!(text(&home, "fleet.toml"), fleet);
    // Both that the group has not are asked for, and the empty one itself.
    assert!(server.requests().contains(&"GET /projects/:id 3".to_owned()));
}

#[test]
fn what_is_added_says_where_it_is_if_the_fleet_does_not() {
    let (server, home) = start();
    let args = ["import", "gitlab", "--group", "acme/libraries", "--url", &server.url, "-f", "fleet.toml"];
    let own = format!("path = \"acme/libraries/shapes\"\nurl = \"{}\"\n", server.url);
    for (shared, has_own) in [
        (String::new(), true),
        ("[project]\nurl = \"https://gitlab.example.com\"\n".to_owned(), true),
        (format!("[project]\nurl = \"{}/\"\n", server.url), false),
    ] {
        let there = format!("version = 1\n{shared}\n[[projects]]\npath = \"elsewhere/app\"\n");
        home.write("fleet.toml", &there);
        home.run(&args).expect(0);
        let fleet = text(&home, "fleet.toml");
        let added = fleet.strip_prefix(&there).unwrap();
        assert_eq!(added.contains(&own), has_own, "{fleet}");
        assert_eq!(added.contains("url = \"http"), has_own, "{fleet}");
    }
}

/// A group of two projects: one whose releases are refused, and one whose milestones are, if it can be seen at all.
fn refusing(all: bool) -> Host {
    Host::start(move |_, target| {
        let project = |id: u32, path: &str| {
            json!({ "id": id, "path_with_namespace": path, "web_url": format!("https://gitlab.test/{path}"),
                    "namespace": { "id": 1, "kind": "group", "full_path": "acme" } })
        };
        if target.contains("/groups/acme/projects") {
            return reply(200, &[], json!([project(1, "acme/open"), project(2, "acme/shut")]).to_string());
        }
        if target.contains("/milestones") || target.contains("/projects/2/") || all && target.contains("/releases") {
            return reply(403, &[], r#"{"message":"403 Forbidden"}"#);
        }
        match target {
            "/api/v4/projects/1" => reply(200, &[], project(1, "acme/open").to_string()),
            _ => reply(200, &[], ONE_RELEASE),
        }
    })
}

#[test]
fn what_can_not_be_read_is_said_before_that_nothing_was_found() {
    let import = |host: &Host, code| {
        let home = Home::new().env("CI_SERVER_URL", &host.url).env("RELSYNC_TOKEN", "glpat-x");
        let run = home.run(&["import", "gitlab", "--group", "acme", "-f", "fleet.toml"]).expect(code);
        assert_eq!(home.path().join("fleet.toml").exists(), code == 0);
        run
    };
    insta::assert_snapshot!("milestones_unread", import(&refusing(false), 0));
    insta::assert_snapshot!("nothing_readable", import(&refusing(true), 1));
}

#[test]
fn what_can_not_be_is_said_and_nothing_is_written() {
    let (_server, home) = start();
    let import = |args: &[&str]| home.run(&[&["import", "gitlab"], args].concat()).expect(1);
    insta::assert_snapshot!("no_such_group", import(&["--group", "nowhere"]));
    insta::assert_snapshot!("project_and_group", import(&["acme/web", "--group", "acme"]));
    assert!(!home.path().join("releases.toml").exists());
    home.write("releases.toml", "version = 1\n[project]\npath = \"acme/web\"\n");
    insta::assert_snapshot!("no_fleet", import(&["--group", "acme"]));
}
