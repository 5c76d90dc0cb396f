//! Where a text's lines are.

use std::cell::Cell;
use std::ops::Range;

/// So many lines are gone through one by one.
const SOON: usize = 16;

/// A text's lines, found once for all who ask.
pub(super) struct Lines<'a> {
    text: &'a str,
    /// In few bytes each, as there are very many.
    starts: Vec<u32>,
    /// The line that was asked for last: mostly, one soon after it is next.
    last_asked: Cell<usize>,
}

impl<'a> Lines<'a> {
    /// Finds them. A byte order mark is part of no line.
    pub(super) fn of(text: &'a str) -> Self {
        let first = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let starts = std::iter::once(first).chain(text.match_indices('\n').map(|(at, _)| at + 1));
        let starts = starts.map(|at| u32::try_from(at).unwrap_or(u32::MAX)).collect();
        Self { text, starts, last_asked: Cell::new(0) }
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
        let at = u32::try_from(at).unwrap_or(u32::MAX);
        let from = self.last_asked.get();
        let near = self.starts.get(from..).unwrap_or_default();
        let near = &near[..near.len().min(SOON)];
        // Where the place is neither above nor far below, a few steps find it.
        let index = match (near.first(), near.last()) {
            (Some(first), Some(last)) if *first <= at && at < *last => {
                from + near.iter().take_while(|start| **start <= at).count() - 1
            }
            _ => self.starts.partition_point(|start| *start <= at).saturating_sub(1),
        };
        self.last_asked.set(index);
        index
    }

    /// A line's bytes, without its line end.
    pub(super) fn range(&self, index: usize) -> Range<usize> {
        let start = self.starts[index] as usize;
        let end = self.starts.get(index + 1).map_or(self.text.len(), |next| *next as usize - 1);
        let has_return = self.text[start..end].ends_with('\r');
        start..if has_return { end - 1 } else { end }
    }

    /// `at`, moved into the text and to the start of the character it is in.
    pub(super) fn clamp(&self, at: usize) -> usize {
        floor_char(self.text, at.min(self.text.len()).max(self.starts[0] as usize))
    }
}

/// `at`, moved to the start of the character it is in.
pub(super) fn floor_char(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
