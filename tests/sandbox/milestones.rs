//! `/projects/:id/milestones`

use crate::{GitLab, column};
use serde_json::{Value, json};

const MILESTONES: &str = "/projects/24/milestones";
const GROUPED: &str = "
    [[groups]]\npath = 'top'\n[[groups.milestones]]\ntitle = 'above'
    [[groups]]\npath = 'top/team'\n[[groups.milestones]]\ntitle = 'Q1'\ndue_date = 2031-01-01
    [[projects]]\nid = 24\npath = 'top/team/app'\n[[projects.tags]]\nname = 'v0.1'
    [[projects.milestones]]\ntitle = 'own'\ndue_date = 2030-01-01";

#[tokio::test]
async fn a_milestones_life() {
    let gitlab = GitLab::new().await;
    let body =
        json!({ "title": " <b>v2</b> ", "description": "d", "start_date": "2030-01-01", "due_date": "2030-02-01" });
    let made = gitlab.post(MILESTONES, body).await.expect(201);
    let path = format!("{MILESTONES}/{}", made["id"]);
    assert_eq!((&made["id"], &made["iid"], &made["title"]), (&json!(53), &json!(3), &json!("v2")));
    assert_eq!((&made["state"], &made["project_id"], &made["expired"]), (&json!("active"), &json!(24), &json!(false)));
    assert!(made.get("issue_stats").is_none() && made.get("group_id").is_none());
    assert_eq!(gitlab.get(&path).await.expect(200), made);

    let closed = gitlab.put(&path, json!({ "state_event": "close", "title": "v2.0" })).await.expect(200);
    assert_eq!(
        (&closed["state"], &closed["title"], &closed["due_date"]),
        (&json!("closed"), &json!("v2.0"), &json!("2030-02-01"))
    );
    let open = gitlab.put(&path, json!({ "state_event": "activate", "due_date": null })).await.expect(200);
    assert_eq!((&open["state"], &open["due_date"]), (&json!("active"), &Value::Null));

    gitlab.release(json!({ "milestones": ["v2.0"] })).await;
    assert_eq!(gitlab.delete(&path).await.expect(204), Value::Null);
    gitlab.get(&path).await.refused(404, json!({ "message": "404 Not found" }));
    assert!(gitlab.get("/projects/24/releases/v0.1").await.expect(200).get("milestones").is_none());
    assert_eq!(gitlab.post(MILESTONES, json!({ "title": "v3" })).await.expect(201)["iid"], 4);
}

#[tokio::test]
async fn what_gitlab_refuses() {
    let gitlab = GitLab::new().await;
    let failed = |doing: &str, errors: &str| json!({ "message": format!("Failed to {doing} milestone {{{errors}}}") });
    let refuse = async |body: Value, answer: Value| gitlab.post(MILESTONES, body).await.refused(400, answer);
    refuse(json!({}), json!({ "error": "title is missing" })).await;
    refuse(json!({ "title": " " }), failed("create", r#":title=>["can't be blank"]"#)).await;
    let long = r#":title=>["is too long (maximum is 255 characters)"]"#;
    refuse(json!({ "title": "a".repeat(256) }), failed("create", long)).await;
    let dates = r#":due_date=>["must be greater than start date"]"#;
    refuse(json!({ "title": "a", "start_date": "2030-01-01", "due_date": "2030-01-01" }), failed("create", dates))
        .await;
    let taken = r#":title=>["already being used for another group or project milestone."]"#;
    refuse(json!({ "title": "v1.0" }), failed("create", taken)).await;

    let path = format!("{MILESTONES}/51");
    gitlab.put(&path, json!({ "title": "v1.0" })).await.refused(400, failed("update", taken));
    let none =
        "title, description, start_date, due_date, state_event are missing, at least one parameter must be provided";
    gitlab.put(&path, json!({ "x": 1 })).await.refused(400, json!({ "error": none }));
    gitlab
        .put(&path, json!({ "state_event": "open" }))
        .await
        .refused(400, json!({ "error": "state_event does not have a valid value" }));
    gitlab.get(&format!("{MILESTONES}/x")).await.refused(400, json!({ "error": "milestone_id is invalid" }));

    let tries = (0..16).map(|_| gitlab.post(MILESTONES, json!({ "title": "race" })));
    let won = futures_util::future::join_all(tries).await.iter().filter(|reply| reply.status == 201).count();
    assert_eq!(won, 1);
}

#[tokio::test]
async fn lists_are_filtered() {
    let gitlab = GitLab::new().await;
    gitlab.post(MILESTONES, json!({ "title": "v2", "description": "the Big one" })).await.expect(201);
    let titles = async |query: &str| {
        let list = gitlab.get(&format!("{MILESTONES}?{query}")).await.expect(200);
        column(&list, "title")
    };
    assert_eq!(titles("").await, ["v1.0", "v1.0-rc", "v2"]);
    assert_eq!(titles("state=active").await, ["v2"]);
    assert_eq!(titles("state=closed&per_page=1&page=2").await, ["v1.0-rc"]);
    assert_eq!(titles("state=all&title=v1.0").await, ["v1.0"]);
    assert_eq!(titles("search=big").await, ["v2"]);
    assert_eq!(titles("iids[]=1&iids[]=3").await, ["v1.0-rc", "v2"]);
    assert_eq!(titles("iids=2,3").await, ["v1.0", "v2"]);
    gitlab
        .get(&format!("{MILESTONES}?state=x"))
        .await
        .refused(400, json!({ "error": "state does not have a valid value" }));
}

#[tokio::test]
async fn group_milestones_may_be_named_if_the_group_is_the_projects_own() {
    let gitlab = GitLab::seeded(GROUPED).await;
    assert_eq!(column(&gitlab.get(MILESTONES).await.expect(200), "title"), ["own"]);
    for name in ["include_ancestors", "include_parent_milestones"] {
        let list = gitlab.get(&format!("{MILESTONES}?{name}=true")).await.expect(200);
        assert_eq!(column(&list, "title"), ["own", "Q1", "above"]);
    }
    let release = gitlab.release(json!({ "milestones": ["Q1", "own"] })).await;
    let group = release["milestones"].as_array().unwrap().iter().find(|m| m["title"] == "Q1").unwrap();
    assert!(group["group_id"].is_u64() && group.get("project_id").is_none());
    assert_eq!(group["web_url"], format!("{}/groups/top/team/-/milestones/1", gitlab.sandbox.url()));
    gitlab
        .put("/projects/24/releases/v0.1", json!({ "milestones": ["above"] }))
        .await
        .refused(400, json!({ "message": "Milestone(s) not found: above" }));
    let reply = gitlab.post(MILESTONES, json!({ "title": "Q1" })).await.expect(400);
    assert!(reply["message"].as_str().unwrap().contains("already being used for another group or project milestone."));
    gitlab.post(MILESTONES, json!({ "title": "above" })).await.expect(201);
}
