//! Release notes on a terminal: headings, lists, quotes, code and links, in lines that fit.
//!
//! Marks that say something stay (`#` before a heading, the backquotes of code), so that nothing hangs on colours. HTML is
//! shown as it was typed, images are named. Long, deep or tricky notes can't grow beyond a fixed multiple of themselves.

mod flow;

use super::style::{Palette, paint};
use super::values::line;
use flow::Flow;
use pulldown_cmark::{Event, LinkType, Options, Parser, Tag, TagEnd};

/// Lists and quotes within more than so many others go no further to the right.
const MAX_DEPTH: usize = 8;

/// Beyond so many elements and texts the rest is left out.
const MAX_EVENTS: usize = 20_000;

const BULLET: &str = "• ";
const QUOTE: &str = "│ ";
const CODE: &str = "    ";
const RULE: usize = 20;

/// What `text` says, in lines of at most `width` columns where its words let it; each ends in a newline.
pub(super) fn notes(text: &str, width: usize, palette: &Palette) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut page = Page { flow: Flow::new(width), palette, lists: Vec::new(), links: Vec::new(), code: None, cells: 0 };
    let mut events = Parser::new_ext(text, options);
    for event in events.by_ref().take(MAX_EVENTS) {
        page.take(event);
    }
    let is_whole = events.next().is_none();
    page.flow.finish(if is_whole { None } else { Some("… (the rest is left out)") })
}

struct Page<'p> {
    flow: Flow,
    palette: &'p Palette,
    /// For each list that is open, the number of its next item if it is numbered.
    lists: Vec<Option<u64>>,
    /// For each link that is open, where it leads, unless its text says that.
    links: Vec<Option<String>>,
    /// The code block that is open.
    code: Option<String>,
    /// How many cells of a table's row there were.
    cells: usize,
}

impl Page<'_> {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Html(text) => match &mut self.code {
                Some(code) => code.push_str(&text),
                None => self.flow.text(&text),
            },
            Event::InlineHtml(text) | Event::InlineMath(text) | Event::DisplayMath(text) => self.flow.text(&text),
            Event::Code(text) => self.flow.text(&format!("`{text}`")),
            Event::FootnoteReference(name) => self.flow.text(&format!("[^{name}]")),
            Event::SoftBreak => self.flow.text(" "),
            Event::HardBreak => self.flow.end_line(),
            Event::Rule => {
                self.flow.gap();
                self.flow.raw(&paint(self.palette.quiet, "─".repeat(RULE)));
                self.flow.gap();
            }
            Event::TaskListMarker(done) => self.flow.text(if done { "☑ " } else { "☐ " }),
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph | Tag::Table(_) => self.flow.gap(),
            Tag::Heading { level, .. } => {
                self.flow.gap();
                self.flow.style(self.palette.heading);
                self.flow.text(&format!("{} ", "#".repeat(level as usize)));
            }
            Tag::BlockQuote(_) => {
                self.flow.gap();
                self.flow.indent(QUOTE, QUOTE, MAX_DEPTH);
            }
            Tag::CodeBlock(_) | Tag::HtmlBlock => {
                self.flow.gap();
                self.code = Some(String::new());
            }
            Tag::List(first) => {
                if self.lists.is_empty() {
                    self.flow.gap();
                } else {
                    self.flow.end_line();
                }
                self.lists.push(first);
            }
            Tag::Item => {
                self.flow.end_line();
                let mark = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        let mark = format!("{number}. ");
                        *number = number.saturating_add(1);
                        mark
                    }
                    _ => BULLET.to_owned(),
                };
                let blank = " ".repeat(mark.chars().count());
                self.flow.indent(&mark, &blank, MAX_DEPTH);
            }
            Tag::Strong => self.flow.style(self.palette.heading),
            Tag::Link { link_type, dest_url, .. } => {
                // An address that is its own text is said once.
                let is_told = matches!(link_type, LinkType::Autolink | LinkType::Email);
                self.links.push((!is_told).then(|| dest_url.into_string()));
            }
            Tag::Image { dest_url, .. } => {
                self.flow.text("[image: ");
                self.links.push(Some(dest_url.into_string()));
            }
            Tag::TableHead | Tag::TableRow => {
                self.flow.end_line();
                self.cells = 0;
            }
            Tag::TableCell => {
                if self.cells > 0 {
                    self.flow.text(" │ ");
                }
                self.cells += 1;
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) => {
                self.flow.plain();
                self.flow.gap();
            }
            TagEnd::Strong => self.flow.plain(),
            TagEnd::Paragraph | TagEnd::Table => self.flow.gap(),
            TagEnd::TableHead | TagEnd::TableRow => self.flow.end_line(),
            TagEnd::BlockQuote(_) => {
                self.flow.end_line();
                self.flow.dedent();
                self.flow.gap();
            }
            TagEnd::Item => {
                self.flow.end_line();
                self.flow.dedent();
            }
            TagEnd::List(_) => {
                self.lists.pop();
                if self.lists.is_empty() {
                    self.flow.gap();
                }
            }
            TagEnd::CodeBlock | TagEnd::HtmlBlock => {
                for text in self.code.take().unwrap_or_default().lines() {
                    self.flow.raw(&paint(self.palette.quiet, format_args!("{CODE}{}", line(text))));
                }
                self.flow.gap();
            }
            TagEnd::Link => {
                if let Some(to) = self.links.pop().flatten() {
                    self.flow.text(&format!(" ({to})"));
                }
            }
            TagEnd::Image => {
                let from = self.links.pop().flatten().unwrap_or_default();
                self.flow.text(&format!(" ({from})]"));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::is_hostile;
    use crate::report::endless::endless;
    use proptest::prelude::*;

    fn shown(text: &str, width: usize) -> String {
        notes(text, width, &Palette::plain())
    }

    #[test]
    fn what_notes_are_made_of_is_rendered() {
        insta::assert_snapshot!(shown(
            "# New\nSome **bold** text with `code x` that goes on for more than one line of the terminal.\n\n## Fixed\n\n- one\n- two, which is a \
             longer item than fits\n  - nested\n    1. first\n    2. second\n- [x] done\n- [ ] open\n\n> quoted words\n> of somebody\n\n```rust\nlet a = 1;\n\n\tb();\n```\n\n\
             See [the docs](https://example.com/docs), <https://example.com>, <me@example.com> and ![a chart](https://example.com/a.png).\n\n---\n\n\
             | a | b |\n|---|---|\n| 1 | **2** |\n\nhard  \nbreak<br>\n\n<div>\n<b>x</b>\n</div>",
            40
        ));
    }

    #[test]
    fn colours_end_with_each_line() {
        let text = notes("# A heading of more than one line\n\n**bold and long enough**", 16, &Palette::coloured());
        for line in text.lines() {
            assert!(line.matches("\u{1b}[0m").count() * 2 == line.matches('\u{1b}').count(), "{line:?}");
        }
        assert!(text.contains("\u{1b}[1m"), "{text}");
    }

    #[test]
    fn deep_wide_and_endless_notes_stay_small() {
        for text in endless() {
            let shown = shown(&text, 20);
            assert!(
                shown.len() < 12 * text.len() + 100_000 || shown.len() < 20_000_000,
                "{} from {}",
                shown.len(),
                text.len()
            );
        }
    }

    proptest! {
        #[test]
        fn nothing_hostile_survives(text in "(\\PC|[\u{1b}\u{202e}\r\u{7}\n\t#>*`\\[\\]()<!-])*", width in 1_usize..80) {
            prop_assert!(!shown(&text, width).contains(|c| is_hostile(c) && c != '\n' && c != '\t'));
        }
    }
}
