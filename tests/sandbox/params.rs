//! How parameters may be sent, and how they are refused.

use crate::{GitLab, MAINTAINER, Reply, column, send};
use reqwest::Method;
use serde_json::{Value, json};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::TcpStream;

async fn form(gitlab: &GitLab, method: Method, path: &str, body: &'static str) -> Reply {
    let request = gitlab.request(method, &format!("/api/v4{path}")).header("private-token", MAINTAINER);
    send(request.header("content-type", "application/x-www-form-urlencoded").body(body)).await
}

#[tokio::test]
async fn forms_and_queries_say_what_json_says() {
    let gitlab = GitLab::new().await;
    let releases = "/projects/24/releases";
    let body = "tag_name=v0.1&name=a+b&milestones[]=v1.0&milestones[]=v1.0-rc&released_at=2019-03-15\
                &assets[links][0][name]=one&assets[links][0][url]=https%3A%2F%2Fx.y%2F1\
                &assets[links][1][name]=two&assets[links][1][url]=https%3A%2F%2Fx.y%2F2&assets[links][1][link_type]=image";
    let release = form(&gitlab, Method::POST, releases, body).await.expect(201);
    assert_eq!(release["name"], "a b");
    assert_eq!(column(&release["milestones"], "title"), ["v1.0-rc", "v1.0"]);
    assert_eq!(column(&release["assets"]["links"], "link_type"), ["image", "other"]);

    let body = "tag_name=v0.2&milestones=v1.0,v1.0-rc&assets[links][][name]=one&assets[links][][url]=http://x.y\
                &assets[links][][name]=two&assets[links][][url]=http://x.z";
    let release = form(&gitlab, Method::POST, releases, body).await.expect(201);
    assert_eq!(release["milestones"].as_array().unwrap().len(), 2);
    assert_eq!(column(&release["assets"]["links"], "name"), ["two", "one"]);
    let release = form(&gitlab, Method::PUT, &format!("{releases}/v0.2"), "milestones[]=").await.expect(200);
    assert!(release.get("milestones").is_none());

    let query = format!("/api/v4{releases}/v0.2?name=by%20query&milestones=v1.0");
    let release = send(gitlab.request(Method::PUT, &query).header("private-token", MAINTAINER)).await.expect(200);
    assert_eq!((&release["name"], &release["milestones"][0]["title"]), (&json!("by query"), &json!("v1.0")));
}

#[tokio::test]
async fn wrong_types_are_refused_in_grapes_words() {
    let gitlab = GitLab::new().await;
    for (body, error) in [
        (json!({}), "tag_name is missing"),
        (json!({ "tag_name": ["v"] }), "tag_name is invalid"),
        (json!({ "tag_name": "v", "name": {} }), "name is invalid"),
        (json!({ "tag_name": "v", "released_at": "soon" }), "released_at is invalid"),
        (json!({ "tag_name": "v", "assets": "x" }), "assets is invalid"),
        (json!({ "tag_name": "v", "assets": { "links": "x" } }), "assets[links] is invalid"),
        (
            json!({ "tag_name": "v", "assets": { "links": [{ "url": "u" }, {}] } }),
            "assets[links][0][name] is missing, assets[links][1][name] is missing, assets[links][1][url] is missing",
        ),
        (json!({ "tag_name": "v", "milestone_ids": ["x"] }), "milestone_ids is invalid"),
        (json!({ "tag_name": "v", "milestones": [{}] }), "milestones is invalid"),
    ] {
        gitlab.post("/projects/24/releases", body).await.refused(400, json!({ "error": error }));
    }
    for (query, error) in [
        ("order_by=name", "order_by does not have a valid value"),
        ("sort=up", "sort does not have a valid value"),
        ("page=x", "page is invalid"),
        ("per_page=x", "per_page is invalid"),
        ("per_page=0", "per_page has a value not allowed"),
        ("updated_after=x", "updated_after is invalid"),
    ] {
        gitlab.get(&format!("/projects/24/releases?{query}")).await.refused(400, json!({ "error": error }));
    }
    // Numbers are texts where texts are wanted.
    assert_eq!(gitlab.release(json!({ "name": 7 })).await["name"], "7");
}

#[tokio::test]
async fn what_is_no_request_is_refused() {
    let gitlab = GitLab::new().await;
    let post = async |content_type: &str, body: &'static str| {
        let request = gitlab.request(Method::POST, "/api/v4/projects/24/releases").header("private-token", MAINTAINER);
        send(request.header("content-type", content_type).body(body)).await
    };
    let unlike = json!({ "error": "message body does not match declared format" });
    post("application/json", "{").await.refused(400, unlike.clone());
    post("application/json; charset=utf-8", "{\"tag_name\":\"\\ud800\"}").await.refused(400, unlike);
    post("application/json", "[1]").await.refused(400, json!({ "error": "tag_name is missing" }));
    let error = "The provided content-type 'text/plain' is not supported.";
    post("text/plain", "hello").await.refused(415, json!({ "error": error }));
    post("application/json", "{\"tag_name\":\"a\\u0000b\"}").await.refused(400, json!({ "error": "400 Bad Request" }));

    let unknown = json!({ "error": "404 Not Found" });
    for path in ["/api/v4/nope", "/api/v4", "/api/v4/projects/24/releases/", "/api/v4/projects//releases"] {
        send(gitlab.request(Method::GET, path)).await.refused(404, unknown.clone());
    }
    let patch = send(gitlab.request(Method::PATCH, "/api/v4/projects/24/releases")).await;
    patch.refused(405, json!({ "error": "405 Not Allowed" }));
    gitlab.get("/projects/%FF/releases").await.refused(400, json!({ "error": "400 Bad Request" }));

    let huge = "x".repeat(11 * 1024 * 1024);
    let reply: Value =
        gitlab.post("/projects/24/releases", json!({ "tag_name": "v0.1", "description": huge })).await.expect(413);
    assert_eq!(reply, json!({ "error": "Request Body Too Large" }));
}

#[tokio::test]
async fn forms_in_parts_say_the_same() {
    let gitlab = GitLab::new().await;
    let post = async |content_type: &str, body: &'static str| {
        let request = gitlab.request(Method::POST, "/api/v4/projects/24/releases").header("private-token", MAINTAINER);
        send(request.header("content-type", content_type).body(body)).await
    };
    let body = "--x\r\nContent-Disposition: form-data; name=\"tag_name\"\r\n\r\nv0.1\r\n\
                --x\r\nContent-Disposition: form-data; name=\"milestones[]\"\r\n\r\nv1.0\r\n--x--\r\n";
    let release = post("multipart/form-data; boundary=x", body).await.expect(201);
    assert_eq!((&release["tag_name"], &release["milestones"][0]["title"]), (&json!("v0.1"), &json!("v1.0")));

    let unlike = json!({ "error": "message body does not match declared format" });
    post("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data").await.refused(400, unlike.clone());
    post("multipart/form-data", body).await.refused(400, unlike);
}

#[tokio::test]
async fn yes_and_no_have_many_words() {
    let gitlab = GitLab::new().await;
    for word in ["true", "True", "TRUE", "1", "Yes", "off", "False", "N", ""] {
        gitlab.get(&format!("/projects/24/milestones?include_ancestors={word}")).await.expect(200);
    }
    let error = json!({ "error": "include_ancestors is invalid" });
    gitlab.get("/projects/24/milestones?include_ancestors=tRUE").await.refused(400, error);
}

#[tokio::test]
async fn a_refusal_is_read_even_if_the_body_was_not() {
    let gitlab = GitLab::new().await;
    let address = gitlab.sandbox.url().replace("http://", "");
    // As a client that sends all it has before it reads anything.
    let exchange = move || {
        let body = vec![0; 64 * 1024 * 1024];
        let head = format!("PUT /nope HTTP/1.1\r\nHost: {address}\r\nContent-Length: {}\r\n\r\n", body.len());
        let mut stream = TcpStream::connect(address)?;
        stream.write_all(head.as_bytes())?;
        stream.write_all(&body)?;
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line)?;
        Ok::<_, io::Error>(line)
    };
    let line = tokio::task::spawn_blocking(exchange).await.unwrap().unwrap();
    assert_eq!(line, "HTTP/1.1 404 Not Found\r\n");
}
