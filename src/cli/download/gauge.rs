//! How much has come so far, for who watches.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

/// Counts the bytes of some files.
#[derive(Debug)]
pub(super) struct Gauge {
    files: usize,
    opened: AtomicUsize,
    is_vague: AtomicBool,
    bytes: AtomicU64,
    length: AtomicU64,
}

impl Gauge {
    /// Of so many.
    pub(super) fn of(files: usize) -> Self {
        let (bytes, length) = (AtomicU64::new(0), AtomicU64::new(0));
        Self { files, opened: AtomicUsize::new(0), is_vague: AtomicBool::new(false), bytes, length }
    }

    /// One of them begins, and is so long, if that is told.
    pub(super) fn opened(&self, length: Option<u64>) {
        self.opened.fetch_add(1, Ordering::Relaxed);
        match length {
            Some(length) => {
                self.length.fetch_add(length, Ordering::Relaxed);
            }
            None => self.is_vague.store(true, Ordering::Relaxed),
        }
    }

    /// So many bytes came.
    pub(super) fn more(&self, bytes: u64) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// So many came in vain.
    pub(super) fn lost(&self, bytes: u64) {
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// How many bytes there are, and of how many; 0 while nobody knows.
    pub(super) fn read(&self) -> (u64, u64) {
        let is_known = self.opened.load(Ordering::Relaxed) == self.files && !self.is_vague.load(Ordering::Relaxed);
        (self.bytes.load(Ordering::Relaxed), if is_known { self.length.load(Ordering::Relaxed) } else { 0 })
    }
}
