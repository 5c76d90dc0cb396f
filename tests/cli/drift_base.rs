//! `relsync drift --base`: how the manifest of another commit is read, and what git is asked.

use crate::drift::{MANIFEST, applied, committed, only_read, put};
use crate::support::{commit, git};
use serde_json::json;
use std::fmt::Write as _;
use std::process::Command;

#[test]
fn a_commit_that_is_not_there_is_said_how_to_get() {
    let (_server, home) = committed();
    let base = git(home.path(), &["rev-parse", "HEAD"]);
    commit(home.path());
    let url = format!("file://{}", home.path().display());
    git(home.path(), &["clone", "--quiet", "--depth", "1", &url, "shallow"]);
    let args = ["drift", "-f", "shallow/releases.toml", "--base"];
    let run = home.run(&[&args[..], &[&base]].concat()).expect(1);
    assert!(run.stderr.contains(&format!("there is no commit `{base}` in this shallow clone")), "{run}");
    let shown = run.to_string().replace(['\n', '│'], " ").split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(shown.contains(&format!("`git fetch origin {base} --depth=1`")) && shown.contains("GIT_DEPTH: 0"), "{run}");
    git(&home.path().join("shallow"), &["fetch", "--quiet", "origin", &base, "--depth=1"]);
    home.run(&[&args[..], &[&base]].concat()).expect(0);
    for (name, rev) in [("branch", "origin/nowhere"), ("name", "nowhere"), ("words", "no where"), ("nothing", "")] {
        insta::assert_snapshot!(format!("no_{name}"), home.run(&["drift", &format!("--base={rev}")]).expect(1));
    }
}

#[test]
fn a_ref_is_never_an_option() {
    let (_server, home) = committed();
    insta::assert_snapshot!("an_option", home.run(&["drift", "--base=-x"]).expect(1));
    let out = home.path().join("out");
    home.run(&["drift", &format!("--base=--output={}", out.display())]).expect(1);
    assert!(!out.exists());
    home.run(&["drift", "--base=--git-dir"]).expect(1);
}

#[test]
fn all_that_a_manifest_names_is_read_at_the_base_whatever_is_in_the_work_tree() {
    let (server, home) = committed();
    home.manifest("include = [\"more/*.toml\"]\n");
    home.write(
        "releases.toml",
        "version = 1\ninclude = [\"more/*.toml\", \"**/deep.toml\"]\n[project]\npath = \"root/awesome-app\"\n",
    );
    home.write(
        "more/a.toml",
        "[[releases]]\ntag_name = \"v1.0\"\nname = \"One\"\nchangelog = \"../docs/CHANGES.md\"\n",
    );
    home.write("more/b.toml", "include = [\"nested/?.toml\"]\n[[releases]]\ntag_name = \"v1.1\"\nname = \"One one\"\n");
    home.write(
        "more/nested/c.toml",
        "[[releases]]\ntag_name = \"v1.2\"\ndescription_file = \"../../linked/v1.2.md\"\n",
    );
    home.write("a/b/deep.toml", "[[releases]]\ntag_name = \"v1.3\"\ndescription_file = \"note.md\"\n");
    std::os::unix::fs::symlink("notes", home.path().join("linked")).unwrap();
    std::os::unix::fs::symlink("../../linked/../notes/v1.2.md", home.path().join("a/b/note.md")).unwrap();
    home.write("docs/CHANGES.md", "# Changes\n\n## 1.0\n\nFirst line\n\nLast line\n");
    home.write(".gitattributes", "* filter=evil diff=evil eol=crlf\n");
    home.run(&["apply", "--yes"]).expect(0);
    commit(home.path());
    let trap = tempfile::tempdir().unwrap();
    let evil = format!("touch {}; cat", trap.path().join("sprung").display());
    for key in ["filter.evil.smudge", "filter.evil.clean", "core.fsmonitor", "diff.evil.textconv"] {
        git(home.path(), &["config", key, &evil]);
    }
    for gone in ["more/a.toml", "docs/CHANGES.md", "a/b/deep.toml", "a/b/note.md", "linked", "more/nested/c.toml"] {
        std::fs::remove_file(home.path().join(gone)).unwrap();
    }
    home.write("notes/v1.2.md", "Dirty");
    home.write("untracked.md", "Untracked");
    home.write("releases.toml", "version = 1\n[project]\npath = \"root/awesome-app\"\n");
    let status = || git(home.path(), &["--no-optional-locks", "-c", "core.fsmonitor=false", "status", "--porcelain"]);
    let index = || std::fs::metadata(home.path().join(".git/index")).unwrap().modified().unwrap();
    let before = (status(), index());
    let _ = std::fs::remove_file(trap.path().join("sprung"));
    insta::assert_snapshot!("nothing_left_here", home.run(&["drift", "--base", "HEAD"]).expect(0));
    assert!(!trap.path().join("sprung").exists(), "a filter or hook was run");
    assert_eq!((status(), index()), before);
    put(&server, "/releases/v1.3", &json!({ "description": "By hand" }));
    insta::assert_snapshot!("by_hand_meanwhile", home.run(&["drift", "--base", "HEAD"]).expect(2));
}

#[test]
fn links_out_of_the_folder_are_refused_at_the_base_too() {
    let (_server, home) = committed();
    let app = home.path().join("app");
    let entry = |n: usize, file: &str| format!("[[releases]]\ntag_name = \"v1.{n}\"\ndescription_file = \"{file}\"\n");
    let files =
        ["out.md", "rooted.md", "nowhere.md", "round.md", "dir/v1.2.md", "sub/x.md", "sub", "pointer.md", "fine.md"];
    let entries: String = files.iter().enumerate().map(|(n, file)| entry(n, file)).collect();
    home.write(
        "app/releases.toml",
        &format!(
            "version = 1\ninclude = [\"*/x.toml\", \"inc.toml\"]\n[project]\npath = \"root/awesome-app\"\n{entries}"
        ),
    );
    let link = |name: &str, to: &str| std::os::unix::fs::symlink(to, app.join(name)).unwrap();
    link("out.md", "../notes/v1.2.md");
    link("rooted.md", "/etc/passwd");
    link("nowhere.md", "nowhere-at-all.md");
    link("round.md", "round.md");
    link("dir", "../notes");
    link("inc.toml", "../releases.toml");
    link("fine.md", "../app/real.md");
    home.write("app/real.md", "Fine");
    home.write("app/pointer.md", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n");
    let sha = git(home.path(), &["rev-parse", "HEAD"]);
    git(home.path(), &["add", "--all"]);
    git(home.path(), &["update-index", "--add", "--cacheinfo", &format!("160000,{sha},app/sub")]);
    git(home.path(), &["commit", "--quiet", "--message", "x"]);
    home.write("app/releases.toml", "version = 1\n[project]\npath = \"root/awesome-app\"\n");
    insta::assert_snapshot!("links_out", home.run(&["drift", "-f", "app", "--base", "HEAD"]).expect(1));
    // The manifest's own file.
    std::fs::remove_file(app.join("releases.toml")).unwrap();
    link("releases.toml", "../releases.toml");
    commit(home.path());
    std::fs::remove_file(app.join("releases.toml")).unwrap();
    home.write("app/releases.toml", "version = 1\n[project]\npath = \"root/awesome-app\"\n");
    insta::assert_snapshot!("manifest_links_out", home.run(&["drift", "-f", "app", "--base", "HEAD"]).expect(1));
}

#[test]
fn a_manifest_that_is_wrong_at_the_base_is_underlined_there() {
    let (_server, home) = committed();
    home.write("more/x.toml", "[[releases]]\ntag_name = \"v 1\"\n");
    home.manifest("nmae = 1\n");
    home.write("releases.toml", "version = 1\ninclude = [\"more/*\"]\nnmae = 1\n");
    git(home.path(), &["checkout", "--quiet", "-b", "bad"]);
    commit(home.path());
    home.manifest(MANIFEST);
    insta::assert_snapshot!("wrong_at_base", home.run(&["drift", "--base", "bad"]).expect(1));
}

#[test]
fn a_manifest_that_is_new_is_all_change() {
    let (server, home) = committed();
    home.write(
        "app/releases.toml",
        &format!("version = 1\n[project]\npath = \"root/awesome-app\"\n{MANIFEST}")
            .replace("notes/", "")
            .replace("\"One\"", "\"Uno\""),
    );
    home.write("app/v1.2.md", "# Notes\n\n- of one two\n");
    insta::assert_snapshot!("new_manifest", home.run(&["drift", "-f", "app", "--base", "main"]).expect(0));
    // Another project's is none of this one's.
    home.write(
        "app/releases.toml",
        "version = 1\n[project]\npath = \"root/other-app\"\n[[releases]]\ntag_name = \"v9\"\n",
    );
    commit(home.path());
    home.write(
        "app/releases.toml",
        "version = 1\n[project]\npath = \"root/awesome-app\"\n[[releases]]\ntag_name = \"v1.0\"\n",
    );
    let run = home.run(&["drift", "-f", "app", "--base", "HEAD"]).expect(0);
    assert!(run.stdout.contains("There is no HEAD:app/releases.toml for root/awesome-app"), "{run}");
    only_read(&server);
}

#[test]
fn without_git_it_is_said_what_to_do() {
    let (_server, home) = applied();
    insta::assert_snapshot!("no_repository", home.run(&["drift", "--base", "main"]).expect(1));
    git(home.path(), &["init", "--quiet", "--initial-branch", "main"]);
    commit(home.path());
    let home = home.env("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1");
    insta::assert_snapshot!("somebody_elses", home.run(&["drift", "--base", "main"]).expect(1));
    let home = home.env("PATH", "/nowhere");
    insta::assert_snapshot!("no_git", home.run(&["drift", "--base", "main"]).expect(1));
}

/// As in a clone that fetches objects when they are needed, but can't. That is not as if the files were not there.
#[test]
fn objects_that_are_missing_are_no_missing_files() {
    for (name, path) in [("notes", "notes/v1.2.md"), ("manifest", "releases.toml"), ("folder", "notes")] {
        let (_server, home) = committed();
        let id = git(home.path(), &["rev-parse", &format!("HEAD:{path}")]);
        std::fs::remove_file(home.path().join(format!(".git/objects/{}/{}", &id[..2], &id[2..]))).unwrap();
        insta::assert_snapshot!(format!("missing_{name}"), home.run(&["drift", "--base", "HEAD"]).expect(1));
    }
}

/// A hook's environment, and one that would have objects replaced.
#[test]
fn the_environment_leads_to_no_other_repository() {
    let (_server, home) = committed();
    let other = tempfile::tempdir().unwrap();
    git(other.path(), &["init", "--quiet"]);
    home.manifest(&MANIFEST.replace("\"One\"", "\"Uno\""));
    let first = git(home.path(), &["rev-parse", "HEAD"]);
    let second = commit(home.path());
    git(home.path(), &["replace", &first, &second]);
    let elsewhere = other.path().join(".git").display().to_string();
    let home = home.env("GIT_DIR", &elsewhere).env("GIT_INDEX_FILE", "nowhere");
    let run = home.run(&["drift", "--base", &first]).expect(0);
    assert!(run.stdout.contains("\"One\" → \"Uno\""), "{run}");
}

#[test]
fn many_notes_take_few_processes() {
    let (_server, home) = committed();
    let mut manifest = MANIFEST.to_owned();
    for n in 0..300 {
        home.write(&format!("notes/{n}.md"), &format!("Notes {n}"));
        write!(manifest, "[[releases]]\ntag_name = \"n{n}\"\nref = \"main\"\ndescription_file = \"notes/{n}.md\"\n")
            .unwrap();
    }
    home.manifest(&manifest);
    commit(home.path());
    // In the place of git, one that counts itself.
    let real = String::from_utf8(Command::new("sh").args(["-c", "command -v git"]).output().unwrap().stdout).unwrap();
    home.write(
        "bin/git",
        &format!("#!/bin/sh\necho run >> {}/runs\nexec {} \"$@\"\n", home.path().display(), real.trim()),
    );
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(home.path().join("bin/git"), mode).unwrap();
    let bin = home.path().join("bin").display().to_string();
    let home = home.env("PATH", &bin);
    let run = home.run(&["drift", "--base", "HEAD"]).expect(2);
    assert!(run.stdout.contains("release n299 is missing in GitLab"), "{run}");
    assert_eq!(std::fs::read_to_string(home.path().join("runs")).unwrap().lines().count(), 3);
}
