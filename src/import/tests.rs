//! What is written is what was meant, and adds to what is there.

use super::*;
use crate::manifest::{self, Node, Tree};
use crate::model::{AssetPath, Description, DesiredLink, DesiredRelease, Link, LinkType, Moment};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io;
use std::path::Path;

/// Files in memory.
#[derive(Debug, Clone, Default)]
struct Files(BTreeMap<String, String>);

impl Tree for Files {
    fn label(&self) -> String {
        String::new()
    }

    fn node(&self, path: &Path) -> io::Result<Option<Node>> {
        let path = path.to_str().unwrap();
        let is_folder = self.0.keys().any(|file| file.starts_with(&format!("{path}/")));
        Ok(self.0.contains_key(path).then_some(Node::File).or(is_folder.then_some(Node::Folder)))
    }

    fn entries(&self, path: &Path) -> io::Result<Vec<(OsString, Node)>> {
        let inside = self.0.keys().filter_map(|file| Path::new(file).strip_prefix(path).ok());
        Ok(inside.map(|file| (file.as_os_str().to_owned(), Node::File)).collect())
    }

    fn read(&self, path: &Path, _: usize) -> io::Result<Vec<u8>> {
        Ok(self.0[path.to_str().unwrap()].clone().into_bytes())
    }
}

const MAIN: &str = "releases.toml";

impl Files {
    fn load(&self) -> Desired {
        let loaded = manifest::load_of_tree(self, Path::new(MAIN));
        loaded.unwrap_or_else(|error| panic!("{:?}\n{self:#?}", error.problems())).unwrap().desired
    }

    fn existing(&self) -> Existing {
        let text = self.0.get(MAIN).cloned();
        Existing {
            manifest: text.map(|text| Declared { text, says: self.load() }),
            files: self
                .0
                .iter()
                .filter(|(path, _)| *path != MAIN)
                .map(|(path, text)| (path.clone(), Some(text.clone())))
                .collect(),
        }
    }

    /// Imports into these files.
    fn import(&mut self, imported: &Imported, options: WriteOptions) -> Written {
        let written = write(&self.existing(), imported, options).unwrap();
        self.0.extend(written.files.clone());
        self.0.extend(written.manifest.clone().map(|text| (MAIN.to_owned(), text)));
        written
    }
}

fn with(text: &str) -> Files {
    Files(BTreeMap::from([(MAIN.to_owned(), text.to_owned())]))
}

fn at(text: &str) -> Moment {
    Moment::new(text.parse().unwrap())
}

fn release(tag: &str, year: i16) -> NewRelease {
    NewRelease {
        tag_name: TagName::from_git(tag),
        name: None,
        description: Some(Description::new("One line.")),
        released_at: Some(at(&format!("{year}-06-01T10:00:00Z"))),
        git_ref: None,
        tag_message: None,
        milestones: BTreeSet::new(),
        links: Vec::new(),
    }
}

fn link(name: &str, path: Option<&str>, link_type: LinkType) -> Link {
    Link {
        name: name.to_owned(),
        url: format!("https://example.com/{name}"),
        direct_asset_path: path.map(AssetPath::from_gitlab),
        link_type,
    }
}

fn sample() -> Imported {
    let milestone = |title: &str| NewMilestone {
        title: title.to_owned(),
        description: Some(Description::new("About\nit.")),
        start_date: Some(jiff::civil::date(2024, 1, 1)),
        due_date: Some(jiff::civil::date(2024, 3, 1)),
    };
    let notes = (0..30).map(|n| format!("- change {n}")).collect::<Vec<_>>().join("\n");
    Imported {
        project: Some(Home {
            project: ProjectRef::Path("group/app".to_owned()),
            url: Some(Url::parse("https://gitlab.example.com/").unwrap()),
        }),
        milestones: vec![
            (milestone("1.0"), MilestoneState::Closed),
            (
                NewMilestone { title: "2.0".into(), description: None, start_date: None, due_date: None },
                MilestoneState::Active,
            ),
        ],
        releases: vec![
            NewRelease { description: Some(Description::new("")), ..release("v0.9", 2023) },
            NewRelease {
                name: Some("The \"first\"".to_owned()),
                description: Some(Description::new("# Notes\n\n- `C:\\new`\n- one")),
                milestones: ["1.0".to_owned()].into(),
                links: vec![link("app", Some("/bin/app"), LinkType::Package), link("docs", None, LinkType::Other)],
                ..release("v1.0", 2024)
            },
            NewRelease { description: Some(Description::new(&notes)), ..release("app/v1.1", 2024) },
        ],
        sections: BTreeMap::new(),
        is_whole: true,
    }
}

fn all(files: &Files) -> String {
    files.0.iter().map(|(path, text)| format!("==> {path}\n{text}")).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_new_manifest() {
    let mut files = Files::default();
    files.import(&sample(), WriteOptions::default());
    insta::assert_snapshot!(all(&files));
}

#[test]
fn split_by_year_with_all_notes_in_files() {
    let mut files = Files::default();
    files.import(&sample(), WriteOptions { split: Split::Year, notes: Notes::Files });
    insta::assert_snapshot!(all(&files));
    let mut next = sample();
    next.releases.extend([release("v1.2", 2024), release("v2.0", 2025)]);
    let written = files.import(&next, WriteOptions { split: Split::Year, notes: Notes::Inline });
    assert_eq!((written.releases, written.known, written.manifest), (2, 3, None));
    assert_eq!(written.files.keys().collect::<Vec<_>>(), ["releases/2024.toml", "releases/2025.toml"]);
    assert_eq!(files.load().releases.len(), 5);
}

#[test]
fn notes_stay_in_a_changelog() {
    let releases = ["v1.0", "v1.1"].map(|tag| NewRelease { description: None, ..release(tag, 2024) }).to_vec();
    let sections = [(TagName::from_git("v1.0"), "docs/CHANGELOG.md".to_owned())].into();
    let imported = Imported { releases, sections, ..Imported::default() };
    for (split, path) in [(Split::None, "docs/CHANGELOG.md"), (Split::Year, "../docs/CHANGELOG.md")] {
        let mut files = Files([("docs/CHANGELOG.md".to_owned(), "## 1.0\n\nFirst.\n".to_owned())].into());
        let written = files.import(&imported, WriteOptions { split, notes: Notes::Files });
        assert_eq!(written.left_out, []);
        assert!(
            all(&files).contains(&format!(
                "tag_name = \"v1.0\"\nreleased_at = 2024-06-01T10:00:00Z\nchangelog = \"{path}\"\n"
            ))
        );
        let notes = |release: &DesiredRelease| release.description.as_ref().map(|text| text.as_str().to_owned());
        assert_eq!(files.load().releases.iter().map(notes).collect::<Vec<_>>(), [Some("First.".to_owned()), None]);
    }
}

#[test]
fn what_is_there_stays_and_what_defaults_would_add_is_denied() {
    let head = "# Mine.\r\nversion=1 # one\r\n[policy]\r\ntags = ['v*']\r\n[defaults]\r\nname = 'App {version}'\r\n\
                changelog = 'none.md'\r\nmilestones = ['1.0']\r\n[[defaults.links]]\r\nname = 'app'\r\n\
                url = 'https://example.com/{tag_name}'\r\n\r\n[[milestones]]\r\ntitle = '2.0' # mine\r\n# At the end.";
    let mut files = with(head);
    let written = files.import(&sample(), WriteOptions { notes: Notes::Inline, ..WriteOptions::default() });
    assert!(files.0[MAIN].starts_with(head));
    assert_eq!(files.0[MAIN].matches('\n').count(), files.0[MAIN].matches("\r\n").count());
    assert_eq!((written.milestones, written.releases), (1, 2));
    assert_eq!(written.left_out, [LeftOut::NotOurs(TagName::from_git("app/v1.1"))]);
    insta::assert_snapshot!(files.0[MAIN].replace('\r', ""));
}

#[test]
fn what_a_manifest_can_not_say_is_left_out_and_named() {
    let good = || release("v1", 2024);
    let bad_link = Link { url: "javascript:alert(1)".to_owned(), ..link("x", None, LinkType::Other) };
    let imported = Imported {
        milestones: vec![
            (
                NewMilestone { title: "<b>".into(), description: None, start_date: None, due_date: None },
                MilestoneState::Active,
            ),
            (
                NewMilestone {
                    title: "same day".into(),
                    description: Some(Description::new("a")),
                    start_date: Some(jiff::civil::date(2024, 1, 1)),
                    due_date: Some(jiff::civil::date(2024, 1, 1)),
                },
                MilestoneState::Closed,
            ),
        ],
        releases: vec![
            good(),
            NewRelease { tag_name: TagName::from_git("a b"), ..good() },
            NewRelease {
                tag_name: TagName::from_git("v2"),
                name: Some(" ".to_owned()),
                description: Some(Description::new("a\0b")),
                released_at: Some(at("-000001-01-01T00:00:00Z")),
                milestones: ["<b>".to_owned()].into(),
                links: vec![bad_link],
                ..good()
            },
        ],
        is_whole: true,
        ..Imported::default()
    };
    let mut files = Files::default();
    let written = files.import(&imported, WriteOptions { split: Split::Year, notes: Notes::Files });
    insta::assert_debug_snapshot!(written.left_out);
    insta::assert_snapshot!(all(&files));
    assert_eq!(files.load().releases.len(), 2);
}

#[test]
fn links_that_defaults_add_are_named() {
    let head = "version = 1\n[[defaults.links]]\nname = 'more'\nurl = 'https://example.com/{tag_name}'\n";
    let written = with(head).import(&sample(), WriteOptions::default());
    assert_eq!(written.left_out, [LeftOut::Key(TagName::from_git("v1.0"), Key::Links)]);
}

/// Files are written before the manifest that names them.
#[test]
fn a_run_that_was_interrupted_is_finished_by_the_next() {
    for notes in [Notes::Auto, Notes::Files] {
        let options = WriteOptions { split: Split::Year, notes };
        let mut whole = Files::default();
        let written = whole.import(&sample(), options);
        for count in 0..=written.files.len() {
            let mut files = Files(written.files.clone().into_iter().take(count).collect());
            files.import(&sample(), options);
            assert_eq!(files.0, whole.0, "after {count} files");
        }
    }
}

#[test]
fn an_include_is_added_to_those_there_are() {
    for (head, expected) in [
        ("\u{feff}version = 1\n", "\u{feff}version = 1\ninclude = [\"releases/*.toml\"]\n"),
        ("version = 1", "version = 1\ninclude = [\"releases/*.toml\"]\n"),
        ("version = 1 # v\r\n\r\n", "version = 1 # v\r\ninclude = [\"releases/*.toml\"]\r\n\r\n"),
        ("include = [ ]\nversion = 1\n", "include = [\"releases/*.toml\" ]\nversion = 1\n"),
        (
            "version = 1\ninclude = [\n  'releases/2024.toml', # x\n]\n",
            "version = 1\ninclude = [\n  'releases/2024.toml', \"releases/*.toml\", # x\n]\n",
        ),
    ] {
        let mut files = with(head);
        files.0.insert("releases/2024.toml".to_owned(), "[[releases]]\ntag_name = 'v0'".to_owned());
        let imported = Imported { releases: vec![release("v1", 2024)], ..Imported::default() };
        files.import(&imported, WriteOptions { split: Split::Year, notes: Notes::Auto });
        assert_eq!(files.0[MAIN], expected);
        let year = &files.0["releases/2024.toml"];
        assert!(year.starts_with("[[releases]]\ntag_name = 'v0'\n\n[[releases]]\ntag_name = \"v1\"\n"), "{year}");
        assert_eq!(files.load().releases.len(), 2);
    }
}

#[test]
fn nothing_is_added_to_an_array_in_brackets() {
    let existing = with("version = 1\nreleases = [{ tag_name = 'v0' }]\n").existing();
    let error = write(&existing, &sample(), WriteOptions::default()).unwrap_err();
    assert_eq!(error.to_string(), "failed to add to `releases` of the manifest, an array in brackets");
    let existing = Existing { files: [("releases/2023.toml".to_owned(), None)].into(), ..Existing::default() };
    let error = write(&existing, &sample(), WriteOptions { split: Split::Year, notes: Notes::Auto }).unwrap_err();
    assert_eq!(error.to_string(), "failed to add to releases/2023.toml, which is no text file");
}

/// Text as people leave it.
fn mess() -> impl Strategy<Value = String> {
    let pieces = vec![
        "a",
        "é",
        "\r\n",
        "\n",
        "\n\n",
        "\r",
        "\t",
        " ",
        "\u{feff}",
        "\u{202e}",
        "🎉",
        "\"",
        "'",
        "\\",
        "\\n",
        "\"\"\"",
        "'''",
        "#",
        "[[releases]]",
        "{version}",
        "\u{1b}[31m",
        "\u{7f}",
        "\u{85}",
        "\u{2028}",
        "version https://git-lfs.github.com/spec/",
    ];
    prop::collection::vec(prop::sample::select(pieces), 0..30).prop_map(|pieces| pieces.concat())
}

fn any_release() -> impl Strategy<Value = NewRelease> {
    let tag = prop::sample::select(vec!["v1", "V1", "a/b", "a-b", "con", "выпуск", "cafe\u{301}", "café", "v1.", "-x"]);
    let links = prop::collection::btree_map("[a-c]{1,2}", (prop::bool::ANY, mess()), 0..3);
    (tag, prop::option::of(mess()), mess(), 2020..2024i16, links).prop_map(|(tag, name, notes, year, links)| {
        NewRelease {
            name,
            description: Some(Description::new(&notes)),
            links: links
                .into_iter()
                .map(|(name, (has_path, mess))| Link {
                    name: format!("{name}{mess}"),
                    ..link(&name, has_path.then(|| format!("/bin/{name}")).as_deref(), LinkType::Image)
                })
                .collect(),
            ..release(tag, year)
        }
    })
}

fn options() -> impl Strategy<Value = WriteOptions> {
    let split = prop::sample::select(vec![Split::None, Split::Year]);
    let notes = prop::sample::select(vec![Notes::Auto, Notes::Inline, Notes::Files]);
    (split, notes).prop_map(|(split, notes)| WriteOptions { split, notes })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever comes in is read back as it was meant; again changes nothing; and later ones only add.
    #[test]
    fn what_is_written_is_what_was_meant(
        releases in prop::collection::vec(any_release(), 0..6),
        first in 0..6usize,
        options in [options(), options()],
    ) {
        let of = |releases: &[NewRelease]| Imported { releases: releases.to_vec(), is_whole: true, ..Imported::default() };
        let mut files = Files::default();
        let earlier = files.import(&of(&releases[..first.min(releases.len())]), options[0]);
        let before = files.clone();
        let later = files.import(&of(&releases), options[1]);
        for (path, text) in &before.0 {
            if path != MAIN {
                prop_assert!(files.0[path].starts_with(text));
            }
        }
        let after = files.clone();
        let again = files.import(&of(&releases), options[1]);
        prop_assert_eq!(&again.manifest, &None);
        prop_assert_eq!(&files.0, &after.0);

        let says = files.load();
        let left_out: Vec<_> = earlier.left_out.into_iter().chain(later.left_out).collect();
        for release in &releases {
            if left_out.contains(&LeftOut::Release(release.tag_name.clone())) {
                continue;
            }
            let Some(read) = says.releases.iter().find(|read| read.tag_name == release.tag_name) else {
                return Err(TestCaseError::fail(format!("{release:?} is lost")));
            };
            let first = releases.iter().find(|one| one.tag_name == release.tag_name).unwrap();
            let is_out = |key: Key| left_out.contains(&LeftOut::Key(release.tag_name.clone(), key));
            prop_assert!(is_out(Key::Name) || read.name == first.name);
            prop_assert!(first.description == Some(read.description.clone().unwrap_or_default()));
            prop_assert_eq!(read.released_at, first.released_at);
            let links: Vec<Link> = read.links.iter().flatten().map(DesiredLink::to_new).collect();
            prop_assert!(is_out(Key::Links) || links == first.links);
        }
    }
}
