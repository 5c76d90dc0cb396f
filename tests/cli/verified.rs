//! Digests of downloads: what they are held to, and what none of it is worth.

use crate::download::{files, home, large, release, sha256, upload};
use crate::host::{Host, answer, not_found, redirect, whole};
use crate::support::{Home, Server};
use std::fs;

#[test]
fn a_wrong_file_is_not_kept() {
    let server = Server::start();
    let list = format!(
        "{}  evil\n{}  good\n{}  twice\n{}  twice\n",
        sha256(b"x"),
        sha256(b"good"),
        sha256(b"1"),
        sha256(b"2")
    );
    let host = Host::start(move |head| match head.path() {
        "/sums/checksums.txt" => whole(list.as_bytes()),
        "/good" => whole(b"good"),
        "/gone?signature=secret" => not_found(),
        "/members" => answer("401 Unauthorized", &[], b""),
        _ => whole(b"evil"),
    });
    let at = |path: &str| format!("{}{path}", host.url);
    release(
        &server,
        &[
            ("evil", &at("/evil"), ""),
            ("good", &at("/good"), ""),
            ("gone", &at("/gone?signature=secret"), ""),
            ("members", &at("/members"), ""),
            ("twice", &at("/twice"), ""),
            ("unlisted", &at("/unlisted"), ""),
            ("ftp", "ftp://user:password@ftp.example.com/a/ftp", ""),
            ("sums", &at("/sums/checksums.txt"), ""),
        ],
    );
    let home = home(&server);
    insta::assert_snapshot!("wrong", home.run(&["download", "v0.1", "--verify", "--retry-for", "0s"]).expect(1));
    assert_eq!(files(&home), ["checksums.txt 286", "good 4"]);
    // What is named is wanted, and what can't be had is said.
    insta::assert_snapshot!("named_ftp", home.run(&["download", "v0.1", "ftp"]).expect(1));
    // On stdout it can't be taken back, but it can be said.
    insta::assert_snapshot!("wrong_on_stdout", home.run(&["download", "v0.1", "evil", "-o", "-"]).expect(1));
    insta::assert_snapshot!("unverified_on_stdout", home.run(&["download", "v0.1", "unlisted", "-O", "-"]).expect(0));
    home.run(&["download", "v0.1", "unlisted", "-O", "-", "--verify"]).expect(1);
}

#[test]
fn a_list_is_what_was_read_as_one() {
    let server = Server::start();
    let list = format!("{}  app\n", sha256(b"app"));
    let host = Host::start(move |head| whole(if head.path() == "/sums" { list.as_bytes() } else { b"no digest" }));
    let at = |path: &str| format!("{}{path}", host.url);
    release(
        &server,
        &[
            ("installer.sha256", &at("/i"), "/bin/installer"),
            ("empty", &at("/e"), "/checksums.txt"),
            ("sums", &at("/sums"), "/SHA256SUMS"),
        ],
    );
    let home = home(&server);
    insta::assert_snapshot!("what_is_a_list", home.run(&["download", "v0.1", "--verify"]).expect(1));
    assert_eq!(files(&home), ["SHA256SUMS 70"]);
    home.run(&["download", "v0.1", "/SHA256SUMS", "--verify", "-O", "alone"]).expect(0);
}

#[test]
fn what_is_not_verified_is_not_printed() {
    let server = Server::start();
    let list = format!("{}  good\n{}  evil\n", sha256(&large(1)), sha256(b"good"));
    let host = Host::start(move |head| match head.path() {
        "/SHA256SUMS" => whole(list.as_bytes()),
        _ => whole(&large(1)),
    });
    let at = |path: &str| format!("{}{path}", host.url);
    release(&server, &[("good", &at("/good"), ""), ("evil", &at("/evil"), ""), ("sums", &at("/SHA256SUMS"), "")]);
    let home = home(&server);
    let temp = tempfile::tempdir().unwrap();
    let home = home.env("TMPDIR", temp.path().to_str().unwrap());
    let evil = home.run(&["download", "v0.1", "evil", "--verify", "-O", "-"]).expect(1);
    assert!(evil.stdout.is_empty(), "something was printed");
    let good = home.run(&["download", "v0.1", "good", "--verify", "-O", "-"]).expect(0);
    assert!(good.stdout.as_bytes() == large(1), "stdout is not the file");
    assert_eq!(fs::read_dir(temp.path()).unwrap().count(), 0);
}

#[test]
fn a_list_that_can_not_be_read_verifies_nothing() {
    let server = Server::start();
    let host = Host::start(|head| if head.path() == "/app" { whole(b"app") } else { not_found() });
    let at = |path: &str| format!("{}{path}", host.url);
    release(&server, &[("app", &at("/app"), ""), ("SHA256SUMS", &at("/SHA256SUMS"), "")]);
    let home = home(&server);
    insta::assert_snapshot!("without_list", home.run(&["download", "v0.1", "app"]).expect(0));
    insta::assert_snapshot!(
        "without_list_verified",
        home.run(&["download", "v0.1", "app", "-O", "b", "--verify"]).expect(1)
    );
}

/// It is waited for where that can be seen, and is not waited for twice.
#[test]
fn a_list_that_can_not_be_got_is_tried_once() {
    let server = Server::start();
    let host = Host::start(|head| match head.path() {
        "/app" => whole(b"app"),
        _ => answer("503 Service Unavailable", &["retry-after: 1".to_owned()], b""),
    });
    let at = |path: &str| format!("{}{path}", host.url);
    release(&server, &[("app", &at("/app"), ""), ("SHA256SUMS", &at("/SHA256SUMS"), "")]);
    let home = home(&server);
    let asked = || host.seen().iter().filter(|head| head.path() == "/SHA256SUMS").count();
    insta::assert_snapshot!("lost_list", home.run(&["download", "v0.1", "--retry-for", "0s"]).expect(1));
    assert_eq!((asked(), files(&home)), (1, vec!["app 3".to_owned()]));
    home.run(&["download", "v0.1", "SHA256SUMS", "-O", "-", "--retry-for", "0s"]).expect(1);
    assert_eq!(asked(), 2);
    let waited = home.run(&["download", "v0.1", "SHA256SUMS", "--retry-for", "2s"]).expect(1);
    assert!(waited.stderr.contains("waiting 1 s: "), "{waited}");
    // What is there need not come.
    home.write("SHA256SUMS", "mine");
    home.run(&["download", "v0.1", "--skip-existing", "--retry-for", "0s"]).expect(0);
}

/// Another machine that is asked over plain http, as a proxy stands for it, leads back to this one: what it says where to go
/// is as little to be trusted as a file of its own.
#[test]
fn what_plain_http_has_led_to_verifies_nothing() {
    let server = Server::start();
    let list = format!("{}  app\n", sha256(b"app"));
    let host = Host::start(move |head| whole(if head.path() == "/app" { b"app" } else { list.as_bytes() }));
    let sums = format!("{}/sums", host.url);
    let proxy = Host::start(move |head| match head.path() {
        "http://dl.example.com/SHA256SUMS" => redirect("http://mirror.example.com/SHA256SUMS"),
        "http://mirror.example.com/SHA256SUMS" => redirect(&sums),
        _ => not_found(),
    });
    let app = format!("{}/app", host.url);
    release(&server, &[("app", &app, ""), ("sums", "http://dl.example.com/SHA256SUMS", "")]);
    let home = home(&server).env("http_proxy", &proxy.url).env("no_proxy", "127.0.0.1");
    insta::assert_snapshot!("led_by_plain_http", home.run(&["download", "v0.1", "--verify"]).expect(1));
    assert_eq!(files(&home), [""; 0]);
    insta::assert_snapshot!("led_by_plain_http_unverified", home.run(&["download", "v0.1"]).expect(0));
}

/// Nor does what GitLab says, if GitLab is asked so: neither its digest nor where it says that a list is.
#[test]
fn a_gitlab_in_plain_http_verifies_nothing() {
    let server = crate::list::serve(
        "[[groups]]\npath = \"root\"\n[[projects]]\nid = 24\npath = \"root/awesome-app\"\nvisibility = \"public\"\n\
         [[projects.tags]]\nname = \"v0.1\"\n",
    );
    let package = upload(&server, "app", b"app").replace(&server.url, "http://gitlab.test");
    let list = format!("{}  listed\n", sha256(b"listed"));
    let host = Host::start(move |head| whole(if head.path() == "/listed" { b"listed" } else { list.as_bytes() }));
    let at = |path: &str| format!("{}{path}", host.url);
    release(&server, &[("app", &package, ""), ("listed", &at("/listed"), ""), ("sums", &at("/SHA256SUMS"), "")]);
    // Without a token a proxy is asked, which here is the sandbox: to the other machine no name leads.
    let home = Home::new().env("RELSYNC_URL", "http://gitlab.test").env("CI_PROJECT_PATH", "root/awesome-app");
    let home = home.env("http_proxy", &server.url).env("no_proxy", "127.0.0.1");
    let download = ["download", "v0.1", "--insecure-http", "--retry-for", "0s"];
    let run = |more: &[&str]| home.run(&[&download, more].concat());
    insta::assert_snapshot!("gitlab_in_clear", run(&["--verify"]).expect(1));
    assert_eq!(files(&home), [""; 0]);
    insta::assert_snapshot!("gitlab_in_clear_unverified", run(&[]).expect(0));
    // That it is the same nobody can tell either.
    insta::assert_snapshot!("gitlab_in_clear_again", run(&["app"]).expect(1));
}
