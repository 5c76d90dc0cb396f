//! Words out of a short list.

use super::{FromToml, Wrong, is_bool, schema, without_quotes};
use crate::manifest::reader::{listed, nearest};
use crate::manifest::visible::Quoted;
use crate::model::{EvidenceWish, LinkType, MilestoneState, MissingMilestones, Unmanaged};
use toml::de::DeValue;

/// Finds the one of `all` that the manifest names, by the `word` for each.
fn one_of<T: Copy>(key: &str, value: &DeValue<'_>, all: &[T], word: fn(T) -> &'static str) -> Result<T, Wrong> {
    let words: Vec<&str> = all.iter().map(|one| word(*one)).collect();
    let Some(text) = value.as_str() else {
        return Err(Wrong::Type(Some(format!("write one of {}", listed(&words)))));
    };
    all.iter().copied().find(|one| word(*one) == text).ok_or_else(|| {
        let list = format!("the words here are {}", listed(&words));
        let help = nearest(text, &words).map(|near| format!("did you mean `{near}`? {list}"));
        Wrong::with_help(format!("{} is no value of `{key}`", Quoted(text)), "unknown word", help.unwrap_or(list))
    })
}

macro_rules! words {
    ($($type:ty),+) => {$(
        schema!($type, { "type": "string", "enum": (<$type>::ALL.map(<$type>::as_str)) });

        impl FromToml for $type {
            const EXPECTED: &'static str = "a string";

            fn from_toml(key: &str, value: &DeValue<'_>) -> Result<Self, Wrong> {
                one_of(key, value, &Self::ALL, Self::as_str)
            }
        }
    )+};
}

words!(LinkType, MilestoneState, Unmanaged, MissingMilestones);

schema!(EvidenceWish, { "enum": [true, false, "require"] });

impl FromToml for EvidenceWish {
    const EXPECTED: &'static str = "`true`, `false` or `\"require\"`";

    fn from_toml(key: &str, value: &DeValue<'_>) -> Result<Self, Wrong> {
        match value {
            DeValue::Boolean(true) => Ok(Self::Collect),
            DeValue::Boolean(false) => Ok(Self::Leave),
            DeValue::String(word) if word == "require" => Ok(Self::Require),
            _ => Err(Wrong::Type(without_quotes(key, value, is_bool))),
        }
    }
}
