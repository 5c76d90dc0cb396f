//! A date as the page writes it, and what GitLab calls a release by its date.

use crate::model::{Moment, Release};
use crate::plan::Timing;
use crate::report::date::{day, minute};

/// When a release was, or will be, released.
#[derive(Debug, Clone)]
pub(super) struct When {
    pub(super) moment: Moment,
    pub(super) timing: Timing,
}

impl When {
    /// Of a release of which nobody said how GitLab calls it.
    pub(super) fn of(release: &Release, now: Moment) -> Self {
        let moment = release.released_at;
        Self { moment, timing: Timing::of(moment, release.created_at, now) }
    }

    /// `2026-01-30`.
    pub(super) fn day(&self) -> String {
        day(self.moment)
    }

    /// `2026-01-30 10:00 UTC`.
    pub(super) fn minute(&self) -> String {
        minute(self.moment)
    }

    /// For machines.
    pub(super) fn exact(&self) -> String {
        self.moment.to_string()
    }

    /// What GitLab calls it, where that is anything.
    pub(super) fn badge(&self) -> Option<&'static str> {
        match self.timing {
            Timing::Upcoming => Some("upcoming"),
            Timing::Current => None,
            Timing::Historical => Some("historical"),
        }
    }

    /// For the filter.
    pub(super) fn word(&self) -> &'static str {
        self.badge().unwrap_or("released")
    }
}
