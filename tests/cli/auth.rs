//! Where the address, the token, the project and the trusted authorities come from, and who gets to see the token.

use crate::support::{Home, block_on};
use crate::wire::{Authority, Proxy, Wire, gitlab};

const CANARY: &str = "glpat-canary-5f2a";

/// A folder with a manifest that names no project, and an environment that names one.
fn home() -> Home {
    let home = Home::new().env("CI_PROJECT_PATH", "root/awesome-app");
    home.write("releases.toml", "version = 1\n");
    home
}

fn with(home: Home, variables: &[(&str, &str)]) -> Home {
    variables.iter().fold(home, |home, (name, value)| home.env(name, value))
}

/// The header that a token went out in.
fn token_in(head: &str) -> Option<&str> {
    let names = ["private-token: ", "job-token: ", "authorization: "];
    head.lines().find(|line| names.iter().any(|name| line.starts_with(name)))
}

#[test]
fn the_first_token_that_is_set_is_sent() {
    let wire = Wire::start(gitlab);
    let url = wire.url();
    let (relsync, gitlab, job) = (("RELSYNC_TOKEN", "r"), ("GITLAB_TOKEN", "g"), ("CI_JOB_TOKEN", "j"));
    let file = &["--token-file", "token"][..];
    for (variables, args, sent) in [
        (&[relsync, gitlab, job][..], &[][..], Some("private-token: r")),
        (&[gitlab, job], &[], Some("private-token: g")),
        (&[job], &[], Some("job-token: j")),
        (&[("RELSYNC_TOKEN", ""), gitlab, job], &[], Some("private-token: g")),
        (&[("RELSYNC_TOKEN", ""), ("GITLAB_TOKEN", ""), job], &[], Some("job-token: j")),
        (&[], &[], None),
        // What is said on the command line comes before the environment.
        (&[relsync, gitlab, job], file, Some("private-token: f")),
        // A job token is one wherever it was found.
        (&[("RELSYNC_TOKEN", "j"), job], &[], Some("job-token: j")),
        (&[("GITLAB_TOKEN", "j"), job], &[], Some("job-token: j")),
        (&[relsync, ("CI_JOB_TOKEN", "f")], file, Some("job-token: f")),
        (&[relsync], &["--token-kind", "oauth"], Some("authorization: Bearer r")),
        (&[relsync], &["--token-kind", "job"], Some("job-token: r")),
        (&[relsync, ("RELSYNC_TOKEN_KIND", "oauth")], &[], Some("authorization: Bearer r")),
    ] {
        let home = with(home(), variables).env("CI_SERVER_URL", &url);
        home.write("token", "f\n");
        home.run(&[&["plan"], args].concat()).expect(0);
        for head in wire.heads() {
            assert_eq!(token_in(&head), sent, "{variables:?} {args:?}");
        }
    }
}

#[test]
fn the_first_address_that_is_set_is_asked() {
    let wire = Wire::start(gitlab);
    let url = |name: &str| format!("{}/{name}", wire.url());
    let (relsync, api, server) = (url("relsync"), url("api") + "/api/v4", url("server"));
    let relsync = ("RELSYNC_URL", relsync.as_str());
    let (api, server) = (("CI_API_V4_URL", api.as_str()), ("CI_SERVER_URL", server.as_str()));
    let flag = [String::from("--url"), url("flag")];
    let flag = flag.each_ref().map(String::as_str);
    for (variables, args, manifest, asked) in [
        (&[relsync, api, server][..], &flag[..], None, "flag"),
        (&[relsync, api, server], &flag, Some("api"), "flag"),
        (&[relsync, api, server], &[], None, "relsync"),
        (&[api, server], &[], None, "api"),
        (&[("RELSYNC_URL", ""), api, server], &[], None, "api"),
        (&[server], &[], None, "server"),
        // A manifest may choose among those.
        (&[relsync, api, server], &[], Some("server"), "server"),
        (&[relsync, api], &[], Some("api"), "api"),
    ] {
        let home = with(home().env("RELSYNC_TOKEN", "r"), variables);
        if let Some(name) = manifest {
            home.write("releases.toml", &format!("version = 1\n[project]\nurl = \"{}\"\n", url(name)));
        }
        home.run(&[&["plan"], args].concat()).expect(0);
        let heads = wire.heads();
        assert!(!heads.is_empty());
        for head in heads {
            assert!(head.starts_with(&format!("GET /{asked}/api/v4/projects/")), "{variables:?} {args:?}: {head}");
        }
    }
    let home = with(home().env("RELSYNC_TOKEN", "r"), &[relsync, api]);
    home.write("releases.toml", &format!("version = 1\n[project]\nurl = \"{}\"\n", url("elsewhere")));
    home.run(&["plan"]).expect(1);
    assert!(wire.heads().is_empty());
    let home = home.env("RELSYNC_URL", "gitlab.test");
    insta::assert_snapshot!("no_url", home.run(&["plan"]).expect(1));
}

#[test]
fn the_projects_id_is_believed_on_the_jobs_own_gitlab() {
    let wire = Wire::start(gitlab);
    let server = wire.url();
    let api = format!("{server}/api/v4");
    let prefixed = format!("{server}/gitlab");
    let path = "root%2Fawesome-app";
    for (variables, manifest, asked) in [
        (&[("CI_PROJECT_ID", "24"), ("CI_SERVER_URL", &server)][..], "", "24"),
        (&[("CI_PROJECT_ID", "24"), ("CI_API_V4_URL", &api)], "", "24"),
        (&[("CI_PROJECT_ID", "24"), ("CI_SERVER_URL", &server), ("RELSYNC_URL", &server)], "", "24"),
        // Elsewhere the number would be another project's.
        (&[("CI_PROJECT_ID", "24"), ("CI_SERVER_URL", &server), ("RELSYNC_URL", &prefixed)], "", path),
        (&[("CI_PROJECT_ID", "x"), ("CI_SERVER_URL", &server)], "", path),
        (&[("CI_SERVER_URL", &server)], "", path),
        (&[("CI_PROJECT_ID", "24"), ("CI_SERVER_URL", &server)], "[project]\npath = \"a/b\"\n", "a%2Fb"),
        (&[("CI_PROJECT_ID", "24"), ("CI_SERVER_URL", &server)], "[project]\nid = 7\n", "7"),
    ] {
        let home = with(home().env("RELSYNC_TOKEN", "r"), variables);
        home.write("releases.toml", &format!("version = 1\n{manifest}"));
        home.run(&["plan"]).expect(0);
        let heads = wire.heads();
        let start = format!("/api/v4/projects/{asked}/releases?");
        assert!(heads[0].contains(&start), "{variables:?} {manifest}: {}", heads[0]);
    }
    // A job token is told no path, but the job knows it.
    let home = home().env("CI_PROJECT_ID", "24").env("CI_SERVER_URL", &server).env("CI_JOB_TOKEN", "j");
    insta::assert_snapshot!("job_by_id", home.run(&["plan"]).expect(0));
    assert!(wire.heads()[0].starts_with("GET /api/v4/projects/24/releases?"));
}

#[test]
fn an_authority_of_ones_own_has_to_be_named() {
    let (ours, other) = (Authority::new(), Authority::new());
    let wire = Wire::with_tls(&ours, gitlab);
    let url = format!("https://{}", wire.address);
    let home = |variables: &[(&str, &str)]| {
        let home = with(home().env("RELSYNC_TOKEN", CANARY).env("CI_SERVER_URL", &url), variables);
        home.write("ours.pem", &format!("# ours\n{}{}", other.pem(), ours.pem()));
        home.write("other.pem", &other.pem());
        home.write("none.pem", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n");
        let odd = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        home.write("odd.pem", odd);
        home.write("bundle.pem", &format!("{odd}{}", ours.pem()));
        home
    };
    let (ci, ssl) = ("CI_SERVER_TLS_CA_FILE", "SSL_CERT_FILE");
    for (variables, args) in [
        (&[][..], &["--ca-file", "ours.pem"][..]),
        (&[(ci, "other.pem"), (ssl, "other.pem")], &["--ca-file", "ours.pem"]),
        (&[(ci, "ours.pem"), (ssl, "other.pem")], &[]),
        (&[(ssl, "ours.pem")], &[]),
        (&[(ci, ""), (ssl, "bundle.pem")], &[]),
    ] {
        home(variables).run(&[&["plan"], args].concat()).expect(0);
        assert!(!wire.heads().is_empty(), "{variables:?} {args:?}");
    }
    let refused = |name, variables: &[(&str, &str)], args: &[&str]| {
        insta::assert_snapshot!(name, home(variables).run(&[&["plan"], args].concat()).expect(1));
    };
    refused("unknown_authority", &[(ssl, "other.pem")], &[]);
    refused("unreadable_authority", &[(ci, "nowhere.pem")], &[]);
    refused("no_authority", &[(ci, "ours.pem")], &["--ca-file", "none.pem"]);
    refused("odd_authority", &[(ssl, "odd.pem")], &[]);
    home(&[(ci, "ours.pem")]).run(&["plan", "--ca-file", "other.pem"]).expect(1);
    assert!(wire.heads().is_empty());
}

#[test]
fn a_proxy_leads_the_way_and_learns_nothing() {
    let ours = Authority::new();
    let wire = Wire::with_tls(&ours, gitlab);
    let proxy = Proxy::before(wire.address);
    let (proxy_url, port) = (proxy.url(), wire.address.port());
    let home = |url: &str| {
        let home = home().env("RELSYNC_TOKEN", CANARY).env("CI_SERVER_URL", url).env("SSL_CERT_FILE", "ours.pem");
        home.write("ours.pem", &ours.pem());
        home
    };
    // No resolver knows this name: without the proxy there would be no way.
    for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"] {
        home("https://gitlab.test").env(name, &proxy_url).run(&["plan"]).expect(0);
        let (tunnels, requests) = (proxy.heads(), wire.heads());
        assert!(tunnels.iter().all(|head| head.starts_with("CONNECT gitlab.test:443 ")) && !tunnels.is_empty());
        assert!(requests.iter().all(|head| token_in(head) == Some(&format!("private-token: {CANARY}"))));
        assert!(!requests.is_empty() && !tunnels.concat().contains(CANARY) && !proxy.saw(CANARY));
    }
    // 0.0.0.0 is this machine by a name that is not its loopback address.
    let here = format!("https://0.0.0.0:{port}");
    home(&here).env("HTTPS_PROXY", &proxy_url).run(&["plan"]).expect(0);
    assert!(!proxy.heads().is_empty() && !wire.heads().is_empty());
    for name in ["NO_PROXY", "no_proxy"] {
        home(&here).env("HTTPS_PROXY", &proxy_url).env(name, "example.com,0.0.0.0").run(&["plan"]).expect(0);
        assert!(proxy.heads().is_empty() && !wire.heads().is_empty());
    }
    let local = format!("https://127.0.0.1:{port}");
    home(&local).env("HTTPS_PROXY", &proxy_url).run(&["plan"]).expect(0);
    assert!(proxy.heads().is_empty() && !wire.heads().is_empty());
    // A proxy that is gone, with a password that is nobody's business.
    let gone = block_on(async { tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap() });
    let gone = format!("http://me:hunter2@{gone}");
    let home = home("https://gitlab.test").env("HTTPS_PROXY", &gone);
    let run = home.run(&["doctor", "-vv"]).expect(1);
    assert!(!run.to_string().contains("hunter2"), "{run}");
    insta::assert_snapshot!("proxy_gone", home.run(&["doctor"]).expect(1));
}

#[test]
fn a_proxy_is_not_shown_a_token_in_clear_text() {
    let wire = Wire::start(gitlab);
    let proxy = Proxy::before(wire.address);
    let url = format!("http://0.0.0.0:{}", wire.address.port());
    let home = || home().env("CI_SERVER_URL", &url).env("HTTP_PROXY", &proxy.url()).env("ALL_PROXY", &proxy.url());
    home().env("RELSYNC_TOKEN", CANARY).run(&["plan", "--insecure-http"]).expect(0);
    assert!(proxy.heads().is_empty() && !wire.heads().is_empty());
    home().run(&["plan", "--insecure-http"]).expect(1);
    assert!(proxy.heads()[0].starts_with("GET http://0.0.0.0") && wire.heads().is_empty());
}

#[test]
fn http_to_another_machine_has_to_be_wanted() {
    let wire = Wire::start(gitlab);
    let port = wire.address.port();
    let home = || home().env("RELSYNC_URL", &format!("http://0.0.0.0:{port}"));
    insta::with_settings!({ filters => vec![(r"0\.0\.0\.0:\d+", "0.0.0.0:PORT")] }, {
        insta::assert_snapshot!("clear_token", home().env("RELSYNC_TOKEN", CANARY).run(&["plan"]).expect(1));
        insta::assert_snapshot!("clear_answers", home().run(&["plan"]).expect(1));
    });
    assert!(wire.heads().is_empty());
    home().env("RELSYNC_TOKEN", "r").run(&["plan", "--insecure-http"]).expect(0);
    home().env("RELSYNC_URL", &wire.url()).env("RELSYNC_TOKEN", "r").run(&["plan"]).expect(0);
    let local = format!("http://localhost:{port}");
    home().env("RELSYNC_URL", &local).env("RELSYNC_TOKEN", "r").run(&["plan"]).expect(0);
}

#[test]
fn a_mistyped_address_is_soon_given_up() {
    let home = home().env("RELSYNC_URL", "https://nowhere.invalid");
    let run = home.run(&["plan", "--retry-for", "5m", "-v", "--log-format", "json"]).expect(1);
    assert!(run.stderr.contains("can't connect to https://nowhere.invalid: dns error"), "{run}");
    let tries = run.stderr.lines().filter(|line| line.starts_with('{') && line.contains("\"attempt\""));
    assert_eq!(tries.count(), 5, "{run}");
}
