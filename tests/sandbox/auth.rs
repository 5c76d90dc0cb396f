//! Tokens and roles.

use crate::{DEVELOPER, GUEST, GitLab, JOB, MAINTAINER, REPORTER, send};
use reqwest::Method;
use serde_json::{Value, json};

const SEED: &str = "
    [[users]]\nusername = 'ada'\ntokens = ['ada-token']
    [[users]]\nusername = 'bob'\ntokens = ['bob-token', 'bob-2']
    [[projects]]\nid = 24\npath = 'a/private'
    [[projects.tags]]\nname = 'v0.1'
    [[projects.tags]]\nname = 'v0.2'
    [[projects.milestones]]\ntitle = 'm'
    [[projects.members]]\nusername = 'ada'\nrole = 'developer'
    [[projects.releases]]\ntag_name = 'v0.1'\nname = 'secret'\nmilestones = ['m']
    [[projects.releases.links]]\nname = 'l'\nurl = 'https://x.y'\ndirect_asset_path = '/bin/app'
    [[projects]]\nid = 25\npath = 'a/public'\nvisibility = 'public'
    [[projects.tags]]\nname = 'v0.1'
    [[projects.releases]]\ntag_name = 'v0.1'\nname = 'shown'";

fn unauthorized() -> Value {
    json!({ "message": "401 Unauthorized" })
}

fn forbidden() -> Value {
    json!({ "message": "403 Forbidden" })
}

fn no_project() -> Value {
    json!({ "message": "404 Project Not Found" })
}

#[tokio::test]
async fn tokens_count_where_they_belong() {
    let gitlab = GitLab::seeded(SEED).await;
    let get = async |path: &str, name: &'static str, value: &str| {
        send(gitlab.request(Method::GET, &format!("/api/v4{path}")).header(name, value)).await
    };
    let releases = "/projects/24/releases";
    for (name, value) in [
        ("private-token", MAINTAINER),
        ("authorization", "Bearer sandbox-maintainer"),
        ("authorization", "bearer ada-token"),
        ("private-token", "ada-token"),
        ("job-token", JOB),
    ] {
        get(releases, name, value).await.expect(200);
    }
    get(&format!("{releases}?private_token=ada-token"), "x-none", "").await.expect(200);
    for (name, value) in [
        ("private-token", "wrong"),
        ("private-token", JOB),
        ("authorization", "Bearer sandbox-job"),
        ("job-token", "wrong"),
        ("job-token", MAINTAINER),
    ] {
        get(releases, name, value).await.refused(401, unauthorized());
        get("/projects/25/releases", name, value).await.refused(401, unauthorized());
    }
    get(releases, "private-token", "bob-2").await.refused(404, no_project());
    get(releases, "private-token", "").await.refused(404, no_project());
}

#[tokio::test]
async fn nobody_reads_what_is_public_and_no_more() {
    let gitlab = GitLab::seeded(SEED).await;
    let call = async |method: Method, path: &str| send(gitlab.request(method, &format!("/api/v4{path}"))).await;
    for path in
        ["", "/releases", "/releases/v0.1", "/releases/v0.1/assets/links", "/repository/tags", "/repository/tags/v0.1"]
    {
        call(Method::GET, &format!("/projects/25{path}")).await.expect(200);
        call(Method::GET, &format!("/projects/24{path}")).await.refused(404, no_project());
    }
    call(Method::GET, "/projects/25/milestones").await.refused(401, unauthorized());
    for (method, path) in [
        (Method::POST, "/releases"),
        (Method::PUT, "/releases/v0.1"),
        (Method::DELETE, "/releases/v0.1"),
        (Method::POST, "/releases/v0.1/assets/links"),
        (Method::POST, "/milestones"),
        (Method::POST, "/repository/tags"),
        (Method::DELETE, "/repository/tags/v0.1"),
    ] {
        call(method.clone(), &format!("/projects/25{path}")).await.refused(401, unauthorized());
        call(method, &format!("/projects/24{path}")).await.refused(404, no_project());
    }
}

#[tokio::test]
async fn job_tokens_are_for_releases() {
    let gitlab = GitLab::seeded(SEED).await;
    let job = async |method: Method, path: &str, body: Value| gitlab.by(JOB, method, path, body).await;
    job(Method::GET, "/projects/24/repository/tags", Value::Null).await.expect(200);
    let body = json!({ "tag_name": "v0.2", "milestones": ["m"] });
    assert_eq!(job(Method::POST, "/projects/24/releases", body).await.expect(201)["author"]["username"], "root");
    let link = json!({ "name": "a", "url": "https://a.b" });
    job(Method::POST, "/projects/24/releases/v0.2/assets/links", link).await.expect(201);
    job(Method::PUT, "/projects/24/releases/v0.2", json!({ "name": "x" })).await.expect(200);
    job(Method::DELETE, "/projects/24/releases/v0.2", Value::Null).await.expect(200);
    for (method, path) in [
        (Method::GET, "/milestones"),
        (Method::POST, "/milestones"),
        (Method::POST, "/repository/tags"),
        (Method::DELETE, "/repository/tags/v0.1"),
    ] {
        job(method.clone(), &format!("/projects/24{path}"), Value::Null).await.refused(404, no_project());
        job(method, &format!("/projects/25{path}"), Value::Null).await.refused(401, unauthorized());
    }
    job(Method::GET, "/projects/24", Value::Null).await.refused(404, no_project());
    job(Method::GET, "/version", Value::Null).await.refused(401, unauthorized());
}

#[tokio::test]
async fn guests_see_releases_without_code() {
    let gitlab = GitLab::seeded(SEED).await;
    let guest = async |path: &str| gitlab.by(GUEST, Method::GET, path, Value::Null).await;
    let release = guest("/projects/24/releases").await.expect(200)[0].clone();
    assert_eq!(release["name"], "Release-1");
    for key in ["tag_name", "commit", "commit_path", "tag_path", "evidences"] {
        assert!(release.get(key).is_none(), "{key}");
    }
    assert!(release["assets"].get("sources").is_none());
    assert_eq!((&release["assets"]["count"], &release["assets"]["links"][0]["name"]), (&json!(1), &json!("l")));
    assert!(release["_links"].get("edit_url").is_none());
    guest("/projects/24/releases/v0.1").await.refused(403, forbidden());
    guest("/projects/24/releases/none").await.refused(403, forbidden());
    guest("/projects/24/repository/tags").await.refused(403, forbidden());
    assert_eq!(guest("/projects/25/releases").await.expect(200)[0]["name"], "shown");
}

#[tokio::test]
async fn roles_allow_what_they_allow() {
    let gitlab = GitLab::seeded(SEED).await;
    let project = "/projects/24";
    // Who is refused, from the least to the most; the next one in the row of roles is not.
    let roles = [GUEST, REPORTER, DEVELOPER, MAINTAINER];
    for (least, method, path, body, status) in [
        (1, Method::POST, "/milestones", json!({ "title": "n" }), 201),
        (1, Method::PUT, "/milestones/1", json!({ "title": "o" }), 200),
        (1, Method::DELETE, "/milestones/1", Value::Null, 204),
        (2, Method::POST, "/releases", json!({ "tag_name": "v0.2" }), 201),
        (2, Method::PUT, "/releases/v0.1", json!({ "name": "x" }), 200),
        (2, Method::POST, "/releases/v0.1/assets/links", json!({ "name": "a", "url": "https://a.b" }), 201),
        (2, Method::PUT, "/releases/v0.1/assets/links/1", json!({ "name": "b" }), 200),
        (2, Method::DELETE, "/releases/v0.1/assets/links/1", Value::Null, 200),
        (2, Method::POST, "/repository/tags", json!({ "tag_name": "t", "ref": "main" }), 201),
        (3, Method::DELETE, "/releases/v0.1", Value::Null, 200),
        (2, Method::DELETE, "/repository/tags/v0.1", Value::Null, 204),
    ] {
        let path = format!("{project}{path}");
        for role in &roles[..least] {
            gitlab.by(role, method.clone(), &path, body.clone()).await.refused(403, forbidden());
        }
        gitlab.by(roles[least], method, &path, body).await.expect(status);
    }
    gitlab
        .by("ada-token", Method::POST, "/projects/24/repository/tags", json!({ "tag_name": "a", "ref": "main" }))
        .await
        .expect(201);
    let public = "/projects/25/releases";
    gitlab.by("bob-token", Method::GET, public, Value::Null).await.expect(200);
    gitlab.by("bob-token", Method::POST, public, json!({ "tag_name": "v0.2" })).await.refused(403, forbidden());
}
