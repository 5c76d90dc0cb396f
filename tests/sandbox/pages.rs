//! Pages, and the headers that tell of the others.

use crate::{GitLab, column};
use std::fmt::Write;

const RELEASES: &str = "/projects/24/releases";

/// A project with so many releases, `r1` the newest.
fn seed(count: usize) -> String {
    let mut text = "[[projects]]\npath = 'a/b'\nid = 24\n".to_owned();
    for number in 1..=count {
        let (day, minute) = (number / 1440 + 1, number % 1440);
        let time = format!("2020-01-{:02}T{:02}:{:02}:00Z", 28 - day, 23 - minute / 60, 59 - minute % 60);
        writeln!(text, "[[projects.releases]]\ntag_name = 'r{number}'\nreleased_at = {time}").unwrap();
    }
    text
}

#[tokio::test]
async fn pages_are_told_of() {
    let gitlab = GitLab::seeded(&seed(45)).await;
    let base = format!("{}/api/v4{RELEASES}", gitlab.sandbox.url());
    let page = gitlab.get(RELEASES).await;
    assert_eq!(column(&page.body, "tag_name")[..2], ["r1", "r2"]);
    let names = ["x-page", "x-per-page", "x-next-page", "x-prev-page", "x-total", "x-total-pages"];
    assert_eq!(names.map(|name| page.header(name)), ["1", "20", "2", "", "45", "3"].map(Some));
    let link = |page: u32, rel: &str| format!("<{base}?page={page}&per_page=20>; rel=\"{rel}\"");
    assert_eq!(page.header("link").unwrap(), [link(2, "next"), link(1, "first"), link(3, "last")].join(", "));

    let page = gitlab.get(&format!("{RELEASES}?page=2&sort=asc&order_by=released_at&private_token=x")).await;
    assert_eq!(column(&page.body, "tag_name")[0], "r25");
    assert_eq!(names.map(|name| page.header(name)), ["2", "20", "3", "1", "45", "3"].map(Some));
    let prev = format!("<{base}?sort=asc&order_by=released_at&page=1&per_page=20>; rel=\"prev\"");
    assert!(page.header("link").unwrap().starts_with(&prev), "{:?}", page.header("link"));

    let page = gitlab.get(&format!("{RELEASES}?page=3")).await;
    assert_eq!((page.body.as_array().unwrap().len(), page.header("x-next-page")), (5, Some("")));
    let page = gitlab.get(&format!("{RELEASES}?per_page=1000")).await;
    assert_eq!(names.map(|name| page.header(name)), ["1", "100", "", "", "45", "1"].map(Some));
    let page = gitlab.get(&format!("{RELEASES}?page=9")).await;
    assert_eq!(names.map(|name| page.header(name)), ["9", "20", "", "8", "45", "3"].map(Some));
    assert_eq!(page.body.as_array().unwrap().len(), 0);
    assert_eq!(gitlab.get(&format!("{RELEASES}?page=-1&per_page=-5")).await.header("x-page"), Some("1"));
    gitlab.get(&format!("{RELEASES}?page=500&per_page=100")).await.expect(200);
    for number in [501, i64::MAX] {
        let refused = gitlab.get(&format!("{RELEASES}?page={number}&per_page=100")).await.expect(405);
        assert!(refused["error"].as_str().unwrap().contains("maximum allowed offset of 50000"), "{refused}");
    }
    gitlab.get(&format!("{RELEASES}?page=501&per_page=100&sort=up")).await.expect(400);
}

#[tokio::test]
async fn nothing_is_one_empty_page() {
    let gitlab = GitLab::new().await;
    let page = gitlab.get(RELEASES).await;
    let names = ["x-next-page", "x-prev-page", "x-total", "x-total-pages"];
    assert_eq!(names.map(|name| page.header(name)), ["", "", "0", "1"].map(Some));
}

#[tokio::test]
async fn above_ten_thousand_rows_nobody_counts() {
    let gitlab = GitLab::seeded(&seed(10_000)).await;
    let url = format!("{RELEASES}?per_page=100&page=100");
    let page = gitlab.get(&url).await;
    assert_eq!((page.header("x-total"), page.header("x-total-pages")), (Some("10000"), Some("100")));
    assert_eq!(page.header("x-next-page"), Some(""));

    gitlab
        .post("/projects/24/repository/tags", serde_json::json!({ "tag_name": "one-more", "ref": "main" }))
        .await
        .expect(201);
    gitlab.release(serde_json::json!({ "tag_name": "one-more" })).await;
    let page = gitlab.get(&url).await;
    assert_eq!((page.header("x-total"), page.header("x-total-pages")), (None, None));
    assert_eq!((page.header("x-next-page"), page.header("x-per-page")), (Some("101"), Some("100")));
    let link = page.header("link").unwrap();
    assert!(
        link.contains("rel=\"next\"") && link.contains("rel=\"first\"") && !link.contains("rel=\"last\""),
        "{link}"
    );
    let last = gitlab.get(&format!("{RELEASES}?per_page=100&page=101")).await;
    assert_eq!((column(&last.body, "tag_name").len(), last.header("x-next-page")), (1, Some("")));
}
