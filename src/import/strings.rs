//! Strings as they are best read in a manifest, and yet are to the letter what they were.
//!
//! Which kind of quotes fits is `toml_writer`'s business. What a reviewer could not see in the file (bidi overrides,
//! characters without width) is spelled out as an escape.

use crate::model::is_hostile;
use std::fmt::Write;
use toml_edit::Value;
use toml_writer::{ToTomlValue, TomlStringBuilder};

/// A name, url or title: on one line, whatever is in it.
pub(super) fn line(text: &str) -> Value {
    let builder = TomlStringBuilder::new(text);
    if text.contains(is_hostile) {
        return spelled(text, &builder.as_basic().to_toml_value());
    }
    let quoted = builder.as_basic_pretty().or_else(|| builder.as_literal()).unwrap_or_else(|| builder.as_basic());
    parsed(text, &quoted.to_toml_value())
}

/// Notes: of several lines, each on its own.
pub(super) fn prose(text: &str) -> Value {
    if !text.contains('\n') {
        return line(text);
    }
    // The final line end is none of the notes, and puts the quotes on a line of their own.
    let text = format!("{text}\n");
    let builder = TomlStringBuilder::new(&text);
    if text.contains(|c| is_hostile(c) && !matches!(c, '\n' | '\t')) {
        return spelled(&text, &builder.as_ml_basic().to_toml_value());
    }
    let quoted = builder.as_ml_basic_pretty().or_else(|| builder.as_ml_literal());
    parsed(&text, &quoted.unwrap_or_else(|| builder.as_ml_basic()).to_toml_value())
}

/// `quoted`, a basic string, with whatever is hostile in it escaped: line ends are its own.
fn spelled(text: &str, quoted: &str) -> Value {
    let mut spelled = String::with_capacity(quoted.len() + 16);
    for c in quoted.chars() {
        if is_hostile(c) && !matches!(c, '\n' | '\t') {
            // Writing to a String can't fail.
            let _ = match u32::from(c) {
                code @ ..=0xffff => write!(spelled, "\\u{code:04X}"),
                code => write!(spelled, "\\U{code:08X}"),
            };
        } else {
            spelled.push(c);
        }
    }
    parsed(text, &spelled)
}

/// `quoted` as it is, if it is what stands for `text`.
fn parsed(text: &str, quoted: &str) -> Value {
    quoted.parse::<Value>().ok().filter(|value| value.as_str() == Some(text)).unwrap_or_else(|| Value::from(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_stay_lines_and_notes_get_their_quotes_apart() {
        assert_eq!(line("v1.0").to_string(), r#""v1.0""#);
        assert_eq!(line(r#"the "new" C:\one"#).to_string(), r#"'the "new" C:\one'"#);
        assert_eq!(line("it's\n\"one\"").to_string(), r#""it's\n\"one\"""#);
        assert_eq!(line("v1\u{202e}0.2").to_string(), r#""v1\u202E0.2""#);
        assert_eq!(prose("one").to_string(), r#""one""#);
        assert_eq!(prose("# One\n\n- \"two\"").to_string(), "\"\"\"\n# One\n\n- \"two\"\n\"\"\"");
        assert_eq!(prose("`C:\\one`\nand `\\\"`").to_string(), "'''\n`C:\\one`\nand `\\\"`\n'''");
        assert_eq!(prose("a\u{200b}\nb\u{e0041}").to_string(), "\"\"\"\na\\u200B\nb\\U000E0041\n\"\"\"");
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_nothing_hidden(text in "([a\"'\\\\\n\r\t\u{202e}\u{1b}#]|\"\"\"|'''|\\PC){0,20}") {
            let value = line(&text);
            prop_assert_eq!(value.as_str(), Some(text.as_str()));
            let shown = value.to_string();
            prop_assert!(!shown.contains(is_hostile), "{}", shown);
            let read = shown.parse::<Value>().unwrap();
            prop_assert_eq!(read.as_str(), Some(text.as_str()));

            let value = prose(&text);
            prop_assert_eq!(value.as_str().map(str::trim_end), Some(text.trim_end()));
            let shown = value.to_string();
            prop_assert!(!shown.contains(|c| is_hostile(c) && !matches!(c, '\n' | '\t')), "{}", shown);
            let read = shown.parse::<Value>().unwrap();
            prop_assert_eq!(read.as_str().map(str::trim_end), Some(text.trim_end()));
        }
    }
}
