//! `/projects/:id/releases`

use crate::{DEVELOPER, GitLab, column};
use reqwest::Method;
use serde_json::{Value, json};

const RELEASES: &str = "/projects/24/releases";

#[tokio::test]
async fn a_release_is_answered_whole() {
    let gitlab = GitLab::new().await;
    let base = gitlab.sandbox.url();
    let release = gitlab
        .release(json!({
            "tag_name": "v0.2", "name": "Awesome app v0.2", "description": "## Notes\r\n\r\n- one",
            "released_at": "2019-01-03T03:56:19.5+02:00", "milestones": ["v1.0", "v1.0-rc"], "unknown": 1,
            "assets": { "links": [
                { "name": "hoge", "url": "https://google.com", "direct_asset_path": "/binaries/linux", "link_type": "package" },
                { "name": "docs", "url": "https://example.com/docs", "filepath": "/docs/old" },
            ] },
        }))
        .await;
    assert_eq!(gitlab.get(&format!("{RELEASES}/v0.2")).await.expect(200), release);
    assert_eq!(gitlab.get(RELEASES).await.expect(200), json!([release]));

    assert_eq!(release["tag_name"], "v0.2");
    assert_eq!(release["name"], "Awesome app v0.2");
    assert_eq!(release["description"], "## Notes\r\n\r\n- one");
    assert_eq!(release["released_at"], "2019-01-03T01:56:19.500Z");
    assert_eq!((&release["upcoming_release"], &release["historical_release"]), (&json!(false), &json!(true)));
    assert_eq!(release["author"]["username"], "root");
    assert_eq!(release["author"]["web_url"], format!("{base}/root"));
    let sha = "079e90101242458910cccd35eab0e211dfc359c0";
    let commit = &release["commit"];
    assert_eq!((&commit["id"], &commit["short_id"]), (&json!(sha), &json!("079e9010")));
    assert_eq!(commit["title"], "Update README.md");
    assert_eq!(commit["parent_ids"], json!(["f8d3d94cbd347e924aa7b715845e439d00e80ca4"]));
    assert_eq!(commit["created_at"], "2019-01-03T01:55:38.000Z");
    assert_eq!(release["commit_path"], format!("/root/awesome-app/-/commit/{sha}"));
    assert_eq!(release["tag_path"], "/root/awesome-app/-/tags/v0.2");
    assert_eq!(release["evidences"], json!([]));

    assert_eq!(
        release["milestones"][0],
        json!({
            "id": 51, "iid": 1, "project_id": 24, "title": "v1.0-rc", "state": "closed", "expired": true,
            "description": "Voluptate fugiat possimus quis quod aliquam expedita.",
            "created_at": "2019-07-12T19:45:44.256Z", "updated_at": "2019-07-12T19:45:44.256Z",
            "due_date": "2019-08-16", "start_date": "2019-07-30",
            "web_url": format!("{base}/root/awesome-app/-/milestones/1"),
            "issue_stats": { "total": 0, "closed": 0 },
        })
    );
    assert_eq!(release["milestones"][1]["id"], 52);

    let assets = &release["assets"];
    assert_eq!(assets["count"], 6);
    assert_eq!(column(&assets["sources"], "format"), ["zip", "tar.gz", "tar.bz2", "tar"]);
    assert_eq!(assets["sources"][1]["url"], format!("{base}/root/awesome-app/-/archive/v0.2/awesome-app-v0.2.tar.gz"));
    assert_eq!(column(&assets["links"], "name"), ["docs", "hoge"]);
    let page = format!("{base}/root/awesome-app/-/releases/v0.2");
    assert_eq!(
        column(&assets["links"], "direct_asset_url"),
        [format!("{page}/downloads/docs/old"), format!("{page}/downloads/binaries/linux")]
    );

    let lists = format!("{base}/root/awesome-app/-");
    assert_eq!(
        release["_links"],
        json!({
            "self": page, "edit_url": format!("{page}/edit"),
            "closed_issues_url": format!("{lists}/issues?release_tag=v0.2&scope=all&state=closed"),
            "opened_issues_url": format!("{lists}/issues?release_tag=v0.2&scope=all&state=opened"),
            "closed_merge_requests_url": format!("{lists}/merge_requests?release_tag=v0.2&scope=all&state=closed"),
            "merged_merge_requests_url": format!("{lists}/merge_requests?release_tag=v0.2&scope=all&state=merged"),
            "opened_merge_requests_url": format!("{lists}/merge_requests?release_tag=v0.2&scope=all&state=opened"),
        })
    );
}

#[tokio::test]
async fn what_is_left_out_has_its_default() {
    let gitlab = GitLab::new().await;
    let release = gitlab.release(json!({ "name": null })).await;
    assert_eq!((&release["name"], &release["description"]), (&json!("v0.1"), &Value::Null));
    assert_eq!(release["released_at"], release["created_at"]);
    assert_eq!((&release["upcoming_release"], &release["historical_release"]), (&json!(false), &json!(false)));
    assert!(release.get("milestones").is_none());
    assert_eq!(release["assets"]["links"], json!([]));

    let upcoming = gitlab.release(json!({ "tag_name": "v0.2", "released_at": "2999-01-01" })).await;
    assert_eq!(
        (&upcoming["released_at"], &upcoming["upcoming_release"]),
        (&json!("2999-01-01T00:00:00.000Z"), &json!(true))
    );
}

#[tokio::test]
async fn checks_come_in_gitlabs_order() {
    let gitlab = GitLab::seeded(
        "[[projects]]\npath = 'a/b'\nid = 24\nprotected_tags = [{ name = 'p*' }]\n[[projects.tags]]\nname = 'v0.1'",
    )
    .await;
    let refuse = async |body: Value, status: u16, answer: Value| {
        gitlab.by(DEVELOPER, Method::POST, RELEASES, body).await.refused(status, answer);
    };
    let message = |text: &str| json!({ "message": text });
    gitlab.release(json!({})).await;

    refuse(json!({}), 400, json!({ "error": "tag_name is missing" })).await;
    let protected = "You are not allowed to create this tag as it is protected.";
    refuse(json!({ "tag_name": "p1", "milestones": ["x"] }), 403, message(protected)).await;
    refuse(json!({ "tag_name": "v0.1", "milestones": ["x"] }), 409, message("Release already exists")).await;
    refuse(json!({ "tag_name": "v9", "milestones": ["x, y", "z"] }), 400, message("Milestone(s) not found: x, y, z"))
        .await;
    refuse(json!({ "tag_name": "v9", "milestone_ids": [7, "8"] }), 400, message("Milestone id(s) not found: 7, 8"))
        .await;
    refuse(json!({ "tag_name": "v9" }), 422, message("Ref is not specified")).await;
    refuse(json!({ "tag_name": "v 9", "ref": "main" }), 400, message("Tag name invalid")).await;
    refuse(json!({ "tag_name": "v9", "ref": "nope" }), 400, message("Target nope is invalid")).await;
    refuse(json!({ "tag_name": "v9", "ref": "" }), 400, message("Target is empty")).await;
    refuse(
        json!({ "tag_name": "v9", "milestones": [], "milestone_ids": [] }),
        400,
        json!({ "error": "milestones, milestone_ids Cannot specify milestones and milestone_ids at the same time" }),
    )
    .await;
}

#[tokio::test]
async fn a_tag_made_from_ref_outlives_a_failed_validation() {
    let gitlab = GitLab::new().await;
    for (tag, links, message) in [
        ("w1", json!([{ "name": "", "url": "https://x.y" }]), "Validation failed: Links name can't be blank"),
        (
            "w2",
            json!([{ "name": "a", "url": "gopher://x.y" }]),
            "Validation failed: Links url is blocked: Only allowed schemes are http, https, ftp",
        ),
        (
            "w3",
            json!([{ "name": "a", "url": "https://x.y", "direct_asset_path": "nope" }]),
            "Validation failed: Links filepath is in an invalid format",
        ),
        (
            "w4",
            json!([{ "name": "a", "url": "https://x.y" }, { "name": "a", "url": "https://x.z" }]),
            "Validation failed: Links have duplicate values (a) for release scope",
        ),
        ("w5", json!([{ "name": "a", "url": "https://x.y", "link_type": "cat" }]), "'cat' is not a valid link_type"),
    ] {
        let body = json!({ "tag_name": tag, "ref": "main", "tag_message": " hello ", "assets": { "links": links } });
        gitlab.post(RELEASES, body).await.refused(400, json!({ "message": message }));
        let made = gitlab.get(&format!("/projects/24/repository/tags/{tag}")).await.expect(200);
        assert_eq!((&made["message"], &made["release"]), (&json!("hello"), &Value::Null));
        assert_eq!(made["target"], "079e90101242458910cccd35eab0e211dfc359c0");
    }
    assert_eq!(gitlab.get(RELEASES).await.expect(200), json!([]));

    let long = "a".repeat(1_048_577);
    let message = "Validation failed: Description is too long (maximum is 1048576 characters)";
    gitlab
        .post(RELEASES, json!({ "tag_name": "v0.1", "description": long }))
        .await
        .refused(400, json!({ "message": message }));
    gitlab.release(json!({ "description": &long[1..] })).await;
}

#[tokio::test]
async fn an_update_changes_what_is_named() {
    let gitlab = GitLab::new().await;
    gitlab.release(json!({ "name": "n", "description": "d", "milestones": ["v1.0"] })).await;
    let path = format!("{RELEASES}/v0.1");

    let changed = gitlab.put(&path, json!({ "name": "m" })).await.expect(200);
    assert_eq!((&changed["name"], &changed["description"]), (&json!("m"), &json!("d")));
    assert_eq!(column(&changed["milestones"], "title"), ["v1.0"]);
    let changed =
        gitlab.put(&path, json!({ "description": null, "released_at": "2019-03-15T08:00:00" })).await.expect(200);
    assert_eq!((&changed["description"], &changed["released_at"]), (&Value::Null, &json!("2019-03-15T08:00:00.000Z")));
    let changed = gitlab.put(&path, json!({ "milestone_ids": [51, 52] })).await.expect(200);
    assert_eq!(column(&changed["milestones"], "title"), ["v1.0-rc", "v1.0"]);
    let changed = gitlab.put(&path, json!({ "milestones": [] })).await.expect(200);
    assert!(changed.get("milestones").is_none());
    assert_eq!(gitlab.put(&path, json!({ "name": null })).await.expect(200)["name"], "v0.1");

    gitlab.put(&path, json!({ "ref": "main" })).await.refused(400, json!({ "message": "params is empty" }));
    gitlab
        .put(&path, json!({ "name": "kept?", "milestones": ["x"] }))
        .await
        .refused(400, json!({ "message": "Milestone(s) not found: x" }));
    gitlab
        .put(&path, json!({ "released_at": "soon" }))
        .await
        .refused(400, json!({ "error": "released_at is invalid" }));
    let long = json!({ "name": "kept?", "description": "a".repeat(1_048_577) });
    let error = json!({ "message": { "description": ["is too long (maximum is 1048576 characters)"] } });
    gitlab.put(&path, long).await.refused(400, error);
    assert_eq!(gitlab.get(&path).await.expect(200)["name"], "v0.1");
}

#[tokio::test]
async fn milestones_alone_do_not_count_as_an_update() {
    let gitlab = GitLab::new().await;
    gitlab.release(json!({})).await;
    let path = format!("{RELEASES}/v0.1");
    let created = gitlab.get(&path).await.expect(200)["created_at"].as_str().unwrap().to_owned();
    let changed_since = async || {
        let query = format!("{RELEASES}?updated_after={created}&updated_before=2999-01-01T00:00:00Z");
        gitlab.get(&query).await.expect(200).as_array().unwrap().len()
    };
    gitlab.put(&path, json!({ "milestones": ["v1.0"] })).await.expect(200);
    assert_eq!(changed_since().await, 0);
    gitlab.post(&format!("{path}/assets/links"), json!({ "name": "a", "url": "https://x.y" })).await.expect(201);
    assert_eq!(changed_since().await, 1);
}

#[tokio::test]
async fn a_release_is_deleted_and_its_tag_stays() {
    let gitlab = GitLab::new().await;
    let release = gitlab.release(json!({ "milestones": ["v1.0"] })).await;
    let path = format!("{RELEASES}/v0.1");
    assert_eq!(gitlab.delete(&path).await.expect(200), release);
    gitlab.get(&path).await.refused(404, json!({ "message": "404 Not Found" }));
    gitlab.get("/projects/24/repository/tags/v0.1").await.expect(200);
    gitlab.delete(&path).await.refused(403, json!({ "message": "403 Forbidden" }));
    gitlab.put(&path, json!({ "name": "x" })).await.refused(403, json!({ "message": "403 Forbidden" }));
}

#[tokio::test]
async fn a_release_without_its_tag_can_only_be_read() {
    let gitlab = GitLab::seeded("[[projects]]\npath = 'a/b'\nid = 24\n[[projects.releases]]\ntag_name = 'gone'").await;
    let path = format!("{RELEASES}/gone");
    let release = gitlab.get(&path).await.expect(200);
    assert_eq!((&release["commit"], release.get("commit_path")), (&Value::Null, None));
    let missing = json!({ "message": "Tag does not exist" });
    gitlab.put(&path, json!({ "name": "x" })).await.refused(404, missing.clone());
    gitlab.delete(&path).await.refused(404, missing);
    gitlab.post("/projects/24/repository/tags", json!({ "tag_name": "gone", "ref": "main" })).await.expect(201);
    gitlab.delete(&path).await.expect(200);
}

#[tokio::test]
async fn odd_tag_names_are_one_segment() {
    let gitlab = GitLab::new().await;
    for (tag, segment, in_url) in [
        ("debian/2.4.0-1", "debian%2F2.4.0-1", "debian%2F2.4.0-1"),
        ("v1.0+build#3", "v1.0%2Bbuild%233", "v1.0+build%233"),
        ("выпуск-1", "%D0%B2%D1%8B%D0%BF%D1%83%D1%81%D0%BA-1", "%D0%B2%D1%8B%D0%BF%D1%83%D1%81%D0%BA-1"),
        ("100%", "100%25", "100%25"),
        ("a%2Fb", "a%252Fb", "a%252Fb"),
    ] {
        let link = json!([{ "name": "l", "url": "https://x.y", "direct_asset_path": "/bin/app" }]);
        let made = gitlab.release(json!({ "tag_name": tag, "ref": "main", "assets": { "links": link } })).await;
        assert_eq!(made["tag_name"], tag);
        let page = format!("{}/root/awesome-app/-/releases/{in_url}", gitlab.sandbox.url());
        assert_eq!(made["_links"]["self"], page);
        assert_eq!(made["assets"]["links"][0]["direct_asset_url"], format!("{page}/downloads/bin/app"));
        let path = format!("/projects/root%2Fawesome-app/releases/{segment}");
        assert_eq!(gitlab.get(&path).await.expect(200), made);
        gitlab.get(&format!("{path}/assets/links")).await.expect(200);
        gitlab.get(&format!("/projects/24/repository/tags/{segment}")).await.expect(200);
        gitlab.delete(&path).await.expect(200);
    }
    gitlab.get("/projects/24/releases/debian/2").await.refused(404, json!({ "error": "404 Not Found" }));
}

#[tokio::test]
async fn of_many_who_create_one_release_exactly_one_wins() {
    let gitlab = GitLab::new().await;
    let body = || json!({ "tag_name": "race", "ref": "main" });
    let tries = (0..16).map(|_| gitlab.post(RELEASES, body()));
    let mut statuses: Vec<u16> = futures_util::future::join_all(tries).await.iter().map(|reply| reply.status).collect();
    statuses.sort_unstable();
    assert_eq!((statuses[0], &statuses[1..]), (201, &[409; 15][..]));
}
