//! The texts a manifest is made of, where things stand in them, and how the manifest's own is read from disk.
//!
//! Knows nothing of TOML.

use crate::manifest::error::ManifestError;
use crate::manifest::files::{Folder, Refusal, Tree};
use crate::manifest::finding::Finding;
use crate::manifest::lines::Lines;
use crate::manifest::visible;
use crate::model::Place;
use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read as _};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// The longest file of a manifest's, in bytes. Places count on its being less than 4 GiB.
pub(super) const LONGEST_FILE: usize = 512 << 20;

/// One of the files a manifest is made of: an index into [`Sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct FileId(u32);

impl Span {
    /// The first byte.
    pub(super) fn start(self) -> usize {
        self.start as usize
    }

    /// The byte after the last.
    pub(super) fn end(self) -> usize {
        self.end as usize
    }

    /// Which line it starts in, where the files have these `lines`.
    pub(super) fn place(self, lines: &[Lines<'_>]) -> Place {
        let line = lines[self.file.index()].index(self.start()) + 1;
        Place { file: self.file.0, line: u32::try_from(line).unwrap_or(u32::MAX) }
    }
}

impl FileId {
    /// The manifest itself.
    pub(super) const MAIN: Self = Self(0);

    /// A range of this file's bytes.
    pub(super) fn span(self, range: Range<usize>) -> Span {
        Origin::of(self).span(range)
    }

    /// Which of the files it is.
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// Where a text begins that is parsed by itself: a file, or a piece of one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Origin {
    file: FileId,
    offset: usize,
}

impl Origin {
    /// A whole file's.
    pub(super) fn of(file: FileId) -> Self {
        Self { file, offset: 0 }
    }

    /// That of the piece which begins so many bytes into the file.
    pub(super) fn piece(file: FileId, offset: usize) -> Self {
        Self { file, offset }
    }

    /// Where in the file a range of the text is.
    pub(super) fn span(self, range: Range<usize>) -> Span {
        let at = |at: usize| u32::try_from(self.offset + at).unwrap_or(u32::MAX);
        Span { file: self.file, start: at(range.start), end: at(range.end.max(range.start)) }
    }
}

/// A range of bytes of one of the files, in few bytes itself, as there are very many. In the order of the files, and of
/// their lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Span {
    /// The file.
    pub(super) file: FileId,
    start: u32,
    end: u32,
}

/// A value and where it was written.
#[derive(Debug, Clone)]
pub(super) struct Located<T> {
    /// What it says.
    pub(super) value: T,
    /// Where it says so.
    pub(super) span: Span,
}

/// The schema does not care where a value stands.
impl<T: schemars::JsonSchema> schemars::JsonSchema for Located<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }
    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }
    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        T::json_schema(generator)
    }
}

/// The files a manifest is made of, itself first.
pub(super) struct Sources<'a> {
    /// What stands before each name, if the files are not on the disk.
    label: String,
    files: Vec<Source<'a>>,
}

/// A file's text under the name the user gave it, or would.
pub(super) struct Source<'a> {
    /// The path.
    pub(super) name: PathBuf,
    /// All of it.
    pub(super) text: Cow<'a, str>,
    /// The folder it is in, seen from the manifest's: what it names is relative to that.
    pub(super) folder: PathBuf,
}

impl<'a> Sources<'a> {
    /// The manifest itself.
    pub(super) fn new(label: String, name: &Path, text: &'a str) -> Self {
        Self { label, files: vec![Source { name: name.to_owned(), text: Cow::Borrowed(text), folder: PathBuf::new() }] }
    }

    /// Adds a file that the manifest includes; `below` is its path, seen from the manifest's folder.
    pub(super) fn add(&mut self, below: &Path, text: String) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        let name = self.files[0].name.parent().unwrap_or(Path::new("")).join(below);
        let folder = below.parent().unwrap_or(Path::new("")).to_owned();
        self.files.push(Source { name, text: Cow::Owned(text), folder });
        id
    }

    /// One of the files.
    pub(super) fn file(&self, id: FileId) -> &Source<'a> {
        &self.files[id.index()]
    }

    /// Finds each file's lines.
    pub(super) fn lines(&self) -> Vec<Lines<'_>> {
        self.files.iter().map(|file| Lines::of(&file.text)).collect()
    }

    /// The files' names, as text.
    pub(super) fn names(&self) -> Vec<String> {
        self.files.iter().map(|file| format!("{}{}", self.label, file.name.to_string_lossy())).collect()
    }
}

/// Reads the manifest's text.
pub(super) fn read(path: &Path) -> Result<String, ManifestError> {
    if is_foreign_link(path) {
        return Err(foreign_link(path));
    }
    let bytes = read_bytes(path).map_err(|error| unreadable(path, &error))?;
    check_length(path, bytes.len())?;
    utf8(path, bytes)
}

/// Reads the text of the manifest `path` of a tree, if there is one; `folder` is the one it is in.
pub(super) fn read_of_tree(path: &Path, folder: &Folder<'_>, tree: &dyn Tree) -> Result<Option<String>, ManifestError> {
    let name = PathBuf::from(format!("{}{}", tree.label(), path.to_string_lossy()));
    let read = folder.step(path).and_then(|real| folder.read_real(&real, LONGEST_FILE));
    match read {
        Ok(bytes) => utf8(&name, bytes).map(Some),
        Err(Refusal::Missing) => Ok(None),
        Err(Refusal::Link) => Err(foreign_link(&name)),
        Err(Refusal::TooLarge(limit)) => check_length(&name, limit + 1).map(|()| None),
        Err(Refusal::NotAFile(what)) => {
            let finding = Finding::new(format!("{} is {what}", shown(&name)));
            Err(ManifestError::of_file(&name, finding.help("a manifest is a regular file")))
        }
        Err(Refusal::Io(error)) => Err(unreadable(&name, &error)),
        Err(_) => Err(unreadable(&name, &io::Error::from(io::ErrorKind::Unsupported))),
    }
}

/// The text that `bytes` of a file are.
pub(super) fn utf8(path: &Path, bytes: Vec<u8>) -> Result<String, ManifestError> {
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..at].split(|byte| *byte == b'\n').count();
        let finding = if error.as_bytes().starts_with(b"\xff\xfe") || error.as_bytes().starts_with(b"\xfe\xff") {
            Finding::new(format!("{} is UTF-16, not UTF-8", shown(path))).help("save the file as UTF-8")
        } else {
            Finding::new(format!("{} is not UTF-8", shown(path)))
                .help(format!("byte {at}, in line {line}, starts no UTF-8 character; save the file as UTF-8"))
        };
        ManifestError::of_file(path, finding)
    })
}

/// All of a file; of one that is too long, more than may be. Pipes have no length that could be asked for.
fn read_bytes(path: &Path) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    let length = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
    let mut bytes = Vec::new();
    if length <= LONGEST_FILE {
        bytes.reserve_exact(length + 1);
    }
    file.take(LONGEST_FILE as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Refuses a text that is too long for a manifest.
pub(super) fn check_length(path: &Path, length: usize) -> Result<(), ManifestError> {
    if length <= LONGEST_FILE {
        return Ok(());
    }
    let finding = Finding::new(format!("{} is too long", shown(path)))
        .help(format!("a manifest has at most {} MiB; put releases into files that it includes", LONGEST_FILE >> 20));
    Err(ManifestError::of_file(path, finding))
}

/// Whether `path` is a link that leads out of its folder: a merge request could replace the manifest by one to
/// `/proc/self/environ`, and have the secrets there printed as a syntax error. Links inside the folder are fine (Kubernetes
/// mounts files that way), and so is `/dev/stdin`.
pub(super) fn is_foreign_link(path: &Path) -> bool {
    let is_link = std::fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink());
    if !is_link || path.starts_with("/dev") {
        return false;
    }
    let inside = || Some(path.canonicalize().ok()?.starts_with(folder(path).canonicalize().ok()?));
    inside() != Some(true)
}

fn foreign_link(path: &Path) -> ManifestError {
    let finding = Finding::new(format!("{} is a symbolic link that leads out of its folder, or nowhere", shown(path)))
        .help("name the file it should lead to, or replace the link by that file");
    ManifestError::of_file(path, finding)
}

fn unreadable(path: &Path, error: &io::Error) -> ManifestError {
    let path_shown = shown(path);
    let finding = match error.kind() {
        io::ErrorKind::NotFound => Finding::new(format!("no such file: {path_shown}"))
            .help("name the manifest with `-f FILE`, or run relsync where `releases.toml` is"),
        io::ErrorKind::IsADirectory => Finding::new(format!("{path_shown} is a directory"))
            .help("name the manifest in it, such as `-f releases.toml`"),
        io::ErrorKind::PermissionDenied => Finding::new(format!("no permission to read {path_shown}"))
            .help("check the file's mode and owner, and those of the folders above it"),
        _ => Finding::new(format!("can't read {path_shown}: {error}")),
    };
    ManifestError::of_file(path, finding)
}

/// A path in a sentence. Not shortened, unlike what comes from a manifest: it is the user's own.
pub(super) fn shown(path: &Path) -> String {
    format!("`{}`", visible::line(&path.to_string_lossy()))
}

/// The folder below which a manifest's files are.
pub(super) fn folder(manifest: &Path) -> &Path {
    match manifest.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}
