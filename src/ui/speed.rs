//! How fast bytes come in, over the last few seconds.
//!
//! Pure: the time is an argument.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// What was longer ago does not count.
const MEMORY: Duration = Duration::from_secs(5);
/// Looks that are closer together are one.
const STEP: Duration = Duration::from_millis(250);

/// Looks at a count, the oldest first.
#[derive(Debug)]
pub(super) struct Speed(VecDeque<(Instant, u64)>);

impl Speed {
    /// Nothing has come yet.
    pub(super) fn from(now: Instant) -> Self {
        Self(VecDeque::from([(now, 0)]))
    }

    /// So many have come by now; fewer than before if some were in vain.
    pub(super) fn read(&mut self, bytes: u64, now: Instant) {
        if self.0.back().is_some_and(|(_, last)| bytes < *last) {
            self.0 = VecDeque::from([(now, bytes)]);
            return;
        }
        // The last one moves until it is a step away from the one before.
        let before = self.0.len().checked_sub(2).and_then(|index| self.0.get(index));
        if before.is_some_and(|(then, _)| now.saturating_duration_since(*then) < STEP) {
            self.0.pop_back();
        }
        self.0.push_back((now, bytes));
        while self.0.get(1).is_some_and(|(then, _)| now.saturating_duration_since(*then) >= MEMORY) {
            self.0.pop_front();
        }
    }

    /// How many come in a second, if there is enough to tell.
    pub(super) fn per_second(&self, now: Instant) -> Option<u64> {
        let ((from, before), (_, last)) = (self.0.front()?, self.0.back()?);
        let took = u64::try_from(now.saturating_duration_since(*from).as_millis()).ok()?;
        (took >= 1000).then(|| (last - before).saturating_mul(1000) / took)
    }
}
