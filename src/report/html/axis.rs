//! The line of time: which part of it is shown, where a date lies on it, and which dates are written below.

use crate::report::date::civil;
use jiff::civil::Date;
use jiff::tz::TimeZone;

const HOUR: i64 = 60 * 60;
const DAY: i64 = 24 * HOUR;
const YEAR: i64 = 365 * DAY;
const MONTH: i64 = YEAR / 12;

/// About so many dates are written below the line.
const TICKS: i64 = 7;

/// A gap that is so many times longer than all the rest is not drawn; no rest counts as less than that.
const LONG_GAP: i64 = 3;
const SHORT_REST: i64 = 5 * YEAR;

/// Room at both ends, in percent of the width; more where there are dates beyond.
const MARGIN: f64 = 2.0;
const WIDE_MARGIN: f64 = 8.0;

/// Distances between dates below the line.
#[derive(Debug, Clone, Copy)]
enum Pace {
    Seconds(i64),
    Months(i64),
}

const PACES: &[Pace] = &[
    Pace::Seconds(HOUR),
    Pace::Seconds(6 * HOUR),
    Pace::Seconds(DAY),
    Pace::Seconds(2 * DAY),
    Pace::Seconds(7 * DAY),
    Pace::Months(1),
    Pace::Months(3),
    Pace::Months(6),
    Pace::Months(12),
    Pace::Months(24),
    Pace::Months(60),
    Pace::Months(120),
    Pace::Months(300),
    Pace::Months(600),
    Pace::Months(1200),
    Pace::Months(6000),
    Pace::Months(24000),
];

/// The part of the line that is shown.
#[derive(Debug)]
pub(super) struct Axis {
    start: i64,
    end: i64,
    /// The dates below it.
    pub(super) ticks: Vec<Tick>,
    /// Whether there are dates before it, which are drawn at its start.
    pub(super) has_earlier: bool,
    /// Whether there are dates after it, which are drawn at its end.
    pub(super) has_later: bool,
}

/// A date below the line.
#[derive(Debug)]
pub(super) struct Tick {
    pub(super) x: f64,
    pub(super) label: String,
}

impl Axis {
    /// An axis on which all of `seconds` and `now` can be told apart: one release far from all others, such as of 1970
    /// or 2199, does not push them together.
    pub(super) fn new(seconds: impl IntoIterator<Item = i64>, now: i64) -> Self {
        let mut seconds: Vec<i64> = seconds.into_iter().chain([now]).collect();
        seconds.sort_unstable();
        seconds.dedup();
        let mut shown = seconds.as_slice();
        while let Some(nearer) = without_long_gap(shown, now) {
            shown = nearer;
        }
        let (first, last) = (shown.first().copied().unwrap_or(now), shown.last().copied().unwrap_or(now));
        let (start, end) = if first == last { (first - DAY, last + DAY) } else { (first, last) };
        let mut axis = Self {
            start,
            end,
            ticks: Vec::new(),
            has_earlier: seconds.first().is_some_and(|second| *second < start),
            has_later: seconds.last().is_some_and(|second| *second > end),
        };
        axis.ticks = axis.dates();
        axis
    }

    /// Where `second` lies, in percent of the width.
    #[expect(clippy::cast_precision_loss, reason = "a pixel is coarser")]
    pub(super) fn x(&self, second: i64) -> f64 {
        if second < self.start {
            return MARGIN;
        }
        if second > self.end {
            return 100.0 - MARGIN;
        }
        let margin = |is_wide| if is_wide { WIDE_MARGIN } else { MARGIN };
        let (left, right) = (margin(self.has_earlier), 100.0 - margin(self.has_later));
        let part = (second - self.start) as f64 / (self.end - self.start) as f64;
        let x = left + part * (right - left);
        (x * 100.0).round() / 100.0
    }

    fn dates(&self) -> Vec<Tick> {
        let span = self.end - self.start;
        let is_slow_enough = |pace: &&Pace| match pace {
            Pace::Seconds(seconds) => span / seconds <= TICKS,
            Pace::Months(months) => span / (months * MONTH) <= TICKS,
        };
        let pace = *PACES.iter().find(is_slow_enough).unwrap_or(&Pace::Months(24000));
        let tick = |(second, label)| Tick { x: self.x(second), label };
        let inside = |(second, _): &(i64, String)| (self.start..=self.end).contains(second);
        match pace {
            Pace::Seconds(seconds) => (self.start.div_euclid(seconds)..=self.end.div_euclid(seconds))
                .filter_map(|n| labelled(n * seconds, seconds))
                .filter(inside)
                .map(tick)
                .collect(),
            Pace::Months(months) => {
                let [first, last] = [self.start, self.end].map(|second| month(second).unwrap_or(0).div_euclid(months));
                (first..=last).filter_map(|n| month_labelled(n * months, months)).filter(inside).map(tick).collect()
            }
        }
    }
}

/// The side of the longest gap on which `now` is, if that gap is far longer than all the rest.
fn without_long_gap(seconds: &[i64], now: i64) -> Option<&[i64]> {
    let span = seconds.last()? - seconds.first()?;
    let gaps = seconds.windows(2).enumerate().map(|(index, pair)| (pair[1] - pair[0], index + 1));
    let (gap, split) = gaps.max()?;
    if gap <= LONG_GAP * (span - gap).max(SHORT_REST) {
        return None;
    }
    let (before, after) = seconds.split_at(split);
    Some(if before.last().is_some_and(|last| *last >= now) { before } else { after })
}

fn labelled(second: i64, pace: i64) -> Option<(i64, String)> {
    let at = civil(second)?;
    let label = if pace < DAY { at.strftime("%m-%d %H:%M") } else { at.strftime("%Y-%m-%d") };
    Some((second, label.to_string()))
}

/// Months since the year 0.
fn month(second: i64) -> Option<i64> {
    let date = civil(second)?.date();
    Some(i64::from(date.year()) * 12 + i64::from(date.month()) - 1)
}

fn month_labelled(month: i64, pace: i64) -> Option<(i64, String)> {
    let (year, month) = (i16::try_from(month.div_euclid(12)).ok()?, i8::try_from(month.rem_euclid(12) + 1).ok()?);
    let date = Date::new(year, month, 1).ok()?;
    let second = date.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second();
    let label = if pace < 12 { date.strftime("%Y-%m") } else { date.strftime("%Y") };
    Some((second, label.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: i64 = 1_780_000_000;

    fn labels(axis: &Axis) -> Vec<&str> {
        axis.ticks.iter().map(|tick| tick.label.as_str()).collect()
    }

    #[test]
    fn dates_are_as_fine_as_the_span_allows() {
        assert_eq!(labels(&Axis::new([], NOW)), ["2026-05-28", "2026-05-29"]);
        assert_eq!(labels(&Axis::new([NOW - 200 * DAY], NOW)).first(), Some(&"2025-12"));
        assert_eq!(labels(&Axis::new([NOW - 6 * YEAR], NOW)), ["2021", "2022", "2023", "2024", "2025", "2026"]);
        assert_eq!(labels(&Axis::new([NOW - 9 * HOUR], NOW)).first(), Some(&"05-28 12:00"));
    }

    #[test]
    fn one_far_date_does_not_push_the_others_together() {
        let axis = Axis::new([0, NOW - YEAR, NOW, NOW + 170 * YEAR], NOW);
        assert!(axis.has_earlier && axis.has_later);
        assert_eq!((axis.x(NOW - YEAR), axis.x(NOW)), (WIDE_MARGIN, 100.0 - WIDE_MARGIN));
        assert_eq!((axis.x(0), axis.x(NOW + 170 * YEAR)), (MARGIN, 100.0 - MARGIN));
    }

    proptest! {
        #[test]
        fn later_lies_further_right(seconds in prop::collection::vec(-2_000_000_000..200_000_000_000_i64, 0..20)) {
            let axis = Axis::new(seconds.clone(), NOW);
            let mut sorted = seconds;
            sorted.sort_unstable();
            let places: Vec<f64> = sorted.iter().map(|second| axis.x(*second)).collect();
            prop_assert!(places.is_sorted());
            prop_assert!(places.iter().all(|x| (0.0..=100.0).contains(x)));
            prop_assert!(axis.ticks.len() <= 10, "{:?}", axis.ticks);
        }
    }
}
