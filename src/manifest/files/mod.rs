//! Opens the files that a manifest names, and no others: regular files below the manifest's folder.
//!
//! A manifest may come from a stranger's merge request, and what it names gets published. So nothing outside the folder
//! is read, whether named by an absolute path, by `..` or through a symbolic link, and no answer tells whether something
//! outside exists. Devices and pipes, which could block or never end, are refused too.
//!
//! This is the one door to files, and where they are is decided behind it: on the disk ([`disk`]), or in a commit
//! ([`tree`]). Limits, patterns and errors are the same for both.

mod disk;
mod refusal;
mod tree;

pub(super) use refusal::Refusal;
pub use tree::{Node, Tree};

use disk::Disk;
use std::ffi::OsString;
use std::fs::File;
use std::path::{Component, Path, PathBuf};
use tree::Below;

/// How the text begins that Git LFS leaves in place of a file's.
pub(super) const LFS_POINTER: &[u8] = b"version https://git-lfs.github.com/spec/";

/// The manifest's folder.
pub(super) struct Folder<'a>(Place<'a>);

enum Place<'a> {
    Disk(Disk<'a>),
    Tree(Below<'a>),
}

impl<'a> Folder<'a> {
    /// The folder `path` on the disk.
    pub(super) fn on_disk(path: &'a Path) -> Self {
        Self(Place::Disk(Disk::new(path)))
    }

    /// The folder `path` of `tree`.
    pub(super) fn in_tree(tree: &'a dyn Tree, path: &'a Path) -> Self {
        Self(Place::Tree(Below::new(tree, path)))
    }

    /// The text of the file `name`, seen from the folder `from` in this one, if it has at most `limit` bytes.
    pub(super) fn read(&self, from: &Path, name: &Path, limit: usize) -> Result<String, Refusal> {
        let place = self.walk(&below(from, name)?)?;
        let bytes = self.read_real(&place, limit)?;
        if bytes.starts_with(LFS_POINTER) {
            return Err(Refusal::LfsPointer);
        }
        String::from_utf8(bytes).map_err(|error| Refusal::NotUtf8(error.utf8_error().valid_up_to()))
    }

    /// The regular file at the path `below` this folder, if it is on the disk.
    pub(super) fn open(&self, path: &Path) -> Result<File, Refusal> {
        let place = self.walk(&below(Path::new(""), path)?)?;
        match &self.0 {
            Place::Disk(_) => disk::open(&place),
            Place::Tree(_) => Err(Refusal::Missing),
        }
    }

    /// How many bytes the regular file at a real place has, if it is on the disk.
    pub(super) fn size(&self, place: &Path) -> Result<u64, Refusal> {
        match &self.0 {
            Place::Disk(_) => disk::size(place),
            Place::Tree(_) => Err(Refusal::Missing),
        }
    }

    /// The real place of a path below this folder, step by step.
    fn walk(&self, below: &Path) -> Result<PathBuf, Refusal> {
        let mut place = self.root()?.to_path_buf();
        for component in below {
            place.push(component);
            place = self.step(&place)?;
        }
        Ok(place)
    }

    /// What is in the regular file at a real place, if it has at most `limit` bytes.
    pub(super) fn read_real(&self, place: &Path, limit: usize) -> Result<Vec<u8>, Refusal> {
        let bytes = match &self.0 {
            Place::Disk(_) => disk::read(place, limit)?,
            Place::Tree(below) => below.read(place, limit)?,
        };
        if bytes.len() > limit { Err(Refusal::TooLarge(limit)) } else { Ok(bytes) }
    }

    /// The folder's real place.
    pub(super) fn root(&self) -> Result<&Path, Refusal> {
        match &self.0 {
            Place::Disk(disk) => disk.root(),
            Place::Tree(below) => Ok(below.root()),
        }
    }

    /// The real place of `place`, whose parent is real and in this folder. A symbolic link that can't be followed is taken
    /// for one that leads outside, as the difference would tell what exists there.
    pub(super) fn step(&self, place: &Path) -> Result<PathBuf, Refusal> {
        match &self.0 {
            Place::Disk(disk) => disk.step(place),
            Place::Tree(below) => below.step(place),
        }
    }

    /// Refuses what is no regular file at a real place.
    pub(super) fn check_regular(&self, place: &Path) -> Result<(), Refusal> {
        match &self.0 {
            Place::Disk(_) => disk::check_regular(place),
            Place::Tree(below) => below.check_regular(place),
        }
    }

    /// What is in the folder at a real place, and whether it is a folder itself; links are none. In no order.
    pub(super) fn entries(&self, place: &Path) -> Result<Vec<(OsString, bool)>, Refusal> {
        match &self.0 {
            Place::Disk(_) => disk::entries(place),
            Place::Tree(below) => below.entries(place),
        }
    }

    /// The real place of the manifest itself.
    pub(super) fn real(&self, manifest: &Path) -> PathBuf {
        let real = match &self.0 {
            Place::Disk(_) => manifest.canonicalize().ok(),
            Place::Tree(below) => below.step(manifest).ok(),
        };
        real.unwrap_or_else(|| manifest.to_owned())
    }
}

/// The path of `name`, seen from `from`: `.` and `..` worked out without asking what is there.
pub(super) fn below(from: &Path, name: &Path) -> Result<PathBuf, Refusal> {
    let mut below = from.to_path_buf();
    for component in name.components() {
        match component {
            Component::Normal(name) => below.push(name),
            Component::CurDir => {}
            Component::ParentDir if below.pop() => {}
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return Err(Refusal::Outside),
        }
    }
    Ok(below)
}
