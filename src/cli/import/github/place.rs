//! Where fetched files go: below one folder only, each whole or not at all, and never over another.

use super::failure::GithubFailure;
use crate::github::{Asset, Sink};
use crate::import::SafeNames;
use crate::model::TagName;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Seek, Write};
use std::path::{Path, PathBuf};

/// The folder that all goes below.
pub(super) struct Folder {
    root: PathBuf,
    /// As the user named it.
    pub(super) path: PathBuf,
}

/// A file that is to be fetched, and its place.
pub(super) struct Item<'a> {
    pub(super) asset: &'a Asset,
    /// Seen from the folder, with `/`.
    pub(super) name: String,
}

/// What is at a file's place.
pub(super) enum There {
    /// Nothing.
    Nothing,
    /// The file.
    Same,
    /// Something else.
    Other,
}

impl Folder {
    /// The folder at `path`, which is made if it is not there.
    pub(super) fn open(path: &Path) -> Result<Self, GithubFailure> {
        let open = || {
            fs::create_dir_all(path)?;
            path.canonicalize()
        };
        let root = open().map_err(|error| GithubFailure::folder(path, error))?;
        Ok(Self { root, path: path.to_owned() })
    }

    /// What there is to fetch of `files`, each with a place of its own: `TAG/NAME`, made of plain characters.
    pub(super) fn items(files: &[(TagName, Vec<Asset>)]) -> Vec<Item<'_>> {
        let mut tags = SafeNames::default();
        let mut items = Vec::new();
        for (tag, assets) in files {
            let folder = tags.name(tag.as_str());
            let mut names = SafeNames::default();
            items.extend(
                assets.iter().map(|asset| Item { asset, name: format!("{folder}/{}", names.name(&asset.name)) }),
            );
        }
        items
    }

    /// Looks at what is there.
    pub(super) fn look(&self, item: &Item<'_>) -> io::Result<There> {
        let place = self.root.join(&item.name);
        let metadata = match fs::symlink_metadata(&place) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(There::Nothing),
            Err(error) => return Err(error),
        };
        if !metadata.is_file() || item.asset.size.is_some_and(|size| size != metadata.len()) {
            return Ok(There::Other);
        }
        let (mut file, mut hash, mut piece) = (File::open(place)?, Sha256::new(), vec![0; 1 << 16]);
        loop {
            match file.read(&mut piece)? {
                0 => break,
                length => hash.update(&piece[..length]),
            }
        }
        let is_same = item.asset.is_like(metadata.len(), &hash.finalize());
        Ok(if is_same { There::Same } else { There::Other })
    }

    /// A draft of the file, beside its place.
    pub(super) fn draft(&self, item: &Item<'_>) -> io::Result<Draft> {
        let place = self.root.join(&item.name);
        let folder = place.parent().unwrap_or(&self.root);
        match fs::create_dir(folder) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        // A link that somebody has laid there could lead anywhere.
        if folder.canonicalize()?.parent() != Some(&self.root) {
            return Err(io::Error::other("its folder leads elsewhere"));
        }
        let mut name = place.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.part", std::process::id()));
        let path = place.with_file_name(name);
        let file = File::create_new(&path)?;
        Ok(Draft { file, path, place })
    }
}

/// A file that is being written. If it is not kept, nothing is left of it.
pub(super) struct Draft {
    file: File,
    path: PathBuf,
    place: PathBuf,
}

impl Draft {
    /// It is whole: from now on it is at its place, unless something else has got there meanwhile.
    pub(super) fn keep(self) -> io::Result<()> {
        self.file.sync_all()?;
        // Unlike a rename, a link never replaces; but not every file system has them.
        match fs::hard_link(&self.path, &self.place) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(error),
            Err(_) if fs::symlink_metadata(&self.place).is_ok() => Err(ErrorKind::AlreadyExists.into()),
            Err(_) => fs::rename(&self.path, &self.place),
        }
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // Best effort, and gone already if it was renamed.
        let _ = fs::remove_file(&self.path);
    }
}

impl Sink for Draft {
    fn restart(&mut self) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.rewind()
    }

    fn write(&mut self, piece: &[u8]) -> io::Result<()> {
        self.file.write_all(piece)
    }
}
