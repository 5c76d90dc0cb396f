//! Holds the code against the house's plan: which room may know of which, and which rooms know nothing of the world.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Each module, and the modules of ours that it may name.
const ROOMS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("manifest", &["model"]),
    ("git", &["manifest", "model"]),
    ("http", &["model"]),
    ("github", &["http", "model"]),
    ("gitlab", &["http", "model"]),
    ("snapshot", &["gitlab", "model"]),
    ("plan", &["model"]),
    ("apply", &["plan", "gitlab", "model"]),
    ("report", &["plan", "model"]),
    ("import", &["model", "manifest", "github", "gitlab", "git"]),
    ("sandbox", &[]),
    ("ui", &["apply", "plan", "report"]),
    (
        "cli",
        &[
            "model", "manifest", "git", "github", "gitlab", "snapshot", "plan", "apply", "report", "import", "sandbox",
            "ui",
        ],
    ),
];

/// Modules that know no network, file, environment or clock, and what would give them away: paths, and words.
const PURE: &[&str] = &["model", "plan", "report"];
const WORLD: &[&str] = &[
    "tokio",
    "reqwest",
    "axum",
    "rusqlite",
    "std::fs",
    "std::env",
    "std::net",
    "std::io",
    "std::process",
    "std::os",
    "std::thread",
    "std::time::Instant",
    "std::time::SystemTime",
];
const CLOCK: &str = "::now(";

/// The only modules that may write to the process's streams, and the ways to do it.
const PRINTERS: &[&str] = &["ui"];
const PRINTING: &[&str] = &["println!", "print!(", "eprint", "io::stdout", "io::stderr", "dbg!"];

struct Source {
    path: PathBuf,
    room: String,
    code: String,
}

fn sources() -> Vec<Source> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![src.clone()];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let inside = path.strip_prefix(&src).unwrap();
                let room = inside.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs").to_owned();
                let text = fs::read_to_string(&path).unwrap();
                let code: Vec<_> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
                sources.push(Source { path: inside.to_owned(), room, code: code.join("\n") });
            }
        }
    }
    assert!(sources.len() > 30, "the walk through src found only {} files", sources.len());
    sources
}

/// Every path that `code` imports or writes out, `use a::{b, c::d}` taken apart.
fn paths(code: &str) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    let is_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    for word in code.split(|c| !is_path(c)).filter(|word| word.contains("::")) {
        paths.insert(word.to_owned());
    }
    for statement in code.split(';') {
        let tree = statement.rsplit_once("use ").map_or("", |(_, tree)| tree);
        let tree: String = tree.split(" as ").map(str::trim).collect::<Vec<_>>().join("=").split_whitespace().collect();
        expand("", &tree, &mut paths);
    }
    paths
}

/// Takes `a::{b,c::{d}}` apart.
fn expand(prefix: &str, tree: &str, paths: &mut BTreeSet<String>) {
    let Some((head, rest)) = tree.split_once('{') else {
        paths.insert(format!("{prefix}{tree}"));
        return;
    };
    let (mut depth, mut part) = (0, String::new());
    for c in rest.chars() {
        match c {
            ',' | '}' if depth == 0 => expand(&format!("{prefix}{head}"), &std::mem::take(&mut part), paths),
            _ => {
                depth += i32::from(c == '{') - i32::from(c == '}');
                part.push(c);
            }
        }
    }
}

/// The modules of ours that `code` names.
fn named(code: &str) -> BTreeSet<String> {
    let paths = paths(code);
    let inner = paths.iter().filter_map(|path| path.strip_prefix("crate::"));
    let names = inner.map(|path| path.split([':', '=']).next().unwrap_or_default().to_owned());
    names.filter(|name| !name.is_empty()).collect()
}

#[test]
fn rooms_name_only_the_rooms_they_may() {
    let rooms: BTreeSet<_> = ROOMS.iter().map(|(room, _)| *room).collect();
    for source in sources().iter().filter(|s| !["lib", "main"].contains(&s.room.as_str())) {
        let Some((room, allowed)) = ROOMS.iter().find(|(room, _)| *room == source.room) else {
            panic!("{} belongs to no room of the table", source.path.display());
        };
        for name in named(&source.code).iter().filter(|name| rooms.contains(name.as_str())) {
            assert!(
                name == room || allowed.contains(&name.as_str()),
                "{}: {room} must not know {name}",
                source.path.display()
            );
        }
    }
}

#[test]
fn pure_rooms_know_nothing_of_the_world() {
    for source in sources().iter().filter(|s| PURE.contains(&s.room.as_str())) {
        for path in paths(&source.code) {
            let known = WORLD.iter().find(|word| path.trim_start_matches(':').starts_with(**word));
            assert!(known.is_none(), "{}: {} must not know {path}", source.path.display(), source.room);
        }
        assert!(!source.code.contains(CLOCK), "{}: {} must not ask a clock", source.path.display(), source.room);
    }
}

#[test]
fn only_the_ui_prints() {
    for source in sources().iter().filter(|s| !PRINTERS.contains(&s.room.as_str())) {
        for word in PRINTING {
            assert!(!source.code.contains(word), "{}: only ui prints, not by {word}", source.path.display());
        }
    }
}

#[test]
fn no_room_is_left_by_super() {
    for source in sources() {
        let is_root = source.path.file_name().is_some_and(|name| name == "mod.rs");
        let depth = source.path.iter().count() - usize::from(is_root);
        let climbs = "super::".repeat(depth);
        assert!(!source.code.contains(&climbs), "{}: says `{climbs}`", source.path.display());
    }
}

#[test]
fn names_are_found_in_all_forms_of_use() {
    let code = "use crate::model::{A, B}; use crate::{plan, report::{self, text}, ui as u}; let x = crate::gitlab::Y;";
    assert_eq!(named(code).into_iter().collect::<Vec<_>>(), ["gitlab", "model", "plan", "report", "ui"]);
    let paths = paths("use std::{fs, env::{self, var}}; use tokio as t;");
    for path in ["std::fs", "std::env::self", "std::env::var", "tokio=t"] {
        assert!(paths.contains(path), "{path} is not in {paths:?}");
    }
}
