//! `relsync validate`: offline.

use crate::support::Home;

#[test]
fn a_good_manifest_is_counted() {
    let home = Home::new();
    home.manifest("[[milestones]]\ntitle = \"m\"\n[[releases]]\ntag_name = \"v1\"\n[[releases]]\ntag_name = \"v2\"\n");
    insta::assert_snapshot!(home.run(&["validate"]).expect(0));
}

#[test]
fn everything_wrong_is_underlined_at_once() {
    let home = Home::new();
    home.manifest(
        r#"
[[releases]]
tag_name = "v1"
relased_at = 2024-01-01T00:00:00Z
released_at = 2024-01-01T00:00:00
name = 1
[[releases]]
tag_name = "v1"
"#,
    );
    insta::assert_snapshot!(home.run(&["validate"]).expect(1));
}
