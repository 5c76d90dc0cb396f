//! Files uploaded to a project.

use crate::{GUEST, GitLab, JOB, Reply, send};
use reqwest::Method;
use serde_json::json;

const UPLOADS: &str = "/api/v4/projects/root%2Fawesome-app/uploads";

/// Sends one part of a form, as browsers do.
async fn upload(gitlab: &GitLab, token: Option<&str>, part: &str) -> Reply {
    let body = format!("--x\r\nContent-Disposition: form-data; {part}\r\n--x--\r\n");
    let request = gitlab.request(Method::POST, UPLOADS).header("content-type", "multipart/form-data; boundary=x");
    let request = match token {
        Some(JOB) => request.header("job-token", JOB),
        Some(token) => request.header("private-token", token),
        None => request,
    };
    send(request.body(body)).await
}

#[tokio::test]
async fn a_file_is_kept_as_it_was_under_a_plain_name() {
    let gitlab = GitLab::new().await;
    let part = "name=\"file\"; filename=\"../notes (1).txt\"\r\nContent-Type: text/html\r\n\r\n<b>\r\nhello";
    let sent = upload(&gitlab, Some(GUEST), part).await.expect(201);
    let url = sent["url"].as_str().unwrap().to_owned();
    let secret = url.strip_prefix("/uploads/").and_then(|url| url.strip_suffix("/notes__1_.txt")).unwrap();
    assert!(secret.len() == 32 && secret.chars().all(|c| c.is_ascii_hexdigit()), "{secret}");
    assert_eq!(
        sent,
        json!({
            "id": 1,
            "alt": "notes__1_.txt",
            "url": url,
            "full_path": format!("/-/project/24{url}"),
            "markdown": format!("[notes__1_.txt]({url})"),
        })
    );

    for path in [format!("/api/v4/projects/24{url}"), format!("/-/project/24{url}")] {
        let answer = gitlab.request(Method::GET, &path).header("private-token", GUEST).send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], "application/octet-stream");
        assert_eq!(answer.headers()["content-disposition"], "attachment; filename=\"notes__1_.txt\"");
        assert_eq!(answer.bytes().await.unwrap(), "<b>\r\nhello");
        let unknown = send(gitlab.request(Method::GET, &path)).await;
        unknown.refused(404, json!({ "message": "404 Project Not Found" }));
    }
    let missing = format!("/projects/24/uploads/{}/notes__1_.txt", "0".repeat(32));
    gitlab.get(&missing).await.refused(404, json!({ "message": "404 Not Found" }));
}

#[tokio::test]
async fn an_image_is_shown_in_place() {
    let gitlab = GitLab::new().await;
    let sent = upload(&gitlab, Some(GUEST), "name=\"file\"; filename=\"dk.png\"\r\n\r\n").await.expect(201);
    assert_eq!(sent["alt"], "dk");
    assert_eq!(sent["markdown"], format!("![dk]({})", sent["url"].as_str().unwrap()));
}

#[tokio::test]
async fn what_is_no_upload_is_refused() {
    let gitlab = GitLab::new().await;
    let file = "name=\"file\"; filename=\"a\"\r\n\r\n";
    let unauthorized = json!({ "message": "401 Unauthorized" });
    upload(&gitlab, None, file).await.refused(401, unauthorized.clone());
    upload(&gitlab, Some(JOB), file).await.refused(401, unauthorized);
    let other = "name=\"other\"; filename=\"a\"\r\n\r\n";
    upload(&gitlab, Some(GUEST), other).await.refused(400, json!({ "error": "file is missing" }));
    let text = "name=\"file\"\r\n\r\nno file";
    upload(&gitlab, Some(GUEST), text).await.refused(400, json!({ "error": "file is invalid" }));
}
