//! What a new database starts with: the default seed, or a seed file. Every mistake in a file is shown at its place;
//! what must be unique is left to the database to find.

mod format;
mod lay;
mod merge_request;
mod release;

use crate::sandbox::error::Error;
use crate::sandbox::store::is_taken;
use format::File;
use miette::NamedSource;
use rusqlite::Connection;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use toml::Spanned;

const DEFAULT: &str = include_str!("default.toml");

/// Where a seed comes from.
#[derive(Debug, Clone)]
pub enum SeedSource {
    /// A file, which may name others in its folder.
    File(PathBuf),
    /// A text by itself.
    Text {
        /// What it is called where it is wrong.
        name: String,
        /// In TOML.
        text: String,
    },
}

impl<P: Into<PathBuf>> From<P> for SeedSource {
    fn from(path: P) -> Self {
        Self::File(path.into())
    }
}

/// A seed, read but not yet laid.
#[derive(Debug)]
pub(super) struct Seed {
    file: File,
    source: Arc<NamedSource<String>>,
    folder: Folder,
}

/// Where a seed file lies; the default seed lies nowhere.
#[derive(Debug)]
struct Folder(Option<PathBuf>);

impl Folder {
    /// The text of a file in the folder or below it.
    fn read(&self, file: &Spanned<PathBuf>) -> Result<String, Problem> {
        let problem = |message: &str| Problem::new(format!("failed to read this file: {message}"), file.span());
        let folder = self.0.as_ref().ok_or_else(|| problem("the seed is no file"))?;
        let read = || {
            let folder = folder.canonicalize()?;
            let path = folder.join(file.get_ref()).canonicalize()?;
            if path.starts_with(&folder) { std::fs::read_to_string(path).map(Some) } else { Ok(None) }
        };
        let text = read().map_err(|error: io::Error| problem(&error.to_string()))?;
        text.ok_or_else(|| problem("it is not below the seed's folder"))
    }
}

/// Why a seed can't be laid.
#[derive(Debug)]
enum Problem {
    /// It contradicts itself, or GitLab's rules, here.
    Wrong { message: String, place: Range<usize> },
    /// The database is broken.
    Database(rusqlite::Error),
}

impl Problem {
    fn new(message: impl Into<String>, place: Range<usize>) -> Self {
        Self::Wrong { message: message.into(), place }
    }

    /// Tells what is there twice from what is broken.
    fn on_write(place: Range<usize>) -> impl Fn(rusqlite::Error) -> Self {
        move |error| if is_taken(&error) { Self::new("this is there already", place.clone()) } else { error.into() }
    }
}

impl From<rusqlite::Error> for Problem {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}

impl Seed {
    /// Reads a seed, or the default one.
    pub(super) fn load(from: Option<&SeedSource>) -> Result<Self, Error> {
        let mut path = None;
        let (name, text) = match from {
            None => ("the default seed".to_owned(), DEFAULT.to_owned()),
            Some(SeedSource::Text { name, text }) => (name.clone(), text.clone()),
            Some(SeedSource::File(file)) => {
                let text =
                    std::fs::read_to_string(file).map_err(|source| Error::SeedFile { path: file.clone(), source })?;
                path = Some(file.as_path());
                (file.display().to_string(), text)
            }
        };
        // A name alone has an empty parent, which is this folder.
        let folder = path
            .and_then(Path::parent)
            .map(|folder| if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder.to_owned() });
        let folder = Folder(folder);
        let parsed = toml::from_str(&text);
        let source = Arc::new(NamedSource::new(name, text));
        match parsed {
            Ok(file) => Ok(Self { file, source, folder }),
            Err(error) => Err(Error::Seed {
                message: error.message().to_owned(),
                file: source,
                place: error.span().unwrap_or_default().into(),
            }),
        }
    }

    /// Writes everything into an empty database.
    pub(super) fn lay(&self, db: &Connection, broken: &impl Fn(rusqlite::Error) -> Error) -> Result<(), Error> {
        lay::lay(db, &self.file, &self.folder).map_err(|problem| match problem {
            Problem::Wrong { message, place } => {
                Error::Seed { message, file: Arc::clone(&self.source), place: place.into() }
            }
            Problem::Database(error) => broken(error),
        })
    }
}
