//! What is said of one thing, to unfold: a line, what matters of the rest, or all of it.

use super::code;
use super::fit::{Entry, Hopes, Kind, Rank};
use crate::model::Description;
use crate::plan::Change;
use crate::report::counts::of;
use crate::report::values::{DiffLine, diff_lines};
use similar::ChangeTag;

/// Changes of one thing that are listed before the rest is counted.
const MAX_ITEMS: usize = 300;

/// The same, where room is scarce.
const FEW_ITEMS: usize = 20;

/// Changes of a text are cut after so many bytes.
const MAX_TEXT: usize = 64 * 1024;

/// One thing.
pub(super) struct Folded {
    /// What it is, and what is with it, as Markdown.
    pub(super) line: String,
    /// The same as HTML.
    pub(super) summary: String,
    /// Its single changes.
    pub(super) items: Vec<String>,
    /// Changes of its texts, each with a name.
    pub(super) texts: Vec<(String, Change<Description>)>,
    /// Why, if that was asked for.
    pub(super) reasons: Vec<String>,
}

impl Folded {
    /// In its three forms, as far as there is any hope that they fit: one line, what matters of it, all of it.
    pub(super) fn entry(&self, rank: Rank, kind: Kind, hopes: &mut Hopes) -> Entry {
        let forms: [fn(&Self) -> String; 3] = [Self::line, Self::outline, Self::whole];
        Entry { rank, kind, levels: hopes.levels(rank, &forms.map(|form| move || form(self))) }
    }

    fn line(&self) -> String {
        format!("- {}\n\n", self.line)
    }

    fn outline(&self) -> String {
        let mut body = list(&self.items, FEW_ITEMS);
        for (name, change) in &self.texts {
            let (lines, more) = diff_lines(change);
            let count = |tag| lines.iter().filter(|line| line.tag == Some(tag)).count();
            let (added, removed) = (count(ChangeTag::Insert), count(ChangeTag::Delete));
            let at_least = if more > 0 { "at least " } else { "" };
            body.extend([
                format!("{name}: {at_least}{} added, {removed} removed; ", of(added, "line")),
                "not shown, as this page would be too long.\n\n".to_owned(),
            ]);
        }
        self.unfolding(&body)
    }

    fn whole(&self) -> String {
        let mut body = list(&self.items, MAX_ITEMS);
        for (name, change) in &self.texts {
            let (lines, more) = diff_lines(change);
            body.push_str(name);
            body.push_str(":\n\n");
            body.push_str(&code::fence("diff", &bounded(&lines, more)));
            body.push('\n');
        }
        if !self.reasons.is_empty() {
            body.push_str("Why:\n\n");
            body.push_str(&list(&self.reasons, MAX_ITEMS));
        }
        self.unfolding(&body)
    }

    /// With nothing to unfold, it is a line.
    fn unfolding(&self, body: &str) -> String {
        if body.is_empty() {
            return self.line();
        }
        format!("<details>\n<summary>{}</summary>\n\n{body}</details>\n\n", self.summary)
    }
}

/// A list and an empty line.
fn list(items: &[String], most: usize) -> String {
    let mut list = String::new();
    list.extend(items.iter().take(most).map(|item| format!("- {item}\n")));
    let more = items.len().saturating_sub(most);
    list.extend((more > 0).then(|| format!("- … {more} more\n")));
    if list.is_empty() { list } else { list + "\n" }
}

/// As many lines as a page can bear, and how many there would be more.
fn bounded(lines: &[DiffLine], mut more: usize) -> Vec<String> {
    let mut bytes = 0;
    let shown = lines.iter().take_while(|line| {
        bytes += line.text.len() + 1;
        bytes <= MAX_TEXT
    });
    let mut shown: Vec<String> = shown.map(|line| line.text.clone()).collect();
    more += lines.len() - shown.len();
    if more > 0 {
        shown.push(format!("… {more} lines more"));
    }
    shown
}
