//! What `relsync rehearse` says of `[[releases.files]]`, which it does not upload.

use crate::formats::report;
use crate::support::{Home, Run, Server, writes};
use serde_json::{Value, json};

const FILES: &str =
    "[[releases]]\ntag_name = \"v0.1\"\nchecksums = true\n[[releases.files]]\npath = \"dist/*.tar.gz\"\n";
const DOCS: &str = "[[releases.links]]\nname = \"docs\"\nurl = \"https://example.com/docs\"\n";
const SNAPSHOT: [&str; 3] = ["rehearse", "--snapshot", "now.toml"];

/// A folder in which two files have been built for `v0.1`.
fn built(server: &Server) -> Home {
    let home = Home::with_server(server, "sandbox-maintainer");
    home.write("dist/linux.tar.gz", "for linux\n");
    home.write("dist/mac.tar.gz", "for mac\n");
    home.manifest(&format!("{FILES}{DOCS}"));
    home
}

fn notes(run: &Run) -> Vec<&str> {
    run.stdout.lines().filter(|line| line.starts_with("Note: ")).collect()
}

fn remarks(home: &Home, args: &[&str]) -> Value {
    let run = home.run(&[args, &["--format", "json"]].concat()).expect(0);
    report(&run.stdout)["projects"][0]["remarks"].clone()
}

#[test]
fn a_file_that_is_not_there_is_what_plan_says_it_is() {
    let server = Server::start();
    let home = built(&server);
    home.run(&["rehearse", "--save-snapshot", "now.toml"]).expect(0);
    std::fs::remove_dir_all(home.path().join("dist")).unwrap();
    let planned = home.run(&["plan"]).expect(1);
    assert!(planned.stderr.contains("no file matches"), "{planned}");
    for args in [&["rehearse"][..], &SNAPSHOT] {
        assert_eq!(home.run(args).expect(1).to_string(), planned.to_string());
        // Those of other releases need not be there.
        home.run(&[args, &["--ignore", "v0.1"]].concat()).expect(0);
    }
}

#[test]
fn what_would_be_uploaded_is_counted_and_not_rehearsed() {
    let server = Server::start();
    let home = built(&server);
    server.requests();
    let run = home.run(&["rehearse", "--save-snapshot", "now.toml"]).expect(0);
    assert_eq!(writes(&server.requests()), Vec::<&String>::new());
    insta::assert_snapshot!("rehearse_files", run);
    let known = json!([{ "kind": "uploads", "files": 3, "bytes": 174, "is_known": true }]);
    assert_eq!(remarks(&home, &["rehearse"]), known);
    // A snapshot does not say what is in the registry.
    let saved = home.run(&SNAPSHOT).expect(0);
    insta::assert_snapshot!("rehearse_files_of_snapshot", saved);
    assert_eq!(remarks(&home, &SNAPSHOT)[0]["is_known"], json!(false));
}

#[test]
fn what_is_uploaded_already_is_left_alone() {
    let server = Server::start();
    let home = built(&server);
    home.run(&["apply", "--yes"]).expect(0);
    // Beside links that the entry lists, those of the files would be too many, if nobody knew them.
    let run = home.run(&["rehearse", "--save-snapshot", "now.toml"]).expect(0);
    assert!(run.stdout.contains("\nNothing needs to change in root/awesome-app"), "{run}");
    assert_eq!(notes(&run), Vec::<&str>::new());
    let saved = home.run(&SNAPSHOT).expect(0);
    assert!(saved.stdout.contains("\nBut for files, nothing needs to change in root/awesome-app.\n"), "{saved}");
    // One that has changed is the only one that is uploaded.
    home.write("dist/mac.tar.gz", "for a newer mac\n");
    home.manifest(&FILES.replace("checksums = true\n", ""));
    let run = home.run(&["rehearse"]).expect(0);
    let note = "Note: 1 file (16 bytes) would be uploaded first; that is not rehearsed, nor is the link to it.";
    assert_eq!(notes(&run), [note]);
    // None is, but links differ.
    home.write("dist/mac.tar.gz", "for mac\n");
    let run = home.run(&["rehearse"]).expect(0);
    let note = "Note: links to files in the package registry are not rehearsed; no file would be uploaded.";
    assert_eq!(notes(&run), [note]);
    assert_eq!(remarks(&home, &["rehearse"]), json!([{ "kind": "links_of_files" }]));
}

#[test]
fn files_that_go_with_a_deleted_release_are_not_rehearsed() {
    let server = Server::start();
    let home = built(&server);
    home.run(&["apply", "--yes"]).expect(0);
    home.manifest("[policy]\nunmanaged = \"delete\"\n[[releases]]\ntag_name = \"v0.2\"\n");
    let args = ["rehearse", "--delete-packages", "--save-snapshot", "now.toml"];
    let run = home.run(&args).expect(0);
    assert_eq!(notes(&run), ["Note: what --delete-packages deletes is not rehearsed."]);
    for args in [&args[..2], &[&SNAPSHOT[..], &["--delete-packages"]].concat()] {
        assert_eq!(remarks(&home, args), json!([{ "kind": "removals_of_files" }]));
    }
    assert_eq!(notes(&home.run(&["rehearse"]).expect(0)), Vec::<&str>::new());
}
