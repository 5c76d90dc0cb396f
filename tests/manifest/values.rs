//! Values that are wrong by themselves.

use crate::render::refused_after_version;
use insta::assert_snapshot;

#[test]
fn words() {
    assert_snapshot!(refused_after_version(
        r#"[policy]
unmanaged = "remove"
milestones = "Create"

[[milestones]]
title = "v1"
state = "close"

[[releases]]
tag_name = "v1"
links = [{ name = "a", url = "https://example.com/a", link_type = "packages" }]
"#
    ));
}

#[test]
fn times() {
    assert_snapshot!(refused_after_version(
        r#"[[milestones]]
title = "v1"
start_date = 10:00:00

[[releases]]
tag_name = "v1"
released_at = 2026-01-30T10:00:00

[[releases]]
tag_name = "v2"
released_at = 2026-01-30

[[releases]]
tag_name = "v3"
released_at = 10:00:00

[[releases]]
tag_name = "v4"
released_at = 9999-12-31T23:59:59-23:00

[[releases]]
tag_name = "v5"
released_at = "last Tuesday"
"#
    ));
}

#[test]
fn links() {
    assert_snapshot!(refused_after_version(
        r#"[[releases]]
tag_name = "v1"
[[releases.links]]
name = " "
url = "javascript:alert(1)"
direct_asset_path = "bin/app"
[[releases.links]]
name = "b"
url = "example.com/app"
direct_asset_path = "/bin//app"
[[releases.links]]
name = "c"
url = "https:example.com"
direct_asset_path = "/bin/{tag}"
[[releases.links]]
name = "d"
url = "https://example.com/a\nb"
direct_asset_path = "/ab"
"#
    ));
}

#[test]
fn names() {
    let long = "x".repeat(256);
    assert_snapshot!(refused_after_version(&format!(
        r#"[policy]
tags = ["v*", "v[0-9", ""]

[[milestones]]
title = "\t"

[[milestones]]
title = "{long}"

[[releases]]
tag_name = "v 1"
name = ""
ref = "  "
milestones = ["v1", " "]

[[releases]]
tag_name = "HEAD"
"#
    )));
}

#[test]
fn projects() {
    assert_snapshot!(refused_after_version("[project]\npath = \"app\"\nurl = \"gitlab.example.com\"\n"));
    assert_snapshot!(refused_after_version(
        "[project]\npath = \"https://gitlab.com/group/app\"\nurl = \"https://gitlab.com/api/v4\"\n"
    ));
    assert_snapshot!(refused_after_version("[project]\npath = \"root/\\u001b]0;x\\u0007\"\n"));
    assert_snapshot!("a_path_of_steps", refused_after_version("[project]\npath = \"../../tmp\"\n"));
    assert_snapshot!(refused_after_version("[project]\nid = 0\nurl = \"https://oauth2:s3cr3t@gitlab.com\"\n"));
}

#[test]
fn titles_that_gitlab_would_rewrite() {
    assert_snapshot!(refused_after_version(
        "[[milestones]]\ntitle = \"<b>v9</b>\"\n[[milestones]]\ntitle = \"a < b\"\n"
    ));
}

#[test]
fn no_patterns_match_no_tag() {
    assert_snapshot!(refused_after_version("[policy]\ntags = []\n[[releases]]\ntag_name = \"v1\"\n"));
}

#[test]
fn limits() {
    assert_snapshot!(refused_after_version("[policy]\nmax_deletes = -1\n"));
    assert_snapshot!(refused_after_version("[policy]\nmax_deletes = \"101%\"\n"));
    assert_snapshot!(refused_after_version("[policy]\nmax_deletes = \"3\"\n"));
}

#[test]
fn texts_that_gitlab_can_not_store() {
    let long = "x".repeat((1 << 20) + 1);
    assert_snapshot!(refused_after_version(&format!(
        r#"[[milestones]]
title = "v1\u0000"
description = """
{long}"""

[[releases]]
tag_name = "v\u00001"
description = "a\u0000b"
tag_message = "a\u0000b"
"#
    )));
}
