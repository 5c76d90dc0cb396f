//! A manifest that is read from a tree, such as a commit, is read as from the disk: by the same rules, with the same errors.
#![cfg(unix)]

use crate::render::render;
use proptest::prelude::*;
use relsync::manifest::{self, Manifest, ManifestError, Node, Tree};
use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, io};
use tempfile::TempDir;

/// A folder on the disk, told of as git would tell of it.
struct Told(PathBuf);

impl Tree for Told {
    fn label(&self) -> String {
        "main:".to_owned()
    }

    fn node(&self, path: &Path) -> io::Result<Option<Node>> {
        let kind = match self.0.join(path).symlink_metadata() {
            Ok(metadata) => metadata.file_type(),
            Err(_) => return Ok(None),
        };
        assert!(self.leads_through_no_link(path), "{} was asked for", path.display());
        Ok(Some(node(kind)))
    }

    fn entries(&self, path: &Path) -> io::Result<Vec<(OsString, Node)>> {
        assert!(self.leads_through_no_link(path), "{} was asked for", path.display());
        let entries = fs::read_dir(self.0.join(path))?;
        entries.map(|entry| entry.and_then(|entry| Ok((entry.file_name(), node(entry.file_type()?))))).collect()
    }

    fn read(&self, path: &Path, limit: usize) -> io::Result<Vec<u8>> {
        let whole = self.0.join(path);
        let mut bytes = match self.node(path)? {
            Some(Node::Link) => fs::read_link(whole)?.into_os_string().into_encoded_bytes(),
            _ => fs::read(whole)?,
        };
        bytes.truncate(limit + 1);
        Ok(bytes)
    }
}

impl Told {
    fn leads_through_no_link(&self, path: &Path) -> bool {
        path.ancestors().skip(1).all(|above| !self.0.join(above).symlink_metadata().unwrap().is_symlink())
    }
}

fn node(kind: fs::FileType) -> Node {
    if kind.is_symlink() {
        Node::Link
    } else if kind.is_dir() {
        Node::Folder
    } else {
        Node::File
    }
}

/// A manifest's folder among others, each below one that is told of.
struct World(TempDir);

impl World {
    fn new() -> Self {
        let world = Self(TempDir::new().unwrap());
        for folder in ["in", "out"] {
            fs::create_dir(world.0.path().join(folder)).unwrap();
        }
        world.write("out/x", "[[releases]]\ntag_name = \"secret\"\n");
        world
    }

    fn write(&self, path: &str, text: &str) {
        fs::write(self.0.path().join(path), text).unwrap();
    }

    fn on_disk(&self) -> String {
        let shown = shown(manifest::load(&self.0.path().join("in/releases.toml")));
        shown.replace(&format!("{}/", self.0.path().display()), "main:")
    }

    fn in_tree(&self) -> String {
        let read = manifest::load_of_tree(&Told(self.0.path().to_owned()), Path::new("in/releases.toml"));
        read.map(Option::unwrap).map_or_else(|error| shown(Err(error)), |manifest| shown(Ok(manifest)))
    }
}

/// All that a manifest says, or what is wrong with it.
fn shown(read: Result<Manifest, ManifestError>) -> String {
    match read {
        Ok(Manifest { path: _, project: _, url: _, desired }) => {
            format!("{:?}\n{:#?}", desired.files, desired.releases)
        }
        Err(error) => render(Err(error)),
    }
}

/// Something below the manifest's folder, by few names so that links meet.
#[derive(Debug, Clone)]
enum Thing {
    File,
    Folder,
    Link(String),
}

fn path() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(vec!["a", "b", "x", "x", "..", "."]), 1..4)
        .prop_map(|names| names.join("/"))
}

fn thing() -> impl Strategy<Value = (String, Thing)> {
    let target = prop_oneof![6 => path(), 1 => Just("../out/x".to_owned()), 1 => Just("../in/x".to_owned()), 1 => Just("/etc/passwd".to_owned())];
    let what = prop_oneof![2 => Just(Thing::File), 3 => Just(Thing::Folder), 3 => target.prop_map(Thing::Link)];
    let place =
        prop::collection::vec(prop::sample::select(vec!["a", "b", "x"]), 1..4).prop_map(|names| names.join("/"));
    (place, what)
}

fn pattern() -> impl Strategy<Value = String> {
    let names = vec!["a", "b", "x", "*", "**", "[ab]", "..", "."];
    prop::collection::vec(prop::sample::select(names), 1..4).prop_map(|names| names.join("/"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_tree_is_read_as_the_disk_is(
        things in prop::collection::vec(thing(), 0..12),
        patterns in prop::collection::vec(pattern(), 0..3),
        files in prop::collection::vec(path(), 0..3),
    ) {
        let world = World::new();
        for (nth, (place, what)) in things.iter().enumerate() {
            let whole = format!("in/{place}");
            // A link that is there already could lead out of here.
            let place = world.0.path().join(&whole);
            let is_plain = |above: &Path| !above.symlink_metadata().is_ok_and(|metadata| metadata.is_symlink());
            if !place.ancestors().skip(1).all(is_plain) || place.symlink_metadata().is_ok() {
                continue;
            }
            let above = fs::create_dir_all(place.parent().unwrap());
            let _ = above.and_then(|()| match what {
                Thing::File => fs::write(place, format!("[[releases]]\ntag_name = \"r{nth}\"\n")),
                Thing::Folder => fs::create_dir(place),
                Thing::Link(to) => std::os::unix::fs::symlink(to, place),
            });
        }
        let mut text = format!("version = 1\ninclude = {patterns:?}\n");
        for (nth, file) in files.iter().enumerate() {
            write!(text, "[[releases]]\ntag_name = \"n{nth}\"\ndescription_file = \"{file}\"\n").unwrap();
        }
        world.write("in/releases.toml", &text);
        prop_assert_eq!(world.in_tree(), world.on_disk());
    }
}

#[test]
fn a_tree_without_the_manifest_has_none() {
    let world = World::new();
    let load = |path: &str| manifest::load_of_tree(&Told(world.0.path().to_owned()), Path::new(path));
    assert!(load("in/releases.toml").unwrap().is_none());
    assert!(load("releases.toml").unwrap().is_none());
    assert!(load("nowhere/at/all/releases.toml").unwrap().is_none());
    let refused = |path: &str| render(load(path).map(Option::unwrap));
    insta::assert_snapshot!("a_folder", refused("in"));
    world.write("in/latin1.toml", "");
    fs::write(world.0.path().join("in/latin1.toml"), b"# caf\xe9\n").unwrap();
    insta::assert_snapshot!("no_text", refused("in/latin1.toml"));
}

/// On the disk, too.
#[test]
fn a_pointer_is_no_text() {
    let world = World::new();
    world.write("in/releases.toml", "version = 1\n[[releases]]\ntag_name = \"v1\"\ndescription_file = \"x\"\n");
    world.write("in/x", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n");
    assert_eq!(world.in_tree(), world.on_disk());
    insta::assert_snapshot!("a_pointer", world.on_disk());
}
