//! The state in SQLite, and the only place that speaks SQL: one file for each resource, plain rows in and out.
//! Knows no HTTP.
//!
//! One connection behind a mutex serves every request, on the runtime's blocking threads; SQLite writes one at a time
//! anyway, and no query here grows with the size of a project. Other processes may have the same file open: every write
//! takes the database's write lock before it reads, so what it read still holds when it writes.

pub(crate) mod blobs;
pub(crate) mod evidences;
pub(crate) mod groups;
pub(crate) mod ids;
pub(crate) mod links;
pub(crate) mod merge_requests;
pub(crate) mod milestones;
pub(crate) mod notes;
pub(crate) mod overview;
pub(crate) mod packages;
pub(crate) mod page;
pub(crate) mod projects;
pub(crate) mod releases;
pub(crate) mod tags;
pub(crate) mod uploads;
pub(crate) mod users;

use crate::sandbox::error::Error;
use crate::sandbox::moment::Moment;
use crate::sandbox::seed::Seed;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::task::JoinError;

const DATABASE_FILE: &str = "sandbox.sqlite3";
/// Raised with every change of the schema.
const VERSION: i64 = 2;
/// How long a request waits for another process to finish writing.
const BUSY: Duration = Duration::from_secs(30);
const CACHED_STATEMENTS: usize = 128;

/// What a request is going to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Intent {
    /// Look only; everything is seen as of one moment.
    Read,
    /// Change something.
    Write,
}

/// The open database.
#[derive(Debug, Clone)]
pub(crate) struct Store(Arc<Mutex<Connection>>);

impl Store {
    /// Opens the database in `data`, or one in memory, and lays `seed` if it is new; answers whether it was.
    pub(crate) fn open(data: Option<&Path>, seed: &Seed) -> Result<(Self, bool), Error> {
        let place = data.map_or_else(|| "memory".to_owned(), |folder| folder.display().to_string());
        let broken = |source| Error::Database { place: place.clone(), source };
        let mut connection = connect(data, &broken)?;
        let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(broken)?;
        let is_new = match version(&tx).map_err(broken)? {
            0 => {
                lay(&tx, seed, &broken)?;
                true
            }
            VERSION => {
                blobs::forget_unfinished(&tx, Moment::now()).map_err(broken)?;
                false
            }
            found => return Err(Error::Version { place, found, known: VERSION }),
        };
        tx.commit().map_err(broken)?;
        Ok((Self(Arc::new(Mutex::new(connection))), is_new))
    }

    /// Empties the database in `data` and lays `seed`, in one step that other processes see whole or not at all.
    pub(crate) fn reset(data: &Path, seed: &Seed) -> Result<(), Error> {
        match Self::lay_anew(data, seed) {
            // What is no database can't be emptied, and holds nothing that anybody could miss.
            Err(Error::Database { source, .. }) if source.sqlite_error_code() == Some(ErrorCode::NotADatabase) => {
                let file = data.join(DATABASE_FILE);
                std::fs::remove_file(&file).map_err(|source| Error::Folder { path: file, source })?;
                Self::lay_anew(data, seed)
            }
            done => done,
        }
    }

    fn lay_anew(data: &Path, seed: &Seed) -> Result<(), Error> {
        let broken = |source| Error::Database { place: data.display().to_string(), source };
        let mut connection = connect(Some(data), &broken)?;
        connection.pragma_update(None, "foreign_keys", false).map_err(broken)?;
        let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(broken)?;
        drop_tables(&tx).map_err(broken)?;
        lay(&tx, seed, &broken)?;
        tx.commit().map_err(broken)
    }

    /// Does `work` in one transaction: kept if it is `Ok`, undone if it is `Err`.
    pub(crate) async fn run<T, E>(
        &self,
        intent: Intent,
        work: impl FnOnce(&mut Transaction<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<rusqlite::Error> + From<JoinError> + Send + 'static,
    {
        let connection = Arc::clone(&self.0);
        let behavior = match intent {
            Intent::Read => TransactionBehavior::Deferred,
            Intent::Write => TransactionBehavior::Immediate,
        };
        let done = tokio::task::spawn_blocking(move || {
            let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
            let mut tx = connection.transaction_with_behavior(behavior)?;
            let value = work(&mut tx)?;
            tx.commit()?;
            Ok(value)
        });
        done.await?
    }
}

/// Whether a statement failed because what it writes must be unique and is not.
pub(crate) fn is_taken(error: &rusqlite::Error) -> bool {
    use rusqlite::ffi::{SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_TRIGGER, SQLITE_CONSTRAINT_UNIQUE};
    let codes = [SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_TRIGGER, SQLITE_CONSTRAINT_UNIQUE];
    error.sqlite_error().is_some_and(|e| codes.contains(&e.extended_code))
}

/// The words a state, type or visibility is kept and answered as.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum $name { $($(#[$variant_doc])* $variant),+ }

        impl $name {
            /// The word for it.
            pub(crate) fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// What the word stands for.
            pub(crate) fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }

        impl rusqlite::types::ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
                Ok(self.as_str().into())
            }
        }

        impl rusqlite::types::FromSql for $name {
            fn column_result(value: rusqlite::types::ValueRef<'_>) -> rusqlite::types::FromSqlResult<Self> {
                Self::from_word(value.as_str()?).ok_or(rusqlite::types::FromSqlError::InvalidType)
            }
        }
    };
}
use words;

fn connect(data: Option<&Path>, broken: &impl Fn(rusqlite::Error) -> Error) -> Result<Connection, Error> {
    let connection = match data {
        None => Connection::open_in_memory().map_err(broken)?,
        Some(folder) => {
            prepare(folder).map_err(|source| Error::Folder { path: folder.to_owned(), source })?;
            Connection::open(folder.join(DATABASE_FILE)).map_err(broken)?
        }
    };
    connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
    let settings = || {
        // Or statements are prepared anew whenever other values are bound to them: there are no statistics to plan by.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        connection.busy_timeout(BUSY)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.pragma_update(None, "foreign_keys", true)
    };
    settings().map_err(broken)?;
    Ok(connection)
}

/// Makes the folder, and tells git to leave it alone.
fn prepare(folder: &Path) -> std::io::Result<()> {
    if !folder.is_dir() {
        std::fs::create_dir_all(folder)?;
        std::fs::write(folder.join(".gitignore"), "*\n")?;
    }
    Ok(())
}

fn version(db: &Connection) -> rusqlite::Result<i64> {
    db.pragma_query_value(None, "user_version", |row| row.get(0))
}

fn lay(db: &Connection, seed: &Seed, broken: &impl Fn(rusqlite::Error) -> Error) -> Result<(), Error> {
    db.execute_batch(include_str!("schema.sql")).map_err(broken)?;
    seed.lay(db, broken)?;
    db.pragma_update(None, "user_version", VERSION).map_err(broken)
}

fn drop_tables(db: &Connection) -> rusqlite::Result<()> {
    let mut statement =
        db.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")?;
    let names = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
    names.iter().try_for_each(|name| db.execute_batch(&format!("DROP TABLE \"{name}\"")))
}
