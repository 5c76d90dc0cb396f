//! Checksum lists among a release's assets, as `sha256sum` and BSD's `sha256` write them.
//!
//! Pure.

use crate::model::Sha256;
use std::collections::BTreeMap;

/// Names of lists, in lower case; `app_1.0_checksums.txt` is one, too.
const LISTS: [&str; 6] =
    ["sha256sums", "sha256sums.txt", "sha256sum.txt", "checksums.txt", "checksums.sha256", "checksums"];
/// What stands between a project's name and a list's.
const JOINTS: [char; 3] = ['_', '-', '.'];
/// Ends of the names of lists for one file.
const OF_ONE: [&str; 2] = [".sha256", ".sha256sum"];

/// What an asset's name says about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// A list of many files' digests.
    List,
    /// The digest of the file with this name.
    Of(String),
    /// No checksums.
    Other,
}

impl Kind {
    /// What `name` says.
    pub(super) fn of(name: &str) -> Self {
        let lower = name.to_ascii_lowercase();
        let is_list =
            |list: &str| lower.strip_suffix(list).is_some_and(|rest| rest.is_empty() || rest.ends_with(JOINTS));
        if LISTS.iter().any(|list| is_list(list)) {
            return Self::List;
        }
        let file = OF_ONE.iter().find_map(|end| name.get(..lower.strip_suffix(end)?.len()));
        file.filter(|file| !file.is_empty()).map_or(Self::Other, |file| Self::Of(file.to_owned()))
    }
}

/// Digests by file name, and where each is from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sums {
    /// By whole names, with their folders.
    whole: BTreeMap<String, Result<Listed, Twice>>,
    /// Names without some or all of their folders, and the whole one each stands for; none if there are several.
    tails: BTreeMap<String, Option<String>>,
}

/// A digest that a list tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listed {
    pub(super) digest: Sha256,
    /// What the list is called.
    pub(super) list: String,
}

/// A file of which two digests are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Twice;

impl Sums {
    /// Adds what `text` tells, which is the list `called` so, in `folder`. `of`: the file that a digest alone on its line is of.
    /// What is no digest of a file is passed over: lists also hold comments, and digests of other kinds. How many there were.
    pub(super) fn add(&mut self, called: &str, folder: &str, text: &str, of: Option<&str>) -> usize {
        let entries = text.lines().filter_map(|line| entry(line.trim_start_matches('\u{feff}'), of));
        let mut count = 0;
        for (digest, name) in entries {
            count += 1;
            let name = clean(&format!("{folder}/{name}"));
            let listed = Listed { digest, list: called.to_owned() };
            let known = self.whole.entry(name.clone()).or_insert(Ok(listed));
            if known.as_ref().is_ok_and(|known| known.digest != digest) {
                *known = Err(Twice);
            }
            for tail in tails(&name).skip(1) {
                let whole = self.tails.entry(tail.to_owned()).or_insert_with(|| Some(name.clone()));
                let is_same = |other: &String| {
                    *other == name || matches!(self.whole.get(other), Some(Ok(other)) if other.digest == digest)
                };
                if !whole.as_ref().is_some_and(is_same) {
                    *whole = None;
                }
            }
        }
        count
    }

    /// Whether there are any.
    pub(super) fn is_empty(&self) -> bool {
        self.whole.is_empty()
    }

    /// The digest of the file that goes by one of `names`, the first that is listed: with as many of its folders as there are
    /// in a list, and without those that a list adds or leaves out only if that leads to one digest.
    pub(super) fn find<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> Result<Option<&Listed>, Twice> {
        let listed = names.into_iter().find_map(|name| {
            let name = clean(name);
            tails(&name)
                .find_map(|tail| self.whole.get(tail).or_else(|| self.whole.get(self.tails.get(tail)?.as_ref()?)))
        });
        listed.map(Result::as_ref).transpose().map_err(|twice| *twice)
    }
}

/// `name` without what says nothing about where it is.
fn clean(name: &str) -> String {
    let parts: Vec<_> = name.split(['/', '\\']).filter(|part| !matches!(*part, "" | "." | "..")).collect();
    parts.join("/")
}

/// `a/b/c`, `b/c` and `c` of `a/b/c`.
fn tails(name: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(name), |name| name.split_once('/').map(|(_, rest)| rest))
}

fn entry<'t>(line: &'t str, of: Option<&'t str>) -> Option<(Sha256, &'t str)> {
    let line = line.trim();
    if let Some(rest) = line.strip_prefix("SHA256 (").or_else(|| line.strip_prefix("SHA256(")) {
        let (name, digest) = rest.rsplit_once(')')?;
        return Some((digest.trim_start_matches([' ', '=']).parse().ok()?, name));
    }
    let (digest, name) = line.split_once([' ', '\t']).unwrap_or((line, ""));
    let name = name.trim_start();
    let name = name.strip_prefix('*').unwrap_or(name);
    Some((digest.parse().ok()?, if name.is_empty() { of? } else { name }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const A: &str = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
    const B: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn lists_are_known_by_their_names() {
        for list in ["SHA256SUMS", "sha256sums.txt", "app_1.0_checksums.txt", "terraform_1.0_SHA256SUMS", "checksums"] {
            assert_eq!(Kind::of(list), Kind::List, "{list}");
        }
        assert_eq!(Kind::of("App.zip.SHA256"), Kind::Of("App.zip".to_owned()));
        for other in ["app.zip", "SHA256SUMS.sig", "SHA512SUMS", "notchecksums.txt", ".sha256"] {
            assert_eq!(Kind::of(other), Kind::Other, "{other}");
        }
    }

    #[test]
    fn lists_are_read_in_every_usual_form() {
        let mut sums = Sums::default();
        let text = format!(
            "\u{feff}{A}  one\r\n{A} *two.exe\n# comment\nSHA256 (three (3)) = {B}\n{B}\t./dist/four\nSHA512 (one) = {B}\n{B}\n"
        );
        sums.add("LIST", "", &text, None);
        let find = |sums: &Sums, names: &[&str]| {
            sums.find(names.iter().copied()).map(|listed| listed.map(|listed| listed.digest.to_string()))
        };
        let (a, b) = (Ok(Some(A.to_owned())), Ok(Some(B.to_owned())));
        for (name, digest) in [("one", &a), ("two.exe", &a), ("three (3)", &b), ("four", &b), ("five", &Ok(None))] {
            assert_eq!(find(&sums, &[name]), *digest, "{name}");
        }
        assert_eq!(find(&sums, &["five", "four", "one"]), b);
        sums.add("five.sha256", "", B, Some("five"));
        assert_eq!(find(&sums, &["five"]), b);
        sums.add("OTHER", "", &format!("{B}  one\n{A}  one"), None);
        assert_eq!(find(&sums, &["one"]), Err(Twice));
    }

    #[test]
    fn files_of_one_name_are_told_apart_by_their_folders() {
        let mut sums = Sums::default();
        assert_eq!(sums.add("LIST", "", &format!("{A}  dist/linux/app\n{B}  ./mac/app\n# none\n"), None), 2);
        let find =
            |sums: &Sums, name: &str| sums.find([name]).map(|listed| listed.map(|listed| listed.digest.to_string()));
        let (a, b) = (Ok(Some(A.to_owned())), Ok(Some(B.to_owned())));
        for (name, digest) in [("/linux/app", &a), ("/bin/mac/app", &b), ("/app", &Ok(None)), ("/bsd/app", &Ok(None))] {
            assert_eq!(find(&sums, name), *digest, "{name}");
        }
        sums.add("app.sha256", "/bsd", A, Some("app"));
        assert_eq!(find(&sums, "/bsd/app"), a);
        assert_eq!(find(&sums, "/mac/app"), b);
        sums.add("OTHER", "", &format!("{B}  dist/linux/app"), None);
        assert_eq!(find(&sums, "/linux/app"), Err(Twice));
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in any::<String>()) {
            Sums::default().add("x", "", &text, Some("x"));
            Kind::of(&text);
        }
    }
}
