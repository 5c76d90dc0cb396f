//! `[defaults]`: what releases take, and what they say otherwise.

use crate::render::{refused_after_version, render};
use insta::assert_snapshot;
use relsync::manifest;
use relsync::model::{DesiredLink, DesiredRelease, EvidenceWish, LinkType, PathWish, Place};
use std::fmt::Write as _;
use std::path::Path;

fn releases(text: &str) -> Vec<DesiredRelease> {
    let text = format!("version = 1\n{text}");
    let taken = manifest::parse(Path::new("releases.toml"), &text);
    taken.unwrap_or_else(|error| panic!("{}", render(Err(error)))).desired.releases
}

fn names(release: &DesiredRelease) -> Vec<&str> {
    release.links.iter().flatten().map(|link| link.name.as_str()).collect()
}

#[test]
fn releases_take_what_they_do_not_say() {
    let releases = releases(
        r#"[defaults]
name = "App {version}"
ref = "release-{version}"
tag_message = "{{{tag_name}}} in {{braces}"
milestones = ["{version}", "all"]
evidence = true
protect = true

[[releases]]
tag_name = "app/v1.0"

[[releases]]
tag_name = "v2"
name = "Two {version}"
ref = "main"
tag_message = ""
milestones = []
evidence = false
protect = false
"#,
    );
    let [one, two] = &releases[..] else { panic!() };
    assert_eq!(one.name.as_deref(), Some("App 1.0"));
    assert_eq!(one.git_ref.as_deref(), Some("release-1.0"));
    assert_eq!(one.tag_message.as_deref(), Some("{app/v1.0} in {braces}"));
    assert_eq!(one.milestones.as_ref().unwrap().iter().collect::<Vec<_>>(), ["1.0", "all"]);
    assert_eq!((one.evidence, one.protect), (Some(EvidenceWish::Collect), true));
    assert_eq!(one.places.name, Some(Place { file: 0, line: 3 }));
    assert_eq!(one.places.milestones, Some(Place { file: 0, line: 6 }));
    assert_eq!(two.name.as_deref(), Some("Two {version}"));
    assert_eq!((two.git_ref.as_deref(), two.tag_message.as_deref()), (Some("main"), Some("")));
    assert!(two.milestones.as_ref().unwrap().is_empty() && !two.protect && one.links.is_none());
    assert_eq!(two.evidence, Some(EvidenceWish::Leave));
}

#[test]
fn versions_are_tags_without_prefixes() {
    for (tag, version) in
        [("v1.0", "1.0"), ("1.0", "1.0"), ("a/b/v1", "1"), ("vendor", "vendor"), ("v", "v"), ("debian/1-1", "1-1")]
    {
        let text = format!("defaults = {{ name = '{{version}}' }}\n[[releases]]\ntag_name = '{tag}'");
        assert_eq!(releases(&text)[0].name.as_deref(), Some(version), "{tag}");
    }
}

#[test]
fn links_are_merged_by_name() {
    let releases = releases(
        r#"[[defaults.links]]
name = "linux {version}"
url = "https://e.com/{tag_name}/linux"
direct_asset_path = "/bin/linux"
link_type = "package"
[[defaults.links]]
name = "mac"
url = "https://e.com/{tag_name}/mac"

[[releases]]
tag_name = "v1"

[[releases]]
tag_name = "v2"
[[releases.links]]
name = "notes"
url = "https://e.com/notes"
[[releases.links]]
name = "linux 2"
direct_asset_path = ""

[[releases]]
tag_name = "v3"
links = []

[[releases]]
tag_name = "v4"
links = [{ name = "mac", url = "https://e.com/other", link_type = "image" }]
"#,
    );
    let [one, two, three, four] = &releases[..] else { panic!() };
    assert_eq!(names(one), ["linux 1", "mac"]);
    assert_eq!(names(two), ["linux 2", "mac", "notes"]);
    assert!(three.links.as_ref().unwrap().is_empty());
    let DesiredLink { url, direct_asset_path, link_type, places, .. } = &two.links.as_ref().unwrap()[0];
    assert_eq!((url.as_str(), direct_asset_path), ("https://e.com/v2/linux", &Some(PathWish::None)));
    assert_eq!((*link_type, places.link), (Some(LinkType::Package), Some(Place { file: 0, line: 19 })));
    let line = |place: Option<Place>| place.map(|place| place.line);
    let keys = [places.name, places.url, places.direct_asset_path, places.link_type].map(line);
    assert_eq!(keys, [Some(20), Some(4), Some(21), Some(6)]);
    assert_eq!(line(two.links.as_ref().unwrap()[1].places.link), Some(7));
    let links = [one, two, three, four].map(|release| line(release.places.links));
    assert_eq!(links, [Some(2), Some(16), Some(25), Some(29)]);
    assert_eq!(names(four), ["linux 4", "mac"]);
    let mac = &four.links.as_ref().unwrap()[1];
    assert_eq!((mac.url.as_str(), mac.link_type), ("https://e.com/other", Some(LinkType::Image)));
}

#[test]
fn what_is_put_into_a_url_can_not_break_it() {
    for (tag, url) in [
        ("a/v1.0+b-1", "https://e.com/a/v1.0+b-1?v=1.0+b-1"),
        ("v1#é%", "https://e.com/v1%23%C3%A9%25?v=1%23%C3%A9%25"),
        ("v1{}'\"<>|&", "https://e.com/v1%7B%7D%27%22%3C%3E%7C%26?v=1%7B%7D%27%22%3C%3E%7C%26"),
    ] {
        let tag = tag.replace('"', "\\\"");
        let text = format!(
            "[[defaults.links]]\nname = '{{tag_name}}'\nurl = 'https://e.com/{{tag_name}}?v={{version}}'\n[[releases]]\ntag_name = \"{tag}\""
        );
        let release = &releases(&text)[0];
        assert_eq!(release.links.as_ref().unwrap()[0].url, url);
        assert_eq!(names(release), [release.tag_name.as_str()]);
    }
}

#[test]
fn bad_placeholders() {
    assert_snapshot!(refused_after_version(
        r#"[defaults]
name = "{Version}"
ref = "{branch} of everything"
tag_message = "until {version"
milestones = ["ok {{", "{}"]
description_file = 1
[[defaults.links]]
name = "{ tag_name }"
url = "https://e.com/{tag-name}"
link_type = "{version}"
"#
    ));
}

#[test]
fn defaults_that_are_wrong_for_any_release() {
    assert_snapshot!(refused_after_version(
        r#"[defaults]
name = " "
title = "{version}"
milestones = ["<b>"]
description = "One"
description_file = "a.md"
changelog = "b.md"
[[defaults.links]]
url = "https://e.com"
direct_asset_path = "bin"
link_typ = "image"
"#
    ));
}

#[test]
fn defaults_that_are_wrong_for_one_release() {
    assert_snapshot!(refused_after_version(&format!(
        r#"[defaults]
milestones = ["{{tag_name}}"]
[[defaults.links]]
name = "a"
url = "{{version}}://e.com/"
direct_asset_path = "/bin/{{version}}-"
[[defaults.links]]
name = "b"
url = "https://e.com/b"
direct_asset_path = "/bin/{{tag_name}}"
[[releases]]
tag_name = "https"
[[releases]]
tag_name = "v1.0"
milestones = []
[[releases]]
tag_name = "<a{}"
"#,
        "a".repeat(300)
    )));
}

#[test]
fn doubled_links() {
    assert_snapshot!(refused_after_version(
        r#"[[defaults.links]]
name = "a"
url = "https://e.com/a"
[[defaults.links]]
name = "b"
url = "https://e.com/b"
direct_asset_path = "/bin/b"
[[defaults.links]]
name = "b"
url = "https://e.com/a"

[[releases]]
tag_name = "v1"
[[releases.links]]
name = "own"
url = "https://e.com/own"
direct_asset_path = "/bin/b"
[[releases]]
tag_name = "v2"
[[releases.links]]
name = "a"
url = "https://e.com/2"
[[releases.links]]
name = "a"
url = "https://e.com/3"
"#
    ));
}

#[test]
fn links_that_get_no_url() {
    assert_snapshot!(refused_after_version(
        r#"[[defaults.links]]
name = "a"
[[releases]]
tag_name = "v1"
links = [{ name = "a", url = "https://e.com" }, { name = "b" }]
[[releases]]
tag_name = "v2"
[[releases]]
tag_name = "v3"
[[releases]]
tag_name = "v4"
links = [{ name = "a" }, { name = "c", url = "nonsense" }]
"#
    ));
}

#[test]
fn notes_of_a_release_replace_those_of_the_defaults() {
    let releases = releases(
        "[defaults]\ndescription_file = 'no-{version}.md'\n[[releases]]\ntag_name = 'v1'\ndescription = 'One'\n",
    );
    assert_eq!(releases[0].description.as_ref().unwrap().as_str(), "One");
    // One of its own that is wrong does not make the default's wrong too.
    assert_snapshot!(refused_after_version(
        "[defaults]\ndescription_file = 'no-{version}.md'\n[[releases]]\ntag_name = 'v1'\nchangelog = 1\n[[releases]]\ntag_name = 'v2'\n[[releases]]\ntag_name = 'v3'\n"
    ));
}

#[test]
fn three_sources_of_notes_are_too_many() {
    assert_snapshot!(refused_after_version(
        "[[releases]]\ntag_name = 'v1'\nchangelog = 'Cargo.toml'\ndescription = ''\n[[releases]]\ntag_name = 'v2'\ndescription_file = 'Cargo.toml'\nchangelog = 'Cargo.toml'\n"
    ));
}

/// Each default finds the release's own link of its name without looking through the others.
#[test]
fn many_links_take_no_time() {
    let all = |header: &str, host: &str| -> String {
        let entry = |n| format!("[[{header}]]\nname = 'l{n}'\nurl = 'https://{host}/{n}'\n");
        (0..20_000).rev().map(entry).collect()
    };
    let (own, defaults) = (all("releases.links", "e.com"), all("defaults.links", "e.org"));
    let text = format!("{defaults}[[releases]]\ntag_name = 'v1'\n{own}");
    let links = releases(&text).remove(0).links.unwrap();
    assert_eq!(
        (links.len(), links[0].url.as_str(), links[19_999].name.as_str()),
        (20_000, "https://e.com/19999", "l0")
    );
}

#[test]
fn a_small_manifest_comes_to_no_endless_number_of_links() {
    let mut text = "[defaults]\n".to_owned();
    for n in 0..3000 {
        let _ = write!(text, "[[defaults.links]]\nname = \"{n}\"\nurl = \"https://h/{n}/{{tag_name}}\"\n");
    }
    for n in 0..3000 {
        let _ = write!(text, "[[releases]]\ntag_name = \"v{n}\"\n");
    }
    let shown = refused_after_version(&text);
    assert!(shown.contains("3000 links for each of 3000 releases are too many"), "{shown}");
}
