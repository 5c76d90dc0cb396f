//! One file for many projects: what each of them comes to, and what is wrong with it.

use crate::render::render_many;
use insta::assert_snapshot;
use relsync::manifest::{self, Manifest};
use std::path::Path;

fn taken(text: &str) -> Vec<Manifest> {
    let parsed = manifest::parse_all(Path::new("fleet.toml"), &format!("version = 1\n{text}"));
    parsed.unwrap_or_else(|error| panic!("{error}: {:?}", error.problems()))
}

fn refused(text: &str) -> String {
    render_many(manifest::parse_all(Path::new("fleet.toml"), &format!("version = 1\n{text}")))
}

/// A fleet is what its projects' manifests would be by themselves.
#[test]
fn each_project_is_as_if_it_had_a_manifest_of_its_own() {
    let shared = "[policy]\nmax_deletes = 9\nunmanaged = 'delete'\n[defaults]\nname = 'App {version}'\nref = 'main'\nlinks = \
                  [{ name = 'a', url = 'https://e.com/{tag_name}' }]\n";
    let fleet = taken(&format!(
        "{shared}[[projects]]\npath = 'acme/one'\n[[projects.releases]]\ntag_name = 'v1'\n[[projects.milestones]]\n\
         title = 'm'\n[[projects]]\nid = 2\n[projects.policy]\nunmanaged = 'ignore'\n[projects.defaults]\nname = 'Two'\n\
         links = []\n[[projects.releases]]\ntag_name = 'v1'\n[[projects.releases]]\ntag_name = 'v2'\nref = 'dev'\n"
    ));
    let one = taken(&format!(
        "project = {{ path = 'acme/one' }}\n{shared}[[releases]]\ntag_name = 'v1'\n[[milestones]]\ntitle = 'm'\n"
    ));
    let two = taken(
        "project = { id = 2 }\n[policy]\nmax_deletes = 9\nunmanaged = 'ignore'\n[defaults]\nname = 'Two'\nref = 'main'\n\
         links = []\n[[releases]]\ntag_name = 'v1'\n[[releases]]\ntag_name = 'v2'\nref = 'dev'\n",
    );
    assert_eq!(fleet.len(), 2);
    for (one, other) in fleet.iter().zip([&one[0], &two[0]]) {
        assert_eq!(without_places(one), without_places(other));
    }
}

/// Where things are written is all that may differ.
fn without_places(manifest: &Manifest) -> String {
    let shown = format!("{manifest:#?}");
    let is_line = |line: &&str| line.trim_start().starts_with("line: ");
    shown.lines().filter(|line| !is_line(line)).collect::<Vec<_>>().join("\n")
}

#[test]
fn places_are_those_of_the_project_s_own_files() {
    let manifests = manifest::load_all(Path::new("examples/fleet/releases.toml")).unwrap();
    let [web, shapes] = manifests.as_slice() else { panic!("{manifests:?}") };
    assert_eq!(web.desired.files, ["examples/fleet/releases.toml", "examples/fleet/web/2025.toml"]);
    assert_eq!(shapes.desired.files, ["examples/fleet/releases.toml"]);
    let place = web.desired.releases[1].places.tag_name.unwrap();
    assert_eq!((web.desired.releases[1].tag_name.as_str(), place.file, place.line), ("v1.0.0", 1, 6));
    assert!(shapes.desired.releases.iter().all(|release| release.places.tag_name.unwrap().file == 0));
}

#[test]
fn what_belongs_to_no_project_is_refused() {
    assert_snapshot!(refused(
        r#"include = ["more/*.toml"]

[project]
path = "acme/other"

[[projects]]
path = "acme/one"

[[milestones]]
title = "m"

[[releases]]
tag_name = "v1"
"#
    ));
}

#[test]
fn projects_are_named_and_named_once() {
    assert_snapshot!(refused(
        r#"[[projects]]
path = "acme/one"
pth = "x"

[[projects]]
path = "Acme/One"

[[projects]]
id = 3

[[projects]]
url = "https://gitlab.example.com"

[[projects]]
id = 3
path = "acme/three"

[[projects.releases]]
tag_name = "v1"
relased_at = 2026-01-30T10:00:00Z
path = "acme/four"
links = 3
"#
    ));
}

#[test]
fn what_is_wrong_with_what_is_shared_is_told_once() {
    assert_snapshot!(refused(
        r#"[defaults]
name = "{tag_name}"
changelog = "CHANGELOG.md"
description_file = "notes.md"

[[projects]]
path = "acme/one"

[[projects.releases]]
tag_name = "v1"

[[projects]]
path = "acme/two"

[[projects.releases]]
tag_name = "v1"
"#
    ));
}

#[test]
fn a_fleet_is_no_manifest_of_one_project() {
    let text = "version = 1\n[[projects]]\npath = 'acme/one'\n";
    assert_snapshot!(crate::render::render(manifest::parse(Path::new("fleet.toml"), text)));
}
