//! A point in time as GitLab answers it: UTC, to the millisecond.

use jiff::{Timestamp, civil::Date, civil::DateTime, fmt::rfc2822::DateTimePrinter, tz::TimeZone};
use rusqlite::types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use serde::{Serialize, Serializer};
use std::fmt;
use std::time::Duration;

/// Milliseconds since 1970; always within what can be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Moment(Timestamp);

impl Moment {
    /// The system's clock.
    pub(crate) fn now() -> Self {
        Self::truncated(Timestamp::now())
    }

    /// So many seconds after 1970.
    pub(crate) fn at_second(second: i64) -> Option<Self> {
        Timestamp::from_second(second).ok().map(Self)
    }

    /// An ISO 8601 time; one without offset is read as UTC, one without a time of day as midnight.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let timestamp = text.parse::<Timestamp>().ok().or_else(|| {
            let civil: DateTime = text.parse().ok()?;
            Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
        })?;
        Some(Self::truncated(timestamp))
    }

    /// Seconds since 1970, rounded down: GitLab compares times in whole seconds.
    pub(crate) fn whole_seconds(self) -> i64 {
        self.0.as_millisecond().div_euclid(1000)
    }

    /// As HTTP's headers have it: `Tue, 05 Jan 2021 11:00:00 GMT`.
    pub(crate) fn http_date(self) -> String {
        DateTimePrinter::new().timestamp_to_rfc9110_string(&self.0).unwrap_or_default()
    }

    /// The day it is in UTC.
    pub(crate) fn day(self) -> Date {
        self.0.to_zoned(TimeZone::UTC).date()
    }

    /// The same so much later.
    pub(crate) fn later(self, by: Duration) -> Self {
        self.0.checked_add(by).map_or(self, Self::truncated)
    }

    /// The same so much earlier.
    pub(crate) fn earlier(self, by: Duration) -> Self {
        self.0.checked_sub(by).map_or(self, Self::truncated)
    }

    fn truncated(timestamp: Timestamp) -> Self {
        Self(Timestamp::from_millisecond(timestamp.as_millisecond()).unwrap_or(timestamp))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}", self.0)
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl ToSql for Moment {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.0.as_millisecond().into())
    }
}

impl FromSql for Moment {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Timestamp::from_millisecond(value.as_i64()?)
            .map(Self)
            .map_err(|e| rusqlite::types::FromSqlError::Other(Box::new(e)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_come_back_in_utc_with_milliseconds() {
        for (given, answered) in [
            ("2019-01-03T01:56:19.539Z", "2019-01-03T01:56:19.539Z"),
            ("2019-01-03T01:56:19Z", "2019-01-03T01:56:19.000Z"),
            ("2019-01-03T01:56:19.5399", "2019-01-03T01:56:19.539Z"),
            ("2019-01-03T03:56:19+02:00", "2019-01-03T01:56:19.000Z"),
            ("2019-01-03", "2019-01-03T00:00:00.000Z"),
        ] {
            assert_eq!(Moment::parse(given).map(|m| m.to_string()).as_deref(), Some(answered), "{given}");
        }
        assert_eq!(Moment::parse("next week"), None);
    }
}
