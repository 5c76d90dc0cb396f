//! Longer texts: descriptions, the files they come from, tag messages.

use super::{FromToml, Wrong, line, schema, text};
use crate::model::Description;
use toml::de::DeValue;

/// GitLab's limit for a description, in bytes.
pub(in crate::manifest) const LONGEST_TEXT: usize = 1 << 20;

/// A description written in the manifest.
#[derive(Debug, Clone)]
pub(in crate::manifest) struct Markdown(pub(in crate::manifest) Description);

schema!(Markdown, { "type": "string", "maxLength": 1_048_576 });

impl FromToml for Markdown {
    const EXPECTED: &'static str = "a string";

    fn from_toml(key: &str, value: &DeValue<'_>) -> Result<Self, Wrong> {
        let text = text(key, value)?;
        markdown(text).map(Self).map_err(|unfit| match unfit {
            Unfit::TooLong(length) => Wrong::with_help(
                format!("`{key}` is too long"),
                format!("{length} bytes"),
                format!("GitLab takes at most {LONGEST_TEXT} bytes (1 MiB)"),
            ),
            Unfit::Nul => Wrong::value(format!("`{key}` holds a NUL character"), "U+0000 in here"),
        })
    }
}

/// Why GitLab would not store a text.
#[derive(Debug, Clone, Copy)]
pub(in crate::manifest) enum Unfit {
    /// So many bytes, more than 1 MiB.
    TooLong(usize),
    /// A NUL character, which GitLab's database can't store.
    Nul,
}

/// Takes `text` as a description if GitLab would.
pub(in crate::manifest) fn markdown(text: &str) -> Result<Description, Unfit> {
    let description = Description::new(text);
    match description.as_str() {
        text if text.len() > LONGEST_TEXT => Err(Unfit::TooLong(text.len())),
        text if text.contains('\0') => Err(Unfit::Nul),
        _ => Ok(description),
    }
}

/// A file below the manifest's folder, not yet read.
#[derive(Debug, Clone)]
pub(in crate::manifest) struct NotesFile(pub(in crate::manifest) String);

schema!(NotesFile, { "type": "string", "minLength": 1, "pattern": "^[^/]" });

impl FromToml for NotesFile {
    const EXPECTED: &'static str = "a string";

    fn from_toml(key: &str, value: &DeValue<'_>) -> Result<Self, Wrong> {
        line(key, value).map(|text| Self(text.to_owned()))
    }
}

/// The message of a tag to be made; none at all makes it lightweight.
#[derive(Debug, Clone)]
pub(in crate::manifest) struct TagMessage(pub(in crate::manifest) String);

schema!(TagMessage, { "type": "string" });

impl FromToml for TagMessage {
    const EXPECTED: &'static str = "a string";

    fn from_toml(key: &str, value: &DeValue<'_>) -> Result<Self, Wrong> {
        text(key, value).map(|text| Self(text.to_owned()))
    }
}
