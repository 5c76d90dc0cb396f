//! Dates as people read them, in UTC.

use crate::model::Moment;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

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
