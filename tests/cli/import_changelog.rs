//! `relsync import changelog`: what a repository's changelog and tags become together, and a changelog alone.

use crate::support::{Home, Run, Server, git, git_at};
use std::path::Path;

pub(crate) const LOG: &str = "# Changelog\n\n## [Unreleased]\n\n- Soon.\n\n## [1.2.0] - 2026-03-01\n\n- No tag yet.\n\n\
     ## [1.1.0] - 2026-02-01\n\n- More, see [#2].\n\n## [1.0.0] - 2026-01-01\n\n- First.\n\n[#2]: https://example.com/2\n";

/// A home where git knows nothing of this machine's user.
pub(crate) fn home() -> Home {
    let path = std::env::var("PATH").unwrap();
    Home::new().env("PATH", &path).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1")
}

/// Makes `folder` a repository: with the annotated tag `v1.0.0`, the tag `v1.1.0`, and `nightly` and `v0.9.0` besides.
pub(crate) fn repository(folder: &Path) {
    git(folder, &["init", "--quiet", "--initial-branch", "main"]);
    git(folder, &["remote", "add", "origin", "https://gitlab.example.com/group/app.git"]);
    for (date, tag, message) in [
        ("2025-12-01T12:00:00+02:00", "v0.9.0", Some("Nine.")),
        ("2026-01-02T08:00:00+09:00", "v1.0.0", Some("Version 1.0.0\n\n* \"First\" of all\n")),
        ("2026-02-01T23:30:00-08:00", "v1.1.0", None),
        ("2026-02-02T00:00:00Z", "nightly", None),
    ] {
        git_at(folder, Some(date), &["commit", "--quiet", "--allow-empty", "--message", "x"]);
        let args = message.map_or(vec!["tag", tag], |message| vec!["tag", "--annotate", "--message", message, tag]);
        git_at(folder, Some(date), &args);
    }
}

pub(crate) fn written(home: &Home, path: &str) -> String {
    std::fs::read_to_string(home.path().join(path)).unwrap()
}

fn joined() -> Home {
    let home = home();
    home.write("CHANGELOG.md", LOG);
    repository(home.path());
    home
}

#[test]
fn versions_get_their_tags_times_and_notes_stay_in_the_changelog() {
    let home = joined();
    insta::assert_snapshot!("joined", home.run(&["import", "changelog"]).expect(0));
    let manifest = written(&home, "releases.toml");
    insta::assert_snapshot!("joined_manifest", manifest);
    assert!(home.run(&["validate"]).expect(0).stdout.contains("2 releases,"));
    insta::assert_snapshot!("again", home.run(&["import", "changelog", "CHANGELOG.md"]).expect(0));
    assert_eq!(written(&home, "releases.toml"), manifest);
    // What is written by hand stays, and what is new comes below.
    let edited = manifest.replace("tag_name = \"v1.0.0\"", "# Mine.\ntag_name = \"v1.0.0\" # ours\nname = \"One\"");
    home.write("releases.toml", &edited);
    git_at(home.path(), Some("2026-03-03T03:03:03Z"), &["tag", "--annotate", "--message", "x", "v1.2.0"]);
    insta::assert_snapshot!("one_more", home.run(&["import", "changelog"]).expect(0));
    let more = written(&home, "releases.toml");
    let added =
        "\n[[releases]]\ntag_name = \"v1.2.0\"\nreleased_at = 2026-03-03T03:03:03Z\nchangelog = \"CHANGELOG.md\"\n";
    assert_eq!(more, format!("{edited}{added}"));
    home.run(&["validate"]).expect(0);
}

#[test]
fn a_plan_for_a_project_with_these_tags_makes_what_is_missing() {
    let target = "1111111111111111111111111111111111111111";
    let tag = |name: &str| format!("[[projects.tags]]\nname = \"{name}\"\ntarget = \"{target}\"\n");
    let server = Server::with(&format!(
        "{}{}[[projects.releases]]\ntag_name = \"v1.0.0\"\nname = \"App 1.0.0\"\nreleased_at = 2026-01-01T23:00:00Z\n\
         description = \"- First.\"\n",
        tag("v1.0.0"),
        tag("v1.1.0")
    ));
    let home = joined().env("CI_SERVER_URL", &server.url).env("RELSYNC_TOKEN", "sandbox-maintainer");
    home.manifest("");
    home.run(&["import", "changelog", "--name", "App {version}", "--tags", "v*", "CHANGELOG.md"]).expect(0);
    insta::assert_snapshot!("plan", home.run(&["plan"]).expect(0));
    home.run(&["apply", "--yes"]).expect(0);
    home.run(&["plan", "--detailed-exitcode"]).expect(0);
}

#[test]
fn notes_are_copied_if_asked_for_or_if_they_lie_elsewhere() {
    let home = joined();
    home.run(&["import", "changelog", "--notes", "inline", "--refs", "--split", "year"]).expect(0);
    let text = written(&home, "releases/2026.toml").replace(&id(&home, "v1.0.0"), "<commit of v1.0.0>");
    insta::assert_snapshot!("inline", text.replace(&id(&home, "v1.1.0"), "<commit of v1.1.0>"));
    home.run(&["validate"]).expect(0);
    home.run(&["import", "changelog", "--notes", "files", "-f", "other.toml"]).expect(0);
    assert_eq!(written(&home, "notes/v1.0.0.md"), "- First.\n");
    home.run(&["validate", "-f", "other.toml"]).expect(0);
    home.write("below/empty", "");
    insta::assert_snapshot!("elsewhere", home.run(&["import", "changelog", "-f", "below"]).expect(0));
    let manifest = written(&home, "below/releases.toml");
    assert!(manifest.contains("description = \"- First.\"") && !manifest.contains("changelog ="), "{manifest}");
    home.run(&["validate", "-f", "below"]).expect(0);
    // Seen from a file in a folder, the changelog is above it.
    let by_year = joined();
    by_year.run(&["import", "changelog", "--split", "year"]).expect(0);
    assert!(written(&by_year, "releases/2026.toml").contains("changelog = \"../CHANGELOG.md\""));
    by_year.run(&["validate"]).expect(0);
}

fn id(home: &Home, tag: &str) -> String {
    git(home.path(), &["rev-parse", &format!("{tag}^{{commit}}")])
}

#[test]
fn a_changelog_alone_has_days_and_no_tags() {
    let home = home();
    let log = format!("{LOG}\n## 0.2.0\n\n- Undated.\n\n## 0.1.0\n\n## 0.1.0\n\n## 0.0.1~rc1\n");
    home.write("CHANGELOG.md", &log);
    insta::assert_snapshot!("alone", home.run(&["import", "changelog"]).expect(0));
    insta::assert_snapshot!("alone_manifest", written(&home, "releases.toml"));
    home.run(&["validate"]).expect(0);
    let args =
        ["import", "changelog", "--tag-name", "app/{version}", "--name", "App {version} ({tag_name})", "-f", "b.toml"];
    home.run(&args).expect(0);
    let entry = "tag_name = \"app/1.0.0\"\nname = \"App 1.0.0 (app/1.0.0)\"\nreleased_at = 2026-01-01T12:00:00Z\n";
    assert!(written(&home, "b.toml").contains(entry), "{}", written(&home, "b.toml"));
    home.run(&["validate", "-f", "b.toml"]).expect(0);
    // In a repository, a tag's name alone decides about it.
    let joined = joined();
    let run = joined.run(&["import", "changelog", "--tag-name", "{version}"]).expect(0);
    assert!(run.stderr.starts_with("CHANGELOG.md has 3 versions; their tags are taken to be {version}."), "{run}");
}

#[test]
fn what_is_not_clear_is_left_out_and_said() {
    let home = joined();
    git(home.path(), &["tag", "1.1.0"]);
    git(home.path(), &["tag", "lib/v1.0.0"]);
    git(home.path(), &["tag", "x\u{202e}y"]);
    git(home.path(), &["tag", "a-tree", "HEAD^{tree}"]);
    home.write("CHANGELOG.md", &format!("{LOG}\n## 0.9.0\n\n## v0.9.0 (2025-12-01)\n"));
    let run = home.run(&["import", "changelog"]).expect(0);
    assert!(!run.stderr.contains('\u{202e}'));
    insta::assert_snapshot!("not_clear", run);
    assert!(home.run(&["validate"]).expect(0).stdout.contains("1 release,"));
    // A shallow clone may lack tags.
    let clone = self::home();
    git(clone.path(), &["clone", "--quiet", "--depth", "1", &format!("file://{}", home.path().display()), "."]);
    clone.write("CHANGELOG.md", LOG);
    let none = clone.run(&["import", "changelog"]);
    assert!(none.stderr.contains("shallow"), "{none}");
}

#[test]
fn errors_say_what_to_do() {
    let home = joined();
    home.write("OTHER.md", "# Notes\n\n## 2026-01-30\n\n- a\n\n## Version two\n\n**1.2.0** (2026-01-30)\n");
    let none = |home: &Home, args: &[&str]| {
        let run = home.run(&[&["import", "changelog"], args].concat()).expect(1);
        assert!(!home.path().join("releases.toml").exists());
        run
    };
    insta::assert_snapshot!("no_version", none(&home, &["OTHER.md"]));
    insta::assert_snapshot!("no_such_file", none(&home, &["nowhere.md"]));
    insta::assert_snapshot!("no_such_tags", none(&home, &["--tags", "x*", "--tags", "y*"]));
    insta::assert_snapshot!("bad_glob", none(&home, &["--tags", "v["]));
    insta::assert_snapshot!("bad_name", none(&home, &["--name", "{versoin}"]));
    insta::assert_snapshot!("bad_tag_name", none(&home, &["--tag-name", "v"]));
    let alone = self::home();
    alone.write("CHANGELOG.md", LOG);
    insta::assert_snapshot!("no_repository", none(&alone, &["--tags", "v*"]));
    let bare = Home::new().env("PATH", "/nowhere");
    bare.write("CHANGELOG.md", LOG);
    insta::assert_snapshot!("no_git", none(&bare, &["--tags", "v*"]));
    let run: Run = bare.run(&["import", "changelog"]).expect(0);
    assert!(run.stderr.starts_with("git is not installed: the changelog is all there is."), "{run}");
    git(alone.path(), &["init", "--quiet"]);
    insta::assert_snapshot!("no_tags", none(&alone, &[]));
}

#[test]
fn what_is_no_changelog_is_refused_by_its_kind() {
    let home = home();
    let utf_16: Vec<u8> = LOG.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut runs = Vec::new();
    for (name, bytes) in [
        ("empty.md", b"".as_slice()),
        ("utf-16.md", &[&[0xff, 0xfe], utf_16.as_slice()].concat()),
        ("no-mark.md", &utf_16),
        ("latin-1.md", b"## 1.0.0\n\n- Caf\xe9\n"),
        ("page.md", b"<!DOCTYPE html>\n<title>Changelog</title>\n"),
        ("json.md", b"[{\"tag_name\":\"v1.0.0\"}]"),
    ] {
        std::fs::write(home.path().join(name), bytes).unwrap();
        runs.push(home.run(&["import", "changelog", name]).expect(1).to_string());
    }
    std::fs::File::create(home.path().join("long.md")).unwrap().set_len(200 << 20).unwrap();
    runs.push(home.run(&["import", "changelog", "long.md"]).expect(1).to_string());
    runs.push(home.run(&["import", "changelog", "."]).expect(1).to_string());
    assert!(!home.path().join("releases.toml").exists());
    insta::assert_snapshot!("no_changelog", runs.join("\n"));
}
