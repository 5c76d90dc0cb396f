//! Values of `[defaults]`, with placeholders that each release fills with its own.
//!
//! What comes out is read as if the release had written it, so that nothing gets past the rules through here.

use super::{FromToml, GitRef, LinkUrl, Name, NotesFile, TagMessage, Title, Wrong, text};
use crate::manifest::changelog::version_of;
use crate::manifest::reader::{listed, nearest};
use crate::manifest::visible::Quoted;
use crate::model::{PathWish, TagName};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use std::borrow::Cow;
use toml::de::DeValue;

/// What stands for a release's own.
const OF_RELEASE: [&str; 2] = ["tag_name", "version"];

/// A value that may hold placeholders.
#[derive(Debug, Clone)]
pub(in crate::manifest) enum Template<T> {
    /// It holds none, and is the same for every release.
    Same(T),
    /// It holds some.
    Filled(Vec<Piece>),
}

/// A part of a [`Template`].
#[derive(Debug, Clone)]
pub(in crate::manifest) enum Piece {
    Text(String),
    TagName,
    Version,
    FileName,
}

/// Whom a template is filled for.
#[derive(Clone, Copy)]
pub(in crate::manifest) struct Subject<'t> {
    tag_name: &'t str,
    version: &'t str,
    file_name: &'t str,
}

impl<'t> Subject<'t> {
    pub(in crate::manifest) fn new(tag: &'t TagName) -> Self {
        Self { tag_name: tag.as_str(), version: version_of(tag.as_str()), file_name: "" }
    }

    pub(super) fn tag_name(self) -> &'t str {
        self.tag_name
    }

    pub(super) fn version(self) -> &'t str {
        self.version
    }

    /// The same for one of the release's files.
    pub(in crate::manifest) fn file(self, file_name: &'t str) -> Self {
        Self { file_name, ..self }
    }
}

/// A kind of value that may hold placeholders.
pub(in crate::manifest) trait Templated: FromToml + Clone {
    /// The shortest text that can be right.
    const SHORTEST: u8 = 1;

    /// `value` as it has to be put into the text.
    fn put_in(value: &str) -> Cow<'_, str> {
        Cow::Borrowed(value)
    }
}

impl Templated for Name {}
impl Templated for NotesFile {}
impl Templated for GitRef {}
impl Templated for Title {}

impl Templated for TagMessage {
    const SHORTEST: u8 = 0;
}

impl Templated for PathWish {
    const SHORTEST: u8 = 0;
}

/// What would end a url's path, or not be a url. `/` and `+` are fine where tags have them.
const URL_BREAKING: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'&')
    .add(b'\'')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

impl Templated for LinkUrl {
    fn put_in(value: &str) -> Cow<'_, str> {
        utf8_percent_encode(value, URL_BREAKING).into()
    }
}

impl<T: Templated> Template<T> {
    /// What it comes to for a release. What is wrong with that comes with the text.
    pub(in crate::manifest) fn fill(&self, key: &str, subject: Subject<'_>) -> Result<T, (Wrong, String)> {
        let pieces = match self {
            Self::Same(value) => return Ok(value.clone()),
            Self::Filled(pieces) => pieces,
        };
        let mut text = String::new();
        for piece in pieces {
            match piece {
                Piece::Text(piece) => text.push_str(piece),
                Piece::TagName => text.push_str(&T::put_in(subject.tag_name)),
                Piece::Version => text.push_str(&T::put_in(subject.version)),
                Piece::FileName => text.push_str(&T::put_in(subject.file_name)),
            }
        }
        let value = DeValue::String(Cow::Borrowed(&text));
        T::from_toml(key, &value).map_err(|wrong| (wrong, text))
    }
}

impl<T: Templated> FromToml for Template<T> {
    const EXPECTED: &'static str = T::EXPECTED;

    fn from_toml(key: &str, value: &DeValue<'_>) -> Result<Self, Wrong> {
        Self::read(key, value, &OF_RELEASE)
    }
}

impl<T: Templated> Template<T> {
    /// Whether it is another for each of a release's files.
    pub(super) fn names_files(&self) -> bool {
        matches!(self, Self::Filled(pieces) if pieces.iter().any(|piece| matches!(piece, Piece::FileName)))
    }

    /// Reads one that may hold `placeholders`.
    pub(super) fn read(key: &str, value: &DeValue<'_>, placeholders: &[&'static str]) -> Result<Self, Wrong> {
        let mut pieces = pieces(text(key, value)?, placeholders)?;
        match pieces.as_slice() {
            [] => T::from_toml(key, value).map(Self::Same),
            [Piece::Text(_)] => match pieces.remove(0) {
                Piece::Text(text) => T::from_toml(key, &DeValue::String(text.into())).map(Self::Same),
                Piece::TagName | Piece::Version | Piece::FileName => Ok(Self::Filled(pieces)),
            },
            _ => Ok(Self::Filled(pieces)),
        }
    }
}

/// Takes a text apart at its placeholders.
fn pieces(text: &str, placeholders: &[&'static str]) -> Result<Vec<Piece>, Wrong> {
    let words: Vec<String> = placeholders.iter().map(|name| format!("{{{name}}}")).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let help = format!("the placeholders are {}; for a brace itself, write `{{{{`", listed(&words));
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let (before, brace) = rest.split_at(at);
        literal.push_str(before);
        if let Some(after) = brace.strip_prefix("{{") {
            literal.push('{');
            rest = after;
        } else if let Some(after) = brace.strip_prefix('}') {
            literal.push('}');
            rest = after.strip_prefix('}').unwrap_or(after);
        } else {
            let Some((name, after)) = brace[1..].split_once('}') else {
                return Err(Wrong::with_help("placeholder without an end", "no `}` after the last `{`", help));
            };
            let piece = match name {
                "tag_name" => Piece::TagName,
                "version" => Piece::Version,
                "file_name" if placeholders.contains(&name) => Piece::FileName,
                _ => {
                    let near = nearest(name.trim(), placeholders);
                    let near = near.map(|near| format!("did you mean `{{{near}}}`? ")).unwrap_or_default();
                    let message = format!("unknown placeholder {}", Quoted(&format!("{{{name}}}")));
                    return Err(Wrong::with_help(message, "in here", near + &help));
                }
            };
            if !literal.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut literal)));
            }
            pieces.push(piece);
            rest = after;
        }
    }
    literal.push_str(rest);
    if !literal.is_empty() {
        pieces.push(Piece::Text(literal));
    }
    Ok(pieces)
}

impl<T: Templated> schemars::JsonSchema for Template<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Template".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        // Each brace that opens is doubled, or opens one of the placeholders.
        let pattern = "^([^{]|\\{\\{|\\{tag_name\\}|\\{version\\})*$";
        schemars::json_schema!({ "type": "string", "minLength": T::SHORTEST, "pattern": pattern })
    }
}
