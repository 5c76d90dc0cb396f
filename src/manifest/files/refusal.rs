//! Why a file that a manifest names is not taken, and what to say of it.

use crate::manifest::finding::Finding;
use crate::manifest::source::Span;
use crate::manifest::values::{LONGEST_TEXT, Unfit};
use crate::manifest::visible::Quoted;
use std::io::{self, ErrorKind};

/// Why a file is not taken.
#[derive(Debug)]
pub(in crate::manifest) enum Refusal {
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
    /// Only folders that a pattern matches.
    OnlyFolders,
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
    /// What Git LFS leaves in place of the text.
    LfsPointer,
    /// Holds a NUL character.
    Nul,
    /// The system says no.
    Io(io::Error),
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
    pub(in crate::manifest) fn explain(&self, name: &str, place: Span) -> Finding {
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
            Self::OnlyFolders => Finding::new(format!("{name} matches only folders"))
                .help("`/**` at its end looks below them"),
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
            Self::LfsPointer => Finding::new(format!("{name} is a Git LFS pointer, and not the text it stands for"))
                .help("`git lfs pull` puts the text in its place here, but no other version can be read so; keep notes out of LFS"),
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
            Self::OnlyFolders => "matches no file",
            Self::TooDeep(_) => "too many names",
            Self::TooMuch => "looks at too much",
            Self::NotAFile(_) => "not a regular file",
            Self::TooLarge(LONGEST_TEXT) => "more than 1 MiB",
            Self::TooLarge(_) => "too much",
            Self::NotUtf8(_) => "not text",
            Self::LfsPointer => "kept in Git LFS",
            Self::Nul => "U+0000 in this file",
            Self::Io(_) => "unreadable",
        }
    }
}
