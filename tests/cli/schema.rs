//! `relsync schema` and the file that editors read.

use crate::support::Home;

#[test]
fn the_committed_schema_is_what_relsync_prints() {
    let printed = Home::new().run(&["schema"]).expect(0).stdout;
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema/releases.schema.json");
    let committed = std::fs::read_to_string(path).unwrap();
    assert!(printed == committed, "run `cargo run -- schema > schema/releases.schema.json`");
}
