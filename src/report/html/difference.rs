//! What differs between two texts, line by line, without more of it than anybody reads.

use crate::report::hunks::{CONTEXT, hunks};
use crate::report::values;
use similar::ChangeTag;

/// Lines of either text that are looked at, after those at the beginning that are the same.
const MAX_COMPARED: usize = 4000;

/// Lines that are shown.
const MAX_SHOWN: usize = 300;

/// What differs.
#[derive(Debug)]
pub(super) struct Difference {
    pub(super) lines: Vec<Line>,
    pub(super) added: usize,
    pub(super) removed: usize,
    /// What is not shown, in words.
    pub(super) rest: Option<String>,
}

/// A line of it.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) class: &'static str,
    pub(super) sign: &'static str,
    pub(super) text: String,
}

impl Difference {
    pub(super) fn new(before: &str, after: &str) -> Self {
        let [before, after] = [before, after].map(|text| text.lines().collect::<Vec<_>>());
        let same = before.iter().zip(&after).take_while(|(one, other)| one == other).count();
        let start = same.saturating_sub(CONTEXT);
        let [all_before, all_after] = [before.len(), after.len()].map(|count| count - start);
        let [before, after] = [&before[start..], &after[start..]].map(|lines| &lines[..lines.len().min(MAX_COMPARED)]);
        let is_cut = all_before > MAX_COMPARED || all_after > MAX_COMPARED;
        let mut difference = Self { lines: Vec::new(), added: 0, removed: 0, rest: None };
        let mut hidden = 0_usize;
        for (index, hunk) in hunks(before, after).iter().enumerate() {
            if index > 0 && difference.lines.len() < MAX_SHOWN {
                difference.lines.push(Line { class: "gap", sign: "  ", text: "⋯".to_owned() });
            }
            for change in hunk.iter().flat_map(|op| op.iter_changes(before, after)) {
                let (class, sign) = match change.tag() {
                    ChangeTag::Delete => ("del", "− "),
                    ChangeTag::Insert => ("ins", "+ "),
                    ChangeTag::Equal => ("same", "  "),
                };
                difference.removed += usize::from(change.tag() == ChangeTag::Delete);
                difference.added += usize::from(change.tag() == ChangeTag::Insert);
                if difference.lines.len() < MAX_SHOWN {
                    difference.lines.push(Line { class, sign, text: values::line(change.value()) });
                } else {
                    hidden += 1;
                }
            }
        }
        difference.rest = match (hidden, is_cut) {
            (0, false) => None,
            (hidden, false) => Some(format!("{hidden} lines more")),
            (_, true) => Some(format!("only the first {MAX_COMPARED} lines were compared, and more may differ")),
        };
        difference
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_told_apart_and_what_is_the_same_is_left_out() {
        let before = (0..40).map(|n| format!("line {n}")).collect::<Vec<_>>().join("\n") + "\n";
        let after = before.replace("line 20\n", "line twenty\nand more\n").replace("line 39", "the end");
        let difference = Difference::new(&before, &after);
        assert_eq!((difference.added, difference.removed), (3, 2));
        let lines: Vec<_> = difference.lines.iter().map(|line| format!("{}{}", line.sign, line.text)).collect();
        insta::assert_snapshot!(lines.join("\n"));
    }

    #[test]
    fn endless_texts_are_cut() {
        let [before, after] =
            ["a", "b"].map(|word| (0..100_000).map(|n| format!("{word}{n}")).collect::<Vec<_>>().join("\n"));
        let difference = Difference::new(&before, &after);
        assert_eq!(difference.lines.len(), MAX_SHOWN);
        assert!(difference.rest.is_some());
    }
}
