//! `relsync import tags`: what a repository's tags become, with or without a changelog.

use crate::import_changelog::{LOG, home, repository, written};
use crate::support::{Home, git, git_at};

fn tagged() -> Home {
    let home = home();
    repository(home.path());
    home
}

#[test]
fn tags_become_releases_with_their_times_and_messages() {
    let home = tagged();
    let signed = "Signed\n\nNotes.\n-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n";
    git_at(home.path(), Some("2026-04-01T00:00:00Z"), &["tag", "--annotate", "--message", signed, "v2.0.0", "v1.1.0"]);
    git(home.path(), &["tag", "tree", "HEAD^{tree}"]);
    insta::assert_snapshot!("tags", home.run(&["import", "tags"]).expect(0));
    let manifest = written(&home, "releases.toml");
    insta::assert_snapshot!("tags_manifest", manifest);
    assert!(home.run(&["validate"]).expect(0).stdout.contains("5 releases,"));
    insta::assert_snapshot!("again", home.run(&["import", "tags"]).expect(0));
    assert_eq!(written(&home, "releases.toml"), manifest);
}

#[test]
fn notes_come_from_the_changelog_and_commits_from_git() {
    let home = tagged();
    home.write("CHANGELOG.md", LOG);
    let args = ["import", "tags", "--tags", "v*", "--changelog", "CHANGELOG.md", "--name", "App {version}", "--refs"];
    insta::assert_snapshot!("joined", home.run(&args).expect(0));
    let mut manifest = written(&home, "releases.toml");
    for tag in ["v0.9.0", "v1.0.0", "v1.1.0"] {
        let id = git(home.path(), &["rev-parse", &format!("{tag}^{{commit}}")]);
        assert!(manifest.contains(&id), "{manifest}");
        manifest = manifest.replace(&id, &format!("<commit of {tag}>"));
    }
    insta::assert_snapshot!("joined_manifest", manifest);
    home.run(&["validate"]).expect(0);
}

/// Versions with notes first, then the tags that have none: the same as all at once.
#[test]
fn tags_without_notes_can_be_added_later() {
    let home = tagged();
    home.write("CHANGELOG.md", LOG);
    home.run(&["import", "changelog"]).expect(0);
    let before = written(&home, "releases.toml");
    insta::assert_snapshot!("rest", home.run(&["import", "tags", "--tags", "v*"]).expect(0));
    let after = written(&home, "releases.toml");
    let entry = "\n[[releases]]\ntag_name = \"v0.9.0\"\nreleased_at = 2025-12-01T10:00:00Z\ndescription = \"Nine.\"\n";
    assert_eq!(after, format!("{before}{entry}"));
    home.run(&["validate"]).expect(0);
}

#[test]
fn a_manifest_whose_defaults_want_notes_is_not_spoilt() {
    let home = tagged();
    home.write("CHANGELOG.md", LOG);
    let manifest = "version = 1\n[defaults]\nchangelog = \"CHANGELOG.md\"\n";
    home.write("releases.toml", manifest);
    insta::assert_snapshot!("defaults", home.run(&["import", "tags"]).expect(1));
    assert_eq!(written(&home, "releases.toml"), manifest);
    home.run(&["import", "tags", "--tags", "v1.*"]).expect(0);
    home.run(&["validate"]).expect(0);
}

#[test]
fn without_tags_there_is_nothing_to_import() {
    let home = home();
    insta::assert_snapshot!("no_repository", home.run(&["import", "tags"]).expect(1));
    git(home.path(), &["init", "--quiet"]);
    insta::assert_snapshot!("no_tags", home.run(&["import", "tags"]).expect(1));
    let bare = Home::new().env("PATH", "/nowhere");
    insta::assert_snapshot!("no_git", bare.run(&["import", "tags"]).expect(1));
    for home in [home, bare] {
        assert!(!home.path().join("releases.toml").exists());
    }
}

/// Git takes such names, whatever a shell would make of them; nothing of them becomes an option, a path or a colour.
#[test]
fn odd_tags_are_written_down_as_they_are() {
    let home = home();
    git(home.path(), &["init", "--quiet", "--initial-branch", "main"]);
    for tag in ["-rf", "--exec=x", "a;$(id)", "x\u{202e}y"] {
        git_at(home.path(), Some("2026-01-01T00:00:00Z"), &["commit", "--quiet", "--allow-empty", "--message", "x"]);
        git(home.path(), &["update-ref", &format!("refs/tags/{tag}"), "HEAD"]);
    }
    let run = home.run(&["import", "tags", "--notes", "files"]).expect(0);
    assert!(!run.stderr.contains('\u{202e}'), "{run}");
    insta::assert_snapshot!("odd", written(&home, "releases.toml"));
    home.run(&["validate"]).expect(0);
}

#[test]
fn a_repository_without_tags_is_an_error() {
    let home = home();
    git(home.path(), &["init", "--quiet"]);
    insta::assert_snapshot!("none", home.run(&["import", "tags"]).expect(1));
    assert!(!home.path().join("releases.toml").exists());
}
