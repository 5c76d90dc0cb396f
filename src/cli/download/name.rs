//! File names out of what a release says: whoever writes releases must not choose where on this machine a file lands.
//!
//! Pure. What comes out is one name, good on every system, and never hidden: a `.npmrc` or `.envrc` that somebody else wrote
//! is nothing to be found in a working folder by surprise. Nor is a `-rf` that the next `rm *` would take for an option.

use crate::model::is_hostile;
use percent_encoding::percent_decode_str;
use url::Url;

/// Most file systems take 255 bytes; while it is on its way a file has a longer name.
const LONGEST: usize = 200;
/// So much of a long name's end is kept: it says what kind of file it is.
const LONGEST_END: usize = 20;
/// What Windows takes for something else, whatever comes after the first dot.
const DEVICES: [&str; 6] = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];

/// The name that `curl -O` would give a file of this url: its path's last part, decoded. None where there is no such part.
pub(super) fn of_url(url: &Url) -> Option<String> {
    let last = url.path_segments()?.next_back().filter(|last| !last.is_empty())?;
    Some(percent_decode_str(last).decode_utf8_lossy().into_owned())
}

/// A url's path, decoded.
pub(super) fn path_of_url(url: &Url) -> String {
    percent_decode_str(url.path()).decode_utf8_lossy().into_owned()
}

/// `text` as a file name: its last part, without anything that is special somewhere.
pub(super) fn safe(text: &str) -> String {
    let last = text.split(['/', '\\']).rev().map(str::trim).find(|part| !part.trim_matches('.').is_empty());
    let plain: String = last.unwrap_or_default().chars().map(plain).collect();
    let plain = plain.trim_end_matches(['.', ' ']);
    let stem = plain.split('.').next().unwrap_or_default();
    let plain = if plain.is_empty() {
        "_".to_owned()
    } else if plain.starts_with(['.', '-']) {
        format!("_{}", plain.trim_start_matches(['.', '-']))
    } else if is_device(stem.trim_end()) {
        format!("_{plain}")
    } else {
        plain.to_owned()
    };
    shortened(&plain)
}

/// Names that some file system takes for the same are the same here.
pub(super) fn folded(name: &str) -> String {
    name.to_lowercase()
}

fn plain(c: char) -> char {
    if is_hostile(c) || "<>:\"|?*".contains(c) { '_' } else { c }
}

fn is_device(stem: &str) -> bool {
    let stem = stem.to_uppercase();
    let mut chars = stem.chars();
    let is_port = (stem.starts_with("COM") || stem.starts_with("LPT"))
        && stem.chars().count() == 4
        && chars.next_back().is_some_and(|last| "0123456789¹²³".contains(last));
    is_port || DEVICES.contains(&stem.as_str())
}

/// Cut off in the middle, so that the end still tells what it is.
fn shortened(name: &str) -> String {
    if name.len() <= LONGEST {
        return name.to_owned();
    }
    let end_from = (name.len() - LONGEST_END..name.len()).find(|at| name.is_char_boundary(*at)).unwrap_or(name.len());
    let end = &name[end_from..];
    let end = end.find('.').map_or("", |dot| &end[dot..]);
    let room = LONGEST - end.len();
    let beginning = (0..=room).rev().find(|at| name.is_char_boundary(*at)).unwrap_or(0);
    format!("{}{end}", &name[..beginning])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::path::{Component, Path};

    #[test]
    fn names_are_good_everywhere() {
        for (text, name) in [
            ("app-linux-amd64.tar.gz", "app-linux-amd64.tar.gz"),
            ("Ünïcode 1.0 🎉.zip", "Ünïcode 1.0 🎉.zip"),
            ("../../etc/passwd", "passwd"),
            ("/etc/passwd", "passwd"),
            (r"..\..\C:\boot.ini", "boot.ini"),
            ("C:evil", "C_evil"),
            ("..", "_"),
            ("a/..", "a"),
            ("", "_"),
            (".npmrc", "_npmrc"),
            ("...", "_"),
            ("CON", "_CON"),
            ("nul.tar.gz", "_nul.tar.gz"),
            ("COM1 .txt", "_COM1 .txt"),
            ("lpt¹", "_lpt¹"),
            ("CONTROL", "CONTROL"),
            ("a\u{1b}[31m\r\nb\u{202e}", "a_[31m__b_"),
            ("a?b*c|d", "a_b_c_d"),
            ("a. . ", "a"),
            ("-rf", "_rf"),
            ("--", "_"),
            (".-x", "_x"),
            ("a-b", "a-b"),
        ] {
            assert_eq!(safe(text), name, "{text:?}");
        }
        let long = safe(&format!("{}.tar.gz", "é".repeat(300)));
        assert!(long.len() <= LONGEST && long.ends_with("é.tar.gz"), "{long}");
        assert_eq!(safe(&"x".repeat(300)), "x".repeat(LONGEST));
    }

    #[test]
    fn a_url_names_its_file() {
        let name = |url: &str| of_url(&url.parse().unwrap());
        assert_eq!(name("https://h/a/app%20x.zip?token=1#f").as_deref(), Some("app x.zip"));
        assert_eq!(name("https://h/a/..%2f..%2fb").as_deref(), Some("../../b"));
        assert_eq!(name("https://h/a/"), None);
        assert_eq!(name("https://h"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_one_plain_name(text in r"[./\\a-zA-Z:\x00-\x20é\u{202e}]{0,300}|.*") {
            let name = safe(&text);
            let parts: Vec<_> = Path::new(&name).components().collect();
            prop_assert!(matches!(parts[..], [Component::Normal(_)]), "{name:?}");
            prop_assert!(name.len() <= LONGEST && !name.contains(['/', '\\', ':']) && !name.starts_with(['.', '-']));
            prop_assert!(!name.ends_with(['.', ' ']) && !name.contains(is_hostile));
            prop_assert_eq!(safe(&name), name);
        }
    }
}
