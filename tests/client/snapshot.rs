//! The state of a project, and how many requests it takes to read.

use crate::server::{ID, Seen, Server, not_found, ok, page, project, project_json, releases_json, reply};
use relsync::gitlab::{Kind, TokenKind};
use relsync::model::{Current, Project, ProjectRef, TagName};
use relsync::snapshot::{Doubts, Interest, begin, look_again, read};
use serde_json::{Value, json};

/// A GitLab with so many releases (`v0`…) and tags (`v0`…, newest last).
async fn gitlab(releases: usize, tags: usize) -> Server {
    let releases = releases_json(releases);
    let tags: Vec<Value> = (0..tags).map(|n| json!({ "name": format!("v{n}") })).collect();
    let milestones: Vec<Value> =
        (0..120).map(|n| json!({ "id": n, "project_id": 24, "title": format!("m{n}"), "state": "active" })).collect();
    Server::start(move |seen: &Seen| {
        let tag = seen.path().strip_prefix("/api/v4/projects/24/repository/tags/");
        match (seen.path(), tag) {
            ("/api/v4/projects/root%2Fawesome-app", _) => ok(&project_json()),
            ("/api/v4/projects/24/releases" | "/api/v4/projects/root%2Fawesome-app/releases", _) => {
                page(seen, &releases)
            }
            ("/api/v4/projects/24/milestones" | "/api/v4/projects/root%2Fawesome-app/milestones", _) => {
                page(seen, &milestones)
            }
            ("/api/v4/projects/24/repository/tags", _) => page(seen, &tags),
            (_, Some(name)) => tags.iter().find(|t| t["name"] == name).map_or_else(not_found, ok),
            _ => reply(500, &[], "unexpected"),
        }
    })
    .await
}

fn by_path() -> ProjectRef {
    ProjectRef::Path("root/awesome-app".into())
}

fn names(numbers: impl IntoIterator<Item = usize>) -> Vec<TagName> {
    numbers.into_iter().map(|n| TagName::from_git(format!("v{n}"))).collect()
}

/// Reads the project, and then whether it has the tags `named`.
async fn snapshot(
    server: &Server,
    project: ProjectRef,
    kind: TokenKind,
    named: Vec<TagName>,
    interest: Interest,
) -> Current {
    let client = server.client_as(Some(kind));
    // Spawned, as a caller may want to: the futures must be `Send`.
    let read = async move {
        let mut current = read(&client, &project, interest).await?;
        let doubts = Doubts { tags: named.into_iter().collect(), releases: vec![] };
        look_again(&client, &mut current, doubts).await.map(|()| current)
    };
    tokio::spawn(read).await.unwrap().unwrap()
}

/// Requests and missing tags for a project with so many releases and tags, when these tags are in question.
async fn cost(releases: usize, tags: usize, named: Vec<TagName>) -> (usize, usize) {
    let server = gitlab(releases, tags).await;
    let current = snapshot(&server, by_path(), TokenKind::Private, named, Interest::default()).await;
    assert_eq!(current.releases.len(), releases);
    (server.seen().len(), current.missing_tags.len())
}

#[tokio::test]
async fn releases_alone_take_one_request_a_hundred() {
    assert_eq!(cost(0, 500, vec![]).await, (2, 0));
    assert_eq!(cost(100, 500, vec![]).await, (2, 0));
    assert_eq!(cost(101, 500, vec![]).await, (3, 0));
}

#[tokio::test]
async fn tags_are_asked_for_in_the_cheaper_way() {
    // One name: that one.
    assert_eq!(cost(1, 500, names([3])).await, (3, 0));
    assert_eq!(cost(1, 500, names([600])).await, (3, 1));
    // Many: the list, which may do.
    assert_eq!(cost(1, 90, names(1..200)).await, (3, 110));
    assert_eq!(cost(1, 500, names([1, 2, 3])).await, (3, 0));
    // The list's first page, and then those two rather than four more pages.
    assert_eq!(cost(1, 500, names([1, 2, 300, 600])).await, (5, 1));
    // The list's first page, and then four more pages rather than all those.
    assert_eq!(cost(1, 500, names(100..600)).await, (7, 100));
    // With 300 releases there are some 300 tags, three pages of them: three names are asked for at once.
    assert_eq!(cost(300, 500, names([1, 300, 600])).await, (4 + 3, 1));
    assert_eq!(cost(300, 500, names([300, 400, 600, 601])).await, (4 + 1 + 4, 2));
}

/// Reports link to a project's page, so that has to be one.
#[tokio::test]
async fn a_page_is_believed_in_only_if_it_is_on_the_web() {
    for (page, requests) in [("https://other/root/awesome-app", 1), ("javascript://x/root/awesome-app", 2)] {
        let mut release = releases_json(1).remove(0);
        release["_links"]["self"] = format!("{page}/-/releases/v0").into();
        let server = Server::start(move |seen: &Seen| match seen.path() {
            "/api/v4/projects/root%2Fawesome-app" => ok(&project_json()),
            _ => crate::server::page(seen, std::slice::from_ref(&release)),
        })
        .await;
        let begun = begin(&server.client(), &by_path(), Interest::default()).await.unwrap();
        let known = if requests == 1 { page } else { "https://gitlab.example.com/root/awesome-app" };
        assert_eq!((begun.current.project.web_url.as_deref(), server.seen().len()), (Some(known), requests));
    }
}

/// Above 10,000 rows GitLab counts no more, and beyond 50,000 it takes no page numbers.
#[tokio::test]
async fn a_list_too_long_to_be_counted_is_read_by_names() {
    let tags: Vec<Value> = (0..10_150).map(|n| json!({ "name": format!("v{n}") })).collect();
    let server = Server::start(move |seen: &Seen| {
        let query = |name: &str| {
            let pairs = seen.target.split_once('?').map_or("", |(_, query)| query).split('&');
            pairs
                .filter_map(|pair| pair.split_once('='))
                .find(|(key, _)| *key == name)
                .map(|(_, value)| value.to_owned())
        };
        let single = seen.path().strip_prefix("/api/v4/projects/24/repository/tags/");
        match (seen.path().rsplit('/').next(), single, query("page_token")) {
            (Some("24"), ..) => ok(&project_json()),
            (Some("releases"), ..) => page(seen, &[]),
            (_, Some(name), _) => tags.iter().find(|tag| tag["name"] == name).map_or_else(not_found, ok),
            (_, _, None) => reply(200, &[("x-next-page", "2")], &json!(tags[..100]).to_string()),
            (_, _, Some(token)) => {
                let after = 1 + tags.iter().position(|tag| tag["name"] == token.as_str()).unwrap();
                ok(&json!(tags[after..tags.len().min(after + 100)]))
            }
        }
    })
    .await;
    let cost = async |names: Vec<TagName>| {
        let before = server.seen().len();
        let current = snapshot(&server, ID, TokenKind::Private, names, Interest::default()).await;
        (server.seen().len() - before - 2, current.missing_tags.len())
    };
    // All pages rather than 10,000 names.
    assert_eq!(cost(names(1..10_200)).await, (102, 50));
    // One page more than was needed, to learn that there are more than names.
    assert_eq!(cost(names([9_000, 9_001, 20_000])).await, (1 + 3, 1));
    // 150 names that are far down the list: some hundred pages are hardly more than 150 names.
    assert_eq!(cost(names(10_000..10_150)).await, (102, 0));
}

#[tokio::test]
async fn protected_tags_are_noticed() {
    let server = Server::start(|seen| match seen.path().rsplit('/').next() {
        Some("24") => ok(&project_json()),
        Some("releases") => page(seen, &[]),
        Some("tags") => page(seen, &[json!({ "name": "v1", "protected": true }), json!({ "name": "v2" })]),
        _ => not_found(),
    })
    .await;
    let current = snapshot(&server, ID, TokenKind::Private, names([1, 2, 3]), Interest::default()).await;
    assert_eq!(current.protected_tags, names([1]).into_iter().collect());
    assert_eq!(current.missing_tags, names([3]).into_iter().collect());
}

#[tokio::test]
async fn milestones_are_read_only_if_asked_for() {
    let server = gitlab(1, 0).await;
    let all = Interest { milestones: true };
    let current = snapshot(&server, by_path(), TokenKind::Private, vec![], all).await;
    assert_eq!((current.milestones.unwrap().len(), current.project), (120, project()));
    assert_eq!(server.seen().len(), 4);
    let current = snapshot(&server, by_path(), TokenKind::Private, vec![], Interest::default()).await;
    assert_eq!((current.milestones, server.seen().len()), (None, 6));
}

#[tokio::test]
async fn a_job_token_reads_the_releases_and_leaves_the_rest_unknown() {
    let server = gitlab(1, 1).await;
    let current = snapshot(&server, ID, TokenKind::Job, names([1]), Interest { milestones: true }).await;
    assert_eq!((current.milestones, &current.project), (None, &Project::unread(ID)));
    assert_eq!((current.releases.len(), current.missing_tags), (1, names([1]).into_iter().collect()));
    assert!(current.by_job_token);
    assert_eq!(
        server.lines(),
        ["GET /api/v4/projects/24/releases?per_page=100&page=1", "GET /api/v4/projects/24/repository/tags/v1"]
    );
    assert_eq!(current.project.to_string(), "project 24");
}

#[tokio::test]
async fn a_project_without_a_repository_has_no_tags() {
    let server = Server::start(|seen| match seen.path().rsplit('/').next() {
        Some("24") => ok(&project_json()),
        Some("releases") => page(seen, &[]),
        _ => not_found(),
    })
    .await;
    let current = snapshot(&server, ID, TokenKind::Private, names([1, 2]), Interest::default()).await;
    assert_eq!((current.missing_tags.len(), server.seen().len()), (2, 3));
}

#[tokio::test]
async fn half_a_state_is_none() {
    let server = Server::start(|seen| match seen.path().rsplit('/').next() {
        Some("24") => ok(&project_json()),
        Some("releases") => page(seen, &[]),
        _ => reply(403, &[], r#"{"message":"403 Forbidden"}"#),
    })
    .await;
    let error = read(&server.client(), &ID, Interest { milestones: true }).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Forbidden);
}
