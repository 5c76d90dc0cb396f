//! Killed after any single request, the next run finishes the work: with exactly the right number of everything.

use crate::support::{Home, Server, block_on, relsync};
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use serde_json::{Value, json};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::Notify;

const SEED: &str = r#"
[[projects.tags]]
name = "v1"
target = "1111111111111111111111111111111111111111"
[[projects.tags]]
name = "gone"
target = "1111111111111111111111111111111111111111"
[[projects.milestones]]
title = "old"
state = "closed"
[[projects.releases]]
tag_name = "v1"
[[projects.releases.links]]
name = "a"
url = "https://example.com/1"
direct_asset_path = "/bin/a"
[[projects.releases.links]]
name = "b"
url = "https://example.com/2"
[[projects.releases.links]]
name = "c"
url = "https://example.com/3"
[[projects.releases.links]]
name = "d"
url = "https://example.com/4"
[[projects.releases]]
tag_name = "gone"
"#;

/// Creates, updates, deletes, links that change places, milestones made, opened again and closed.
const MANIFEST: &str = r#"
[policy]
unmanaged = "delete"
[[milestones]]
title = "old"
state = "active"
[[milestones]]
title = "new, too"
state = "closed"
[[releases]]
tag_name = "v1"
name = "One"
description = "Notes"
milestones = ["old", "new, too"]
links = [
    { name = "a", url = "https://example.com/2" },
    { name = "b", url = "https://example.com/3" },
    { name = "c", url = "https://example.com/1" },
]
[[releases]]
tag_name = "v2"
ref = "main"
tag_message = "Two"
milestones = ["new, too"]
links = [{ name = "a", url = "https://example.com/a" }, { name = "b", url = "https://example.com/b" }]
"#;

/// Passes requests on, so many of them: the last of these is carried out, but its answer never arrives.
struct Proxy {
    to: String,
    left: AtomicUsize,
    used_up: Notify,
    http: reqwest::Client,
}

async fn pass(State(proxy): State<Arc<Proxy>>, request: Request) -> Response {
    let left = proxy.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).unwrap_or(0);
    if left == 0 {
        return std::future::pending().await;
    }
    let (parts, body) = request.into_parts();
    let body: Bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let answer =
        proxy.http.request(parts.method, format!("{}{}", proxy.to, parts.uri)).headers(parts.headers).body(body);
    let answer = answer.send().await.unwrap();
    if left == 1 {
        proxy.used_up.notify_one();
        return std::future::pending().await;
    }
    let mut response = Response::builder().status(answer.status());
    response.headers_mut().unwrap().extend(answer.headers().clone());
    response.body(Body::from(answer.bytes().await.unwrap())).unwrap()
}

/// Runs apply until so many requests have been carried out, and kills it. Whether it came that far.
fn killed_after(server: &Server, home: &Home, requests: usize) -> bool {
    block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let http = reqwest::Client::builder().no_proxy().no_gzip().build().unwrap();
        let (to, left) = (server.url.clone(), AtomicUsize::new(requests));
        let proxy = Arc::new(Proxy { to, left, used_up: Notify::new(), http });
        let app = axum::Router::new().fallback(pass).with_state(Arc::clone(&proxy));
        let serving = tokio::spawn(async move { axum::serve(listener, app).await });

        let mut command = relsync(&["apply", "--yes"]);
        command.current_dir(home.path()).env("RELSYNC_URL", url).env("RELSYNC_TOKEN", "sandbox-maintainer");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut process = tokio::process::Command::from(command).kill_on_drop(true).spawn().unwrap();
        let killed = tokio::select! {
            () = proxy.used_up.notified() => {
                process.kill().await.unwrap();
                true
            }
            status = process.wait() => {
                assert!(status.unwrap().success());
                false
            }
        };
        serving.abort();
        killed
    })
}

/// All there is, without what GitLab numbers and dates by itself.
fn state(server: &Server) -> Value {
    let get = |path: &str| server.ask(reqwest::Method::GET, path, &Value::Null);
    let rows = |value: Value, row: &dyn Fn(&Value) -> Value| -> Vec<Value> {
        let mut rows: Vec<_> = value.as_array().unwrap().iter().map(row).collect();
        rows.sort_by_key(Value::to_string);
        rows
    };
    let title = |milestone: &Value| json!([milestone["title"], milestone["state"]]);
    let link = |l: &Value| {
        let path = l["direct_asset_url"].as_str().unwrap().split_once("/downloads").map(|(_, path)| path.to_owned());
        json!([l["name"], l["url"], path, l["link_type"]])
    };
    let release = |r: &Value| {
        let milestones = rows(r.get("milestones").cloned().unwrap_or(json!([])), &title);
        json!([r["tag_name"], r["name"], r["description"], milestones, rows(r["assets"]["links"].clone(), &link)])
    };
    json!({
        "releases": rows(get("/projects/24/releases"), &release),
        "milestones": rows(get("/projects/24/milestones"), &title),
        "tags": rows(get("/projects/24/repository/tags"), &|tag| json!([tag["name"], tag["message"]])),
    })
}

#[test]
fn killed_after_any_request_the_next_run_finishes_the_work() {
    let wish = {
        let server = Server::with(SEED);
        let home = Home::with_server(&server, "sandbox-maintainer");
        home.manifest(MANIFEST);
        home.run(&["apply", "--yes"]).expect(0);
        state(&server)
    };
    insta::assert_json_snapshot!(wish);
    for requests in 1.. {
        let server = Server::with(SEED);
        let home = Home::with_server(&server, "sandbox-maintainer");
        home.manifest(MANIFEST);
        let killed = killed_after(&server, &home, requests);
        if killed {
            home.run(&["apply", "--yes"]).expect(0);
        }
        assert_eq!(state(&server), wish, "killed after {requests} requests");
        home.run(&["plan", "--detailed-exitcode"]).expect(0);
        if !killed {
            assert!(requests > 15, "only {requests} requests");
            break;
        }
    }
}

/// A long history, killed in the middle: the next run makes what is missing, and nothing else.
#[test]
fn a_history_killed_midway_is_finished_with_no_create_too_many() {
    const COUNT: usize = 120;
    let tags: Vec<_> = (0..COUNT).map(|n| format!("[[projects.tags]]\nname = \"v{n}\"\n")).collect();
    let link = |n: usize, l: usize| {
        format!("[[releases.links]]\nname = \"asset {l}\"\nurl = \"https://example.com/{n}/{l}\"\n")
    };
    let release = |n: usize| {
        let links: String = (0..5).map(|l| link(n, l)).collect();
        let (year, month) = (2000 + n / 12, n % 12 + 1);
        format!(
            "[[releases]]\ntag_name = \"v{n}\"\ndescription = \"Notes {n}\"\nreleased_at = {year}-{month:02}-01T00:00:00Z\n{links}"
        )
    };
    let manifest: String = (0..COUNT).rev().map(release).collect();
    let server = Server::with(&tags.concat());
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.manifest(&manifest);
    assert!(killed_after(&server, &home, 4 + COUNT / 2));
    let live = server.ask(reqwest::Method::GET, "/projects/24/releases?per_page=100", &Value::Null);
    let live: Vec<_> = live.as_array().unwrap().iter().map(|release| release["tag_name"].as_str().unwrap()).collect();
    assert!((COUNT / 3..COUNT).contains(&live.len()), "killed after {} of {COUNT}", live.len());
    // What is there is the oldest part, but for what was under way side by side.
    let youngest = live.iter().map(|tag| tag[1..].parse::<usize>().unwrap()).max().unwrap();
    assert!(youngest < live.len() + 32, "{youngest} of {live:?}");

    server.requests();
    home.run(&["apply", "--yes"]).expect(0);
    let missing = COUNT - live.len();
    // Reads of the project, its releases and tags; none of a single release, as what is missing is no look's business.
    let requests = server.requests();
    let posts = format!("POST /projects/:id/releases {missing}");
    assert!(requests.contains(&posts), "not {posts}: {requests:?}");
    let reads: Vec<_> = requests.iter().filter(|line| !line.starts_with("POST ")).collect();
    assert_eq!(reads, ["GET /projects/:id 1", "GET /projects/:id/releases 1", "GET /projects/:id/repository/tags 2"]);
    home.run(&["plan", "--detailed-exitcode"]).expect(0);
}

/// Stops by a signal, as Ctrl-C and a cancelled CI job send it: what is under way is finished and told, the rest not begun.
#[cfg(unix)]
#[test]
fn asked_to_stop_it_finishes_what_is_under_way_and_tells() {
    use std::io::{BufRead, BufReader, Read};
    for signal in ["TERM", "INT"] {
        let server = Server::serve(&["--latency", "100ms"]);
        let home = Home::with_server(&server, "sandbox-maintainer");
        let releases: Vec<_> =
            (0..60).map(|n| format!("[[releases]]\ntag_name = \"r{n}\"\nref = \"main\"\n")).collect();
        home.manifest(&releases.concat());
        let mut command = relsync(&["apply", "--yes", "--concurrency", "2"]);
        command.current_dir(home.path()).env("RELSYNC_URL", &server.url).env("RELSYNC_TOKEN", "sandbox-maintainer");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let mut told = BufReader::new(process.stderr.take().unwrap());
        told.read_line(&mut String::new()).unwrap();
        let id = process.id().to_string();
        assert!(std::process::Command::new("kill").args(["-s", signal, &id]).status().unwrap().success());
        let mut rest = String::new();
        told.read_to_string(&mut rest).unwrap();
        let output = process.wait_with_output().unwrap();
        let shown = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(1), "{shown}");
        assert!(shown.contains("not begun.") && shown.contains("Apply again: it does what is left."), "{shown}");
        assert!(rest.contains("Stopping: waiting for the requests under way."), "{rest}");
        // What it tells of is there, and nothing else.
        let done = shown.split("Done: ").nth(1).and_then(|line| line.split(' ').next()).unwrap().to_owned();
        let live = server.ask(reqwest::Method::GET, "/projects/24/releases?per_page=100", &Value::Null);
        assert_eq!(live.as_array().unwrap().len().to_string(), done, "{shown}");
        home.run(&["apply", "--yes"]).expect(0);
    }
}
