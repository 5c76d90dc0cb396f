//! What goes out: paths, headers and bodies, to the byte.

use crate::server::{CANARY, ID, Server, ok, page, project, project_json, release_json, reply};
use relsync::gitlab::{Client, Kind, Settings, TokenKind};
use relsync::model::{
    AssetPath, Description, Link, LinkId, LinkType, MilestoneId, MilestonePatch, MilestoneScope, MilestoneState,
    Moment, NewMilestone, NewRelease, NewTag, ProjectRef, ReleasePatch, TagName,
};
use serde_json::json;

fn tag(name: &str) -> TagName {
    TagName::from_git(name)
}

fn new_release(name: &str) -> NewRelease {
    NewRelease {
        tag_name: tag(name),
        name: None,
        description: None,
        released_at: None,
        git_ref: None,
        tag_message: None,
        milestones: [].into(),
        links: vec![],
    }
}

#[tokio::test]
async fn names_are_one_encoded_segment_each() {
    let server = Server::start(|_| ok(&release_json("x"))).await;
    for name in ["v1.0", "debian/2.4.0-1", "v1.0+build#3", "выпуск-1", "a%b", "a%2Fb", "v1?x", "a&b=c", "v1.x..", "~"]
    {
        server.client().release(&ID, &tag(name)).await.unwrap();
    }
    let targets: Vec<_> = server.seen().into_iter().map(|seen| seen.target).collect();
    assert_eq!(
        targets,
        [
            "/api/v4/projects/24/releases/v1.0",
            "/api/v4/projects/24/releases/debian%2F2.4.0-1",
            "/api/v4/projects/24/releases/v1.0%2Bbuild%233",
            "/api/v4/projects/24/releases/%D0%B2%D1%8B%D0%BF%D1%83%D1%81%D0%BA-1",
            "/api/v4/projects/24/releases/a%25b",
            "/api/v4/projects/24/releases/a%252Fb",
            "/api/v4/projects/24/releases/v1%3Fx",
            "/api/v4/projects/24/releases/a%26b%3Dc",
            "/api/v4/projects/24/releases/v1.x..",
            "/api/v4/projects/24/releases/~",
        ]
    );
}

#[tokio::test]
async fn a_name_that_the_url_rules_would_swallow_is_not_sent() {
    let server = Server::start(|_| ok(&project_json())).await;
    for path in ["..", ".", ""] {
        let error = server.client().project(&ProjectRef::Path(path.into())).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Invalid, "{path}");
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_path_prefix_is_kept() {
    let server = Server::start(|_| ok(&project_json())).await;
    for (prefix, path) in [("", "/"), ("gitlab", "/gitlab/"), ("gitlab/", "/gitlab/"), ("a/b", "/a/b/")] {
        let url = server.url.join(prefix).unwrap();
        let client = Client::new(Settings::new(url, None)).unwrap();
        let read = client.project(&ProjectRef::Path("root/awesome-app".into())).await.unwrap();
        assert_eq!(read, project());
        assert_eq!(server.seen().pop().unwrap().target, format!("{path}api/v4/projects/root%2Fawesome-app"));
    }
}

#[tokio::test]
async fn each_kind_of_token_has_its_header() {
    let server = Server::start(|seen| page(seen, &[])).await;
    for (kind, header, value) in [
        (Some(TokenKind::Private), Some("private-token"), CANARY.to_owned()),
        (Some(TokenKind::Job), Some("job-token"), CANARY.to_owned()),
        (Some(TokenKind::OAuth), Some("authorization"), format!("Bearer {CANARY}")),
        (None, None, String::new()),
    ] {
        server.client_as(kind).releases(&ID).await.unwrap();
        let headers = server.seen().pop().unwrap().headers;
        for name in ["private-token", "job-token", "authorization"] {
            let sent = headers.get(name).map(|v| v.to_str().unwrap());
            assert_eq!(sent, (header == Some(name)).then_some(value.as_str()), "{kind:?} {name}");
        }
        assert_eq!(headers["user-agent"], concat!("relsync/", env!("CARGO_PKG_VERSION")));
        assert!(headers["accept-encoding"].to_str().unwrap().contains("gzip"));
    }
}

#[tokio::test]
async fn a_create_names_only_what_is_wished() {
    let server = Server::start(|_| reply(201, &[], &release_json("v1").to_string())).await;
    let client = server.client();
    client.create_release(&ID, &new_release("v1"), None, &mut client.tries()).await.unwrap();
    assert_eq!(server.seen()[0].body, json!({ "tag_name": "v1" }));

    let full = NewRelease {
        name: Some("One".into()),
        description: Some(Description::new("notes\r\n")),
        released_at: Some(Moment::new("2026-01-30T12:00:00+02:00".parse().unwrap())),
        git_ref: Some("main".into()),
        tag_message: Some("Version 1".into()),
        milestones: ["b".into(), "a".into()].into(),
        links: vec![
            Link { name: "n".into(), url: "https://u".into(), direct_asset_path: None, link_type: LinkType::Other },
            Link {
                name: "m".into(),
                url: "https://v".into(),
                direct_asset_path: Some(AssetPath::parse("/bin/m").unwrap()),
                link_type: LinkType::Package,
            },
        ],
        ..new_release("v1")
    };
    client.create_release(&ID, &full, None, &mut client.tries()).await.unwrap();
    let seen = server.seen().pop().unwrap();
    assert_eq!(seen.target, "/api/v4/projects/24/releases");
    assert_eq!(seen.headers["content-type"], "application/json");
    assert_eq!(
        seen.body,
        json!({
            "tag_name": "v1", "name": "One", "description": "notes", "released_at": "2026-01-30T10:00:00Z",
            "ref": "main", "tag_message": "Version 1", "milestones": ["a", "b"],
            "assets": { "links": [
                { "name": "n", "url": "https://u", "link_type": "other" },
                { "name": "m", "url": "https://v", "link_type": "package", "direct_asset_path": "/bin/m" },
            ] },
        })
    );
}

#[tokio::test]
async fn milestones_go_by_id_where_their_titles_can_not() {
    let server = Server::start(|_| ok(&release_json("v1"))).await;
    let client = server.client();
    let titles: std::collections::BTreeSet<String> = ["a, b".into(), "c".into()].into();
    let ids = [MilestoneId(7), MilestoneId(3)];
    let new = NewRelease { milestones: titles.clone(), ..new_release("v1") };
    client.create_release(&ID, &new, Some(&ids), &mut client.tries()).await.unwrap();
    let patch = ReleasePatch { milestones: Some(titles), ..ReleasePatch::default() };
    client.update_release(&ID, &tag("v1"), &patch, Some(&ids), &mut client.tries()).await.unwrap();
    let bodies: Vec<_> = server.seen().into_iter().map(|seen| seen.body).collect();
    assert_eq!(bodies, [json!({ "tag_name": "v1", "milestone_ids": [7, 3] }), json!({ "milestone_ids": [7, 3] })]);
}

#[tokio::test]
async fn a_tag_is_made_with_a_message_or_without() {
    let server = Server::start(|_| reply(201, &[], r#"{ "name": "v1" }"#)).await;
    let client = server.client();
    let mut new = NewTag { name: tag("v1"), git_ref: "main".into(), message: None };
    client.create_tag(&ID, &new, &mut client.tries()).await.unwrap();
    new.message = Some("One".into());
    client.create_tag(&ID, &new, &mut client.tries()).await.unwrap();
    assert_eq!(server.lines(), ["POST /api/v4/projects/24/repository/tags"; 2]);
    let bodies: Vec<_> = server.seen().into_iter().map(|seen| seen.body).collect();
    let expected = json!({ "tag_name": "v1", "ref": "main" });
    assert_eq!(bodies, [expected, json!({ "tag_name": "v1", "ref": "main", "message": "One" })]);
}

#[tokio::test]
async fn an_update_names_only_what_changes() {
    let server = Server::start(|_| ok(&release_json("v1"))).await;
    let client = server.client();
    let patch = ReleasePatch { milestones: Some([].into()), ..ReleasePatch::default() };
    client.update_release(&ID, &tag("v1"), &patch, None, &mut client.tries()).await.unwrap();
    let patch = ReleasePatch { description: Some(Description::default()), ..ReleasePatch::default() };
    client.update_release(&ID, &tag("v1"), &patch, None, &mut client.tries()).await.unwrap();
    let bodies: Vec<_> = server.seen().into_iter().map(|seen| seen.body).collect();
    assert_eq!(bodies, [json!({ "milestones": [] }), json!({ "description": "" })]);
    assert_eq!(server.lines(), ["PUT /api/v4/projects/24/releases/v1"; 2]);
}

#[tokio::test]
async fn a_link_update_says_everything() {
    let answer =
        json!({ "id": 9, "name": "n", "url": "https://u", "direct_asset_url": "https://u", "link_type": "image" });
    let server = Server::start(move |_| ok(&answer)).await;
    let client = server.client();
    let link = Link { name: "n".into(), url: "https://u".into(), direct_asset_path: None, link_type: LinkType::Image };
    let live = client.update_link(&ID, &tag("debian/1"), LinkId(9), &link, &mut client.tries()).await.unwrap();
    assert_eq!((live.id, live.link), (LinkId(9), link.clone()));
    client.create_link(&ID, &tag("debian/1"), &link, &mut client.tries()).await.unwrap();
    client.delete_link(&ID, &tag("debian/1"), LinkId(9), &mut client.tries()).await.unwrap();

    let seen = server.seen();
    let bodies: Vec<_> = seen.iter().map(|seen| seen.body.clone()).collect();
    let whole = json!({ "name": "n", "url": "https://u", "link_type": "image", "direct_asset_path": null });
    assert_eq!(bodies, [whole, json!({ "name": "n", "url": "https://u", "link_type": "image" }), json!(null)]);
    assert_eq!(
        server.lines(),
        [
            "DELETE /api/v4/projects/24/releases/debian%2F1/assets/links/9",
            "POST /api/v4/projects/24/releases/debian%2F1/assets/links",
            "PUT /api/v4/projects/24/releases/debian%2F1/assets/links/9",
        ]
    );
}

#[tokio::test]
async fn milestones_are_written_as_asked() {
    let answer = json!({ "id": 3, "iid": 1, "project_id": 24, "title": "v1", "description": null, "state": "closed" });
    let server = Server::start(move |_| ok(&answer)).await;
    let client = server.client();
    let new =
        NewMilestone { title: "v1".into(), description: None, start_date: None, due_date: "2026-02-01".parse().ok() };
    client.create_milestone(&ID, &new, &mut client.tries()).await.unwrap();
    let patch = MilestonePatch { state: Some(MilestoneState::Closed), ..MilestonePatch::default() };
    let milestone = client.update_milestone(&ID, MilestoneId(3), &patch, &mut client.tries()).await.unwrap();
    assert_eq!((milestone.scope, milestone.state), (MilestoneScope::Project, MilestoneState::Closed));
    let patch = MilestonePatch {
        state: Some(MilestoneState::Active),
        description: Some(Description::new("x")),
        ..MilestonePatch::default()
    };
    client.update_milestone(&ID, MilestoneId(3), &patch, &mut client.tries()).await.unwrap();
    let bodies: Vec<_> = server.seen().into_iter().map(|seen| seen.body).collect();
    assert_eq!(
        bodies,
        [
            json!({ "title": "v1", "due_date": "2026-02-01" }),
            json!({ "state_event": "close" }),
            json!({ "state_event": "activate", "description": "x" }),
        ]
    );
}

#[tokio::test]
async fn milestones_are_asked_for_with_those_of_groups() {
    let server = Server::start(|seen| page(seen, &[])).await;
    server.client().milestones(&project().reference).await.unwrap();
    assert_eq!(server.lines(), ["GET /api/v4/projects/24/milestones?include_ancestors=true&per_page=100&page=1"]);
}
