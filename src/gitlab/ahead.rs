//! Lists that are being read before anybody has asked for them.

use crate::gitlab::Error;
use crate::model::{ProjectRef, Release};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::task::JoinHandle;

/// A project's releases, and its page if they tell it.
pub(super) type Releases = Result<(Vec<Release>, Option<String>), Error>;

/// Reads them, and says when that was done.
pub(super) type Reading = JoinHandle<(Releases, Instant)>;

/// What is being read ahead, by project. What nobody takes is given up.
#[derive(Default)]
pub(super) struct Ahead(Mutex<Vec<(ProjectRef, Reading)>>);

impl Ahead {
    /// Keeps what is being read of `project`.
    pub(super) fn put(&self, project: &ProjectRef, reading: Reading) {
        self.kept().push((project.clone(), reading));
    }

    /// Hands it out, once: who asks again wants it as it is then.
    pub(super) fn take(&self, project: &ProjectRef) -> Option<Reading> {
        let mut kept = self.kept();
        let index = kept.iter().position(|(of, _)| of == project)?;
        Some(kept.swap_remove(index).1)
    }

    fn kept(&self) -> MutexGuard<'_, Vec<(ProjectRef, Reading)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Ahead {
    fn drop(&mut self) {
        self.kept().iter().for_each(|(_, reading)| reading.abort());
    }
}
