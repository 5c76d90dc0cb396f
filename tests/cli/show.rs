//! `relsync show`: one release, rendered for a terminal, raw elsewhere, and harmless in both.

use crate::list::{SEED, serve};
use crate::support::{Home, Server};
use crate::terminal::{rest, seen, terminal};
use serde_json::{Value, json};

fn home(server: &Server) -> Home {
    let home = Home::with_server(server, "sandbox-maintainer");
    home.write("releases.toml", "version = 1\n[project]\npath = \"acme/app\"\n");
    home
}

#[test]
fn a_release_is_shown() {
    let server = serve(SEED);
    let home = home(&server);
    insta::assert_snapshot!("show", home.run(&["show", "v1.0.0"]).expect(0));
    insta::assert_snapshot!("show_json", home.run(&["show", "v1.0.0", "--format", "json"]).expect(0));
    insta::assert_snapshot!("show_web", home.run(&["show", "v1.0.0", "--web"]).expect(0));
    insta::assert_snapshot!("show_none", home.run(&["show", "v7"]).expect(1));
    server.requests();
    insta::assert_snapshot!("show_nearly", home.run(&["show", "1.0.0"]).expect(1));
    assert_eq!(server.requests(), ["GET /projects/:id/releases 1", "GET /projects/:id/releases/:tag_name 1"]);
    let latest = home.run(&["show", "--latest"]).expect(0);
    assert!(latest.stdout.starts_with("v9.0.0  Nine\n") && latest.stderr.contains("is yet to come"), "{latest}");
    assert_eq!(server.requests().iter().filter(|r| !r.starts_with("GET ")).count(), 0);
}

#[test]
fn evidence_is_shown() {
    let server = serve(SEED);
    let home = home(&server);
    server.ask(reqwest::Method::PUT, "/projects/24/releases/v1.1.0", &json!({ "name": "One" }));
    home.run(&["evidence", "v1.1.0"]).expect(0);
    let shown = home.run(&["show", "v1.1.0"]).expect(0).stdout;
    assert!(shown.contains("\nevidence ") && shown.contains("/evidences/"), "{shown}");
    let report: Value =
        serde_json::from_str(&home.run(&["show", "v1.1.0", "--format", "json"]).expect(0).stdout).unwrap();
    assert_eq!(report["release"]["evidences"].as_array().unwrap().len(), 1);
    // Where the table is wider than the terminal, each value has a line of its own, and none is cut.
    for (command, head) in [("show v1.1.0", "\nevidence    20"), ("evidence v1.1.0 --show", "\ncollected_at    20")] {
        let narrow = seen(&rest(&mut terminal(&home, &server, &format!("{command} --color never"), 80)));
        assert!(narrow.contains(head), "{narrow}");
        assert!(narrow.contains("\n  filepath ") && narrow.contains("/evidences/1.json\n"), "{narrow}");
    }
}

#[test]
fn notes_are_rendered_on_a_terminal_and_raw_elsewhere() {
    let server = serve(SEED);
    let home = home(&server);
    let shown = seen(&rest(&mut terminal(&home, &server, "show v1.0.0 --color never", 60)));
    assert!(shown.contains("• New: `relsync list`, see the docs\n  (https://example.com/docs)\n"), "{shown}");
    let raw = home.run(&["show", "v1.0.0"]).expect(0).stdout;
    assert!(raw.contains("\n- **New**: `relsync list`, see [the docs](https://example.com/docs)\n"), "{raw}");
    for text in [shown, raw] {
        assert!(text.contains(r"\u{1b}]0;title\u{7} and \u{202e}reversed"), "{text}");
        assert!(!text.contains(|c: char| c == '\u{202e}' || c.is_control() && c != '\n' && c != '\r'), "{text:?}");
    }
}
