//! `relsync init`: what is written for which remote, and that it is a good beginning.

use crate::support::{Home, Server};
use std::process::Command;

/// A home where git knows nothing of this machine's user.
fn home() -> Home {
    let path = std::env::var("PATH").unwrap();
    Home::new().env("PATH", &path).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1")
}

fn git(home: &Home, args: &[&str]) {
    let name = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "init.defaultBranch=main"];
    let mut command = Command::new("git");
    command.current_dir(home.path()).args(name).args(args);
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    let output = command.output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn written(home: &Home, path: &str) -> String {
    std::fs::read_to_string(home.path().join(path)).unwrap()
}

#[test]
fn a_gitlab_of_ones_own_is_named_and_no_credential_copied() {
    let home = home();
    git(&home, &["init", "-q"]);
    git(&home, &["remote", "add", "origin", "https://oauth2:glpat-secret@gitlab.example.com:8443/group/sub/app.git"]);
    let run = home.run(&["init"]).expect(0);
    let manifest = written(&home, "releases.toml");
    assert!(!format!("{run}{manifest}").contains("secret"));
    insta::assert_snapshot!("own_gitlab", run);
    insta::assert_snapshot!("own_gitlab_manifest", manifest);
    home.run(&["validate"]).expect(0);
}

#[test]
fn on_gitlab_com_the_latest_tag_and_the_changelog_make_the_example() {
    let home = home();
    git(&home, &["init", "-q"]);
    git(&home, &["commit", "-q", "--allow-empty", "-m", "First"]);
    git(&home, &["tag", "v1.4.2"]);
    git(&home, &["remote", "add", "upstream", "git@gitlab.com:group/app.git"]);
    home.write("CHANGELOG.md", "# Changelog\n\n## 1.4.2\n\n- More.\n");
    insta::assert_snapshot!("gitlab_com", home.run(&["init"]).expect(0));
    let manifest = written(&home, "releases.toml");
    insta::assert_snapshot!("gitlab_com_manifest", manifest);
    home.run(&["validate"]).expect(0);
    // The first four lines of the example, taken out of the comment, make a release.
    let (head, example) = manifest.split_once("# [[releases]]\n").unwrap();
    let entry: Vec<_> = example.lines().take(2).map(|line| line.trim_start_matches("# ")).collect();
    home.write("releases.toml", &format!("{head}[[releases]]\n{}\n", entry.join("\n")));
    assert!(home.run(&["validate"]).expect(0).stdout.contains("1 release,"));
}

#[test]
fn a_plan_of_it_has_nothing_to_do() {
    let server = Server::start();
    let home = home().env("CI_SERVER_URL", &server.url).env("RELSYNC_TOKEN", "sandbox-maintainer");
    git(&home, &["init", "-q"]);
    git(&home, &["remote", "add", "origin", &format!("{}/root/awesome-app.git", server.url)]);
    home.run(&["init", "-q"]).expect(0);
    let plan = home.run(&["plan", "--detailed-exitcode"]).expect(0);
    assert!(plan.stdout.starts_with("Nothing needs to change in root/awesome-app"), "{plan}");
}

#[test]
fn without_a_gitlab_there_is_a_place_to_fill_in() {
    let none = home();
    insta::assert_snapshot!("no_remote", none.run(&["init"]).expect(0));
    insta::assert_snapshot!("no_remote_manifest", written(&none, "releases.toml"));
    none.run(&["validate"]).expect(0);
    insta::assert_snapshot!("no_remote_plan", none.run(&["plan"]).expect(1));
    let other = home();
    git(&other, &["init", "-q"]);
    git(&other, &["remote", "add", "origin", "git@github.com:group/app.git"]);
    insta::assert_snapshot!("no_gitlab", other.run(&["init"]).expect(0));
    // Where there is no git at all, that is no other case.
    let bare = Home::new().env("PATH", "/nowhere");
    bare.run(&["init"]).expect(0);
    assert_eq!(written(&bare, "releases.toml"), written(&none, "releases.toml"));
}

#[test]
fn what_is_there_stays() {
    let home = home();
    home.write("releases.toml", "mine\n");
    insta::assert_snapshot!("there_already", home.run(&["init"]).expect(1));
    assert_eq!(written(&home, "releases.toml"), "mine\n");
    std::fs::create_dir(home.path().join("below")).unwrap();
    insta::assert_snapshot!("in_a_folder", home.run(&["init", "-f", "below"]).expect(0));
    home.run(&["validate", "-f", "below"]).expect(0);
    insta::assert_snapshot!("no_folder", home.run(&["init", "-f", "nowhere/releases.toml"]).expect(1));
}
