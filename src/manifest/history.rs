//! A changelog that is read for its own sake, not because a manifest names it: one without a version is of no use.

use crate::manifest::changelog::{Changelog, Heading, NoVersion};
use crate::manifest::error::ManifestError;
use crate::manifest::finding::Finding;
use crate::manifest::source::{self, FileId, Sources};
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

/// The longest changelog, in bytes. The limit that GitLab has is for what is taken from it.
pub(super) const LONGEST_CHANGELOG: usize = 64 << 20;

/// How many headings are shown of a changelog that has no version.
const MOST_SHOWN: usize = 12;

/// What a version's heading may look like.
const FORMS: &str = "a version's heading is one such as `## [1.2.3] - 2026-01-30` or `## v1.2.3 (2026-01-30)`, and a link to \
                     the version with a date after it, `[1.2.3](url) - 2026-01-30`, is taken for one";

/// Reads a changelog.
///
/// # Errors
/// When it can't be read, or when there is no version in it: then with the headings that are there, and why none is one.
pub fn load_changelog(path: &Path) -> Result<Changelog, ManifestError> {
    let bytes = read(path).map_err(|error| unreadable(path, &error))?;
    if bytes.len() > LONGEST_CHANGELOG {
        let message = format!("{} is too long", source::shown(path));
        let help = format!("a changelog has at most {} MiB", LONGEST_CHANGELOG >> 20);
        return Err(ManifestError::of_file(path, Finding::new(message).help(help)));
    }
    let text = source::utf8(path, bytes)?;
    if text.contains('\0') {
        let message = format!("{} is no text: it holds NUL characters", source::shown(path));
        return Err(ManifestError::of_file(path, Finding::new(message).help("if it is UTF-16, save it as UTF-8")));
    }
    let changelog = Changelog::parse(&text);
    if changelog.sections().is_empty() { Err(without_versions(path, &changelog)) } else { Ok(changelog) }
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(LONGEST_CHANGELOG as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn unreadable(path: &Path, error: &io::Error) -> ManifestError {
    let shown = source::shown(path);
    let finding = match error.kind() {
        io::ErrorKind::NotFound => Finding::new(format!("no such file: {shown}")).help("name the changelog"),
        io::ErrorKind::IsADirectory => {
            Finding::new(format!("{shown} is a directory")).help("name the changelog in it, such as CHANGELOG.md")
        }
        _ => Finding::new(format!("can't read {shown}: {error}")),
    };
    ManifestError::of_file(path, finding)
}

/// Shows the headings that are there.
fn without_versions(path: &Path, changelog: &Changelog) -> ManifestError {
    let headings = changelog.other_headings();
    let message = format!("there is no version in {}", source::shown(path));
    if headings.is_empty() {
        let help = format!("nor is there any heading; {FORMS}");
        return ManifestError::of_file(path, Finding::new(message).help(help));
    }
    // What comes near is worth more than the many `### Fixed` of a changelog.
    let (near, far): (Vec<_>, Vec<_>) = headings.iter().partition(|heading| heading.why != NoVersion::NoNumber);
    let shown = near.into_iter().chain(far).take(MOST_SHOWN);
    let at =
        |finding: Finding, heading: &Heading| finding.at(FileId::MAIN.span(heading.place.clone()), label(heading.why));
    let more = match headings.len().saturating_sub(MOST_SHOWN) {
        0 => String::new(),
        1 => "; 1 more heading is not shown".to_owned(),
        more => format!("; {more} more headings are not shown"),
    };
    let finding = shown.fold(Finding::new(message), at).help(format!("{FORMS}{more}"));
    ManifestError::of_text(&Sources::new(String::new(), path, changelog.text()), vec![finding])
}

fn label(why: NoVersion) -> &'static str {
    match why {
        NoVersion::Unreleased => "not released yet",
        NoVersion::NoNumber => "begins with no version",
        NoVersion::OneNumber => "a number alone may count anything; `v2` or `[2]` would be a version",
        NoVersion::Date => "begins with a date",
        NoVersion::NotSo => "begins with a number, but with no version",
        NoVersion::Words => "words follow the number; after a version, set them apart by ` - ` or `: `",
        NoVersion::Names => "a version of one thing, where others are versions of another",
        NoVersion::NoHeading => "a version, but no heading: begin the line with `## `",
    }
}
