//! Every endpoint of GitLab's pages on releases is asked by a command: the README's table, held against what a sandbox counts.

use crate::support::{Home, Server};
use serde_json::json;
use std::path::Path;

/// An endpoint, what of relsync asks it, as the README says, and a run that does.
struct Row {
    endpoint: &'static str,
    asked_by: &'static str,
    /// What goes wrong in the sandbox meanwhile.
    fault: Option<&'static str>,
    run: fn(&Home),
}

/// The release v0.1 as the sandbox has it before a run.
const THERE: &str =
    "[[releases]]\ntag_name = \"v0.1\"\n[[releases.links]]\nname = \"a\"\nurl = \"https://example.com/a\"\n";

const ROWS: [Row; 14] = [
    row("GET /projects/:id/releases", "`list`, and `plan` and all that plan", |home| {
        home.run(&["list"]).expect(0);
    }),
    row("GET /projects/:id/releases/:tag_name", "`show TAG`, and `apply` right before it writes", |home| {
        home.run(&["show", "v0.1"]).expect(0);
    }),
    row(
        "GET /projects/:id/releases/permalink/latest",
        "`show --latest`, `download --latest`, `evidence --latest`",
        |home| {
            home.run(&["show", "--latest"]).expect(0);
        },
    ),
    row("GET /projects/:id/releases/:tag_name/downloads/*direct_asset_path", "`download`", |home| {
        home.run(&["download", "v0.1", "/package", "-O", "-"]).expect(0);
    }),
    row("POST /projects/:id/releases", "`apply`", |home| {
        apply(home, "[[releases]]\ntag_name = \"v0.2\"\n");
    }),
    row("PUT /projects/:id/releases/:tag_name", "`apply`", |home| {
        apply(home, "[[releases]]\ntag_name = \"v0.1\"\nname = \"New\"\n");
    }),
    row("DELETE /projects/:id/releases/:tag_name", "`apply`, where `unmanaged = \"delete\"`", |home| {
        apply(home, "[policy]\nunmanaged = \"delete\"\n[[releases]]\ntag_name = \"v0.2\"\n");
    }),
    row("POST /projects/:id/releases/:tag_name/evidence", "`evidence`, and `apply` where `evidence = true`", |home| {
        home.run(&["evidence", "v0.1"]).expect(0);
    }),
    failing(
        "GET /projects/:id/releases/:tag_name/assets/links",
        "`apply`, when nobody answered whether a link was made",
        "POST */assets/links lost-answer 1x",
        |home| apply(home, &links(&["a", "b"])),
    ),
    row("POST /projects/:id/releases/:tag_name/assets/links", "`apply`", |home| apply(home, &links(&["a", "b"]))),
    failing(
        "GET /projects/:id/releases/:tag_name/assets/links/:link_id",
        "`apply`, when nobody answered whether a link was removed",
        "DELETE */assets/links/* lost-answer 1x",
        |home| apply(home, &links(&[])),
    ),
    row("PUT /projects/:id/releases/:tag_name/assets/links/:link_id", "`apply`", |home| {
        apply(home, &THERE.replace("name = \"a\"", "name = \"b\""));
    }),
    row("DELETE /projects/:id/releases/:tag_name/assets/links/:link_id", "`apply`", |home| apply(home, &links(&[]))),
    row("GET /groups/:id/releases", "`list --group`", |home| {
        home.run(&["list", "--group", "root"]).expect(0);
    }),
];

const fn row(endpoint: &'static str, asked_by: &'static str, run: fn(&Home)) -> Row {
    Row { endpoint, asked_by, fault: None, run }
}

const fn failing(endpoint: &'static str, asked_by: &'static str, fault: &'static str, run: fn(&Home)) -> Row {
    Row { endpoint, asked_by, fault: Some(fault), run }
}

/// v0.1 with these links.
fn links(names: &[&str]) -> String {
    let link = |name: &&str| format!("{{ name = \"{name}\", url = \"https://example.com/{name}\" }}");
    let links: Vec<_> = names.iter().map(link).collect();
    format!("[[releases]]\ntag_name = \"v0.1\"\nlinks = [{}]\n", links.join(", "))
}

/// Applies, and makes sure that nothing is left to do.
fn apply(home: &Home, manifest: &str) {
    home.manifest(manifest);
    home.run(&["apply", "--yes"]).expect(0);
    home.run(&["plan", "--detailed-exitcode"]).expect(0);
}

#[test]
fn every_endpoint_is_asked_by_a_command() {
    for Row { endpoint, asked_by, fault, run } in ROWS {
        let faults: Vec<_> = fault.iter().flat_map(|fault| ["--fault", fault]).collect();
        let server = Server::serve(&faults);
        let package = format!("{}/api/v4/version", server.url);
        let links = json!([{ "name": "a", "url": "https://example.com/a" }]);
        let body = json!({ "tag_name": "v0.1", "assets": { "links": links } });
        server.ask(reqwest::Method::POST, "/projects/24/releases", &body);
        if endpoint.contains("/downloads/") {
            let link = json!({ "name": "package", "url": package, "direct_asset_path": "/package" });
            server.ask(reqwest::Method::POST, "/projects/24/releases/v0.1/assets/links", &link);
        }
        server.requests();
        run(&Home::with_server(&server, "sandbox-maintainer").env("CI_PROJECT_PATH", "root/awesome-app"));
        let asked = server.requests();
        let is_it = |line: &String| line.rsplit_once(' ').is_some_and(|(asked, _)| asked == endpoint);
        assert!(asked.iter().any(is_it), "{endpoint} is not asked by {asked_by}, but {asked:#?}");
    }
}

#[test]
fn the_readme_shows_them() {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let line = |row: &Row| format!("| `{}` | {} |\n", row.endpoint, row.asked_by);
    let table: String = ROWS.iter().map(line).collect();
    let table = format!("| GitLab's endpoint | asked by |\n|---|---|\n{table}\n");
    assert!(readme.contains(&table), "the README should have\n{table}");
}
