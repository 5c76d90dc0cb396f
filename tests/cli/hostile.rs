//! Texts that would draw on a terminal, hide in it or flood it: shown escaped and bounded.

use crate::support::{Home, Run};
use crate::wire::{Wire, gitlab};
use serde_json::json;

const ODD: [char; 7] = ['\u{1b}', '\r', '\u{7}', '\u{202e}', '\u{200b}', '\u{9b}', '\u{2066}'];
const EVIL: &str = "\u{1b}[2J\u{1b}]8;;https://evil.example\u{7}click\u{1b}]8;;\u{7}\r\n\u{202e}gnp\u{200b}\u{9b}31m\u{2066}section_start:1:x\r\u{1b}[0K";

#[track_caller]
fn assert_harmless(run: &Run) {
    for text in [&run.stdout, &run.stderr] {
        assert!(!text.contains(ODD), "{run}");
        assert!(text.lines().all(|line| !line.starts_with("section_start")), "{run}");
    }
}

#[test]
fn error_bodies_of_any_form_are_one_readable_line() {
    let json = serde_json::json!({ "message": { "name": [EVIL] } }).to_string();
    let html = format!("<html><head><title>502 Bad{EVIL} Gateway</title></head><body>{}", "<p>x</p>".repeat(9000));
    for (status, body) in
        [(500, EVIL.to_owned()), (400, json), (502, html.clone()), (200, html), (403, "y".repeat(5_000_000))]
    {
        let wire = Wire::start(move |_| (status, format!("x-request-id: {}\r\n", "\u{9b}z".repeat(9)), body.clone()));
        let home = Home::new().env("CI_SERVER_URL", &wire.url()).env("RELSYNC_TOKEN", "glpat-x1");
        home.manifest("");
        for args in
            [&["plan", "-v", "--retry-for", "0s"][..], &["doctor", "-v", "--log-format", "json", "--retry-for", "0s"]]
        {
            let run = home.run(args).expect(1);
            assert_harmless(&run);
            assert!(run.stdout.len() + run.stderr.len() < 8000, "{run}");
        }
    }
    let wire = Wire::start(move |path| {
        if path.contains("/releases") {
            (302, format!("location: https://evil.example/{}\r\n", "%1b%5b".repeat(10_000)), String::new())
        } else {
            gitlab(path)
        }
    });
    let home = Home::new().env("CI_SERVER_URL", &wire.url()).env("RELSYNC_TOKEN", "glpat-x1");
    home.manifest("");
    let run = home.run(&["plan"]).expect(1);
    assert!(run.stderr.len() < 2000, "{run}");
}

/// A server whose project has `releases`.
fn with_releases(releases: &serde_json::Value) -> Wire {
    let tag = |release: &serde_json::Value| json!({ "name": release["tag_name"], "protected": false });
    let tags: Vec<_> = releases.as_array().unwrap().iter().map(tag).collect();
    let (releases, one, tags) = (releases.to_string(), tags[0].to_string(), json!(tags).to_string());
    Wire::start(move |path| match path {
        path if path.contains("/releases?") => (200, String::new(), releases.clone()),
        path if path.contains("/tags/") => (200, String::new(), one.clone()),
        path if path.contains("/tags") => (200, String::new(), tags.clone()),
        path => gitlab(path),
    })
}

/// Longer than GitLab itself takes, which one that was changed may not care about.
#[test]
fn very_long_notes_are_bounded() {
    let lines = |word: &str| (0..100_000).fold(String::new(), |text, n| text + word + " " + &n.to_string() + "\n");
    let release = |tag: &str, notes: &str| {
        json!({
            "tag_name": tag, "name": tag, "description": notes, "created_at": "2024-01-01T00:00:00Z",
            "released_at": "2024-01-01T00:00:00Z", "assets": { "links": [] }, "milestones": [],
        })
    };
    let wire = with_releases(&json!([
        release("v1.0", &"a".repeat(5_000_000)),
        release("v2.0", &lines("old")),
        release("v3.0", &lines("new").replace("5000\n", "5000 and more\n")),
        release("v4.0", &format!("{}\n", EVIL.repeat(50_000))),
    ]));
    let home = Home::new().env("CI_SERVER_URL", &wire.url()).env("RELSYNC_TOKEN", "glpat-x1");
    let wish = |tag: &str, notes: &str| format!("[[releases]]\ntag_name = \"{tag}\"\ndescription = '''\n{notes}'''\n");
    let many = &lines("new")[..900_000];
    home.manifest(&(wish("v1.0", "b") + &wish("v2.0", many) + &wish("v3.0", many) + &wish("v4.0", "b")));
    let run = home.run(&["plan"]).expect(0);
    assert_harmless(&run);
    assert!(run.stdout.len() < 100_000, "{}", run.stdout.len());
    assert!(run.stdout.contains("… (+4998000 characters)"));
    assert_eq!(run.stdout.matches(" lines more").count(), 3, "{}", &run.stdout[..3000]);
}

#[test]
fn names_of_all_kinds_are_shown_escaped() {
    let wire = with_releases(&json!([{
        "tag_name": format!("v1{EVIL}"), "name": EVIL, "description": EVIL, "created_at": "2024-01-01T00:00:00Z",
        "released_at": "2024-01-01T00:00:00Z", "milestones": [{ "id": 1, "title": EVIL }],
        "assets": { "links": [{
            "id": 1, "name": EVIL, "url": format!("https://example.com/{EVIL}"), "link_type": "other",
            "direct_asset_url": format!("https://example.com/-/releases/v1/downloads/{EVIL}"),
        }] },
    }]));
    let home = Home::new().env("CI_SERVER_URL", &wire.url()).env("RELSYNC_TOKEN", "glpat-x1");
    home.manifest("[policy]\nunmanaged = \"delete\"\nmax_deletes = 1\n");
    for args in [&["plan", "-vv"][..], &["plan", "--explain"], &["drift"], &["apply", "--yes", "--retry-for", "0s"]] {
        let run = home.run(args);
        assert_harmless(&run);
        assert!(run.stdout.contains("section_start"), "{run}");
    }
}
