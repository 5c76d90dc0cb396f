//! The files that an import makes or adds to. What is there stays as it is, byte by byte: entries go to the end.

use super::entry::{self, Place};
use super::file_names::FileNames;
use super::fit::Fit;
use super::{Existing, HEAD, Home, Imported, Key, LeftOut, Notes, Split, WriteOptions, Written, file_names, strings};
use crate::model::{MilestoneState, NewMilestone, NewRelease, ProjectRef, TagName};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use toml_edit::{ArrayOfTables, Document, DocumentMut, Item, Table, Value};

/// Where releases go that are split by year, seen from the manifest's folder.
pub(super) const FOLDER: &str = "releases";
/// What the manifest includes then.
const PATTERN: &str = "releases/*.toml";
/// How a file begins that Git LFS has put in place of another: the loader takes no such notes.
const LFS_POINTER: &str = "version https://git-lfs.github.com/spec/";
/// The longest file of notes, in bytes.
const LONGEST_NOTES: usize = 1 << 20;

/// What errors call the manifest itself.
pub(super) const MANIFEST: &str = "the manifest";

/// Why nothing can be added to a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, miette::Diagnostic)]
pub enum WriteError {
    /// It is no TOML.
    #[error("failed to add to {file}, which is no TOML: {why}")]
    NoToml {
        /// Which file.
        file: String,
        /// What the parser says, on one line.
        why: String,
    },
    /// Releases or milestones are written as an array in brackets, to which no tables can be added.
    #[error("failed to add to `{key}` of {file}, an array in brackets")]
    #[diagnostic(help("entries are added as tables, below all there is: write [[{key}]] for each that is there"))]
    InBrackets {
        /// Which file.
        file: String,
        /// The key.
        key: &'static str,
    },
    /// It is there, but no text.
    #[error("failed to add to {0}, which is no text file")]
    #[diagnostic(help("move it away, or leave out `--split`"))]
    NoText(String),
}

/// What has to be written so that the manifest says what was imported, beside what it says already.
///
/// # Errors
/// If nothing can be added to a file that is there.
pub fn write(existing: &Existing, imported: &Imported, options: WriteOptions) -> Result<Written, WriteError> {
    let main = existing.manifest.as_ref().map(|manifest| Base::parse(MANIFEST, &manifest.text)).transpose()?;
    let Entries { milestones, releases: own, split_off, is_split, mut written } =
        entries(existing, main.as_ref(), imported, options, file_names::FOLDER);
    for (file, releases) in split_off {
        let text = match existing.files.get(&file) {
            None => printed(&file, "", ArrayOfTables::new(), releases)?,
            Some(Some(text)) => printed(&file, text, ArrayOfTables::new(), releases)?,
            Some(None) => return Err(WriteError::NoText(file)),
        };
        written.files.insert(file, text);
    }
    written.manifest = manifest(existing, main, imported, milestones, own, is_split)?;
    Ok(written)
}

/// What is new of an import, as entries.
pub(super) struct Entries {
    pub(super) milestones: ArrayOfTables,
    /// Those of the manifest itself.
    pub(super) releases: ArrayOfTables,
    /// Those of files that it includes.
    split_off: BTreeMap<String, ArrayOfTables>,
    /// Whether the manifest is to include such files.
    is_split: bool,
    /// All but the texts of the manifest and of what it includes.
    pub(super) written: Written,
}

/// What is new beside what the manifest, which is `main`, says already. Long notes go to the folder `notes`.
pub(super) fn entries(
    existing: &Existing,
    main: Option<&Base<'_>>,
    imported: &Imported,
    options: WriteOptions,
    notes: &str,
) -> Entries {
    let defaults = main.and_then(|main| main.item("defaults").cloned());
    let denied = denied(defaults.as_ref(), imported.is_whole);
    let mut written = Written::default();
    let fit = Fit::new(defaults, denied.clone());
    let split_off = if options.split == Split::Year { split_off(existing) } else { HashSet::new() };
    let News { releases, known, in_split_off } = news(existing, imported, &split_off, &mut written.left_out);
    let releases = fit.releases(releases, &mut written.left_out);
    let milestones = fit.milestones(new_milestones(existing, imported), &mut written.left_out);
    (written.known, written.releases, written.milestones) = (known, releases.len(), milestones.len());

    let mut names = FileNames::new(existing, notes);
    let mut entries: BTreeMap<Option<String>, ArrayOfTables> = BTreeMap::new();
    for (release, without) in releases {
        let file = file_of(release, options.split);
        let notes = notes_file(release, options.notes, &mut names);
        let seen = |path: &String| if file.is_some() { format!("../{path}") } else { path.clone() };
        let section = imported.sections.get(&release.tag_name).map(seen);
        let path = notes.as_ref().map(|(path, _)| seen(path));
        let place = match (&section, &path) {
            (Some(changelog), _) => Place::Changelog(changelog),
            (None, Some(path)) => Place::File(path),
            (None, None) => Place::Here,
        };
        entries.entry(file).or_default().push(entry::release(release, &without, &denied, place));
        written.files.extend(notes.filter(|(path, _)| !existing.files.contains_key(path)));
    }
    let releases = entries.remove(&None).unwrap_or_default();
    let is_split = in_split_off || !entries.is_empty();
    let split_off = entries.into_iter().map(|(file, entries)| (file.unwrap_or_default(), entries)).collect();
    let milestones = milestones.iter().map(|(milestone, without)| entry::milestone(milestone, without)).collect();
    Entries { milestones, releases, split_off, is_split, written }
}

/// The manifest's text, if it is new or changed.
fn manifest(
    existing: &Existing,
    main: Option<Base<'_>>,
    imported: &Imported,
    milestones: ArrayOfTables,
    releases: ArrayOfTables,
    is_split: bool,
) -> Result<Option<String>, WriteError> {
    let head = match (&existing.manifest, main) {
        (Some(manifest), Some(main)) => {
            let head = if is_split { main.including(&manifest.text)? } else { manifest.text.clone() };
            if milestones.is_empty() && releases.is_empty() {
                return Ok((head != manifest.text).then_some(head));
            }
            head
        }
        _ => head(imported.project.as_ref(), is_split),
    };
    printed(MANIFEST, &head, milestones, releases).map(Some)
}

/// How a new manifest begins.
fn head(project: Option<&Home>, is_split: bool) -> String {
    let include = if is_split { format!("include = [\"{PATTERN}\"]\n") } else { String::new() };
    let Some(Home { project, url }) = project else { return format!("{HEAD}{include}") };
    let mut table = Table::new();
    match project {
        ProjectRef::Id(id) => table.insert("id", toml_edit::value(i64::try_from(id.0).unwrap_or(i64::MAX))),
        ProjectRef::Path(path) => table.insert("path", Item::Value(strings::line(path))),
    };
    if let Some(url) = url {
        table.insert("url", Item::Value(strings::line(url.as_str().trim_end_matches('/'))));
    }
    let mut document = DocumentMut::new();
    document.insert("project", Item::Table(table));
    format!("{HEAD}{include}\n{document}")
}

/// `text` with these entries at its end, whose lines end as its own do.
fn printed(file: &str, text: &str, milestones: ArrayOfTables, releases: ArrayOfTables) -> Result<String, WriteError> {
    added(file, text, [("milestones", milestones), ("releases", releases)])
}

/// `text` with tables under these keys at its end.
pub(super) fn added<const N: usize>(
    file: &str,
    text: &str,
    tables: [(&'static str, ArrayOfTables); N],
) -> Result<String, WriteError> {
    let base = Base::parse(file, text)?;
    let mut document = DocumentMut::new();
    for (key, entries) in tables {
        if entries.is_empty() {
            continue;
        }
        if base.item(key).is_some_and(Item::is_value) {
            return Err(WriteError::InBrackets { file: file.to_owned(), key });
        }
        document.insert(key, Item::ArrayOfTables(entries));
    }
    let added = document.to_string();
    if text.is_empty() || added.is_empty() {
        return Ok(format!("{text}{added}"));
    }
    let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let end = if text.ends_with('\n') { "" } else { line_end };
    Ok(format!("{text}{end}{line_end}{}", added.replace('\n', line_end)))
}

/// A file that something is added to.
pub(super) struct Base<'t> {
    file: &'t str,
    document: Document<&'t str>,
}

impl<'t> Base<'t> {
    pub(super) fn parse(file: &'t str, text: &'t str) -> Result<Self, WriteError> {
        let no_toml = |error: toml_edit::TomlError| WriteError::NoToml {
            file: file.to_owned(),
            why: error.message().lines().collect::<Vec<_>>().join(" "),
        };
        Document::parse(text).map(|document| Self { file, document }).map_err(no_toml)
    }

    pub(super) fn item(&self, key: &str) -> Option<&Item> {
        self.document.as_table().get(key)
    }

    /// `text`, which is its own, including what is split off.
    fn including(&self, text: &str) -> Result<String, WriteError> {
        let splice = |at: usize, what: String| Ok(format!("{}{what}{}", &text[..at], &text[at..]));
        if let Some(include) = self.item("include").and_then(Item::as_array) {
            if include.iter().any(|one| one.as_str() == Some(PATTERN)) {
                return Ok(text.to_owned());
            }
            if let Some(last) = include.iter().last().and_then(Value::span) {
                return splice(last.end, format!(", \"{PATTERN}\""));
            }
            if let Some(brackets) = include.span() {
                return splice(brackets.start + 1, format!("\"{PATTERN}\""));
            }
        }
        let version = self.item("version").and_then(Item::span);
        let Some(version) = version else {
            return Err(WriteError::NoToml { file: self.file.to_owned(), why: "no `version`".to_owned() });
        };
        let line = format!("include = [\"{PATTERN}\"]");
        match text[version.end..].find('\n') {
            Some(end) if text[..=version.end + end].ends_with("\r\n") => {
                splice(version.end + end + 1, format!("{line}\r\n"))
            }
            Some(end) => splice(version.end + end + 1, format!("{line}\n")),
            None => splice(text.len(), format!("\n{line}\n")),
        }
    }
}

/// What `[defaults]` gives to releases, where that has to be denied.
fn denied(defaults: Option<&Item>, is_whole: bool) -> BTreeSet<Key> {
    let given = |key: &str| is_whole && defaults.and_then(|defaults| defaults.get(key)).is_some();
    let keys = [
        (Key::Name, given("name")),
        (Key::Description, given("description_file") || given("changelog")),
        (Key::Milestones, given("milestones")),
        (Key::Links, given("links")),
    ];
    keys.into_iter().filter(|(_, is_given)| *is_given).map(|(key, _)| key).collect()
}

/// The releases in files that the manifest includes once it is split: those of a run that was interrupted, maybe.
fn split_off(existing: &Existing) -> HashSet<TagName> {
    let is_split_off = |path: &str| {
        let name = path.strip_prefix(FOLDER).and_then(|name| name.strip_prefix('/'));
        name.and_then(|name| name.strip_suffix(".toml")).is_some_and(|stem| !stem.starts_with('.'))
    };
    let files = existing.files.iter().filter(|(path, _)| is_split_off(path));
    let bases = files.filter_map(|(path, text)| Base::parse(path, text.as_deref()?).ok());
    let tags = |base: &Base<'_>| {
        let entries = base.item("releases").and_then(Item::as_array_of_tables);
        let tags = entries.into_iter().flatten().filter_map(|entry| entry.get("tag_name")?.as_str());
        tags.map(TagName::from_git).collect::<Vec<_>>()
    };
    bases.flat_map(|base| tags(&base)).collect()
}

/// What is new of an import.
struct News<'i> {
    /// The releases that have no entry yet.
    releases: Vec<&'i NewRelease>,
    /// How many have one.
    known: usize,
    /// Whether some have theirs only in files that the manifest is to include from now on.
    in_split_off: bool,
}

fn news<'i>(
    existing: &Existing,
    imported: &'i Imported,
    split_off: &HashSet<TagName>,
    left_out: &mut Vec<LeftOut>,
) -> News<'i> {
    let says = existing.manifest.as_ref().map(|manifest| &manifest.says);
    let mut seen: HashSet<_> = says.iter().flat_map(|says| &says.releases).map(|release| &release.tag_name).collect();
    let mut news = News { releases: Vec::new(), known: 0, in_split_off: false };
    for release in &imported.releases {
        let tag = &release.tag_name;
        if !seen.insert(tag) {
            news.known += 1;
        } else if split_off.contains(tag) {
            news.known += 1;
            news.in_split_off = true;
        } else if says.is_some_and(|says| !says.policy.tags.matches(tag.as_str())) {
            left_out.push(LeftOut::NotOurs(tag.clone()));
        } else {
            news.releases.push(release);
        }
    }
    news
}

fn new_milestones<'i>(existing: &Existing, imported: &'i Imported) -> Vec<&'i (NewMilestone, MilestoneState)> {
    let says = existing.manifest.iter().flat_map(|manifest| &manifest.says.milestones);
    let mut seen: HashSet<&str> = says.map(|milestone| milestone.title.as_str()).collect();
    imported.milestones.iter().filter(|(milestone, _)| seen.insert(&milestone.title)).collect()
}

/// The file that a release goes to, if not the manifest.
fn file_of(release: &NewRelease, split: Split) -> Option<String> {
    match split {
        Split::None => None,
        Split::Year => {
            let date = release.released_at?.to_string();
            let year = date.split('-').next().filter(|year| year.len() == 4)?;
            Some(format!("{FOLDER}/{year}.toml"))
        }
    }
}

/// The file that a release's notes go to, and its text, if they are not to be in the entry.
fn notes_file(release: &NewRelease, notes: Notes, names: &mut FileNames<'_>) -> Option<(String, String)> {
    let text = release.description.as_ref()?.as_str();
    let is_for_file = match notes {
        Notes::Auto => text.lines().count() > Notes::LONG,
        Notes::Inline => false,
        Notes::Files => !text.is_empty(),
    };
    let fits = text.len() < LONGEST_NOTES && !text.contains('\0') && !text.starts_with(LFS_POINTER);
    (is_for_file && fits).then(|| {
        let text = format!("{text}\n");
        (names.path(&release.tag_name, &text), text)
    })
}
