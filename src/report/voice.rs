//! How foreign text stands among our own words: a sentence is written once, and each format says how it quotes.

use super::values::{quoted, visible};

/// A way to write what others have named.
#[derive(Debug, Clone, Copy)]
pub(super) struct Voice {
    /// Words that stand for themselves, such as a tag's name or a url.
    pub(super) name: fn(&str) -> String,
    /// Text that needs its ends marked, such as a title.
    pub(super) quoted: fn(&str) -> String,
}

impl Voice {
    /// For plain text.
    pub(super) const PLAIN: Self = Self { name: visible, quoted };
}
