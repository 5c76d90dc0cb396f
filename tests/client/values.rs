//! What is made of GitLab's answers.

use crate::server::{ID, Server, not_found, ok, page, project, project_json, release_json, releases_json, reply};
use relsync::gitlab::Kind;
use relsync::model::{Group, GroupId, LinkId, LinkType, MilestoneScope, MilestoneState, Moment, TagName};
use serde_json::json;

#[tokio::test]
async fn a_release_is_read_whole() {
    let answer = json!({
        "tag_name": "debian/1", "name": "One", "description": "## Notes\r\n\r\n- one\r\n",
        "created_at": "2026-01-30T10:00:00.123Z", "released_at": "2026-01-30T12:00:00.000+02:00",
        "upcoming_release": false, "historical_release": true, "milestones": [{ "title": "b" }, { "title": "a" }],
        "assets": { "count": 6, "links": [
            { "id": 2, "name": "x", "url": "https://u/x", "link_type": "image",
              "direct_asset_url": "https://h/root/awesome-app/-/releases/debian%2F1/downloads/bin/x" },
            { "id": 1, "name": "y", "url": "https://u/y", "link_type": "other", "direct_asset_url": "https://u/y" },
            { "id": 3, "name": "z", "url": "https://u/z" },
        ] },
    });
    let server = Server::start(move |_| ok(&answer)).await;
    let release = server.client().release(&ID, &TagName::from_git("debian/1")).await.unwrap().unwrap();
    assert_eq!(release.description.as_str(), "## Notes\n\n- one");
    assert_eq!(release.released_at, Moment::new("2026-01-30T10:00:00Z".parse().unwrap()));
    assert_eq!(release.milestones, ["a".to_owned(), "b".to_owned()].into());
    let links: Vec<_> = release
        .links
        .iter()
        .map(|l| (l.id, l.link.direct_asset_path.as_ref().map(ToString::to_string), l.link.link_type))
        .collect();
    assert_eq!(
        links,
        [
            (LinkId(2), Some("/bin/x".to_owned()), LinkType::Image),
            (LinkId(1), None, LinkType::Other),
            (LinkId(3), None, LinkType::Other)
        ]
    );
}

#[tokio::test]
async fn a_release_with_next_to_nothing_is_read_too() {
    let answer = json!({ "tag_name": "v1", "name": null, "description": null,
        "created_at": "2026-01-30T10:00:00Z", "released_at": "2026-01-30T10:00:00Z" });
    let server = Server::start(move |_| ok(&answer)).await;
    let release = server.client().release(&ID, &TagName::from_git("v1")).await.unwrap().unwrap();
    assert_eq!((release.name.as_str(), release.description.is_empty(), release.links.len()), ("v1", true, 0));
}

#[tokio::test]
async fn only_gitlabs_own_not_found_means_that_there_is_none() {
    let tag = TagName::from_git("v1");
    let server = Server::start(|_| not_found()).await;
    assert_eq!(server.client().release(&ID, &tag).await.unwrap(), None);
    assert_eq!(server.client().tag(&ID, &tag).await.unwrap(), None);
    for body in [
        r#"{"message":"404 Project Not Found"}"#,
        "<html><title>404 Not Found</title>",
        "<html><title>Not Found</title>",
        "default backend - 404",
    ] {
        let server = Server::always(404, &[], body).await;
        assert_eq!(server.client().release(&ID, &tag).await.unwrap_err().kind(), Kind::NotFound, "{body}");
        assert_eq!(server.client().tag(&ID, &tag).await.unwrap_err().kind(), Kind::NotFound, "{body}");
    }
}

#[tokio::test]
async fn a_guest_is_told_what_it_takes() {
    let mut rows = releases_json(150);
    for row in &mut rows {
        row.as_object_mut().unwrap().remove("tag_name");
    }
    let server = Server::start(move |seen| page(seen, &rows)).await;
    let error = server.client().releases(&ID).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (Kind::Forbidden, Some(200)));
    assert!(miette::Diagnostic::help(&error).unwrap().to_string().contains("Reporter"));
}

#[tokio::test]
async fn a_link_type_or_state_from_the_future_is_an_error() {
    let mut answer = release_json("v1");
    answer["assets"]["links"] = json!([{ "id": 1, "name": "a", "url": "https://u", "link_type": "hologram" }]);
    let server = Server::start(move |_| ok(&answer)).await;
    let error = server.client().release(&ID, &TagName::from_git("v1")).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Decode);
    assert!(error.to_string().ends_with("a link_type this relsync does not know: hologram"), "{error}");
}

#[tokio::test]
async fn milestones_of_groups_further_up_are_told_apart() {
    let rows = [
        json!({ "id": 1, "project_id": 24, "title": "own", "description": "x\r\n", "state": "active",
            "start_date": "2026-01-01", "due_date": "2026-02-01" }),
        json!({ "id": 2, "group_id": 7, "title": "group", "description": null, "state": "closed" }),
        json!({ "id": 3, "group_id": 1, "title": "above", "description": "", "state": "active" }),
    ];
    let server = Server::start(move |seen| page(seen, &rows)).await;
    let milestones = server.client().milestones(&project().reference).await.unwrap();
    let milestones = milestones.seen_from(project().group.as_ref());
    let read: Vec<_> = milestones.iter().map(|m| (m.title.as_str(), m.scope, m.state)).collect();
    assert_eq!(
        read,
        [
            ("own", MilestoneScope::Project, MilestoneState::Active),
            ("group", MilestoneScope::Group, MilestoneState::Closed),
            ("above", MilestoneScope::Ancestor, MilestoneState::Active),
        ]
    );
    assert_eq!(milestones[0].due_date, "2026-02-01".parse().ok());
}

#[tokio::test]
async fn a_users_own_project_is_in_no_group() {
    let mut answer = project_json();
    answer["namespace"]["kind"] = "user".into();
    let server = Server::start(move |_| ok(&answer)).await;
    assert_eq!(server.client().project(&ID).await.unwrap().group, None);
    assert_eq!(project().group, Some(Group { id: GroupId(7), path: "root".into() }));
}

#[tokio::test]
async fn a_delete_may_answer_nothing() {
    let server = Server::start(|_| reply(204, &[], "")).await;
    let client = server.client();
    client.delete_release(&ID, &TagName::from_git("v1"), &mut client.tries()).await.unwrap();
    assert_eq!(server.lines(), ["DELETE /api/v4/projects/24/releases/v1"]);
}

#[tokio::test]
async fn a_web_page_is_no_yes() {
    let page = "<html><head><title>Sign in</title></head></html>";
    let server = Server::start(move |_| reply(200, &[("content-type", "text/html")], page)).await;
    let client = server.client();
    let error = client.delete_release(&ID, &TagName::from_git("v1"), &mut client.tries()).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Decode);
    assert!(error.is_in_doubt());
}
