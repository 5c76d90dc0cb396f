//! Every endpoint of GitLab's pages on releases is asked by a command: the README's table, held against what a sandbox counts.

use crate::download::upload;
use crate::support::{Home, Server};
use serde_json::json;
use std::collections::BTreeSet;
use std::path::Path;

/// What GitLab documents, page by page and section by section, as its pages write it; copied from there by hand, so that
/// this list and the table below are held against each other.
const DOCUMENTED: [(&str, &str, &str); 16] = [
    ("Project release API", "List Releases", "GET /projects/:id/releases"),
    ("Project release API", "Get a Release by a tag name", "GET /projects/:id/releases/:tag_name"),
    (
        "Project release API",
        "Download a release asset",
        "GET /projects/:id/releases/:tag_name/downloads/:direct_asset_path",
    ),
    ("Project release API", "Get the latest release", "GET /projects/:id/releases/permalink/latest"),
    ("Project release API", "Get the latest release", "GET /projects/:id/releases/permalink/latest/evidence"),
    (
        "Project release API",
        "Get the latest release",
        "GET /projects/:id/releases/permalink/latest/downloads/bin/asset.exe",
    ),
    ("Project release API", "Create a release", "POST /projects/:id/releases"),
    ("Project release API", "Collect release evidence", "POST /projects/:id/releases/:tag_name/evidence"),
    ("Project release API", "Update a release", "PUT /projects/:id/releases/:tag_name"),
    ("Project release API", "Delete a Release", "DELETE /projects/:id/releases/:tag_name"),
    ("Release links API", "List links of a release", "GET /projects/:id/releases/:tag_name/assets/links"),
    ("Release links API", "Get a release link", "GET /projects/:id/releases/:tag_name/assets/links/:link_id"),
    ("Release links API", "Create a release link", "POST /projects/:id/releases/:tag_name/assets/links"),
    ("Release links API", "Update a release link", "PUT /projects/:id/releases/:tag_name/assets/links/:link_id"),
    ("Release links API", "Delete a release link", "DELETE /projects/:id/releases/:tag_name/assets/links/:link_id"),
    ("Group releases API", "List group releases", "GET /groups/:id/releases"),
];

/// An endpoint, and the run that asks it.
struct Row {
    endpoint: &'static str,
    /// What is run: these words after `relsync`.
    command: &'static str,
    /// When it does, or what does so, too.
    note: &'static str,
    manifest: &'static str,
    /// What goes wrong in the sandbox meanwhile.
    fault: Option<&'static str>,
}

/// The table, and for each row a test of that name.
macro_rules! rows {
    ($($test:ident: $row:expr;)*) => {
        const ROWS: &[(&str, Row)] = &[$((stringify!($test), $row)),*];
        $(#[test]
        fn $test() {
            check(stringify!($test));
        })*
    };
}

rows! {
    list_releases: row("GET /projects/:id/releases", "list", "; also `plan`, and all that plan");
    get_a_release: row("GET /projects/:id/releases/:tag_name", "show v0.1", "; also `apply`, right before it writes");
    get_the_latest: row(
        "GET /projects/:id/releases/permalink/latest", "show --latest", "; also `download --latest`");
    evidence_of_the_latest: row(
        "GET /projects/:id/releases/permalink/latest/evidence", "evidence --latest", ", which goes on with the tag that it leads to");
    download_of_the_latest: row(
        "GET /projects/:id/releases/permalink/latest/downloads/bin/asset.exe",
        "download --latest /bin/asset.exe",
        ", which goes on with the tag that it leads to");
    download_an_asset: row(
        "GET /projects/:id/releases/:tag_name/downloads/:direct_asset_path", "download v0.1 /bin/asset.exe", "");
    create_a_release: applying("POST /projects/:id/releases", "", "[[releases]]\ntag_name = \"v0.2\"\n");
    update_a_release: applying(
        "PUT /projects/:id/releases/:tag_name", "", "[[releases]]\ntag_name = \"v0.1\"\nname = \"New\"\n");
    delete_a_release: applying(
        "DELETE /projects/:id/releases/:tag_name",
        ", where `unmanaged = \"delete\"`",
        "[policy]\nunmanaged = \"delete\"\n[[releases]]\ntag_name = \"v0.2\"\n",
    );
    collect_evidence: row(
        "POST /projects/:id/releases/:tag_name/evidence", "evidence v0.1", "; also `apply`, where `evidence = true`");
    list_links: Row {
        fault: Some("POST */assets/links lost-answer 1x"),
        ..applying(
            "GET /projects/:id/releases/:tag_name/assets/links", ", when nobody answered whether a link was made", TWO_LINKS)
    };
    create_a_link: applying("POST /projects/:id/releases/:tag_name/assets/links", "", TWO_LINKS);
    get_a_link: Row {
        fault: Some("DELETE */assets/links/* lost-answer 1x"),
        ..applying(
            "GET /projects/:id/releases/:tag_name/assets/links/:link_id",
            ", when nobody answered whether a link was removed",
            NO_LINKS,
        )
    };
    update_a_link: applying(
        "PUT /projects/:id/releases/:tag_name/assets/links/:link_id",
        "",
        "[[releases]]\ntag_name = \"v0.1\"\n[[releases.links]]\nname = \"b\"\nurl = \"https://example.com/a\"\n",
    );
    delete_a_link: applying("DELETE /projects/:id/releases/:tag_name/assets/links/:link_id", "", NO_LINKS);
    list_releases_of_a_group: row("GET /groups/:id/releases", "list --group root", "");
}

const NO_LINKS: &str = "[[releases]]\ntag_name = \"v0.1\"\nlinks = []\n";
const TWO_LINKS: &str = "[[releases]]\ntag_name = \"v0.1\"\nlinks = [{ name = \"a\", url = \"https://example.com/a\" }, \
                         { name = \"b\", url = \"https://example.com/b\" }]\n";

const fn row(endpoint: &'static str, command: &'static str, note: &'static str) -> Row {
    Row { endpoint, command, note, manifest: "", fault: None }
}

const fn applying(endpoint: &'static str, note: &'static str, manifest: &'static str) -> Row {
    Row { manifest, ..row(endpoint, "apply --yes", note) }
}

/// Runs the row's command, which has to work, against a sandbox with the release v0.1, and looks at what was asked.
fn check(test: &str) {
    let (_, Row { endpoint, command, manifest, fault, .. }) = ROWS.iter().find(|(name, _)| *name == test).unwrap();
    let faults: Vec<_> = fault.iter().flat_map(|fault| ["--fault", fault]).collect();
    let server = Server::serve(&faults);
    let mut links = vec![json!({ "name": "a", "url": "https://example.com/a" })];
    if command.starts_with("download") {
        let url = upload(&server, "asset.exe", b"asset");
        links.push(json!({ "name": "asset", "url": url, "direct_asset_path": "/bin/asset.exe" }));
    }
    let body = json!({ "tag_name": "v0.1", "assets": { "links": links } });
    server.ask(reqwest::Method::POST, "/projects/24/releases", &body);
    server.requests();
    let home = Home::with_server(&server, "sandbox-maintainer").env("CI_PROJECT_PATH", "root/awesome-app");
    if !manifest.is_empty() {
        home.manifest(manifest);
    }
    let words: Vec<_> = command.split_whitespace().collect();
    let run = home.run(&[&words[..], &["-v", "--log-format", "json"]].concat()).expect(0);
    let asked = server.requests();
    if !manifest.is_empty() {
        // What was asked has done what was wished.
        home.run(&["plan", "--detailed-exitcode"]).expect(0);
    }
    // The sandbox writes the rest of a path with a star.
    let asked: Vec<_> = asked.iter().filter_map(|line| Some(line.rsplit_once(' ')?.0.replace('*', ":"))).collect();
    let rest = endpoint.split_once("/permalink/latest/").map(|(_, rest)| rest);
    let route = rest.map_or_else(|| (*endpoint).to_owned(), |rest| endpoint.replace(rest, ":suffix_path"));
    assert!(asked.contains(&route), "{route} is not asked by {command}, but {asked:#?}");
    // What stands for the rest the sandbox does not tell, but the log does.
    let path = rest.map(|rest| format!("/releases/permalink/latest/{rest}\""));
    assert!(path.is_none_or(|path| run.stderr.contains(&path)), "{endpoint} is not asked by {command}\n{run}");
}

#[test]
fn the_table_is_what_gitlab_documents() {
    let documented: BTreeSet<_> = DOCUMENTED.iter().map(|(.., endpoint)| *endpoint).collect();
    let rows: BTreeSet<_> = ROWS.iter().map(|(_, row)| row.endpoint).collect();
    assert_eq!(rows, documented);
    assert_eq!((rows.len(), documented.len()), (ROWS.len(), DOCUMENTED.len()), "something is there twice");
    let commands = Home::new().commands();
    for (test, Row { endpoint, command, .. }) in ROWS {
        let word = command.split_whitespace().next();
        assert!(word.is_some_and(|word| commands.iter().any(|known| known == word)), "{test}: {endpoint}: {command:?}");
    }
}

#[test]
fn the_readme_shows_them() {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let line =
        |(test, row): &(&str, Row)| format!("| `{}` | `{}`{} | `{test}` |\n", row.endpoint, row.command, row.note);
    let table: String = ROWS.iter().map(line).collect();
    let table = format!("| GitLab's endpoint | asked by `relsync …` | test |\n|---|---|---|\n{table}\n");
    assert!(readme.contains(&table), "the README should have\n{table}");
}
