//! `/user`, `/personal_access_tokens/self` and what tokens allow.

use crate::{DEVELOPER, GitLab, JOB, send};
use reqwest::Method;
use serde_json::{Value, json};

const SEED: &str = "
    [[users]]\nusername = 'ada'\nname = 'Ada L.'
    access_tokens = [
        { token = 'reads', scopes = ['read_api'], expires_at = 2999-12-31 },
        { token = 'old', expires_at = 2020-01-01 },
        { token = 'pushes', scopes = ['write_repository', 'read_user'] },
    ]
    [[projects]]\nid = 24\npath = 'a/b'\n[[projects.tags]]\nname = 'v0.1'
    [[projects.members]]\nusername = 'ada'\nrole = 'maintainer'";

#[tokio::test]
async fn users_and_tokens_are_told_who_they_are() {
    let gitlab = GitLab::seeded(SEED).await;
    let get = async |token: &str, path: &str| gitlab.by(token, Method::GET, path, Value::Null).await;
    let user = get("reads", "/user").await.expect(200);
    assert_eq!((&user["username"], &user["name"], &user["state"]), (&json!("ada"), &json!("Ada L."), &json!("active")));
    assert_eq!(user["web_url"], format!("{}/ada", gitlab.sandbox.url()));
    let token = get("reads", "/personal_access_tokens/self").await.expect(200);
    assert_eq!(
        (&token["scopes"], &token["expires_at"], &token["active"]),
        (&json!(["read_api"]), &json!("2999-12-31"), &json!(true))
    );
    assert_eq!((&token["user_id"], &token["revoked"]), (&user["id"], &json!(false)));
    let token = get(DEVELOPER, "/personal_access_tokens/self").await.expect(200);
    assert_eq!((&token["scopes"], &token["expires_at"]), (&json!(["api"]), &Value::Null));
    get("pushes", "/user").await.expect(200);
    for path in ["/user", "/personal_access_tokens/self"] {
        get(JOB, path).await.refused(401, json!({ "message": "401 Unauthorized" }));
        let nobody = send(gitlab.request(Method::GET, &format!("/api/v4{path}"))).await;
        nobody.refused(401, json!({ "message": "401 Unauthorized" }));
    }
}

#[tokio::test]
async fn a_token_does_what_its_scopes_allow_until_it_expires() {
    let gitlab = GitLab::seeded(SEED).await;
    let releases = "/projects/24/releases";
    gitlab.by("reads", Method::GET, releases, Value::Null).await.expect(200);
    let refused = |scope: &str| {
        json!({
            "error": "insufficient_scope", "scope": scope,
            "error_description": "The request requires higher privileges than provided by the access token.",
        })
    };
    let body = json!({ "tag_name": "v0.1" });
    gitlab.by("reads", Method::POST, releases, body.clone()).await.refused(403, refused("api"));
    gitlab.by("pushes", Method::GET, releases, Value::Null).await.refused(403, refused("api read_api"));
    let text = "Token is expired. You can either do re-authorization or token refresh.";
    let expired = json!({ "error": "invalid_token", "error_description": text });
    gitlab.by("old", Method::GET, releases, Value::Null).await.refused(401, expired.clone());
    gitlab.by("old", Method::GET, "/user", Value::Null).await.refused(401, expired);
}
