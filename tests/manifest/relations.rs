//! Values that are right by themselves, but not beside each other.

use crate::render::{refused, refused_after_version};
use insta::assert_snapshot;

#[test]
fn doubled_tags_and_titles() {
    assert_snapshot!(refused_after_version(
        r#"[[milestones]]
title = "v1"
[[milestones]]
title = " v1 "

[[releases]]
tag_name = "v1.0.0"
name = "One"

[[releases]]
tag_name = "v1.0.1"

[[releases]]
tag_name = "v1.0.0"
[[releases]]
tag_name = "v1.0.0"
"#
    ));
}

#[test]
fn doubled_links() {
    assert_snapshot!(refused_after_version(
        r#"[[releases]]
tag_name = "v1.0.0"
[[releases.links]]
name = "linux"
url = "https://example.com/linux"
direct_asset_path = "/bin/app"
[[releases.links]]
name = "linux"
url = "https://example.com/linux-arm"
[[releases.links]]
name = "mac"
url = "https://example.com/linux"
direct_asset_path = "/bin/app"

[[releases]]
tag_name = "v1.0.1" # may have the same
[[releases.links]]
name = "linux"
url = "https://example.com/linux"
direct_asset_path = "/bin/app"
"#
    ));
}

#[test]
fn two_of_which_one_should_go() {
    assert_snapshot!(refused_after_version(
        r#"[project]
id = 24
path = "group/app"

[[releases]]
tag_name = "v1.0.0"
description_file = "Cargo.toml"
description = "One"
"#
    ));
}

#[test]
fn tags_outside_the_policy() {
    assert_snapshot!(refused_after_version(
        r#"[policy]
tags = ["v*", "debian/*"]

[[releases]]
tag_name = "debian/1.0-1"

[[releases]]
tag_name = "1.0"
"#
    ));
}

#[test]
fn milestones_that_end_before_they_start() {
    assert_snapshot!(refused_after_version(
        r#"[[milestones]]
title = "v1"
start_date = 2026-02-01
due_date = 2026-02-01

[[milestones]]
title = "v2"
due_date = 2026-02-01
start_date = 2026-03-01
"#
    ));
}

#[test]
fn more_than_anybody_reads() {
    let text = refused(&format!("version = 1\n{}", "[[releases]]\ntag_name = \"v1\"\n".repeat(100)));
    assert_eq!(text.matches("two releases of tag `v1`").count(), 50);
    assert_snapshot!(text.lines().last().unwrap(), @"releases.toml can't be used: 99 problems, the first 50 shown and 49 more");
}
