//! `relsync doctor`: with each kind of token, without one, and with everything that can be wrong.

use crate::support::{Home, Server, writes};
use crate::wire::{Answer, Authority, Proxy, Wire, gitlab};
use serde_json::json;

/// A token that is never shown.
const CANARY: &str = "glpat-canary-5f2a";
const RELEASE: &str = "[[releases]]\ntag_name = \"v0.1\"\n";

#[test]
fn each_role_is_told_what_it_can_do() {
    let server = Server::start();
    let doctor = |name: &str, token: &str, code, manifest: &str| {
        let home = Home::with_server(&server, token);
        home.manifest(manifest);
        let run = home.run(&["doctor"]).expect(code);
        // The sandbox names its users like their tokens.
        assert!(!run.to_string().replace(&format!("of {token}"), "").contains(token), "{run}");
        insta::assert_snapshot!(name, run);
    };
    doctor("maintainer", "sandbox-maintainer", 0, RELEASE);
    doctor("developer", "sandbox-developer", 0, RELEASE);
    let deletes = format!("[policy]\nunmanaged = \"delete\"\n{RELEASE}evidence = \"require\"\n");
    doctor("developer_who_should_delete", "sandbox-developer", 0, &deletes);
    doctor("reporter", "sandbox-reporter", 1, RELEASE);
    doctor("guest", "sandbox-guest", 1, RELEASE);
    doctor("wrong_token", "nobodys-token", 1, RELEASE);
    assert_eq!(writes(&server.requests()), Vec::<&String>::new());
}

#[test]
fn a_job_token_is_told_apart() {
    let server = Server::start();
    let home =
        || Home::new().env("CI_API_V4_URL", &format!("{}/api/v4", server.url)).env("GITLAB_TOKEN", "sandbox-job");
    let home = || home().env("CI_JOB_TOKEN", "sandbox-job").env("CI_PROJECT_ID", "24");
    let job = home();
    job.write("releases.toml", &format!("version = 1\n{RELEASE}"));
    insta::assert_snapshot!("job", job.run(&["doctor"]).expect(0));
    job.write("releases.toml", "version = 1\n[[milestones]]\ntitle = \"v2\"\n");
    insta::assert_snapshot!("job_and_milestones", job.run(&["doctor"]).expect(1));
    let ended = home().env("CI_JOB_TOKEN", CANARY).env("GITLAB_TOKEN", CANARY);
    ended.write("releases.toml", "version = 1\n");
    insta::assert_snapshot!("job_that_ended", ended.run(&["doctor"]).expect(1));
    let other = home().env("CI_PROJECT_ID", "99");
    other.write("releases.toml", "version = 1\n");
    insta::assert_snapshot!("job_elsewhere", other.run(&["doctor"]).expect(1));
}

#[test]
fn what_is_missing_is_said() {
    let server = Server::start();
    let home = Home::new().env("RELSYNC_URL", &server.url);
    home.manifest(RELEASE);
    insta::assert_snapshot!("no_token", home.run(&["doctor"]).expect(1));
    let home = Home::with_server(&server, "sandbox-maintainer");
    insta::assert_snapshot!("no_manifest_and_no_project", home.run(&["doctor"]).expect(1));
    home.write("releases.toml", "version = 1\n[[releases]]\n");
    insta::assert_snapshot!("broken_manifest", home.run(&["doctor"]).expect(1));
    home.write("releases.toml", "version = 1\n[project]\npath = \"no/such\"\n");
    insta::assert_snapshot!("no_such_project", home.run(&["doctor"]).expect(1));
    home.manifest("url = \"https://gitlab.example.com\"\n");
    insta::assert_snapshot!("foreign_url", home.run(&["doctor"]).expect(1));
    home.manifest("");
    insta::assert_snapshot!("no_token_file", home.run(&["doctor", "--token-file", "nowhere"]).expect(1));
}

#[test]
fn a_gitlab_that_can_not_be_reached() {
    let home = Home::new().env("RELSYNC_TOKEN", CANARY);
    home.manifest(RELEASE);
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    insta::assert_snapshot!("down", home.run(&["doctor", "--url", &format!("http://{closed}")]).expect(1));
    let page = Wire::start(|_| (200, String::new(), "<title>Sign in</title>".into()));
    insta::assert_snapshot!("no_gitlab", home.run(&["doctor", "--url", &page.url()]).expect(1));
    insta::assert_snapshot!("clear_text", home.run(&["doctor", "--url", "http://gitlab.test"]).expect(1));
}

#[test]
fn tls_is_looked_at() {
    let ours = Authority::new();
    let wire = Wire::with_tls(&ours, gitlab);
    let url = format!("https://{}", wire.address);
    let home = Home::new().env("RELSYNC_TOKEN", CANARY).env("CI_SERVER_URL", &url);
    home.manifest("");
    home.write("ours.pem", &ours.pem());
    insta::assert_snapshot!("trusted", home.run(&["doctor", "--ca-file", "ours.pem"]).expect(0));
    home.write("other.pem", &Authority::new().pem());
    insta::assert_snapshot!("not_trusted", home.run(&["doctor", "--ca-file", "other.pem"]).expect(1));
    insta::assert_snapshot!("no_authority", home.run(&["doctor", "--ca-file", "releases.toml"]).expect(1));

    let proxy = Proxy::before(wire.address);
    let proxy = format!("http://me:hunter2@{}", proxy.address);
    let url = format!("https://0.0.0.0:{}", wire.address.port());
    let home = home.env("HTTPS_PROXY", &proxy).env("CI_SERVER_URL", &url);
    insta::with_settings!({ filters => vec![(r"0\.0\.0\.0:\d+", "0.0.0.0:PORT")] }, {
        insta::assert_snapshot!("by_proxy", home.run(&["doctor", "--ca-file", "ours.pem"]).expect(0));
    });
}

#[test]
fn a_token_that_ends_or_can_do_little_is_told() {
    let home = Home::new().env("RELSYNC_TOKEN", CANARY);
    home.manifest("");
    let soon = jiff::Zoned::now().date().saturating_add(jiff::Span::new().days(3)).to_string();
    let wire = Wire::start(move |path| match path.rsplit('/').next() {
        Some("self") => (200, String::new(), json!({ "scopes": ["api"], "expires_at": soon }).to_string()),
        _ => gitlab(path),
    });
    let days = vec![(r"good until \d{4}-\d\d-\d\d", "good until [DAY]")];
    insta::with_settings!({ filters => days }, {
        insta::assert_snapshot!("ends_soon", home.run(&["doctor", "--url", &wire.url()]).expect(0));
    });
    let wire = Wire::start(|path| match path.rsplit('/').next() {
        Some("self") => (200, String::new(), json!({ "scopes": ["read_registry"], "expires_at": null }).to_string()),
        _ => (403, String::new(), json!({ "error": "insufficient_scope", "scope": "api read_api" }).to_string()),
    });
    insta::assert_snapshot!("other_scopes", home.run(&["doctor", "--url", &wire.url()]).expect(1));
    let wire = Wire::start(gitlab);
    let args = ["doctor", "--token-kind", "oauth", "--url", &wire.url()];
    insta::assert_snapshot!("oauth", home.run(&args).expect(0));
}

/// What a GitLab answers that is odd in every way that is told, and hostile.
fn odd(path: &str) -> Answer {
    let headers = "date: Fri, 30 Jan 2026 10:00:00 GMT\r\nratelimit-limit: 2000\r\nratelimit-remaining: 1990\r\n\
                   ratelimit-name: throttle_authenticated_api\r\n";
    let value = match path.split_once("/api/v4").unwrap().1 {
        "/version" => json!({ "version": "17.0.0\u{1b}[31m", "enterprise": false }),
        "/user" => json!({ "username": "ada\u{202e}", "is_admin": true }),
        "/personal_access_tokens/self" => json!({ "scopes": ["read_api"], "expires_at": "2026-01-01" }),
        _ => json!({
            "id": 24, "path_with_namespace": "root/awesome-app\n✓ role      Owner", "web_url": "x", "archived": true,
            "permissions": null, "merge_pipelines_enabled": true,
        }),
    };
    (200, headers.into(), value.to_string())
}

#[test]
fn all_that_is_told_is_shown_and_does_nothing() {
    let wire = Wire::start(odd);
    let home = Home::with_server(&Server::start(), CANARY).env("CI_SERVER_URL", &wire.url());
    let releases: Vec<_> = (0..700).map(|n| format!("[[releases]]\ntag_name = \"v{n}\"\nevidence = true\n")).collect();
    home.manifest(&releases.concat());
    let days = vec![(r"\d+ s ahead", "[SECONDS] s ahead")];
    insta::with_settings!({ filters => days }, {
        insta::assert_snapshot!("odd", home.run(&["doctor"]).expect(1));
    });
    assert!(wire.heads().iter().all(|head| head.starts_with("GET ")));
}

#[test]
fn several_projects_are_on_one_screen() {
    let server = Server::start();
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.write("fleet/a.toml", "version = 1\n[project]\npath = \"root/awesome-app\"\n");
    home.write("fleet/b.toml", "version = 1\n[project]\npath = \"no/such\"\n");
    insta::assert_snapshot!(home.run(&["doctor", "-f", "fleet"]).expect(1));
}

#[test]
fn the_embedded_gitlab_is_looked_at_like_any() {
    let home = Home::new();
    home.manifest(RELEASE);
    insta::assert_snapshot!("embedded", home.run(&["doctor", "--sandbox"]).expect(0));
    home.write("releases.toml", "version = 1\n[project]\npath = \"no/such\"\n");
    insta::assert_snapshot!("embedded_without_the_project", home.run(&["doctor", "--sandbox"]).expect(1));
}
