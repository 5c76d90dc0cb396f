//! `relsync man`: a page for each command.

use crate::support::Home;

#[test]
fn each_command_has_its_page() {
    let home = Home::new();
    home.run(&["man", "share/man/man1"]).expect(0);
    let page = |name: &str| {
        let path = home.path().join("share/man/man1").join(format!("{name}.1"));
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    assert!(page("relsync").contains(concat!(
        ".TH relsync 1  \"relsync ",
        env!("CARGO_PKG_VERSION"),
        "\" \"relsync manual\"\n"
    )));
    let commands = home.commands();
    for command in &commands {
        assert!(page(&format!("relsync-{command}")).contains(&format!("relsync\\-{command} \\- ")), "{command}");
    }
    assert!(page("relsync-sandbox-serve").contains(r"\-\-listen"));
    let pages = std::fs::read_dir(home.path().join("share/man/man1")).unwrap().count();
    assert!(pages > commands.len(), "{pages} pages for {commands:?}");
}

#[test]
fn pages_take_the_place_of_older_ones_and_of_nothing_else() {
    let home = Home::new();
    home.write("man1/relsync.1", "old");
    insta::assert_snapshot!("again", home.run(&["man", "man1", "-q"]).expect(0));
    assert_ne!(std::fs::read_to_string(home.path().join("man1/relsync.1")).unwrap(), "old");
    home.write("file", "mine\n");
    insta::assert_snapshot!("no_folder", home.run(&["man", "file"]).expect(1));
}
