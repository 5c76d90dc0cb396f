//! Whatever comes in, nothing panics, and every label is where the text is.

use crate::render::render;
use miette::Diagnostic as _;
use proptest::prelude::*;
use relsync::manifest;
use std::path::Path;

const EXAMPLE: &str = include_str!("../../examples/reference/releases.toml");

/// Pieces that are likely to break something when they land somewhere.
const PIECES: [&str; 38] = [
    "\"",
    "'''",
    "\"\"\"",
    "[",
    "]]",
    "[[releases]]",
    "[[releases.links]]",
    "[project]",
    "{",
    "}",
    "=",
    ",",
    "#",
    "\n",
    "\r",
    "\r\n",
    "\u{feff}",
    "\u{202e}",
    "\u{0}",
    "é",
    "tag_name",
    "version = 1",
    "1e400",
    "2026-13-01",
    "[defaults]",
    "[[defaults.links]]",
    "name = \"{version}\"",
    "url = 'https://e.com/{tag_name}'",
    "{tag_name}",
    "{version",
    "{{",
    "milestones = ['{tag_name}']",
    "changelog = 'README.md'",
    "changelog = 'CHANGELOG.md'",
    "include = ['tests/**/*.toml']",
    "include = ['Cargo.toml', 'releases.toml']",
    "include = [\"",
    "../",
];

/// The same for changelogs.
const MARKDOWN: [&str; 28] = [
    "# ",
    "## ",
    "\n",
    "\n\n",
    "\r\n",
    "1.2.3",
    "v1.0",
    "[1.0]",
    "[1.0](https://e.com)",
    " - 2026-01-30",
    " (2026-1-3)",
    "[1.0]: https://e.com\n",
    "[#1]: https://e.com 'one'\n",
    "[#1]",
    "Unreleased",
    "---\n",
    "===\n",
    "```",
    "~~~\n",
    "> ",
    "- ",
    "    ",
    "<!--",
    "-->",
    "é\u{202e}",
    "\u{feff}",
    "text ",
    "[YANKED]",
];

/// Parses, renders, and looks each label up.
fn survives(text: &str) -> Result<(), TestCaseError> {
    let Err(error) = manifest::parse(Path::new("releases.toml"), text) else { return Ok(()) };
    prop_assert!(!error.problems().is_empty());
    for problem in error.problems() {
        let Some(source) = problem.source_code() else { continue };
        for label in problem.labels().into_iter().flatten() {
            prop_assert!(source.read_span(label.inner(), 0, 0).is_ok(), "{label:?} in {text:?}");
            prop_assert!(source.read_span(label.inner(), 1, 1).is_ok(), "{label:?} in {text:?}");
        }
    }
    let rendered = render(Err(error));
    prop_assert!(!rendered.contains("Failed to read"), "{rendered}");
    prop_assert!(!rendered.contains(|c: char| c.is_control() && c != '\n'), "{rendered:?}");
    Ok(())
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_text(text in any::<String>()) {
        survives(&text)?;
    }

    #[test]
    fn random_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        survives(&String::from_utf8_lossy(&bytes))?;
    }

    #[test]
    fn random_toml(pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..40)) {
        survives(&pieces.concat())?;
    }

    #[test]
    fn random_changelogs(pieces in prop::collection::vec(prop::sample::select(&MARKDOWN[..]), 0..60)) {
        let text = pieces.concat();
        let log = manifest::Changelog::parse(&text);
        for section in log.sections() {
            prop_assert!(section.line <= text.split('\n').count());
            let notes = log.notes_of(section);
            prop_assert!(!notes.ends_with('\n') && !notes.starts_with('\n'), "{notes:?} in {text:?}");
        }
    }

    #[test]
    fn a_mutated_manifest(cuts in prop::collection::vec((any::<prop::sample::Index>(), 0..30_usize, prop::sample::select(&PIECES[..])), 1..6)) {
        let mut text = EXAMPLE.to_owned();
        for (at, removed, inserted) in cuts {
            let start = floor(&text, at.index(text.len() + 1));
            let end = floor(&text, start + removed);
            text.replace_range(start..end, inserted);
        }
        survives(&text)?;
    }
}
