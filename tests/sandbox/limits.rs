//! Rate limits, as GitLab answers them. Their windows are long, so that no test meets the end of one.

use crate::{DEVELOPER, GitLab, MAINTAINER, Reply, send};
use relsync::sandbox::Options;
use reqwest::Method;
use serde_json::{Value, json};

const RELEASES: &str = "/projects/24/releases";

async fn limited(limits: &[&str]) -> GitLab {
    GitLab::with(Options { limits: limits.iter().map(|l| l.parse().unwrap()).collect(), ..Options::default() }).await
}

fn number(reply: &Reply, header: &str) -> u64 {
    reply.header(header).unwrap_or_else(|| panic!("no {header} in {reply:?}")).parse().unwrap()
}

#[tokio::test]
async fn a_projects_creates_and_updates_count_together() {
    let gitlab = limited(&["release-writes=3/10000h"]).await;
    gitlab.release(json!({})).await;
    gitlab.put(&format!("{RELEASES}/v0.1"), json!({ "name": "x" })).await.expect(200);
    // One that is refused counts; those of somebody who may not write, reads, links and deletes do not.
    gitlab.by(crate::GUEST, Method::POST, RELEASES, json!({ "tag_name": "v0.2" })).await.expect(403);
    gitlab.post(RELEASES, json!({ "tag_name": "v0.1" })).await.expect(409);
    let refused = gitlab.by(DEVELOPER, Method::POST, RELEASES, json!({ "tag_name": "v0.2" })).await;
    assert!(number(&refused, "retry-after") > 0);
    assert_eq!((number(&refused, "ratelimit-observed"), number(&refused, "ratelimit-remaining")), (4, 0));
    let error = "This endpoint has been requested too many times. Try again later.";
    refused.refused(429, json!({ "message": { "error": error } }));
    let encoded = "/projects/root%2Fawesome-app/releases/v0.1";
    gitlab.put(encoded, json!({ "name": "y" })).await.expect(429);
    assert_eq!(gitlab.get(encoded).await.expect(200)["name"], "x");
    gitlab
        .post(&format!("{RELEASES}/v0.1/assets/links"), json!({ "name": "a", "url": "https://a.b" }))
        .await
        .expect(201);
    assert!(gitlab.delete(encoded).await.header("ratelimit-limit").is_none());
}

#[tokio::test]
async fn the_outer_limiter_counts_a_user_and_tells_in_every_answer() {
    let gitlab = limited(&["api=2/1000h"]).await;
    let get = async |name: &'static str, token: &str| {
        let response = gitlab.request(Method::GET, "/api/v4/version").header(name, token).send().await.unwrap();
        (response.status().as_u16(), response.headers().clone(), response.text().await.unwrap())
    };
    let (status, headers, _) = get("private-token", MAINTAINER).await;
    assert_eq!(status, 200);
    for (name, value) in [
        ("ratelimit-name", "throttle_authenticated_api"),
        ("ratelimit-limit", "1"),
        ("ratelimit-observed", "1"),
        ("ratelimit-remaining", "1"),
    ] {
        assert_eq!(headers[name], value, "{name}");
    }
    assert!(headers.contains_key("ratelimit-reset") && !headers.contains_key("retry-after"));
    assert_eq!(get("authorization", "Bearer sandbox-maintainer").await.0, 200);
    let (status, headers, body) = get("private-token", MAINTAINER).await;
    assert_eq!((status, body.as_str()), (429, "Retry later\n"));
    assert_eq!(headers["content-type"], "text/plain; charset=utf-8");
    assert!(headers.contains_key("retry-after") && headers.contains_key("ratelimit-resettime"));
    // Others have their own, and those who are nobody share one.
    assert_eq!(get("private-token", DEVELOPER).await.0, 200);
    assert_eq!(get("private-token", "wrong").await.1["ratelimit-name"], "throttle_unauthenticated_api");
    assert_eq!(get("x-none", "").await.0, 401);
    assert_eq!(get("x-none", "").await.0, 429);
    // The sandbox's own routes know no limit, and what was refused is counted there.
    let total = send(gitlab.request(Method::GET, "/sandbox/requests")).await.expect(200)["total"].clone();
    assert_eq!(total, Value::from(7));
}

#[tokio::test]
async fn evidence_is_a_users() {
    let gitlab = limited(&["evidence=1/1000h"]).await;
    gitlab.release(json!({ "released_at": "2019-01-03" })).await;
    let evidence = format!("{RELEASES}/v0.1/evidence");
    gitlab.post(&evidence, Value::Null).await.expect(202);
    gitlab.post(&evidence, Value::Null).await.expect(429);
    gitlab.by(DEVELOPER, Method::POST, &evidence, Value::Null).await.expect(202);
}
