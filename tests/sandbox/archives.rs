//! Archives of a tag's files: by the API, and where a release says that browsers get them.

use crate::{GUEST, GitLab, JOB, REPORTER};
use reqwest::Method;
use serde_json::json;

const SHA: &str = "f8d3d94cbd347e924aa7b715845e439d00e80ca4";

async fn get(gitlab: &GitLab, url: &str, token: &'static str) -> (u16, String, Vec<u8>) {
    let url = url.strip_prefix(&gitlab.sandbox.url()).unwrap_or(url);
    let header = if token == JOB { "job-token" } else { "private-token" };
    let response = gitlab.request(Method::GET, url).header(header, token).send().await.unwrap();
    let name = response.headers().get("content-disposition").map_or("", |value| value.to_str().unwrap()).to_owned();
    (response.status().as_u16(), name, response.bytes().await.unwrap().to_vec())
}

fn holds(content: &[u8], text: &str) -> bool {
    content.windows(text.len()).any(|window| window == text.as_bytes())
}

#[tokio::test]
async fn every_release_has_its_sources() {
    let gitlab = GitLab::new().await;
    let release = gitlab.release(json!({})).await;
    for source in release["assets"]["sources"].as_array().unwrap() {
        let (format, url) = (source["format"].as_str().unwrap(), source["url"].as_str().unwrap());
        let (status, name, content) = get(&gitlab, url, REPORTER).await;
        assert_eq!((status, name), (200, format!("attachment; filename=\"awesome-app-v0.1.{format}\"")));
        assert!(format == "tar.bz2" || holds(&content, "awesome-app-v0.1/"), "{format}");

        let api = format!("/api/v4/projects/24/repository/archive.{format}?sha=v0.1");
        let (status, _, content) = get(&gitlab, &api, REPORTER).await;
        assert_eq!(status, 200);
        assert!(format == "tar.bz2" || holds(&content, &format!("awesome-app-v0.1-{SHA}/")), "{format}");
        assert_eq!(get(&gitlab, &api, GUEST).await.0, 403);
        // A job token is none here.
        assert_eq!(get(&gitlab, &api, JOB).await.0, 404);
        assert_eq!(get(&gitlab, &api.replace("v0.1", "v9"), REPORTER).await.0, 404);
    }
    let (status, name, _) = get(&gitlab, "/api/v4/projects/24/repository/archive", REPORTER).await;
    assert!(status == 200 && name.ends_with(".tar.gz\""), "{name}");
    assert_eq!(get(&gitlab, "/root/awesome-app/-/archive/v0.1/x.rar", REPORTER).await.0, 404);
}
