//! Tables of short texts, in columns that fit a terminal.
//!
//! Cells are harmless before they come in. On a terminal, wide cells are shortened ([`table`]), or the table is turned into
//! lists of lines ([`whole`]); elsewhere neither is done, and nothing but spaces stands between columns.

use super::style::{Palette, paint};
use std::fmt::Write as _;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

const GAP: usize = 2;
/// So many columns are shown in any case; of the others, the last are left out first where there is no room.
const FIRST: usize = 3;
/// What stands for the rest of a cell.
const CUT: &str = "…";
/// What stands for nothing where a program counts cells.
const NOTHING: &str = "-";
/// Joins two emoji into one: it is nothing by itself.
const JOINER: char = '\u{200d}';

/// What becomes of a column where there is no room for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Room {
    /// It is whole, or the row is cut.
    Whole,
    /// It is shortened, but not to less than this.
    Least(usize),
    /// The same, once all others have given what they can: it says which thing the row is about.
    LeastAtLast(usize),
}

/// One column.
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) room: Room,
    pub(super) cells: Vec<String>,
}

impl Column {
    /// How wide it is if all is shown.
    fn width(&self) -> usize {
        self.cells.iter().map(|cell| cell.width()).max().unwrap_or(0).max(self.name.width())
    }

    /// How narrow it may become, at last or before.
    fn least(&self, at_last: bool) -> usize {
        match self.room {
            Room::Least(least) => least.max(self.name.width()).min(self.width()),
            Room::LeastAtLast(least) if at_last => least.max(self.name.width()).min(self.width()),
            Room::Whole | Room::LeastAtLast(_) => self.width(),
        }
    }
}

/// How narrow a table of these may become before it gets to those that give at last.
fn least_width(columns: &[Column]) -> usize {
    columns.iter().map(|column| column.least(false)).sum::<usize>() + gaps(columns)
}

fn gaps(columns: &[Column]) -> usize {
    GAP * columns.len().saturating_sub(1)
}

/// The table, in so many columns of a terminal if `width` says so. Each line ends in a newline.
pub(super) fn table(mut columns: Vec<Column>, width: Option<usize>, palette: &Palette) -> String {
    leave_out_empty(&mut columns);
    laid_out(columns, width, palette)
}

/// The same for programs: every column, whatever is in it, and something in every cell, so that the nth of a line is the
/// nth column.
pub(super) fn full(mut columns: Vec<Column>, palette: &Palette) -> String {
    let cells = columns.iter_mut().flat_map(|column| &mut column.cells);
    for cell in cells.filter(|cell| cell.is_empty()) {
        NOTHING.clone_into(cell);
    }
    laid_out(columns, None, palette)
}

fn laid_out(mut columns: Vec<Column>, width: Option<usize>, palette: &Palette) -> String {
    if let Some(width) = width {
        while columns.len() > FIRST && least_width(&columns) > width {
            columns.pop();
        }
    }
    let natural: Vec<usize> = columns.iter().map(Column::width).collect();
    let widths = width.map_or_else(|| natural.clone(), |width| fitted(&columns, &natural, width));
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let cells: Vec<_> = cells.zip(&widths).map(|(cell, width)| padded(cell, *width)).collect();
        let line = cells.join(&" ".repeat(GAP));
        let line = line.trim_end();
        width.map_or_else(|| line.to_owned(), |width| cut(line, width))
    };
    let head = paint(palette.heading, line(&mut columns.iter().map(|column| column.name)));
    let rows = columns.iter().map(|column| column.cells.len()).max().unwrap_or(0);
    let rows = (0..rows).map(|row| line(&mut columns.iter().map(|column| column.cells[row].as_str())));
    std::iter::once(head).chain(rows).map(|line| line + "\n").collect()
}

/// What nobody has is no column.
fn leave_out_empty(columns: &mut Vec<Column>) {
    columns.retain(|column| column.cells.iter().any(|cell| !cell.is_empty()));
}

/// The same table with nothing cut, for what is copied from it, such as addresses: where it is wider than the terminal, each
/// row becomes a line for its first cell and one for each of the others.
pub(super) fn whole(mut columns: Vec<Column>, width: Option<usize>, palette: &Palette) -> String {
    leave_out_empty(&mut columns);
    let needed = columns.iter().map(Column::width).sum::<usize>() + gaps(&columns);
    if width.is_none_or(|width| needed <= width) {
        return table(columns, None, palette);
    }
    let names = columns.iter().map(|column| column.name.width()).max().unwrap_or(0);
    let mut text = String::new();
    for row in 0..columns.iter().map(|column| column.cells.len()).max().unwrap_or(0) {
        for (nth, Column { name, cells, .. }) in columns.iter().enumerate().filter(|(_, c)| !c.cells[row].is_empty()) {
            let (indent, name) = (if nth == 0 { "" } else { "  " }, paint(palette.heading, name));
            let gap = " ".repeat(names + GAP * 2 - indent.len() - columns[nth].name.width());
            // Writing to a `String` can't fail.
            let _ = writeln!(text, "{indent}{name}{gap}{}", cells[row]);
        }
    }
    text
}

/// The columns' widths once the widest of those that may have given what they can, a little of each at a time; then those that
/// give at last.
fn fitted(columns: &[Column], natural: &[usize], width: usize) -> Vec<usize> {
    let mut widths = natural.to_vec();
    let mut over = (widths.iter().sum::<usize>() + gaps(columns)).saturating_sub(width);
    for at_last in [false, true] {
        while over > 0 {
            let may_give = |index: &usize| widths[*index] > columns[*index].least(at_last);
            let Some(widest) = (0..widths.len()).filter(may_give).max_by_key(|index| widths[*index]) else { break };
            widths[widest] -= 1;
            over -= 1;
        }
    }
    widths
}

fn padded(cell: &str, width: usize) -> String {
    let shown = cut(cell, width);
    let missing = width.saturating_sub(shown.width());
    shown + &" ".repeat(missing)
}

/// `text`, or as much of it as fits with a sign that it is not all.
pub(super) fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let (mut end, mut used) = (0, 0);
    for piece in pieces(text) {
        used += piece.width();
        if used >= width {
            break;
        }
        end += piece.len();
    }
    let cut = if width > 0 { CUT } else { "" };
    format!("{}{cut}", &text[..end])
}

/// `text` in pieces that look like one character each: what is joined, and what has no width of its own, goes with what is before.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let mut before = rest.chars().next()?;
        let ends = |&(_, c): &(usize, char)| {
            let goes_on = before == JOINER || c.width().unwrap_or(0) == 0;
            before = c;
            !goes_on
        };
        let end = rest.char_indices().skip(1).find(ends).map_or(rest.len(), |(at, _)| at);
        let (piece, after) = rest.split_at(end);
        rest = after;
        Some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn column(name: &'static str, room: Room, cells: &[&str]) -> Column {
        Column { name, room, cells: cells.iter().map(|cell| (*cell).to_owned()).collect() }
    }

    #[test]
    fn the_widest_column_gives_way_first() {
        let columns = || {
            vec![
                column("tag", Room::Least(4), &["v1.0.0", "v2"]),
                column("name", Room::Least(4), &["A name that is much too long", "日本語の名前です"]),
                column("none", Room::Whole, &["", ""]),
                column("date", Room::Whole, &["2026-01-30", "2025-01-30"]),
            ]
        };
        assert_eq!(
            table(columns(), Some(30), &Palette::plain()),
            "tag     name        date\nv1.0.0  A name th…  2026-01-30\nv2      日本語の…   2025-01-30\n"
        );
        assert!(
            table(columns(), None, &Palette::plain()).contains("v1.0.0  A name that is much too long  2026-01-30\n")
        );
    }

    #[test]
    fn for_programs_nothing_is_left_out() {
        let columns = vec![
            column("tag", Room::Whole, &["v1", "v2"]),
            column("timing", Room::Whole, &["", ""]),
            column("links", Room::Whole, &["", "3"]),
        ];
        assert_eq!(full(columns, &Palette::plain()), "tag  timing  links\nv1   -       -\nv2   -       3\n");
    }

    #[test]
    fn what_a_row_is_about_gives_way_last() {
        let columns = || {
            vec![
                column("tag", Room::LeastAtLast(4), &["release/2026.11-rc.1"]),
                column("name", Room::Least(4), &["The first one of them"]),
                column("date", Room::Whole, &["2026-01-30"]),
                column("links", Room::Whole, &["3"]),
            ]
        };
        let shown = |width| table(columns(), Some(width), &Palette::plain());
        assert!(shown(50).contains("release/2026.11-rc.1  The firs…  2026-01-30  3\n"), "{}", shown(50));
        assert!(shown(40).ends_with("release/2026.11-rc.1  The f…  2026-01-30\n"), "{}", shown(40));
        assert!(shown(30).ends_with("release/202…  The…  2026-01-30\n"), "{}", shown(30));
    }

    #[test]
    fn what_is_copied_is_never_cut() {
        let columns = || {
            vec![
                column("asset", Room::Whole, &["app", "docs"]),
                column("path", Room::Whole, &["", "/docs"]),
                column("url", Room::Whole, &["https://example.com/app", "https://example.com/docs"]),
            ]
        };
        let shown = |width| whole(columns(), width, &Palette::plain());
        assert_eq!(shown(None), shown(Some(40)));
        assert_eq!(
            shown(Some(30)),
            "asset    app\n  url    https://example.com/app\nasset    docs\n  path   /docs\n  url    https://example.com/docs\n"
        );
    }

    #[test]
    fn what_is_joined_is_not_cut_apart() {
        assert_eq!(cut("👨\u{200d}👩\u{200d}👧 and more", 4), "👨\u{200d}👩\u{200d}👧 …");
        assert_eq!(cut("a 👨\u{200d}👩\u{200d}👧 and more", 4), "a …");
        assert_eq!(cut("e\u{301}e\u{301}e\u{301}", 2), "e\u{301}…");
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_the_terminal(cells in prop::collection::vec("[a日 e\u{301}]{0,40}", 3), width in 1_usize..60) {
            let columns = cells.iter().map(|cell| column("x", Room::Least(3), &[cell])).collect();
            for line in table(columns, Some(width), &Palette::plain()).lines() {
                prop_assert!(line.width() <= width, "{line:?}");
            }
        }
    }
}
