//! The five minutes for which GitLab's list shows releases as they were.

use crate::{DEVELOPER, GitLab, Reply};
use relsync::sandbox::Options;
use reqwest::Method;
use serde_json::{Value, json};

const RELEASES: &str = "/projects/24/releases";
const RELEASE: &str = "/projects/24/releases/v0.1";

fn titles(release: &Value) -> Vec<&str> {
    let milestones = release["milestones"].as_array().map(Vec::as_slice).unwrap_or_default();
    milestones.iter().map(|milestone| milestone["title"].as_str().unwrap()).collect()
}

fn first(reply: Reply) -> Value {
    reply.expect(200)[0].clone()
}

#[tokio::test]
async fn milestones_alone_do_not_bust_it() {
    let gitlab = GitLab::with(Options { list_cache: Some("1h".parse().unwrap()), ..Options::default() }).await;
    let listed = async || first(gitlab.get(RELEASES).await);
    gitlab.release(json!({ "milestones": ["v1.0"] })).await;
    assert_eq!(titles(&listed().await), ["v1.0"]);

    gitlab.put(RELEASE, json!({ "milestones": ["v1.0-rc"] })).await.expect(200);
    assert_eq!(titles(&listed().await), ["v1.0"], "the list is an hour old");
    assert_eq!(titles(&gitlab.get(RELEASE).await.expect(200)), ["v1.0-rc"], "the release itself never is");
    // Somebody else has not seen it yet.
    assert_eq!(titles(&first(gitlab.by(DEVELOPER, Method::GET, RELEASES, Value::Null).await)), ["v1.0-rc"]);
    gitlab.put("/projects/24/milestones/52", json!({ "title": "renamed" })).await.expect(200);
    assert_eq!(titles(&listed().await), ["v1.0"]);

    gitlab.put(RELEASE, json!({ "name": "other" })).await.expect(200);
    assert_eq!(titles(&listed().await), ["v1.0-rc"], "the release's own fields bust it");
    gitlab.put(RELEASE, json!({ "milestones": [] })).await.expect(200);
    assert_eq!(titles(&listed().await), ["v1.0-rc"]);
    gitlab.post(&format!("{RELEASE}/assets/links"), json!({ "name": "a", "url": "https://a.b" })).await.expect(201);
    assert_eq!((titles(&listed().await), listed().await["assets"]["links"][0]["name"].clone()), (vec![], json!("a")));

    // Which releases there are is never remembered.
    gitlab.delete(RELEASE).await.expect(200);
    assert_eq!(gitlab.get(RELEASES).await.expect(200), json!([]));
}

#[tokio::test]
async fn it_is_off_unless_asked_for() {
    let gitlab = GitLab::new().await;
    gitlab.release(json!({ "milestones": ["v1.0"] })).await;
    assert_eq!(titles(&first(gitlab.get(RELEASES).await)), ["v1.0"]);
    gitlab.put(RELEASE, json!({ "milestones": [] })).await.expect(200);
    assert!(titles(&first(gitlab.get(RELEASES).await)).is_empty());
}
