//! Round trips against the sandbox, which was written from GitLab's pages without a look at the client.

use crate::server::ID;
use relsync::gitlab::{Client, Kind, Settings, Token, TokenKind};
use relsync::model::{
    AssetPath, Description, Link, LinkType, LiveLink, MilestonePatch, MilestoneState, Moment, NewMilestone, NewRelease,
    Project, ProjectRef, Release, ReleasePatch, TagName,
};
use relsync::sandbox::{Options, Sandbox};
use relsync::snapshot::{self, Doubts, Interest};

async fn sandbox() -> Sandbox {
    Sandbox::start(Options::default()).await.unwrap()
}

fn client(sandbox: &Sandbox, token: Option<(TokenKind, &str)>) -> Client {
    let token = token.map(|(kind, value)| Token::new(kind, &value.to_owned().into()));
    Client::new(Settings::new(sandbox.url().parse().unwrap(), token)).unwrap()
}

fn maintainer(sandbox: &Sandbox) -> Client {
    client(sandbox, Some((TokenKind::Private, "sandbox-maintainer")))
}

fn by_path() -> ProjectRef {
    ProjectRef::Path("root/awesome-app".into())
}

fn link(name: &str, path: Option<&str>, link_type: LinkType) -> Link {
    let direct_asset_path = path.map(|path| AssetPath::parse(path).unwrap());
    Link { name: name.into(), url: format!("https://dl.example.com/{name}"), direct_asset_path, link_type }
}

fn new_release(tag: &str) -> NewRelease {
    NewRelease {
        tag_name: TagName::from_git(tag),
        name: None,
        description: None,
        released_at: None,
        git_ref: Some("main".into()),
        tag_message: None,
        milestones: [].into(),
        links: vec![],
    }
}

/// A release's links without GitLab's ids, in an order of our own.
fn links(release: &Release) -> Vec<Link> {
    let mut links: Vec<_> = release.links.iter().map(|live| live.link.clone()).collect();
    links.sort();
    links
}

async fn get(client: &Client, project: &Project, tag: &TagName) -> Option<Release> {
    client.release(&project.reference, tag).await.unwrap()
}

#[tokio::test]
async fn a_release_goes_there_and_back() {
    let sandbox = sandbox().await;
    let client = maintainer(&sandbox);
    let project = client.project(&by_path()).await.unwrap();
    assert_eq!(
        (&project.reference, project.path.as_deref(), project.group.is_some()),
        (&ID, Some("root/awesome-app"), true)
    );

    let wished = [link("a", Some("/bin/a"), LinkType::Package), link("b", None, LinkType::Runbook)];
    let at = Moment::new("2020-01-30T12:00:00+02:00".parse().unwrap());
    let new = NewRelease {
        name: Some("One".into()),
        description: Some(Description::new("## Notes\r\n\r\n- é\r\n")),
        released_at: Some(at),
        git_ref: None,
        milestones: ["v1.0".into()].into(),
        links: wished.to_vec(),
        ..new_release("v0.1")
    };
    let made = client.create_release(&project.reference, &new, None, &mut client.tries()).await.unwrap();
    assert_eq!((made.name.as_str(), made.description.as_str(), made.released_at), ("One", "## Notes\n\n- é", at));
    assert_eq!((&made.milestones, links(&made)), (&new.milestones, wished.to_vec()));
    assert_eq!(get(&client, &project, &made.tag_name).await.as_ref(), Some(&made));
    assert_eq!(client.releases(&project.reference).await.unwrap(), std::slice::from_ref(&made));
    assert_eq!(
        client.create_release(&project.reference, &new, None, &mut client.tries()).await.unwrap_err().kind(),
        Kind::Conflict
    );

    let patch = ReleasePatch {
        name: Some("Two".into()),
        milestones: Some(["v1.0-rc".into()].into()),
        ..ReleasePatch::default()
    };
    let updated =
        client.update_release(&project.reference, &made.tag_name, &patch, None, &mut client.tries()).await.unwrap();
    let milestones = ["v1.0-rc".to_owned()].into();
    assert_eq!(updated, Release { name: "Two".into(), milestones, ..made });
    let patch = ReleasePatch { milestones: Some([].into()), ..ReleasePatch::default() };
    let updated =
        client.update_release(&project.reference, &updated.tag_name, &patch, None, &mut client.tries()).await.unwrap();
    assert!(updated.milestones.is_empty());

    client.delete_release(&project.reference, &updated.tag_name, &mut client.tries()).await.unwrap();
    assert_eq!(get(&client, &project, &updated.tag_name).await, None);
    assert!(client.tag(&project.reference, &updated.tag_name).await.unwrap().is_some());
}

#[tokio::test]
async fn links_go_there_and_back() {
    let sandbox = sandbox().await;
    let client = maintainer(&sandbox);
    let made = client.create_release(&ID, &new_release("debian/2.4.0-1"), None, &mut client.tries()).await.unwrap();
    let tag = made.tag_name;

    let wished = link("a", Some("/deb/a.deb"), LinkType::Package);
    let LiveLink { id, link: created } = client.create_link(&ID, &tag, &wished, &mut client.tries()).await.unwrap();
    assert_eq!(created, wished);
    let clash = client.create_link(&ID, &tag, &wished, &mut client.tries()).await.unwrap_err();
    assert_eq!(clash.kind(), Kind::Invalid);
    assert!(clash.message().contains("Name has already been taken"), "{clash}");

    let wished = Link { direct_asset_path: None, ..link("b", None, LinkType::Image) };
    assert_eq!(
        client.update_link(&ID, &tag, id, &wished, &mut client.tries()).await.unwrap(),
        LiveLink { id, link: wished.clone() }
    );
    let wished = link("b", Some("/docs/b"), LinkType::Other);
    client.update_link(&ID, &tag, id, &wished, &mut client.tries()).await.unwrap();
    let release = client.release(&ID, &tag).await.unwrap().unwrap();
    assert_eq!(release.links, [LiveLink { id, link: wished }]);

    client.delete_link(&ID, &tag, id, &mut client.tries()).await.unwrap();
    assert_eq!(client.release(&ID, &tag).await.unwrap().unwrap().links, []);
    assert_eq!(client.delete_link(&ID, &tag, id, &mut client.tries()).await.unwrap_err().kind(), Kind::NotFound);
}

#[tokio::test]
async fn odd_tags_go_there_and_back() {
    let sandbox = sandbox().await;
    let client = maintainer(&sandbox);
    for name in ["debian/2.4.0-1", "v1.0+build#3", "выпуск-1", "a%b", "a%2Fb", "v1&x=y", "v.1", "downloads/x"] {
        let tag = TagName::parse(name).unwrap();
        let new = NewRelease { links: vec![link("a", Some("/downloads/a"), LinkType::Other)], ..new_release(name) };
        let made = client.create_release(&ID, &new, None, &mut client.tries()).await.unwrap();
        assert_eq!((&made.tag_name, links(&made)), (&tag, new.links), "{name}");
        assert_eq!(client.release(&ID, &tag).await.unwrap(), Some(made), "{name}");
        assert!(client.tag(&ID, &tag).await.unwrap().is_some(), "{name}");
    }
    assert_eq!(client.releases(&ID).await.unwrap().len(), 8);
}

#[tokio::test]
async fn milestones_go_there_and_back() {
    let sandbox = sandbox().await;
    let client = maintainer(&sandbox);
    let project = client.project(&by_path()).await.unwrap();
    let new = NewMilestone {
        title: "v2 really".into(),
        description: Some(Description::new("soon")),
        start_date: None,
        due_date: "2026-02-01".parse().ok(),
    };
    let made = client.create_milestone(&project.reference, &new, &mut client.tries()).await.unwrap();
    assert_eq!((made.title.as_str(), made.due_date, made.state), ("v2 really", new.due_date, MilestoneState::Active));
    for state in [MilestoneState::Closed, MilestoneState::Active] {
        let patch = MilestonePatch { state: Some(state), ..MilestonePatch::default() };
        assert_eq!(
            client.update_milestone(&project.reference, made.id, &patch, &mut client.tries()).await.unwrap().state,
            state
        );
    }
    let all = client.milestones(&project.reference).await.unwrap().seen_from(project.group.as_ref());
    let mut titles: Vec<_> = all.iter().map(|m| m.title.as_str()).collect();
    titles.sort_unstable();
    assert_eq!(titles, ["v1.0", "v1.0-rc", "v2 really"]);

    let new = NewRelease { milestones: ["v2 really".into(), "v1.0".into()].into(), ..new_release("v2") };
    let release = client.create_release(&project.reference, &new, None, &mut client.tries()).await.unwrap();
    assert_eq!(release.milestones, new.milestones);
}

#[tokio::test]
async fn each_role_may_what_it_may() {
    let sandbox = sandbox().await;
    let make = |kind, value| client(&sandbox, Some((kind, value)));
    let maker = maintainer(&sandbox);
    maker.create_release(&ID, &new_release("v1"), None, &mut maker.tries()).await.unwrap();

    let guest = make(TokenKind::Private, "sandbox-guest").releases(&ID).await.unwrap_err();
    assert_eq!((guest.kind(), guest.status()), (Kind::Forbidden, Some(200)));
    let reporter = make(TokenKind::OAuth, "sandbox-reporter");
    assert_eq!(reporter.releases(&ID).await.unwrap().len(), 1);
    let refused = reporter.create_release(&ID, &new_release("v2"), None, &mut reporter.tries()).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::Forbidden);
    let developer = make(TokenKind::Private, "sandbox-developer");
    developer.create_release(&ID, &new_release("v2"), None, &mut developer.tries()).await.unwrap();
    let tag = TagName::from_git("v2");
    assert_eq!(developer.delete_release(&ID, &tag, &mut developer.tries()).await.unwrap_err().kind(), Kind::Forbidden);
    let missing = TagName::from_git("v3");
    assert_eq!(maker.delete_release(&ID, &missing, &mut maker.tries()).await.unwrap_err().kind(), Kind::Forbidden);

    let stranger = client(&sandbox, None).project(&by_path()).await.unwrap_err();
    assert_eq!(stranger.to_string(), "GET /projects/root%2Fawesome-app answered 404: Project Not Found");
    let wrong = make(TokenKind::Private, "wrong").project(&by_path()).await.unwrap_err();
    assert_eq!(wrong.to_string(), "GET /projects/root%2Fawesome-app answered 401: Unauthorized");
}

#[tokio::test]
async fn a_snapshot_is_what_was_written() {
    let sandbox = sandbox().await;
    let client = maintainer(&sandbox);
    let made = client.create_release(&ID, &new_release("v0.2"), None, &mut client.tries()).await.unwrap();
    let interest = Interest { milestones: true };
    let doubts = Doubts { tags: ["v0.1", "v0.2", "v9"].map(TagName::from_git).into(), releases: vec![] };
    let mut current = snapshot::read(&client, &by_path(), interest).await.unwrap();
    snapshot::look_again(&client, &mut current, doubts.clone()).await.unwrap();
    assert_eq!(current.releases.values().map(|release| &**release).collect::<Vec<_>>(), [&made]);
    assert_eq!(current.missing_tags, [TagName::from_git("v9")].into());
    assert_eq!(current.milestones.map(|all| all.len()), Some(2));

    let job = self::client(&sandbox, Some((TokenKind::Job, "sandbox-job")));
    let mut current = snapshot::read(&job, &by_path(), interest).await.unwrap();
    snapshot::look_again(&job, &mut current, doubts).await.unwrap();
    assert_eq!((current.milestones, current.releases.len(), current.missing_tags.len()), (None, 1, 1));
    let new = NewRelease { milestones: ["v1.0".into()].into(), ..new_release("v9") };
    assert_eq!(job.create_release(&ID, &new, None, &mut job.tries()).await.unwrap().milestones, new.milestones);
}

#[tokio::test]
async fn many_releases_are_read_page_by_page() {
    let sandbox = sandbox().await;
    let client = maintainer(&sandbox);
    for n in 0..201 {
        client.create_release(&ID, &new_release(&format!("v1.{n}")), None, &mut client.tries()).await.unwrap();
    }
    assert_eq!(client.releases(&ID).await.unwrap().len(), 201);
    let list = client.tags(&ID).await.unwrap();
    assert_eq!((list.tags().len(), list.requests_left()), (100, Some(2)));
    assert_eq!(client.all_tags(list).await.unwrap().len(), 203);
}
