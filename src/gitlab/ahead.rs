//! Lists that are being read before anybody has asked for them.

use crate::gitlab::Error;
use crate::model::{ProjectRef, Release};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;
use tokio::task::JoinHandle;

/// A project's releases, and its page if they tell it.
pub(super) type Releases = Result<(Vec<Release>, Option<String>), Error>;

/// Reads them, and is given up if nobody wants them any more.
pub(super) struct Reading(JoinHandle<(Releases, Instant)>);

impl Reading {
    /// Begins; to be called where there is a runtime.
    pub(super) fn begin(read: impl Future<Output = Releases> + Send + 'static) -> Self {
        Self(tokio::spawn(async { (read.await, Instant::now()) }))
    }

    /// What came of it, and when.
    pub(super) async fn end(mut self) -> Option<(Releases, Instant)> {
        (&mut self.0).await.ok()
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// What is being read ahead, by project.
#[derive(Default)]
pub(super) struct Ahead(Mutex<Vec<(ProjectRef, Reading)>>);

impl Ahead {
    /// Keeps what is being read of `project`.
    pub(super) fn put(&self, project: &ProjectRef, reading: Reading) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((project.clone(), reading));
    }

    /// Hands it out, once: who asks again wants it as it is then.
    pub(super) fn take(&self, project: &ProjectRef) -> Option<Reading> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let index = kept.iter().position(|(of, _)| of == project)?;
        Some(kept.swap_remove(index).1)
    }
}
