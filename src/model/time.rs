//! Points in time at the grain that GitLab answers with.

use jiff::Timestamp;
use std::fmt;

/// An instant in whole milliseconds: GitLab answers in UTC with three digits, so finer wishes would differ forever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(Timestamp);

impl Moment {
    /// The millisecond that `at` lies in.
    #[must_use]
    pub fn new(at: Timestamp) -> Self {
        let millis = at.as_nanosecond().div_euclid(1_000_000) * 1_000_000;
        Self(Timestamp::from_nanosecond(millis).unwrap_or(at))
    }

    /// Whole seconds since 1970, the grain in which GitLab tells a historical release from a current one.
    #[must_use]
    pub fn second(self) -> i64 {
        self.0.as_nanosecond().div_euclid(1_000_000_000).try_into().unwrap_or(i64::MAX)
    }
}

impl fmt::Display for Moment {
    /// RFC 3339 in UTC: `2026-01-30T10:00:00Z`, with a fraction only if there is one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_and_microseconds_are_no_difference() {
        let at = |text: &str| Moment::new(text.parse().unwrap());
        assert_eq!(at("2026-01-30T12:00:00.0009+02:00"), at("2026-01-30T10:00:00Z"));
        assert_ne!(at("2026-01-30T10:00:00.001Z"), at("2026-01-30T10:00:00Z"));
        assert_eq!(at("2026-01-30T12:00:00+02:00").to_string(), "2026-01-30T10:00:00Z");
        assert_eq!(at("1969-12-31T23:59:59.9999Z").second(), -1);
    }
}
