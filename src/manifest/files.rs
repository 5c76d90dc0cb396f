//! Opens the files that a manifest names, and no others: regular files below the manifest's folder.
//!
//! A manifest may come from a stranger's merge request, and what it names gets published. So nothing outside the folder
//! is read, whether named by an absolute path, by `..` or through a symbolic link, and no answer tells whether something
//! outside exists. Devices and pipes, which could block or never end, are refused too.

use crate::manifest::finding::Finding;
use crate::manifest::source::Span;
use crate::manifest::values::{LONGEST_TEXT, Unfit};
use crate::manifest::visible::Quoted;
use std::cell::OnceCell;
use std::fs::File;
use std::io::{self, ErrorKind, Read as _};
use std::path::{Component, Path, PathBuf};

/// The manifest's folder.
pub(super) struct Folder<'a> {
    path: &'a Path,
    /// The folder's real place, looked up once.
    root: OnceCell<Option<PathBuf>>,
}

/// Why a file is not taken.
#[derive(Debug)]
pub(super) enum Refusal {
    /// It is, or may be, outside the folder.
    Outside,
    /// It is, or passes, a symbolic link that leads out of the folder, or nowhere.
    Link,
    /// Git's own, where tokens may be.
    Git,
    /// Nothing there.
    Missing,
    /// Nothing that a pattern matches.
    NoMatch,
    /// A pattern of more than so many names.
    TooDeep(usize),
    /// A pattern that is not done when all have looked at as much as they may.
    TooMuch,
    /// There, but no regular file.
    NotAFile(&'static str),
    /// More than so many bytes.
    TooLarge(usize),
    /// Not UTF-8 from this byte on.
    NotUtf8(usize),
    /// Holds a NUL character.
    Nul,
    /// The system says no.
    Io(io::Error),
}

impl<'a> Folder<'a> {
    pub(super) fn new(path: &'a Path) -> Self {
        Self { path, root: OnceCell::new() }
    }

    /// The text of the file `name`, seen from the folder `from` in this one, if it has at most `limit` bytes.
    pub(super) fn read(&self, from: &Path, name: &Path, limit: usize) -> Result<String, Refusal> {
        let mut bytes = Vec::new();
        self.open(from, name)?.take(limit as u64 + 1).read_to_end(&mut bytes)?;
        if bytes.len() > limit {
            return Err(Refusal::TooLarge(limit));
        }
        String::from_utf8(bytes).map_err(|error| Refusal::NotUtf8(error.utf8_error().valid_up_to()))
    }

    /// The folder's real place.
    pub(super) fn root(&self) -> Result<&Path, Refusal> {
        self.root.get_or_init(|| self.path.canonicalize().ok()).as_deref().ok_or(Refusal::Missing)
    }

    fn open(&self, from: &Path, name: &Path) -> Result<File, Refusal> {
        let below = below(from, name)?;
        let root = self.root()?;
        let mut place = root.to_path_buf();
        for component in &below {
            place.push(component);
            place = step(root, &place)?;
        }
        // Asked before opening, as opening a pipe would wait for a writer; and again after, should it have changed.
        refuse_special(&place.metadata()?)?;
        let file = File::open(&place)?;
        refuse_special(&file.metadata()?)?;
        Ok(file)
    }
}

/// The path of `name`, seen from `from`: `.` and `..` worked out without asking the disk.
pub(super) fn below(from: &Path, name: &Path) -> Result<PathBuf, Refusal> {
    let mut below = from.to_path_buf();
    for component in name.components() {
        match component {
            Component::Normal(name) => below.push(name),
            Component::CurDir => {}
            Component::ParentDir if below.pop() => {}
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return Err(Refusal::Outside),
        }
    }
    Ok(below)
}

/// The real place of `place`, whose parent is real and below `root`. A symbolic link that can't be followed is taken for
/// one that leads outside, as the difference would tell what exists there.
pub(super) fn step(root: &Path, place: &Path) -> Result<PathBuf, Refusal> {
    let is_link = place.symlink_metadata()?.is_symlink();
    match place.canonicalize() {
        // A CI job's clone keeps its token in there.
        Ok(real) if is_gits_own(root, &real) => Err(Refusal::Git),
        Ok(real) if real.starts_with(root) => Ok(real),
        Err(error) if !is_link => Err(error.into()),
        Ok(_) | Err(_) => Err(Refusal::Link),
    }
}

fn is_gits_own(root: &Path, place: &Path) -> bool {
    place.strip_prefix(root).is_ok_and(|below| below.iter().any(|name| name.eq_ignore_ascii_case(".git")))
}

pub(super) fn refuse_special(metadata: &std::fs::Metadata) -> Result<(), Refusal> {
    if metadata.is_file() {
        Ok(())
    } else if metadata.is_dir() {
        Err(Refusal::NotAFile("a directory"))
    } else {
        Err(Refusal::NotAFile("a pipe, socket or device"))
    }
}

impl From<Unfit> for Refusal {
    fn from(unfit: Unfit) -> Self {
        match unfit {
            Unfit::TooLong(_) => Self::TooLarge(LONGEST_TEXT),
            Unfit::Nul => Self::Nul,
        }
    }
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => Self::Missing,
            _ => Self::Io(error),
        }
    }
}

impl Refusal {
    /// What to say where the file is named.
    pub(super) fn explain(&self, name: &str, place: Span) -> Finding {
        let name = Quoted(name);
        let finding = match self {
            Self::Outside => Finding::new(format!("{name} leads out of the manifest's folder"))
                .help("relsync publishes what it reads, so it reads only files below the folder of the manifest; copy the file there"),
            Self::Link => Finding::new(format!("{name} leads out of the manifest's folder, or nowhere"))
                .help("a symbolic link may only lead to something below the folder of the manifest"),
            Self::Git => Finding::new(format!("{name} is git's own"))
                .help("relsync publishes what it reads, and there may be tokens in `.git`"),
            Self::Missing => Finding::new(format!("no such file: {name}"))
                .help("paths are relative to the folder of the file they are written in"),
            Self::NoMatch => Finding::new(format!("no file matches {name}"))
                .help("patterns are relative to the folder of the file they are written in; `*` matches no `/`, and no name that starts with a dot"),
            Self::TooDeep(most) => Finding::new(format!("{name} leads too deep"))
                .help(format!("a file is at most {most} names below the manifest's folder")),
            Self::TooMuch => Finding::new(format!("too many files and folders to look through for {name}"))
                .help("let the pattern begin with the folder that the files are in, and use `**` only below that"),
            Self::NotAFile(what) => Finding::new(format!("{name} is {what}")).help("name a regular file"),
            Self::TooLarge(LONGEST_TEXT) => Finding::new(format!("{name} is too long"))
                .help(format!("GitLab takes at most {LONGEST_TEXT} bytes (1 MiB)")),
            Self::TooLarge(limit) => Finding::new(format!("{name} is too long"))
                .help(format!("such a file may have at most {} MiB", limit >> 20)),
            Self::NotUtf8(at) => Finding::new(format!("{name} is not UTF-8"))
                .help(format!("byte {at} of it starts no UTF-8 character; save the file as UTF-8")),
            Self::Nul => Finding::new(format!("{name} holds a NUL character"))
                .help("GitLab can't store it; take it out"),
            Self::Io(error) => Finding::new(format!("can't read {name}: {error}")),
        };
        finding.at(place, self.label())
    }

    fn label(&self) -> &'static str {
        match self {
            Self::Outside => "only files below it can be named",
            Self::Link => "by a symbolic link",
            Self::Git => "not for publishing",
            Self::Missing => "not found",
            Self::NoMatch => "matches nothing",
            Self::TooDeep(_) => "too many names",
            Self::TooMuch => "looks at too much",
            Self::NotAFile(_) => "not a regular file",
            Self::TooLarge(LONGEST_TEXT) => "more than 1 MiB",
            Self::TooLarge(_) => "too much",
            Self::NotUtf8(_) => "not text",
            Self::Nul => "U+0000 in this file",
            Self::Io(_) => "unreadable",
        }
    }
}
