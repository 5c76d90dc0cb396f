//! What the README shows is true: its manifests validate, its commands run.

use crate::download;
use crate::github_server::{Github, PAGES};
use crate::import_changelog;
use crate::support::{Home, Server, commit, git, relsync};
use std::path::Path;

/// The README's blocks of one language, in order.
fn blocks(language: &str) -> Vec<String> {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let mut blocks = Vec::new();
    for part in text.split("\n```").skip(1).step_by(2) {
        let (name, block) = part.split_once('\n').unwrap();
        if name == language {
            blocks.push(block.to_owned());
        }
    }
    assert!(!blocks.is_empty(), "the README shows no {language}");
    blocks
}

/// The words after `relsync` of each command in `text`, comments left out.
fn commands(text: &str) -> Vec<Vec<String>> {
    let code = |line: &str| line.split(" #").next().unwrap_or_default().trim().trim_start_matches("- ").to_owned();
    // A shell would take the quotes off.
    let word = |word: &str| word.trim_matches('\'').to_owned();
    let words = |line: String| Some(line.strip_prefix("relsync ")?.split_whitespace().map(word).collect());
    text.lines().map(code).filter_map(words).collect()
}

/// A folder with the README's first manifest and the files that it and the commands speak of.
fn home(server: &Server) -> Home {
    let home = Home::with_server(server, "sandbox-maintainer").env("CI_PROJECT_PATH", "root/awesome-app");
    home.write("releases.toml", &blocks("toml")[0]);
    home.write("notes/v1.2.0.md", "## Notes\n");
    home.write("dist/1.2.0/app-linux-amd64.tar.gz", "an archive");
    home.write("releases/1.x.toml", "[[releases]]\ntag_name = \"v1.1.0\"\n");
    home.write("CHANGELOG.md", "# Changelog\n\n## [1.3.0] - 2026-02-01\n\n- More.\n\n## v1.1.0\n\n- Less.\n");
    home.write("seed.toml", &seeds()[0]);
    home.write("fleet.toml", "version = 1\n[[projects]]\npath = \"root/awesome-app\"\n");
    home
}

/// The README's seed files.
fn seeds() -> Vec<String> {
    // A fleet's manifest looks the same, but for its version.
    blocks("toml")
        .into_iter()
        .filter(|block| block.contains("[[projects]]") && !block.contains("version = 1"))
        .collect()
}

#[test]
fn manifests_validate() {
    let server = Server::start();
    let home = home(&server);
    let blocks = blocks("toml");
    for block in blocks.iter().filter(|block| block.contains("version = 1")) {
        home.write("releases.toml", block);
        home.run(&["validate"]).expect(0);
    }
    for seed in seeds() {
        home.write("seed.toml", &seed);
        home.run(&["sandbox", "reset", "--seed", "seed.toml"]).expect(0);
    }
}

/// `tests/ci/run` runs them there.
#[test]
fn pipelines_are_those_of_the_example() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/ci");
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<String> = paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "yml"))
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    for block in blocks("yaml") {
        assert!(files.iter().any(|file| file.starts_with(&block)), "no file in examples/ci begins with\n{block}");
    }
}

#[test]
fn commands_run() {
    let server = Server::start();
    let home = home(&server);
    git(home.path(), &["init", "--quiet"]);
    commit(home.path());
    git(home.path(), &["update-ref", "refs/remotes/origin/main", "HEAD"]);
    let commands: Vec<_> = blocks("sh").iter().chain(&blocks("yaml")).flat_map(|block| commands(block)).collect();
    assert!(commands.len() > 5, "found only {commands:?}");
    let repository = import_changelog::home();
    repository.write("CHANGELOG.md", import_changelog::LOG);
    import_changelog::repository(repository.path());
    let github = Github::start();
    let migrating = Home::new().env("GITHUB_SERVER_URL", &github.api.url);
    migrating.write("releases.json", &PAGES.concat());
    let (_host, _downloads, downloading) = download::readme();
    for command in commands {
        // The sandbox has another group.
        let word = |word: &'_ String| if word == "acme" { "root".to_owned() } else { word.clone() };
        let command: Vec<String> = command.iter().map(word).collect();
        let args: Vec<_> = command.iter().map(String::as_str).collect();
        if args.starts_with(&["sandbox", "serve"]) {
            continue; // Doesn't end; every test here starts one.
        }
        // It begins where there is no manifest yet.
        let elsewhere = (args == ["init"]).then(Home::new);
        let is_history = ["changelog", "tags"].iter().any(|source| args.starts_with(&["import", source]));
        let here = match args.as_slice() {
            ["download" | "show", ..] => &downloading,
            ["import", "github", ..] => &migrating,
            _ if is_history => &repository,
            _ => &home,
        };
        let run = elsewhere.as_ref().unwrap_or(here).run(&args);
        let may_differ = args.contains(&"--detailed-exitcode") || args.starts_with(&["drift"]);
        let differs = may_differ && run.code == Some(2);
        assert!(run.code == Some(0) || differs, "{args:?}\n{run}");
    }
}

#[test]
fn the_first_command_is_the_main_job() {
    let first = blocks("sh")[0].lines().next().unwrap().to_owned();
    let args = first.strip_prefix("cargo run -- ").unwrap_or_else(|| panic!("it is {first}"));
    let folder = tempfile::tempdir().unwrap();
    // In the README it runs where the examples are; here its state must not land there.
    let sandbox = format!("--sandbox={}", folder.path().display());
    let args: Vec<_> =
        args.split_whitespace().map(|arg| if arg == "--sandbox" { sandbox.as_str() } else { arg }).collect();
    for says in ["Done: ", "Nothing needs to change"] {
        let output = relsync(&args).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
        let stdout = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && stdout.contains(says), "{stdout}");
    }
}
