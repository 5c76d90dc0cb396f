//! `relsync import github`: a repository's releases, over HTTP and out of a file, are written down as they are; what can't
//! come along is said, and nothing that is there changes.

use crate::github_server::{CANARY, Github, Host, PAGES, reply};
use crate::support::{Home, Run, Server};
use std::fmt::Write;
use std::path::Path;

fn home(github: &Github) -> Home {
    home_at(&github.api.url)
}

fn home_at(url: &str) -> Home {
    Home::new().env("GITHUB_SERVER_URL", url).env("GITHUB_TOKEN", CANARY)
}

/// Every file below `folder`, with its name.
fn files(folder: &Path) -> String {
    let mut paths = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { paths.push(path) }
        }
    }
    paths.sort();
    let mut all = String::new();
    for path in paths {
        let name = path.strip_prefix(folder).unwrap().display().to_string();
        writeln!(all, "==> {name}\n{}", String::from_utf8_lossy(&std::fs::read(path).unwrap())).unwrap();
    }
    all
}

/// Runs an import that is to fail, and to leave everything as it was.
fn refused(home: &Home, args: &[&str]) -> String {
    let before = files(home.path());
    let run = home.run(&[&["import", "github"], args].concat()).expect(1);
    assert_eq!(files(home.path()), before);
    run.to_string()
}

const ALL: [&str; 3] = ["import", "github", "octo/app"];

#[test]
fn a_history_is_written_down_and_stays_as_it_is() {
    let github = Github::start();
    let home = home(&github);
    insta::assert_snapshot!("history", home.run(&ALL).expect(0));
    let written = files(home.path());
    insta::assert_snapshot!("history_files", written);
    home.run(&["validate"]).expect(0);
    insta::assert_snapshot!("again", home.run(&ALL).expect(0));
    assert_eq!(files(home.path()), written);
    let asked: Vec<_> = github.api.seen().into_iter().map(|seen| seen.target).collect();
    assert_eq!(
        asked[..3].join("\n"),
        "/api/v3/repos/octo/app/releases?per_page=100&page=1\n/api/v3/repositories/77/releases?per_page=100&page=2\n/api/v3/repositories/77/releases?per_page=100&page=3"
    );
    assert!(github.api.seen().iter().all(|seen| seen.token.as_deref() == Some(&*format!("Bearer {CANARY}"))));
}

#[test]
fn applied_to_gitlab_there_is_nothing_left_to_do() {
    let github = Github::start();
    let mut tags = String::new();
    for tag in ["v0.9.0", "app/v1.0.0", "nightly", "v2.0.0", "v2.1.0-rc.1", "v2.1.0"] {
        writeln!(tags, "[[projects.tags]]\nname = \"{tag}\"\ntarget = \"6783e02c7ccd82a9474391e226e65ed052216733\"")
            .unwrap();
    }
    let server = Server::with(&tags);
    let home = home(&github).env("CI_SERVER_URL", &server.url).env("RELSYNC_TOKEN", "sandbox-maintainer");
    home.manifest("");
    home.run(&ALL).expect(0);
    home.run(&["apply", "--yes"]).expect(0);
    home.run(&["plan", "--detailed-exitcode"]).expect(0);
}

#[test]
fn what_gh_wrote_into_a_file_is_the_same() {
    let github = Github::start();
    let asked = home(&github);
    asked.run(&ALL).expect(0);
    let expected = files(asked.path());
    for text in [PAGES.concat(), format!("[{}]", PAGES.join(",")), format!("\u{feff}{}", PAGES.join("\r\n"))] {
        let home = Home::new();
        home.write("export/releases.json", &text);
        home.run(&["import", "github", "--from", "export/releases.json"]).expect(0);
        std::fs::remove_dir_all(home.path().join("export")).unwrap();
        assert_eq!(files(home.path()), expected);
    }
}

#[test]
fn what_is_new_is_added_to_what_is_there() {
    let home = Home::new();
    let mine = "# My own words.\r\nversion = 1 # one\r\n\r\n[policy]\r\ntags = [\"v*\"]\r\n\r\n[[releases]]\r\n\
                tag_name = 'v2.0.0'\r\nname = \"Mine\" # in my way";
    home.write("releases.toml", mine);
    home.write("releases.json", &PAGES.concat());
    let args = ["import", "github", "octo/app", "--from", "releases.json"];
    insta::assert_snapshot!("added", home.run(&args).expect(0));
    let text = std::fs::read_to_string(home.path().join("releases.toml")).unwrap();
    insta::assert_snapshot!("added_text", text.strip_prefix(mine).unwrap());
    home.run(&args).expect(0);
    assert_eq!(std::fs::read_to_string(home.path().join("releases.toml")).unwrap(), text);
}

#[test]
fn drafts_prereleases_types_and_places_are_what_was_asked_for() {
    let home = Home::new();
    home.write("in/releases.json", &PAGES.concat());
    let from = ["import", "github", "--from", "in/releases.json"];
    let args = ["--drafts", "mark", "--prereleases", "skip", "--split", "year", "--notes", "files", "--asset-type"];
    let run = home.run(&[from.as_slice(), &args, &["*.exe=other", "-f", "all.toml"]].concat()).expect(0);
    insta::assert_snapshot!("choices", run);
    std::fs::remove_dir_all(home.path().join("in")).unwrap();
    insta::assert_snapshot!("choices_files", files(home.path()));
    home.run(&["validate", "-f", "all.toml"]).expect(0);
}

#[test]
fn nothing_that_is_wrong_gets_into_a_manifest() {
    let home = Home::new();
    home.write(
        "in/one.json",
        r#"[
        {"id":1,"tag_name":"-rf","published_at":"2026-01-01T00:00:00Z"},
        {"id":2,"tag_name":"..","published_at":"2026-01-02T00:00:00Z","body":"x"},
        {"id":3,"tag_name":"a\nb","published_at":"2026-01-03T00:00:00Z"},
        {"id":4,"tag_name":"","published_at":"2026-01-04T00:00:00Z"},
        {"id":5,"tag_name":"../../x","published_at":"2026-01-05T00:00:00Z"},
        {"id":6,"tag_name":"x\u202ey","name":"\u001b[31mred\r\nsection_start:1:x","published_at":"2026-01-06T00:00:00Z",
         "body":"a\u0000b \u202e /close\n@all",
         "assets":[{"name":"../../etc/passwd","browser_download_url":"https://e.test/a"},
                   {"name":"\u001b[2J","label":"x\u202ey","browser_download_url":"https://e.test/b"},
                   {"name":"js","browser_download_url":"javascript:alert(1)"},
                   {"name":"spaced","browser_download_url":"https://e.test/a b\n"}]}
    ]"#,
    );
    let run = home.run(&["import", "github", "--from", "in/one.json", "--notes", "files"]).expect(0);
    assert!(!run.stderr.contains(['\u{1b}', '\u{202e}', '\0']), "{run}");
    insta::assert_snapshot!("hostile", run);
    std::fs::remove_dir_all(home.path().join("in")).unwrap();
    insta::assert_snapshot!("hostile_files", files(home.path()));
    home.run(&["validate"]).expect(0);
}

#[test]
fn bad_files_are_refused_by_their_kind() {
    let home = Home::new();
    let mut runs = Vec::new();
    let utf_16: Vec<u8> = [0xff, 0xfe].into_iter().chain("[{}]".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let page = PAGES[0].as_bytes();
    for (name, bytes) in [
        ("empty.json", b"".as_slice()),
        ("none.json", b"[]\n[]"),
        ("cut.json", &page[..page.len() / 2]),
        ("utf-16.json", &utf_16),
        ("page.json", b"<!DOCTYPE html>\n<html><head><title>Releases \xc2\xb7 octo/app</title>"),
        (
            "refusal.json",
            br#"{"message":"Bad credentials","documentation_url":"https://docs.github.com/rest","status":"401"}"#,
        ),
        ("other.json", br#"[{"tagName":"v1.0","isDraft":false}]"#),
        ("wrong.json", br#"[{"tag_name":"v1.0","published_at":"yesterday"}]"#),
        ("words.json", b"octo/app\n\x1b[31m"),
        ("drafts.json", br#"[{"tag_name":"v1","draft":true},{"tag_name":"v2","draft":true}]"#),
    ] {
        std::fs::write(home.path().join(name), bytes).unwrap();
        runs.push(refused(&home, &["--from", name]));
    }
    let zeros = std::fs::File::create(home.path().join("zeros")).unwrap();
    zeros.set_len(200 << 20).unwrap();
    let run = home.run(&["import", "github", "--from", "zeros"]).expect(1);
    runs.push(run.to_string());
    std::fs::remove_file(home.path().join("zeros")).unwrap();
    for args in
        [&["--from", "nowhere.json"] as &[_], &["--from", "."], &[], &["octo"], &["https://github.com/octo/app"]]
    {
        runs.push(refused(&home, args));
    }
    home.write("releases.toml", "version = 2\n");
    runs.push(refused(&home, &["--from", "words.json"]));
    insta::assert_snapshot!("bad_files", runs.join("\n"));
}

#[test]
fn bad_answers_are_refused_by_their_kind() {
    type Answer = (u16, &'static [(&'static str, &'static str)], &'static str);
    let answers: [Answer; 8] = [
        (200, &[], "[]"),
        (200, &[], "<html><head><title>Sign in</title>"),
        (200, &[], "[{\"tag_name\":\"v1\"},{\"tag_na"),
        (200, &[], "{\"tag_name\":\"v1\"}"),
        (401, &[], "{\"message\":\"Bad credentials\"}"),
        (404, &[], "{\"message\":\"Not Found\"}"),
        (403, &[("x-ratelimit-remaining", "0"), ("retry-after", "3600")], "{\"message\":\"API rate limit exceeded\"}"),
        (301, &[("location", "https://elsewhere.test/api/v3/repos/octo/app/releases")], ""),
    ];
    let mut runs = Vec::new();
    for (status, headers, body) in answers {
        let host = Host::start(move |_, _| reply(status, headers, body));
        runs.push(refused(&home_at(&host.url), &["octo/app"]));
    }
    let open = Home::new().env("GITHUB_TOKEN", CANARY);
    runs.push(refused(&open, &["octo/app", "--github-url", "http://ghe.example.com"]));
    runs.push(refused(&open, &["octo/app", "--github-url", "https://u:p@ghe.example.com"]));
    insta::assert_snapshot!("bad_answers", runs.join("\n"));
}

#[test]
fn files_are_fetched_checked_and_never_written_over() {
    let github = Github::start();
    let home = home(&github);
    home.write("files/v2.1.0/SHA256SUMS", "mine\n");
    let args = [&ALL as &[_], &["--download-assets", "files"]].concat();
    insta::assert_snapshot!("download", home.run(&args).expect(1));
    insta::assert_snapshot!("download_files", files(&home.path().join("files")));
    std::fs::remove_file(home.path().join("files/v2.1.0/SHA256SUMS")).unwrap();
    let asked = github.files.seen().len();
    insta::assert_snapshot!("download_rest", home.run(&args).expect(0));
    assert_eq!(github.files.seen().len(), asked + 1, "only what is not there is fetched");
    // GitHub's files are on another host, which the token is none of the business of.
    assert!(github.files.seen().iter().all(|seen| seen.token.is_none()));
}

#[test]
fn files_out_of_an_export_are_fetched_too_but_from_nowhere_else() {
    let github = Github::start();
    let home = home(&github);
    let own = format!("{}/api/v3/", github.api.url);
    let elsewhere = format!("{}/api/v3/", github.files.url);
    let text = PAGES[2].replace("https://api.github.com/", &own);
    home.write("releases.json", &text);
    let args = ["import", "github", "--from", "releases.json", "--download-assets", "files"];
    home.run(&args).expect(0);
    assert!(files(&home.path().join("files")).contains("content of app-1.0.0.jar app/v1.0.0"));
    let asked = github.files.seen().len();
    home.write("releases.json", &text.replace(&own, &elsewhere).replace("app-1.0.0.jar", "other.jar"));
    insta::assert_snapshot!("from_elsewhere", home.run(&args).expect(1));
    assert_eq!(github.files.seen().len(), asked);
}

#[test]
fn a_file_that_is_not_what_github_says_is_not_kept() {
    let files_of = |body: &'static str| {
        let host = Host::start(move |own, target| {
            if target.contains("/assets/") {
                return reply(200, &[], body);
            }
            let url = format!("{own}/api/v3/repos/octo/app/releases/assets/1");
            let digest = "sha256:".to_owned() + &"0".repeat(64);
            let asset = serde_json::json!({
                "url": url, "name": "../../app", "size": 4, "digest": digest, "browser_download_url": "https://e.test/app"
            });
            let release = serde_json::json!([{ "tag_name": "..", "assets": [asset] }]);
            reply(200, &[], release.to_string())
        });
        let home = home_at(&host.url);
        let run: Run = home.run(&[&ALL as &[_], &["--download-assets", "a/b"]].concat()).expect(1);
        assert_eq!(files(&home.path().join("a")), "");
        run.to_string()
    };
    let runs = ["four", "longer", "no"].map(files_of);
    insta::assert_snapshot!("corrupt", runs.join("\n"));
}

#[cfg(unix)]
#[test]
fn files_go_below_their_folder_only() {
    let github = Github::start();
    let home = home(&github);
    let elsewhere = tempfile::tempdir().unwrap();
    std::fs::create_dir(home.path().join("files")).unwrap();
    std::os::unix::fs::symlink(elsewhere.path(), home.path().join("files/v2.0.0")).unwrap();
    let run = home.run(&[&ALL as &[_], &["--download-assets", "files"]].concat()).expect(1);
    assert!(run.stderr.contains("v2.0.0/app-2.0.0.tar.gz: its folder leads elsewhere"), "{run}");
    assert_eq!(std::fs::read_dir(elsewhere.path()).unwrap().count(), 0);
}

#[test]
fn the_token_is_shown_nowhere_and_to_nobody_else() {
    let other = Host::start(|_, _| reply(200, &[], "[]"));
    let target = format!("{}/api/v3/repos/octo/app/releases", other.url);
    let hosts = [
        Host::start(move |_, _| reply(302, &[("location", &target)], "")),
        Host::start({
            let next = format!("<{}/api/v3/x?page=2>; rel=\"next\"", other.url);
            move |_, _| reply(200, &[("link", &next)], "[]")
        }),
        // It is echoed.
        Host::start(|_, _| reply(403, &[], format!("{{\"message\":\"{CANARY} may not\"}}"))),
        Host::start(|_, _| reply(200, &[], format!("[{{\"tag_name\":\"{CANARY}\",\"assets\":7}}]"))),
    ];
    for host in &hosts {
        let home = home_at(&host.url);
        for log in [&["-vvv"] as &[_], &["--log-format", "json", "-vvv"]] {
            let run = home.run(&[&ALL as &[_], log].concat()).expect(1);
            assert!(!run.stderr.contains(CANARY) && !run.stdout.contains(CANARY), "{run}");
        }
        assert!(host.seen().iter().all(|seen| seen.token.is_some()));
    }
    assert!(other.seen().is_empty());
    let home = home_at(&hosts[0].url);
    home.write("token", &format!("{CANARY}\n"));
    let file = Home::new();
    file.write("token", &format!("{CANARY}2\n"));
    let before = hosts[2].seen().len();
    file.run(&[&ALL as &[_], &["--token-file", "token", "--github-url", &hosts[2].url]].concat()).expect(1);
    assert_eq!(hosts[2].seen()[before].token.as_deref(), Some(&*format!("Bearer {CANARY}2")));
}

/// They would get the day of apply for their date.
#[test]
fn releases_without_a_date_are_named() {
    let home = Home::new();
    home.write(
        "one.json",
        r#"[{"tag_name":"v1","body":"One.","published_at":"2026-01-01T00:00:00Z"},
        {"tag_name":"v2","body":"Two."},{"tag_name":"v3","draft":true}]"#,
    );
    insta::assert_snapshot!("undated", home.run(&["import", "github", "--from", "one.json"]).expect(0));
}

/// A token for github.com is somebody else's business, if there is one for this host.
#[test]
fn an_own_github_gets_its_own_token_first() {
    let host = Host::start(|_, _| reply(404, &[], r#"{"message":"Not Found"}"#));
    let tokens = ["GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN", "GH_TOKEN", "GITHUB_TOKEN"];
    for (at, first) in tokens.iter().enumerate() {
        let home = tokens[at..].iter().fold(Home::new(), |home, name| home.env(name, &format!("{CANARY}-{name}")));
        home.run(&["import", "github", "octo/app", "--github-url", &host.url]).expect(1);
        let seen = host.seen().pop().unwrap().token;
        assert_eq!(seen.as_deref(), Some(&*format!("Bearer {CANARY}-{first}")));
    }
}

#[test]
fn what_somebody_writes_meanwhile_is_not_written_over() {
    let home = Home::new();
    home.write("releases.toml", "version = 1\n");
    for (path, text) in [("releases.toml", "version = 1\n# Mine.\n"), ("new.toml", "version = 1\n")] {
        let place = home.path().join(path);
        let host = Host::start(move |_, _| {
            std::fs::write(&place, text).unwrap();
            reply(200, &[], r#"[{"tag_name":"v1"}]"#)
        });
        let run = home.run(&["import", "github", "octo/app", "--github-url", &host.url, "-f", path]).expect(1);
        assert!(run.stderr.contains("was changed while the import ran"), "{run}");
        assert_eq!(std::fs::read_to_string(home.path().join(path)).unwrap(), text);
    }
}
