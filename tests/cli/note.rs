//! `plan --note`: one note on the merge request, whatever happens to it, and the plan's own exit code.

use crate::support::{Home, Server, block_on, writes};
use reqwest::Method;
use serde_json::{Value, json};
use std::fmt::Write;

const NOTES: &str = "/projects/24/merge_requests/7/notes";
const SEED: &str = "
    [[projects.tags]]\nname = 'v1.0'\ntarget = '6783e02c7ccd82a9474391e226e65ed052216733'
    [[projects.merge_requests]]\niid = 7\ntitle = 'Next'\nsource_branch = 'next'\ncreated_at = 2020-01-01T00:00:00Z
    [[projects.merge_requests.notes]]\nbody = 'added 1 commit'\nsystem = true\ncreated_at = 2020-01-01T00:00:01Z
    [[projects.members]]\nusername = 'ada'\nrole = 'reporter'
    [[users]]\nusername = 'ada'\naccess_tokens = [{ token = 'ada-reads', scopes = ['read_api'] }]";
const ONE: &str = "[[releases]]\ntag_name = \"v1.0\"\n";
const TWO: &str =
    "[[releases]]\ntag_name = \"v1.0\"\nname = \"One\"\n[[releases]]\ntag_name = \"v1.1\"\nref = \"main\"\n";
const MARK: &str = "<!-- relsync:note:releases.toml -->";

/// A job of merge request 7 of the server's project, whose token is a reporter's.
fn job(server: &Server) -> Home {
    job_as(server, "sandbox-reporter")
}

fn job_as(server: &Server, token: &str) -> Home {
    Home::with_server(server, token)
        .env("CI_MERGE_REQUEST_IID", "7")
        .env("CI_MERGE_REQUEST_PROJECT_ID", "24")
        .env("CI_COMMIT_SHA", "4bf0c3d2e1a0b9c8d7e6f5a4b3c2d1e0f9a8b7c6")
        .env("CI_PIPELINE_URL", "https://gitlab.example.com/root/awesome-app/-/pipelines/11")
}

fn read_notes(server: &Server) -> Vec<Value> {
    let list = server.ask(Method::GET, &format!("{NOTES}?sort=asc&per_page=100"), &Value::Null);
    list.as_array().unwrap().clone()
}

/// Who said what, the oldest first.
fn said(server: &Server) -> String {
    read_notes(server).iter().fold(String::new(), |mut text, note| {
        writeln!(text, "--- {}\n{}", note["author"]["username"].as_str().unwrap(), note["body"].as_str().unwrap())
            .unwrap();
        text
    })
}

fn ids(server: &Server) -> Vec<u64> {
    read_notes(server).iter().filter_map(|note| note["id"].as_u64()).collect()
}

fn say(server: &Server, token: &str, body: &str) {
    block_on(async {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = client.post(format!("{}/api/v4{NOTES}", server.url)).header("PRIVATE-TOKEN", token);
        request.json(&json!({ "body": body })).send().await.unwrap().error_for_status().unwrap();
    });
}

fn quick_actions(server: &Server) -> Value {
    block_on(async {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let url = format!("{}/sandbox/quick-actions", server.url);
        client.get(url).send().await.unwrap().json().await.unwrap()
    })
}

/// Nothing but the quick actions of others has happened to the merge request.
#[track_caller]
fn assert_no_quick_action(server: &Server) {
    assert_eq!(quick_actions(server), json!([]));
}

#[test]
fn the_plan_is_one_note() {
    let server = Server::with(SEED);
    let home = job(&server);
    home.manifest(ONE);
    insta::assert_snapshot!("made", home.run(&["plan", "--note"]).expect(0));
    insta::assert_snapshot!("made_note", said(&server));
    let first = ids(&server);
    server.requests();

    insta::assert_snapshot!("again", home.run(&["plan", "--note"]).expect(0));
    assert_eq!(writes(&server.requests()), Vec::<&String>::new());

    home.manifest(TWO);
    insta::assert_snapshot!("rewritten", home.run(&["plan", "--note", "--detailed-exitcode"]).expect(2));
    assert_eq!(ids(&server), first);
    insta::assert_snapshot!("rewritten_note", said(&server));
    // Another commit is news, or its reader would wonder.
    let home = home.env("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", "0000000000000000000000000000000000000000");
    home.run(&["plan", "--note"]).expect(0);
    assert!(said(&server).contains("Commit 00000000, ") && ids(&server) == first, "{}", said(&server));
    // Other manifests are another note, and so is what is asked for as one.
    home.run(&["plan", "--note", "--note-key", "other"]).expect(0);
    home.run(&["plan", "--note", "-f", "."]).expect(0);
    home.run(&["plan", "--note", "-f", "./releases.toml"]).expect(0);
    assert_eq!(ids(&server).len(), first.len() + 2);
    assert_no_quick_action(&server);
}

#[test]
fn without_a_difference_an_old_note_says_so_and_none_is_made() {
    let server = Server::with(SEED);
    let home = job(&server);
    home.manifest("");
    insta::assert_snapshot!("quiet", home.run(&["plan", "--note"]).expect(0));
    assert_eq!(ids(&server).len(), 1);
    home.manifest(ONE);
    home.run(&["plan", "--note"]).expect(0);
    home.manifest("");
    home.run(&["plan", "--note"]).expect(0);
    insta::assert_snapshot!("no_changes_note", said(&server));
}

#[test]
fn a_plan_that_must_not_or_can_not_be_made_is_told() {
    let server = Server::with(SEED);
    let home = job(&server);
    home.manifest("[[releases]]\ntag_name = \"v9.9\"\n");
    home.run(&["plan", "--note"]).expect(1);
    insta::assert_snapshot!("refused_note", said(&server));
    home.manifest("[[releases]]\ntag_name = \"v9.9\"\nfoo = 1\nbar = \"\"\"\n```\n/close\n\"\"\"\n");
    insta::assert_snapshot!("invalid", home.run(&["plan", "--note"]).expect(1));
    insta::assert_snapshot!("invalid_note", said(&server));
    home.write("releases.toml", "version = 1\n[project]\npath = \"root/nowhere\"\n");
    insta::assert_snapshot!("unread", home.run(&["plan", "--note"]).expect(1));
    insta::assert_snapshot!("unread_note", said(&server));
    home.manifest(ONE);
    home.run(&["plan", "--note", "--only", "v8"]).expect(1);
    insta::assert_snapshot!("idle_note", said(&server));
    home.write("other.toml", "version = 1\n[project]\npath = \"root/nowhere\"\n");
    home.run(&["plan", "--note", "--note-key", "two", "-f", "releases.toml", "-f", "other.toml"]).expect(1);
    insta::assert_snapshot!("fleet_note", said(&server));
    assert_no_quick_action(&server);
}

#[test]
fn notes_of_others_and_quotes_stay_as_they_are() {
    let server = Server::with(SEED);
    let quote = format!("> {MARK}\n> hello");
    for (token, body) in [
        ("sandbox-developer", format!("{MARK}\nmine")),
        ("sandbox-maintainer", MARK.to_owned()),
        ("sandbox-reporter", quote),
        ("sandbox-reporter", format!("see\n{MARK}\n")),
        ("sandbox-reporter", format!("{MARK}s\n")),
        ("sandbox-reporter", format!(" {MARK}\n")),
        ("sandbox-reporter", "<!-- relsync:note:other -->\nother".to_owned()),
    ] {
        say(&server, token, &body);
    }
    let before = said(&server);
    let home = job(&server);
    home.manifest(ONE);
    home.run(&["plan", "--note"]).expect(0);
    home.manifest(TWO);
    home.run(&["plan", "--note"]).expect(0);
    let after = said(&server);
    let own = after.strip_prefix(&before).unwrap_or_else(|| panic!("{after}"));
    assert!(own.starts_with(&format!("--- sandbox-reporter\n{MARK}\n")), "{own}");
    assert_eq!(own.matches("--- ").count(), 1, "{own}");
}

#[test]
fn a_note_is_found_on_any_page() {
    let notes = |count| "[[projects.merge_requests.notes]]\nbody = 'hm'\nusername = 'ada'\n".repeat(count);
    let (head, users) = SEED.split_once("[[users]]").unwrap();
    let server = Server::with(&format!("{head}{}[[users]]{users}", notes(150)));
    let home = job(&server);
    home.manifest(ONE);
    home.run(&["plan", "--note"]).expect(0);
    for _ in 0..60 {
        say(&server, "sandbox-developer", "well");
    }
    let page = |number| server.ask(Method::GET, &format!("{NOTES}?sort=asc&per_page=100&page={number}"), &Value::Null);
    let before = page(2)[51].clone();
    home.manifest(TWO);
    home.run(&["plan", "--note"]).expect(0);
    let after = page(2)[51].clone();
    assert_eq!(before["id"], after["id"]);
    assert_ne!(before["body"], after["body"]);
    assert_eq!(page(3).as_array().unwrap().len(), 12);
}

#[test]
fn of_two_the_older_stays() {
    let server = Server::with(SEED);
    for body in [format!("{MARK}\nfirst"), "hm".to_owned(), format!("{MARK}\r\nsecond"), format!("{MARK}\nthird")] {
        say(&server, "sandbox-reporter", &body);
    }
    let before = ids(&server);
    let home = job(&server);
    home.manifest(ONE);
    home.run(&["plan", "--note"]).expect(0);
    assert_eq!(ids(&server), before[..3]);
    insta::assert_snapshot!("older", said(&server));
}

#[test]
fn pipelines_that_race_leave_one() {
    let server = Server::with(SEED);
    let home = job(&server);
    home.manifest(ONE);
    let before = ids(&server).len();
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| home.run(&["plan", "--note"]).expect(0));
        }
    });
    assert_eq!(ids(&server).len(), before + 1);
}

/// Each fault strikes in the middle of a run; the note is there once.
#[test]
fn a_lost_answer_doubles_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let seed = folder.path().join("seed.toml");
    let project = "[[groups]]\npath = 'root'\n[[projects]]\nid = 24\npath = 'root/awesome-app'\n";
    std::fs::write(&seed, format!("{project}{SEED}")).unwrap();
    for fault in ["lost-answer", "truncate", "reset", "502", "500"] {
        let notes = format!("POST */notes {fault} 1x");
        let server = Server::serve(&["--seed", seed.to_str().unwrap(), "--fault", &notes]);
        let home = job(&server);
        home.manifest(ONE);
        let run = home.run(&["plan", "--note"]).expect(0);
        // What GitLab itself stumbled over is not tried again.
        let count = if fault == "500" { 1 } else { 2 };
        assert_eq!(ids(&server).len(), count, "{fault}: {run}");
        assert_eq!(run.stderr.contains("not up to date"), fault == "500", "{run}");
        home.run(&["plan", "--note"]).expect(0);
        assert_eq!(ids(&server).len(), 2, "{fault}");
        let posts = server.requests().into_iter().filter(|r| r.starts_with("POST ")).collect::<Vec<_>>();
        let sent = if matches!(fault, "lost-answer" | "truncate") { 1 } else { 2 };
        assert_eq!(posts, [format!("POST /projects/:id/merge_requests/:merge_request_iid/notes {sent}")], "{fault}");
    }
}

#[test]
fn what_goes_wrong_with_the_note_is_a_warning() {
    let server = Server::with(SEED);
    let note = |name: &str, home: Home, args: &[&str], code: i32| {
        home.manifest(ONE);
        insta::assert_snapshot!(name, home.run(&[&["plan", "--detailed-exitcode"], args].concat()).expect(code));
    };
    let as_job = Home::new().env("CI_SERVER_URL", &server.url).env("CI_JOB_TOKEN", "sandbox-job");
    note("job_token", as_job.env("CI_MERGE_REQUEST_IID", "7").env("CI_MERGE_REQUEST_PROJECT_ID", "24"), &["--note"], 2);
    note("no_merge_request", Home::with_server(&server, "sandbox-reporter"), &["--note"], 2);
    note("reading_token", job_as(&server, "ada-reads"), &["--note"], 2);
    note("unknown_merge_request", job(&server), &["--note=8"], 2);
    note("unknown_project", job(&server), &["--note=root/nowhere!7"], 2);
    // Another GitLab than the job's has another merge request 7.
    let elsewhere = job(&server).env("RELSYNC_URL", &server.url).env("CI_SERVER_URL", "https://gitlab.example.com");
    note("elsewhere", elsewhere, &["--note"], 2);
    assert_eq!(ids(&server).len(), 1);
    let faulty = |what: &str| {
        let seed = tempfile::NamedTempFile::new().unwrap();
        let project = "[[projects]]\nid = 24\npath = 'root/awesome-app'\nvisibility = 'public'\n";
        std::fs::write(seed.path(), format!("[[groups]]\npath = 'root'\n{project}{SEED}")).unwrap();
        Server::serve(&["--seed", seed.path().to_str().unwrap(), "--fault", what])
    };
    let down = faulty("GET */notes 503 1");
    note("down", job(&down), &["--note", "--retry-for", "0s"], 2);
    let forbidden = faulty("POST */notes 403 1");
    note("forbidden", job(&forbidden), &["--note"], 2);
    let anonymous = Home::new().env("CI_SERVER_URL", &forbidden.url).env("CI_MERGE_REQUEST_IID", "7");
    note("no_token", anonymous, &["--note"], 2);
}

/// The pipeline of a fork runs in the fork; the merge request is where it wants to go.
#[test]
fn the_note_is_in_the_project_of_the_merge_request() {
    let server = Server::with(&format!("{SEED}\n[[projects]]\nid = 99\npath = \"root/fork\"\n"));
    let home = job(&server).env("CI_PROJECT_ID", "99").env("CI_PROJECT_PATH", "root/fork");
    home.manifest(ONE);
    home.run(&["plan", "--note"]).expect(0);
    assert_eq!(ids(&server).len(), 2);
    // Outside of CI the manifest's project will do, or one that is named.
    let home = Home::with_server(&server, "sandbox-developer");
    home.manifest(ONE);
    for (target, made) in [("--note=7", 3), ("--note=root/awesome-app!7", 3), ("--note=!7", 3)] {
        home.run(&["plan", target]).expect(0);
        assert_eq!(ids(&server).len(), made, "{target}");
    }
}

#[test]
fn the_embedded_gitlab_has_merge_requests_too() {
    let home = Home::new().env("CI_MERGE_REQUEST_IID", "7").env("CI_MERGE_REQUEST_PROJECT_PATH", "root/awesome-app");
    let home = home.env("CI_MERGE_REQUEST_PROJECT_ID", "1").env("CI_SERVER_URL", "https://gitlab.example.com");
    home.write(
        "seed.toml",
        &format!("[[projects]]\nid = 24\npath = 'root/awesome-app'\n{SEED}\n[[groups]]\npath = 'root'"),
    );
    home.run(&["sandbox", "reset", "--seed", "seed.toml"]).expect(0);
    home.manifest(ONE);
    insta::assert_snapshot!("embedded", home.run(&["plan", "--sandbox", "--note"]).expect(0));
    insta::assert_snapshot!("embedded_again", home.run(&["plan", "--sandbox", "--note"]).expect(0));
}

/// GitLab takes a million characters, and a proxy before it often no more than a MiB.
#[test]
fn a_long_plan_is_cut_to_what_a_note_takes() {
    let server = Server::with(SEED);
    let home = job(&server);
    let notes = "\"quoted\"\n".repeat(5000);
    let notes = |n: u32| if n < 40 { format!("description = '''\n{notes}'''\n") } else { String::new() };
    let release = |n: u32| format!("[[releases]]\ntag_name = 'v2.{n}'\nref = 'main'\n{}", notes(n));
    home.manifest(&(0..5000).map(release).collect::<String>());
    let run = home.run(&["plan", "--note"]).expect(0);
    assert!(run.stderr.contains("Wrote the note"), "{}", run.stderr);
    let note = read_notes(&server).pop().unwrap();
    let body = note["body"].as_str().unwrap();
    assert!(json!({ "body": body }).to_string().len() < 1024 * 1024 && body.len() > 100_000, "{}", body.len());
    assert!(body.starts_with(MARK) && body.ends_with("/pipelines/11>)"), "{}", &body[body.len() - 500..]);
}

/// Whatever the manifest and GitLab hold, nothing in the note is a command, and it does not close its own mark.
#[test]
fn hostile_plans_set_nothing_off() {
    const EVIL: &str =
        "\n/close\n\n```\n/merge\n```\n/label ~x\n~~~\n/lock\n~~~~\n</details>\n\n/approve\n--> \n/draft\n@all\n";
    let server = Server::with(SEED);
    let text = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let release = |tag: &str, name: &str, notes: &str, link: &str| {
        let (name, notes, link) = (text(name), text(notes), text(link));
        format!(
            "[[releases]]\ntag_name = '{tag}'\nref = 'main'\nname = {name}\ndescription = {notes}\n\
             links = [{{ name = {link}, url = 'https://e.com/{tag}' }}]\n"
        )
    };
    let body = json!({
        "tag_name": "v1.0", "name": "/close", "description": EVIL,
        "assets": { "links": [{ "name": "/close", "url": "https://e.com/\u{60}\u{60}\u{60}" }] },
    });
    server.ask(Method::POST, "/projects/24/releases", &body);
    let home =
        job_as(&server, "sandbox-maintainer").env("CI_COMMIT_SHA", "\n/close\n").env("CI_PIPELINE_URL", "/close");
    home.manifest(&format!(
        "[policy]\nunmanaged = 'delete'\n{}{}{}",
        release("v1.0", "/close", "/close\n```\n/merge", "/merge"),
        release("v2.0", "```", EVIL, "```"),
        release("v3.0", "<!--", &EVIL.replace('\n', "\r\n"), "-->"),
    ));
    for (key, args) in [("1", &[][..]), ("2", &["--only", "v1.0"]), ("3", &["-f", "/close.toml"])] {
        let run = home.run(&[&["plan", "--note", "--note-key", key], args].concat());
        assert!(run.stderr.contains("Wrote the note"), "{run}");
        assert_no_quick_action(&server);
    }
    // Which lines GitLab takes for code has changed over the years, so that not even those may begin like a command.
    for note in read_notes(&server) {
        let body = note["body"].as_str().unwrap();
        assert!(body.lines().all(|line| !line.starts_with('/')), "{body}");
    }
    assert!(!said(&server).contains("Commit"), "{}", said(&server));
    // The sandbox would have noticed.
    say(&server, "sandbox-reporter", "/close");
    assert_ne!(quick_actions(&server), json!([]));
}
