//! A token that must be nowhere but in the header to the configured host: every command, every error path, all logs on.

use crate::support::{Home, Run, Server};
use crate::wire::{Answer, Authority, Wire, gitlab};
use reqwest::Method;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

const CANARY: &str = "glpat-CaNaRy-4bf0c3d2e1";
/// Half a token is still too much.
const HEAD: &str = "glpat-CaNaRy";

const MANIFEST: &str = r#"
[[milestones]]
title = "1.x"
[[releases]]
tag_name = "v1.0"
ref = "main"
name = "One"
milestones = ["1.x"]
links = [{ name = "a", url = "https://example.com/a" }]
"#;

/// How the token gets in: by variable or by file.
fn homes(url: &str) -> [Home; 2] {
    let by_variable = Home::new().env("RELSYNC_TOKEN", CANARY);
    let by_file = Home::new();
    [by_variable, by_file].map(|home| {
        let home = home.env("RUST_LOG", "trace").env("RUST_BACKTRACE", "full").env("CI_SERVER_URL", url);
        let home = home.env("CI_MERGE_REQUEST_IID", "1").env("CI_MERGE_REQUEST_PROJECT_ID", "24");
        home.manifest(MANIFEST);
        home
    })
}

fn assert_clean(run: &Run, what: &str) {
    assert!(!run.stdout.contains(HEAD) && !run.stderr.contains(HEAD), "{what}: {run}");
}

/// Nothing that was written holds it either.
fn assert_clean_files(folder: &Path) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            assert_clean_files(&path);
        } else {
            let bytes = std::fs::read(&path).unwrap();
            assert!(!bytes.windows(HEAD.len()).any(|part| part == HEAD.as_bytes()), "{}", path.display());
        }
    }
}

/// The commands that ask GitLab.
const ASKING: &[&[&str]] = &[
    &["plan", "--explain", "--out", "new.json"],
    &["plan", "--note"],
    &["apply", "--yes"],
    &["apply", "plan.json", "--yes"],
    &["drift"],
    &["doctor"],
];

/// And the others.
const ALONE: &[&[&str]] = &[
    &["validate"],
    &["schema"],
    &["schema", "plan"],
    &["sandbox", "reset"],
    &["init", "-f", "new.toml"],
    &["import", "changelog", "-f", "imported.toml"],
    &["import", "tags"],
    &["man", "man1"],
];

/// Runs commands, each to its end or its error.
fn run_all(home: &Home, commands: &[&[&str]], by_file: bool, what: &str) {
    if by_file {
        home.write("token", &format!("{CANARY}\n"));
    }
    for command in commands {
        let mut args = [command, &["-vv"][..]].concat();
        if matches!(command[0], "plan" | "apply" | "drift" | "doctor") {
            args.extend(["--retry-for", "0s", "--timeout", "5s"]);
            args.extend(["--token-file", "token"].iter().filter(|_| by_file));
        }
        args.extend(["--log-format", "json"].iter().filter(|_| command[0] == "doctor"));
        let run = home.run(&args);
        // A panic would be 101, a signal none.
        let is_drift = command[0] == "drift" && run.code == Some(2);
        assert!(is_drift || matches!(run.code, Some(0 | 1)), "{what}: {run}");
        assert_clean(&run, what);
    }
    let _ = std::fs::remove_file(home.path().join("token"));
    assert_clean_files(home.path());
}

type Hostile = fn(&str, &str) -> Answer;

/// What a proxy or a bad server may answer, given all the headers it was sent and another server's address.
const HOSTILE: &[(&str, Hostile)] = &[
    ("301 elsewhere", |head, to| {
        (301, format!("location: {to}/api/v4/projects/24?{}\r\n", token(head)), String::new())
    }),
    ("302 elsewhere", |head, to| (302, format!("location: {to}/{}\r\n", token(head)), head.to_owned())),
    ("307 elsewhere", |_, to| (307, format!("location: {to}/api/v4/projects/24\r\n"), String::new())),
    ("301 moved", |_, _| (301, "location: /api/v4/projects/25\r\n".to_owned(), String::new())),
    ("401 text", |head, _| (401, String::new(), head.to_owned())),
    ("403 json", |head, _| (403, String::new(), json!({ "message": head }).to_string())),
    ("404 json", |head, _| (404, String::new(), json!({ "error": { "headers": [head] } }).to_string())),
    ("429", |head, _| (429, format!("retry-after: {}\r\n", token(head)), head.to_owned())),
    ("500 id", |head, _| (500, format!("x-request-id: {}\r\n", token(head)), head.to_owned())),
    ("502 html", |head, _| (502, String::new(), format!("<html><title>{}{head}</title>", "x".repeat(100)))),
    ("502 cut", |head, _| (502, String::new(), format!("{}{}", "x".repeat(490), token(head)))),
    ("502 half a token", |head, _| (502, String::new(), format!("<html>{}{}", "<p>".repeat(900), half(head)))),
    ("500 half a token", |head, _| (500, String::new(), format!("{{\"message\": \"{}", half(head)))),
    // As a JSON text that names the token by escapes.
    ("500 escaped", |head, _| {
        let escaped = token(head).chars().fold(String::new(), |text, c| text + &format!("\\u{:04x}", u32::from(c)));
        (500, String::new(), format!("{{\"message\":\"{escaped}\"}}"))
    }),
    ("200 text", |head, _| (200, String::new(), head.to_owned())),
    ("200 html", |head, _| (200, String::new(), format!("<h1>{head}</h1>"))),
    ("200 wrong type", |head, _| (200, String::new(), json!({ "id": token(head) }).to_string())),
    // Answers, then breaks off in the middle of a body.
    ("200 truncated", |head, _| (200, "transfer-encoding: chunked\r\n".to_owned(), format!("ff\r\n{head}"))),
    ("500 truncated", |head, _| (500, "transfer-encoding: chunked\r\n".to_owned(), format!("fff\r\n{head}"))),
    ("200 next elsewhere", |_, to| {
        (200, format!("link: <{to}/api/v4/projects/24/releases?page=2>; rel=\"next\"\r\n"), "[]".to_owned())
    }),
];

/// What is left of it where a body is cut off.
fn half(head: &str) -> &str {
    let token = token(head);
    &token[..token.len().saturating_sub(3)]
}

fn token(head: &str) -> &str {
    head.lines().find_map(|line| line.strip_prefix("private-token: ")).unwrap_or_default()
}

#[test]
fn the_canary_is_in_no_output_file_or_other_host() {
    let other = Wire::start(gitlab);
    for (name, hostile) in HOSTILE {
        // From the first request on, or only once the project has been found.
        for late in [false, true] {
            let (to, calm) = (other.url(), Arc::new(AtomicBool::new(true)));
            let is_calm = calm.clone();
            let wire = Wire::with_heads(move |head| {
                let path = head.split(' ').nth(1).unwrap();
                let is_project = path.ends_with("/projects/24") || path.ends_with("awesome-app");
                let is_good = is_calm.load(Ordering::Relaxed) || (late && is_project);
                if is_good { gitlab(path) } else { hostile(head, &to) }
            });
            let by_file = late;
            let home = &homes(&wire.url())[usize::from(by_file)];
            home.manifest("");
            run_all(home, &[&["plan", "--out", "plan.json"]], by_file, name);
            assert!(home.path().join("plan.json").exists());
            home.manifest(MANIFEST);
            calm.store(false, Ordering::Relaxed);
            run_all(home, ASKING, by_file, name);
            let heads = wire.heads();
            assert!(!heads.is_empty() && heads.iter().all(|head| token(head) == CANARY), "{name}: {heads:?}");
        }
    }
    assert_eq!(other.heads(), Vec::<String>::new());
}

#[test]
fn the_canary_is_in_no_output_of_a_sandbox_either() {
    let server = Server::start();
    for (index, home) in homes(&server.url).iter().enumerate() {
        home.write("plan.json", "{}");
        run_all(home, ASKING, index == 1, "a token that the sandbox does not know");
        run_all(home, ALONE, index == 1, "alone");
    }
}

#[test]
fn the_canary_is_in_no_log_of_an_encrypted_connection() {
    let authority = Authority::new();
    let wire = Wire::with_tls(&authority, gitlab);
    for (index, home) in homes(&format!("https://{}", wire.address)).into_iter().enumerate() {
        let home = home.env("SSL_CERT_FILE", "ca.pem");
        home.write("ca.pem", &authority.pem());
        home.manifest("");
        run_all(&home, &[&["plan", "--out", "plan.json"], &["doctor"], &["apply", "plan.json"]], index == 1, "tls");
    }
    let heads = wire.heads();
    assert!(heads.len() > 4 && heads.iter().all(|head| token(head) == CANARY), "{heads:?}");
}

/// The sandbox's own token as the canary: everything works, writes too.
#[test]
fn a_token_is_in_no_output_when_all_goes_well() {
    let server = Server::start();
    let secret = "sandbox-maintainer";
    let home = Home::with_server(&server, secret).env("RUST_LOG", "trace").env("CI_MERGE_REQUEST_PROJECT_ID", "24");
    // It does not get into a note even from the manifest.
    home.manifest(&MANIFEST.replace("\"One\"", &format!("\"{secret}\"")));
    let merge_request = json!({ "title": "a", "source_branch": "a", "target_branch": "main" });
    server.ask(Method::POST, "/projects/24/merge_requests", &merge_request);
    home.run(&["plan", "--note=1"]).expect(0);
    let notes = server.ask(Method::GET, "/projects/24/merge_requests/1/notes", &Value::Null);
    assert_eq!(notes.as_array().map(Vec::len), Some(1));
    assert!(!notes[0]["body"].as_str().unwrap().contains(secret), "{notes}");
    home.manifest(MANIFEST);
    for args in [
        &["plan", "-vv", "--explain", "--out", "plan.json"][..],
        &["plan", "-vv", "--note=1"],
        &["apply", "-vv", "--yes", "plan.json"],
        &["apply", "-vv", "--yes", "--log-format", "json"],
        &["doctor", "-vv"],
    ] {
        let run = home.run(args).expect(0);
        assert!(!run.stdout.contains(secret) && !run.stderr.contains(secret), "{args:?}: {run}");
    }
    assert!(!std::fs::read_to_string(home.path().join("plan.json")).unwrap().contains(secret));
}
