//! Files that a command writes for others: whole or not at all.

use super::failure::Failure;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// Writes `text` to `path`, in place of what is there. A reader sees the old text or the new one, never a part.
///
/// # Errors
/// Also if what is there is no plan: it could be the manifest, or its notes.
pub(super) fn write_plan(path: &Path, text: &str) -> Result<(), Failure> {
    if path.as_os_str() == "-" {
        return Err(Failure::OutToStdout);
    }
    // Also by a link: what that leads to would be written over.
    let is_regular = fs::metadata(path).is_ok_and(|metadata| metadata.is_file());
    if is_regular && !is_plan_or_empty(path).map_err(|error| Failure::out_file(path, error))? {
        return Err(Failure::not_a_plan(path));
    }
    replace(path, text).map_err(|error| Failure::out_file(path, error))
}

/// A report's file: a new one, or one in place of a regular file.
#[derive(Debug)]
pub(super) struct Target {
    path: PathBuf,
    /// Its folder's own name, whatever way it was reached, and its name in there.
    place: PathBuf,
}

impl Target {
    /// Makes sure that it can be written, now rather than when there is something to write.
    pub(super) fn open(path: &Path) -> Result<Self, Failure> {
        let name = path.file_name().ok_or_else(|| Failure::not_a_file(path))?;
        if path.as_os_str() == "-" || fs::symlink_metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
            return Err(Failure::not_a_file(path));
        }
        let open = || {
            let place = folder(path).canonicalize()?.join(name);
            let draft = draft(&place, name);
            fs::File::create_new(&draft)?;
            fs::remove_file(&draft)?;
            Ok(place)
        };
        let place = open().map_err(|error| Failure::out_file(path, error))?;
        Ok(Self { path: path.to_owned(), place })
    }

    #[cfg(feature = "sandbox")]
    /// Refuses to write over what is there unless it begins with `head`, or is empty.
    pub(super) fn keep_others(&self, head: &str, refused: fn(&Path) -> Failure) -> Result<(), Failure> {
        let is_ours = |beginning: &str| beginning.starts_with(head);
        match is_empty_or(&self.place, head.len(), is_ours) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(Failure::out_file(&self.path, error)),
            Ok(true) => Ok(()),
            Ok(false) => Err(refused(&self.path)),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.place == other.place
    }

    /// Whether `path` leads to it.
    pub(super) fn is(&self, path: &Path) -> bool {
        let of_folder = || Some(folder(path).canonicalize().ok()?.join(path.file_name()?));
        path.canonicalize().ok().or_else(of_folder).is_some_and(|place| place == self.place)
    }

    /// Writes `text`, in place of what is there.
    pub(super) fn write(&self, text: &str) -> Result<(), Failure> {
        // It may have become something else since it was looked at.
        if fs::symlink_metadata(&self.place).is_ok_and(|metadata| !metadata.is_file()) {
            return Err(Failure::not_a_file(&self.path));
        }
        replace(&self.place, text).map_err(|error| Failure::out_file(&self.path, error))
    }
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// The file beside `path` that is written first.
fn draft(path: &Path, name: &OsStr) -> PathBuf {
    let mut name = name.to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    path.with_file_name(name)
}

/// Writes `text` to a new file.
///
/// # Errors
/// Also if there is something at `path` already.
pub(super) fn write_new(path: &Path, text: &str) -> Result<(), Failure> {
    let mut file = fs::File::create_new(path).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => Failure::there_already(path),
        _ => Failure::out_file(path, error),
    })?;
    file.write_all(text.as_bytes()).map_err(|error| {
        // Best effort: what went wrong is already an error.
        let _ = fs::remove_file(path);
        Failure::out_file(path, error)
    })
}

fn is_plan_or_empty(path: &Path) -> io::Result<bool> {
    is_empty_or(path, 64, |beginning| beginning.starts_with('{') && beginning.contains("\"format\""))
}

/// Whether a file is blank, or its first `length` bytes are what a command has written before.
fn is_empty_or(path: &Path, length: usize, is_ours: impl Fn(&str) -> bool) -> io::Result<bool> {
    let mut beginning = String::new();
    // What is no text is none of ours.
    let is_text = fs::File::open(path)?.take(length as u64).read_to_string(&mut beginning).is_ok();
    let is_blank = || beginning.len() < length && beginning.trim().is_empty();
    Ok(is_text && (is_ours(&beginning) || is_blank()))
}

/// Writes `text` to `path`, in place of what is there, whatever that is.
pub(super) fn replace(path: &Path, text: &str) -> io::Result<()> {
    // A pipe, a terminal or `/dev/stdout` can't be replaced, only written to; nor is a link to be.
    if fs::symlink_metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        return fs::write(path, text);
    }
    let draft = draft(path, path.file_name().ok_or(io::ErrorKind::IsADirectory)?);
    // Not through a link that somebody has laid in its place.
    let create = || fs::File::create_new(&draft)?.write_all(text.as_bytes());
    let written = create().and_then(|()| fs::rename(&draft, path));
    if written.is_err() {
        // Best effort: what went wrong is already an error.
        let _ = fs::remove_file(&draft);
    }
    written
}
