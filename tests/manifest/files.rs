//! The files a manifest names, and the manifest's own file.

use crate::render::render;
use insta::assert_snapshot;
use relsync::manifest;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// A folder with a manifest whose releases take their notes from `files`, beside a folder it must not look into.
struct World(TempDir);

impl World {
    fn new(files: &[&str]) -> Self {
        let world = Self(TempDir::new().unwrap());
        for folder in ["inside/notes", "outside"] {
            fs::create_dir_all(world.0.path().join(folder)).unwrap();
        }
        fs::write(world.0.path().join("outside/secret.md"), "secret").unwrap();
        let mut text = "version = 1\n".to_owned();
        for (index, file) in files.iter().enumerate() {
            let _ = write!(text, "[[releases]]\ntag_name = \"v{index}\"\ndescription_file = '{file}'\n");
        }
        world.write("releases.toml", text);
        world
    }

    fn inside(&self) -> std::path::PathBuf {
        self.0.path().join("inside")
    }

    fn write(&self, file: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.inside().join(file), bytes).unwrap();
    }

    fn load(&self) -> String {
        self.load_as("releases.toml")
    }

    fn load_as(&self, name: &str) -> String {
        let shown = render(manifest::load(&self.inside().join(name)));
        shown.replace(&*self.0.path().to_string_lossy(), "…")
    }
}

#[test]
fn notes_come_from_files_below_the_manifest() {
    let world = World::new(&["notes/one.md", "./notes/../notes/one.md", "empty.md"]);
    world.write("notes/one.md", "\u{feff}# One\r\n\r\n- a\r\n");
    world.write("empty.md", "");
    let manifest = manifest::load(&world.inside().join("releases.toml")).unwrap();
    let notes: Vec<_> = manifest.desired.releases.iter().map(|r| r.description.as_ref().unwrap().as_str()).collect();
    assert_eq!(notes, ["# One\n\n- a", "# One\n\n- a", ""]);
}

#[test]
fn files_that_can_not_be_notes() {
    let world = World::new(&["missing.md", "notes", "releases.toml/x.md", "binary.md", "nul.md", "long.md", " ", ""]);
    world.write("binary.md", b"abc\xff\xfe");
    world.write("nul.md", "a\0b");
    world.write("long.md", "x".repeat((1 << 20) + 1));
    assert_snapshot!(world.load());
}

#[test]
fn nothing_outside_the_folder_is_read_or_revealed() {
    let there = World::new(&["../outside/secret.md", "/etc/passwd", "notes/../../outside/secret.md"]);
    assert_snapshot!(there.load());
    let not_there = World::new(&["../outside/nowhere", "/etc/nowhere", "notes/../../outside/nowhere"]);
    // But for the names themselves and what is drawn around them.
    let words = |shown: String| -> String {
        let shown = shown.replace("outside/secret.md", "FILE").replace("outside/nowhere", "FILE");
        let shown = shown.replace("/etc/passwd", "FILE").replace("/etc/nowhere", "FILE");
        shown.chars().filter(|c| c.is_alphanumeric()).collect()
    };
    assert_eq!(words(there.load()), words(not_there.load()));
}

#[test]
fn what_is_gits_own_is_not_published() {
    let world = World::new(&[".git/config", "notes/../.git/config", "linked.md"]);
    fs::create_dir(world.inside().join(".git")).unwrap();
    world.write(".git/config", "url = https://gitlab-ci-token:secret@gitlab.example.com/a/b.git");
    #[cfg(unix)]
    std::os::unix::fs::symlink(".git/config", world.inside().join("linked.md")).unwrap();
    assert_snapshot!(world.load());
}

#[cfg(unix)]
#[test]
fn links_out_of_the_folder_are_not_followed() {
    use std::os::unix::fs::symlink;
    let files = ["out.md", "dangling.md", "dir/secret.md", "dir/nowhere.md", "loop.md", "fine.md"];
    let world = World::new(&files);
    let inside = world.inside();
    symlink("../outside/secret.md", inside.join("out.md")).unwrap();
    symlink("../outside/nowhere.md", inside.join("dangling.md")).unwrap();
    symlink(world.0.path().join("outside"), inside.join("dir")).unwrap();
    symlink("loop.md", inside.join("loop.md")).unwrap();
    world.write("notes/fine.md", "fine");
    symlink("notes/fine.md", inside.join("fine.md")).unwrap();
    assert_snapshot!(world.load());
}

#[cfg(unix)]
#[test]
fn a_manifest_in_a_linked_folder_is_fine() {
    let world = World::new(&["notes/one.md"]);
    world.write("notes/one.md", "one");
    std::os::unix::fs::symlink(world.inside(), world.0.path().join("linked")).unwrap();
    assert_eq!(render(manifest::load(&world.0.path().join("linked/releases.toml"))), "taken\n");
}

#[cfg(unix)]
#[test]
fn pipes_and_devices_are_not_opened() {
    let world = World::new(&["pipe"]);
    let made = std::process::Command::new("mkfifo").arg(world.inside().join("pipe")).status().unwrap();
    assert!(made.success());
    assert_snapshot!(world.load());
}

#[test]
fn the_manifest_itself_can_not_be_read() {
    let world = World::new(&[]);
    assert_snapshot!(world.load_as("nowhere.toml"));
    assert_snapshot!(world.load_as(""));
    world.write("latin1.toml", b"version = 1\n# caf\xe9\n");
    assert_snapshot!(world.load_as("latin1.toml"));
}

#[cfg(unix)]
#[test]
fn a_manifest_that_links_out_of_its_folder_is_not_read() {
    let world = World::new(&[]);
    std::os::unix::fs::symlink("/proc/self/environ", world.inside().join("evil.toml")).unwrap();
    assert_snapshot!(world.load_as("evil.toml"));
    std::os::unix::fs::symlink("releases.toml", world.inside().join("good.toml")).unwrap();
    assert_eq!(world.load_as("good.toml"), "taken\n");
}

#[test]
fn a_bare_file_name_is_in_the_current_folder() {
    assert!(manifest::load(Path::new("no-such-manifest.toml")).is_err());
    let shown = render(manifest::parse(
        Path::new("releases.toml"),
        "version = 1\n[[releases]]\ntag_name = \"v1\"\ndescription_file = \"README-that-is-not-there.md\"\n",
    ));
    assert!(shown.contains("no such file"), "{shown}");
}

#[test]
fn checksums_of_no_files_are_none() {
    let world = World::new(&[]);
    let text = "version = 1\n[[releases]]\ntag_name = \"v1\"\nchecksums = true\n[[releases]]\ntag_name = \"v2\"\n\
                checksums = true\nfiles = []\n[[releases]]\ntag_name = \"v3\"\nchecksums = false\n";
    world.write("releases.toml", text);
    assert_snapshot!(world.load());
    let by_default = "version = 1\n[defaults]\nchecksums = true\n[[releases]]\ntag_name = \"v1\"\n";
    world.write("releases.toml", by_default);
    assert!(manifest::load(&world.inside().join("releases.toml")).is_ok());
    let files = "[[defaults.files]]\npath = \"releases.toml\"\n[[releases]]\ntag_name = \"v1\"\nchecksums = true\n";
    world.write("releases.toml", format!("version = 1\n{files}"));
    assert!(manifest::load(&world.inside().join("releases.toml")).is_ok());
}
