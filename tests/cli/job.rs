//! Off a terminal, as in a CI job: signs of life, folded sections, quiet runs, and readers that go away.

use crate::support::{Home, Server, relsync};
use crate::wire::{Wire, gitlab};
use serde_json::json;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::{Mutex, mpsc};

const ONE: &str = "[[releases]]\ntag_name = \"v0.1\"\n";

/// Both streams as one, as a job's log has them, with what varies taken out and what can't be seen spelled out.
fn log_of(home: &Home, url: &str, args: &str) -> String {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", &format!("{} {args} 2>&1", env!("CARGO_BIN_EXE_relsync"))]).env_clear();
    command.current_dir(home.path()).env("GITLAB_CI", "true");
    command.env("CI_SERVER_URL", url).env("RELSYNC_TOKEN", "sandbox-maintainer");
    steady(&String::from_utf8(command.output().unwrap().stdout).unwrap())
}

/// Markers without the time and the process.
fn steady(log: &str) -> String {
    let marker = |line: &str| {
        let (what, rest) =
            ["section_start:", "section_end:"].iter().find_map(|what| Some((what, line.split_once(what)?.1)))?;
        let (time, name) = rest.split_once(":relsync_")?;
        let (process, name) = name.split_once('_')?;
        (time.parse::<u64>().ok()? > 1_700_000_000 && process.parse::<u32>().is_ok())
            .then(|| format!("\u{1b}[0K{what}TIME:relsync_PID_{name}"))
    };
    let line =
        |line: &str| marker(line).unwrap_or_else(|| line.to_owned()).replace('\u{1b}', "\\e").replace('\r', "\\r");
    log.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn in_gitlab_ci_talk_is_folded_and_nothing_else() {
    let server = Server::start();
    let home = Home::new();
    home.manifest(ONE);
    insta::assert_snapshot!("folded", log_of(&home, &server.url, "apply --yes"));
    home.manifest("[[releases]]\ntag_name = \"v0.3\"\nref = \"nowhere\"\n[[releases]]\ntag_name = \"v0.2\"\n");
    insta::assert_snapshot!("folded_failure", log_of(&home, &server.url, "apply --yes --concurrency 1"));
    insta::assert_snapshot!("folded_error", log_of(&home, &server.url, "plan --url http://127.0.0.1:1 --retry-for 0s"));
    insta::assert_snapshot!("folded_quiet", log_of(&home, &server.url, "plan --quiet"));
}

#[test]
fn no_text_can_end_a_section() {
    let evil = "\u{1b}[0Ksection_end:1700000000:relsync_1_1\r\u{1b}[0K";
    let releases = json!([{
        "tag_name": format!("v1{evil}"), "name": evil, "description": evil, "created_at": "2024-01-01T00:00:00Z",
        "released_at": "2024-01-01T00:00:00Z", "milestones": [], "assets": { "links": [] },
    }]);
    let wire = Wire::start(move |path| match path {
        path if path.contains("/releases?") => (200, String::new(), releases.to_string()),
        path if path.contains("/tags") => {
            (200, String::new(), json!([{ "name": "v1", "protected": false }]).to_string())
        }
        path if path.contains("/releases/") => (500, String::new(), json!({ "message": evil }).to_string()),
        path => gitlab(path),
    });
    let home = Home::new();
    home.manifest("[policy]\nunmanaged = \"delete\"\n[[releases]]\ntag_name = \"v1\"\n");
    let log = log_of(&home, &wire.url(), "apply --yes --retry-for 1s");
    // What came from there is spelled out, and each section that was begun has its one end.
    assert!(log.contains(r"\u{1b}[0Ksection_end:1700000000:relsync_1_1\r"), "{log}");
    let real = |what: &str| log.matches(&format!("\\e[0K{what}:TIME:relsync_PID_")).count();
    assert_eq!((real("section_start"), real("section_end"), log.matches("\\e[0Ksection_").count()), (2, 2, 4), "{log}");
}

/// relsync, with what it writes to stderr.
fn start(home: &Home, url: &str, args: &[&str]) -> (Child, BufReader<ChildStderr>) {
    let mut command = relsync(args);
    command.current_dir(home.path()).env("CI_SERVER_URL", url).env("RELSYNC_TOKEN", "sandbox-maintainer");
    command.env("GITLAB_CI", "true").env("RELSYNC_TEST_PULSE_MS", "1");
    let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).stdin(Stdio::null()).spawn().unwrap();
    let talk = BufReader::new(process.stderr.take().unwrap());
    (process, talk)
}

/// Reads until a line holds `text`.
fn read_until(talk: &mut impl BufRead, text: &str) -> String {
    let mut read = String::new();
    while !read.contains(text) {
        assert!(talk.read_line(&mut read).unwrap() > 0, "no {text:?} in {read}");
    }
    read
}

#[test]
fn a_server_that_hangs_is_told_and_a_cancelled_job_closes_the_section() {
    for (fault, args, sign) in [
        ("GET */releases hang 1", &["plan"][..], "still waiting for GitLab, "),
        ("GET * hang 1", &["doctor"], "still waiting for GitLab, "),
        ("POST * hang 1", &["apply", "--yes"], "0 of 1 steps done; still waiting for GitLab, "),
        ("POST * 503 1", &["apply", "--yes"], "0 of 1 steps done; waiting, "),
    ] {
        let server = Server::serve(&["--fault", fault]);
        let home = Home::new();
        home.manifest(ONE);
        let (mut process, mut talk) = start(&home, &server.url, args);
        let mut log = read_until(&mut talk, sign);
        let id = process.id().to_string();
        let stop = || assert!(Command::new("kill").args(["-s", "TERM", &id]).status().unwrap().success());
        stop();
        if fault == "POST * hang 1" {
            // A write under way is waited for, unless it is asked twice.
            log.push_str(&read_until(&mut talk, "Stopping: "));
            stop();
        }
        talk.read_to_string(&mut log).unwrap();
        assert_eq!(process.wait().unwrap().code(), Some(1), "{log}");
        let log = steady(&log);
        let (inside, after) = log.rsplit_once("\\e[0Ksection_end:TIME:relsync_PID_").unwrap();
        assert_eq!(inside.matches("section_start:").count(), inside.matches("section_end:").count() + 1, "{log}");
        assert!(!after.contains("still waiting"), "{log}");
    }
}

#[test]
fn how_much_has_been_read_is_told() {
    let release = |n: u32| {
        json!({
            "tag_name": format!("r{n}"), "name": "", "description": "", "created_at": "2024-01-01T00:00:00Z",
            "released_at": "2024-01-01T00:00:00Z", "milestones": [], "assets": { "links": [] },
        })
    };
    let page = json!((0..100).map(release).collect::<Vec<_>>()).to_string();
    // The second page comes once this is gone.
    let (go_on, wait) = mpsc::channel::<()>();
    let wait = Mutex::new(wait);
    let wire = Wire::start(move |path| match path {
        path if path.contains("&page=2") => {
            let _ = wait.lock().unwrap().recv();
            (200, "x-total: 101\r\nx-total-pages: 2\r\n".to_owned(), json!([release(100)]).to_string())
        }
        path if path.contains("/releases") => (200, "x-total: 101\r\nx-total-pages: 2\r\n".to_owned(), page.clone()),
        path => gitlab(path),
    });
    let home = Home::new();
    home.manifest("");
    let (process, mut talk) = start(&home, &wire.url(), &["plan"]);
    read_until(&mut talk, "100 of 101 releases read so far; still waiting for GitLab, ");
    drop(go_on);
    let output = process.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(String::from_utf8(output.stdout).unwrap().contains("left alone: 101 releases"));
}

#[test]
fn a_quiet_run_says_what_it_was_asked_for_and_errors() {
    let home = Home::new();
    home.manifest(ONE);
    insta::assert_snapshot!("quiet_plan", home.run(&["plan", "--sandbox", "-q", "--out", "plan.json"]).expect(0));
    insta::assert_snapshot!("quiet_apply", home.run(&["apply", "--sandbox", "--yes", "--quiet"]).expect(0));
    insta::assert_snapshot!("quiet_error", home.run(&["apply", "-q", "-f", "nowhere.toml"]).expect(1));
    insta::assert_snapshot!("quiet_and_verbose", home.run(&["plan", "-q", "-v"]).expect(1));
}

#[test]
fn a_reader_that_goes_away_ends_a_plan_quietly() {
    let server = Server::start();
    let home = Home::new();
    let entries = (0..3000).map(|n| format!("[[releases]]\ntag_name = \"r{n}\"\nref = \"main\"\n"));
    home.manifest(&entries.collect::<String>());
    let mut command = relsync(&["plan"]);
    command.current_dir(home.path()).env("CI_SERVER_URL", &server.url).env("RELSYNC_TOKEN", "sandbox-maintainer");
    let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = String::new();
    // More than a pipe holds is still to come when this is closed.
    BufReader::with_capacity(64, process.stdout.take().unwrap()).read_line(&mut first).unwrap();
    let output = process.wait_with_output().unwrap();
    assert_eq!(first, "Changes to root/awesome-app\n");
    assert_eq!((String::from_utf8(output.stderr).unwrap().as_str(), output.status.code()), ("", Some(0)));
}

#[test]
fn an_apply_that_nobody_listens_to_is_finished_and_its_exit_code_is_true() {
    for (refs, code) in [("main", 0), ("nowhere", 1)] {
        let server = Server::start();
        let home = Home::with_server(&server, "sandbox-maintainer");
        home.manifest(&format!("{ONE}[[releases]]\ntag_name = \"v0.3\"\nref = \"{refs}\"\n"));
        let mut command = relsync(&["apply", "--yes", "-vv"]);
        command.current_dir(home.path()).env("CI_SERVER_URL", &server.url).env("RELSYNC_TOKEN", "sandbox-maintainer");
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop((process.stdout.take(), process.stderr.take()));
        assert_eq!(process.wait().unwrap().code(), Some(code));
        home.run(&["plan", "--detailed-exitcode", "--only", "v0.1"]).expect(0);
    }
}
