//! What the files for notes are called: after the tag, in a way that every file system takes and keeps apart.

use super::Existing;
use crate::model::TagName;
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::fmt::Write;

/// Where notes go, seen from the manifest's folder.
pub(super) const FOLDER: &str = "notes";

/// The longest name of a file that is fetched, its ending included.
const LONGEST_FILE: usize = 200;

/// Far below the 255 bytes that file systems allow, for tools that put something of their own behind it.
const LONGEST: usize = 100;

/// Gives out names, each once. Names are compared in lower case, as some file systems do.
pub(super) struct FileNames<'e> {
    /// Where the files go, seen from the manifest's folder.
    folder: String,
    existing: &'e Existing,
    there: HashSet<String>,
    given: HashSet<String>,
}

impl<'e> FileNames<'e> {
    /// For files in `folder`.
    pub(super) fn new(existing: &'e Existing, folder: &str) -> Self {
        let there = existing.files.keys().map(|path| path.to_lowercase()).collect();
        Self { folder: folder.to_owned(), existing, there, given: HashSet::new() }
    }

    /// The path of a file for `text`, the notes of `tag`: one that is free, or has that very text.
    pub(super) fn path(&mut self, tag: &TagName, text: &str) -> String {
        let (name, is_sure) = plain(tag.as_str(), LONGEST, "tag");
        let (digest, folder) = (digest(tag.as_str()), &self.folder);
        let longer = (8..=digest.len()).map(|length| format!("{folder}/{name}-{}.md", &digest[..length]));
        let mut candidates = is_sure.then(|| format!("{folder}/{name}.md")).into_iter().chain(longer);
        let is_free = |path: &String| {
            let key = path.to_lowercase();
            let has_text = || self.existing.files.get(path).is_some_and(|there| there.as_deref() == Some(text));
            !self.given.contains(&key) && (!self.there.contains(&key) || has_text())
        };
        let path = candidates.find(is_free).unwrap_or_else(|| format!("{folder}/{name}-{digest}-.md"));
        self.given.insert(path.to_lowercase());
        path
    }
}

/// Gives out names for files and folders of what comes from elsewhere, each once, as [`write()`](super::write()) does for
/// notes: plain ASCII, apart on file systems that don't tell case, and never `..`, a device or a hidden file.
#[derive(Debug, Default)]
pub struct SafeNames {
    given: HashSet<String>,
}

impl SafeNames {
    /// The name that is most like `wanted`.
    pub fn name(&mut self, wanted: &str) -> String {
        let (name, is_sure) = plain(wanted, LONGEST_FILE, "file");
        let digest = digest(wanted);
        let longer = (8..=digest.len()).map(|length| format!("{}-{name}", &digest[..length]));
        let mut candidates = is_sure.then(|| name.clone()).into_iter().chain(longer);
        let is_free = |name: &String| !self.given.contains(&name.to_lowercase());
        let name = candidates.find(is_free).unwrap_or_else(|| format!("{}-{digest}-{name}", self.given.len()));
        self.given.insert(name.to_lowercase());
        name
    }
}

/// A name made of ASCII letters, digits, `.`, `_`, `+` and `-`, and whether another tag hardly has the same one. One without
/// any such characters is called `other`.
fn plain(tag: &str, longest: usize, other: &str) -> (String, bool) {
    let mut name = String::with_capacity(tag.len());
    let mut is_sure = true;
    for c in tag.chars() {
        let is_plain = c.is_ascii_alphanumeric() || "._+-".contains(c);
        is_sure &= is_plain || c == '/';
        if is_plain {
            name.push(c);
        } else if !name.ends_with('-') {
            name.push('-');
        }
    }
    let short = &name[..name.len().min(longest)];
    let trimmed = short.trim_matches(['.', '-']);
    is_sure &= trimmed.len() == name.len();
    let trimmed = if trimmed.is_empty() { other } else { trimmed };
    let name = if is_reserved(trimmed) { format!("{other}-{trimmed}") } else { trimmed.to_owned() };
    (name, is_sure)
}

/// Whether Windows takes it for a device, whatever follows the first dot.
fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).to_ascii_lowercase();
    let is_port = |stem: &str| {
        let number = stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt"));
        number.is_some_and(|number| number.len() == 1 && number.bytes().all(|byte| byte.is_ascii_digit()))
    };
    matches!(stem.as_str(), "con" | "prn" | "aux" | "nul") || is_port(&stem)
}

fn digest(tag: &str) -> String {
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(tag.as_bytes()) {
        // Writing to a String can't fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn path(tag: &str) -> String {
        FileNames::new(&Existing::default(), FOLDER).path(&TagName::from_git(tag), "")
    }

    #[test]
    fn names_are_like_the_tags_and_safe() {
        let long = "v".repeat(300);
        let names =
            ["v1.2.0", "app/v1", "v1.0+build#3", "выпуск-1", "CON", "nul.1", "com1x", "..", "-v", "a..b", &long];
        let paths: Vec<String> = names.into_iter().map(path).collect();
        insta::assert_snapshot!(paths.join("\n"));
    }

    #[test]
    fn no_two_tags_share_a_file_and_none_is_written_over() {
        let mut existing = Existing::default();
        existing.files.insert("notes/v1.md".to_owned(), Some("one\n".to_owned()));
        existing.files.insert("notes/v2.md".to_owned(), Some("other\n".to_owned()));
        existing.files.insert("notes/V3.md".to_owned(), None);
        let mut names = FileNames::new(&existing, FOLDER);
        let mut path = |tag: &str, text: &str| names.path(&TagName::from_git(tag), text);
        assert_eq!(path("v1", "one\n"), "notes/v1.md", "left by a run that was interrupted");
        assert_eq!(path("V1", "one\n"), "notes/V1-dae96fc0.md");
        assert_eq!(path("v2", "two\n"), "notes/v2-fb04dcb6.md");
        assert_eq!(path("v3", "three\n"), "notes/v3-e0d2747b.md");
        assert_eq!(path("a/b", ""), "notes/a-b.md");
        assert_eq!(path("a-b", ""), "notes/a-b-d44362d6.md");
    }

    proptest! {
        #[test]
        fn any_tags_get_names_that_are_safe_and_apart(tags in prop::collection::btree_set("\\PC{0,6}|[aA./ :]{0,4}|(con|NUL|lpt1)[./]?", 1..40)) {
            let existing = Existing::default();
            let mut names = FileNames::new(&existing, FOLDER);
            let mut seen = HashSet::new();
            for tag in tags {
                let path = names.path(&TagName::from_git(tag), "");
                let name = path.strip_prefix("notes/").unwrap();
                prop_assert!(name.len() < 200 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._+-".contains(&b)));
                prop_assert!(!name.starts_with(['.', '-']) && !is_reserved(name));
                prop_assert!(seen.insert(path.to_lowercase()), "{}", path);
            }
        }
    }
}
