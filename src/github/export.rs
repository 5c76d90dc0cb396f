//! Releases out of a file: what `gh api repos/OWNER/REPOSITORY/releases` wrote.
//!
//! That is one array; with `--paginate`, in older versions of `gh`, one behind the other; with `--slurp` an array of arrays;
//! and with `--jq '.[]'` releases by themselves. All of it is taken, piece by piece, so that a long file needs little room.

use super::Release;
use crate::http::message;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer};
use std::fmt;
use std::io::{self, BufRead, BufReader, Read};

/// The longest file, in bytes.
const LONGEST: u64 = 1 << 30;

/// So much is looked at to tell what kind of file it is.
const BEGINNING: usize = 64 * 1024;

const COMMAND: &str = "gh api --paginate repos/OWNER/REPOSITORY/releases > releases.json";

/// Why there are no releases in a file.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum ExportError {
    /// The system says no.
    #[error("{0}")]
    Io(io::Error),
    /// Nothing in it.
    #[error("it is empty")]
    #[diagnostic(help("write it with `{COMMAND}`"))]
    Empty,
    /// What Windows shells write.
    #[error("it is UTF-16, not UTF-8")]
    #[diagnostic(help("PowerShell's `>` writes so: use `… | Out-File -Encoding utf8 releases.json`, or cmd or bash"))]
    Utf16,
    /// A page.
    #[error("it is {0}, where JSON was expected")]
    #[diagnostic(help("the API answers in JSON, to `{COMMAND}`; what a browser saves is for people"))]
    WebPage(String),
    /// What GitHub answers when it has no releases to give.
    #[error("it holds an error of GitHub's, and no releases: {0}")]
    #[diagnostic(help("write it again, perhaps with another token: `{COMMAND}`"))]
    Refusal(String),
    /// It ends too early.
    #[error("it breaks off in line {0}, column {1}")]
    #[diagnostic(help("it was not written to its end: write it again with `{COMMAND}`"))]
    BrokenOff(usize, usize),
    /// Something else.
    #[error("it is no JSON: {0}")]
    #[diagnostic(help("write it with `{COMMAND}`"))]
    NoJson(String),
    /// JSON of something else.
    #[error("it is no list of releases as GitHub's API writes it: {0}")]
    #[diagnostic(help("write it with `{COMMAND}`; `gh release list --json` writes something else"))]
    OtherShape(String),
    /// Too long.
    #[error("it is longer than {} MiB", LONGEST >> 20)]
    #[diagnostic(help("split it, and import one part after the other"))]
    TooLong,
}

/// Reads all releases in `file`.
///
/// # Errors
/// What is wrong with it.
pub fn read_export(file: impl Read) -> Result<Vec<Release>, ExportError> {
    let mut file = BufReader::with_capacity(BEGINNING, file.take(LONGEST));
    let beginning = file.fill_buf().map_err(ExportError::Io)?;
    if beginning.starts_with(b"\xef\xbb\xbf") {
        file.consume(3);
    } else if is_utf_16(beginning) {
        return Err(ExportError::Utf16);
    }
    let beginning = file.fill_buf().map_err(ExportError::Io)?;
    let text = String::from_utf8_lossy(beginning).into_owned();
    if message::is_html(&text) {
        return Err(ExportError::WebPage(message::harmless(&message::web_page(&text))));
    }
    let read = parse(&mut file);
    if file.get_ref().limit() == 0 {
        return Err(ExportError::TooLong);
    }
    match read {
        Ok(releases) => Ok(releases),
        Err(error) => Err(explain(&error, &text)),
    }
}

fn is_utf_16(beginning: &[u8]) -> bool {
    // With its mark, or as the first character of JSON would be without.
    matches!(beginning, [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [b'[' | b'{', 0, ..] | [0, b'[' | b'{', ..])
}

/// All values, one behind the other.
fn parse(file: impl Read) -> Result<Vec<Release>, serde_path_to_error::Error<serde_json::Error>> {
    let mut releases = Vec::new();
    let mut json = serde_json::Deserializer::from_reader(file);
    loop {
        let Releases(more) = serde_path_to_error::deserialize(&mut json)?;
        releases.extend(more);
        if json.end().is_ok() {
            return Ok(releases);
        }
    }
}

fn explain(error: &serde_path_to_error::Error<serde_json::Error>, beginning: &str) -> ExportError {
    use serde_json::error::Category;
    let (path, inner) = (error.path().to_string(), error.inner());
    match inner.classify() {
        Category::Io => ExportError::Io(io::Error::other(message::harmless(&inner.to_string()))),
        Category::Eof if beginning.trim().is_empty() => ExportError::Empty,
        Category::Eof => ExportError::BrokenOff(inner.line(), inner.column()),
        Category::Syntax => ExportError::NoJson(message::harmless(&inner.to_string())),
        Category::Data => match refusal(beginning) {
            Some(words) => ExportError::Refusal(message::harmless(&words)),
            None if path == "." => ExportError::OtherShape(message::harmless(&inner.to_string())),
            None => ExportError::OtherShape(message::harmless(&format!("at {path}: {inner}"))),
        },
    }
}

/// What `{"message": "Not Found", …}` says.
fn refusal(text: &str) -> Option<String> {
    let first = serde_json::Deserializer::from_str(text).into_iter::<serde_json::Value>().next()?.ok()?;
    Some(first.get("message")?.as_str()?.to_owned())
}

/// A release, or a list of such, however deep.
struct Releases(Vec<Release>);

impl<'de> Deserialize<'de> for Releases {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct OneOrMany;
        impl<'de> Visitor<'de> for OneOrMany {
            type Value = Releases;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of releases")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Releases, A::Error> {
                Release::deserialize(MapAccessDeserializer::new(map)).map(|one| Releases(vec![one]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Releases, A::Error> {
                let mut all = Vec::new();
                while let Some(Releases(more)) = list.next_element()? {
                    all.extend(more);
                }
                Ok(Releases(all))
            }
        }
        from.deserialize_any(OneOrMany)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn told(bytes: &[u8]) -> String {
        match read_export(bytes) {
            Ok(releases) => releases.iter().map(|one| one.tag_name.as_str()).collect::<Vec<_>>().join(" "),
            Err(error) => format!("error: {error}"),
        }
    }

    #[test]
    fn every_way_in_which_gh_writes_lists_is_read() {
        let one = r#"{"tag_name":"a","assets":null,"draft":null}"#;
        for text in [
            format!(r#"[{one},{{"tag_name":"b"}}]"#),
            format!("[{one}][{{\"tag_name\":\"b\"}}]\n"),
            format!("[[{one}], [ ], [{{\"tag_name\":\"b\"}}]]"),
            format!("{one}\n{{\"tag_name\":\"b\"}}\n"),
            format!("\u{feff} [{one}]\r\n[]\r\n[{{\"tag_name\":\"b\"}}]"),
        ] {
            assert_eq!(told(text.as_bytes()), "a b", "{text}");
        }
        assert_eq!(told(b"[]"), "");
    }

    #[test]
    fn what_is_no_list_of_releases_is_told_apart() {
        let utf_16: Vec<u8> = "[{}]".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let texts: [&[u8]; 14] = [
            b"",
            b" \n",
            &[&[0xff, 0xfe], utf_16.as_slice()].concat(),
            &utf_16,
            b"<!DOCTYPE html><title>Releases \xc2\xb7 octo/app</title>",
            br#"{"message":"Not Found","status":"404"}"#,
            br#"[{"tag_name":"a"},{"tag_na"#,
            br#"[{"tag_name":"a"}] tail"#,
            br#"[{"tagName":"a"}]"#,
            br#"[{"tag_name":"a","assets":[{"name":7}]}]"#,
            br#"[{"tag_name":"a","published_at":"yesterday"}]"#,
            b"7",
            b"version = 1\n\x1b[31m",
            b"\x1f\x8b\x08",
        ];
        insta::assert_snapshot!(texts.map(told).join("\n"));
        let deep = "[".repeat(100_000);
        assert!(told(deep.as_bytes()).starts_with("error: it is no JSON: recursion limit"));
    }

    proptest! {
        #[test]
        fn no_input_panics(text in r#"(\[|\]|\{|\}|"tag_name":|"a"|"assets":|,|null|7|\PC){0,30}"#) {
            let _ = told(text.as_bytes());
        }
    }
}
