//! Dates as the page writes them, and what GitLab calls a release by its date.

use crate::model::{Moment, Release};
use crate::plan::Timing;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

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

/// `2026-01-30`.
pub(super) fn day(moment: Moment) -> String {
    civil(moment.second()).map_or_else(|| moment.to_string(), |at| at.date().to_string())
}

/// `2026-01-30 10:00 UTC`.
pub(super) fn minute(moment: Moment) -> String {
    let at = civil(moment.second());
    at.map_or_else(|| moment.to_string(), |at| format!("{} {:02}:{:02} UTC", at.date(), at.hour(), at.minute()))
}

/// The date and time in UTC of a second since 1970.
pub(super) fn civil(second: i64) -> Option<DateTime> {
    Some(Timestamp::from_second(second).ok()?.to_zoned(TimeZone::UTC).datetime())
}
