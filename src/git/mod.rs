//! Reads the files of other commits, and the tags, through the `git` command: a [`Commit`] is a
//! [`Tree`](crate::manifest::Tree) that a manifest can be read from.
//!
//! Only objects are read: never the work tree or the index, and nothing is checked out, so no hook, filter or attribute has
//! a part in it. However many files are read, it takes two short processes for a repository and a commit, and one that
//! hands out objects; all tags take one more. May import `manifest` and `model`.

mod command;
mod commit;
mod error;
mod objects;
mod tags;

pub use commit::Commit;
pub use error::Error;
pub use tags::{Tag, Tags};

use command::{git, words};
use std::path::{Path, PathBuf};

/// A repository with a work tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    top: PathBuf,
    is_shallow: bool,
}

impl Repository {
    /// The repository that a folder is in, and the folder's path in it.
    ///
    /// # Errors
    /// When there is no git, or none that would look into a repository there.
    pub fn find(folder: &Path) -> Result<(Self, PathBuf), Error> {
        let folder = folder.canonicalize().map_err(|error| Error::folder(folder, error))?;
        let mut command = git(&folder);
        command.args(["rev-parse", "--show-toplevel", "--show-prefix", "--is-shallow-repository"]);
        let answer = words(command).map_err(|failed| failed.of_repository(&folder))?;
        // A path with a line break in it makes more lines.
        match answer.lines().collect::<Vec<_>>().as_slice() {
            [top, prefix, is_shallow] => {
                Ok((Self { top: PathBuf::from(top), is_shallow: *is_shallow == "true" }, PathBuf::from(prefix)))
            }
            _ => Err(Error::strange_folder(&folder)),
        }
    }

    /// The commit that `rev` stands for; people will see it as `shown`.
    ///
    /// # Errors
    /// When there is none.
    pub fn commit(&self, rev: &str, shown: &str) -> Result<Commit, Error> {
        let mut command = git(&self.top);
        // Whatever it begins with, it is no option.
        command.args(["rev-parse", "--verify", "--end-of-options"]).arg(format!("{rev}^{{commit}}"));
        let id = words(command).map_err(|failed| failed.of_commit(rev, self.is_shallow))?;
        Commit::open(&self.top, id.trim(), shown)
    }

    /// All its tags.
    ///
    /// # Errors
    /// When git fails.
    pub fn tags(&self) -> Result<Tags, Error> {
        tags::read(git(&self.top))
    }

    /// Whether it is a clone of only the latest commits, which may lack tags.
    #[must_use]
    pub fn is_shallow(&self) -> bool {
        self.is_shallow
    }
}
