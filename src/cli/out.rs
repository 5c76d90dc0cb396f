//! Files that a command writes for others: whole or not at all.

use super::failure::Failure;
use std::fs;
use std::io;
use std::path::Path;

/// Writes `text` to `path`, in place of what is there. A reader sees the old text or the new one, never a part.
pub(super) fn write(path: &Path, text: &str) -> Result<(), Failure> {
    replace(path, text).map_err(|error| Failure::out_file(path, error))
}

fn replace(path: &Path, text: &str) -> io::Result<()> {
    // A pipe, a terminal or `/dev/stdout` can't be replaced, only written to; nor is a link to be.
    if fs::symlink_metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        return fs::write(path, text);
    }
    let mut name = path.file_name().ok_or(io::ErrorKind::IsADirectory)?.to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let draft = path.with_file_name(name);
    let written = fs::write(&draft, text).and_then(|()| fs::rename(&draft, path));
    if written.is_err() {
        // Best effort: what went wrong is already an error.
        let _ = fs::remove_file(&draft);
    }
    written
}
