//! Help, wrong arguments, and what is missing before anything is asked.

use crate::support::{Home, Server, relsync};
use std::process::Stdio;

#[test]
fn help_says_what_there_is() {
    let home = Home::new();
    for (name, args) in [
        ("help", &["--help"][..]),
        ("help_plan", &["plan", "--help"]),
        ("help_drift", &["drift", "--help"]),
        ("help_apply", &["apply", "-h"]),
        ("help_sandbox_serve", &["sandbox", "serve", "--help"]),
    ] {
        insta::assert_snapshot!(name, home.run(args).expect(0));
    }
}

#[test]
fn wrong_usage_is_a_failure_and_no_difference() {
    let home = Home::new();
    home.run(&[]).expect(1);
    home.run(&["aply"]).expect(1);
    home.run(&["plan", "--sandbox", "--url", "https://gitlab.example.com"]).expect(1);
    insta::assert_snapshot!(home.run(&["plan", "--yse"]).expect(1));
}

#[test]
fn what_is_left_out_or_nothing_is_said_in_plain_words() {
    let home = Home::new();
    insta::assert_snapshot!("download_of_nothing", home.run(&["download"]).expect(1));
    insta::assert_snapshot!("limit_of_nothing", home.run(&["list", "--limit", "0"]).expect(1));
    for args in [["apply", "--concurrency=0"], ["download", "--concurrency=0"]] {
        let run = home.run(&args).expect(1);
        assert!(run.stderr.contains("write a whole number, 1 or more"), "{run}");
    }
}

#[test]
fn a_missing_manifest_or_project_is_said() {
    let home = Home::new();
    insta::assert_snapshot!("no_manifest", home.run(&["plan", "--sandbox"]).expect(1));
    home.write("releases.toml", "version = 1\n");
    insta::assert_snapshot!("no_project", home.run(&["plan", "--sandbox"]).expect(1));
}

#[test]
fn a_manifest_cannot_choose_where_a_token_goes() {
    let (server, other) = (Server::start(), Server::start());
    let manifest = |home: &Home, url: &str| {
        home.manifest(&format!("url = \"{url}\"\n[[releases]]\ntag_name = \"v0.1\"\n"));
    };
    let home = Home::with_server(&server, "sandbox-maintainer");
    manifest(&home, &format!("{}/", server.url));
    home.run(&["plan"]).expect(0);
    manifest(&home, &format!("{}/other/gitlab/on/this/host", server.url));
    home.run(&["plan"]).expect(1);
    server.requests();
    manifest(&home, &other.url);
    insta::assert_snapshot!("foreign_url", home.run(&["plan"]).expect(1));
    // Outside CI a token is gitlab.com's, unless something beside it says otherwise.
    let home = Home::new().env("GITLAB_TOKEN", "sandbox-maintainer");
    manifest(&home, &other.url);
    insta::assert_snapshot!("foreign_url_outside_ci", home.run(&["plan"]).expect(1));
    assert_eq!((server.requests(), other.requests()), (vec![], vec![]));
    home.run(&["plan", "--url", &other.url]).expect(0);
    home.env("RELSYNC_URL", &other.url).run(&["plan"]).expect(0);
}

#[test]
fn tokens_come_from_the_file_that_is_named() {
    let server = Server::start();
    let home = Home::with_server(&server, "wrong").env("CI_JOB_TOKEN", "sandbox-job");
    home.manifest("[[releases]]\ntag_name = \"v0.1\"\n");
    for token in ["sandbox-maintainer\n", "\u{feff}sandbox-developer\r\n", "sandbox-job\n"] {
        home.write("token", token);
        home.run(&["plan", "--token-file", "token"]).expect(0);
    }
    home.write("token", " \n");
    insta::assert_snapshot!("empty_token_file", home.run(&["plan", "--token-file", "token"]).expect(1));
    insta::assert_snapshot!("wrong_token", home.run(&["plan"]).expect(1));
    insta::assert_snapshot!("no_token_file", home.run(&["plan", "--token-file", "nowhere"]).expect(1));
}

#[test]
fn a_closed_pipe_stops_no_apply() {
    let server = Server::start();
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.manifest("[[releases]]\ntag_name = \"v0.1\"\n");
    let mut command = relsync(&["apply", "--yes"]);
    command.current_dir(home.path()).env("CI_SERVER_URL", &server.url).env("RELSYNC_TOKEN", "sandbox-maintainer");
    let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    drop(process.stdout.take());
    assert_eq!(process.wait().unwrap().code(), Some(0));
    home.run(&["plan", "--detailed-exitcode"]).expect(0);
}

#[test]
fn requests_are_logged_when_asked_for_and_tokens_never() {
    let server = Server::start();
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.manifest("[[releases]]\ntag_name = \"v0.1\"\n");
    assert_eq!(home.run(&["plan"]).expect(0).stderr, "");
    let log = home.run(&["plan", "-v"]).expect(0).stderr;
    assert!(log.contains("method=GET path=/projects/root%2Fawesome-app/releases attempt=1 status=200"), "{log}");
    let log = home.env("RUST_LOG", "trace").run(&["plan"]).expect(0).stderr;
    assert!(log.len() > 1000 && !log.contains("sandbox-maintainer") && !log.contains('\u{1b}'), "{log}");
}

#[test]
fn a_closed_pipe_is_no_failure() {
    let mut process = relsync(&["schema"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(process.stdout.take());
    let output = process.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}
