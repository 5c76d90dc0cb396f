//! Answers that send the client elsewhere: asset downloads and the latest release. Descriptions as HTML, and a group's
//! releases.

use crate::{GUEST, GitLab, JOB, MAINTAINER, Reply, column, send};
use reqwest::{Client, Method, redirect::Policy};
use serde_json::{Value, json};

const RELEASES: &str = "/projects/24/releases";

/// Asks without following, as the holder of a token.
async fn ask(gitlab: &GitLab, token: &str, path: &str) -> Reply {
    let client = Client::builder().redirect(Policy::none()).build().unwrap();
    let header = if token == JOB { "job-token" } else { "private-token" };
    send(client.get(format!("{}{path}", gitlab.sandbox.url())).header(header, token)).await
}

async fn with_links() -> GitLab {
    let gitlab = GitLab::new().await;
    let links = json!([
        { "name": "a", "url": "https://dl.example.com/a?x=1&y=ü", "direct_asset_path": "/bin/linux/app" },
        { "name": "b", "url": "ftp://dl.example.com/b" },
    ]);
    gitlab.release(json!({ "tag_name": "rel/1.0+x", "ref": "main", "assets": { "links": links } })).await;
    gitlab.release(json!({ "released_at": "2020-01-01" })).await;
    gitlab
}

#[tokio::test]
async fn assets_are_elsewhere() {
    let gitlab = with_links().await;
    let api = format!("/api/v4{RELEASES}/rel%2F1.0%2Bx/downloads");
    for path in [format!("{api}/bin/linux/app"), format!("{api}/bin%2Flinux%2Fapp")] {
        for token in [MAINTAINER, JOB] {
            let reply = ask(&gitlab, token, &path).await;
            let to = "https://dl.example.com/a?x=1&y=%C3%BC";
            assert_eq!((reply.status, reply.header("location")), (302, Some(to)), "{path}");
        }
    }
    let link = gitlab.get(&format!("{RELEASES}/rel%2F1.0%2Bx")).await.expect(200)["assets"]["links"][1].clone();
    let url = link["direct_asset_url"].as_str().unwrap();
    let reply = ask(&gitlab, MAINTAINER, url.strip_prefix(&gitlab.sandbox.url()).unwrap()).await;
    assert_eq!(reply.status, 302, "{url}");

    let gone = json!({ "message": "404 Not found" });
    ask(&gitlab, MAINTAINER, &format!("{api}/bin/linux")).await.refused(404, gone);
    let none = json!({ "message": "404 Not Found" });
    ask(&gitlab, MAINTAINER, &format!("/api/v4{RELEASES}/none/downloads/bin/linux/app")).await.refused(404, none);
    ask(&gitlab, GUEST, &format!("{api}/bin/linux/app")).await.refused(403, json!({ "message": "403 Forbidden" }));
}

#[tokio::test]
async fn the_latest_release_is_the_one_that_is_ready_last() {
    let gitlab = with_links().await;
    let location = async |path: &str| {
        let reply = ask(&gitlab, MAINTAINER, path).await;
        (reply.status, reply.header("location").unwrap_or_default().to_owned())
    };
    let to = |rest: &str| (302, format!("/api/v4{RELEASES}/rel%2F1.0+x{rest}"));
    for id in ["24", "root%2Fawesome-app"] {
        let latest = format!("/api/v4/projects/{id}/releases/permalink/latest");
        for (rest, becomes) in [
            ("", ""),
            ("/", ""),
            ("/evidence", "/evidence"),
            ("/downloads/bin/linux/app", "/downloads/bin/linux/app"),
            ("/assets/links?per_page=2&order_by=released_at", "/assets/links?per_page=2"),
            ("?order_by=released_at", ""),
            ("?include_html_description=true&order_by=x&a[]=%20", "?include_html_description=true&a[]=%20"),
        ] {
            assert_eq!(location(&format!("{latest}{rest}")).await, to(becomes), "{rest}");
        }
    }
    let shown = gitlab.get(&format!("{RELEASES}/permalink/latest?include_html_description=1")).await.expect(200);
    assert_eq!((&shown["tag_name"], &shown["description_html"]), (&json!("rel/1.0+x"), &json!("")));
    let page = "/root/awesome-app/-/releases";
    assert_eq!(
        location(&format!("{page}/permalink/latest/downloads/bin/linux/app")).await,
        (302, format!("{page}/rel%2F1.0+x/downloads/bin/linux/app"))
    );

    gitlab.release(json!({ "tag_name": "v0.2", "released_at": "2999-01-01" })).await;
    let latest = format!("/api/v4{RELEASES}/permalink/latest");
    assert_eq!(location(&latest).await.1, format!("/api/v4{RELEASES}/v0.2"));
    ask(&gitlab, GUEST, &latest).await.refused(403, json!({ "message": "403 Forbidden" }));
    let empty = GitLab::new().await;
    ask(&empty, MAINTAINER, &latest).await.refused(404, json!({ "message": "404 Not Found" }));
}

#[tokio::test]
async fn descriptions_come_as_html_that_does_no_harm() {
    let gitlab = GitLab::new().await;
    let description =
        "# T\r\n\r\n[a](javascript:alert(1)) <script>alert(1)</script><img src=x onerror=alert(1)> [b](/x)";
    gitlab.release(json!({ "description": description })).await;
    let plain = gitlab.get(&format!("{RELEASES}/v0.1")).await.expect(200);
    assert!(plain.get("description_html").is_none());
    let html = "<h1>T</h1>\n<p><a rel=\"noopener noreferrer\">a</a> <img src=\"x\"> \
                <a href=\"/x\" rel=\"noopener noreferrer\">b</a></p>\n";
    for path in
        [format!("{RELEASES}?include_html_description=true"), format!("{RELEASES}/v0.1?include_html_description=1")]
    {
        let body = gitlab.get(&path).await.expect(200);
        let release = body.get(0).unwrap_or(&body);
        assert_eq!((&release["description_html"], &release["description"]), (&json!(html), &json!(description)));
    }
    gitlab
        .get(&format!("{RELEASES}?include_html_description=perhaps"))
        .await
        .refused(400, json!({ "error": "include_html_description is invalid" }));
}

#[tokio::test]
async fn a_groups_releases_are_those_of_all_its_projects() {
    let gitlab = GitLab::seeded(
        "[[users]]\nusername = 'ada'\ntokens = ['ada-token']
         [[projects]]\npath = 'top/a'\n[[projects.tags]]\nname = 'v1'
         [[projects.members]]\nusername = 'ada'\nrole = 'guest'
         [[projects.releases]]\ntag_name = 'v1'\nreleased_at = 2020-01-01T00:00:00Z\ndescription = 'd'
         [[projects]]\npath = 'top/sub/b'\n[[projects.tags]]\nname = 'v2'
         [[projects.releases]]\ntag_name = 'v2'\nreleased_at = 2021-01-01T00:00:00Z
         [[projects]]\npath = 'top-not/c'\n[[projects.releases]]\ntag_name = 'v3'",
    )
    .await;
    let list = gitlab.get("/groups/top/releases").await;
    assert_eq!(list.header("x-total"), Some("2"));
    assert_eq!(column(&list.body, "tag_name"), ["v2", "v1"]);
    assert_eq!(list.body[1], gitlab.get("/projects/top%2Fa/releases/v1").await.expect(200));
    let page = gitlab.get("/groups/top/releases?sort=asc&simple=true&per_page=1").await;
    assert_eq!(
        page.body,
        json!([{
            "name": "v1", "tag_name": "v1", "description": "d", "created_at": list.body[1]["created_at"],
            "released_at": "2020-01-01T00:00:00.000Z", "upcoming_release": false,
        }])
    );
    assert_eq!(page.header("x-next-page"), Some("2"));
    let seen = gitlab.by("ada-token", Method::GET, "/groups/top/releases", Value::Null).await.expect(200);
    assert_eq!((column(&seen, "name"), seen[0].get("tag_name")), (vec!["Release-1".to_owned()], None));
    let seen = gitlab.by("ada-token", Method::GET, "/groups/top/releases?simple=1", Value::Null).await.expect(200);
    assert_eq!((column(&seen, "name"), seen[0].get("tag_name")), (vec!["Release-1".to_owned()], None));
}
