//! Finds the files that an `include` pattern means: component by component, so that no folder is read that need not be.
//!
//! The rules of [`files`](super::files) hold for every step: nothing outside the manifest's folder is looked at. Names
//! that start with a dot match no wildcard, `**` follows no symbolic link, and only regular files are found. However
//! links lead about, no folder is looked through twice for the same names, and the whole search has a limit.

use crate::manifest::files::{Folder, Refusal};
use crate::manifest::values::{FilePattern, Part};
use std::collections::HashSet;
use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

/// The most names from the manifest's folder to a file; each takes a step deeper here.
const MOST_NAMES: usize = 256;

/// A file that a pattern means.
pub(super) struct Found {
    /// Its path, seen from the manifest's folder.
    pub(super) below: PathBuf,
    /// Its real place.
    pub(super) real: PathBuf,
}

/// What a pattern means.
#[derive(Default)]
pub(super) struct Matches {
    /// The files, in the order of their paths' bytes.
    pub(super) found: Vec<Found>,
    /// What is refused on the way, by its path as the pattern's reader would name it.
    pub(super) refused: Vec<(String, Refusal)>,
}

/// Finds what `pattern` means in a file of the folder `from` below `folder`, looking at no more than `looks` folders and
/// names, which are counted down.
pub(super) fn find(folder: &Folder<'_>, from: &Path, pattern: &FilePattern, looks: &mut usize) -> Matches {
    let refused = |refusal| Matches { found: Vec::new(), refused: vec![(pattern.text.clone(), refusal)] };
    let parts = match whole_path(from, pattern) {
        Ok(parts) => parts,
        Err(refusal) => return refused(refusal),
    };
    let root = match folder.root() {
        Ok(root) => root,
        Err(refusal) => return refused(refusal),
    };
    let is_plain = !parts.iter().any(|part| matches!(part, Part::Wild(..) | Part::Deep));
    let mut search =
        Search { folder, is_plain, looks, seen: HashSet::new(), meets_folders: false, matches: Matches::default() };
    search.walk(root, Path::new(""), &parts);
    let Search { meets_folders, mut matches, .. } = search;
    if *looks == 0 {
        matches.refused.push((pattern.text.clone(), Refusal::TooMuch));
    }
    matches.found.sort_by(|left, right| bytes(&left.below).cmp(bytes(&right.below)));
    if is_plain && matches.found.is_empty() {
        // Named as it is written.
        matches.refused.iter_mut().for_each(|(name, _)| name.clone_from(&pattern.text));
    } else if matches.found.is_empty() && matches.refused.is_empty() {
        return refused(if meets_folders { Refusal::OnlyFolders } else { Refusal::NoMatch });
    }
    matches
}

fn bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_encoded_bytes()
}

/// The parts that lead from the manifest's folder to what is meant, `..` worked out.
fn whole_path(from: &Path, pattern: &FilePattern) -> Result<Vec<Part>, Refusal> {
    let mut parts: Vec<Part> = Vec::new();
    for component in from.components() {
        if let Component::Normal(name) = component {
            parts.push(Part::Name(name.to_string_lossy().into_owned()));
        }
    }
    for part in pattern.parts.as_ref().ok_or(Refusal::Outside)? {
        match part {
            Part::Up => drop(parts.pop().ok_or(Refusal::Outside)?),
            // Two in a row mean what one means, and take longer.
            Part::Deep if matches!(parts.last(), Some(Part::Deep)) => {}
            part => parts.push(part.clone()),
        }
    }
    if parts.len() > MOST_NAMES {
        return Err(Refusal::TooDeep(MOST_NAMES));
    }
    Ok(parts)
}

struct Search<'s> {
    folder: &'s Folder<'s>,
    /// Whether exactly one file is meant.
    is_plain: bool,
    /// How many more folders and names may be looked at.
    looks: &'s mut usize,
    /// Which folders have been looked through for how many parts: several `**`, or links, lead there in many ways.
    seen: HashSet<(PathBuf, usize)>,
    /// Whether a folder is among what the whole pattern matches.
    meets_folders: bool,
    matches: Matches,
}

impl Search<'_> {
    /// Takes what `parts` lead to from the real folder `real`, called `below`.
    fn walk(&mut self, real: &Path, below: &Path, parts: &[Part]) {
        let Some((part, rest)) = parts.split_first() else { return self.take(real, below) };
        if !self.seen.insert((real.to_owned(), parts.len())) {
            return;
        }
        match part {
            Part::Name(name) => self.enter(real, &below.join(name), rest),
            Part::Wild(matcher, with_dots) => {
                for (name, is_folder) in self.entries(real, below) {
                    let is_hidden = name.as_encoded_bytes().starts_with(b".") && !with_dots;
                    if !is_hidden && matcher.is_match(&name) {
                        self.meets_folders |= is_folder && rest.is_empty();
                        self.enter(real, &below.join(name), rest);
                    }
                }
            }
            Part::Deep => {
                let entries = self.entries(real, below);
                if !rest.is_empty() {
                    self.walk(real, below, rest);
                }
                for (name, is_folder) in entries.into_iter().filter(|(name, _)| !is_dotted(name)) {
                    if is_folder {
                        self.walk(&real.join(&name), &below.join(&name), parts);
                    } else if rest.is_empty() {
                        self.enter(real, &below.join(name), rest);
                    }
                }
            }
            // Worked out before.
            Part::Up => {}
        }
    }

    /// Goes on at the last name of `below`, which is in the real folder `real`.
    fn enter(&mut self, real: &Path, below: &Path, rest: &[Part]) {
        let Some(name) = below.file_name() else { return };
        if !self.look() {
            return;
        }
        match self.folder.step(&real.join(name)) {
            Ok(real) => self.walk(&real, below, rest),
            Err(refusal) => self.refuse(below, refusal),
        }
    }

    fn take(&mut self, real: &Path, below: &Path) {
        match self.folder.check_regular(real) {
            Ok(()) => self.matches.found.push(Found { below: below.to_owned(), real: real.to_owned() }),
            Err(refusal) => self.refuse(below, refusal),
        }
    }

    fn refuse(&mut self, below: &Path, refusal: Refusal) {
        // A wildcard matches whatever is there, and only some of it leads on.
        if self.is_plain || !matches!(refusal, Refusal::Missing | Refusal::NotAFile(_)) {
            self.matches.refused.push((below.to_string_lossy().into_owned(), refusal));
        }
    }

    /// Counts a look, if there may be one more.
    fn look(&mut self) -> bool {
        *self.looks = self.looks.saturating_sub(1);
        *self.looks > 0
    }

    /// What is in a folder, and whether it is a folder itself; links are none. In the order of the names, as which of
    /// several ways comes first to a folder must not vary.
    fn entries(&mut self, real: &Path, below: &Path) -> Vec<(OsString, bool)> {
        if !self.look() {
            return Vec::new();
        }
        let mut entries = self.folder.entries(real).unwrap_or_else(|refusal| {
            self.refuse(below, refusal);
            Vec::new()
        });
        entries.sort_unstable();
        entries
    }
}

fn is_dotted(name: &OsString) -> bool {
    name.as_encoded_bytes().starts_with(b".")
}
