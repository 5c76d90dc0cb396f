//! Why a sandbox can't start. What goes wrong later is an answer to a request, never one of these.

use miette::{Diagnostic, NamedSource, SourceSpan};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use thiserror::Error;

/// Why a sandbox can't start or be reset.
#[derive(Debug, Error, Diagnostic)]
pub enum Error {
    /// The address is taken, or not this machine's.
    #[error("failed to listen on {address}")]
    #[diagnostic(help("another program may use the port; port 0 picks a free one"))]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// The folder for the state can't be made or written.
    #[error("failed to prepare the folder {}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The database can't be opened or written.
    #[error("failed to open the sandbox's database in {place}")]
    Database {
        /// The folder, or `memory`.
        place: String,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// The database is another version's.
    #[error("the sandbox's database in {place} is of version {found}, this relsync writes version {known}")]
    #[diagnostic(help("`relsync sandbox reset` lays the seed anew"))]
    Version {
        /// The folder.
        place: String,
        /// What the file says.
        found: i64,
        /// What this program writes.
        known: i64,
    },
    /// The seed file can't be read.
    #[error("failed to read the seed file {}", path.display())]
    SeedFile {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The seed file says something that can't be.
    #[error("failed to read the seed: {message}")]
    Seed {
        /// What is wrong.
        message: String,
        /// The file.
        #[source_code]
        file: Arc<NamedSource<String>>,
        /// Where.
        #[label("here")]
        place: SourceSpan,
    },
    /// The runtime was shut down while the sandbox started.
    #[error("failed to start the sandbox: the program is ending")]
    Stopped,
}
