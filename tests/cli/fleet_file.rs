//! One file for many projects: planned and applied side by side, in as few requests as it takes.

use crate::support::{Home, Server, commit, git};
use std::fmt::Write as _;

/// A sandbox with so many projects, `acme/p000` and so on, of so many releases; and a fleet that says the same, with nothing
/// beside each project that `extra` does not add.
pub(crate) fn fleet_of(projects: usize, releases: usize, extra: impl Fn(usize) -> String) -> (Server, Home) {
    let (mut seed, mut fleet) = ("[[groups]]\npath = \"acme\"\n".to_owned(), "version = 1\n".to_owned());
    for id in 1..=projects {
        let entry = format!("[[projects]]\npath = \"acme/p{id:03}\"\n");
        writeln!(seed, "{entry}id = {id}").unwrap();
        fleet.push_str(&entry);
        for tag in 1..=releases {
            writeln!(seed, "[[projects.tags]]\nname = \"v{tag}\"\ntarget = \"{tag:040}\"").unwrap();
            let release = format!("[[projects.releases]]\ntag_name = \"v{tag}\"\nname = \"Version {tag}\"\n");
            seed.push_str(&release);
            fleet.push_str(&release);
        }
        fleet.push_str(&extra(id));
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("seed.toml");
    std::fs::write(&path, seed).unwrap();
    let server = Server::seeded(&path);
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.write("fleet.toml", &fleet);
    (server, home)
}

/// What takes a project's own request each: nothing more.
fn takes_one_request_a_project(projects: usize, releases: usize) {
    let (server, home) = fleet_of(projects, releases, |_| String::new());
    let run = home.run(&["plan", "-f", "fleet.toml", "--detailed-exitcode"]).expect(0);
    assert_eq!(server.requests(), [format!("GET /projects/:id/releases {projects}")]);
    assert_eq!(run.stdout.lines().count(), projects + 1, "{run}");
    assert!(run.stdout.starts_with("acme/p001 "), "{run}");
    home.run(&["drift", "-f", "fleet.toml"]).expect(0);
    assert_eq!(server.requests(), [format!("GET /projects/:id/releases {projects}")]);
}

#[test]
fn a_hundred_unchanged_projects_take_a_hundred_requests() {
    takes_one_request_a_project(100, 20);
}

#[test]
fn a_thousand_unchanged_projects_take_a_thousand_requests() {
    takes_one_request_a_project(1000, 20);
}

#[test]
fn only_projects_that_change_are_asked_for_more() {
    let more =
        |id| if id == 3 { "[[projects.releases]]\ntag_name = \"v1.0\"\nref = \"main\"\n" } else { "" }.to_owned();
    let (server, home) = fleet_of(5, 2, more);
    insta::assert_snapshot!("planned", home.run(&["plan", "-f", "fleet.toml"]).expect(0));
    let asked =
        ["GET /projects/:id 1", "GET /projects/:id/releases 5", "GET /projects/:id/repository/tags/:tag_name 1"];
    assert_eq!(server.requests(), asked);
    insta::assert_snapshot!("applied", home.run(&["apply", "--yes", "-f", "fleet.toml"]).expect(0));
    insta::assert_snapshot!("valid", home.run(&["validate", "-f", "fleet.toml"]).expect(0));
    home.run(&["plan", "-f", "fleet.toml", "--detailed-exitcode"]).expect(0);
}

/// A declared milestone takes the list of milestones; the project itself is asked for only if one is a group's.
#[test]
fn a_declared_milestone_takes_one_request_more() {
    let declared = |id| if id == 1 { "[[projects.milestones]]\ntitle = \"1.0\"\n" } else { "" }.to_owned();
    let (server, home) = fleet_of(2, 1, declared);
    server.ask(reqwest::Method::POST, "/projects/1/milestones", &serde_json::json!({ "title": "1.0" }));
    server.requests();
    home.run(&["plan", "-f", "fleet.toml", "--detailed-exitcode"]).expect(0);
    assert_eq!(server.requests(), ["GET /projects/:id/milestones 1", "GET /projects/:id/releases 2"]);
}

/// Side by side: the second project's release is made while the first one's is still on its way.
#[test]
fn projects_are_applied_side_by_side() {
    let new = |id| format!("[[projects.releases]]\ntag_name = \"new-{id}\"\nref = \"main\"\n");
    let (server, home) = fleet_of(12, 1, new);
    let run = home.run(&["apply", "--yes", "-f", "fleet.toml"]).expect(0);
    assert!(run.stdout.ends_with("Done: 12 projects.\n"), "{run}");
    assert_eq!(crate::support::writes(&server.requests()), ["POST /projects/:id/releases 12"]);
    home.run(&["plan", "-f", "fleet.toml", "--detailed-exitcode"]).expect(0);
}

#[test]
fn a_saved_plan_of_a_fleet_is_applied_and_asks_nothing_of_what_stays() {
    let new = |id| if id == 2 { "[[projects.releases]]\ntag_name = \"new\"\nref = \"main\"\n" } else { "" }.to_owned();
    let (server, home) = fleet_of(4, 1, new);
    home.run(&["plan", "-f", "fleet.toml", "--out", "plan.json"]).expect(0);
    server.requests();
    insta::assert_snapshot!("saved", home.run(&["apply", "plan.json", "--yes"]).expect(0));
    // Only the project that is written to: is it still the same, and is there no such release yet?
    let asked = server.requests();
    assert!(asked.contains(&"GET /projects/:id 1".to_owned()), "{asked:?}");
    assert!(asked.iter().all(|request| !request.starts_with("GET /projects/:id/releases ")), "{asked:?}");
}

#[test]
fn reports_have_a_line_a_project() {
    let more = |id| if id == 2 { "[[projects.releases]]\ntag_name = \"new\"\nref = \"main\"\n" } else { "" }.to_owned();
    let (_server, home) = fleet_of(3, 1, more);
    insta::assert_snapshot!("markdown", home.run(&["plan", "-f", "fleet.toml", "--format", "markdown"]).expect(0));
    insta::assert_snapshot!("drift", home.run(&["drift", "-f", "fleet.toml"]).expect(2));
    home.run(&["plan", "-f", "fleet.toml", "--report", "html=plan.html", "--report", "json=plan.json"]).expect(0);
    let json = std::fs::read_to_string(home.path().join("plan.json")).unwrap();
    let report: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(report["projects"].as_array().unwrap().len(), 3);
}

/// The fleet as it is in another commit, be it that a project was added since.
#[test]
fn drift_holds_each_project_against_its_entry_in_the_base() {
    let (server, home) = fleet_of(2, 1, |_| String::new());
    git(home.path(), &["init", "--quiet"]);
    commit(home.path());
    let fleet = std::fs::read_to_string(home.path().join("fleet.toml")).unwrap();
    let (first, second) = fleet.split_once("[[projects]]\npath = \"acme/p002\"").unwrap();
    let first = first.replace("Version 1", "Version one");
    home.write("fleet.toml", &format!("{first}[[projects]]\npath = \"acme/p002\"{second}"));
    let edit = serde_json::json!({ "name": "By hand" });
    server.ask(reqwest::Method::PUT, "/projects/2/releases/v1", &edit);
    let home = home.env("PATH", &std::env::var("PATH").unwrap());
    insta::assert_snapshot!("drift_base", home.run(&["drift", "-f", "fleet.toml", "--base", "HEAD"]).expect(2));
}

#[test]
fn an_import_adds_to_no_fleet_but_as_a_project() {
    let (_server, home) = fleet_of(1, 1, |_| String::new());
    insta::assert_snapshot!("import", home.run(&["import", "gitlab", "acme/p001", "-f", "fleet.toml"]).expect(1));
}

/// A fleet names a project by its number and by its path: that is found out, as its releases tell where it is.
#[test]
fn two_names_of_one_project_are_found_out() {
    let (_server, home) = fleet_of(1, 1, |_| "[[projects]]\nid = 1\n".to_owned());
    insta::assert_snapshot!("two_names", home.run(&["plan", "-f", "fleet.toml"]).expect(1));
}
