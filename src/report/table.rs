//! Tables of short texts, in columns that fit a terminal.
//!
//! Cells are harmless before they come in. On a terminal, wide cells are shortened; elsewhere nothing is, and nothing but
//! spaces stands between columns.

use super::style::{Palette, paint};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

const GAP: usize = 2;
/// So many columns are shown in any case; of the others, the last are left out first where there is no room.
const FIRST: usize = 3;
/// What stands for the rest of a cell.
const CUT: char = '…';

/// One column.
pub(super) struct Column {
    pub(super) name: &'static str,
    /// How narrow it may become where there is no room; `None`: it is whole or the row is cut.
    pub(super) least: Option<usize>,
    pub(super) cells: Vec<String>,
}

impl Column {
    /// How wide it is if all is shown.
    fn width(&self) -> usize {
        self.cells.iter().map(|cell| cell.width()).max().unwrap_or(0).max(self.name.width())
    }

    /// How narrow it may become.
    fn least(&self) -> usize {
        self.least.map_or_else(|| self.width(), |least| least.max(self.name.width()).min(self.width()))
    }
}

/// How narrow a table of these may become.
fn least_width(columns: &[Column]) -> usize {
    columns.iter().map(Column::least).sum::<usize>() + gaps(columns)
}

fn gaps(columns: &[Column]) -> usize {
    GAP * columns.len().saturating_sub(1)
}

/// The table, in so many columns of a terminal if `width` says so. Each line ends in a newline.
pub(super) fn table(mut columns: Vec<Column>, width: Option<usize>, palette: &Palette) -> String {
    // What nobody has is no column.
    columns.retain(|column| column.cells.iter().any(|cell| !cell.is_empty()));
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

/// The columns' widths once the widest of those that may have given what they can, a little of each at a time.
fn fitted(columns: &[Column], natural: &[usize], width: usize) -> Vec<usize> {
    let mut widths = natural.to_vec();
    let mut over = (widths.iter().sum::<usize>() + gaps(columns)).saturating_sub(width);
    while over > 0 {
        let may_give = |index: &usize| widths[*index] > columns[*index].least();
        let Some(widest) = (0..widths.len()).filter(may_give).max_by_key(|index| widths[*index]) else { break };
        widths[widest] -= 1;
        over -= 1;
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
    let (mut shown, mut used) = (String::new(), 0);
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used >= width {
            break;
        }
        shown.push(c);
    }
    if width > 0 {
        shown.push(CUT);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn column(name: &'static str, least: Option<usize>, cells: &[&str]) -> Column {
        Column { name, least, cells: cells.iter().map(|cell| (*cell).to_owned()).collect() }
    }

    #[test]
    fn the_widest_column_gives_way_first() {
        let columns = || {
            vec![
                column("tag", Some(4), &["v1.0.0", "v2"]),
                column("name", Some(4), &["A name that is much too long", "日本語の名前です"]),
                column("none", None, &["", ""]),
                column("date", None, &["2026-01-30", "2025-01-30"]),
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

    proptest! {
        #[test]
        fn no_line_is_wider_than_the_terminal(cells in prop::collection::vec("[a日 e\u{301}]{0,40}", 3), width in 1_usize..60) {
            let columns = cells.iter().map(|cell| column("x", Some(3), &[cell])).collect();
            for line in table(columns, Some(width), &Palette::plain()).lines() {
                prop_assert!(line.width() <= width, "{line:?}");
            }
        }
    }
}
