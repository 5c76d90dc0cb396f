//! Manifests meant to fool whoever reads the errors, or to drown them.

use crate::render::{refused, refused_after_version, render, render_in};
use insta::assert_snapshot;
use miette::{Diagnostic as _, GraphicalTheme};
use relsync::manifest;
use std::path::Path;

/// Everything the terminal could obey, and what is not to be seen.
const TRICKS: &str =
    "\u{1b}[2J\u{7}\u{8}\u{7f}\u{9b}31m\u{ad}\u{200b}\u{200d}\u{202e}\u{2066}\u{2069}\u{feff}\u{e0041}";

fn is_trick(c: char) -> bool {
    TRICKS.contains(c) && !c.is_ascii_graphic()
}

#[test]
fn hidden_characters_are_spelled_out_and_spans_stay_right() {
    assert_snapshot!(refused_after_version(
        "[[releases]]\n\"a\u{202e}b\u{9b}31m\" = 1 # \u{2066}\nname = \"\u{200b}\u{202e}x\" # zwölf 日本\ntag_name = \"\u{202e}v 1\"\n"
    ));
}

#[test]
fn no_trick_gets_through() {
    for text in [
        format!("{TRICKS} = 1"),
        format!("\"{TRICKS}\" = 1"),
        format!("version = 1 # {TRICKS}\nx = 1"),
        format!("version = 1\n[[releases]]\ntag_name = \"{TRICKS}\""),
        format!("version = 1\n[[releases]]\ntag_name = '{TRICKS}'\ndescription_file = '{TRICKS}'"),
        "version = 1\n[[releases]]\ntag_name = \"v\\u001b\\u202e\"\n\"k\\u001b\\u009b\" = 1".to_owned(),
        "version = 1\n[policy]\nunmanaged = \"\\u001b[2J\"\ntags = [\"[\\u202e\"]".to_owned(),
    ] {
        let shown = refused(&text);
        assert!(!shown.contains(|c: char| c != '\n' && (is_trick(c) || c.is_control())), "{shown:?}");
        let result = manifest::parse(Path::new("\u{1b}]0;x\u{7}/releases.toml"), &text);
        let plain = result.unwrap_err().to_string();
        assert!(!plain.contains(char::is_control), "{plain:?}");
    }
}

#[test]
fn a_long_line_is_cut_to_what_matters() {
    let text = format!(
        "version = 1\n[[releases]]\ntag_name = \"v1\" # {filler}\nlinks = [{{ name = \"a\", url = \"https://example.com/{filler}\" }}, {{ name = \"a\", url = \"https://example.com/\" }}]\nnmae = \"{filler}\"\n",
        filler = "é".repeat(300_000)
    );
    assert_snapshot!(refused(&text));
}

#[test]
fn a_value_of_many_lines_is_underlined_in_its_first() {
    let text = format!("[[releases]]\ntag_name = \"v1\"\nreleased_at = '''\n{}'''\n", "many lines\n".repeat(10_000));
    assert_snapshot!(refused_after_version(&text));
}

/// Nothing here may take time that grows with the square of the input.
#[test]
fn very_many_errors_are_survived() {
    for text in [
        format!("x = [{}]", "a, ".repeat(20_000)),
        "a = 1\n".repeat(10_000),
        "[a]\n".repeat(10_000),
        "[[releases]]\ntag_name = \"v\"\n".repeat(5_000),
        format!("version = 1\n{}", (0..10_000).fold(String::new(), |text, n| text + &format!("key{n} = 1\n"))),
    ] {
        let error = manifest::parse(Path::new("releases.toml"), &text).unwrap_err();
        assert!(error.problems().len() <= 50 && !render(Err(error)).is_empty());
    }
}

#[test]
fn with_colour() {
    let result = manifest::parse(Path::new("releases.toml"), "version = 1\n[polcy]\n");
    assert_snapshot!(render_in(result, GraphicalTheme::unicode()).replace('\u{1b}', "␛"));
}

#[test]
fn a_plain_report_of_the_whole_error_shows_the_problems_too() {
    let error = manifest::parse(Path::new("releases.toml"), "version = 1\n[polcy]\n[[relases]]\n").unwrap_err();
    assert_eq!(error.count(), 2);
    assert_eq!(error.related().unwrap().count(), 2);
}
