//! `relsync import changelog` on what real projects have: how many of their versions find their tags, and which don't.

use crate::import_changelog::{home, written};
use crate::support::{Home, git};
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// A repository with a project's condensed changelog and its tags, all made by one process.
fn repository(changelog: &str, tags: &str) -> Home {
    let home = home();
    git(home.path(), &["init", "--quiet", "--initial-branch", "main"]);
    let mut stream = String::new();
    for (mark, line) in (1..).zip(tags.lines()) {
        let [name, kind, date] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let date = date.parse::<jiff::Timestamp>().unwrap().as_second();
        let who = format!("Ada <ada@example.com> {date} +0000");
        let tag = match kind {
            "tag" => format!("tag {name}\nfrom :{mark}\ntagger {who}\ndata 1\nx\n"),
            _ => format!("reset refs/tags/{name}\nfrom :{mark}\n\n"),
        };
        write!(stream, "commit refs/heads/main\nmark :{mark}\ncommitter {who}\ndata 1\nx\n{tag}").unwrap();
    }
    let mut git = Command::new("git");
    git.arg("-C").arg(home.path()).args(["fast-import", "--quiet"]);
    let mut import = git.stdin(Stdio::piped()).spawn().unwrap();
    import.stdin.take().unwrap().write_all(stream.as_bytes()).unwrap();
    assert!(import.wait().unwrap().success());
    home.write("CHANGELOG.md", changelog);
    home
}

/// Imports, and answers the lines that tell of what goes together and what does not.
fn import(changelog: &str, tags: &str, releases: usize) -> String {
    let home = repository(changelog, tags);
    let run = home.run(&["import", "changelog"]).expect(0);
    assert_eq!(written(&home, "releases.toml").matches("[[releases]]").count(), releases, "{run}");
    assert!(home.run(&["validate"]).expect(0).stdout.contains(&format!("{releases} releases,")), "{run}");
    let (gaps, _) = run.stderr.split_once("\nIt names no project").unwrap();
    let (gaps, _) = gaps.rsplit_once("\nWrote ").unwrap();
    gaps.to_owned()
}

macro_rules! recorded {
    ($name:literal) => {
        (
            include_str!(concat!("../recorded/changelogs/", $name, ".md")),
            include_str!(concat!("../recorded/changelogs/", $name, ".tags.tsv")),
        )
    };
}

#[test]
fn octodns() {
    let (changelog, tags) = recorded!("octodns");
    let gaps = import(changelog, tags, 57);
    assert!(gaps.starts_with("CHANGELOG.md has 59 versions, 57 of them with a tag.\n"), "{gaps}");
    insta::assert_snapshot!("octodns", gaps);
}

#[test]
fn python_gitlab() {
    let (changelog, tags) = recorded!("python-gitlab");
    let gaps = import(changelog, tags, 81);
    assert!(gaps.starts_with("CHANGELOG.md has 81 versions, 81 of them with a tag.\n"), "{gaps}");
    assert!(gaps.contains("there is a tag but no notes (`relsync import tags` adds them): 42 tags: "), "{gaps}");
    insta::assert_snapshot!("python_gitlab", gaps);
}

#[test]
fn just() {
    let (changelog, tags) = recorded!("just");
    let gaps = import(changelog, tags, 141);
    assert!(gaps.starts_with("CHANGELOG.md has 141 versions, 141 of them with a tag.\n"), "{gaps}");
    assert!(gaps.contains("there is a tag but no notes (`relsync import tags` adds them): 40 tags: "), "{gaps}");
    insta::assert_snapshot!("just", gaps);
}
