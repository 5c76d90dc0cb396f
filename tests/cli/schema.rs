//! `relsync schema` and the files that editors and other tools read.

use crate::support::Home;

#[test]
fn the_committed_schemas_are_what_relsync_prints() {
    for (args, file) in
        [(&["schema"][..], "releases"), (&["schema", "plan"], "plan"), (&["schema", "report"], "report")]
    {
        let printed = Home::new().run(args).expect(0).stdout;
        let path = format!("{}/schema/{file}.schema.json", env!("CARGO_MANIFEST_DIR"));
        let committed = std::fs::read_to_string(path).unwrap();
        assert!(printed == committed, "run `cargo run -- {} > schema/{file}.schema.json`", args.join(" "));
    }
}
