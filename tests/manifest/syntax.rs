//! Text that is not TOML.

use crate::render::{refused, refused_after_version};
use insta::assert_snapshot;

#[test]
fn all_errors_at_once() {
    assert_snapshot!(refused_after_version(
        r#"[[releases]]
tag_name = v1.0.0
name =
released_at = 2026-13-01T10:00:00Z
description = "a \q b"
protect true
nmae = "One"
"#
    ));
}

#[test]
fn doubled_keys() {
    assert_snapshot!(refused_after_version(
        r#"[project]
id = 24
[[releases]]
tag_name = "v1"
links = [{ name = "a", url = "https://example.com/a", name = "b" }]
tag_name = "v2"
[project]
id = 25
[[releases.links]]
name = "c"
"#
    ));
    assert_snapshot!(refused_after_version("[[releases]]\ntag_name = \"v1\"\n[releases]\ntag_name = \"v2\"\n"));
}

#[test]
fn a_missing_bracket_is_told_without_its_consequences() {
    assert_snapshot!(refused_after_version(
        r#"[[releases]
tag_name = "v1"
[[releases]]
tag_name = "v2"
nmae = "Two"
"#
    ));
    assert_snapshot!(refused_after_version(
        r#"[[releases]]
milestones = ["v1",
name = "One"

[[releases]]
tag_name = "v2"
"#
    ));
}

#[test]
fn a_string_that_never_ends() {
    assert_snapshot!(refused_after_version("[[releases]]\nreleased_at = 2026-01-30\ndescription = \"\"\"\nOne\n"));
}

#[test]
fn byte_order_mark_and_crlf_do_not_move_lines_and_columns() {
    let text = "version = 1\n\n[[releases]]\ntag_name = \"v1\"\nnmae = \"One\"\n[[releases]]\ntag_name = \"v1\"\n";
    assert_snapshot!(refused(text));
    assert_eq!(refused(&format!("\u{feff}{}", text.replace('\n', "\r\n"))), refused(text));
    assert_eq!(refused(&format!("\u{feff}{}", text.trim_end())), refused(text));
    assert_snapshot!(refused("\u{feff}versoin = 1"));
}
