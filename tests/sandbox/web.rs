//! The pages for people, and who may see any of it.

use crate::{GitLab, send};
use reqwest::{Client, Method, redirect::Policy};
use serde_json::json;

const HOSTILE: &str = r#"
[[projects]]
id = 24
path = "root/awesome-app"
[[projects.milestones]]
title = "a&b \"q\" 'x'"
state = "closed"
[[projects.releases]]
tag_name = "v1\"><script>alert(1)</script>"
name = "<img src=x onerror=alert(2)> \u202Egpj.exe"
released_at = 2099-01-01T00:00:00Z
milestones = ["a&b \"q\" 'x'"]
description = """
<script>alert(3)</script>
<img src=x onerror="alert(4)"> <a href="javascript:alert(5)">click</a> [link](javascript:alert(6))
[data](data:text/html,<script>alert(7)</script>) <svg onload=alert(8)> <iframe src="https://evil.example"></iframe>
<style>body { display: none }</style> <form action="https://evil.example"><input name=q></form>
</div></article></section></main> <b style="position:fixed">bold</b>

**strong** \u202Edesrever
"""
[[projects.releases.links]]
name = "\"><script>alert(9)</script>"
url = "https://x.y/?a=\"><script>alert(10)</script>&b='"
direct_asset_path = "/bin/app"
[[projects.releases]]
tag_name = "v0"
released_at = 2001-01-01T00:00:00Z
"#;

async fn page(gitlab: &GitLab, path: &str) -> (u16, String) {
    let response = gitlab.request(Method::GET, path).send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

#[tokio::test]
async fn the_root_shows_what_there_is() {
    let gitlab = GitLab::new().await;
    let (status, html) = page(&gitlab, "/").await;
    assert!(status == 200 && html.contains("root/awesome-app") && html.contains("No releases"), "{html}");
    gitlab
        .release(json!({
            "name": "Awesome 0.1", "description": "It **starts**.", "milestones": ["v1.0"], "released_at": "2019-01-03",
            "assets": { "links": [{ "name": "linux", "url": "https://x.y/linux", "link_type": "package" }] },
        }))
        .await;
    let (_, html) = page(&gitlab, "/").await;
    for text in [
        "<bdi>Awesome 0.1</bdi>",
        "Historical release",
        "<bdi>v0.1</bdi>",
        ">2019-01-03</time>",
        "<bdi>v1.0</bdi>",
        "It <strong>starts</strong>.",
        "href=\"https://x.y/linux\"",
        "<span class=\"count\">5</span>",
        "f8d3d94c",
    ] {
        assert!(html.contains(text), "no {text} in {html}");
    }
    assert!(!html.contains("Upcoming"), "{html}");
}

#[tokio::test]
async fn web_urls_lead_to_it() {
    let gitlab = GitLab::new().await;
    let link = json!([{ "name": "l", "url": "https://x.y/z?a=b", "direct_asset_path": "/bin/l" }]);
    let release = gitlab.release(json!({ "name": "one", "assets": { "links": link } })).await;
    let project = gitlab.get("/projects/24").await.expect(200);
    for url in [&project["web_url"], &release["_links"]["self"]] {
        let path = url.as_str().unwrap().strip_prefix(&gitlab.sandbox.url()).unwrap();
        let (status, html) = page(&gitlab, path).await;
        assert!(status == 200 && html.contains("<bdi>one</bdi>"), "{path}: {html}");
    }
    let client = Client::builder().redirect(Policy::none()).build().unwrap();
    let url = release["assets"]["links"][0]["direct_asset_url"].as_str().unwrap();
    let answer = client.get(url).header("private-token", crate::MAINTAINER).send().await.unwrap();
    assert_eq!((answer.status().as_u16(), &answer.headers()["location"]), (302, &"https://x.y/z?a=b".parse().unwrap()));
    for path in ["/nope", "/root", "/root/awesome-app/-/releases/none", "/root/awesome-app/-/tags/v0.1", "/%FF"] {
        assert_eq!(page(&gitlab, path).await.0, 404, "{path}");
    }
    send(gitlab.request(Method::POST, "/gitlab/api/v4/projects"))
        .await
        .refused(404, json!({ "error": "404 Not Found" }));
    // Who looks is not counted among the clients.
    assert_eq!(send(gitlab.request(Method::GET, "/sandbox/requests")).await.expect(200)["total"], 2);
}

#[tokio::test]
async fn long_lists_come_in_pages() {
    let releases: Vec<_> = (0..45).map(|n| format!("[[projects.releases]]\ntag_name = 'r{n}'\n")).collect();
    let gitlab = GitLab::seeded(&format!("[[projects]]\npath = 'a/b'\n{}", releases.concat())).await;
    let articles = async |path: &str| {
        let html = page(&gitlab, path).await.1;
        (html.matches("<article>").count(), html.contains("Newer releases"), html.contains("Older releases"))
    };
    assert_eq!(articles("/").await, (5, false, false));
    assert_eq!(articles("/a/b/-/releases").await, (20, false, true));
    assert_eq!(articles("/a/b/-/releases?page=3").await, (5, true, false));
    assert_eq!(articles("/a/b/-/releases?page=9").await, (0, true, false));
    assert_eq!(articles("/a/b/-/releases?page=9223372036854775807").await.0, 0);
}

#[tokio::test]
async fn what_a_release_says_of_itself_is_only_text() {
    let gitlab = GitLab::seeded(HOSTILE).await;
    let response = gitlab.request(Method::GET, "/").send().await.unwrap();
    let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'; style-src 'self'") && !policy.contains("unsafe"), "{policy}");
    let html = response.text().await.unwrap();
    let lower = html.to_lowercase();
    for dead in ["<script", "javascript:", "<iframe", "<style", "<form", "<svg", "data:text", "position:fixed"] {
        assert!(!lower.contains(dead), "{dead} in {html}");
    }
    assert!(!html.contains('\u{202E}') && html.contains("\u{FFFD}gpj.exe"), "letters out of order in {html}");
    // Every handler that is left stands in text, not in a tag.
    for tag in lower.split('<').skip(1).filter_map(|rest| rest.split_once('>')).map(|(tag, _)| tag) {
        assert!(!tag.contains(" onerror") && !tag.contains(" onload"), "<{tag}> in {html}");
    }
    for text in ["&lt;img src=x onerror=alert(2)&gt;", "<strong>strong</strong>", "Upcoming Release", "a&amp;b"] {
        let numeric = text.replace("&lt;", "&#60;").replace("&gt;", "&#62;").replace("&amp;", "&#38;");
        assert!(html.contains(text) || html.contains(&numeric), "no {text} in {html}");
    }
    for (open, close) in
        [("<main>", "</main>"), ("<article>", "</article>"), ("<section", "</section>"), ("<bdi>", "</bdi>")]
    {
        assert_eq!(html.matches(open).count(), html.matches(close).count(), "{open} in {html}");
    }
}

#[tokio::test]
async fn pages_of_other_peoples_cannot_ask() {
    let gitlab = GitLab::new().await;
    let ask = async |name: &'static str, value: &str| {
        let request = gitlab.request(Method::GET, "/api/v4/version").header(name, value);
        request.header("private-token", crate::MAINTAINER).send().await.unwrap().status().as_u16()
    };
    for (name, value, status) in [
        ("host", "localhost:8929", 200),
        ("host", "gitlab.localhost", 200),
        ("host", "192.168.1.2:80", 200),
        ("host", "evil.example.com", 403),
        ("host", "127.0.0.1.evil.example:8929", 403),
        ("origin", "http://localhost:3000", 200),
        ("origin", "https://evil.example", 403),
        ("origin", "null", 403),
    ] {
        assert_eq!(ask(name, value).await, status, "{name}: {value}");
    }
}
