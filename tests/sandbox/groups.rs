//! `/groups` and `/projects`: making them, finding them, and where they have moved to.

use crate::{DEVELOPER, GUEST, GitLab, REPORTER, column, options, send};
use relsync::sandbox::{Options, Tier};
use reqwest::Method;
use serde_json::{Value, json};

const SEED: &str = "
    [[users]]\nusername = 'ada'\ntokens = ['ada-token']
    [[users]]\nusername = 'bob'\ntokens = ['bob-token']
    [[groups]]\npath = 'top'\nname = 'The top'\n[[groups.milestones]]\ntitle = 'above'
    [[groups]]\npath = 'top/team'\n[[groups.milestones]]\ntitle = 'Q1'
    [[groups.members]]\nusername = 'ada'\nrole = 'developer'
    [[projects]]\nid = 24\npath = 'top/team/app'\nmoved_from = ['old/place', 'older']
    [[projects.tags]]\nname = 'v0.1'
    [[projects]]\nid = 25\npath = 'top/site'
    [[projects]]\nid = 26\npath = 'open/lib'\nvisibility = 'public'
    [[projects]]\nid = 27\npath = 'open/inner'\nvisibility = 'internal'";

fn not_found(what: &str) -> Value {
    json!({ "message": format!("404 {what} Not Found") })
}

#[tokio::test]
async fn groups_are_shown_to_those_who_see_something_in_them() {
    let gitlab = GitLab::seeded(SEED).await;
    let group = gitlab.get("/groups/top%2Fteam").await.expect(200);
    assert_eq!(
        (&group["name"], &group["full_path"], &group["visibility"]),
        (&json!("team"), &json!("top/team"), &json!("private"))
    );
    assert_eq!(group["web_url"], format!("{}/groups/top/team", gitlab.sandbox.url()));
    let top = gitlab.get(&format!("/groups/{}", group["parent_id"])).await.expect(200);
    assert_eq!((&top["name"], &top["parent_id"]), (&json!("The top"), &Value::Null));
    for id in ["none", "99", "top%2Fteam%2Fapp"] {
        gitlab.get(&format!("/groups/{id}")).await.refused(404, not_found("Group"));
    }
    gitlab.by("ada-token", Method::GET, "/groups/top%2Fteam", Value::Null).await.expect(200);
    gitlab.by("bob-token", Method::GET, "/groups/top%2Fteam", Value::Null).await.refused(404, not_found("Group"));
    gitlab.by("bob-token", Method::GET, "/groups/open", Value::Null).await.expect(200);
    let all = gitlab.by("bob-token", Method::GET, "/groups", Value::Null).await.expect(200);
    assert_eq!(column(&all, "full_path"), ["open"]);
    assert_eq!(column(&gitlab.get("/groups?search=EA").await.expect(200), "full_path"), ["top/team"]);
}

#[tokio::test]
async fn a_groups_projects_are_listed() {
    let gitlab = GitLab::seeded(SEED).await;
    let paths = async |token: &str, path: &str| {
        let reply = gitlab.by(token, Method::GET, path, Value::Null).await;
        let mut paths = column(&reply.expect(200), "path_with_namespace");
        paths.sort();
        paths
    };
    assert_eq!(paths(REPORTER, "/groups/top/projects").await, ["top/site"]);
    assert_eq!(paths(REPORTER, "/groups/top/projects?include_subgroups=true").await, ["top/site", "top/team/app"]);
    assert_eq!(paths("ada-token", "/groups/top/projects?include_subgroups=true").await, ["top/team/app"]);
    assert_eq!(paths("bob-token", "/groups/open/projects").await, ["open/inner", "open/lib"]);
    assert_eq!(paths("bob-token", "/projects?search=inn").await, ["open/inner"]);
    assert_eq!(paths(REPORTER, "/projects?search=top").await, Vec::<String>::new());
    let anonymous = send(gitlab.request(Method::GET, "/api/v4/groups/open/projects")).await.expect(200);
    assert_eq!(column(&anonymous, "path_with_namespace"), ["open/lib"]);
    let page = gitlab.get("/groups/top/projects?include_subgroups=1&per_page=1&order_by=id&sort=asc&simple=true").await;
    assert_eq!((page.header("x-total"), page.header("x-next-page")), (Some("2"), Some("2")));
    assert_eq!((&page.body[0]["id"], page.body[0].get("permissions")), (&json!(24), None));
}

#[tokio::test]
async fn permissions_tell_where_a_role_is_from() {
    let gitlab = GitLab::seeded(SEED).await;
    let project = gitlab.by("ada-token", Method::GET, "/projects/24", Value::Null).await.expect(200);
    let developer = json!({ "access_level": 30, "notification_level": 3 });
    assert_eq!(project["permissions"], json!({ "project_access": null, "group_access": developer }));
    let body = json!({ "tag_name": "v0.1" });
    gitlab.by("ada-token", Method::POST, "/projects/24/releases", body.clone()).await.expect(201);
    gitlab.by("ada-token", Method::POST, "/projects/26/releases", body).await.expect(403);
    gitlab.by("ada-token", Method::GET, "/projects/25", Value::Null).await.refused(404, not_found("Project"));
    send(gitlab.request(Method::GET, "/api/v4/projects/27")).await.refused(404, not_found("Project"));
    let public = send(gitlab.request(Method::GET, "/api/v4/projects/26")).await.expect(200);
    assert!(public.get("permissions").is_none());
}

#[tokio::test]
async fn groups_and_projects_are_made() {
    let gitlab = GitLab::seeded(SEED).await;
    let by = async |token: &str, path: &str, body: Value| gitlab.by(token, Method::POST, path, body).await;
    let group = by("bob-token", "/groups", json!({ "name": "Bob's", "path": "bobs" })).await.expect(201);
    assert_eq!((&group["full_path"], &group["name"]), (&json!("bobs"), &json!("Bob's")));
    let sub = json!({ "name": "In", "path": "in", "parent_id": group["id"], "visibility": "public" });
    let sub = by("bob-token", "/groups", sub).await.expect(201);
    assert_eq!((&sub["full_path"], &sub["parent_id"]), (&json!("bobs/in"), &group["id"]));
    by("ada-token", "/groups", json!({ "name": "x", "path": "x", "parent_id": group["id"] })).await.expect(403);
    let failed = |errors: &str| json!({ "message": format!("Failed to save group {{{errors}}}") });
    by("bob-token", "/groups", json!({ "name": "x", "path": "bobs" }))
        .await
        .refused(400, failed(r#":path=>["has already been taken"]"#));
    by("bob-token", "/groups", json!({})).await.refused(400, json!({ "error": "name is missing, path is missing" }));
    by("bob-token", "/groups", json!({ "name": "x", "path": "a/b" })).await.expect(400);

    let body = json!({ "name": "My App", "namespace_id": sub["id"], "visibility": "internal", "description": "d" });
    let project = by("bob-token", "/projects", body.clone()).await.expect(201);
    assert_eq!(
        (&project["name"], &project["path_with_namespace"], &project["description"], &project["default_branch"]),
        (&json!("My App"), &json!("bobs/in/my-app"), &json!("d"), &json!("main"))
    );
    assert_eq!(project["permissions"]["project_access"]["access_level"], 50);
    let path = format!("/projects/{}", project["id"]);
    assert_eq!(gitlab.by("bob-token", Method::GET, &path, Value::Null).await.expect(200), project);
    let release = json!({ "tag_name": "v1", "ref": "main" });
    by("bob-token", &format!("{path}/releases"), release).await.expect(201);
    let taken = json!(["has already been taken"]);
    by("bob-token", "/projects", body)
        .await
        .refused(400, json!({ "message": { "project_namespace.name": taken, "name": taken, "path": taken } }));
    by("ada-token", "/projects", json!({ "name": "x", "namespace_id": sub["id"] }))
        .await
        .refused(400, json!({ "message": { "namespace": ["is not valid"] } }));
    let none = "name, path are missing, at least one parameter must be provided";
    by("ada-token", "/projects", json!({})).await.refused(400, json!({ "error": none }));
    let own = by("ada-token", "/projects", json!({ "path": "own" })).await.expect(201);
    assert_eq!(own["path_with_namespace"], "ada/own");
    assert_eq!(
        by("ada-token", "/projects", json!({ "path": "own2" })).await.expect(201)["permissions"]["group_access"]["access_level"],
        50
    );
    // Somebody else's group of one's own name, and a path that a group has.
    by("ada-token", "/groups", json!({ "name": "x", "path": "bob" })).await.expect(201);
    by("bob-token", "/projects", json!({ "path": "own" }))
        .await
        .refused(400, json!({ "message": { "namespace": ["is not valid"] } }));
    by("bob-token", "/projects", json!({ "path": "in", "namespace_id": group["id"] })).await.expect(400);
    by("ada-token", "/groups", json!({ "name": "x", "path": "own", "parent_id": own["namespace"]["id"] }))
        .await
        .expect(400);

    for (method, path, body) in
        [(Method::POST, "/projects", json!({ "name": "x" })), (Method::POST, "/groups", json!({ "name": "x" }))]
    {
        let anonymous = send(gitlab.request(method, &format!("/api/v4{path}")).json(&body)).await;
        anonymous.refused(401, json!({ "message": "401 Unauthorized" }));
    }
    gitlab.by("bob-token", Method::DELETE, "/groups/bob", Value::Null).await.refused(404, not_found("Group"));
    assert_eq!(gitlab.delete("/groups/bob").await.expect(202), json!({ "message": "202 Accepted" }));
    gitlab.get("/groups/bob").await.refused(404, not_found("Group"));
    assert_eq!(gitlab.delete(&path).await.expect(202), json!({ "message": "202 Accepted" }));
    gitlab.get(&path).await.refused(404, not_found("Project"));
    gitlab.release(json!({ "milestones": ["Q1"] })).await;
    gitlab.delete("/groups/top").await.expect(202);
    gitlab.get("/projects/24").await.refused(404, not_found("Project"));
}

#[tokio::test]
async fn a_moved_project_is_found_where_it_was() {
    let gitlab = GitLab::seeded(SEED).await;
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let base = gitlab.sandbox.url();
    let location = async |method: Method, path: &str, token: &str| {
        let request = client.request(method, format!("{base}/api/v4{path}")).header("private-token", token);
        let reply = send(request.json(&json!({ "name": "x" }))).await;
        (reply.status, reply.header("location").map(str::to_owned))
    };
    for (method, rest) in [
        (Method::GET, ""),
        (Method::GET, "/releases/v0.1?include_html_description=true"),
        (Method::POST, "/releases"),
        (Method::PUT, "/releases/v%2F1"),
        (Method::DELETE, "/releases/v0.1/assets/links/1"),
        (Method::GET, "/repository/tags?a=b&c"),
        (Method::GET, "/milestones"),
    ] {
        let moved = Some(format!("{base}/api/v4/projects/24{rest}"));
        assert_eq!(
            location(method, &format!("/projects/old%2Fplace{rest}"), "ada-token").await,
            (301, moved),
            "{rest}"
        );
    }
    assert_eq!(location(Method::GET, "/projects/old%2Fplace", "bob-token").await, (404, None));

    gitlab.by(DEVELOPER, Method::PUT, "/projects/24", json!({ "path": "tool" })).await.expect(403);
    let moved = gitlab.put("/projects/24", json!({ "path": "tool", "name": "Tool" })).await.expect(200);
    assert_eq!((&moved["path_with_namespace"], &moved["name"]), (&json!("top/team/tool"), &json!("Tool")));
    assert_eq!(gitlab.get("/projects/top%2Fteam%2Fapp").await.expect(200), moved);
    gitlab.put("/projects/24", json!({ "path": "-" })).await.expect(400);
}

#[tokio::test]
async fn group_milestones_live_as_project_ones_do() {
    let gitlab = GitLab::seeded(SEED).await;
    let path = "/groups/top%2Fteam/milestones";
    let made = gitlab.post(path, json!({ "title": "Q2", "due_date": "2030-01-01" })).await.expect(201);
    assert_eq!((&made["iid"], made.get("project_id"), made["group_id"].is_u64()), (&json!(2), None, true));
    let one = format!("{path}/{}", made["id"]);
    assert_eq!(gitlab.get(&one).await.expect(200), made);
    assert_eq!(gitlab.put(&one, json!({ "state_event": "close" })).await.expect(200)["state"], "closed");
    assert_eq!(column(&gitlab.get(path).await.expect(200), "title"), ["Q2", "Q1"]);
    let all = gitlab.get(&format!("{path}?include_ancestors=true&state=active")).await.expect(200);
    assert_eq!(column(&all, "title"), ["Q1", "above"]);
    gitlab.by(GUEST, Method::POST, path, json!({ "title": "x" })).await.expect(403);
    gitlab.by("bob-token", Method::GET, path, Value::Null).await.refused(404, not_found("Group"));
    gitlab.get("/groups/top/milestones/2").await.refused(404, json!({ "message": "404 Not found" }));
    let taken =
        r#"Failed to create milestone {:title=>["already being used for another group or project milestone."]}"#;
    gitlab.post(path, json!({ "title": "Q1" })).await.refused(400, json!({ "message": taken }));
    gitlab.release(json!({ "milestones": ["Q2"] })).await;
    gitlab.delete(&one).await.expect(204);
    assert!(gitlab.get("/projects/24/releases/v0.1").await.expect(200).get("milestones").is_none());
}

#[tokio::test]
async fn without_premium_releases_cannot_name_a_groups_milestones() {
    let gitlab = GitLab::seeded_with(SEED, Options { tier: Tier::Free, ..options() }).await;
    gitlab.post("/groups/top%2Fteam/milestones", json!({ "title": "Q2" })).await.expect(201);
    for (wanted, message) in [
        (json!({ "milestones": ["Q1"] }), "Milestone(s) not found: Q1"),
        (json!({ "milestone_ids": [2] }), "Milestone id(s) not found: 2"),
    ] {
        let mut body = json!({ "tag_name": "v0.1" });
        body.as_object_mut().unwrap().extend(wanted.as_object().unwrap().clone());
        gitlab.post("/projects/24/releases", body).await.refused(400, json!({ "message": message }));
    }
    assert_eq!("free".parse(), Ok(Tier::Free));
    assert_eq!("gold".parse::<Tier>().unwrap_err().to_string(), "a tier is `free` or `premium`");
}
