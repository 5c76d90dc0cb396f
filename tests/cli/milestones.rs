//! Milestones beside releases: made before, closed after, reopened, named by id, and never somebody else's.

use crate::support::{Home, Server, writes};

fn serve(seed: &str) -> Server {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("seed.toml");
    std::fs::write(&path, seed).unwrap();
    Server::seeded(&path)
}

const SEED: &str = r#"
[[groups]]
path = "acme"
[[groups.milestones]]
title = "company-wide"
[[groups]]
path = "acme/tools"
[[groups.milestones]]
title = "2026-Q1"
[[projects]]
id = 24
path = "acme/tools/app"
[[projects.tags]]
name = "v1"
target = "1111111111111111111111111111111111111111"
[[projects.milestones]]
title = "first, and best"
[[projects.milestones]]
title = "too early"
state = "closed"
start_date = 2026-01-01
[[projects.releases]]
tag_name = "v1"
"#;

const PROJECT: &str = "version = 1\n[project]\npath = \"acme/tools/app\"\n";

fn home(server: &Server, token: &str, manifest: &str) -> Home {
    let home = Home::with_server(server, token);
    home.write("releases.toml", &format!("{PROJECT}{manifest}"));
    home
}

const EVERY_KIND: &str = r#"
[policy]
milestones = "create"
[[milestones]]
title = "too early"
state = "active"
description = "Not any more."
due_date = 2026-03-01
[[milestones]]
title = "new, closed"
state = "closed"
[[releases]]
tag_name = "v1"
milestones = ["first, and best", "new, closed", "2026-Q1", "undeclared"]
[[releases]]
tag_name = "v2"
ref = "main"
milestones = ["new, closed"]
"#;

#[test]
fn every_kind_of_milestone() {
    let server = serve(SEED);
    let home = home(&server, "sandbox-maintainer", EVERY_KIND);
    insta::assert_snapshot!("every_kind", home.run(&["plan", "--explain"]).expect(0));
    insta::assert_snapshot!("every_kind_applied", home.run(&["apply", "--yes"]).expect(0));
    home.run(&["plan", "--detailed-exitcode"]).expect(0);
    let live = server.ask(reqwest::Method::GET, "/projects/24/releases/v1", &serde_json::Value::Null);
    let mut titles: Vec<_> =
        live["milestones"].as_array().unwrap().iter().map(|m| m["title"].as_str().unwrap()).collect();
    titles.sort_unstable();
    assert_eq!(titles, ["2026-Q1", "first, and best", "new, closed", "undeclared"]);
}

#[test]
fn what_is_not_the_projects_own() {
    let manifest = r#"
[[milestones]]
title = "2026-Q1"
state = "closed"
[[releases]]
tag_name = "v1"
milestones = ["company-wide"]
"#;
    let server = serve(SEED);
    let home = home(&server, "sandbox-maintainer", manifest);
    insta::assert_snapshot!(home.run(&["apply", "--yes"]).expect(1));
    assert_eq!(writes(&server.requests()), Vec::<&String>::new());
}

#[test]
fn a_job_token_can_not_send_a_title_with_a_comma() {
    let server = serve(SEED);
    let folder = home(&server, "", "[[releases]]\ntag_name = \"v1\"\nmilestones = [\"first, and best\"]\n");
    let folder = folder.env("CI_JOB_TOKEN", "sandbox-job");
    insta::assert_snapshot!(folder.run(&["apply", "--yes"]).expect(1));
    assert_eq!(writes(&server.requests()), Vec::<&String>::new());
}

const EXPLAINED: &str = r#"
[[defaults.links]]
name = "linux {version}"
url = "https://dl.example.com/{tag_name}/linux"
link_type = "package"
direct_asset_path = "/bin/linux"
[[defaults.links]]
name = "mac"
url = "https://dl.example.com/{tag_name}/mac"

[[milestones]]
title = "dated"
start_date = 2026-02-01
due_date = 2026-03-01
state = "closed"
[[milestones]]
title = "made and closed"
state = "closed"

[[releases]]
tag_name = "v1"
name = "One"
[[releases.links]]
name = "linux 1"
link_type = "image"
[[releases]]
tag_name = "v2"
name = "Two"
links = []
[[releases]]
tag_name = "v3"
"#;

const EXPLAINED_SEED: &str = r#"
[[projects]]
id = 24
path = "acme/tools/app"
[[projects.milestones]]
title = "dated"
start_date = 2026-01-01
due_date = 2026-02-01
[[projects.tags]]
name = "v1"
target = "1111111111111111111111111111111111111111"
[[projects.tags]]
name = "v2"
target = "1111111111111111111111111111111111111111"
[[projects.tags]]
name = "v3"
target = "1111111111111111111111111111111111111111"
[[projects.releases]]
tag_name = "v1"
[[projects.releases.links]]
name = "linux 1"
url = "https://old.example.com/linux"
[[projects.releases]]
tag_name = "v2"
[[projects.releases.links]]
name = "old"
url = "https://old.example.com/linux"
[[projects.releases]]
tag_name = "v3"
[[projects.releases.links]]
name = "old"
url = "https://old.example.com/linux"
[[projects.releases.links]]
name = "linux 3"
url = "https://dl.example.com/v3/linux"
"#;

/// Each field's own line, though some of an entry are in `[[defaults.links]]`.
#[test]
fn every_reason_has_its_line() {
    let server = serve(EXPLAINED_SEED);
    let home = home(&server, "sandbox-maintainer", EXPLAINED);
    insta::assert_snapshot!("every_reason_has_its_line", home.run(&["plan", "--explain"]).expect(0));
}
