//! A manifest that says what GitLab has changes nothing: whatever is in there, imported and read again.

use crate::wishes::{current, moment};
use proptest::prelude::*;
use relsync::import::{self, Declared, Existing, Notes, Split, WriteOptions, Written};
use relsync::manifest;
use relsync::model::{Current, Description, Desired, LiveLink, Policy, ProjectRef, Release, TagName, Unmanaged};
use relsync::plan::{Plan, Selection};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// Text as people leave it in GitLab.
fn mess() -> impl Strategy<Value = String> {
    let pieces = vec![
        "a",
        "B",
        "é",
        "e\u{301}",
        "\r\n",
        "\n",
        "\r",
        "\t",
        " ",
        "\u{feff}",
        "\u{202e}",
        "🎉",
        "\"",
        "'",
        "\\",
        "\"\"\"",
        "'''",
        "#",
        "[x]",
        "{version}",
        "{{",
        "/merge",
        "<b>",
        "\u{1b}[31m",
        "\u{7f}",
        ",",
    ];
    prop::collection::vec(prop::sample::select(pieces), 0..12).prop_map(|pieces| pieces.concat())
}

/// The same, with something to be seen in it.
fn name() -> impl Strategy<Value = String> {
    mess().prop_map(|text| format!("n{text}"))
}

fn url() -> impl Strategy<Value = String> {
    let pieces = vec!["/", "/a", "%2f", "%2F", "%C3%a9", "é", "?q=%aa", "#x", "/A"];
    let port = prop::sample::select(vec!["", ":443", ":80"]);
    (port, prop::collection::vec(prop::sample::select(pieces), 0..5))
        .prop_map(|(port, pieces)| format!("HTTPS://Example.com{port}/{}", pieces.concat()))
}

/// A GitLab of which everything that is text is a mess.
pub(crate) fn messy() -> impl Strategy<Value = Current> {
    let texts =
        (prop::collection::vec(name(), 40), prop::collection::vec(mess(), 10), prop::collection::vec(url(), 30));
    (current(), texts, prop::bool::ANY).prop_map(|(mut current, (names, notes, urls), nfd)| {
        let (mut names, mut notes, mut urls) =
            (names.into_iter().cycle(), notes.into_iter().cycle(), urls.into_iter().cycle());
        if nfd {
            // Both are there at once: to git, they are two tags.
            let twin = current.releases.values().next().cloned();
            for tag in ["caf\u{e9}", "cafe\u{301}"].map(TagName::from_git) {
                current.releases.extend(
                    twin.as_deref().cloned().map(|twin| (tag.clone(), Arc::new(Release { tag_name: tag, ..twin }))),
                );
            }
        }
        for (nth, release) in current.releases.values_mut().map(Arc::make_mut).enumerate() {
            release.name = if nth == 0 { release.tag_name.to_string() } else { names.next().unwrap() };
            release.description = Description::new(&notes.next().unwrap());
            for (nth, LiveLink { link, .. }) in release.links.iter_mut().enumerate() {
                link.name = format!("{}{nth}", names.next().unwrap());
                link.url = format!("{}{nth}", urls.next().unwrap());
            }
        }
        current
    })
}

/// What is there before an import: nothing, or a manifest with defaults, each of which would change releases.
fn before() -> impl Strategy<Value = Option<&'static str>> {
    prop::sample::select(vec![
        None,
        Some("version = 1"),
        Some("version = 1\n[defaults]\nname = \"App {version}\"\nchangelog = \"none.md\"\nmilestones = [\"alpha\"]\n"),
        Some("version = 1\r\n# Mine.\r\n[[releases]]\r\ntag_name = \"v1.1\" # as it is\r\n"),
    ])
}

fn options() -> impl Strategy<Value = WriteOptions> {
    let split = prop::sample::select(vec![Split::None, Split::Year]);
    let notes = prop::sample::select(vec![Notes::Auto, Notes::Inline, Notes::Files]);
    (split, notes).prop_map(|(split, notes)| WriteOptions { split, notes })
}

/// Imports `current` into the manifest in `folder`, as the command does.
fn import(folder: &Path, current: &Current, options: WriteOptions) -> Written {
    let path = folder.join("releases.toml");
    let declared = || {
        let text = std::fs::read_to_string(&path).ok()?;
        Some(Declared { text, says: manifest::load(&path).unwrap().desired })
    };
    let existing = Existing { manifest: declared(), files: BTreeMap::new() };
    let found = import::from_gitlab(current, &ProjectRef::Path("root/app".into()), None);
    let written = import::write(&existing, &found.imported, options).unwrap();
    let manifest = written.manifest.iter().map(|text| ("releases.toml", text));
    for (name, text) in written.files.iter().map(|(name, text)| (name.as_str(), text)).chain(manifest) {
        let place = folder.join(name);
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        std::fs::write(place, text).unwrap();
    }
    written
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_imported_changes_nothing(current in messy(), before in before(), options in options()) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("releases.toml");
        let before = before.filter(|text| !text.contains("v1.1") || current.releases.keys().any(|tag| tag.as_str() == "v1.1"));
        if let Some(text) = before {
            std::fs::write(&path, text).unwrap();
        }
        let written = import(folder.path(), &current, options);
        prop_assert_eq!(&written.left_out, &[]);
        let text = std::fs::read_to_string(&path).unwrap();
        let splits = written.files.keys().any(|name| name.starts_with("releases/"));
        prop_assert!(splits || text.starts_with(before.unwrap_or_default()));
        let read = manifest::load(&path);
        let manifest = read.map_err(|error| TestCaseError::fail(format!("{:?}\n{text}", error.problems())))?;
        let policy = Policy { unmanaged: Unmanaged::Delete, ..Policy::default() };
        let desired = Desired { policy, ..manifest.desired };
        let plan = Plan::new(&desired, &current, &Selection::default(), moment(28));
        prop_assert_eq!((plan.steps, plan.refusals), (vec![], vec![]), "{}", text);
        let again = import(folder.path(), &current, options);
        prop_assert_eq!((again.manifest, again.files.len(), again.releases), (None, 0, 0));
    }
}
