//! Numbers: the format's version, a project's id, how many deletes are allowed.

use super::{FromToml, Wrong, schema, whole, without_quotes};
use crate::model::{MaxDeletes, ProjectId};
use toml::de::DeValue;

/// The one version of the format there is so far.
#[derive(Debug, Clone, Copy)]
pub(in crate::manifest) struct FormatVersion;

schema!(FormatVersion, { "type": "integer", "const": 1 });

impl FromToml for FormatVersion {
    const EXPECTED: &'static str = "the number `1`";

    fn from_toml(key: &str, value: &DeValue<'_>) -> Result<Self, Wrong> {
        match whole(value) {
            Some(1) => Ok(Self),
            Some(other) => Err(Wrong::with_help(
                format!("version {other} of the format is not known"),
                "this relsync reads version 1",
                "write `version = 1`, or use a newer relsync",
            )),
            None => Err(Wrong::Type(without_quotes(key, value, |text| text == "1"))),
        }
    }
}

schema!(ProjectId, { "type": "integer", "minimum": 1 });

impl FromToml for ProjectId {
    const EXPECTED: &'static str = "a project's number";

    fn from_toml(key: &str, value: &DeValue<'_>) -> Result<Self, Wrong> {
        let Some(number) = whole(value) else {
            let is_number = |text: &str| text.parse::<u64>().is_ok_and(|id| id > 0);
            let help = without_quotes(key, value, is_number);
            return Err(Wrong::Type(
                help.or_else(|| Some("name a project by its path with `path = \"group/app\"`".into())),
            ));
        };
        match u64::try_from(number) {
            Ok(id) if id > 0 => Ok(Self(id)),
            _ => Err(Wrong::value(format!("no project has the number {number}"), "numbers start at 1")),
        }
    }
}

schema!(MaxDeletes, {
    "anyOf": [
        { "type": "integer", "minimum": 0 },
        { "type": "string", "pattern": "^(100|[0-9]{1,2})%$" }
    ]
});

impl FromToml for MaxDeletes {
    const EXPECTED: &'static str = "a number or a percentage";

    fn from_toml(key: &str, value: &DeValue<'_>) -> Result<Self, Wrong> {
        const HELP: &str = "write a number such as `3`, or a percentage from `\"0%\"` to `\"100%\"`";
        if let Some(count) = whole(value) {
            let count = u64::try_from(count);
            return count
                .map(Self::Count)
                .map_err(|_| Wrong::with_help(format!("`{key}` is out of range"), "fewer than none", HELP));
        }
        let Some(text) = value.as_str() else { return Err(Wrong::Type(Some(HELP.to_owned()))) };
        let is_whole = |digits: &&str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let digits = text.strip_suffix('%').filter(is_whole);
        match digits.map(str::parse::<u8>) {
            Some(Ok(percent)) if percent <= 100 => Ok(Self::Percent(percent)),
            Some(_) => Err(Wrong::with_help(format!("`{key}` is out of range"), "more than all", HELP)),
            None => {
                let help = without_quotes(key, value, |text| text.parse::<u64>().is_ok());
                let help = help.unwrap_or_else(|| HELP.to_owned());
                Err(Wrong::with_help(format!("`{key}` must be {}", Self::EXPECTED), "neither of them", help))
            }
        }
    }
}
