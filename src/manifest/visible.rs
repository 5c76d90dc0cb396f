//! Makes text from outside fit to be shown: whatever a terminal would obey, or a reader could not see, is spelled out
//! as TOML would escape it (`\u202E`).
//!
//! A manifest may come from a stranger's merge request, and its errors land in somebody's terminal or CI log: a cursor
//! movement, a bidi override or a zero-width character must not change what that log seems to say.

use crate::model::is_hostile;
use std::fmt::{self, Write as _};

/// The longest message or label shown in full.
const LONGEST_TEXT: usize = 500;
/// The longest help shown in full, which may name many.
const LONGEST_HELP: usize = 10_000;
/// The longest name quoted in full.
const LONGEST_NAME: usize = 80;

/// Appends `c`, spelled out if it is hostile.
pub(super) fn push(out: &mut String, c: char) {
    let code = u32::from(c);
    if !is_hostile(c) {
        out.push(c);
    } else if code <= 0xffff {
        let _ = write!(out, "\\u{code:04X}");
    } else {
        let _ = write!(out, "\\U{code:08X}");
    }
}

/// `text` with everything hidden spelled out, but for its line ends.
pub(super) fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c == '\n' { out.push(c) } else { push(&mut out, c) }
    }
    out
}

/// `text` on one line, with everything hidden spelled out.
pub(super) fn line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|c| push(&mut out, c));
    out
}

/// The beginning of a message or label, fit to be shown.
pub(super) fn beginning(text: &str) -> String {
    first_chars(text, LONGEST_TEXT)
}

/// The beginning of a help, fit to be shown.
pub(super) fn help(text: &str) -> String {
    first_chars(text, LONGEST_HELP)
}

fn first_chars(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => self::text(&text[..end]) + "…",
        None => self::text(text),
    }
}

/// A word of the manifest's inside a sentence: in backticks, on one line, not endless.
pub(super) struct Quoted<'a>(pub(super) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = String::new();
        let mut chars = self.0.chars();
        for c in chars.by_ref().take(LONGEST_NAME) {
            push(&mut out, c);
        }
        let rest = if chars.next().is_some() { "…" } else { "" };
        write!(f, "`{out}{rest}`")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_obeys_is_spelled_out() {
        assert_eq!(
            text("a\u{1b}[2Jb\u{202e}c\u{9b}d\u{200d}e\u{e0041}"),
            r"a\u001B[2Jb\u202Ec\u009Bd\u200De\U000E0041"
        );
        assert_eq!(text("zwölf\n日本 🎉"), "zwölf\n日本 🎉");
        assert_eq!(Quoted("a\nb\u{7f}").to_string(), r"`a\u000Ab\u007F`");
        assert_eq!(Quoted(&"x".repeat(81)).to_string(), format!("`{}…`", "x".repeat(80)));
    }
}
