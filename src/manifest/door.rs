//! What is in the files that releases bring along: each is opened by its path below the manifest's folder, through the same
//! door by which it was found, whenever it is read.

use crate::manifest::files::{Folder, LFS_POINTER, Refusal};
use crate::manifest::source;
use crate::model::{Desired, DesiredFile, DesiredFiles, FileSource, Sha256};
use sha2::Digest as _;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// How much is read at once.
const PIECE: usize = 1 << 18;

/// The folder of a manifest, as far as files for releases are read from it.
#[derive(Debug, Clone)]
pub struct Door {
    folder: PathBuf,
}

/// A file that can't be read, or is not one to publish.
#[derive(Debug, thiserror::Error)]
#[error("failed to read {path}: {error}")]
pub struct FileError {
    /// Its path below the manifest's folder.
    pub path: String,
    /// Why.
    pub error: io::Error,
}

impl Door {
    /// The one beside `manifest`.
    #[must_use]
    pub fn beside(manifest: &Path) -> Self {
        Self { folder: source::folder(manifest).to_owned() }
    }

    /// Opens a regular file at a path `below` the folder.
    ///
    /// # Errors
    /// When there is none, or the path leads out of the folder.
    pub fn open(&self, below: &str) -> io::Result<File> {
        Folder::on_disk(&self.folder).open(Path::new(below)).map_err(|refusal| match refusal {
            Refusal::Io(error) => error,
            Refusal::Missing => io::ErrorKind::NotFound.into(),
            Refusal::NotAFile(what) => io::Error::other(format!("it is {what}")),
            _ => io::Error::other("it leads out of the manifest's folder"),
        })
    }

    /// The digest of a file and how many bytes it has; `tick` is told of the bytes that were read.
    ///
    /// # Errors
    /// When it can't be read, or is what Git LFS leaves in place of a file.
    pub fn digest(&self, below: &str, tick: &dyn Fn(u64)) -> Result<(Sha256, u64), FileError> {
        self.read(below, tick).map_err(|error| FileError { path: below.to_owned(), error })
    }

    fn read(&self, below: &str, tick: &dyn Fn(u64)) -> io::Result<(Sha256, u64)> {
        let (mut file, mut hash, mut size) = (self.open(below)?, sha2::Sha256::new(), 0);
        let mut piece = vec![0; PIECE];
        loop {
            let read = match file.read(&mut piece) {
                Ok(0) => return Ok((Sha256::new(hash.finalize().into()), size)),
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if size == 0 && piece[..read].starts_with(LFS_POINTER) {
                return Err(io::Error::other(
                    "it is a Git LFS pointer, and not the file it stands for: `git lfs pull`",
                ));
            }
            hash.update(&piece[..read]);
            size += read as u64;
            tick(read as u64);
        }
    }

    /// Reads all files that `desired` brings along, each once, and makes the lists of checksums.
    ///
    /// # Errors
    /// The first that can't be read.
    pub fn read_all(&self, desired: &mut Desired, tick: &dyn Fn(u64)) -> Result<(), FileError> {
        let mut known: HashMap<String, (Sha256, u64)> = HashMap::new();
        for release in &mut desired.releases {
            let Some(DesiredFiles::Found(files)) = &mut release.files else { continue };
            for file in files.iter_mut() {
                let FileSource::Disk(below) = &file.source else { continue };
                let (sha256, size) = match known.get(below) {
                    Some(known) => *known,
                    None => *known.entry(below.clone()).or_insert(self.digest(below, tick)?),
                };
                (file.sha256, file.size) = (Some(sha256), size);
            }
            let sums = checksums(files);
            let list = files.iter_mut().find(|file| matches!(file.source, FileSource::Text(_)));
            if let Some(file) = list {
                file.sha256 = Some(Sha256::new(sha2::Sha256::digest(sums.as_bytes()).into()));
                file.size = sums.len() as u64;
                file.source = FileSource::Text(sums);
            }
        }
        Ok(())
    }
}

/// What `sha256sum -c` reads, by the files' names. They hold nothing that would have to be escaped there.
fn checksums(files: &[DesiredFile]) -> String {
    let mut files: Vec<_> = files.iter().filter_map(|file| Some((&file.file_name, file.sha256?))).collect();
    files.sort();
    let mut text = String::new();
    for (name, sha256) in files {
        // Writing to a `String` can't fail.
        let _ = writeln!(text, "{sha256}  {name}");
    }
    text
}
