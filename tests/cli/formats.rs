//! One plan or outcome, many faces: `--format`, `--report` and `--widget`.

use crate::support::{Home, Run, Server, relsync, writes};
use serde_json::{Value, json};
use std::process::Stdio;

const SEED: &str = r##"
[[projects.tags]]
name = "v1"
target = "1111111111111111111111111111111111111111"
[[projects.tags]]
name = "v2"
target = "2222222222222222222222222222222222222222"
[[projects.tags]]
name = "stray"
target = "3333333333333333333333333333333333333333"
[[projects.milestones]]
title = "1.x"
[[projects.releases]]
tag_name = "v1"
name = "One"
description = "# Notes\n\n- first, by @ada\n\n/close\n\n```sh\nmake\n```\n"
released_at = 2024-01-10T12:00:00Z
created_at = 2024-01-10T12:00:00Z
[[projects.releases.links]]
name = "linux"
url = "https://dl.example.com/linux"
[[projects.releases.links]]
name = "old"
url = "https://dl.example.com/old"
[[projects.releases.links]]
name = "older"
url = "https://dl.example.com/older"
[[projects.releases]]
tag_name = "v2"
released_at = 2024-02-10T12:00:00Z
created_at = 2024-02-10T12:00:00Z
[[projects.releases]]
tag_name = "stray"
released_at = 2023-01-10T12:00:00Z
created_at = 2024-01-10T12:00:00Z
"##;

const MANIFEST: &str = r#"
[policy]
unmanaged = "delete"
[[milestones]]
title = "1.x"
due_date = 2026-03-01
state = "closed"
[[releases]]
tag_name = "v1"
name = "One, `better`"
description = '''
# Notes

- first, by @ada and @all

/close

```sh
make
```
'''
milestones = ["1.x"]
links = [{ name = "linux", url = "https://dl.example.com/new" }, { name = "mac", url = "https://dl.example.com/mac" }]
[[releases]]
tag_name = "v2"
name = "Two | <b>two</b>"
[[releases]]
tag_name = "v3"
ref = "main"
description = "/merge\n"
released_at = 2099-01-01T00:00:00Z
links = [{ name = "a", url = "https://dl.example.com/a", direct_asset_path = "/bin/a", link_type = "package" }]
"#;

/// Holds against a snapshot, without the times and ports of this run.
macro_rules! assert_steady {
    ($name:literal, $text:expr) => {
        insta::with_settings!({filters => vec![
            (r#""began_at": "[^"]+""#, r#""began_at": "[NOW]""#),
            (r"127\.0\.0\.1:\d+", "127.0.0.1:PORT"),
        ]}, {
            insta::assert_snapshot!($name, $text);
        });
    };
}

fn start() -> (Server, Home) {
    let server = Server::with(SEED);
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.manifest(MANIFEST);
    (server, home)
}

fn read(home: &Home, file: &str) -> String {
    std::fs::read_to_string(home.path().join(file)).unwrap()
}

/// The one JSON document that `text` is, which fits the schema.
#[track_caller]
pub(crate) fn report(text: &str) -> Value {
    let report: Value = serde_json::from_str(text).unwrap();
    let schema: Value = serde_json::from_str(&Home::new().run(&["schema", "report"]).expect(0).stdout).unwrap();
    let errors: Vec<_> =
        jsonschema::validator_for(&schema).unwrap().iter_errors(&report).map(|error| error.to_string()).collect();
    assert_eq!(errors, Vec::<String>::new());
    report
}

fn kinds(outcome: &Value) -> Vec<&str> {
    outcome["steps"].as_array().unwrap().iter().map(|end| end["kind"].as_str().unwrap()).collect()
}

#[test]
fn a_plan_in_each_format() {
    let (server, home) = start();
    let text = home.run(&["plan", "--explain"]).expect(0);
    let run = |format: &str| home.run(&["plan", "--explain", "--format", format]).expect(0);
    assert_steady!("plan_markdown", run("markdown"));
    let json = run("json");
    let report = report(&json.stdout);
    assert_eq!(report["format"], 1);
    // The same numbers, and the plan's own words.
    assert_eq!(
        report["counts"],
        json!({
            "releases": { "create": 1, "update": 2, "delete": 1 }, "links": { "create": 0, "update": 2, "delete": 1 },
            "files": { "create": 0, "update": 0, "delete": 0 },
            "milestones": { "create": 0, "update": 0, "close": 1 }, "requests": 8,
        })
    );
    assert!(text.stdout.contains("1 release to create, 2 to update, 1 to delete; 2 links to update, 1 to delete"));
    assert!(text.stdout.contains("1 milestone to close; 8 requests."), "{text}");
    home.run(&["plan", "--out", "plan.json"]).expect(0);
    let saved: Value = serde_json::from_str(&read(&home, "plan.json")).unwrap();
    assert_eq!(report["projects"][0]["plan"], saved["projects"][0]);
    assert_steady!("plan_releases", serde_json::to_string_pretty(&report["projects"][0]["releases"]).unwrap());

    // Files say what is shown, whatever is shown.
    let files = ["--report", "text=plan.txt", "--report", "markdown=plan.md", "--report", "json=report.json"];
    home.write("plan.md", "an old one");
    let beside = home.run(&[&["plan", "--explain"], &files[..]].concat()).expect(0);
    assert_eq!([&beside.stdout, &read(&home, "plan.txt")], [&text.stdout; 2]);
    assert_eq!(read(&home, "plan.md"), run("markdown").stdout);
    let steady = |text: &str| text.lines().filter(|line| !line.contains("began_at")).collect::<Vec<_>>().join("\n");
    assert_eq!(steady(&read(&home, "report.json")), steady(&json.stdout));
    assert_eq!(writes(&server.requests()), Vec::<&String>::new());
}

#[test]
fn an_outcome_in_each_format() {
    let folder = tempfile::tempdir().unwrap();
    let seed = folder.path().join("seed.toml");
    let head = "[[groups]]\npath = \"root\"\n[[projects]]\nid = 24\npath = \"root/awesome-app\"\n";
    std::fs::write(&seed, head.to_owned() + SEED).unwrap();
    let server = Server::serve(&["--seed", seed.to_str().unwrap(), "--fault", "POST */releases 422 1x"]);
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.manifest(MANIFEST);
    home.run(&["plan", "--out", "plan.json"]).expect(0);
    let release = |tag: &str| format!("/projects/24/releases/{tag}");
    server.ask(reqwest::Method::PUT, &release("v1"), &json!({ "name": "By hand", "description": "/close\n`@all`" }));
    server.ask(reqwest::Method::DELETE, &release("v2"), &Value::Null);
    let files = ["--report", "text=out.txt", "--report", "markdown=out.md", "--report", "json=out.json"];
    let run = home
        .run(&[&["apply", "plan.json", "--yes", "--concurrency", "1", "--format", "json"], &files[..]].concat())
        .expect(1);
    let report = report(&run.stdout);
    assert_eq!(run.stdout, read(&home, "out.json"));
    assert_steady!("apply_outcome", serde_json::to_string_pretty(&report["projects"][0]["outcome"]).unwrap());
    assert_eq!(report["projects"][0]["releases"], json!([]));
    assert_steady!("apply_markdown", read(&home, "out.md"));
    assert_steady!("apply_text", read(&home, "out.txt"));
    // The person sees the plan, and what became of it, all the same.
    assert_steady!("apply_talk", Run { stdout: String::new(), ..run });
}

#[test]
fn what_went_well_says_so() {
    let (_server, home) = start();
    let run = home.run(&["apply", "--yes", "--format", "markdown", "--report", "json=out.json"]).expect(0);
    assert!(run.stdout.contains("**Done: 1 release created, 2 updated, 1 deleted"), "{run}");
    assert!(run.stdout.contains("<code>v3</code>, done: new (upcoming)"), "{run}");
    let first = report(&read(&home, "out.json"));
    assert_eq!(kinds(&first["projects"][0]["outcome"]), ["done"; 8]);
    assert_eq!(first["projects"][0]["outcome"]["done"], first["counts"]);
    let again = home.run(&["apply", "--yes", "--format", "json"]).expect(0);
    assert_eq!(report(&again.stdout)["projects"][0]["outcome"], Value::Null);
}

#[test]
fn who_was_not_asked_gets_a_report_too() {
    let (server, home) = start();
    let run = home.run(&["apply", "--format", "json", "--report", "markdown=out.md"]).expect(1);
    assert_eq!(report(&run.stdout)["projects"][0]["outcome"], Value::Null);
    assert!(run.stderr.contains("apply needs a yes"), "{run}");
    assert!(read(&home, "out.md").contains("**Plan: 1 release to create"));
    assert_eq!(writes(&server.requests()), Vec::<&String>::new());
}

fn fleet() -> (Server, Home) {
    let (server, home) = start();
    home.write("nowhere.toml", "version = 1\n[project]\npath = \"root/nowhere\"\n[[releases]]\ntag_name = \"v1\"\n");
    (server, home)
}

#[test]
fn a_project_that_could_not_be_read_is_in_every_face() {
    let (_server, home) = fleet();
    let both =
        ["plan", "-f", "releases.toml", "-f", "nowhere.toml", "--report", "text=plan.txt", "--widget", "widget.json"];
    assert_steady!("fleet_markdown", home.run(&[&both[..], &["--format", "markdown"]].concat()).expect(1));
    assert_steady!("fleet_text", read(&home, "plan.txt"));
    assert_steady!("fleet_widget", read(&home, "widget.json"));
    let run = home.run(&[&both[..], &["--format", "json"]].concat()).expect(1);
    let found = report(&run.stdout);
    assert_eq!(found["projects"].as_array().unwrap().len(), 1);
    assert_steady!("fleet_unread", serde_json::to_string_pretty(&found["unread"]).unwrap());

    // Also if it is the only one.
    let alone = home.run(&["plan", "-f", "nowhere.toml", "--format", "json", "--widget", "widget.json"]).expect(1);
    assert_eq!(report(&alone.stdout)["unread"], found["unread"]);
    assert!(alone.stderr.contains("404"), "{alone}");
    assert!(!read(&home, "widget.json").contains("create"));
    assert_eq!(home.run(&["plan", "-f", "nowhere.toml"]).expect(1).stdout, "");
}

#[test]
fn the_widget_has_numbers_of_what_can_be_applied_only() {
    let (_server, home) = start();
    let widget = || serde_json::from_str::<Value>(&read(&home, "widget.json")).unwrap();
    home.run(&["plan", "--widget", "widget.json"]).expect(0);
    assert_eq!(widget(), json!({ "create": 1, "update": 3, "delete": 1 }));
    let refused = ["plan", "--max-deletes", "0", "--widget", "widget.json", "--format", "markdown"];
    assert_steady!("refused_markdown", home.run(&refused).expect(1));
    assert_eq!(widget()["refused"], 1);
    // GitLab takes a report without these for one that could not be made.
    assert!(["create", "update", "delete"].iter().all(|key| widget().get(key).is_none()));
    home.run(&["apply", "--yes"]).expect(0);
    home.run(&["plan", "--widget", "widget.json"]).expect(0);
    assert_eq!(widget(), json!({ "create": 0, "update": 0, "delete": 0 }));
}

#[test]
fn a_report_that_cant_be_written_stops_a_run_before_it_begins() {
    let (server, home) = start();
    home.write("included/a.toml", "");
    let text = std::fs::read_to_string(home.path().join("releases.toml")).unwrap();
    home.write("releases.toml", &text.replace("version = 1", "version = 1\ninclude = [\"included/*.toml\"]"));
    home.run(&["plan", "--out", "plan.json"]).expect(0);
    server.requests();
    std::fs::create_dir(home.path().join("folder")).unwrap();
    for (name, args) in [
        ("no_folder", &["--report", "json=nowhere/out.json"][..]),
        ("a_folder", &["--report", "json=folder"]),
        ("stdout", &["--report", "markdown=-"]),
        ("twice", &["--report", "json=out", "--report", "markdown=folder/../out"]),
        ("the_manifest", &["--report", "text=folder/../releases.toml"]),
        ("a_part_of_it", &["--report", "text=included/a.toml"]),
        ("no_format", &["--report", "out.md"]),
        ("unknown_format", &["--report", "pdf=out.pdf"]),
    ] {
        let run = home.run(&[&["apply", "--yes"], args].concat()).expect(1);
        insta::assert_snapshot!(format!("unwritable_{name}"), run);
    }
    let run = home.run(&["apply", "--yes", "plan.json", "--report", "json=plan.json"]).expect(1);
    assert!(run.stderr.contains("plan.json would be written over"), "{run}");
    let run = home.run(&["plan", "--out", "new.json", "--report", "json=new.json"]).expect(1);
    assert!(run.stderr.contains("new.json would be written twice"), "{run}");
    let run = home.run(&["plan", "--widget", "new.json", "--report", "json=new.json"]).expect(1);
    assert!(run.stderr.contains("new.json would be written twice"), "{run}");
    home.write("token", "sandbox-maintainer");
    let run = home.run(&["plan", "--token-file", "token", "--report", "json=token"]).expect(1);
    assert!(run.stderr.contains("token would be written over"), "{run}");
    assert_eq!(server.requests(), Vec::<String>::new());
    assert!(!home.path().join("out").exists() && !home.path().join("new.json").exists());
}

#[cfg(unix)]
#[test]
fn a_report_goes_through_no_link() {
    let (_server, home) = start();
    home.write("precious", "precious");
    std::os::unix::fs::symlink("precious", home.path().join("out.md")).unwrap();
    let run = home.run(&["plan", "--report", "markdown=out.md"]).expect(1);
    assert!(run.stderr.contains("out.md is no file that a report could replace"), "{run}");
    assert_eq!(read(&home, "precious"), "precious");
    std::os::unix::fs::symlink("precious", home.path().join("plan.json")).unwrap();
    home.run(&["plan", "--out", "plan.json"]).expect(1);
    assert_eq!(read(&home, "precious"), "precious");
    std::os::unix::fs::symlink("/dev/full", home.path().join("full")).unwrap();
    home.run(&["plan", "--report", "markdown=full"]).expect(1);
}

/// What GitLab does with such a note: nothing of it is carried out.
#[test]
fn as_a_note_it_commands_nothing() {
    let merge_request = "[[projects.merge_requests]]\niid = 7\ntitle = \"Plan\"\nsource_branch = \"plan\"\n";
    let server = Server::with(&(SEED.to_owned() + merge_request));
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.manifest(MANIFEST);
    let page = home.run(&["plan", "--format", "markdown"]).expect(0).stdout;
    let body = json!({ "body": page });
    let note = server.ask(reqwest::Method::POST, "/projects/24/merge_requests/7/notes", &body);
    assert_eq!(note["body"], page);
}

/// Waits until apply has told of so many steps, and sends it a signal; then again, if it is to stop at once.
#[cfg(unix)]
fn interrupted(server: &Server, steps: usize, at_once: bool) -> Value {
    use std::io::{BufRead, BufReader, Read};
    let home = Home::new();
    let releases: Vec<_> = (0..60).map(|n| format!("[[releases]]\ntag_name = \"r{n}\"\nref = \"main\"\n")).collect();
    home.manifest(&releases.concat());
    let mut command =
        relsync(&["apply", "--yes", "--concurrency", "2", "--format", "json", "--report", "markdown=out.md"]);
    command.current_dir(home.path()).env("RELSYNC_URL", &server.url).env("RELSYNC_TOKEN", "sandbox-maintainer");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut process = command.spawn().unwrap();
    let mut told = BufReader::new(process.stderr.take().unwrap());
    let mut until = |word: &str| {
        let mut line = String::new();
        while !line.contains(word) {
            line.clear();
            assert!(told.read_line(&mut line).unwrap() > 0, "it never said {word}");
        }
    };
    let id = process.id().to_string();
    let signal = || assert!(std::process::Command::new("kill").args(["-s", "INT", &id]).status().unwrap().success());
    until(&format!(" {steps}/60 "));
    signal();
    if at_once {
        until("Stopping");
        signal();
    }
    let mut rest = String::new();
    told.read_to_string(&mut rest).unwrap();
    let output = process.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{rest}");
    assert!(read(&home, "out.md").contains(" not begun"));
    report(&String::from_utf8(output.stdout).unwrap())
}

#[cfg(unix)]
#[test]
fn who_stops_it_gets_a_report_of_what_was_done() {
    let server = Server::serve(&["--latency", "100ms"]);
    let report = interrupted(&server, 1, false);
    let kinds = kinds(&report["projects"][0]["outcome"]);
    let done = kinds.iter().filter(|kind| **kind == "done").count();
    assert!(done > 0 && kinds.iter().filter(|kind| **kind == "not_begun").count() == 60 - done, "{kinds:?}");
    let live = server.ask(reqwest::Method::GET, "/projects/24/releases?per_page=100", &Value::Null);
    assert_eq!(live.as_array().unwrap().len(), done);
}

#[cfg(unix)]
#[test]
fn what_nobody_waited_for_is_no_success() {
    let server = Server::serve(&["--fault", "POST */releases hang 1x", "--latency", "50ms"]);
    let report = interrupted(&server, 3, true);
    let outcome = &report["projects"][0]["outcome"];
    let lost = outcome["steps"].as_array().unwrap().iter().filter(|end| end["kind"] == "failed");
    let lost: Vec<_> = lost.map(|end| end["error"].as_str().unwrap()).collect();
    assert!(!lost.is_empty() && lost.len() <= 2, "{outcome}");
    assert!(lost.iter().all(|error| error.contains("may or may not have been carried out")), "{outcome}");
}
