//! `/projects/:id/repository/tags`, `/projects/:id` and `/version`

use crate::{DEVELOPER, GUEST, GitLab, REPORTER, column};
use reqwest::Method;
use serde_json::{Value, json};

const TAGS: &str = "/projects/24/repository/tags";

#[tokio::test]
async fn a_tags_life() {
    let gitlab = GitLab::new().await;
    let made = gitlab.post(TAGS, json!({ "tag_name": "v1", "ref": "v0.1", "message": "First" })).await.expect(201);
    assert_eq!((&made["name"], &made["message"]), (&json!("v1"), &json!("First")));
    assert_eq!(made["commit"]["title"], "Initial commit");
    assert_eq!((&made["release"], &made["protected"]), (&Value::Null, &json!(false)));
    assert_eq!(gitlab.get(&format!("{TAGS}/v1")).await.expect(200), made);

    gitlab.release(json!({ "tag_name": "v1", "description": "notes" })).await;
    let tag = gitlab.get(&format!("{TAGS}/v1")).await.expect(200);
    assert_eq!(tag["release"], json!({ "tag_name": "v1", "description": "notes" }));
    assert_eq!(gitlab.delete(&format!("{TAGS}/v1")).await.expect(204), Value::Null);
    gitlab.get("/projects/24/releases/v1").await.expect(404);
    for reply in [gitlab.get(&format!("{TAGS}/v1")).await, gitlab.delete(&format!("{TAGS}/v1")).await] {
        reply.refused(404, json!({ "message": "404 Tag Not Found" }));
    }
}

#[tokio::test]
async fn a_commit_is_found_by_all_its_names() {
    let gitlab = GitLab::new().await;
    let sha = "f8d3d94cbd347e924aa7b715845e439d00e80ca4";
    for reference in ["v0.1", "refs%2Ftags%2Fv0.1", sha, &sha[..7]] {
        let commit = gitlab.get(&format!("/projects/24/repository/commits/{reference}")).await.expect(200);
        assert_eq!((&commit["id"], &commit["short_id"]), (&json!(sha), &json!(&sha[..8])), "{reference}");
    }
    let main = gitlab.get("/projects/24/repository/commits/main").await.expect(200);
    assert_ne!(main["id"], sha);
    for reference in ["nothing", &sha[..6]] {
        let reply = gitlab.get(&format!("/projects/24/repository/commits/{reference}")).await;
        reply.refused(404, json!({ "message": "404 Commit Not Found" }));
    }
    gitlab.by(GUEST, Method::GET, "/projects/24/repository/commits/main", Value::Null).await.expect(403);
}

#[tokio::test]
async fn rules_about_tags_are_for_maintainers_to_see() {
    let rules = "[{ name = \"v*\" }, { name = \"d*\", create_access = \"developer\" }, { name = \"n\", create_access = \"no_one\" }]";
    let gitlab =
        GitLab::seeded(&format!("[[projects]]\nid = 24\npath = \"root/app\"\nprotected_tags = {rules}\n")).await;
    let path = "/projects/24/protected_tags";
    let list = gitlab.get(path).await.expect(200);
    let levels = list
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| json!([rule["name"], rule["create_access_levels"][0]["access_level"]]));
    assert_eq!(levels.collect::<Value>(), json!([["d*", 30], ["n", 0], ["v*", 40]]));
    assert_eq!(column(&gitlab.get(&format!("{path}?per_page=2&page=2")).await.expect(200), "name"), ["v*"]);
    gitlab.by(DEVELOPER, Method::GET, path, Value::Null).await.refused(403, json!({ "message": "403 Forbidden" }));
}

#[tokio::test]
async fn refs_are_branches_tags_and_shas() {
    let gitlab = GitLab::new().await;
    let sha = "f8d3d94cbd347e924aa7b715845e439d00e80ca4";
    for (number, reference) in ["v0.1", "refs/tags/v0.1", sha, &sha[..7], "F8D3D94CBD"].into_iter().enumerate() {
        let body = json!({ "tag_name": format!("t{number}"), "ref": reference });
        assert_eq!(gitlab.post(TAGS, body).await.expect(201)["target"], sha, "{reference}");
    }
    for (body, answer) in [
        (json!({}), json!({ "error": "tag_name is missing, ref is missing" })),
        (
            json!({ "tag_name": "v9", "ref": &sha[..6] }),
            json!({ "message": format!("Target {} is invalid", &sha[..6]) }),
        ),
        (json!({ "tag_name": "v9", "ref": " " }), json!({ "message": "Target is empty" })),
        (json!({ "tag_name": "v..9", "ref": "main" }), json!({ "message": "Tag name invalid" })),
        (json!({ "tag_name": "v0.1", "ref": "main" }), json!({ "message": "Tag v0.1 already exists" })),
    ] {
        gitlab.post(TAGS, body).await.refused(400, answer);
    }
}

#[tokio::test]
async fn lists_are_ordered_searched_and_paged() {
    let gitlab = GitLab::seeded(
        "[[projects]]\npath = 'a/b'\nid = 24
         [[projects.tags]]\nname = 'v1.10'\ncreated_at = 2020-01-01T00:00:00Z
         [[projects.tags]]\nname = 'v1.9'\ncreated_at = 2020-01-03T00:00:00Z
         [[projects.tags]]\nname = 'rc/1'\ncreated_at = 2020-01-02T00:00:00Z",
    )
    .await;
    let names = async |query: &str| column(&gitlab.get(&format!("{TAGS}?{query}")).await.expect(200), "name");
    assert_eq!(names("").await, ["v1.9", "rc/1", "v1.10"]);
    assert_eq!(names("order_by=name&sort=asc").await, ["rc/1", "v1.10", "v1.9"]);
    assert_eq!(names("order_by=version&sort=desc").await, ["v1.10", "v1.9", "rc/1"]);
    assert_eq!(names("search=^v").await, ["v1.9", "v1.10"]);
    assert_eq!(names("search=9$").await, ["v1.9"]);
    assert_eq!(names("search=C/").await, ["rc/1"]);

    for (order, all) in [("name", ["rc/1", "v1.10", "v1.9"]), ("updated", ["v1.10", "rc/1", "v1.9"])] {
        let mut url = Some(format!("/api/v4{TAGS}?pagination=keyset&per_page=1&sort=asc&order_by={order}"));
        let mut seen = Vec::new();
        while let Some(path) = url {
            let page = crate::send(gitlab.request(Method::GET, &path).header("private-token", REPORTER)).await;
            seen.extend(column(&page.body, "name"));
            assert_eq!(page.header("x-page"), None);
            url = page.header("link").map(|link| {
                let (next, rel) = link.split_once('>').unwrap();
                assert_eq!(rel, "; rel=\"next\"");
                next.strip_prefix(&format!("<{}", gitlab.sandbox.url())).unwrap().to_owned()
            });
        }
        assert_eq!(seen, all);
    }
    gitlab
        .get(&format!("{TAGS}?pagination=keyset&page_token=none"))
        .await
        .refused(422, json!({ "message": "Invalid page token: refs/tags/none" }));
}

#[tokio::test]
async fn protected_tags_are_for_those_they_name() {
    let gitlab = GitLab::seeded(
        "[[projects]]\npath = 'a/b'\nid = 24
         protected_tags = [{ name = 'v*' }, { name = 'dev-*', create_access = 'developer' }, { name = 'x', create_access = 'no_one' }]
         [[projects.tags]]\nname = 'v1'\n[[projects.releases]]\ntag_name = 'v1'",
    )
    .await;
    let dev = async |method: Method, path: &str, body: Value| gitlab.by(DEVELOPER, method, path, body).await;
    let protected = json!({ "message": "You are not allowed to create this tag as it is protected." });
    let forbidden = json!({ "message": "403 Forbidden" });
    dev(Method::POST, TAGS, json!({ "tag_name": "v2", "ref": "main" })).await.refused(400, protected.clone());
    gitlab.post(TAGS, json!({ "tag_name": "x", "ref": "main" })).await.refused(400, protected.clone());
    dev(Method::POST, TAGS, json!({ "tag_name": "dev-1", "ref": "main" })).await.expect(201);
    assert_eq!(gitlab.post(TAGS, json!({ "tag_name": "v2", "ref": "main" })).await.expect(201)["protected"], true);
    let releases = "/projects/24/releases";
    dev(Method::POST, releases, json!({ "tag_name": "v2" })).await.refused(403, protected);
    for (method, path, body) in [
        (Method::PUT, format!("{releases}/v1"), json!({ "name": "x" })),
        (Method::DELETE, format!("{releases}/v1"), Value::Null),
        (Method::POST, format!("{releases}/v1/assets/links"), json!({ "name": "a", "url": "https://x.y" })),
        (Method::DELETE, format!("{TAGS}/v1"), Value::Null),
    ] {
        dev(method, &path, body).await.refused(403, forbidden.clone());
    }
    gitlab.post(releases, json!({ "tag_name": "v2" })).await.expect(201);
    gitlab.put(&format!("{releases}/v1"), json!({ "name": "x" })).await.expect(200);
    dev(Method::DELETE, &format!("{TAGS}/dev-1"), Value::Null).await.refused(403, forbidden);
}

#[tokio::test]
async fn projects_and_the_version() {
    let gitlab = GitLab::new().await;
    let base = gitlab.sandbox.url();
    for id in ["24", "root%2Fawesome-app"] {
        let project = gitlab.get(&format!("/projects/{id}")).await.expect(200);
        assert_eq!((&project["id"], &project["path_with_namespace"]), (&json!(24), &json!("root/awesome-app")));
        assert_eq!((&project["default_branch"], &project["visibility"]), (&json!("main"), &json!("private")));
        assert_eq!(project["web_url"], format!("{base}/root/awesome-app"));
        assert_eq!(
            (&project["namespace"]["kind"], &project["namespace"]["full_path"]),
            (&json!("group"), &json!("root"))
        );
        assert_eq!(project["permissions"]["project_access"]["access_level"], 40);
    }
    for id in ["25", "root%2Fother", "99999999999999999999", "root"] {
        gitlab.get(&format!("/projects/{id}")).await.refused(404, json!({ "message": "404 Project Not Found" }));
    }
    assert_eq!(gitlab.get("/version").await.expect(200)["version"], "18.10.0");
    let anonymous = crate::send(gitlab.request(Method::GET, "/api/v4/version")).await;
    anonymous.refused(401, json!({ "message": "401 Unauthorized" }));
}
