//! Code spans and fences that nothing inside can end, and the one line of HTML that a heading to unfold takes.

use crate::report::values;

/// A tag, a url, a path: words that stand for themselves.
pub(super) fn name(text: &str) -> String {
    span(&values::visible(text))
}

/// A text with its ends marked.
pub(super) fn quoted(text: &str) -> String {
    span(&values::quoted(text))
}

/// [`name`], within HTML.
pub(super) fn html_name(text: &str) -> String {
    html(&values::visible(text))
}

/// [`quoted`], within HTML.
pub(super) fn html_quoted(text: &str) -> String {
    html(&values::quoted(text))
}

/// A code span around one line, which is harmless already. It ends at as many backquotes as it begins with, so there are as
/// many as nowhere in the text stand together. Renderers know spans of up to 80, and a line as it comes here is too short
/// to hold runs of each of so many lengths.
pub(super) fn span(text: &str) -> String {
    if text.is_empty() {
        return "`\"\"`".to_owned();
    }
    let runs: Vec<usize> = text.split(|c| c != '`').map(str::len).collect();
    let ticks = "`".repeat((1..=runs.len()).find(|length| !runs.contains(length)).unwrap_or(runs.len() + 1));
    let touches = |c: Option<char>| c.is_some_and(|c| c == '`' || c == ' ');
    // One blank at either end is taken off again.
    let pad = if touches(text.chars().next()) || touches(text.chars().next_back()) { " " } else { "" };
    format!("{ticks}{pad}{text}{pad}{ticks}")
}

/// Lines in a fence that is longer than any run of backquotes in them. None of them may begin with what GitLab could take
/// for a command.
pub(super) fn fence(language: &str, lines: &[String]) -> String {
    let runs = lines.iter().flat_map(|line| line.split(|c| c != '`').map(str::len));
    let ticks = "`".repeat(runs.max().unwrap_or(0).max(2) + 1);
    format!("{ticks}{language}\n{}\n{ticks}\n", lines.join("\n"))
}

/// The same as a span, within HTML.
pub(super) fn html(text: &str) -> String {
    let mut escaped = "<code>".to_owned();
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped + "</code>"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_ended_by_nothing_inside() {
        for (text, expected) in [
            ("v1", "`v1`"),
            ("", "`\"\"`"),
            ("a`b", "``a`b``"),
            ("``", "` `` `"),
            ("a``b`c", "```a``b`c```"),
            (" a ", "`  a  `"),
        ] {
            assert_eq!(span(text), expected);
        }
    }
}
