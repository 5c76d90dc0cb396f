//! `/projects/:id/releases/:tag_name/assets/links`

use crate::{GitLab, column};
use serde_json::{Value, json};

const LINKS: &str = "/projects/24/releases/v0.1/assets/links";

#[tokio::test]
async fn a_links_life() {
    let gitlab = GitLab::new().await;
    gitlab.release(json!({})).await;
    let downloads = format!("{}/root/awesome-app/-/releases/v0.1/downloads", gitlab.sandbox.url());
    let body = json!({ "name": "a", "url": "https://x.y/a", "direct_asset_path": "/bin/a", "link_type": "image" });
    let made = gitlab.post(LINKS, body).await.expect(201);
    let id = &made["id"];
    let whole = json!({
        "id": id, "name": "a", "url": "https://x.y/a", "direct_asset_url": format!("{downloads}/bin/a"),
        "external": true, "link_type": "image",
    });
    assert_eq!(made, whole);
    gitlab.post(LINKS, json!({ "name": "b", "url": "ftp://x.y/b", "filepath": "/bin/b" })).await.expect(201);
    let path = format!("{LINKS}/{id}");
    assert_eq!(gitlab.get(&path).await.expect(200), whole);
    let list = gitlab.get(LINKS).await;
    assert_eq!((list.header("x-total"), column(&list.body, "name")), (Some("2"), vec!["b".to_owned(), "a".to_owned()]));
    let release = gitlab.get("/projects/24/releases/v0.1").await.expect(200);
    assert_eq!(release["assets"]["links"], list.body);

    let changed = gitlab.put(&path, json!({ "name": "c" })).await.expect(200);
    assert_eq!((&changed["name"], &changed["link_type"]), (&json!("c"), &json!("other")));
    assert_eq!(changed["direct_asset_url"], format!("{downloads}/bin/a"));
    let changed = gitlab.put(&path, json!({ "url": "http://x.y", "direct_asset_path": null })).await.expect(200);
    assert_eq!((&changed["url"], &changed["direct_asset_url"]), (&json!("http://x.y"), &json!("http://x.y")));
    let changed = gitlab.put(&path, json!({ "name": "c", "filepath": "/old/name" })).await.expect(200);
    assert_eq!(changed["direct_asset_url"], format!("{downloads}/old/name"));

    assert_eq!(gitlab.delete(&path).await.expect(200), changed);
    let gone = json!({ "message": "404 Not found" });
    gitlab.get(&path).await.refused(404, gone.clone());
    gitlab.put(&path, json!({ "name": "c" })).await.refused(404, gone.clone());
    gitlab.delete(&path).await.refused(404, gone.clone());
    gitlab.get("/projects/24/releases/none/assets/links").await.refused(404, gone);
}

#[tokio::test]
async fn what_gitlab_refuses() {
    let gitlab = GitLab::new().await;
    gitlab.release(json!({})).await;
    let refuse = async |body: Value, answer: Value| gitlab.post(LINKS, body).await.refused(400, answer);
    let messages = |texts: &[&str]| json!({ "message": texts });

    refuse(json!({}), json!({ "error": "name is missing, url is missing" })).await;
    refuse(json!({ "name": "a" }), json!({ "error": "url is missing" })).await;
    let body = json!({ "name": "a", "url": "https://x.y", "link_type": "cat" });
    refuse(body, json!({ "error": "link_type does not have a valid value" })).await;
    refuse(json!({ "name": " ", "url": "https://x.y" }), messages(&["Name can't be blank"])).await;
    let schemes = "Url is blocked: Only allowed schemes are http, https, ftp";
    refuse(json!({ "name": "a", "url": "javascript:alert(1)" }), messages(&[schemes])).await;
    refuse(json!({ "name": "a", "url": "/relative" }), messages(&[schemes])).await;
    let long = format!("/{}", "a".repeat(128));
    for (path, error) in [
        ("/ab", "Filepath is in an invalid format"),
        ("bin/app", "Filepath is in an invalid format"),
        ("//bin/app", "Filepath is in an invalid format"),
        ("/bin//app", "Filepath is in an invalid format"),
        ("/bin/app/", "Filepath is in an invalid format"),
        ("/bin/a b", "Filepath is in an invalid format"),
        (&long, "Filepath is too long (maximum is 128 characters)"),
    ] {
        refuse(json!({ "name": "a", "url": "https://x.y", "direct_asset_path": path }), messages(&[error])).await;
    }

    let made = gitlab.post(LINKS, json!({ "name": "a", "url": "https://x.y", "direct_asset_path": "/bin/app" })).await;
    let path = format!("{LINKS}/{}", made.expect(201)["id"]);
    refuse(json!({ "name": "a", "url": "https://x.z" }), messages(&["Name has already been taken"])).await;
    refuse(json!({ "name": "b", "url": "https://x.y" }), messages(&["Url has already been taken"])).await;
    let both = ["Name has already been taken", "Filepath has already been taken"];
    refuse(json!({ "name": "a", "url": "https://x.z", "direct_asset_path": "/bin/app" }), messages(&both)).await;
    let other = gitlab.post(LINKS, json!({ "name": "b", "url": "https://x.z" })).await.expect(201);
    gitlab
        .put(&format!("{LINKS}/{}", other["id"]), json!({ "name": "a", "direct_asset_path": "/bin/app" }))
        .await
        .refused(400, messages(&both));
    gitlab.put(&path, json!({ "name": "a", "url": "https://x.y" })).await.expect(200);
    gitlab
        .put(&path, json!({ "link_type": "image" }))
        .await
        .refused(400, json!({ "error": "name, url are missing, at least one parameter must be provided" }));
    gitlab.get(&format!("{LINKS}/one")).await.refused(400, json!({ "error": "link_id is invalid" }));
}

#[tokio::test]
async fn of_many_who_create_one_link_exactly_one_wins() {
    let gitlab = GitLab::new().await;
    gitlab.release(json!({})).await;
    let tries = (0..16).map(|i| gitlab.post(LINKS, json!({ "name": "same", "url": format!("https://x.y/{i}") })));
    let replies = futures_util::future::join_all(tries).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 201).count(), 1);
    for reply in replies.into_iter().filter(|reply| reply.status != 201) {
        reply.refused(400, json!({ "message": ["Name has already been taken"] }));
    }
}
