//! Drift in many faces: `--format` and `--report`.

use crate::drift::{by_hand, changed, committed, only_read, put};
use crate::formats::report;
use crate::support::{Home, git};
use serde_json::{Value, json};

/// Holds against a snapshot, without the times, ports and commits of this run.
macro_rules! assert_steady {
    ($name:literal, $text:expr) => {
        insta::with_settings!({filters => vec![
            (r#""began_at": "[^"]+""#, r#""began_at": "[NOW]""#),
            (r"127\.0\.0\.1:\d+", "127.0.0.1:PORT"),
            (r"[0-9a-f]{40}", "[COMMIT]"),
        ]}, {
            insta::assert_snapshot!($name, $text);
        });
    };
}

fn read(home: &Home, file: &str) -> String {
    std::fs::read_to_string(home.path().join(file)).unwrap()
}

/// Without what is another one in each run.
fn steady(report: &mut Value) -> String {
    report["began_at"] = json!("[NOW]");
    for project in report["projects"].as_array_mut().unwrap() {
        project["releases"] = json!([]);
    }
    serde_json::to_string_pretty(report).unwrap()
}

#[test]
fn drift_in_each_format() {
    let (server, home) = committed();
    by_hand(&server);
    let text = home.run(&["drift"]).expect(2);
    let run = |format: &str| home.run(&["drift", "--format", format]).expect(2);
    assert_steady!("markdown", run("markdown"));
    let json = run("json");
    let mut found = report(&json.stdout);
    assert_eq!((&found["command"], &found["projects"][0]["base"]), (&json!("drift"), &Value::Null));
    let tags = found["projects"][0]["releases"].as_array().unwrap().iter().map(|release| &release["tag_name"]);
    assert_eq!(tags.collect::<Vec<_>>(), ["stray", "v1.0", "v1.2"]);
    assert_steady!("json", steady(&mut found));
    let page = run("html").stdout;
    assert!(page.contains("Release drift") && page.contains(">Edited in GitLab<"), "{page}");

    // Files say what is shown, whatever is shown.
    let files = ["--report", "text=drift.txt", "--report", "markdown=drift.md", "--report", "json=drift.json"];
    let beside = home.run(&[&["drift"], &files[..]].concat()).expect(2);
    assert_eq!([&beside.stdout, &read(&home, "drift.txt")], [&text.stdout; 2]);
    assert_eq!(read(&home, "drift.md"), run("markdown").stdout);
    assert_eq!(steady(&mut report(&read(&home, "drift.json"))), steady(&mut found));
    only_read(&server);
}

#[test]
fn a_change_and_its_conflicts_in_each_format() {
    let (server, home) = committed();
    by_hand(&server);
    home.manifest(&changed());
    home.write("notes/v1.2.md", "# Notes\n\n- of two\n");
    let args = ["drift", "--base", "main", "--report", "html=drift.html", "--report", "json=drift.json", "--format"];
    let run = home.run(&[&args[..], &["markdown"]].concat()).expect(2);
    assert_steady!("base_markdown", run);
    let mut found = report(&read(&home, "drift.json"));
    assert_eq!(found["projects"][0]["base"]["commit"], json!(git(home.path(), &["rev-parse", "main"])));
    assert_steady!("base_json", steady(&mut found));
    assert!(read(&home, "drift.html").contains("Conflict: description"));
    only_read(&server);
}

#[test]
fn where_nothing_differs_each_format_says_so() {
    let (_server, home) = committed();
    let run = home.run(&["drift", "--base", "main", "--format", "markdown", "--report", "json=drift.json"]).expect(0);
    assert_steady!("none_markdown", run);
    let found = report(&read(&home, "drift.json"));
    let nothing = json!({ "releases": 0, "milestones": 0 });
    assert_eq!(
        found["counts"],
        json!({
            "drift": nothing, "change": nothing, "conflicts": 0, "unmanaged": 0, "as_said": 3, "files_unknown": 0,
            "left_out": 0
        })
    );
    let html = home.run(&["drift", "--format", "html"]).expect(0).stdout;
    assert!(html.contains(">no drift</span>"), "{html}");
}

#[test]
fn a_project_that_could_not_be_read_is_in_every_face() {
    let (server, home) = committed();
    by_hand(&server);
    home.write("gone.toml", "version = 1\n[project]\npath = \"root/gone\"\n[[releases]]\ntag_name = \"v1\"\n");
    let both = ["drift", "-f", "releases.toml", "-f", "gone.toml", "--report", "text=drift.txt"];
    assert_steady!("fleet_markdown", home.run(&[&both[..], &["--format", "markdown"]].concat()).expect(1));
    assert_steady!("fleet_text", read(&home, "drift.txt"));
    let found = report(&home.run(&[&both[..], &["--format", "json"]].concat()).expect(1).stdout);
    assert_eq!(found["projects"].as_array().unwrap().len(), 1);
    assert_eq!(found["unread"][0]["project"], "root/gone");
    assert!(home.run(&[&both[..], &["--format", "html"]].concat()).expect(1).stdout.contains("not all read"));

    // Also if it is the only one.
    let alone = home.run(&["drift", "-f", "gone.toml", "--format", "json"]).expect(1);
    assert_eq!(report(&alone.stdout)["unread"], found["unread"]);
    assert!(alone.stderr.contains("404"), "{alone}");
}

#[test]
fn a_report_that_cant_be_written_stops_drift_before_it_begins() {
    let (server, home) = committed();
    server.requests();
    for args in [&["--report", "json=nowhere/out.json"][..], &["--report", "text=notes/../releases.toml"]] {
        home.run(&[&["drift"], args].concat()).expect(1);
    }
    assert_eq!(server.requests(), Vec::<String>::new());
    home.run(&["validate"]).expect(0);
}

#[test]
fn hostile_text_does_nothing_in_any_face() {
    let (server, home) = committed();
    let evil = "\u{1b}[2Jx\u{202e}y\n/close\n```\n</details>\n@all <script>alert(1)</script>\n";
    put(&server, "/releases/v1.0", &json!({ "name": evil.replace('\n', " "), "description": evil }));
    home.manifest(&changed());
    home.write("notes/v1.2.md", evil);
    for format in ["markdown", "json", "html"] {
        let run = home.run(&["drift", "--base", "main", "--format", format]).expect(2);
        assert!(!run.stdout.contains(['\u{1b}', '\r', '\u{202e}']), "{run}");
        assert!(format != "markdown" || !run.stdout.lines().any(|line| line.starts_with('/')), "{run}");
    }
    assert_steady!("hostile_markdown", home.run(&["drift", "--base", "main", "--format", "markdown"]).expect(2));
}
