//! What was answered is there after a `kill -9`, and what was not is there whole or not at all.

use crate::{GitLab, LOCALHOST, MAINTAINER};
use relsync::sandbox::Options;
use reqwest::Client;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

const WRITERS: usize = 8;
const ENOUGH: usize = 60;

/// Ended with the test, however that ends.
struct Server(Child);

impl Server {
    fn kill(&mut self) {
        // Gone already is as good.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answered_write_survives() {
    let folder = tempfile::tempdir().unwrap();
    let server = Command::new(env!("CARGO_BIN_EXE_relsync"))
        .args(["sandbox", "serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(folder.path())
        .stdout(Stdio::piped())
        .spawn();
    let mut server = Server(server.unwrap());
    let mut line = String::new();
    BufReader::new(server.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let url = format!("{}/api/v4/projects/24/releases", line.trim().strip_prefix("listening on ").unwrap());

    let (client, answered) = (Client::new(), AtomicUsize::new(0));
    let write = async |writer: usize| {
        let mut done = Vec::new();
        for number in 0.. {
            let tag = format!("w{writer}-{number}");
            let links: Vec<_> =
                (0..5).map(|n| json!({ "name": n.to_string(), "url": format!("https://x.y/{n}") })).collect();
            let body = json!({ "tag_name": tag, "ref": "main", "assets": { "links": links } });
            let sent = client.post(&url).header("private-token", MAINTAINER).json(&body).send().await;
            match sent {
                Ok(response) if response.status() == 201 => done.push(tag),
                Ok(response) => panic!("{response:?}"),
                Err(_) => break,
            }
            answered.fetch_add(1, Ordering::Relaxed);
        }
        done
    };
    let kill = async {
        while answered.load(Ordering::Relaxed) < ENOUGH {
            tokio::task::yield_now().await;
        }
        server.kill();
    };
    let (written, ()) = tokio::join!(futures_util::future::join_all((0..WRITERS).map(write)), kill);
    let written: BTreeSet<String> = written.into_iter().flatten().collect();
    assert!(written.len() >= ENOUGH);

    let gitlab =
        GitLab::with(Options { listen: LOCALHOST, data: Some(folder.path().into()), ..Options::default() }).await;
    let (mut found, mut page) = (BTreeSet::new(), Some("1".to_owned()));
    while let Some(number) = page.filter(|number| !number.is_empty()) {
        let reply = gitlab.get(&format!("/projects/24/releases?per_page=100&page={number}")).await;
        page = reply.header("x-next-page").map(str::to_owned);
        for release in reply.expect(200).as_array().unwrap() {
            assert_eq!(release["assets"]["links"].as_array().map(Vec::len), Some(5), "half a release: {release}");
            assert_ne!(release["commit"], Value::Null);
            assert!(found.insert(release["tag_name"].as_str().unwrap().to_owned()), "twice: {release}");
        }
    }
    assert!(written.is_subset(&found), "lost: {:?}", written.difference(&found).collect::<Vec<_>>());
    assert!(found.len() <= written.len() + WRITERS, "{} of {}", found.len(), written.len());
}
