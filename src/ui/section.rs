//! A part of a GitLab CI job's log that is folded until somebody opens it.
//!
//! What lies between the markers is folded, whichever stream it came on: nothing but talk may be written while one is open.

use super::screen::Screen;
use std::process;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Names are to be unique in a job, which may run relsync more than once.
static COUNT: AtomicUsize = AtomicUsize::new(1);

/// Folds all that is written until it is dropped.
#[derive(Debug)]
pub(super) struct Section {
    name: String,
    screen: Screen,
}

impl Section {
    /// Writes the marker, and `header`, which stays to be seen.
    pub(super) fn open(header: &str, screen: &Screen) -> Self {
        let name = format!("relsync_{}_{}", process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        screen.line(&format!("\u{1b}[0Ksection_start:{}:{name}[collapsed=true]\r\u{1b}[0K{header}", now()));
        Self { name, screen: screen.clone() }
    }
}

impl Drop for Section {
    fn drop(&mut self) {
        self.screen.line(&format!("\u{1b}[0Ksection_end:{}:{}\r\u{1b}[0K", now(), self.name));
    }
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
