//! `relsync apply PLAN`: the plan that was reviewed is carried out, where it belongs and nowhere else.

use crate::support::{Home, Server, writes};
use serde_json::{Value, json};

const SEED: &str = r#"
[[projects.tags]]
name = "v1"
target = "1111111111111111111111111111111111111111"
[[projects.tags]]
name = "old"
target = "2222222222222222222222222222222222222222"
[[projects.releases]]
tag_name = "v1"
description = "Old notes"
released_at = 2024-01-01T00:00:00Z
created_at = 2024-01-01T00:00:00Z
[[projects.releases.links]]
name = "a"
url = "https://example.com/a"
[[projects.releases.links]]
name = "b"
url = "https://example.com/b"
[[projects.releases]]
tag_name = "old"
"#;

const MANIFEST: &str = r#"
[policy]
unmanaged = "delete"
[[milestones]]
title = "m, n"
state = "closed"
due_date = 2026-02-01
[[releases]]
tag_name = "v1"
description = "New notes"
released_at = 2023-01-01T00:00:00Z
links = [{ name = "b", url = "https://example.com/a" }, { name = "a", url = "https://example.com/b" }]
[[releases]]
tag_name = "v2"
ref = "main"
milestones = ["m, n"]
links = [{ name = "c", url = "https://example.com/c", direct_asset_path = "/bin/c", link_type = "package" }]
"#;

fn planned(server: &Server) -> Home {
    let home = Home::with_server(server, "sandbox-maintainer");
    home.manifest(MANIFEST);
    home.run(&["plan", "--out", "plan.json"]).expect(0);
    server.requests();
    home
}

fn text(home: &Home) -> String {
    std::fs::read_to_string(home.path().join("plan.json")).unwrap()
}

fn digest(home: &Home) -> String {
    serde_json::from_str::<Value>(&text(home)).unwrap()["digest"].as_str().unwrap().to_owned()
}

/// Gives the plan in `home`, after it was edited, the digest that it says it should have.
pub(crate) fn with_its_digest(home: &Home) {
    let run = home.run(&["apply", "plan.json"]).expect(1);
    let said = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    let found = said.split("content is ").nth(1).unwrap_or_else(|| panic!("{run}"));
    home.write("plan.json", &text(home).replace(&digest(home), found.split(' ').next().unwrap()));
}

/// Holds against a snapshot what was said, without digests.
macro_rules! assert_said {
    ($name:literal, $run:expr) => {
        insta::with_settings!({filters => vec![("sha256:[0-9a-f]{64}", "sha256:[DIGEST]")]}, {
            insta::assert_snapshot!($name, $run);
        });
    };
}

#[test]
fn a_saved_plan_does_what_apply_does() {
    let (server, other) = (Server::with(SEED), Server::with(SEED));
    let home = planned(&server);
    assert_said!("applied", home.run(&["apply", "plan.json", "--yes"]).expect(0));
    let requests = server.requests();
    home.run(&["plan", "--detailed-exitcode"]).expect(0);

    let at_once = Home::with_server(&other, "sandbox-maintainer");
    at_once.manifest(MANIFEST);
    at_once.run(&["apply", "--yes"]).expect(0);
    assert_eq!(writes(&requests), writes(&other.requests()));
    let steady = |server: &Server| {
        let releases = server.ask(reqwest::Method::GET, "/projects/24/releases", &Value::Null).to_string();
        releases.replace(&server.url, "")
    };
    let without_dates = |text: String| {
        let mut releases: Value = serde_json::from_str(&text).unwrap();
        for release in releases.as_array_mut().unwrap() {
            release.as_object_mut().unwrap().retain(|key, _| {
                ["tag_name", "name", "description", "assets", "upcoming_release"].contains(&key.as_str())
            });
        }
        releases
    };
    assert_eq!(without_dates(steady(&server)), without_dates(steady(&other)));
}

#[test]
fn the_plan_that_was_read_is_the_one_that_was_shown() {
    let server = Server::with(SEED);
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.manifest(MANIFEST);
    let planned = home.run(&["plan", "--out", "plan.json"]).expect(0);
    // Without a yes nothing happens.
    let shown = home.run(&["apply", "plan.json"]).expect(1);
    assert_eq!(shown.stdout, planned.stdout);
    assert!(planned.stderr.contains(&format!("Written to plan.json, {}", digest(&home))), "{planned}");
    assert_eq!(writes(&server.requests()), Vec::<&String>::new());
}

#[test]
fn a_plan_that_was_carried_out_is_not_carried_out_twice() {
    let server = Server::with(SEED);
    let home = planned(&server);
    home.run(&["apply", "plan.json", "--yes"]).expect(0);
    let before = server.ask(reqwest::Method::GET, "/projects/24/releases", &Value::Null);
    // What of this is a failure is not this test's business.
    home.run(&["apply", "plan.json", "--yes"]);
    let after = server.ask(reqwest::Method::GET, "/projects/24/releases", &Value::Null);
    assert_eq!(before.as_array().unwrap().len(), after.as_array().unwrap().len());
    home.run(&["plan", "--detailed-exitcode"]).expect(0);
}

#[test]
fn an_empty_plan_says_so() {
    let server = Server::start();
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.manifest("");
    home.run(&["plan", "--out", "plan.json"]).expect(0);
    assert_said!("empty", home.run(&["apply", "plan.json"]).expect(0));
}

#[test]
fn a_refused_plan_is_refused() {
    let server = Server::start();
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.manifest("[[releases]]\ntag_name = \"v9\"\n[[releases]]\ntag_name = \"v0.1\"\n");
    home.run(&["plan", "--out", "plan.json"]).expect(1);
    assert_said!("refused", home.run(&["apply", "plan.json", "--yes"]).expect(1));
    assert_eq!(writes(&server.requests()), Vec::<&String>::new());
}

#[test]
fn it_is_for_one_gitlab() {
    let (server, other) = (Server::with(SEED), Server::with(SEED));
    let home = planned(&server);
    let path = home.path().join("plan.json").to_str().unwrap().to_owned();
    let elsewhere = Home::with_server(&other, "sandbox-maintainer");
    assert_said!(
        "other_gitlab",
        elsewhere
            .run(&["apply", &path, "--yes"])
            .expect(1)
            .stderr
            .replace(&server.url, "[PLANNED]")
            .replace(&other.url, "[CONFIGURED]")
            .replace(&path, "plan.json")
    );
    elsewhere.run(&["apply", &path, "--yes", "--sandbox"]).expect(1);
    home.run(&["apply", &path, "--yes", "--url", &other.url]).expect(1);
    // Without a token, and without a word about where to go.
    Home::new().run(&["apply", &path, "--yes"]).expect(1);
    Home::new().env("RELSYNC_URL", &other.url).run(&["apply", &path, "--yes"]).expect(1);
    assert_eq!((server.requests(), other.requests()), (vec![], vec![]));

    let told = Home::new().env("RELSYNC_TOKEN", "sandbox-maintainer").env("CI_SERVER_URL", &other.url);
    told.run(&["apply", &path, "--yes", "--url", &format!("{}/", server.url)]).expect(0);
    assert_eq!(other.requests(), Vec::<String>::new());
}

#[test]
fn it_is_for_one_project() {
    let server = Server::with(SEED);
    let home = planned(&server);
    let rename = |path: &str| {
        let file = text(&home).replace("\"path\": \"root/awesome-app\"", &format!("\"path\": \"{path}\""));
        home.write("plan.json", &file);
    };
    rename("root/other");
    with_its_digest(&home);
    server.requests();
    assert_said!("other_project", home.run(&["apply", "plan.json", "--yes"]).expect(1));
    rename("root/awesome-app");
    home.write("plan.json", &text(&home).replace("\"id\": 24", "\"id\": 25"));
    home.write("plan.json", &text(&home).replace("root/other", "root/awesome-app"));
    with_its_digest(&home);
    assert_said!("no_project", home.run(&["apply", "plan.json", "--yes"]).expect(1));
    assert_eq!(writes(&server.requests()), Vec::<&String>::new());
}

#[test]
fn what_is_no_plan_is_refused_with_the_place() {
    let server = Server::with(SEED);
    let home = planned(&server);
    let good = text(&home);
    let run = |what: &str, text: &str| {
        home.write("plan.json", text);
        format!("== {what}\n{}\n", home.run(&["apply", "plan.json", "--yes"]).expect(1))
    };
    let said = [
        run(
            "format",
            &good.replacen("\"format\": 1", "\"format\": 2", 1).replacen("\"relsync\": \"", "\"relsync\": \"9.", 1),
        ),
        run("edited", &good.replace("New notes", "Newer notes")),
        run("shape", &good.replacen("\"needs\": []", "\"needs\": {}", 1)),
        run("type", &good.replacen("\"id\": 3", "\"id\": \"3\"", 1)),
        run("kind", &good.replacen("update_release", "update\u{202e}_release", 1)),
        run("cut", good.split_once("\"steps\": [").unwrap().0),
        run("manifest", "version = 1\n"),
        run("other_json", "{\"releases\": []}"),
        run("empty", ""),
    ];
    assert_said!("no_plan", said.concat());
    assert_said!("missing", home.run(&["apply", "nowhere.json", "--yes"]).expect(1));
    home.run(&["apply", ".", "--yes"]).expect(1);
    std::fs::File::create(home.path().join("plan.json")).unwrap().set_len((1 << 30) + 1).unwrap();
    assert_said!("too_large", home.run(&["apply", "plan.json", "--yes"]).expect(1));
    assert_eq!(server.requests(), Vec::<String>::new());
}

#[test]
fn a_digest_can_be_demanded_of_a_file() {
    let server = Server::with(SEED);
    let home = planned(&server);
    let other = format!("sha256:{}", "0".repeat(64));
    assert_said!("other_digest", home.run(&["apply", "plan.json", "--yes", "--expect-digest", &other]).expect(1));
    assert_eq!(server.requests(), Vec::<String>::new());
    home.run(&["apply", "plan.json", "--yes", "--expect-digest", "sha256:123"]).expect(1);
    home.run(&["apply", "plan.json", "--yes", "--expect-digest", &digest(&home)]).expect(0);
}

#[test]
fn a_digest_can_be_demanded_of_the_plan_that_is_made_now() {
    let server = Server::with(SEED);
    let home = planned(&server);
    let reviewed = digest(&home);
    home.manifest(&MANIFEST.replace("New notes", "Newer notes"));
    assert_said!("plan_changed", home.run(&["apply", "--yes", "--expect-digest", &reviewed]).expect(1));
    assert_eq!(writes(&server.requests()), Vec::<&String>::new());
    home.manifest(MANIFEST);
    home.run(&["apply", "--yes", "--expect-digest", &reviewed]).expect(0);
    home.run(&["apply", "--yes", "--expect-digest", &reviewed]).expect(1);
}

#[test]
fn a_plan_says_all_that_a_manifest_and_flags_would() {
    let home = Home::new();
    for flags in [["--file", "x.toml"], ["--only", "v1"], ["--ignore", "v1"], ["--max-deletes", "1"]] {
        let run = home.run(&[&["apply", "plan.json"][..], &flags[..]].concat()).expect(1);
        assert!(run.stderr.contains("cannot be used with") && run.stderr.contains("PLAN"), "{run}");
    }
}

#[test]
fn the_embedded_gitlab_takes_its_own_plans_in_another_run() {
    let home = Home::new();
    home.manifest("[[releases]]\ntag_name = \"v0.1\"\nmilestones = [\"v1.0\"]\n");
    home.run(&["plan", "--sandbox", "--out", "plan.json"]).expect(0);
    let first = digest(&home);
    home.run(&["plan", "--sandbox", "--out", "plan.json"]).expect(0);
    assert_eq!(digest(&home), first);
    assert!(!text(&home).contains("127.0.0.1"), "{}", text(&home));
    let path = home.path().join("plan.json").to_str().unwrap().to_owned();
    let server = Server::start();
    let run = Home::with_server(&server, "sandbox-maintainer").run(&["apply", &path, "--yes"]).expect(1);
    assert_said!("for_the_sandbox", run.stderr.replace(&path, "plan.json"));
    assert_eq!(server.requests(), Vec::<String>::new());
    assert_said!(
        "in_the_sandbox",
        home.run(&["apply", "plan.json", "--sandbox", "--yes", "--expect-digest", &first]).expect(0)
    );
    home.run(&["plan", "--sandbox", "--detailed-exitcode"]).expect(0);
}

#[test]
fn a_job_token_carries_out_what_it_can() {
    let server = Server::start();
    let job = || {
        Home::new()
            .env("CI_SERVER_URL", &server.url)
            .env("CI_PROJECT_PATH", "root/awesome-app")
            .env("CI_JOB_TOKEN", "sandbox-job")
    };
    let home = job();
    home.write("releases.toml", "version = 1\n[[releases]]\ntag_name = \"v0.1\"\n[[releases]]\ntag_name = \"v0.2\"\n");
    home.run(&["plan", "--out", "plan.json"]).expect(0);
    home.run(&["apply", "plan.json", "--yes"]).expect(0);
    home.run(&["plan", "--detailed-exitcode"]).expect(0);

    // A maintainer's plan names the project by its number, and a job may carry it out.
    home.write("releases.toml", "version = 1\n[[releases]]\ntag_name = \"v0.1\"\ndescription = \"Notes\"\n");
    let path = home.path().join("releases.toml").to_str().unwrap().to_owned();
    let maintainer = job().env("RELSYNC_TOKEN", "sandbox-maintainer");
    maintainer.run(&["plan", "-f", &path, "--out", "plan.json"]).expect(0);
    let plan = maintainer.path().join("plan.json").to_str().unwrap().to_owned();
    home.run(&["apply", &plan, "--yes"]).expect(0);
    home.run(&["plan", "--detailed-exitcode"]).expect(0);
}

#[test]
fn several_projects_are_one_plan() {
    let folder = tempfile::tempdir().unwrap();
    let seed = folder.path().join("seed.toml");
    let project = |id: u8| {
        format!(
            "[[projects]]\nid = {id}\npath = \"acme/p{id}\"\n[[projects.tags]]\nname = \"v1\"\ntarget = \"{id:040}\"\n"
        )
    };
    std::fs::write(&seed, format!("[[groups]]\npath = \"acme\"\n{}{}", project(1), project(2))).unwrap();
    let server = Server::seeded(&seed);
    let home = Home::with_server(&server, "sandbox-maintainer");
    for id in 1..=2 {
        let manifest = format!("version = 1\n[project]\nid = {id}\n[[releases]]\ntag_name = \"v1\"\n");
        home.write(&format!("fleet/{id}.toml"), &manifest);
    }
    home.run(&["plan", "-f", "fleet", "--out", "plan.json"]).expect(0);
    assert_said!("fleet", home.run(&["apply", "plan.json", "--yes"]).expect(0));
    home.run(&["plan", "-f", "fleet", "--detailed-exitcode"]).expect(0);
    let saved: Value = serde_json::from_str(&text(&home)).unwrap();
    assert_eq!(
        saved["projects"][1]["project"]["group"],
        json!({"id": saved["projects"][0]["project"]["group"]["id"], "path": "acme"})
    );
}
