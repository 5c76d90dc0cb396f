//! Manifests that are right, and what they come to.

use relsync::manifest::{self, Manifest};
use relsync::model::{
    Description, Desired, DesiredRelease, EvidenceWish, LinkPlaces, LinkType, MaxDeletes, MilestonePlaces,
    MissingMilestones, Moment, PathWish, Place, ProjectRef, ReleasePlaces, Unmanaged,
};
use std::path::Path;

fn taken(text: &str) -> Manifest {
    manifest::parse(Path::new("releases.toml"), text).unwrap_or_else(|error| panic!("{error}: {:?}", error.problems()))
}

#[test]
fn what_is_absent_is_not_managed() {
    let manifest = taken(
        "version = 1\n[[releases]]\ntag_name = \"v1\"\n[[releases.links]]\nname = \"a\"\nurl = \"ftp://e.com\"\n",
    );
    assert!(manifest.project.is_none() && manifest.url.is_none() && manifest.desired.milestones.is_empty());
    let policy = &manifest.desired.policy;
    assert_eq!((policy.unmanaged, policy.milestones), (Unmanaged::Report, MissingMilestones::Require));
    assert!(policy.max_deletes == MaxDeletes::Count(3) && policy.tags.matches("anything"));
    let release = &manifest.desired.releases[0];
    assert!(release.name.is_none() && release.description.is_none() && release.released_at.is_none());
    assert!(release.git_ref.is_none() && release.tag_message.is_none() && release.milestones.is_none());
    assert!(!release.protect && release.evidence.is_none() && policy.protect.is_none());
    let links = release.links.as_ref().unwrap();
    assert!(links[0].direct_asset_path.is_none() && links[0].link_type.is_none());
}

#[test]
fn what_is_empty_is_wished_empty() {
    let manifest = taken(
        "version = 1\n[[releases]]\ntag_name = \"v1\"\nmilestones = []\nlinks = []\ndescription = \"\"\n[[releases]]\ntag_name = \"v2\"\nlinks = [{name=\"a\", url=\"https://e.com\", direct_asset_path=\"\"}]",
    );
    let [first, second] = &manifest.desired.releases[..] else { panic!() };
    assert!(first.milestones.as_ref().unwrap().is_empty() && first.links.as_ref().unwrap().is_empty());
    assert_eq!(first.description, Some(Description::default()));
    assert_eq!(second.links.as_ref().unwrap()[0].direct_asset_path, Some(PathWish::None));
}

#[test]
fn everything_arrives() {
    let manifest = taken(
        r#"version = 1
[project]
id = 24
url = "https://host.example.com/gitlab/"
[policy]
unmanaged = "delete"
tags = ["v*"]
max_deletes = "10%"
protect = ["v1.*"]
milestones = "create"
[[milestones]]
title = " v1 "
state = "closed"
start_date = 2026-01-01
due_date = 2026-01-02
[[releases]]
tag_name = "v1"
ref = "main"
tag_message = "One"
released_at = 2026-01-30T12:00:00.0005+02:00
milestones = ["v1", " v1", "one, two"]
evidence = "require"
protect = true
links = [{ name = "a", url = "https://e.com/a", direct_asset_path = "/bin/app", link_type = "image" }]
"#,
    );
    assert!(matches!(manifest.project, Some(ProjectRef::Id(id)) if id.0 == 24));
    assert_eq!(manifest.url.unwrap().as_str(), "https://host.example.com/gitlab/");
    let desired = manifest.desired;
    assert_eq!(desired.policy.max_deletes, MaxDeletes::Percent(10));
    assert_eq!(desired.policy.unmanaged, Unmanaged::Delete);
    assert_eq!(desired.policy.milestones, MissingMilestones::Create);
    let protected = desired.policy.protect.unwrap();
    assert!(protected.matches("v1.0") && !protected.matches("v2.0"));
    assert_eq!(desired.milestones[0].title, "v1");
    let release = &desired.releases[0];
    assert_eq!(release.released_at, Some(Moment::new("2026-01-30T10:00:00Z".parse().unwrap())));
    assert_eq!(release.milestones.as_ref().unwrap().iter().collect::<Vec<_>>(), ["one, two", "v1"]);
    assert_eq!(release.git_ref.as_deref(), Some("main"));
    assert_eq!(release.links.as_ref().unwrap()[0].link_type, Some(LinkType::Image));
    assert_eq!((release.evidence, release.protect), (Some(EvidenceWish::Require), true));
}

#[test]
fn times_are_taken_as_toml_has_them() {
    for (written, meant) in [
        ("2026-01-30 10:00:00Z", "2026-01-30T10:00:00Z"),
        ("2026-01-30t10:00:00z", "2026-01-30T10:00:00Z"),
        ("2026-01-30T10:00:00-00:00", "2026-01-30T10:00:00Z"),
        ("2026-01-30T10:00:00+05:45", "2026-01-30T04:15:00Z"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"),
        ("1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"),
    ] {
        let manifest = taken(&format!("version = 1\n[[releases]]\ntag_name = \"v1\"\nreleased_at = {written}\n"));
        assert_eq!(manifest.desired.releases[0].released_at.unwrap().to_string(), meant, "{written}");
    }
}

#[test]
fn everything_says_where_it_is_written() {
    let manifest = taken(
        "\u{feff}version = 1\r
[policy]
unmanaged = \"delete\"
[[milestones]]
state = \"closed\"
title = \"v1\"
[[releases]]
name = \"One\"
tag_name = \"v1\"
milestones = []
released_at = 2026-01-30T12:00:00Z
description = \"\"\"
One\"\"\"
[[releases.links]]
name = \"a\"
url = \"https://e.com/a\"
[[releases]]
tag_name = \"v2\"
links = [
  { name = \"a\", url = \"https://e.com/a\" },
  { name = \"b\", url = \"https://e.com/b\" },
]
",
    );
    let Desired { files, policy, milestones, releases, shared_files: _ } = manifest.desired;
    assert_eq!(files, ["releases.toml"]);
    let line = |place: Option<Place>| place.map(|place| (place.file, place.line));
    assert_eq!((line(policy.unmanaged_place), line(milestones[0].places.title)), (Some((0, 3)), Some((0, 6))));
    let lines_of = |places: &[Option<Place>]| -> Vec<u32> {
        places.iter().map(|place| place.map_or(0, |place| place.line)).collect()
    };
    let MilestonePlaces { title, description, start_date, due_date, state } = milestones[0].places;
    assert_eq!(lines_of(&[title, description, start_date, due_date, state]), [6, 0, 0, 0, 5]);
    let ReleasePlaces { tag_name, name, description, released_at, milestones, evidence, links } = releases[0].places;
    let places = [tag_name, name, description, released_at, milestones, evidence, links];
    assert_eq!(lines_of(&places), [9, 8, 12, 11, 10, 0, 14]);
    assert_eq!(releases[1].places.links, Some(Place { file: 0, line: 19 }));
    let LinkPlaces { link, name, url, direct_asset_path, link_type } = releases[0].links.as_ref().unwrap()[0].places;
    assert_eq!(lines_of(&[link, name, url, direct_asset_path, link_type]), [14, 15, 16, 0, 0]);
    let lines = |release: &DesiredRelease| -> Vec<_> {
        release.links.iter().flatten().map(|link| line(link.places.link).unwrap().1).collect()
    };
    assert_eq!((lines(&releases[0]), lines(&releases[1])), (vec![14], vec![20, 21]));
}
