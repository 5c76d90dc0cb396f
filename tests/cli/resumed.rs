//! Downloads that break off: taken up where they were, if it is still the same file.

use crate::download::{files, home, large, release, sha256, upload};
use crate::host::{Head, Host, part, whole};
use crate::support::{Home, Server};
use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A host whose file breaks off after `most` bytes of each answer; `etag` and `file` are what it has at the nth request.
fn breaking(most: usize, etag: fn(usize) -> Option<&'static str>, file: fn(usize) -> Vec<u8>) -> Host {
    let requests = AtomicUsize::new(0);
    Host::start(move |head| {
        let number = requests.fetch_add(1, Ordering::Relaxed);
        part(head, &file(number), etag(number), most)
    })
}

fn download_from(host: &Host, more: &[&str]) -> (Home, crate::support::Run) {
    let server = Server::start();
    release(&server, &[("app", &format!("{}/app", host.url), "")]);
    let home = home(&server);
    let run = home.run(&[&["download", "v0.1", "--retry-for", "30s"], more].concat());
    (home, run)
}

fn ranges(host: &Host) -> Vec<Option<usize>> {
    host.seen().iter().map(Head::from).collect()
}

#[test]
fn what_breaks_off_is_taken_up_where_it_was() {
    let host = breaking(400_000, |_| Some("\"one\""), |_| large(1));
    let (home, run) = download_from(&host, &[]);
    run.expect(0);
    assert!(fs::read(home.path().join("app")).unwrap() == large(1));
    let ranges = ranges(&host);
    assert!(ranges[0].is_none() && ranges[1..].iter().all(Option::is_some), "{ranges:?}");
    assert!(host.seen()[1..].iter().all(|head| head.header("if-range") == Some("\"one\"")));

    let host = breaking(400_000, |_| Some("\"one\""), |_| large(1));
    let (_, run) = download_from(&host, &["-O", "-"]);
    assert!(run.code == Some(0) && run.stdout.as_bytes() == large(1), "stdout is not the file");
}

/// A byte more each time is no reason to try for ever.
#[test]
fn a_server_that_drips_is_given_up() {
    let server = Server::start();
    let host = breaking(1, |_| Some("\"one\""), |_| b"dripping".to_vec());
    release(&server, &[("app", &format!("{}/app", host.url), "")]);
    let home = home(&server);
    let run = home.run(&["download", "v0.1", "--retry-for", "1s"]).expect(1);
    assert!(run.stderr.contains("failed to download app: "), "{run}");
    assert!(host.seen().len() < 8, "{:?}", host.seen());
    assert_eq!(files(&home), [""; 0]);
}

#[test]
fn a_file_that_has_changed_is_not_stitched() {
    // The server sends the whole of the new one, as the tag is another.
    let tag = |number| Some(if number == 0 { "\"one\"" } else { "\"two\"" });
    let file = |number| large(if number == 0 { 1 } else { 2 });
    let host = breaking(700_000, tag, file);
    let (home, run) = download_from(&host, &[]);
    run.expect(0);
    assert!(fs::read(home.path().join("app")).unwrap() == large(2));

    // The server does not look at the tag it is told, and sends a part of the new one.
    let requests = AtomicUsize::new(0);
    let host = Host::start(move |head| {
        let number = requests.fetch_add(1, Ordering::Relaxed);
        let head = Head(head.0.replace("if-range", "x-unknown"));
        part(&head, &file(number), tag(number), 700_000)
    });
    let (home, run) = download_from(&host, &[]);
    run.expect(0);
    assert!(fs::read(home.path().join("app")).unwrap() == large(2));

    // Without a tag there is nothing to tell by: it begins again.
    let most = AtomicUsize::new(0);
    let host = Host::start(move |head| {
        let most = if most.fetch_add(1, Ordering::Relaxed) == 0 { 500_000 } else { usize::MAX };
        part(head, &large(1), None, most)
    });
    let (home, run) = download_from(&host, &[]);
    run.expect(0);
    assert!(fs::read(home.path().join("app")).unwrap() == large(1));
    assert_eq!(ranges(&host), [None, None]);
}

#[test]
fn parts_that_only_a_digest_can_tell_apart_are_told_apart() {
    let server = Server::start();
    let list = format!("{}  app\n", sha256(&large(2)));
    let requests = AtomicUsize::new(0);
    let host = Host::start(move |head| {
        if head.path() == "/SHA256SUMS" {
            return whole(list.as_bytes());
        }
        match requests.fetch_add(1, Ordering::Relaxed) {
            0 => part(head, &large(1), None, 500_000),
            _ => part(head, &large(2), None, usize::MAX),
        }
    });
    let at = |path: &str| format!("{}{path}", host.url);
    release(&server, &[("app", &at("/app"), ""), ("sums", &at("/SHA256SUMS"), "")]);
    let home = home(&server);
    home.run(&["download", "v0.1", "app", "--verify"]).expect(0);
    assert!(fs::read(home.path().join("app")).unwrap() == large(2));
    assert_eq!(host.seen().iter().filter(|head| head.path() == "/app").count(), 3);
}

#[test]
fn packages_are_taken_up_by_gitlabs_digest_of_them() {
    let server = Server::serve(&["--fault", "GET */packages/generic/* truncate 2x"]);
    let file = large(1);
    let package = upload(&server, "app.bin", &file);
    release(&server, &[("app", &package, "/bin/app")]);
    let home = home(&server);
    insta::assert_snapshot!(home.run(&["download", "v0.1", "--verify"]).expect(0));
    assert!(fs::read(home.path().join("app")).unwrap() == file);
}
