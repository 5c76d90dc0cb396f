//! A page as a browser takes it apart: every element and attribute is one that the templates have.

use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use std::cell::RefCell;

/// Elements that have no end.
const VOID: &[&str] = &["meta", "input", "br", "hr"];

/// Elements whose ends may be left out.
const LOOSE: &[&str] = &["tr", "th", "td"];

const ELEMENTS: &[&str] = &[
    "a",
    "article",
    "bdi",
    "blockquote",
    "body",
    "button",
    "caption",
    "circle",
    "code",
    "dd",
    "defs",
    "del",
    "details",
    "div",
    "dl",
    "dt",
    "em",
    "fieldset",
    "footer",
    "form",
    "g",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "html",
    "ins",
    "label",
    "legend",
    "li",
    "line",
    "main",
    "nav",
    "noscript",
    "ol",
    "option",
    "output",
    "p",
    "path",
    "pre",
    "script",
    "section",
    "select",
    "span",
    "strong",
    "style",
    "summary",
    "svg",
    "table",
    "tbody",
    "text",
    "thead",
    "time",
    "title",
    "ul",
    "use",
];

const ATTRIBUTES: &[&str] = &[
    "aria-hidden",
    "aria-label",
    "aria-labelledby",
    "autocomplete",
    "charset",
    "checked",
    "class",
    "content",
    "d",
    "data-bad",
    "data-kind",
    "data-when",
    "datetime",
    "focusable",
    "for",
    "height",
    "hidden",
    "href",
    "http-equiv",
    "id",
    "lang",
    "name",
    "open",
    "placeholder",
    "preserveaspectratio",
    "r",
    "rel",
    "role",
    "scope",
    "spellcheck",
    "start",
    "tabindex",
    "title",
    "type",
    "value",
    "viewbox",
    "width",
    "x",
    "x1",
    "x2",
    "y",
    "y1",
    "y2",
];

/// What was found.
#[derive(Default)]
pub(super) struct Parsed {
    /// What should not be there.
    pub(super) strange: Vec<String>,
    open: Vec<String>,
    scripts: usize,
}

impl Parsed {
    pub(super) fn new(page: &str) -> Self {
        let tokenizer = Tokenizer::new(Sink::default(), TokenizerOpts::default());
        let queue = BufferQueue::default();
        queue.push_back(page.into());
        let _ = tokenizer.feed(&queue);
        tokenizer.end();
        let mut parsed = tokenizer.sink.0.into_inner();
        if parsed.scripts != 1 {
            parsed.strange.push(format!("{} scripts", parsed.scripts));
        }
        if !parsed.open.is_empty() {
            parsed.strange.push(format!("never closed: {:?}", parsed.open));
        }
        parsed
    }

    fn tag(&mut self, tag: &Tag) {
        let name = tag.name.to_string();
        if VOID.contains(&name.as_str()) {
            self.attributes(tag);
        } else if tag.kind == TagKind::StartTag {
            if !ELEMENTS.contains(&name.as_str()) && !LOOSE.contains(&name.as_str()) {
                self.strange.push(format!("<{name}>"));
            }
            self.scripts += usize::from(name == "script");
            self.attributes(tag);
            if !LOOSE.contains(&name.as_str()) && !tag.self_closing {
                self.open.push(name);
            }
        } else if !LOOSE.contains(&name.as_str()) {
            let open = self.open.pop();
            if open.as_deref() != Some(&name) {
                self.strange.push(format!("</{name}> where {open:?} is open"));
            }
        }
    }

    fn attributes(&mut self, tag: &Tag) {
        for attribute in &tag.attrs {
            let (name, value) = (&*attribute.name.local, &*attribute.value);
            let leads_well = ["#", "https://", "http://", "mailto:"].iter().any(|start| value.starts_with(start));
            if !ATTRIBUTES.contains(&name) || (name == "href" && !leads_well) {
                self.strange.push(format!("<{} {name}=\"{value}\">", tag.name));
            }
            if name == "href" && !value.starts_with('#') && !tag.attrs.iter().any(|a| &*a.name.local == "rel") {
                self.strange.push(format!("{value} without rel"));
            }
        }
    }
}

#[derive(Default)]
struct Sink(RefCell<Parsed>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        match token {
            Token::TagToken(tag) => {
                self.0.borrow_mut().tag(&tag);
                if tag.kind == TagKind::StartTag {
                    match &*tag.name {
                        "script" => return TokenSinkResult::RawData(RawKind::ScriptData),
                        "style" => return TokenSinkResult::RawData(RawKind::Rawtext),
                        "title" if self.0.borrow().open.iter().all(|name| name != "svg") => {
                            return TokenSinkResult::RawData(RawKind::Rcdata);
                        }
                        _ => {}
                    }
                }
            }
            // They mark what is searched.
            Token::CommentToken(text) if ["q", "/q"].contains(&&*text) => {}
            Token::CommentToken(text) => self.0.borrow_mut().strange.push(format!("<!--{text}-->")),
            Token::ParseError(_)
            | Token::DoctypeToken(_)
            | Token::CharacterTokens(_)
            | Token::NullCharacterToken
            | Token::EOFToken => {}
        }
        TokenSinkResult::Continue
    }
}

#[test]
fn what_is_strange_is_found() {
    let strange = |page: &str| Parsed::new(&format!("<script>1</script>{page}")).strange;
    assert_eq!(strange("<p>a<br>b</p>"), Vec::<String>::new());
    assert_eq!(strange("<img src=x>").len(), 3);
    for page in ["<p onclick=x></p>", "<p>", "</p>", "<a href=javascript:x rel=x></a>", "<script></script>", "<!-- -->"]
    {
        assert_eq!(strange(page).len(), 1, "{page}");
    }
}
