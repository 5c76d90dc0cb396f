//! The values a manifest is made of: how each is read from TOML, and what the JSON Schema says of it, side by side.
//!
//! A value that has been read is right by itself; what it has to do with others is `checks`' business.

mod files;
mod limits;
mod links;
mod names;
mod notes;
mod patterns;
mod template;
mod times;
mod words;

pub(super) use files::{FileGlob, FileTemplate, PackageName};
pub(super) use limits::FormatVersion;
pub(super) use links::{LinkUrl, ServerUrl};
pub(super) use names::{GitRef, Name, ProjectPath, TagPattern, Title};
pub(super) use notes::{LONGEST_TEXT, Markdown, NotesFile, TagMessage, Unfit, markdown};
pub(super) use patterns::{FilePattern, Part};
pub(super) use template::{Subject, Template, Templated};
pub(super) use times::Day;

use toml::de::DeValue;

/// A value that can be read from TOML.
pub(super) trait FromToml: Sized {
    /// What it must be, in words that read after "must be".
    const EXPECTED: &'static str;

    /// Reads the value of `key`.
    fn from_toml(key: &str, value: &DeValue<'_>) -> Result<Self, Wrong>;
}

/// Why a value is not taken.
#[derive(Debug)]
pub(super) enum Wrong {
    /// Something else than [`FromToml::EXPECTED`]; perhaps what to do about it.
    Type(Option<String>),
    /// The right type, but not a right value.
    Value {
        /// What is wrong, whole.
        message: String,
        /// What to say below the value.
        label: String,
        /// What to do about it.
        help: Option<String>,
    },
}

impl Wrong {
    /// A wrong value, without advice.
    fn value(message: impl Into<String>, label: impl Into<String>) -> Self {
        Self::Value { message: message.into(), label: label.into(), help: None }
    }

    /// A wrong value, and what to do about it.
    fn with_help(message: impl Into<String>, label: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Value { message: message.into(), label: label.into(), help: Some(help.into()) }
    }
}

/// What a value is, in words that read after "this is".
pub(super) fn kind_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "an integer",
        DeValue::Float(_) => "a float",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(at) => match (at.date, at.time, at.offset) {
            (Some(_), Some(_), Some(_)) => "a date-time",
            (Some(_), Some(_), None) => "a date-time without offset",
            (Some(_), None, _) => "a date",
            _ => "a time",
        },
        DeValue::Array(_) => "an array",
        DeValue::Table(_) => "a table",
    }
}

/// The text of a string. A NUL in it is refused everywhere, as GitLab's database does.
fn text<'v>(key: &str, value: &'v DeValue<'_>) -> Result<&'v str, Wrong> {
    let text = match value {
        DeValue::String(text) => text,
        DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_) => {
            return Err(Wrong::Type(Some("put it in quotes".to_owned())));
        }
        DeValue::Array(_) | DeValue::Table(_) => return Err(Wrong::Type(None)),
    };
    if text.contains('\0') {
        return Err(Wrong::with_help(
            format!("`{key}` holds a NUL character"),
            "U+0000 in here",
            "GitLab can't store it; take it out",
        ));
    }
    Ok(text)
}

/// The text of a string that isn't blank.
fn line<'v>(key: &str, value: &'v DeValue<'_>) -> Result<&'v str, Wrong> {
    let text = text(key, value)?;
    if text.trim().is_empty() {
        return Err(Wrong::with_help(
            format!("`{key}` is blank"),
            "nothing to be seen in here",
            "write at least one character that isn't white space",
        ));
    }
    Ok(text)
}

/// An integer's value, if it is one that fits.
fn whole(value: &DeValue<'_>) -> Option<i128> {
    let integer = value.as_integer()?;
    i128::from_str_radix(integer.as_str(), integer.radix()).ok()
}

/// No number or boolean that is right has more digits or letters.
const LONGEST_NUMBER: usize = 20;

/// Advice for a number or boolean in quotes.
fn without_quotes(key: &str, value: &DeValue<'_>, is_it: impl Fn(&str) -> bool) -> Option<String> {
    let text = value.as_str().filter(|text| text.len() <= LONGEST_NUMBER && is_it(text))?;
    Some(format!("write it without quotes: `{key} = {text}`"))
}

fn is_bool(text: &str) -> bool {
    matches!(text, "true" | "false")
}

impl FromToml for bool {
    const EXPECTED: &'static str = "`true` or `false`";

    fn from_toml(key: &str, value: &DeValue<'_>) -> Result<Self, Wrong> {
        value.as_bool().ok_or_else(|| Wrong::Type(without_quotes(key, value, is_bool)))
    }
}

/// Gives a type its schema.
macro_rules! schema {
    ($type:ty, $json:tt) => {
        impl schemars::JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!($json)
            }
        }
    };
}
use schema;
