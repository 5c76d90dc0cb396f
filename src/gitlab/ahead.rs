//! Lists that are being read before anybody has asked for them.

use crate::gitlab::Error;
use crate::model::{ProjectRef, Release};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::task::JoinHandle;

/// A project's releases, and its page if they tell it.
pub(super) type Releases = Result<(Vec<Release>, Option<String>), Error>;

/// What is being read ahead, by project.
#[derive(Default)]
pub(super) struct Ahead(Mutex<Vec<(ProjectRef, JoinHandle<Releases>)>>);

impl Ahead {
    /// Keeps what is being read of `project`.
    pub(super) fn put(&self, project: &ProjectRef, reading: JoinHandle<Releases>) {
        self.kept().push((project.clone(), reading));
    }

    /// Hands it out, once: who asks again wants it as it is then.
    pub(super) fn take(&self, project: &ProjectRef) -> Option<JoinHandle<Releases>> {
        let mut kept = self.kept();
        let index = kept.iter().position(|(of, _)| of == project)?;
        Some(kept.swap_remove(index).1)
    }

    fn kept(&self) -> MutexGuard<'_, Vec<(ProjectRef, JoinHandle<Releases>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
