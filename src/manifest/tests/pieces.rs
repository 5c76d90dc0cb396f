//! Reading in pieces must not show.

use crate::manifest::limits::Limits;
use crate::manifest::pieces::read_in_pieces;
use crate::manifest::raw::RawManifest;
use crate::manifest::source::FileId;
use crate::manifest::{Projects, parse_within};
use proptest::prelude::*;
use std::path::Path;

/// All that is said of a text, read in pieces of this many bytes at least.
fn read(text: &str, piece: usize) -> String {
    let limits = Limits { piece, ..Limits::USUAL };
    match parse_within(&limits, Path::new("releases.toml"), text, Projects::Many, None) {
        Ok(manifest) => format!("{manifest:#?}"),
        Err(error) => format!("{error:#?}"),
    }
}

fn is_in_pieces(text: &str) -> bool {
    read_in_pieces::<RawManifest>(FileId::MAIN, text, 8).is_some()
}

const HEAD: &str = "version = 1\n[[milestones]]\ntitle = 'm'\n";
const RELEASE: &str = "[[releases]]\ntag_name = 'v1'\n[[releases.links]]\nname = 'a'\nurl = 'https://e.com'\n";

#[test]
fn most_layouts_are_read_in_pieces() {
    for text in [
        format!("{HEAD}{RELEASE}"),
        format!(
            "{HEAD}{RELEASE}[policy]\nunmanaged = 'delete'\n[project]\npath = 'a/b'\n[[defaults.links]]\nname = 'b'\n"
        ),
        format!("{HEAD}{RELEASE}").replace('\n', "\r\n"),
        format!("\u{feff}{HEAD}{RELEASE}"),
        format!("{HEAD}{RELEASE}").replace("[[releases]]", "  [[ releases\t]] # one").replace("[[m", "\t[[ m"),
        format!(
            "{HEAD}[[releases]]\ntag_name = 'v1'\nlinks = [\n  {{ name = 'a', url = 'https://e.com' }},\n]\n{RELEASE}"
        ),
        format!("version = 1\n[[releases]]\ntag_name = 'v0'\ndescription = '''\n[[releases]]\n'''\n{RELEASE}"),
        format!("version = 1\nmilestones = []\n{RELEASE}"),
    ] {
        assert!(is_in_pieces(&text), "{text}");
        assert_eq!(read(&text, 1), read(&text, usize::MAX), "{text}");
    }
}

#[test]
fn what_is_set_twice_is_so_in_pieces_too() {
    for text in [
        format!("version = 1\n# [[\nreleases = [{{ tag_name = 'v0' }}]\n[project]\npath = 'a/b'\n{RELEASE}"),
        format!("version = 1\nmilestones = []\n[[releases]]\ntag_name = 'v0'\n{RELEASE}{}", &HEAD[12..]),
        format!("version = 1\nreleases = [[]]\n{RELEASE}"),
        format!("{HEAD}[policy]\n{RELEASE}[policy]\n"),
        format!("{HEAD}project.path = 'a/b'\n{RELEASE}[project]\nid = 1\n"),
        format!("{HEAD}{RELEASE}{}[[releases.links]]\nname = 'b'\n", &HEAD[12..]),
        format!("{HEAD}{RELEASE}[include]\n[version]\n"),
    ] {
        assert!(!is_in_pieces(&text), "{text}");
        let whole = read(&text, usize::MAX);
        assert!(whole.starts_with("ManifestError"), "{text}");
        assert_eq!(read(&text, 1), whole);
    }
    // One that is right, but adds to a table of an earlier piece.
    let text =
        format!("{HEAD}[defaults]\nname = 'x'\n{RELEASE}[[defaults.links]]\nname = 'b'\nurl = 'https://e.com/b'\n");
    assert!(!is_in_pieces(&text) && read(&text, 1).starts_with('['));
    assert_eq!(read(&text, 1), read(&text, usize::MAX));
}

/// What comes before all headers.
const KEYS: [&str; 10] = [
    "version = 1\n",
    "# [[\n",
    "releases = [{ tag_name = \"v9\" }]\n",
    "releases = [\n# [[releases]]\n]\n",
    "milestones = []\n",
    "project.path = 'a/b'\n",
    "policy = { unmanaged = \"delete\" }\n",
    "defaults.name = \"\"\"\n[[releases]]\n\"\"\"\n",
    "include = [\n  \n]\n",
    "\n",
];

/// Headers and what follows them; tags are put in for `N`.
const TABLES: [&str; 24] = [
    "[[releases]]\ntag_name = 'vN'\n",
    "[[releases]]\ntag_name = 'vN'\n",
    "[[releases]]\ntag_name = 'vN'\n",
    "[[ releases ]]\ntag_name = 'vN'\n",
    "  [[releases]] # [[releases]]\n  tag_name = 'vN'\n",
    "[[\"releases\"]]\ntag_name = 'vN'\n",
    "[[releases]]\ntag_name = 'vN'\ndescription = '''\n[[releases]]\ntag_name = 'x'\n'''\n",
    "[[releases]]\ntag_name = 'vN'\ndescription = \"\"\"\\\n[[milestones]]\n\\\"\"\"\n[[releases]]\"\"\"\n",
    "[[releases]]\ntag_name = 'vN'\nlinks = [{ name = 'a', url = 'https://e.com/a' }]\n",
    "[[releases]]\ntag_name = 'vN'\nlinks = [ # [[\n[[releases]]\n]\n",
    "[[releases.links]]\nname = 'lN'\nurl = 'https://e.com/N'\n",
    "[[releases.links]]\nname = 'lN'\nurl = 'https://e.com/N'\n",
    "[releases.x]\n",
    "[[milestones]]\ntitle = 'mN'\n",
    "[[milestones]]\ntitle = 'mN'\n",
    "[[milestones.x]]\n",
    "[policy]\nunmanaged = 'report'\n",
    "[project]\npath = 'a/b'\n",
    "[defaults]\nname = 'N {version}'\n",
    "[[defaults.links]]\nname = 'd{version}'\nurl = 'https://e.com/d'\n",
    "# [[releases]]\n",
    "\n\n",
    "protect = true\n",
    "'''\n",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn reading_in_pieces_does_not_show(
        keys in prop::collection::vec(prop::sample::select(&KEYS[1..]), 0..3),
        tables in prop::collection::vec(prop::sample::select(&TABLES[..]), 0..12),
        with_returns in prop::bool::weighted(0.2),
        with_mark in prop::bool::weighted(0.2),
        piece in 1..200_usize,
    ) {
        let mut text = format!("{}{}", KEYS[0], keys.concat());
        for (n, table) in tables.iter().enumerate() {
            text += &table.replace('N', &n.to_string());
        }
        if with_returns {
            text = text.replace('\n', "\r\n");
        }
        if with_mark {
            text.insert(0, '\u{feff}');
        }
        let whole = read(&text, usize::MAX);
        prop_assert_eq!(read(&text, 1), whole.clone(), "{}", text);
        prop_assert_eq!(read(&text, piece), whole, "{}", text);
    }
}
