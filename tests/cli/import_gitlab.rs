//! `relsync import gitlab`: a plan has nothing to do afterwards, what is there stays, and nothing half is written.

use crate::github_server::{Host, reply};
use crate::support::{Home, Server};
use reqwest::Method;
use serde_json::json;
use std::fmt::Write;

/// A history with a bit of everything.
const HISTORY: &str = r##"
[[groups.milestones]]
title = "2026-Q1"
[[projects.milestones]]
title = "1.0"
state = "closed"
description = "What it\ntook."
start_date = 2023-01-01
due_date = 2023-12-01
[[projects.milestones]]
title = "2.0, and more"
[[projects.tags]]
name = "v0.9"
target = "6783e02c7ccd82a9474391e226e65ed052216733"
[[projects.tags]]
name = "app/v1.0"
target = "6783e02c7ccd82a9474391e226e65ed052216733"
[[projects.tags]]
name = "v2.0"
target = "6783e02c7ccd82a9474391e226e65ed052216733"
[[projects.releases]]
tag_name = "v2.0"
released_at = 2024-05-01T08:00:00.250Z
created_at = 2024-05-01T08:00:00.250Z
milestones = ["2.0, and more", "2026-Q1"]
evidence = true
[[projects.releases]]
tag_name = "v0.9"
name = "The \"first\" \u001b[31mone"
released_at = 2022-01-30T10:00:00Z
created_at = 2024-01-30T10:00:00Z
description = "# Notes\r\n\r\n- `C:\\new` and \"\"\"\r\n\r\n"
[[projects.releases]]
tag_name = "app/v1.0"
released_at = 2023-05-01T08:00:00Z
created_at = 2023-05-01T08:00:00Z
milestones = ["1.0"]
description = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16\n17\n18\n19\n20\n21"
[[projects.releases.links]]
name = "linux-amd64"
url = "https://dl.example.com/app-linux-amd64.tar.gz"
direct_asset_path = "/bin/app-linux-amd64"
link_type = "package"
[[projects.releases.links]]
name = "docs"
url = "https://docs.example.com"
"##;

fn server(seed: &str) -> Server {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("seed.toml");
    let (group, project) = seed.split_once("[[projects.milestones]]").unwrap_or(("", seed));
    let project = if group.is_empty() { project.to_owned() } else { format!("[[projects.milestones]]{project}") };
    let head = "[[projects]]\nid = 24\npath = \"root/awesome-app\"\nvisibility = \"private\"\n";
    std::fs::write(&path, format!("[[groups]]\npath = \"root\"\n{group}{head}{project}")).unwrap();
    Server::seeded(&path)
}

fn home(server: &Server) -> Home {
    Home::with_server(server, "sandbox-maintainer")
}

/// Every file below the home, with its name.
fn files(home: &Home) -> String {
    let mut paths = Vec::new();
    let mut folders = vec![home.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { paths.push(path) }
        }
    }
    paths.sort();
    let mut all = String::new();
    for path in paths {
        let name = path.strip_prefix(home.path()).unwrap().display().to_string();
        writeln!(all, "==> {name}\n{}", std::fs::read_to_string(path).unwrap()).unwrap();
    }
    let (before, after) = all.split_once("127.0.0.1:").unwrap_or((&all, ""));
    let after = after.trim_start_matches(|c: char| c.is_ascii_digit());
    if after.is_empty() { before.to_owned() } else { format!("{before}127.0.0.1:PORT{after}") }
}

fn is_as_planned(home: &Home) {
    let plan = home.run(&["plan", "--detailed-exitcode"]).expect(0);
    assert!(plan.stdout.contains("Nothing needs to change"), "{plan}");
}

#[test]
fn a_history_is_written_down_and_a_plan_has_nothing_to_do() {
    let server = server(HISTORY);
    let home = home(&server);
    insta::assert_snapshot!("history", home.run(&["import", "gitlab", "root/awesome-app"]).expect(0));
    let written = files(&home);
    insta::assert_snapshot!("history_files", written);
    is_as_planned(&home);
    insta::assert_snapshot!("again", home.run(&["import", "gitlab"]).expect(0));
    assert_eq!(files(&home), written);
}

#[test]
fn into_files_by_year_with_notes_of_their_own() {
    let server = server(HISTORY);
    let home = home(&server).env("CI_PROJECT_PATH", "root/awesome-app");
    let args = ["import", "gitlab", "--split", "year", "--notes", "files"];
    insta::assert_snapshot!("split", home.run(&args).expect(0));
    insta::assert_snapshot!("split_files", files(&home));
    is_as_planned(&home);
    let written = files(&home);
    home.run(&args).expect(0);
    assert_eq!(files(&home), written);
}

#[test]
fn what_is_new_is_added_to_what_is_there() {
    let server = server(HISTORY);
    let home = home(&server);
    let mine = "# My own words.\nversion = 1\n\n[project]\nid = 24   # stays when it moves\n\n[policy]\ntags = [\"v*\"]\n\n\
                [defaults]\nname = \"App {version}\"\n\n[[releases]]\ntag_name = 'v2.0'\nname = \"v2.0\" # in my way\n";
    home.write("releases.toml", mine);
    insta::assert_snapshot!("added", home.run(&["import", "gitlab", "-f", "."]).expect(0));
    let text = std::fs::read_to_string(home.path().join("releases.toml")).unwrap();
    insta::assert_snapshot!("added_text", text.strip_prefix(mine).unwrap());
    is_as_planned(&home);
    let tag =
        json!({ "tag_name": "v3.0", "ref": "main", "description": "Next.", "released_at": "2026-01-01T00:00:00Z" });
    server.ask(Method::POST, "/projects/24/releases", &tag);
    home.run(&["import", "gitlab"]).expect(0);
    let longer = std::fs::read_to_string(home.path().join("releases.toml")).unwrap();
    let added = longer.strip_prefix(&text).unwrap();
    assert!(added.starts_with("\n[[releases]]\ntag_name = \"v3.0\"\n") && added.matches("[[").count() == 1, "{added}");
    is_as_planned(&home);
}

#[test]
fn a_hundred_releases_take_one_request() {
    let mut seed = String::new();
    for n in 0..230 {
        writeln!(seed, "[[projects.tags]]\nname = \"v{n}\"\ntarget = \"6783e02c7ccd82a9474391e226e65ed052216733\"")
            .unwrap();
        writeln!(seed, "[[projects.releases]]\ntag_name = \"v{n}\"\nreleased_at = {}-01-01T00:00:00Z", 2000 + n % 20)
            .unwrap();
    }
    let server = server(&seed);
    let home = home(&server);
    home.run(&["import", "gitlab", "24", "--split", "year"]).expect(0);
    insta::assert_snapshot!(server.requests().join("\n"), @r"
    GET /projects/:id 1
    GET /projects/:id/milestones 1
    GET /projects/:id/releases 3
    ");
    assert_eq!(std::fs::read_dir(home.path().join("releases")).unwrap().count(), 20);
    is_as_planned(&home);
}

#[test]
fn a_job_token_reads_all_but_milestones() {
    let server = server(HISTORY);
    let home =
        Home::new().env("CI_SERVER_URL", &server.url).env("CI_PROJECT_ID", "24").env("CI_JOB_TOKEN", "sandbox-job");
    insta::assert_snapshot!("job", home.run(&["import", "gitlab"]).expect(0));
    is_as_planned(&home);
}

#[test]
fn a_project_that_has_moved_is_still_the_manifests() {
    let server = server(HISTORY);
    let home = home(&server);
    home.run(&["import", "gitlab", "root/awesome-app"]).expect(0);
    server.ask(Method::PUT, "/projects/24", &json!({ "path": "better-app" }));
    let written = files(&home);
    let run = home.run(&["import", "gitlab"]).expect(0);
    insta::assert_snapshot!("moved", run);
    home.run(&["import", "gitlab", "root/awesome-app"]).expect(0);
    assert_eq!(files(&home), written);
}

/// They may be turned off, or for members only, while releases are for everybody.
#[test]
fn milestones_that_can_not_be_read_are_said_and_keep_no_release_back() {
    for status in [401, 403, 404] {
        let host = Host::start(move |_, target| match target {
            "/api/v4/projects/24" => reply(200, &[], PROJECT),
            _ if target.contains("/milestones") => reply(status, &[], r#"{"message":"no"}"#),
            _ => reply(200, &[], ONE_RELEASE),
        });
        let home = Home::new().env("CI_SERVER_URL", &host.url).env("RELSYNC_TOKEN", "glpat-x");
        let run = home.run(&["import", "gitlab", "24"]).expect(0).to_string();
        insta::allow_duplicates! { insta::assert_snapshot!("milestones_unread", run) }
        assert!(files(&home).contains("milestones = [\"1.0\"]"), "{}", files(&home));
        // Nor is there nothing new, as far as can be told.
        let again = home.run(&["import", "gitlab"]).expect(0);
        assert!(again.stderr.contains("this token can't read them"), "{again}");
        home.run(&["plan", "--detailed-exitcode"]).expect(0);
    }
}

#[test]
fn nothing_is_written_where_it_should_not_be() {
    let server = server(HISTORY);
    let import = |home: &Home, args: &[&str]| {
        let before = files(home);
        let run = home.run(&[&["import", "gitlab"], args].concat()).expect(1);
        assert_eq!(files(home), before);
        run.to_string()
    };
    let mut runs = vec![import(&home(&server), &[]), import(&home(&server), &["https://gitlab.com/group/app"])];

    let other = home(&server);
    other.write("releases.toml", "version = 1\n[project]\npath = \"root/other\"\n");
    runs.push(import(&other, &["24"]));

    let broken = home(&server);
    broken.write("releases.toml", "version = 2\n");
    runs.push(import(&broken, &["24"]));

    let bracketed = home(&server);
    bracketed.manifest("[policy]\n");
    let text = std::fs::read_to_string(bracketed.path().join("releases.toml")).unwrap();
    bracketed.write("releases.toml", &format!("releases = []\n{text}"));
    runs.push(import(&bracketed, &[]));

    // Included from now on, it would be wrong.
    let wrong = home(&server);
    wrong.manifest("");
    wrong.write("releases/Cargo.toml", "[package]\nname = \"app\"\n");
    runs.push(import(&wrong, &["--split", "year"]));

    let taken = home(&server);
    taken.write("releases/2024.toml/x", "");
    runs.push(import(&taken, &["24", "--split", "year"]));
    insta::assert_snapshot!("refused", runs.join("\n"));
}

#[cfg(unix)]
#[test]
fn nothing_is_written_outside_the_manifests_folder() {
    let server = server(HISTORY);
    let elsewhere = tempfile::tempdir().unwrap();
    let home = home(&server);
    std::os::unix::fs::symlink(elsewhere.path(), home.path().join("notes")).unwrap();
    insta::assert_snapshot!("outside", home.run(&["import", "gitlab", "24"]).expect(1));
    assert!(!home.path().join("releases.toml").exists());
    assert_eq!(std::fs::read_dir(elsewhere.path()).unwrap().count(), 0);
    home.run(&["import", "gitlab", "24", "--notes", "inline"]).expect(0);
    is_as_planned(&home);
}

#[test]
fn notes_that_are_there_are_not_written_over() {
    let server = server(HISTORY);
    let home = home(&server);
    home.write("notes/App-v1.0.md", "Mine.\n");
    home.run(&["import", "gitlab", "24"]).expect(0);
    assert_eq!(std::fs::read_to_string(home.path().join("notes/App-v1.0.md")).unwrap(), "Mine.\n");
    assert_eq!(std::fs::read_dir(home.path().join("notes")).unwrap().count(), 2);
    is_as_planned(&home);
}

#[test]
fn the_embedded_gitlab_is_a_source_too() {
    let home = Home::new();
    home.run(&["sandbox", "reset"]).expect(0);
    insta::assert_snapshot!("embedded", home.run(&["import", "gitlab", "root/awesome-app", "--sandbox"]).expect(0));
    home.run(&["plan", "--sandbox", "--detailed-exitcode"]).expect(0);
    insta::assert_snapshot!(
        "unknown",
        home.run(&["import", "gitlab", "root/none", "-f", "b.toml", "--sandbox"]).expect(1)
    );
}

const PROJECT: &str = r#"{"id":24,"path_with_namespace":"root/awesome-app","web_url":"https://gitlab.example.com/root/awesome-app",
    "namespace":{"id":7,"kind":"group","full_path":"root"}}"#;

pub(crate) const ONE_RELEASE: &str = r#"[{"tag_name":"v1","name":"v1","description":"One.","assets":{"links":[]},
    "milestones":[{"id":1,"title":"1.0"}],
    "created_at":"2026-01-30T10:00:00.000Z","released_at":"2026-01-30T10:00:00.000Z"}]"#;

/// Who answers like that is no GitLab, or has something in between.
#[test]
fn bad_answers_are_refused_by_their_kind() {
    let mut runs = Vec::new();
    for body in ["<html><head><title>Sign in</title>", "[{\"tag_name\":\"v1\",\"na", "{\"a\":1}", "", "7"] {
        let host = Host::start(move |_, target| match target {
            "/api/v4/projects/24" => reply(200, &[], PROJECT),
            _ if target.contains("/milestones") => reply(200, &[], "[]"),
            _ => reply(200, &[], body),
        });
        let home = Home::new().env("CI_SERVER_URL", &host.url).env("RELSYNC_TOKEN", "glpat-x");
        runs.push(home.run(&["import", "gitlab", "24"]).expect(1).to_string());
        assert_eq!(files(&home), "");
    }
    insta::assert_snapshot!("bad_answers", runs.join("\n"));
}

#[test]
fn tags_that_git_would_not_take_are_left_out() {
    let releases = ["..", "a\nb", "../../x", "", "-rf"].map(|tag| {
        json!({ "tag_name": tag, "name": tag, "description": "x\n".repeat(30), "assets": { "links": [] },
                "created_at": "2026-01-30T10:00:00.000Z", "released_at": "2026-01-30T10:00:00.000Z" })
    });
    let body = json!(releases).to_string();
    let host = Host::start(move |_, target| match target {
        "/api/v4/projects/24" => reply(200, &[], PROJECT),
        _ if target.contains("/releases") => reply(200, &[], body.clone()),
        _ => reply(200, &[], "[]"),
    });
    let home = Home::new().env("CI_SERVER_URL", &host.url).env("RELSYNC_TOKEN", "glpat-x");
    insta::assert_snapshot!("odd_tags", home.run(&["import", "gitlab", "24"]).expect(0));
    assert_eq!(std::fs::read_dir(home.path().join("notes")).unwrap().count(), 1);
    home.run(&["validate"]).expect(0);
}
