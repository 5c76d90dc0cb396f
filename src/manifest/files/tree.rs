//! The manifest's folder in something that isn't on the disk, such as a commit: [`Tree`] tells what is there, and here are
//! the rules that a disk's system would keep.

use super::Refusal;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

/// Links followed on the way to one file; more go round in circles.
const MOST_LINKS: usize = 40;
/// The longest path that a link leads to.
const LONGEST_TARGET: usize = 4096;

/// Files and folders below one root, such as those of a commit. All paths are seen from that root.
pub trait Tree {
    /// What stands before a path for people to know where it is, such as `main:`.
    fn label(&self) -> String;

    /// What is at a path that leads through no link, if anything is there.
    ///
    /// # Errors
    /// When the tree can't be read.
    fn node(&self, path: &Path) -> io::Result<Option<Node>>;

    /// What is in the folder at a path that leads through no link.
    ///
    /// # Errors
    /// When the tree can't be read, or there is no such folder.
    fn entries(&self, path: &Path) -> io::Result<Vec<(OsString, Node)>>;

    /// What is in the file at a path that leads through no link, or where the link at it leads; of more than `limit`
    /// bytes only the first `limit` and one more.
    ///
    /// # Errors
    /// When the tree can't be read, or there is neither a file nor a link.
    fn read(&self, path: &Path, limit: usize) -> io::Result<Vec<u8>>;
}

/// What a path of a [`Tree`] leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Node {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// A commit of another repository, whose files are not in this one.
    Submodule,
}

/// A tree's folder.
pub(super) struct Below<'a> {
    tree: &'a dyn Tree,
    root: &'a Path,
}

impl<'a> Below<'a> {
    pub(super) fn new(tree: &'a dyn Tree, root: &'a Path) -> Self {
        Self { tree, root }
    }

    pub(super) fn root(&self) -> &Path {
        self.root
    }

    pub(super) fn step(&self, place: &Path) -> Result<PathBuf, Refusal> {
        match self.tree.node(place)? {
            None if place.parent().map(|above| self.tree.node(above)).transpose()?.flatten()
                == Some(Node::Submodule) =>
            {
                Err(Refusal::NotAFile("in a submodule, whose files only the disk has"))
            }
            None => Err(Refusal::Missing),
            Some(Node::Link) => self.follow(place)?.filter(|real| real.starts_with(self.root)).ok_or(Refusal::Link),
            Some(Node::File | Node::Folder | Node::Submodule) => Ok(place.to_owned()),
        }
    }

    /// Where a link leads in the end, if that is somewhere in the tree.
    fn follow(&self, link: &Path) -> Result<Option<PathBuf>, Refusal> {
        let mut real = link.parent().unwrap_or(Path::new("")).to_owned();
        // The names still to go, the next one last.
        let mut names = vec![link.file_name().unwrap_or_default().to_owned()];
        let mut links = 0;
        while let Some(name) = names.pop() {
            if name == "." {
                continue;
            }
            if name == ".." {
                if !real.pop() {
                    return Ok(None);
                }
                continue;
            }
            let place = real.join(&name);
            match self.tree.node(&place)? {
                Some(Node::Link) => {
                    links += 1;
                    let target = self.tree.read(&place, LONGEST_TARGET)?;
                    let target = String::from_utf8(target).ok().filter(|target| target.len() <= LONGEST_TARGET);
                    match target.as_deref().and_then(self::names) {
                        Some(more) if links <= MOST_LINKS => names.extend(more),
                        _ => return Ok(None),
                    }
                }
                Some(Node::Folder) => real = place,
                Some(Node::File | Node::Submodule) if names.is_empty() => real = place,
                Some(Node::File | Node::Submodule) | None => return Ok(None),
            }
        }
        Ok(Some(real))
    }

    pub(super) fn check_regular(&self, place: &Path) -> Result<(), Refusal> {
        // The root of all has no name to be looked up by.
        let node = if place.as_os_str().is_empty() { Some(Node::Folder) } else { self.tree.node(place)? };
        match node {
            Some(Node::File) => Ok(()),
            Some(Node::Folder) => Err(Refusal::NotAFile("a directory")),
            Some(Node::Submodule) => Err(Refusal::NotAFile("a submodule")),
            // No real place.
            Some(Node::Link) => Err(Refusal::Link),
            None => Err(Refusal::Missing),
        }
    }

    pub(super) fn read(&self, place: &Path, limit: usize) -> Result<Vec<u8>, Refusal> {
        self.check_regular(place)?;
        Ok(self.tree.read(place, limit)?)
    }

    pub(super) fn entries(&self, place: &Path) -> Result<Vec<(OsString, bool)>, Refusal> {
        let entries = self.tree.entries(place)?;
        Ok(entries.into_iter().map(|(name, node)| (name, node == Node::Folder)).collect())
    }
}

/// The names that a link's target is made of, the first one last; none for one that starts elsewhere. What stands for the
/// folder itself stays, at the end too: `x/.` and `x/` are nothing if `x` is a file.
fn names(target: &str) -> Option<Vec<OsString>> {
    let is_elsewhere = target.is_empty() || Path::new(target).has_root();
    let name = |name: &str| OsString::from(if name.is_empty() { "." } else { name });
    (!is_elsewhere).then(|| target.split('/').rev().map(name).collect())
}
