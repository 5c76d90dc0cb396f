//! Every example request of GitLab's page on the releases API, sent as the page has it, and every key of its example
//! answers, with the same type. The answers below are the page's, cut down to one value of each type.
//!
//! What the page has that no GitLab answers is not asked for: its one-release example is not valid JSON (a bracket and two
//! commas are astray), and its update example counts `opened` issues where all the others have `total`.

use crate::{GitLab, MAINTAINER, options, send};
use relsync::sandbox::Options;
use reqwest::{Client, Method, redirect::Policy};
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

const PROJECT: &str = "/api/v4/projects/24";

fn author() -> Value {
    json!({ "id": 1, "name": "", "username": "", "state": "", "avatar_url": "", "web_url": "" })
}

fn commit() -> Value {
    json!({
        "id": "", "short_id": "", "title": "", "created_at": "", "parent_ids": [], "message": "",
        "author_name": "", "author_email": "", "authored_date": "",
        "committer_name": "", "committer_email": "", "committed_date": "",
    })
}

fn milestone() -> Value {
    json!({
        "id": 51, "iid": 1, "project_id": 24, "title": "", "description": "", "state": "", "created_at": "",
        "updated_at": "", "due_date": "", "start_date": "", "web_url": "", "issue_stats": { "total": 98, "closed": 76 },
    })
}

fn evidence() -> Value {
    json!({ "sha": "", "filepath": "", "collected_at": "" })
}

fn links() -> Value {
    json!({
        "closed_issues_url": "", "closed_merge_requests_url": "", "edit_url": "", "merged_merge_requests_url": "",
        "opened_issues_url": "", "opened_merge_requests_url": "", "self": "",
    })
}

fn sources() -> Value {
    Value::Array(vec![json!({ "format": "", "url": "" }); 4])
}

fn link() -> Value {
    json!({ "id": 2, "name": "", "url": "", "link_type": "" })
}

/// What all the page's releases have.
fn release() -> Value {
    json!({
        "tag_name": "", "description": "", "name": "", "created_at": "", "released_at": "", "author": author(),
        "commit": commit(), "commit_path": "", "tag_path": "",
        "assets": { "count": 6, "sources": sources(), "links": [] },
    })
}

fn with(mut base: Value, more: Value) -> Value {
    let Value::Object(more) = more else { panic!("not an object") };
    for (key, value) in more {
        base[key] = value;
    }
    base
}

fn assets(links: &[Value]) -> Value {
    json!({ "count": 6, "sources": sources(), "links": links, "evidence_file_path": "" })
}

/// Everything the example shows is in the answer: each key, each element, with the same type.
#[track_caller]
fn holds(answer: &Value, example: &Value, place: &str) {
    match (example, answer) {
        (Value::Object(example), Value::Object(answer)) => {
            for (key, value) in example {
                let found = answer.get(key).unwrap_or_else(|| panic!("{place}.{key} is missing"));
                holds(found, value, &format!("{place}.{key}"));
            }
        }
        (Value::Array(example), Value::Array(answer)) => {
            assert!(answer.len() >= example.len(), "{place} has {} elements", answer.len());
            for (number, (found, value)) in answer.iter().zip(example).enumerate() {
                holds(found, value, &format!("{place}[{number}]"));
            }
        }
        (Value::String(_), Value::String(_)) | (Value::Bool(_), Value::Bool(_)) => {}
        (Value::Number(_), Value::Number(number)) => assert!(number.is_u64(), "{place} is {number}"),
        (example, answer) => panic!("{place} is {answer}, not like {example}"),
    }
}

/// The default seed, and what the page's examples presume. Evidence is there at once, as in the page's answers.
async fn presumed() -> GitLab {
    let seed = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/api-page/seed.toml");
    GitLab::with(Options { seed: Some(seed.into()), evidence_delay: Duration::ZERO, ..options() }).await
}

/// A request as curl sends it: with a token, and JSON where the page says so.
async fn curl(gitlab: &GitLab, method: Method, path: &str, data: Option<&'static str>) -> Value {
    let request = gitlab.request(method, &format!("{PROJECT}{path}")).header("PRIVATE-TOKEN", MAINTAINER);
    let request = match data {
        Some(data) => request.header("Content-Type", "application/json").body(data),
        None => request,
    };
    let reply = send(request).await;
    assert!(reply.status < 300, "{} {}", reply.status, reply.body);
    reply.body
}

#[tokio::test]
async fn the_list() {
    let gitlab = presumed().await;
    let answer = curl(&gitlab, Method::GET, "/releases", None).await;
    let more = json!({ "evidences": [evidence()], "_links": links(), "assets": assets(&[link(), link()]) });
    let newest = with(with(release(), more.clone()), json!({ "milestones": [milestone(), milestone()] }));
    let oldest = with(release(), with(more, json!({ "assets": assets(&[]) })));
    holds(&answer, &json!([newest, oldest]), "list");
    assert_eq!((&answer[0]["tag_name"], &answer[1]["tag_name"]), (&json!("v0.2"), &json!("v0.1")));
    assert_eq!(answer[0]["assets"]["links"][0]["name"], "awesome-v0.2.msi");
    assert_eq!((&answer[0]["assets"]["count"], answer.as_array().map(Vec::len)), (&json!(6), Some(2)));
    let html = curl(&gitlab, Method::GET, "/releases?include_html_description=true", None).await;
    holds(&html, &json!([{ "description_html": "" }]), "list");
}

#[tokio::test]
async fn one_release() {
    let gitlab = presumed().await;
    let answer = curl(&gitlab, Method::GET, "/releases/v0.1", None).await;
    let example = with(
        release(),
        json!({
            "milestones": [milestone(), milestone()], "evidences": [evidence()], "_links": links(),
            "assets": { "count": 5, "sources": sources(), "links": [link()] },
        }),
    );
    holds(&answer, &example, "release");
    assert_eq!(answer["assets"]["count"], 5);
    // Booleans of the two last sections of the page.
    holds(&answer, &json!({ "upcoming_release": true, "historical_release": true }), "release");
}

#[tokio::test]
async fn downloads_and_the_latest_release() {
    let gitlab = presumed().await;
    let client = Client::builder().redirect(Policy::none()).build().unwrap();
    let location = async |path: &str| {
        let url = format!("{}{PROJECT}{path}", gitlab.sandbox.url());
        let reply = send(client.get(url).header("PRIVATE-TOKEN", MAINTAINER)).await;
        (reply.status, reply.header("location").unwrap_or_default().to_owned())
    };
    assert_eq!(
        location("/releases/v0.1/downloads/bin/asset.exe").await,
        (302, "https://example.com/binaries/linux-amd64".to_owned())
    );
    for suffix in ["", "/evidence", "/downloads/bin/asset.exe"] {
        let to = format!("{PROJECT}/releases/v0.2{suffix}");
        assert_eq!(location(&format!("/releases/permalink/latest{suffix}")).await, (302, to));
    }
}

#[tokio::test]
async fn creating() {
    let gitlab = presumed().await;
    let data = r#"{ "name": "New release", "tag_name": "v0.3", "description": "Super nice release", "milestones": ["v1.0", "v1.0-rc"], "assets": { "links": [{ "name": "hoge", "url": "https://google.com", "direct_asset_path": "/binaries/linux-amd64", "link_type":"other" }] } }"#;
    let answer = curl(&gitlab, Method::POST, "/releases", Some(data)).await;
    let example = with(
        release(),
        json!({ "milestones": [milestone(), milestone()], "evidence_sha": "", "assets": assets(&[link()]) }),
    );
    holds(&answer, &example, "release");
    assert_eq!((&answer["name"], &answer["assets"]["count"]), (&json!("New release"), &json!(5)));
}

#[tokio::test]
async fn evidence_updating_and_deleting() {
    let gitlab = presumed().await;
    assert_eq!(curl(&gitlab, Method::POST, "/releases/v0.1/evidence", None).await["message"], "202 Accepted");
    let answer =
        curl(&gitlab, Method::PUT, "/releases/v0.1", Some(r#"{"name": "new name", "milestones": ["v1.2"]}"#)).await;
    let example = with(release(), json!({ "evidence_sha": "", "assets": assets(&[]) }));
    holds(&answer, &with(example.clone(), json!({ "milestones": [milestone()] })), "release");
    assert_eq!((&answer["name"], &answer["milestones"][0]["title"]), (&json!("new name"), &json!("v1.2")));

    let answer = curl(&gitlab, Method::DELETE, "/releases/v0.1", None).await;
    holds(&answer, &example, "release");
    assert_eq!(answer["name"], "new name");
    gitlab.get("/projects/24/releases/v0.1").await.expect(404);
}
