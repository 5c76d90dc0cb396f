//! The files of one commit, each folder looked at when it is first asked about.

use super::Error;
use super::objects::Objects;
use crate::manifest::{Node, Tree};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::ffi::OsString;
use std::fmt::Write as _;
use std::io::{self, ErrorKind};
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

/// The longest folder, in bytes: more than a million files.
const LONGEST_FOLDER: usize = 64 << 20;

/// A commit's files, as they are stored.
#[derive(Debug)]
pub struct Commit {
    id: String,
    shown: String,
    objects: RefCell<Objects>,
    folders: RefCell<HashMap<PathBuf, Rc<Entries>>>,
}

type Entries = BTreeMap<OsString, Entry>;

/// A name in a folder.
#[derive(Debug)]
struct Entry {
    node: Node,
    id: String,
}

impl Commit {
    pub(super) fn open(top: &Path, id: &str, shown: &str) -> Result<Self, Error> {
        let objects = RefCell::new(Objects::open(top)?);
        Ok(Self { id: id.to_owned(), shown: shown.to_owned(), objects, folders: RefCell::default() })
    }

    /// Its id, in full.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// A folder's entries, if it is one. No link leads anywhere here.
    fn folder(&self, path: &Path) -> io::Result<Option<Rc<Entries>>> {
        if let Some(known) = self.folders.borrow().get(path) {
            return Ok(Some(Rc::clone(known)));
        }
        let (mut at, mut entries) = (PathBuf::new(), self.listed(Path::new(""), &format!("{}^{{tree}}", self.id))?);
        for component in path.components() {
            let Component::Normal(name) = component else { return Ok(None) };
            let Some(Entry { node: Node::Folder, id }) = entries.get(name) else { return Ok(None) };
            at.push(name);
            entries = self.listed(&at, id)?;
        }
        Ok(Some(entries))
    }

    /// The folder at `path`, whose tree is called `name`.
    fn listed(&self, path: &Path, name: &str) -> io::Result<Rc<Entries>> {
        if let Some(known) = self.folders.borrow().get(path) {
            return Ok(Rc::clone(known));
        }
        let object = self.objects.borrow_mut().get(name, LONGEST_FOLDER + 1)?;
        if object.kind != "tree" || object.bytes.len() > LONGEST_FOLDER {
            return Err(io::Error::new(ErrorKind::InvalidData, "no folder, or one that is too long"));
        }
        let entries = parsed(&object.bytes, self.id.len() / 2)
            .ok_or_else(|| io::Error::new(ErrorKind::InvalidData, "a folder that git must have mangled"))?;
        let entries = Rc::new(entries);
        self.folders.borrow_mut().insert(path.to_owned(), Rc::clone(&entries));
        Ok(entries)
    }

    fn with_entry<T>(&self, path: &Path, use_it: impl FnOnce(&Entry) -> io::Result<T>) -> io::Result<Option<T>> {
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return Ok(None) };
        let Some(entries) = self.folder(folder)? else { return Ok(None) };
        entries.get(name).map(use_it).transpose()
    }
}

impl Tree for Commit {
    fn label(&self) -> String {
        format!("{}:", self.shown)
    }

    fn node(&self, path: &Path) -> io::Result<Option<Node>> {
        self.with_entry(path, |entry| Ok(entry.node))
    }

    fn entries(&self, path: &Path) -> io::Result<Vec<(OsString, Node)>> {
        let entries = self.folder(path)?.ok_or(ErrorKind::NotFound)?;
        Ok(entries.iter().map(|(name, entry)| (name.clone(), entry.node)).collect())
    }

    fn read(&self, path: &Path, limit: usize) -> io::Result<Vec<u8>> {
        let read = self.with_entry(path, |entry| match entry.node {
            Node::File | Node::Link => Ok(self.objects.borrow_mut().get(&entry.id, limit + 1)?.bytes),
            Node::Folder | Node::Submodule => Err(ErrorKind::IsADirectory.into()),
        });
        read?.ok_or_else(|| ErrorKind::NotFound.into())
    }
}

/// The entries of a tree object, `MODE NAME\0ID` each, with ids of so many bytes.
fn parsed(mut bytes: &[u8], id_length: usize) -> Option<Entries> {
    let mut entries = Entries::new();
    while !bytes.is_empty() {
        let space = bytes.iter().position(|byte| *byte == b' ')?;
        let nul = bytes.iter().position(|byte| *byte == 0)?;
        let (mode, name) = (&bytes[..space], bytes.get(space + 1..nul)?);
        let id = bytes.get(nul + 1..nul + 1 + id_length)?;
        let node = match mode {
            b"40000" | b"040000" => Node::Folder,
            b"120000" => Node::Link,
            b"160000" => Node::Submodule,
            _ => Node::File,
        };
        entries.insert(os_string(name), Entry { node, id: hex(id) });
        bytes = &bytes[nul + 1 + id_length..];
    }
    Some(entries)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(unix)]
fn os_string(bytes: &[u8]) -> OsString {
    std::os::unix::ffi::OsStringExt::from_vec(bytes.to_vec())
}

#[cfg(not(unix))]
fn os_string(bytes: &[u8]) -> OsString {
    String::from_utf8_lossy(bytes).into_owned().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trees_are_taken_apart() {
        let tree = [b"40000 a b\0" as &[u8], &[1; 20], b"120000 l\0", &[2; 20], b"100755 x\0", &[0xab; 20]].concat();
        let entries = parsed(&tree, 20).unwrap();
        let found: Vec<_> = entries.iter().map(|(name, entry)| (name.to_str().unwrap(), entry.node)).collect();
        assert_eq!(found, [("a b", Node::Folder), ("l", Node::Link), ("x", Node::File)]);
        assert_eq!(entries[&OsString::from("x")].id, "ab".repeat(20));
        for end in 1..tree.len() {
            if ![30, 59].contains(&end) {
                assert!(parsed(&tree[..end], 20).is_none(), "{end}");
            }
        }
        assert!(parsed(b"40000\0 ", 20).is_none());
    }
}
