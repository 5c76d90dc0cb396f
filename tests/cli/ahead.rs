//! While a long manifest is read, GitLab's releases are, too. Nothing of it shows.

use crate::support::{Home, Run, Server, relsync};
use reqwest::Method;
use serde_json::json;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::Stdio;

/// Releases of a page and one more.
const RELEASES: usize = 101;

fn releases(table: &str) -> String {
    let mut text = String::new();
    for number in 0..RELEASES {
        write!(text, "[[{table}]]\ntag_name = \"v{number}\"\nname = \"Release {number}\"\n").unwrap();
    }
    text
}

fn server() -> Server {
    let mut seed = releases("projects.releases");
    for number in 0..RELEASES {
        write!(seed, "[[projects.tags]]\nname = \"v{number}\"\n").unwrap();
    }
    Server::with(&seed)
}

/// So much that reading it takes a while.
fn long(text: &str) -> String {
    format!("{text}{}", "# nothing more\n".repeat(60_000))
}

/// A run on the `releases` as they are and in a long manifest, which has to come to the same; and what was asked for.
fn both(server: &Server, home: &Home, releases: &str, args: &[&str]) -> (Run, Vec<String>) {
    home.manifest(releases);
    server.requests();
    let short = home.run(args);
    let asked = server.requests();
    home.manifest(&long(releases));
    let run = home.run(args);
    assert_eq!((&run.stdout, &run.stderr, run.code), (&short.stdout, &short.stderr, short.code));
    assert_eq!(server.requests(), asked);
    (run, asked)
}

#[test]
fn it_takes_no_request_more_and_comes_to_the_same() {
    let server = server();
    let home = Home::with_server(&server, "sandbox-maintainer");
    let (run, asked) = both(&server, &home, &releases("releases"), &["plan", "--detailed-exitcode"]);
    run.expect(0);
    assert_eq!(asked, ["GET /projects/:id/releases 2"]);
    let other = releases("releases").replace("Release 7\"", "Seven\"");
    let (run, _) = both(&server, &home, &other, &["plan", "--detailed-exitcode"]);
    assert!(run.expect(2).stdout.contains("Seven"));
    both(&server, &home, &other, &["drift"]).0.expect(2);
    home.run(&["apply", "--yes"]).expect(0);
    home.run(&["plan", "--detailed-exitcode"]).expect(0);
}

#[test]
fn what_is_wrong_is_said_as_ever() {
    let server = server();
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.manifest(&long("[[releases]]\ntag_name = \"v1\"\nnmae = \"One\"\n"));
    let run = home.run(&["plan"]).expect(1);
    assert!(run.stderr.contains("nmae") && !run.stderr.contains("GET"), "{run}");
    let stranger = Home::with_server(&server, "glpat-nobody");
    assert!(
        both(&server, &stranger, "[[releases]]\ntag_name = \"v1\"\n", &["plan"]).0.expect(1).stderr.contains("401")
    );
    server.ask(Method::PUT, "/projects/24", &json!({ "path": "better-app" }));
    let (run, _) = both(&server, &home, &releases("releases"), &["plan", "--detailed-exitcode"]);
    assert!(run.expect(0).stderr.contains("Note: root/awesome-app has moved"));
}

/// Nobody waits while the manifest is read. What failed then may pass, and is none of the tries.
#[test]
fn what_failed_meanwhile_is_asked_for_again() {
    let server = Server::serve(&["--fault", "GET */releases 503 2x"]);
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.manifest(&long("[[releases]]\ntag_name = \"v1\"\nref = \"main\"\n"));
    home.run(&["plan"]).expect(0);
    let asked = server.requests();
    assert!(asked.contains(&"GET /projects/:id/releases 3".to_owned()), "{asked:?}");
}

/// A pipe is empty the second time.
#[test]
fn a_token_from_a_pipe_is_read_once() {
    let server = Server::with("[[projects]]\nid = 25\npath = \"root/other\"\n");
    let home = Home::new();
    let url = format!("url = \"{}\"\n", server.url);
    for (file, project, url) in [("a.toml", "root/awesome-app", ""), ("b.toml", "root/other", &*url)] {
        home.write(
            file,
            &long(&format!(
                "version = 1\n[project]\npath = \"{project}\"\n{url}[[releases]]\ntag_name = \"v1\"\nref = \"main\"\n"
            )),
        );
    }
    let mut command = relsync(&["plan", "-f", "a.toml", "-f", "b.toml", "--token-file", "/dev/stdin"]);
    command.current_dir(home.path()).env("CI_SERVER_URL", &server.url).stdin(Stdio::piped());
    let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    process.stdin.take().unwrap().write_all(b"sandbox-maintainer\n").unwrap();
    let output = process.wait_with_output().unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{stdout}{}", String::from_utf8_lossy(&output.stderr));
    assert!(stdout.contains("root/awesome-app") && stdout.contains("root/other"), "{stdout}");
}
