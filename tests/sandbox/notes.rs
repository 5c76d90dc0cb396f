//! Merge requests and their notes.

use crate::{DEVELOPER, GUEST, GitLab, JOB, MAINTAINER, REPORTER, column, send};
use reqwest::Method;
use serde_json::{Value, json};

const REQUESTS: &str = "/projects/24/merge_requests";
const NOTES: &str = "/projects/24/merge_requests/7/notes";
const SEED: &str = "
    [[users]]\nusername = 'ada'\ntokens = ['ada-token']
    [[projects]]\nid = 24\npath = 'a/b'
    [[projects.merge_requests]]\niid = 7\ntitle = 'Release v2'\nsource_branch = 'release-v2'
    created_at = 2020-01-01T00:00:00Z
    [[projects.merge_requests.notes]]\nbody = 'added 1 commit'\nsystem = true\ncreated_at = 2020-01-01T00:00:01Z
    [[projects.merge_requests.notes]]\nbody = 'first'\nusername = 'ada'\ncreated_at = 2020-01-01T00:00:02Z
    [[projects]]\nid = 25\npath = 'a/open'\nvisibility = 'public'
    [[projects.merge_requests]]\ntitle = 'One'\nsource_branch = 'x'\nstate = 'merged'";

async fn quick_actions(gitlab: &GitLab) -> Vec<String> {
    let done = send(gitlab.request(Method::GET, "/sandbox/quick-actions")).await.expect(200);
    let text = |one: &Value| {
        let part = |key: &str| one[key].as_str().unwrap().to_owned();
        format!(
            "{}!{} {} /{} {}",
            part("project"),
            one["merge_request_iid"],
            part("username"),
            part("command"),
            part("argument")
        )
    };
    done.as_array().unwrap().iter().map(text).collect()
}

#[tokio::test]
async fn a_notes_life() {
    let gitlab = GitLab::seeded(SEED).await;
    let made = gitlab.by(DEVELOPER, Method::POST, NOTES, json!({ "body": "<!-- plan -->\nhello" })).await.expect(201);
    assert_eq!((&made["body"], &made["system"]), (&json!("<!-- plan -->\nhello"), &json!(false)));
    assert_eq!((&made["author"]["username"], &made["noteable_iid"]), (&json!("sandbox-developer"), &json!(7)));
    assert_eq!((&made["noteable_type"], &made["project_id"]), (&json!("MergeRequest"), &json!(24)));
    let path = format!("{NOTES}/{}", made["id"]);
    assert_eq!(gitlab.get(&path).await.expect(200), made);
    let list = gitlab.get(NOTES).await;
    assert_eq!(list.header("x-total"), Some("3"));
    assert_eq!(column(&list.body, "body"), ["<!-- plan -->\nhello", "first", "added 1 commit"]);
    let list = gitlab.get(&format!("{NOTES}?sort=asc&per_page=1")).await;
    assert_eq!(
        (column(&list.body, "body").as_slice(), &list.body[0]["system"]),
        (&["added 1 commit".to_owned()][..], &json!(true))
    );
    assert_eq!(list.header("x-next-page"), Some("2"));

    let changed = gitlab.by(DEVELOPER, Method::PUT, &path, json!({ "body": "later" })).await.expect(200);
    assert_eq!((&changed["body"], &changed["created_at"]), (&json!("later"), &made["created_at"]));
    let newest = gitlab.get(&format!("{NOTES}?order_by=updated_at&per_page=1")).await.expect(200);
    assert_eq!(newest[0]["id"], made["id"]);
    for (method, body) in [(Method::PUT, json!({ "body": "mine" })), (Method::DELETE, Value::Null)] {
        let forbidden = json!({ "message": "403 Forbidden" });
        gitlab.by(MAINTAINER, method.clone(), &path, body.clone()).await.refused(403, forbidden.clone());
        gitlab.by(MAINTAINER, method, &format!("{NOTES}/1"), body).await.refused(403, forbidden);
    }
    gitlab.by(DEVELOPER, Method::DELETE, &path, Value::Null).await.expect(204);
    gitlab.get(&path).await.refused(404, json!({ "message": "404 Not found" }));
}

#[tokio::test]
async fn a_note_says_something() {
    let gitlab = GitLab::seeded(SEED).await;
    let blank = json!({ "message": "400 Bad request - Note {:note=>[\"can't be blank\"]}" });
    gitlab.post(NOTES, json!({ "body": " \n" })).await.refused(400, blank.clone());
    gitlab.post(NOTES, json!({})).await.refused(400, json!({ "error": "body is missing" }));
    let long = json!({ "body": "a".repeat(1_000_001) });
    let error =
        json!({ "message": "400 Bad request - Note {:note=>[\"is too long (maximum is 1000000 characters)\"]}" });
    gitlab.post(NOTES, long).await.refused(400, error);
    let made = gitlab.post(NOTES, json!({ "body": "x" })).await.expect(201);
    gitlab.put(&format!("{NOTES}/{}", made["id"]), json!({ "body": "" })).await.refused(400, blank);
    gitlab.get("/projects/24/merge_requests/8/notes").await.refused(404, json!({ "message": "404 Not found" }));
    gitlab
        .get("/projects/24/merge_requests/x/notes")
        .await
        .refused(400, json!({ "error": "merge_request_iid is invalid" }));
}

#[tokio::test]
async fn lines_with_a_slash_are_carried_out_and_not_kept() {
    let gitlab = GitLab::seeded(SEED).await;
    let only = gitlab.by(DEVELOPER, Method::POST, NOTES, json!({ "body": "/close\n/label ~x" })).await.expect(202);
    assert_eq!(
        only,
        json!({ "commands_changes": { "state_event": "close" }, "summary": ["Closed this merge request."] })
    );
    assert_eq!(gitlab.get(&format!("{REQUESTS}/7")).await.expect(200)["state"], "closed");
    let notes = gitlab.get(NOTES).await.expect(200);
    assert_eq!((&notes[0]["body"], &notes[0]["system"]), (&json!("closed"), &json!(true)));
    assert_eq!(notes.as_array().unwrap().len(), 3);

    let body = "```\n/merge\n```\ntext\n/reopen\n/usr/bin";
    let made = gitlab.post(NOTES, json!({ "body": body })).await.expect(201);
    assert_eq!(made["body"], "```\n/merge\n```\ntext\n/usr/bin");
    assert_eq!(made["commands_changes"], json!({ "state_event": "reopen" }));
    // Who may not does not, though nobody says so.
    let public = "/projects/25/merge_requests/1";
    gitlab.by("ada-token", Method::POST, &format!("{public}/notes"), json!({ "body": "/reopen" })).await.expect(202);
    assert_eq!(gitlab.get(public).await.expect(200)["state"], "merged");
    assert_eq!(
        quick_actions(&gitlab).await,
        [
            "a/b!7 sandbox-developer /close ",
            "a/b!7 sandbox-developer /label ~x",
            "a/b!7 root /reopen ",
            "a/open!1 ada /reopen "
        ]
    );
    gitlab.put(&format!("{NOTES}/{}", made["id"]), json!({ "body": "/merge" })).await.expect(202);
    assert_eq!(gitlab.get(&format!("{REQUESTS}/7")).await.expect(200)["state"], "merged");
    gitlab.get(&format!("{NOTES}/{}", made["id"])).await.expect(404);
}

#[tokio::test]
async fn jobs_read_and_guests_do_not() {
    let gitlab = GitLab::seeded(SEED).await;
    let no_project = json!({ "message": "404 Project Not Found" });
    for path in [REQUESTS, "/projects/24/merge_requests/7", NOTES, "/projects/24/merge_requests/7/notes/2"] {
        gitlab.by(JOB, Method::GET, path, Value::Null).await.expect(200);
    }
    for (method, path) in
        [(Method::POST, NOTES), (Method::PUT, "/projects/24/merge_requests/7/notes/2"), (Method::POST, REQUESTS)]
    {
        gitlab.by(JOB, method.clone(), path, json!({ "body": "x" })).await.refused(404, no_project.clone());
        let public = path.replace("24", "25").replace("/7", "/1");
        let unauthorized = json!({ "message": "401 Unauthorized" });
        gitlab.by(JOB, method, &public, json!({ "body": "x" })).await.refused(401, unauthorized);
    }
    let hidden = json!({ "message": "404 MergeRequest Not Found" });
    gitlab.by(GUEST, Method::GET, NOTES, Value::Null).await.refused(404, hidden.clone());
    gitlab.by(GUEST, Method::POST, NOTES, json!({ "body": "x" })).await.refused(404, hidden);
    gitlab.by(GUEST, Method::GET, REQUESTS, Value::Null).await.refused(403, json!({ "message": "403 Forbidden" }));
    gitlab.by(REPORTER, Method::POST, NOTES, json!({ "body": "x" })).await.expect(201);
    let public = "/projects/25/merge_requests/1/notes";
    gitlab.by("ada-token", Method::POST, public, json!({ "body": "x" })).await.expect(201);
    let nobody = send(gitlab.request(Method::GET, &format!("/api/v4{public}"))).await.expect(200);
    assert_eq!(column(&nobody, "body"), ["x"]);
}

#[tokio::test]
async fn merge_requests_are_made_and_listed() {
    let gitlab = GitLab::seeded(SEED).await;
    let body = json!({ "title": " Next ", "source_branch": "main", "target_branch": "stable", "description": "d" });
    gitlab.by(REPORTER, Method::POST, REQUESTS, body.clone()).await.expect(403);
    let made = gitlab.post(REQUESTS, body.clone()).await.expect(201);
    assert_eq!((&made["iid"], &made["state"], &made["title"]), (&json!(8), &json!("opened"), &json!("Next")));
    assert_eq!(made["web_url"], format!("{}/a/b/-/merge_requests/8", gitlab.sandbox.url()));
    assert_eq!(made["sha"].as_str().map(str::len), Some(40));
    let another = json!({ "message": ["Another open merge request already exists for this source branch: !8"] });
    gitlab.post(REQUESTS, body.clone()).await.refused(409, another.clone());
    let error = "title is missing, source_branch is missing, target_branch is missing";
    gitlab.post(REQUESTS, json!({})).await.refused(400, json!({ "error": error }));

    let path = format!("{REQUESTS}/8");
    let closed = gitlab.put(&path, json!({ "state_event": "close", "title": "Later" })).await.expect(200);
    assert_eq!(
        (&closed["state"], &closed["title"], &closed["user_notes_count"]),
        (&json!("closed"), &json!("Later"), &json!(1))
    );
    assert_eq!(gitlab.post(REQUESTS, body).await.expect(201)["iid"], 9);
    let again = json!({ "message": ["Another open merge request already exists for this source branch: !9"] });
    gitlab.put(&path, json!({ "state_event": "reopen" })).await.refused(409, again);
    gitlab.put(&path, json!({ "title": "" })).await.refused(400, json!({ "message": ["Title can't be blank"] }));

    let titles = async |query: &str| column(&gitlab.get(&format!("{REQUESTS}?{query}")).await.expect(200), "title");
    assert_eq!(titles("").await, ["Next", "Later", "Release v2"]);
    assert_eq!(titles("state=opened&sort=asc").await, ["Release v2", "Next"]);
    assert_eq!(titles("state=all&source_branch=main&target_branch=stable").await, ["Next", "Later"]);
    gitlab.get(&format!("{REQUESTS}/10")).await.refused(404, json!({ "message": "404 Not found" }));
}
