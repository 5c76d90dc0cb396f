//! Manifests in several files.

use crate::folder::Folder;
use insta::assert_snapshot;
use relsync::manifest;
use relsync::model::Place;
use std::path::Path;

fn release(tag: &str) -> String {
    format!("[[releases]]\ntag_name = \"{tag}\"\n")
}

#[test]
fn files_come_after_what_includes_them_and_each_once() {
    let folder = Folder::new(
        &format!("include = [\"releases/*.toml\", 'old/first.toml', \"./old/**/*.toml\"]\n{}", release("v9")),
        &[
            ("releases/b.toml", &release("v2")),
            ("releases/a.toml", &format!("version = 1\ninclude = [\"nested/{{x,y}}.toml\"]\n{}", release("v1"))),
            ("releases/nested/x.toml", &format!("{}[[milestones]]\ntitle = \"x\"\n", release("v1-x"))),
            ("releases/nested/y.toml", &format!("include = ['../b.toml']\n{}", release("v1-y"))),
            ("releases/.hidden.toml", "no TOML"),
            ("releases/notes.md", "no TOML"),
            ("releases/c.toml/none.toml", "no TOML"),
            ("old/first.toml", &release("v0")),
            ("old/.hidden/none.toml", "no TOML"),
            ("old/deep/er/B.toml", &release("v0-B")),
            ("old/deep/er/a.toml", &release("v0-a")),
        ],
    );
    assert_eq!(folder.tags(), ["v9", "v1", "v1-x", "v1-y", "v2", "v0", "v0-B", "v0-a"]);
    let desired = folder.taken().desired;
    let inside = folder.inside().to_string_lossy().into_owned();
    let files: Vec<_> = desired.files.iter().map(|file| file.strip_prefix(&inside).unwrap()).collect();
    assert_eq!(
        files[..4],
        ["/releases.toml", "/releases/a.toml", "/releases/nested/x.toml", "/releases/nested/y.toml"]
    );
    assert_eq!(desired.milestones[0].places.title, Some(Place { file: 2, line: 4 }));
    assert_eq!(desired.releases[2].places.tag_name, Some(Place { file: 2, line: 2 }));
}

#[test]
fn what_an_included_file_names_is_beside_it() {
    let notes = "description_file = '../notes/one.md'\n";
    let folder = Folder::new(
        "include = ['releases/one.toml']",
        &[("releases/one.toml", &(release("v1") + notes)), ("notes/one.md", "One")],
    );
    assert_eq!(folder.taken().desired.releases[0].description.as_ref().unwrap().as_str(), "One");
    folder.write("releases/one.toml", release("v1") + "description_file = '../../outside/secret.toml'\n");
    assert_snapshot!(folder.shown());
}

#[test]
fn errors_of_all_files_at_once() {
    let folder = Folder::new(
        "include = ['a.toml', 'b.toml', 'c.toml', 'latin1.toml']\nincldue = 1\n[[releases]]\ntag_name = 'v1'\n",
        &[
            ("a.toml", "[project]\npath = 'a/b'\n[[releases]]\ntag_name = 'v1'\nnmae = 'One'\n[defaults]\n[policy]\n"),
            ("b.toml", "[[releases]\ntag_name = 'v 2'\n"),
            ("c.toml", "version = 2\nx = 1\n[[releases]]\ntag_name = 'v1'\n"),
        ],
    );
    folder.write("latin1.toml", b"caf\xe9");
    assert_snapshot!(folder.shown());
}

#[test]
fn doubles_across_files() {
    let folder = Folder::new(
        "include = ['more/*']\n[[milestones]]\ntitle = 'v1'\n[[releases]]\ntag_name = 'v1'\n",
        &[
            ("more/a.toml", "[[releases]]\ntag_name = 'v1'\n"),
            ("more/b.toml", "[[milestones]]\ntitle = 'v1'\n[[releases]]\ntag_name = 'v1'\n"),
        ],
    );
    assert_snapshot!(folder.shown());
}

#[test]
fn cycles() {
    assert_snapshot!("itself", Folder::new("include = ['releases.toml']", &[]).shown());
    assert_snapshot!("through_a_glob", Folder::new("include = ['**/*.toml']", &[("a/b.toml", "")]).shown());
    let two = [("a.toml", "include = ['b/b.toml']"), ("b/b.toml", "\ninclude = ['../a.toml']")];
    assert_snapshot!("two_files", Folder::new("include = ['a.toml']", &two).shown());
    let back = [("a.toml", "include = ['b.toml']"), ("b.toml", "include = ['*s.toml']")];
    assert_snapshot!("back_to_the_manifest", Folder::new("include = ['a.toml']", &back).shown());
}

#[test]
fn patterns_that_lead_nowhere() {
    let files = [("folder/releases.txt", ""), ("a.toml", "")];
    let bad = "include = ['a[.toml', '{a/b,c}.toml', ' ', '', 1, 'none.toml']";
    assert_snapshot!("no_patterns", Folder::new(bad, &files).shown());
    let none = "include = ['none/*.toml', 'none.toml', 'folder', '.', 'none/**', 'a.toml/b', '*.xml', '*/a.toml']";
    assert_snapshot!("nothing_there", Folder::new(none, &files).shown());
}

#[test]
fn nothing_outside_is_looked_at() {
    let patterns = |name: &str| {
        let patterns =
            ["../outside/FILE", "/etc/FILE", "../*/FILE", "a/../../outside/FILE", "a/.git/FILE", "*/../../FILE"];
        format!("include = [\n'{}'\n]", patterns.join("',\n'").replace("FILE", name))
    };
    let folder = Folder::new(&patterns("secret.toml"), &[("a/.git/secret.toml", "secret")]);
    let shown = folder.shown();
    assert_snapshot!(shown);
    let nowhere = Folder::new(&patterns("nowhereto.x"), &[("a/.git/nowhereto.x", "secret")]);
    assert_eq!(shown.replace("secret.toml", "nowhereto.x"), nowhere.shown());
}

#[cfg(unix)]
#[test]
fn links_out_are_not_followed() {
    let folder = Folder::new("include = ['out.toml', 'dir/*.toml', 'l*.toml', 'deep/**', 'pipe']", &[("x.toml", "")]);
    folder.link("out.toml", "../outside/secret.toml");
    folder.link("dir", folder.outside());
    folder.link("loop.toml", "loop.toml");
    folder.link("lost.toml", "nowhere.toml");
    folder.link("let.toml", "x.toml");
    folder.link("deep/er/up", "../..");
    folder.link("deep/out", folder.outside());
    let made = std::process::Command::new("mkfifo").arg(folder.inside().join("pipe")).status().unwrap();
    assert!(made.success());
    assert_snapshot!(folder.shown());
}

#[cfg(unix)]
#[test]
fn a_file_with_two_names_is_read_once() {
    let folder =
        Folder::new("include = ['a/*.toml', 'linked/**/*.toml', 'a/../b.toml']", &[("a/a.toml", &release("v1"))]);
    folder.link("linked", "a");
    folder.link("b.toml", "a/a.toml");
    assert_eq!(folder.tags(), ["v1"]);
    folder.link("a/self.toml", "../releases.toml");
    assert_snapshot!(folder.shown());
}

#[test]
fn many_stars_take_no_time() {
    let folder = Folder::new("", &[(&format!("{}x.toml", "a/".repeat(60)), &release("v1"))]);
    folder.write("releases.toml", format!("version = 1\ninclude = ['{}x.toml']\n", "**/a/".repeat(30)));
    assert_eq!(folder.tags(), ["v1"]);
}

#[test]
fn text_can_include_files_too() {
    let folder = Folder::new("", &[("more/a.toml", &release("v1"))]);
    let path = folder.inside().join("not-there.toml");
    let parsed = manifest::parse(&path, "version = 1\ninclude = ['more/*.toml']\n").unwrap();
    assert_eq!(parsed.desired.releases.len(), 1);
    assert!(manifest::parse(Path::new("not-there.toml"), "version = 1\ninclude = ['no-such-folder/*.toml']").is_err());
}

/// A long manifest is read in pieces, which must not show.
#[test]
fn long_files_are_read_as_short_ones_are() {
    let many = |from: usize| -> String {
        let entry = |n| {
            format!(
                "[[releases]]\ntag_name = 'v{n}'\n[[releases.links]]\nname = 'a'\nurl = 'https://e.com/{n}'\n[[milestones]]\ntitle = 'm{n}'\n"
            )
        };
        (from..from + 2000).map(entry).collect()
    };
    let folder = Folder::new(&format!("include = ['more.toml']\n{}", many(0)), &[("more.toml", &many(2000))]);
    let desired = folder.taken().desired;
    assert_eq!((desired.releases.len(), desired.milestones.len()), (4000, 4000));
    for (index, release) in desired.releases.iter().enumerate() {
        assert_eq!(release.tag_name.as_str(), format!("v{index}"));
        let (file, first) = if index < 2000 { (0, 3) } else { (1, 1) };
        let line = u32::try_from(first + 7 * (index % 2000)).unwrap();
        assert_eq!(release.places.tag_name, Some(Place { file, line: line + 1 }));
        assert_eq!(release.links.as_ref().unwrap()[0].places.link, Some(Place { file, line: line + 2 }));
    }
    for wrong in
        ["[policy]\n", "releases = []\n", "tag_name = 1\n", "[[releases.links]]\nx = 1\n", "[releases.x]\n", "'''\n"]
    {
        let shown = |text: &str| {
            folder.write("releases.toml", format!("version = 1\n{text}"));
            folder.shown()
        };
        let (start, end) = (many(0), many(2000));
        let whole = shown(&format!("{start}{wrong}{end}"));
        assert!(wrong == "[policy]\n" || whole.contains("can't be used"), "{wrong}: {whole}");
        if wrong == "[policy]\n" {
            assert!(shown(&format!("{wrong}{start}{wrong}{end}")).contains("set twice"));
        }
    }
    let entries = "releases = [{ tag_name = 'v' }]\n";
    folder.write("releases.toml", format!("version = 1\n{entries}{}", many(0)));
    assert!(folder.shown().contains("can't be used"));
}

/// Each of twenty names could be any of three links to the same folder.
#[cfg(unix)]
#[test]
fn many_links_take_no_time() {
    let folder = Folder::new(&format!("include = ['{}x.toml']", "*/".repeat(20)), &[("x.toml", &release("v1"))]);
    for link in ["l1", "l2", "l3"] {
        folder.link(link, ".");
    }
    assert_eq!(folder.tags(), ["v1"]);
    folder.write("releases.toml", format!("version = 1\ninclude = ['{}x.toml', '**/*.toml/']", "*/".repeat(2000)));
    assert!(folder.shown().contains("too many names"));
}

/// A file of which the end will not come soon.
#[test]
fn a_manifest_that_is_too_long_is_not_read() {
    let folder = Folder::new("", &[]);
    let file = std::fs::File::create(folder.inside().join("releases.toml")).unwrap();
    file.set_len(1 << 40).unwrap();
    assert!(folder.shown().contains("is too long"));
}
