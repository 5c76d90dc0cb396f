//! Keys: unknown, missing, misplaced, of the wrong type.

use crate::render::{refused, refused_after_version};
use insta::assert_snapshot;

#[test]
fn unknown_keys() {
    assert_snapshot!(refused_after_version(
        r#"workspace = true
[projcet]
path = "group/app"

[policy]
max-deletes = 3

[[milestones]]
title = "v1"
due = 2026-02-01

[[releases]]
tag_name = "v1.0.0"
relased_at = 2026-01-30T10:00:00Z
"a key with\nits own ideas" = true
"#
    ));
}

#[test]
fn keys_in_the_wrong_table() {
    assert_snapshot!(refused(
        r#"[project]
path = "group/app"
version = 1

[[releases]]
tag_name = "v1.0.0"

[[releases.links]]
name = "linux"
url = "https://example.com/linux"
released_at = 2026-01-30T10:00:00Z
"#
    ));
}

#[test]
fn missing_keys() {
    assert_snapshot!(refused(
        r#"[[milestones]]
state = "closed"

[[releases]]
name = "One"

[[releases]]
tag_name = "v2"
links = [{ name = "linux" }]
"#
    ));
}

#[test]
fn an_empty_manifest() {
    assert_snapshot!(refused(""));
    assert_eq!(refused(" \n# nothing yet\n"), refused(""));
    assert_eq!(refused("\u{feff}"), refused(""));
}

#[test]
fn links_missing_their_keys() {
    assert_snapshot!(refused_after_version(
        r#"[[releases]]
tag_name = "v2"
links = [{ name = "linux" }]

[[releases]]
tag_name = "v3"
[[releases.links]]
direct_asset_path = "/bin/linux"
"#
    ));
}

#[test]
fn tables_of_the_wrong_kind() {
    assert_snapshot!(refused_after_version(
        r#"policy = "delete"
milestones = ["v1"]

[[project]]
path = "group/app"

[releases]
tag_name = "v1"
"#
    ));
}

#[test]
fn scalars_of_the_wrong_type() {
    assert_snapshot!(refused_after_version(
        r#"[project]
path = 24
id = "24"

[policy]
unmanaged = true
tags = "v*"
max_deletes = 1.5

[[milestones]]
title = 1.0
start_date = 2026-01-01T00:00:00Z
due_date = "2026-02-01"

[[releases]]
tag_name = 2026-01-30
name = ["One"]
released_at = "2026-01-30T10:00:00Z"
milestones = ["v1", 2]
evidence = "false"
protect = "true"
links = ["https://example.com"]
"#
    ));
}

#[test]
fn another_version() {
    assert_snapshot!(refused("version = 2\n\n[[release_groups]]\nname = \"from the future\"\n"));
    assert_snapshot!(refused("version = \"1\"\n"));
}
