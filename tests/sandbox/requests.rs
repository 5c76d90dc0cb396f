//! `/sandbox/requests`

use crate::{GitLab, send};
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn requests_are_counted_by_route() {
    let gitlab = GitLab::new().await;
    let counts = async || send(gitlab.request(Method::GET, "/sandbox/requests")).await.expect(200);
    assert_eq!(counts().await, json!({ "total": 0, "requests": [] }));
    gitlab.get("/projects/24/releases").await;
    gitlab.get("/projects/root%2Fawesome-app/releases?page=2").await;
    gitlab.post("/projects/24/releases", json!({})).await;
    gitlab.get("/projects/24/releases/v0.1/assets/links/3").await;
    gitlab.get("/nope").await;
    assert_eq!(
        counts().await,
        json!({ "total": 5, "requests": [
            { "method": "GET", "route": "*", "count": 1 },
            { "method": "GET", "route": "/projects/:id/releases", "count": 2 },
            { "method": "POST", "route": "/projects/:id/releases", "count": 1 },
            { "method": "GET", "route": "/projects/:id/releases/:tag_name/assets/links/:link_id", "count": 1 },
        ] })
    );
    send(gitlab.request(Method::DELETE, "/sandbox/requests")).await.expect(204);
    assert_eq!(counts().await["total"], 0);
}
