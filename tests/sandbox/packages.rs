//! Generic packages.

use crate::{DEVELOPER, GUEST, GitLab, JOB, MAINTAINER, REPORTER, Reply, column, send};
use reqwest::{Body, Method};
use serde_json::{Value, json};

const FILE: &str = "/projects/24/packages/generic/app/1.0.0/app.tar.gz";
const PACKAGES: &str = "/projects/24/packages";

async fn upload(gitlab: &GitLab, token: &'static str, path: &str, content: impl Into<Body>) -> Reply {
    let header = if token == JOB { "job-token" } else { "private-token" };
    send(gitlab.request(Method::PUT, &format!("/api/v4{path}")).header(header, token).body(content)).await
}

async fn download(gitlab: &GitLab, path: &str) -> (u16, Vec<u8>, Option<String>) {
    let request = gitlab.request(Method::GET, &format!("/api/v4{path}")).header("private-token", REPORTER);
    let response = request.send().await.unwrap();
    let checksum = response.headers().get("x-checksum-sha256").map(|value| value.to_str().unwrap().to_owned());
    (response.status().as_u16(), response.bytes().await.unwrap().to_vec(), checksum)
}

#[tokio::test]
async fn a_file_comes_back_as_it_went() {
    let gitlab = GitLab::new().await;
    upload(&gitlab, DEVELOPER, FILE, "hello").await.refused(201, json!({ "message": "201 Created" }));
    let hash = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
    assert_eq!(download(&gitlab, FILE).await, (200, b"hello".to_vec(), Some(hash.to_owned())));

    // More than fits into one piece, and not a round number of them.
    let large: Vec<u8> = (0..2_500_000_u32).map(|number| number.to_le_bytes()[number as usize % 3]).collect();
    let path = "/projects/root%2Fawesome-app/packages/generic/app/1.0.0/large_1+x.bin";
    let record = upload(&gitlab, JOB, &format!("{path}?select=package_file"), large.clone()).await.expect(201);
    assert_eq!((&record["file_name"], &record["size"]), (&json!("large_1+x.bin"), &json!(2_500_000)));
    assert_eq!(record["file"]["url"], format!("{}/api/v4{path}", gitlab.sandbox.url()));
    for key in ["id", "package_id", "created_at", "updated_at", "file_md5", "file_sha1"] {
        assert!(!record[key].is_null(), "{key}");
    }
    let (status, content, checksum) = download(&gitlab, path).await;
    assert_eq!((status, checksum.as_deref()), (200, record["file_sha256"].as_str()));
    assert!(content == large);

    upload(&gitlab, MAINTAINER, "/projects/24/packages/generic/app/1.0.0/empty", "").await.expect(201);
    assert_eq!(download(&gitlab, "/projects/24/packages/generic/app/1.0.0/empty").await.1, b"");
    assert_eq!(download(&gitlab, "/projects/24/packages/generic/app/1.0.0/none").await.0, 404);
}

#[tokio::test]
async fn a_part_of_a_file_can_be_had() {
    let gitlab = GitLab::new().await;
    // Parts begin and end within pieces.
    let large: Vec<u8> = (0..2_500_000_u32).map(|number| number.to_le_bytes()[number as usize % 3]).collect();
    upload(&gitlab, DEVELOPER, FILE, large.clone()).await.expect(201);
    let ask = |range: &'static str, version: Option<String>| {
        let mut request = gitlab.request(Method::GET, &format!("/api/v4{FILE}")).header("private-token", REPORTER);
        request = request.header("range", range);
        if let Some(version) = version {
            request = request.header("if-range", version);
        }
        async move {
            let response = request.send().await.unwrap();
            let header = |name| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
            let (range, modified, digest) =
                (header("content-range"), header("last-modified"), header("x-checksum-sha256"));
            (response.status().as_u16(), range, modified, digest, response.bytes().await.unwrap())
        }
    };
    let (status, range, modified, digest, bytes) = ask("bytes=1500000-", None).await;
    assert_eq!((status, range.as_deref()), (206, Some("bytes 1500000-2499999/2500000")));
    assert!(digest.is_some() && bytes == large[1_500_000..]);
    let (status, _, _, _, bytes) = ask("bytes=10-19", modified).await;
    assert_eq!((status, &bytes[..]), (206, &large[10..20]));
    let (status, range, _, _, bytes) = ask("bytes=10-19", Some("\"another\"".to_owned())).await;
    assert_eq!((status, range, bytes.len()), (200, None, large.len()));
    let (status, range, _, _, _) = ask("bytes=2500000-", None).await;
    assert_eq!((status, range.as_deref()), (416, Some("bytes */2500000")));
}

#[tokio::test]
async fn of_two_files_of_one_name_the_newest_is_meant() {
    let gitlab = GitLab::new().await;
    for content in ["one", "two", "three"] {
        upload(&gitlab, DEVELOPER, FILE, content).await.expect(201);
    }
    assert_eq!(download(&gitlab, FILE).await.1, b"three");
    let packages = gitlab.get(PACKAGES).await.expect(200);
    assert_eq!(column(&packages, "name"), ["app"]);
    assert_eq!((&packages[0]["package_type"], &packages[0]["status"]), (&json!("generic"), &json!("default")));
    let package = format!("{PACKAGES}/{}", packages[0]["id"]);
    assert_eq!(gitlab.get(&package).await.expect(200), packages[0]);
    let files = format!("{package}/package_files");
    let page = gitlab.get(&format!("{files}?per_page=2")).await;
    assert_eq!((page.header("x-total"), page.body.as_array().unwrap().len()), (Some("3"), 2));
    let all = gitlab.get(&files).await.expect(200);
    assert_eq!(column(&all, "file_name"), ["app.tar.gz"; 3]);

    let newest = format!("{files}/{}", all[2]["id"]);
    gitlab.by(DEVELOPER, Method::DELETE, &newest, Value::Null).await.expect(403);
    gitlab.delete(&newest).await.expect(204);
    gitlab.delete(&newest).await.refused(404, json!({ "message": "404 Not Found" }));
    assert_eq!(download(&gitlab, FILE).await.1, b"two");
    gitlab.delete(&package).await.expect(204);
    assert_eq!(download(&gitlab, FILE).await.0, 404);
    gitlab.get(&files).await.refused(404, json!({ "message": "404 Not Found" }));
    assert_eq!(gitlab.get(PACKAGES).await.expect(200), json!([]));
}

#[tokio::test]
async fn a_second_file_may_be_forbidden() {
    let gitlab = GitLab::seeded("[[projects]]\nid = 24\npath = 'a/b'\nallow_duplicate_packages = false").await;
    upload(&gitlab, DEVELOPER, FILE, "one").await.expect(201);
    let refused = json!({ "message": "400 Bad request - Duplicate package is not allowed" });
    upload(&gitlab, DEVELOPER, FILE, "two").await.refused(400, refused.clone());
    upload(&gitlab, DEVELOPER, "/projects/24/packages/generic/app/1.0.1/app.tar.gz", "two").await.expect(201);
    upload(&gitlab, DEVELOPER, "/projects/24/packages/generic/app/1.0.0/other", "two").await.expect(201);
    assert_eq!(download(&gitlab, FILE).await.1, b"one");

    let tries = (0..8).map(|i| upload(&gitlab, DEVELOPER, "/projects/24/packages/generic/r/1/f", format!("{i}")));
    let replies = futures_util::future::join_all(tries).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 201).count(), 1);
    for reply in replies.into_iter().filter(|reply| reply.status != 201) {
        reply.refused(400, refused.clone());
    }
}

#[tokio::test]
async fn hidden_packages_do_not_show() {
    let gitlab = GitLab::new().await;
    upload(&gitlab, DEVELOPER, &format!("{FILE}?status=hidden"), "x").await.expect(201);
    assert_eq!(gitlab.get(PACKAGES).await.expect(200), json!([]));
    assert_eq!(download(&gitlab, FILE).await.0, 200);
    let hidden = gitlab.get(&format!("{PACKAGES}?status=hidden&package_name=AP")).await.expect(200);
    assert_eq!(column(&hidden, "version"), ["1.0.0"]);
    upload(&gitlab, DEVELOPER, &format!("{FILE}?status=default"), "y").await.expect(201);
    assert_eq!(column(&gitlab.get(PACKAGES).await.expect(200), "status"), ["default"]);
    for query in ["package_version=2", "package_type=npm", "package_name=x"] {
        assert_eq!(gitlab.get(&format!("{PACKAGES}?{query}")).await.expect(200), json!([]), "{query}");
    }
    let error = json!({ "error": "status does not have a valid value" });
    upload(&gitlab, DEVELOPER, &format!("{FILE}?status=odd"), "y").await.refused(400, error);
}

#[tokio::test]
async fn names_and_roles_are_checked() {
    let gitlab = GitLab::new().await;
    let put =
        async |token, rest: &str| upload(&gitlab, token, &format!("/projects/24/packages/generic/{rest}"), "x").await;
    for (rest, error) in [
        ("a%2Fb/1/f", "package_name is invalid"),
        ("a/v%2F1/f", "package_version is invalid"),
        ("a/1..2/f", "package_version is invalid"),
        ("a/1/..%2F..%2Fetc", "file_name is invalid"),
        ("a/1/f%20g", "file_name is invalid"),
        ("%C3%A9/1%20/f", "package_name is invalid, package_version is invalid"),
    ] {
        put(DEVELOPER, rest).await.refused(400, json!({ "error": error }));
    }
    let forbidden = json!({ "message": "403 Forbidden" });
    put(REPORTER, "a/1/f").await.refused(403, forbidden.clone());
    put("wrong", "a/1/f").await.refused(401, json!({ "message": "401 Unauthorized" }));
    put(DEVELOPER, "a/1/f").await.expect(201);
    let path = "/projects/24/packages/generic/a/1/f";
    gitlab.by(GUEST, Method::GET, path, Value::Null).await.refused(403, forbidden);
    assert_eq!(gitlab.by(JOB, Method::GET, path, Value::Null).await.expect(200), json!("x"));
    let nobody = send(gitlab.request(Method::GET, &format!("/api/v4{path}"))).await;
    nobody.refused(404, json!({ "message": "404 Project Not Found" }));
    let error = json!({ "error": "select does not have a valid value" });
    put(DEVELOPER, "a/1/f?select=all").await.refused(400, error);
}
