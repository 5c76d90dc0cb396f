//! Files that a command writes for others: whole or not at all.

use super::failure::Failure;
use std::fs;
use std::io::{self, Read, Write};
use std::path::Path;

/// Writes `text` to `path`, in place of what is there. A reader sees the old text or the new one, never a part.
///
/// # Errors
/// Also if what is there is no plan: it could be the manifest, or its notes.
pub(super) fn write_plan(path: &Path, text: &str) -> Result<(), Failure> {
    if path.as_os_str() == "-" {
        return Err(Failure::OutToStdout);
    }
    let is_regular = fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_file());
    if is_regular && !is_plan_or_empty(path).map_err(|error| Failure::out_file(path, error))? {
        return Err(Failure::not_a_plan(path));
    }
    replace(path, text).map_err(|error| Failure::out_file(path, error))
}

fn is_plan_or_empty(path: &Path) -> io::Result<bool> {
    let mut beginning = String::new();
    // What is no text is no plan.
    let is_text = fs::File::open(path)?.take(64).read_to_string(&mut beginning).is_ok();
    Ok(is_text && (beginning.trim().is_empty() || beginning.starts_with('{') && beginning.contains("\"format\"")))
}

fn replace(path: &Path, text: &str) -> io::Result<()> {
    // A pipe, a terminal or `/dev/stdout` can't be replaced, only written to; nor is a link to be.
    if fs::symlink_metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        return fs::write(path, text);
    }
    let mut name = path.file_name().ok_or(io::ErrorKind::IsADirectory)?.to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let draft = path.with_file_name(name);
    // Not through a link that somebody has laid in its place.
    let create = || fs::File::create_new(&draft)?.write_all(text.as_bytes());
    let written = create().and_then(|()| fs::rename(&draft, path));
    if written.is_err() {
        // Best effort: what went wrong is already an error.
        let _ = fs::remove_file(&draft);
    }
    written
}
