//! The manifest's folder as it will be: what is to be written, over what is there.

use crate::import::Written;
use crate::manifest::{Node, Tree};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, FileType};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

/// Looks at the disk only for what will not be written.
pub(super) struct After<'w> {
    folder: &'w Path,
    written: BTreeMap<PathBuf, &'w str>,
}

impl<'w> After<'w> {
    /// `folder` once `written` is there, with the manifest called `name`.
    pub(super) fn new(folder: &'w Path, name: &Path, written: &'w Written) -> Self {
        let files = written.files.iter().map(|(path, text)| (PathBuf::from(path), text.as_str()));
        let manifest = written.manifest.iter().map(|text| (name.to_owned(), text.as_str()));
        Self { folder, written: files.chain(manifest).collect() }
    }
}

impl Tree for After<'_> {
    fn label(&self) -> String {
        String::new()
    }

    fn node(&self, path: &Path) -> io::Result<Option<Node>> {
        if self.written.contains_key(path) {
            return Ok(Some(Node::File));
        }
        match fs::symlink_metadata(self.folder.join(path)) {
            Ok(metadata) => Ok(node(metadata.file_type())),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                let is_made = self.written.keys().any(|file| file.ancestors().skip(1).any(|folder| folder == path));
                Ok(is_made.then_some(Node::Folder))
            }
            Err(error) => Err(error),
        }
    }

    fn entries(&self, path: &Path) -> io::Result<Vec<(OsString, Node)>> {
        let written = self.written.keys().filter(|file| file.parent() == Some(path));
        let mut entries: BTreeMap<OsString, Node> =
            written.filter_map(|file| Some((file.file_name()?.to_owned(), Node::File))).collect();
        match fs::read_dir(self.folder.join(path)) {
            Ok(there) => {
                for entry in there {
                    let entry = entry?;
                    if let Some(node) = node(entry.file_type()?) {
                        entries.entry(entry.file_name()).or_insert(node);
                    }
                }
            }
            Err(error) if error.kind() == ErrorKind::NotFound && !entries.is_empty() => {}
            Err(error) => return Err(error),
        }
        Ok(entries.into_iter().collect())
    }

    fn read(&self, path: &Path, limit: usize) -> io::Result<Vec<u8>> {
        if let Some(text) = self.written.get(path) {
            return Ok(text.as_bytes().to_vec());
        }
        let place = self.folder.join(path);
        if fs::symlink_metadata(&place)?.is_symlink() {
            return Ok(fs::read_link(&place)?.into_os_string().into_encoded_bytes());
        }
        let mut bytes = Vec::new();
        fs::File::open(place)?.take(limit as u64 + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

/// Pipes and devices are none.
fn node(kind: FileType) -> Option<Node> {
    if kind.is_symlink() {
        Some(Node::Link)
    } else if kind.is_dir() {
        Some(Node::Folder)
    } else {
        kind.is_file().then_some(Node::File)
    }
}
