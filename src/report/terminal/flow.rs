//! Words that flow into lines, below each other's indents.

use crate::model::harmless;
use crate::report::style::paint;
use anstyle::Style;
use unicode_width::UnicodeWidthStr;

/// Room for words that is always there, however deep they stand.
const LEAST: usize = 10;
/// A longer word is cut: nothing that long is read.
const LONGEST: usize = 2000;

/// Makes lines of words.
pub(super) struct Flow {
    width: usize,
    lines: Vec<String>,
    /// What each open block puts before its first line, until that is written, and before the others.
    indents: Vec<Indent>,
    style: Style,
    words: Vec<Word>,
    /// Whether a space came since the last word.
    is_apart: bool,
}

struct Indent {
    first: Option<String>,
    rest: String,
}

struct Word {
    text: String,
    style: Style,
    /// Whether a space comes before it.
    is_apart: bool,
}

impl Flow {
    pub(super) fn new(width: usize) -> Self {
        Self { width, lines: Vec::new(), indents: Vec::new(), style: Style::new(), words: Vec::new(), is_apart: false }
    }

    /// From now on words look like this.
    pub(super) fn style(&mut self, style: Style) {
        self.style = style;
    }

    /// They look like others again.
    pub(super) fn plain(&mut self) {
        self.style = Style::new();
    }

    /// Adds words.
    pub(super) fn text(&mut self, text: &str) {
        for (nth, part) in text.split([' ', '\t', '\n']).enumerate() {
            self.is_apart |= nth > 0;
            if part.is_empty() {
                continue;
            }
            let text = match part.char_indices().nth(LONGEST) {
                None => harmless(part).into_owned(),
                Some((end, _)) => format!("{}…", harmless(&part[..end])),
            };
            self.words.push(Word { text, style: self.style, is_apart: std::mem::take(&mut self.is_apart) });
        }
    }

    /// Stands what follows to the right, behind `first` and then behind `rest`.
    pub(super) fn indent(&mut self, first: &str, rest: &str, deepest: usize) {
        let is_deep = self.indents.len() >= deepest;
        let rest = if is_deep { String::new() } else { rest.to_owned() };
        self.indents.push(Indent { first: Some(if is_deep { String::new() } else { first.to_owned() }), rest });
    }

    /// Ends the innermost indent.
    pub(super) fn dedent(&mut self) {
        // An item with nothing in it is still one.
        if self.indents.last().is_some_and(|indent| indent.first.as_ref().is_some_and(|first| !first.is_empty())) {
            self.raw("");
        }
        self.indents.pop();
    }

    /// Ends the line, if one was begun.
    pub(super) fn end_line(&mut self) {
        self.is_apart = false;
        let words = std::mem::take(&mut self.words);
        let (mut line, mut used, mut room) = (String::new(), 0, self.room());
        let mut unbroken = words.chunk_by(|_, next| !next.is_apart).peekable();
        while let Some(group) = unbroken.next() {
            let width: usize = group.iter().map(|word| word.text.width()).sum();
            if used > 0 && used + 1 + width > room {
                self.raw(&std::mem::take(&mut line));
                (used, room) = (0, self.room());
            }
            if used > 0 {
                line.push(' ');
                used += 1;
            }
            line.extend(group.iter().map(|word| paint(word.style, &word.text)));
            used += width;
            if unbroken.peek().is_none() {
                self.raw(&std::mem::take(&mut line));
            }
        }
    }

    /// Ends the line, and leaves one empty before the next, but not between a mark and its text.
    pub(super) fn gap(&mut self) {
        self.end_line();
        let is_begun = self.indents.iter().all(|indent| indent.first.is_none());
        if is_begun && self.lines.last().is_some_and(|last| !last.is_empty()) {
            self.lines.push(String::new());
        }
    }

    /// A line as it is, behind the indents.
    pub(super) fn raw(&mut self, text: &str) {
        let mut line = String::new();
        for indent in &mut self.indents {
            match indent.first.take() {
                Some(first) => line.push_str(&first),
                None => line.push_str(&indent.rest),
            }
        }
        line.push_str(text);
        self.lines.push(line.trim_end().to_owned());
    }

    /// All lines, and `more` below them.
    pub(super) fn finish(mut self, more: Option<&str>) -> String {
        self.end_line();
        if let Some(more) = more {
            self.indents.clear();
            self.raw(more);
        }
        while self.lines.last().is_some_and(String::is_empty) {
            self.lines.pop();
        }
        self.lines.into_iter().map(|line| line + "\n").collect()
    }

    fn room(&self) -> usize {
        let taken: usize = self.indents.iter().map(|indent| indent.rest.width()).sum();
        self.width.saturating_sub(taken).max(LEAST)
    }
}
