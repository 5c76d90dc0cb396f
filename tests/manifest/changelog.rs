//! Notes out of changelogs.

use crate::folder::Folder;
use crate::render::render;
use insta::assert_snapshot;
use relsync::manifest::{self, Changelog, NoNotes};
use std::fmt::Write as _;
use std::path::Path;

const KEEP_A_CHANGELOG: &str = "\u{feff}# Changelog\r
\r
All notable changes.\r
\r
## [Unreleased]\r
\r
- soon\r
\r
## [1.1.0] - 2026-02-03\r
\r
### Added\r
\r
- Links ([#12], [docs][the docs], [inline](https://e.com)).\r
\r
[the docs]: https://e.com/docs\r
\r
### Fixed\r
\r
- A crash ([#13]).\r
\r
## [1.0.1] - 2026-01-20 [YANKED]\r
\r
## 1.0.0\r
\r
- First.\r
\r
[Unreleased]: https://e.com/compare/v1.1.0...HEAD\r
[1.1.0]: https://e.com/compare/v1.0.0...v1.1.0\r
[1.0.1]: https://e.com/compare/v1.0.0...v1.0.1\r
[#12]: https://e.com/12 \"twelve\"\r
[#13]: https://e.com/13\r
";

fn versions(log: &Changelog) -> Vec<(String, String, usize)> {
    let date = |date: Option<jiff::civil::Date>| date.map_or_else(String::new, |date| date.to_string());
    log.sections().iter().map(|section| (section.version.clone(), date(section.date), section.line)).collect()
}

fn listed(log: &Changelog) -> Vec<String> {
    versions(log).into_iter().map(|(version, date, line)| format!("{line}: {version} {date}")).collect()
}

#[test]
fn keep_a_changelog() {
    let log = Changelog::parse(KEEP_A_CHANGELOG);
    assert_eq!(listed(&log), ["9: 1.1.0 2026-02-03", "21: 1.0.1 2026-01-20", "23: 1.0.0 "]);
    assert_eq!(log.sections()[0].heading, "1.1.0 - 2026-02-03");
    assert_snapshot!(log.notes("1.1.0").unwrap().replace('\r', ""));
    assert_eq!(log.notes("1.0.1").unwrap(), "");
    assert_eq!(log.notes("v1.0.0").unwrap(), "- First.");
    assert_eq!(log.notes("Unreleased"), Err(NoNotes::Missing));
}

#[test]
fn generated_with_dates_in_parentheses() {
    let log = Changelog::parse(
        "# CHANGELOG\n\n## v2.0.0 (2026-02-03)\n\n### Features\n\n- **api**: x\n  ([`abc`](https://e.com/abc))\n\n### 2 new features\n\n## v2.0.0-rc.1 (2026-01-03)\n\n    indented\n\n# v1.0.0 (2025-01-03)\n### v0.9.0\nx\n#### 10. Heading\ny\n## Older\nz\n",
    );
    assert_eq!(
        listed(&log),
        ["3: 2.0.0 2026-02-03", "12: 2.0.0-rc.1 2026-01-03", "16: 1.0.0 2025-01-03", "17: 0.9.0 "]
    );
    assert_eq!(
        log.notes("2.0.0").unwrap(),
        "### Features\n\n- **api**: x\n  ([`abc`](https://e.com/abc))\n\n### 2 new features"
    );
    assert_eq!(log.notes("2.0.0-rc.1").unwrap(), "    indented");
    assert_eq!(log.notes("1.0.0").unwrap(), "");
    assert_eq!(log.notes("0.9.0").unwrap(), "x\n#### 10. Heading\ny");
}

#[test]
fn linked_versions_underlined_or_not() {
    let log = Changelog::parse(
        "Changelog\n=========\n\n[1.2.0](https://e.com/1.2.0) - 2026-2-3\n----------------------------------\n\n- a\n\n[1.1.0](https://e.com/1.1.0) - 2026-01-03\n\n- b, as in\n\n[1.0.0](https://e.com/1.0.0) - 2026-01-03 which was good\n\n[1.0.5] - 2026-01-02\n### Fixed\n- c\n\n[1.0.4](https://e.com) - 2026-01-02\nand more\n",
    );
    assert_eq!(listed(&log), ["4: 1.2.0 2026-02-03", "9: 1.1.0 2026-01-03", "15: 1.0.5 2026-01-02"]);
    assert_eq!(log.notes("1.2.0").unwrap(), "- a");
    assert_eq!(log.notes("1.1.0").unwrap(), "- b, as in\n\n[1.0.0](https://e.com/1.0.0) - 2026-01-03 which was good");
}

#[test]
fn what_is_no_heading_is_none() {
    let log = Changelog::parse(
        "## 1.0.0\n\n```md\n## 0.9.0\n```\n\n<!--\n## 0.8.0\n-->\n\n> ## 0.7.0\n\n- ## 0.6.0\n\n      ## 0.5.0\n\n~~~\n## 0.4.0\n",
    );
    assert_eq!(listed(&log), ["1: 1.0.0 "]);
    assert!(log.notes("1.0.0").unwrap().ends_with("## 0.4.0"));
}

/// Some generators wrap the lines of a code block, but for its end.
#[test]
fn a_stray_fence_swallows_nothing() {
    let log = Changelog::parse(
        "## 1.1.0\n\nIt said: ``` no such\n  file\n\n```\n\n- more\n\n## 1.0.0\n\nFine:\n\n```\n## 0.9.0\n```\n\n- a\n",
    );
    assert_eq!(listed(&log), ["1: 1.1.0 ", "10: 1.0.0 "]);
    assert_eq!(log.notes("1.0.0").unwrap(), "Fine:\n\n```\n## 0.9.0\n```\n\n- a");
    assert!(log.notes("1.1.0").unwrap().ends_with("- more"));
}

#[test]
fn two_sections_of_a_version() {
    let log = Changelog::parse("## 1.0\na\n## v1.0\nb\n## 0.9\n# 1.0\n");
    assert_eq!(log.notes("1.0"), Err(NoNotes::Twice(1, 3)));
    assert_eq!(log.notes("0.9").as_deref(), Ok(""));
}

#[test]
fn each_release_takes_its_own_section() {
    let folder = Folder::new(
        "include = ['old/releases.toml']\n[defaults]\nchangelog = 'CHANGELOG.md'\n[[releases]]\ntag_name = 'app/v1.1.0'\n[[releases]]\ntag_name = '1.0.0'\n",
        &[
            ("CHANGELOG.md", KEEP_A_CHANGELOG),
            (
                "old/releases.toml",
                "[[releases]]\ntag_name = 'v1.0.1'\n[[releases]]\ntag_name = 'v0.9'\nchangelog = 'CHANGES'\n",
            ),
            ("old/CHANGES", "# 0.9\nold"),
        ],
    );
    let releases = folder.taken().desired.releases;
    let notes: Vec<_> = releases.iter().map(|release| release.description.as_ref().unwrap().as_str()).collect();
    assert!(notes[0].starts_with("### Added\n") && notes[0].ends_with("\n[#13]: https://e.com/13"));
    assert_eq!(notes[1..], ["- First.", "", "old"]);
    assert_eq!(releases[3].places.description.unwrap().line, 5);
    assert_eq!((releases[0].places.description.unwrap().file, releases[2].places.description.unwrap().line), (0, 4));
}

#[test]
fn versions_without_notes() {
    let own = |tag: &str, file: &str| format!("[[releases]]\ntag_name = '{tag}'\nchangelog = '{file}'\n");
    let folder = Folder::new(
        &format!(
            "[defaults]\nchangelog = 'A.md'\n[[releases]]\ntag_name = 'v1.1.1'\n{}{}{}{}{}{}[[releases]]\ntag_name = 'v1.1'\n[[releases]]\ntag_name = 'v3'\n[[releases]]\ntag_name = 'v4'\n",
            own("2.0", "A.md"),
            own("v1.2.0", "NONE.md"),
            own("v1.2.1", "NEWS"),
            own("v1.2.2", "../outside/x"),
            own("v1.2.3", "LONG.md"),
            own("v5", "TWICE.md")
        ),
        &[
            ("A.md", "## 1.1.0\n\n## 1.0.0\n"),
            ("NEWS", "# News\n## Summer\n"),
            ("TWICE.md", "## 5.0\n\n## v5\n## Version 5\n"),
            ("LONG.md", &format!("## 1.2.3\n{}", "x".repeat((1 << 20) + 1))),
        ],
    );
    assert_snapshot!(folder.shown());
}

#[test]
fn a_changelog_may_be_longer_than_notes() {
    let (mut text, mut releases) = (String::new(), String::new());
    for n in 0..5000 {
        let _ = write!(text, "## 1.{n}\n\n- It took {n} days, and this is a sentence of {}.\n\n", "x".repeat(200));
        let _ = write!(releases, "[[releases]]\ntag_name = 'v1.{n}'\n");
    }
    assert!(text.len() > 1 << 20);
    let folder = Folder::new(&format!("defaults = {{ changelog = 'C.md' }}\n{releases}"), &[("C.md", &text)]);
    let desired = folder.taken().desired;
    assert!(desired.releases[4999].description.as_ref().unwrap().as_str().starts_with("- It took 4999 days"));
}

/// Not for every release that takes them.
#[test]
fn shared_notes_are_stored_once() {
    let (mut text, mut files) = (String::new(), String::from("include = ['*/r.toml']\n"));
    for n in 0..3 {
        let _ = write!(text, "[[releases]]\ntag_name = 'a{n}/v1.0'\nchangelog = 'C.md'\n");
        let _ = write!(text, "[[releases]]\ntag_name = 'b{n}/v1.0'\ndescription_file = 'x/../N.md'\n");
        let _ = write!(files, "[[releases]]\ntag_name = 'c{n}/1.0'\ndescription_file = 'x/N.md'\n");
    }
    let folder = Folder::new(&files, &[("x/r.toml", &text), ("x/C.md", "## 1.0\nc"), ("x/N.md", "n")]);
    let releases = folder.taken().desired.releases;
    let places = |text: &str| -> Vec<*const str> {
        let notes = releases.iter().map(|release| release.description.as_ref().unwrap().as_str());
        notes.filter(|notes| *notes == text).map(std::ptr::from_ref).collect()
    };
    for (text, count) in [("c", 3), ("n", 6)] {
        let places = places(text);
        assert_eq!(places.len(), count);
        assert!(places.iter().all(|place| std::ptr::addr_eq(*place, places[0])), "{text}");
    }
}

#[test]
fn many_versions_without_notes_are_all_named() {
    let releases = |tags: std::ops::Range<usize>| -> String {
        let entry = |n| format!("[[releases]]\ntag_name = 'v1.{n}.0'\n");
        tags.map(entry).collect()
    };
    let folder = Folder::new(
        &format!("defaults = {{ changelog = 'C.md' }}\n{}", releases(1..43)),
        &[("C.md", "## 1.1.1\n## 1.1.1\n## 9.9.9\n## 1.1.11\n")],
    );
    assert_snapshot!(folder.shown());
    folder.write("releases.toml", format!("version = 1\ndefaults = {{ changelog = 'C.md' }}\n{}", releases(1..300)));
    let shown = folder.shown();
    assert!(shown.contains("`v1.100.0`, and 199") && !shown.contains("v1.101.0"), "{shown}");
    folder.write("C.md", "## 2.0.1");
    folder
        .write("releases.toml", "version = 1\ndefaults = { changelog = 'C.md' }\n[[releases]]\ntag_name = 'v2.0.0'\n");
    assert!(folder.shown().contains("the version nearest to `2.0.0` there is `2.0.1`"));
    folder.write(
        "releases.toml",
        "version = 1\ndefaults = { changelog = 'C.md' }\n[[releases]]\ntag_name = 'v11.7.3-rc.1'\n",
    );
    assert!(folder.shown().contains("the only version there is `2.0.1`"));
}

#[test]
fn versions_underlined_as_titles() {
    let log = Changelog::parse(
        "v8.0.0\n======\n\n- b\n\nAdded\n-----\n\n- c\n\nv7.0.0 (2026-01-30)\n===================\n- a\n",
    );
    assert_eq!(listed(&log), ["1: 8.0.0 ", "11: 7.0.0 2026-01-30"]);
    assert_eq!(log.notes("8.0.0").unwrap(), "- b\n\nAdded\n-----\n\n- c");
}

#[test]
fn versions_of_one_name() {
    let log = Changelog::parse(
        "# Changes\n## Unreleased\n## app 11.0.0\n### Electron 30.0.0\n- a\n## Thanks\n## [app] 10.0.0 - 2026-01-30\n- b\n",
    );
    assert_eq!(listed(&log), ["3: 11.0.0 ", "7: 10.0.0 2026-01-30"]);
    assert_eq!(log.notes("11.0.0").unwrap(), "### Electron 30.0.0\n- a");
    assert_eq!(listed(&Changelog::parse("## @a/app@2.0.0\n## @a/app@1.0.0\n")), ["1: 2.0.0 ", "2: 1.0.0 "]);
    // Whose would they be?
    assert_eq!(listed(&Changelog::parse("## core@2.0.0\n## ui@1.0.0\n")), [""; 0]);
    // What stands beside plain versions is none.
    assert_eq!(listed(&Changelog::parse("## 2.0.0\n## Electron 30.0.0\n")), ["1: 2.0.0 "]);
}

/// What is shown of a changelog that is read for its own sake.
fn loaded(name: &str, text: &[u8]) -> String {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    let shown = match manifest::load_changelog(&path) {
        Ok(log) => listed(&log).join("\n"),
        Err(error) => render(Err(error)),
    };
    shown.replace(&*folder.path().to_string_lossy(), "…")
}

#[test]
fn without_a_version_its_headings_are_shown() {
    let log = "\u{feff}Changelog\n=========\n\n## [Unreleased]\n\n- soon\n\n## 2026-01-30\n\n### 2 new features\n\n\
               ## 3.12 support\n\n## 1.x\n\n**1.2.0** (2026-01-30)\n\n- a\n\nv1.1.0 (2026-01-20)\n^^^^^^^^^^^^^^^^^^^\n\n\
               ```\n## 1.0.0\n```\n\n## The\u{1b}[2J end\u{202e}\n";
    assert_snapshot!("no_version", loaded("CHANGELOG.md", log.as_bytes()));
    assert_snapshot!("names", loaded("CHANGELOG.md", b"# Packages\n\n## app 1.0.0\n\n## lib 1.0.0\n"));
    let many: Vec<String> = (2010..2030).map(|year| format!("### Fixed\n\n## {year}\n\n")).collect();
    let many = many.concat();
    assert_snapshot!("many_headings", loaded("CHANGES.md", many.as_bytes()));
    assert_snapshot!("no_heading", loaded("CHANGES", b"1.0\n  * First.\n"));
    assert_eq!(loaded("a.md", b"## 1.0\n"), "1: 1.0 ");
}

#[test]
fn what_is_no_changelog_is_said() {
    assert_snapshot!("not_utf8", loaded("CHANGELOG.md", b"## 1.0\n\xff\n"));
    let missing = render(Err(manifest::load_changelog(Path::new("nowhere/CHANGELOG.md")).unwrap_err()));
    assert_snapshot!("no_changelog", missing);
    assert_snapshot!("a_directory", render(Err(manifest::load_changelog(Path::new("src")).unwrap_err())));
}

#[test]
fn other_headings_are_known_with_their_lines() {
    let log = Changelog::parse("# Log\n\n## Unreleased\n\n## 1.0\n\n### Fixed\n\n1.1 is next\n\n1.2 - 2026-01-30\n");
    let told = log.other_headings().into_iter().map(|heading| {
        assert!(log.text()[heading.place.clone()].ends_with(&heading.text));
        format!("{} {} {:?}", heading.line, heading.text, heading.why)
    });
    let expected = ["1 Log NoNumber", "3 Unreleased Unreleased", "7 Fixed NoNumber", "11 1.2 - 2026-01-30 NoHeading"];
    assert_eq!(told.collect::<Vec<_>>(), expected);
}
