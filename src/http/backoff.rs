//! How long to wait between two tries of one thing.

use std::time::{Duration, Instant};

/// No wait between two tries is longer, but for one that the server asks for.
pub(crate) const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// The waits of one thing to do, with one time limit for all its tries.
#[derive(Debug)]
pub(crate) struct Backoff {
    started: Instant,
    retry_for: Duration,
    next_wait: Duration,
}

impl Backoff {
    /// The first try begins.
    pub(crate) fn new(first_wait: Duration, retry_for: Duration) -> Self {
        Self { started: Instant::now(), retry_for, next_wait: first_wait }
    }

    /// So much time is not held against it.
    pub(crate) fn excuse(&mut self, how_long: Duration) {
        self.started += how_long;
    }

    /// How long to wait before the next try, if there is to be one: twice as long each time, and somewhat at random, so
    /// that many who failed together don't come back together. What the server `asked` for counts more, and is waited for
    /// whole.
    pub(crate) fn next(&mut self, asked: Option<Duration>) -> Option<Duration> {
        let usual = self.next_wait.mul_f64(0.5 + fastrand::f64() / 2.0);
        self.next_wait = (self.next_wait * 2).min(LONGEST_WAIT);
        let wait = asked.map_or(usual, |asked| asked.max(usual));
        (self.started.elapsed().saturating_add(wait) <= self.retry_for).then_some(wait)
    }
}
