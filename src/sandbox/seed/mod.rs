//! What a new database starts with: the default seed, or a seed file. Every mistake in a file is shown at its place;
//! what must be unique is left to the database to find.

mod format;
mod lay;
mod release;

use crate::sandbox::error::Error;
use crate::sandbox::store::is_taken;
use format::File;
use miette::NamedSource;
use rusqlite::Connection;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

const DEFAULT: &str = include_str!("default.toml");

/// A seed, read but not yet laid.
#[derive(Debug)]
pub(super) struct Seed {
    file: File,
    source: Arc<NamedSource<String>>,
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
    /// Reads the seed file, or the default seed.
    pub(super) fn load(path: Option<&Path>) -> Result<Self, Error> {
        let (name, text) = match path {
            None => ("the default seed".to_owned(), DEFAULT.to_owned()),
            Some(path) => {
                let text = std::fs::read_to_string(path)
                    .map_err(|source| Error::SeedFile { path: path.to_owned(), source })?;
                (path.display().to_string(), text)
            }
        };
        let parsed = toml::from_str(&text);
        let source = Arc::new(NamedSource::new(name, text));
        match parsed {
            Ok(file) => Ok(Self { file, source }),
            Err(error) => Err(Error::Seed {
                message: error.message().to_owned(),
                file: source,
                place: error.span().unwrap_or_default().into(),
            }),
        }
    }

    /// Writes everything into an empty database.
    pub(super) fn lay(&self, db: &Connection, broken: &impl Fn(rusqlite::Error) -> Error) -> Result<(), Error> {
        lay::lay(db, &self.file).map_err(|problem| match problem {
            Problem::Wrong { message, place } => {
                Error::Seed { message, file: Arc::clone(&self.source), place: place.into() }
            }
            Problem::Database(error) => broken(error),
        })
    }
}
