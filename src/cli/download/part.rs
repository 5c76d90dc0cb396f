//! The names that files have while they are on their way, and what is left under such names by runs that were killed.
//!
//! Who writes such a file holds a lock on it, which goes with the process: what can be locked is nobody's any more.

use std::fs::{self, File, TryLockError};
use std::path::Path;

/// So much of a file's own name is in it: with the rest it has to be a name that file systems take.
const LONGEST: usize = 200;
const END: &str = ".part";
/// Digits of what sets it apart.
const DIGITS: usize = 16;

/// The name that the file `name` has on its way.
pub(super) fn named(name: &str, number: u64) -> String {
    format!("{}{number:0DIGITS$x}{END}", beginning(name))
}

/// What these names begin with for the file `name`.
fn beginning(name: &str) -> String {
    let most = LONGEST.min(name.len());
    let end = (0..=most).rev().find(|at| name.is_char_boundary(*at)).unwrap_or(0);
    format!(".{}.", &name[..end])
}

/// Makes a file that was just made at `path` this run's own. Not if another one has removed it meanwhile, as it looked like
/// one that was left.
pub(super) fn hold(file: &File, path: &Path) -> bool {
    match file.try_lock() {
        Ok(()) => fs::symlink_metadata(path).is_ok(),
        Err(TryLockError::WouldBlock) => false,
        // Where there are no locks nothing is removed.
        Err(TryLockError::Error(_)) => true,
    }
}

/// Removes what was left in `folder` of files with these names, as far as that works: it is only in the way of eyes.
pub(super) fn remove_left<'n>(folder: &Path, names: impl Iterator<Item = &'n str>) {
    let beginnings: Vec<_> = names.map(beginning).collect();
    let is_part = |name: &str| {
        beginnings.iter().any(|beginning| {
            let digits = name.strip_prefix(beginning.as_str()).and_then(|rest| rest.strip_suffix(END));
            digits.is_some_and(|digits| digits.len() == DIGITS && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
        })
    };
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_file && entry.file_name().to_str().is_some_and(is_part) {
            // Opened for writing, as some systems lock nothing else.
            let left = File::options().write(true).open(entry.path());
            if left.as_ref().is_ok_and(|left| left.try_lock().is_ok()) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}
