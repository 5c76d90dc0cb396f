//! Notes as HTML of a few harmless elements, whatever is in them.
//!
//! HTML in notes is shown as text, images are named and not loaded, and links lead to http, https and mailto only. No
//! attribute but a link's is ever written, and what hides or reorders text is spelled out. Long, deep or tricky notes can't
//! grow beyond a fixed multiple of what may be rendered.

use crate::model::is_hostile;
use askama::filters::{Html, escape};
use pulldown_cmark::{CodeBlockKind, CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, html};
use url::Url;

/// Lists, quotes and emphasis within more than so many others are shown without being marked as such.
const MAX_DEPTH: usize = 16;

/// Beyond so many elements and texts the rest is left out.
const MAX_EVENTS: usize = 20_000;

/// Longer addresses are not for clicking.
const MAX_URL: usize = 2000;

/// What `text` says, as HTML, and whether all of it.
pub(super) fn to_html(text: &str) -> (String, bool) {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut page = Rewriter { events: Vec::new(), open: Vec::new(), is_whole: true };
    for event in Parser::new_ext(text, options) {
        page.take(event);
    }
    let mut shown = String::with_capacity(text.len() * 2);
    html::push_html(&mut shown, page.events.into_iter());
    (shown, page.is_whole)
}

/// Takes what the parser finds, and keeps what may be shown.
struct Rewriter<'t> {
    events: Vec<Event<'t>>,
    /// For each element that is open, what closes it; `None` if it was left out.
    open: Vec<Option<Event<'t>>>,
    is_whole: bool,
}

impl<'t> Rewriter<'t> {
    fn take(&mut self, event: Event<'t>) {
        if let Event::End(_) = event {
            self.events.extend(self.open.pop().flatten());
            return;
        }
        if self.events.len() > MAX_EVENTS {
            self.is_whole = false;
            if let Event::Start(_) = event {
                self.open.push(None);
            }
            return;
        }
        match event {
            Event::Start(tag) => self.start(tag),
            Event::Text(text) => self.text(&text),
            // Raw HTML stands there as it was typed, and so would anything that is not known here.
            Event::Html(text) | Event::InlineHtml(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                self.text(&text);
            }
            Event::Code(text) => self.events.push(Event::Code(visible(&text))),
            Event::FootnoteReference(name) => self.text(&format!("[^{name}]")),
            Event::SoftBreak | Event::HardBreak | Event::Rule => self.events.push(event),
            Event::TaskListMarker(done) => self.text(if done { "☑ " } else { "☐ " }),
            Event::End(_) => {}
        }
    }

    fn text(&mut self, text: &str) {
        self.events.push(Event::Text(visible(text)));
    }

    /// HTML of ours.
    fn ours(html: String) -> Event<'t> {
        Event::InlineHtml(html.into())
    }

    fn start(&mut self, tag: Tag<'t>) {
        let is_deep = self.open.len() >= MAX_DEPTH;
        let tag = match tag {
            Tag::Link { link_type: LinkType::Email, dest_url, .. } => return self.link(&format!("mailto:{dest_url}")),
            Tag::Link { dest_url, .. } => return self.link(&dest_url),
            Tag::Image { dest_url, .. } => return self.image(&dest_url),
            // What is within is HTML, which becomes text.
            Tag::HtmlBlock | Tag::CodeBlock(_) => Tag::CodeBlock(CodeBlockKind::Indented),
            // They stand below the page's own.
            Tag::Heading { level, .. } => {
                let level = if level <= HeadingLevel::H2 { HeadingLevel::H5 } else { HeadingLevel::H6 };
                Tag::Heading { level, id: None, classes: Vec::new(), attrs: Vec::new() }
            }
            // Columns would be aligned by style attributes, which the page's policy forbids.
            Tag::Table(columns) => Tag::Table(vec![pulldown_cmark::Alignment::None; columns.len()]),
            Tag::List(start) if !is_deep => Tag::List(start),
            Tag::Item if self.open.last().is_some_and(Option::is_some) => Tag::Item,
            Tag::BlockQuote(_) if !is_deep => Tag::BlockQuote(None),
            Tag::Emphasis | Tag::Strong | Tag::Strikethrough if !is_deep => tag,
            Tag::Paragraph | Tag::TableHead | Tag::TableRow | Tag::TableCell => tag,
            _ => return self.open.push(None),
        };
        self.open.push(Some(Event::End(tag.to_end())));
        self.events.push(Event::Start(tag));
    }

    fn link(&mut self, to: &str) {
        let Some(href) = address(to) else {
            // Whoever reads it should see where it would have led.
            self.open.push(Some(Event::Text(visible(&format!(" ({})", cut(to))))));
            return;
        };
        // The address is as the standard spells it: ASCII, with nothing in it that ends the attribute once it is escaped.
        self.events.push(Self::ours(format!("<a href=\"{}\" rel=\"noopener noreferrer nofollow\">", escaped(&href))));
        self.open.push(Some(Self::ours("</a>".to_owned())));
    }

    fn image(&mut self, from: &str) {
        self.text("[image: ");
        self.open.push(Some(Event::Text(visible(&format!(" ({})]", cut(from))))));
    }
}

/// Where a click may lead: an absolute address of a kind that shows or sends nothing by itself.
pub(super) fn address(url: &str) -> Option<String> {
    let parsed = Url::parse(url).ok()?;
    let is_harmless = ["http", "https", "mailto"].contains(&parsed.scheme()) && parsed.as_str().len() <= MAX_URL;
    is_harmless.then(|| parsed.into())
}

fn escaped(text: &str) -> String {
    escape(text, Html).map(|text| text.to_string()).unwrap_or_default()
}

fn cut(url: &str) -> String {
    match url.char_indices().nth(MAX_URL) {
        None => url.to_owned(),
        Some((end, _)) => format!("{}…", &url[..end]),
    }
}

/// Line ends and tabs stay; whatever else hides, steers or reorders is spelled out.
fn visible<'t>(text: &str) -> CowStr<'t> {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hostile(c) && c != '\n' && c != '\t' { shown.extend(c.escape_default()) } else { shown.push(c) }
    }
    shown.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::endless::endless;

    fn shown(text: &str) -> String {
        to_html(text).0
    }

    #[test]
    fn what_notes_are_made_of_is_rendered() {
        insta::assert_snapshot!(shown(
            "# New\n\n- **fast** `x < y`\n- [x] done\n\n1. one\n\n> quoted\n\n| a | b |\n|:--|--:|\n| 1 | ~~2~~ |\n\n\
             ```rust onclick=x\nlet a = \"<b>\";\n```\n\n[docs](https://example.com/?a=1&b=\"2\" 'title') <me@example.com>"
        ));
    }

    #[test]
    fn html_is_text_and_nothing_is_loaded() {
        insta::assert_snapshot!(shown(
            "<script>alert(1)</script>\n\nA <img src=x onerror=alert(1)> b ![alt **text**](https://example.com/a.png)\n\n\
             <div style=\"position:fixed\">\n\n[a](javascript:alert(1)) [b](data:text/html,x) [c](/relative) [d](JAVASCRIPT&#58;alert)\n\n\
             <javascript:alert(1)> [e](https://example.com/\u{202e}gpj \"x\" ) &#8238;reversed\u{200b}\u{1b}[31m"
        ));
    }

    #[test]
    fn deep_wide_and_endless_notes_stay_small() {
        for text in endless() {
            let (html, _) = to_html(&text);
            assert!(html.len() < 12 * text.len() + 100_000, "{} from {}", html.len(), text.len());
        }
    }
}
