//! How long it is until a moment, in the words of a person.

use crate::model::Moment;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// On the average of the calendar; nobody counts on the day when it is months away.
const YEAR: i64 = 31_556_952;
const MONTH: i64 = YEAR / 12;

/// From how many of a unit on it is the one to count in, so that no count is a rough one: 90 minutes are not "in 1 hour".
const UNITS: [(i64, i64, &str); 5] = [
    (2 * YEAR, YEAR, "year"),
    (2 * MONTH, MONTH, "month"),
    (2 * DAY, DAY, "day"),
    (2 * HOUR, HOUR, "hour"),
    (MINUTE, MINUTE, "minute"),
];

/// `in 3 days`; whole units, of which the rest is left out. What is past is `now`.
pub(super) fn due(at: Moment, now: Moment) -> String {
    let seconds = at.second() - now.second();
    if at <= now {
        return "now".to_owned();
    }
    match UNITS.iter().find(|(from, ..)| seconds >= *from) {
        None => "in less than a minute".to_owned(),
        Some((_, unit, name)) => match seconds / unit {
            1 => format!("in 1 {name}"),
            count => format!("in {count} {name}s"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_in_the_unit_that_people_would_take() {
        let at = |text: &str| Moment::new(text.parse().unwrap());
        let now = at("2026-01-30T10:00:00Z");
        for (then, words) in [
            ("2026-01-30T10:00:00Z", "now"),
            ("2020-01-30T10:00:00Z", "now"),
            ("2026-01-30T10:00:00.001Z", "in less than a minute"),
            ("2026-01-30T10:01:59Z", "in 1 minute"),
            ("2026-01-30T11:59:59Z", "in 119 minutes"),
            ("2026-01-30T12:00:00Z", "in 2 hours"),
            ("2026-02-01T09:59:59Z", "in 47 hours"),
            ("2026-02-02T11:00:00Z", "in 3 days"),
            ("2026-03-30T10:00:00Z", "in 59 days"),
            ("2026-04-05T10:00:00Z", "in 2 months"),
            ("2027-12-31T10:00:00Z", "in 22 months"),
            ("2999-03-01T10:00:00Z", "in 973 years"),
        ] {
            assert_eq!(due(at(then), now), words, "{then}");
        }
    }
}
