//! What there is to say of one release or milestone: all at once, or a part of it below a heading of its own.

use super::fields::{Row, Rows, Sides};
use super::links::LinkChange;
use super::prose::Prose;

/// A part of it.
#[derive(Debug)]
pub(super) struct Part {
    /// Where there are several.
    pub(super) heading: Option<String>,
    /// What stands against each other, if more than two versions do: who says it, and what.
    pub(super) values: Vec<(String, String)>,
    pub(super) rows: Rows,
    pub(super) links: Vec<LinkChange>,
    /// Texts with what they are.
    pub(super) texts: Vec<(String, Prose)>,
}

impl Part {
    /// All there is to say of a change.
    pub(super) fn whole(rows: Vec<Row>, links: Vec<LinkChange>, name: &str, text: Option<Prose>) -> Self {
        let texts = text.map(|text| (name.to_owned(), text)).into_iter().collect();
        let rows = Rows { rows, sides: Sides::CHANGE };
        Self { heading: None, values: Vec::new(), rows, links, texts }
    }
}
