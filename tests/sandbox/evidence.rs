//! Evidence: asked for, there a moment later, and what is in it.

use crate::{DEVELOPER, GUEST, GitLab, JOB, REPORTER, options, send};
use relsync::sandbox::{Options, Tier};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::time::Duration;

const EVIDENCE: &str = "/projects/24/releases/v0.1/evidence";
const RELEASE: &str = "/projects/24/releases/v0.1";

/// Lets the background do what waits, and tells how much that was.
async fn work(gitlab: &GitLab) -> u64 {
    send(gitlab.request(Method::POST, "/sandbox/jobs")).await.expect(200)["done"].as_u64().unwrap()
}

async fn text(gitlab: &GitLab, url: &str, token: &str) -> (u16, String) {
    let response = gitlab.client.get(url).header("private-token", token).send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

#[tokio::test]
async fn a_new_release_has_evidence_a_moment_later() {
    let gitlab = GitLab::new().await;
    let made = gitlab.release(json!({ "milestones": ["v1.0"], "name": "n", "description": "d" })).await;
    assert_eq!((&made["evidences"], made.get("evidence_sha")), (&json!([]), None));
    assert_eq!(gitlab.get(RELEASE).await.expect(200), made);
    assert_eq!((work(&gitlab).await, work(&gitlab).await), (1, 0));

    let release = gitlab.get(RELEASE).await.expect(200);
    let evidence = &release["evidences"][0];
    let page = release["_links"]["self"].as_str().unwrap();
    assert_eq!(evidence["filepath"], format!("{page}/evidences/1.json"));
    assert_eq!(release["assets"]["evidence_file_path"], evidence["filepath"]);
    assert_eq!(release["evidence_sha"], evidence["sha"]);
    assert!(evidence["collected_at"].is_string());
    assert_eq!(gitlab.get("/projects/24/releases").await.expect(200)[0], release);

    let url = evidence["filepath"].as_str().unwrap();
    let (status, body) = text(&gitlab, url, REPORTER).await;
    let sha: Vec<String> = Sha256::digest(body.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!((status, evidence["sha"].as_str()), (200, Some(sha.concat().as_str())));
    let content: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(content["release"]["tag_name"], "v0.1");
    assert_eq!(content["release"]["milestones"][0]["title"], "v1.0");
    assert_eq!(content["release"]["project"]["id"], 24);
    assert_eq!(text(&gitlab, url, GUEST).await.0, 403);
    assert_eq!(text(&gitlab, url, "wrong").await.0, 401);
    assert_eq!(text(&gitlab, &url.replace("1.json", "2.json"), REPORTER).await.0, 404);
    assert_eq!(text(&gitlab, &url.replace("1.json", "x.json"), REPORTER).await.0, 400);
    assert_eq!(text(&gitlab, &url.replace("awesome", "other"), REPORTER).await.0, 404);
}

#[tokio::test]
async fn evidence_is_collected_when_asked_for() {
    let gitlab = GitLab::new().await;
    gitlab.post(EVIDENCE, Value::Null).await.refused(404, json!({ "message": "404 Not Found" }));
    for released_at in ["2019-01-01T00:00:00Z", "2999-01-01T00:00:00Z"] {
        gitlab.release(json!({ "released_at": released_at })).await;
        assert_eq!(work(&gitlab).await, 0, "{released_at}");
        let forbidden = json!({ "message": "403 Forbidden" });
        gitlab.by(REPORTER, Method::POST, EVIDENCE, Value::Null).await.refused(403, forbidden);
        for who in [JOB, DEVELOPER] {
            let reply = gitlab.by(who, Method::POST, EVIDENCE, Value::Null).await;
            reply.refused(202, json!({ "message": "202 Accepted" }));
        }
        gitlab.put(RELEASE, json!({ "name": "changed" })).await.expect(200);
        assert_eq!(work(&gitlab).await, 2);
        let release = gitlab.get(RELEASE).await.expect(200);
        assert_eq!(release["evidences"].as_array().unwrap().len(), 2);
        assert_eq!(release["evidence_sha"], release["evidences"][0]["sha"]);
        gitlab.delete(RELEASE).await.expect(200);
    }
}

#[tokio::test]
async fn without_premium_there_is_no_evidence() {
    let gitlab = GitLab::with(Options { tier: Tier::Free, evidence_delay: Duration::ZERO, ..options() }).await;
    let made = gitlab.release(json!({})).await;
    gitlab.post(EVIDENCE, Value::Null).await.refused(404, json!({ "error": "404 Not Found" }));
    assert_eq!(gitlab.get(RELEASE).await.expect(200), made);
    assert_eq!(made["evidences"], json!([]));
}

#[tokio::test]
async fn without_a_delay_it_is_there_at_once() {
    let gitlab = GitLab::with(Options { evidence_delay: Duration::ZERO, ..options() }).await;
    let made = gitlab.release(json!({})).await;
    assert_eq!(made["evidences"].as_array().unwrap().len(), 1);
    assert_eq!(work(&gitlab).await, 0);
}
