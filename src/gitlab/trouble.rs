//! Whether the server, or the way to it, is in trouble, and since when: what one request finds out spares a thousand others
//! the same wait.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The troubles so far. Those of writes by themselves: where they fail, reads may well work.
#[derive(Debug, Default)]
pub(super) struct Troubles {
    count: AtomicU64,
    /// Whether any request was answered as it should be.
    was_well: AtomicBool,
    now: Mutex<Now>,
}

#[derive(Debug, Default)]
struct Now {
    reading: Option<Trouble>,
    writing: Option<Trouble>,
}

/// No request has been answered as by a server that is well.
#[derive(Debug, Clone, Copy)]
struct Trouble {
    since: Instant,
    last: Instant,
}

impl Now {
    fn of(&mut self, method: &str) -> &mut Option<Trouble> {
        if method == "GET" { &mut self.reading } else { &mut self.writing }
    }
}

impl Troubles {
    /// One more request of this method was answered as by a server in trouble, or not at all. Since when that is so: one that
    /// is longer ago than `forgotten` does not count, as nothing may have been asked that would have shown that it was over.
    pub(super) fn add(&self, method: &str, forgotten: Duration) -> Instant {
        self.count.fetch_add(1, Ordering::Relaxed);
        let now = Instant::now();
        let mut all = self.now();
        let trouble = all.of(method);
        let since = trouble.filter(|known| now.duration_since(known.last) < forgotten).map_or(now, |known| known.since);
        *trouble = Some(Trouble { since, last: now });
        since
    }

    /// A request of this method was answered as it should be.
    pub(super) fn end(&self, method: &str) {
        self.was_well.store(true, Ordering::Relaxed);
        *self.now().of(method) = None;
    }

    /// Whether the server has ever been seen to be there, and well.
    pub(super) fn was_ever_well(&self) -> bool {
        self.was_well.load(Ordering::Relaxed)
    }

    /// How many there were.
    pub(super) fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    pub(super) fn last_longer_than(&self, patience: Duration) -> bool {
        let Now { reading, writing } = &*self.now();
        [reading, writing].into_iter().flatten().any(|trouble| trouble.since.elapsed() > patience)
    }

    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
