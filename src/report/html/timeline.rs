//! The timeline: a lane for each kind of release, and in it a mark for each release, or a fine line where there are too many.

use super::axis::Axis;
use super::kind::Kind;
use super::status::Status;
use super::when::When;
use crate::model::Moment;
use crate::plan::Timing;
use crate::report::date;
use std::fmt::Write;

/// Rows that a lane's marks may take before they cover each other.
const MAX_ROWS: usize = 6;

/// The height of a row, and of the space above and below all of them, in pixels.
const ROW: usize = 17;
const SPACE: usize = 6;

/// Marks that are closer than this, in percent of the width, are put below each other.
const WIDTH: f64 = 1.9;

/// With more than so many, marks become fine lines: of releases of which there is something to say, and of others.
const MAX_MARKS: usize = 2500;
const MAX_OTHERS: usize = 300;

/// The whole timeline.
#[derive(Debug)]
pub(super) struct Timeline {
    pub(super) axis: Axis,
    pub(super) now: f64,
    pub(super) now_label: String,
    pub(super) lanes: Vec<Lane>,
    /// Whether there is a date in the future on it.
    pub(super) has_upcoming: bool,
    pub(super) has_historical: bool,
}

/// All releases of one kind, the latest first.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) kind: Kind,
    pub(super) count: usize,
    pub(super) height: usize,
    /// From when to when they are.
    pub(super) range: String,
    pub(super) marks: Vec<Mark>,
    /// Instead of marks, a path with one line for each release, a thousand wide and ten high.
    pub(super) path: Option<String>,
}

/// A release.
#[derive(Debug)]
pub(super) struct Mark {
    pub(super) x: f64,
    pub(super) y: usize,
    /// Where it was before, if its date changes.
    pub(super) from: Option<f64>,
    pub(super) label: String,
    pub(super) class: &'static str,
    /// What the page says of it.
    pub(super) id: Option<String>,
}

/// What the timeline has to know of a release.
#[derive(Debug)]
pub(super) struct Dot<'a> {
    pub(super) kind: Kind,
    pub(super) tag: &'a str,
    pub(super) when: &'a When,
    /// Its date before, if that changes.
    pub(super) before: Option<i64>,
    pub(super) status: Option<Status>,
    pub(super) id: Option<&'a str>,
}

impl Timeline {
    /// Of `dots`, the latest first.
    pub(super) fn new(dots: &[Dot<'_>], now: Moment) -> Self {
        let seconds = dots.iter().flat_map(|dot| dot.before.into_iter().chain([dot.when.moment.second()]));
        let axis = Axis::new(seconds, now.second());
        let lane = |kind| {
            let dots: Vec<_> = dots.iter().filter(|dot| dot.kind == kind).collect();
            (!dots.is_empty()).then(|| Lane::new(kind, &dots, &axis))
        };
        let has = |timing| dots.iter().any(|dot| dot.when.timing == timing);
        Self {
            lanes: Kind::ALL.into_iter().filter_map(lane).collect(),
            now: axis.x(now.second()),
            now_label: date::day(now),
            has_upcoming: has(Timing::Upcoming),
            has_historical: has(Timing::Historical),
            axis,
        }
    }
}

impl Lane {
    fn new(kind: Kind, dots: &[&Dot<'_>], axis: &Axis) -> Self {
        let [latest, earliest] =
            [dots.first(), dots.last()].map(|dot| dot.map(|dot| dot.when.day()).unwrap_or_default());
        let range = if earliest == latest { latest } else { format!("{earliest} to {latest}") };
        let max = if kind.is_change() { MAX_MARKS } else { MAX_OTHERS };
        if dots.len() > max {
            let (height, path) = (ROW + SPACE, Some(fine_lines(dots, axis)));
            return Self { kind, count: dots.len(), height, range, marks: Vec::new(), path };
        }
        let places: Vec<f64> = dots.iter().map(|dot| axis.x(dot.when.moment.second())).collect();
        let rows = rows(&places);
        let marks = dots.iter().zip(places).zip(&rows).map(|((dot, x), row)| Mark {
            x,
            y: SPACE + ROW / 2 + row * ROW,
            from: dot.before.map(|second| axis.x(second)),
            label: label(dot),
            class: dot.when.word(),
            id: dot.id.map(ToOwned::to_owned),
        });
        let height = 2 * SPACE + ROW * (rows.iter().max().unwrap_or(&0) + 1);
        Self { kind, count: dots.len(), height, range, marks: marks.collect(), path: None }
    }
}

fn label(dot: &Dot<'_>) -> String {
    let timing = dot.when.badge().map(|badge| format!(", {badge}")).unwrap_or_default();
    let status = dot.status.map(|status| format!(", {}", status.word())).unwrap_or_default();
    format!("{}: {}, {}{timing}{status}", dot.kind.label(), dot.tag, dot.when.day())
}

/// The row of each mark, from right to left: the first that has room, else the one that has had none for longest.
fn rows(places: &[f64]) -> Vec<usize> {
    let mut taken: Vec<f64> = Vec::new();
    let mut rows = Vec::with_capacity(places.len());
    for x in places {
        let free = taken.iter().position(|left| left - x >= WIDTH);
        let row = free.unwrap_or_else(|| {
            if taken.len() < MAX_ROWS {
                taken.push(*x);
                return taken.len() - 1;
            }
            let farthest = taken.iter().enumerate().max_by(|(_, one), (_, other)| one.total_cmp(other));
            farthest.map_or(0, |(row, _)| row)
        });
        taken[row] = *x;
        rows.push(row);
    }
    rows
}

/// A line for each release, half as long for historical ones.
fn fine_lines(dots: &[&Dot<'_>], axis: &Axis) -> String {
    let mut path = String::with_capacity(dots.len() * 12);
    for dot in dots {
        let x = axis.x(dot.when.moment.second()) * 10.0;
        let line = if dot.when.timing == Timing::Historical { "5v5" } else { "0v10" };
        // Writing to a string does not fail.
        let _ = write!(path, "M{x:.0} {line}");
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_that_would_cover_each_other_are_put_below() {
        assert_eq!(rows(&[50.0, 49.9, 40.0]), [0, 1, 0]);
        assert_eq!(rows(&[50.0; 8]), [0, 1, 2, 3, 4, 5, 5, 5]);
    }
}
