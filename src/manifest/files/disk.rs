//! The manifest's folder on the disk.

use super::Refusal;
use std::cell::OnceCell;
use std::ffi::OsString;
use std::fs::{File, Metadata};
use std::io::Read as _;
use std::path::{Path, PathBuf};

pub(super) struct Disk<'a> {
    path: &'a Path,
    /// The folder's real place, looked up once.
    root: OnceCell<Option<PathBuf>>,
}

impl<'a> Disk<'a> {
    pub(super) fn new(path: &'a Path) -> Self {
        Self { path, root: OnceCell::new() }
    }

    pub(super) fn root(&self) -> Result<&Path, Refusal> {
        self.root.get_or_init(|| self.path.canonicalize().ok()).as_deref().ok_or(Refusal::Missing)
    }

    pub(super) fn step(&self, place: &Path) -> Result<PathBuf, Refusal> {
        let root = self.root()?;
        let is_link = place.symlink_metadata()?.is_symlink();
        match place.canonicalize() {
            // A CI job's clone keeps its token in there.
            Ok(real) if is_gits_own(root, &real) => Err(Refusal::Git),
            Ok(real) if real.starts_with(root) => Ok(real),
            Err(error) if !is_link => Err(error.into()),
            Ok(_) | Err(_) => Err(Refusal::Link),
        }
    }
}

/// At most one byte more than `limit`.
pub(super) fn read(place: &Path, limit: usize) -> Result<Vec<u8>, Refusal> {
    let file = open(place)?;
    let mut bytes = Vec::new();
    file.take(limit as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A regular file.
pub(super) fn open(place: &Path) -> Result<File, Refusal> {
    // Asked before opening, as opening a pipe would wait for a writer; and again after, should it have changed.
    check_regular(place)?;
    let file = File::open(place)?;
    refuse_special(&file.metadata()?)?;
    Ok(file)
}

pub(super) fn size(place: &Path) -> Result<u64, Refusal> {
    Ok(place.metadata()?.len())
}

pub(super) fn check_regular(place: &Path) -> Result<(), Refusal> {
    refuse_special(&place.metadata()?)
}

pub(super) fn entries(place: &Path) -> Result<Vec<(OsString, bool)>, Refusal> {
    let entries = std::fs::read_dir(place)?;
    let entry = |entry: std::fs::DirEntry| Ok((entry.file_name(), entry.file_type()?.is_dir()));
    entries.map(|found| found.and_then(entry).map_err(Refusal::from)).collect()
}

fn is_gits_own(root: &Path, place: &Path) -> bool {
    place.strip_prefix(root).is_ok_and(|below| below.iter().any(|name| name.eq_ignore_ascii_case(".git")))
}

fn refuse_special(metadata: &Metadata) -> Result<(), Refusal> {
    if metadata.is_file() {
        Ok(())
    } else if metadata.is_dir() {
        Err(Refusal::NotAFile("a directory"))
    } else {
        Err(Refusal::NotAFile("a pipe, socket or device"))
    }
}
