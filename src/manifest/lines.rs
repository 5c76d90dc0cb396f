//! Where a text's lines are.

use std::ops::Range;

/// A text's lines, found once for all who ask.
pub(super) struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    /// Finds them. A byte order mark is part of no line.
    pub(super) fn of(text: &'a str) -> Self {
        let first = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let starts = std::iter::once(first).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, starts }
    }

    /// All of it.
    pub(super) fn text(&self) -> &'a str {
        self.text
    }

    /// The last line's index.
    pub(super) fn last(&self) -> usize {
        self.starts.len() - 1
    }

    /// Which line `at` is in, from 0.
    pub(super) fn index(&self, at: usize) -> usize {
        self.starts.partition_point(|start| *start <= at).saturating_sub(1)
    }

    /// A line's bytes, without its line end.
    pub(super) fn range(&self, index: usize) -> Range<usize> {
        let start = self.starts[index];
        let end = self.starts.get(index + 1).map_or(self.text.len(), |next| next - 1);
        let has_return = self.text[start..end].ends_with('\r');
        start..if has_return { end - 1 } else { end }
    }

    /// `at`, moved into the text and to the start of the character it is in.
    pub(super) fn clamp(&self, at: usize) -> usize {
        floor_char(self.text, at.min(self.text.len()).max(self.starts[0]))
    }
}

/// `at`, moved to the start of the character it is in.
pub(super) fn floor_char(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
