//! What is waited for between two tries, or until GitLab lets requests through again: nobody should wonder why nothing
//! happens.

use crate::report::harmless;
use indicatif::ProgressBar;
use std::io::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Shorter waits are over before anybody reads of them.
const SHORTEST_TOLD: Duration = Duration::from_secs(1);

/// Where waits are told.
#[derive(Debug, Clone, Default)]
pub(super) struct Waits(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    bar: Option<ProgressBar>,
    /// Until when a wait has been told of already: many requests wait for the same.
    told_until: Option<Instant>,
}

impl Waits {
    /// From now on on this bar, or on lines.
    pub(super) fn on(&self, bar: Option<&ProgressBar>) {
        self.state().bar = bar.cloned();
    }

    pub(super) fn show(&self, how_long: Duration, why: &str) {
        let mut state = self.state();
        let until = Instant::now() + how_long;
        let is_news = state.told_until.is_none_or(|told| until > told + SHORTEST_TOLD);
        if how_long < SHORTEST_TOLD || !is_news {
            return;
        }
        state.told_until = Some(until);
        let line = format!("waiting {} s: {}", how_long.as_secs_f64().round(), harmless(why));
        match &state.bar {
            Some(bar) => bar.set_message(line),
            // Nobody is left to be told when stderr is gone.
            None => drop(writeln!(std::io::stderr().lock(), "{line}")),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
