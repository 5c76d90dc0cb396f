//! Projects as entries of a fleet: one file for all of them, to which new ones are added at its end.

use super::file_names::FOLDER;
use super::writer::{Base, Entries, MANIFEST, WriteError, added, entries};
use super::{Declared, Existing, Imported, LeftOut, WriteOptions, strings};
use crate::manifest;
use crate::model::{Desired, ProjectRef};
use std::collections::BTreeMap;
use std::path::Path;
use toml_edit::{ArrayOfTables, DocumentMut, Item, Table};
use url::Url;

/// How a fleet of ours begins.
const HEAD: &str = "# The releases of these projects, as they are to be. `relsync plan` shows what differs, `relsync apply` changes it.\n\
     # A key that is absent is not managed: what GitLab has stays.\nversion = 1\n";

/// A fleet that projects are added to.
#[derive(Debug, Clone)]
pub struct Fleet {
    /// Its text, if it is there.
    text: Option<String>,
    /// A manifest that says what its projects share, and nothing else.
    shared: Option<Declared>,
    /// The GitLab that they share.
    url: Option<Url>,
}

/// A project's entry, and the files that it names.
#[derive(Debug, Clone)]
pub struct FleetEntry {
    table: Table,
    /// Notes, by their path with `/`, seen from the fleet's folder.
    pub files: BTreeMap<String, String>,
    /// How many releases it has.
    pub releases: usize,
    /// How many milestones it declares.
    pub milestones: usize,
    /// What could not be written down.
    pub left_out: Vec<LeftOut>,
}

/// The folder, seen from the fleet's, in which long notes of a project go.
#[must_use]
pub fn notes_folder(project: &str) -> String {
    format!("{FOLDER}/{project}")
}

impl Fleet {
    /// The one with this text, or a new one.
    ///
    /// # Errors
    /// If it is no TOML.
    pub fn new(text: Option<String>) -> Result<Self, WriteError> {
        let mut url = None;
        let shared = match &text {
            Some(text) => {
                let base = Base::parse(MANIFEST, text)?;
                let shared = base.item("project").and_then(|project| project.get("url")?.as_str());
                url = shared.and_then(|url| Url::parse(url).ok());
                let mut document = DocumentMut::new();
                document.insert("version", toml_edit::value(1));
                for key in ["policy", "defaults"] {
                    if let Some(item) = base.item(key) {
                        document.insert(key, item.clone());
                    }
                }
                let text = document.to_string();
                // Files that it names are no matter here.
                let says = manifest::parse(Path::new("releases.toml"), &text).map(|manifest| manifest.desired);
                Some(Declared { text, says: says.unwrap_or_else(|_| Desired::default()) })
            }
            None => None,
        };
        Ok(Self { text, shared, url })
    }

    /// The GitLab that its projects are on, but for those that say another.
    #[must_use]
    pub fn url(&self) -> Option<&Url> {
        self.url.as_ref()
    }

    /// Whether a text is a fleet's.
    ///
    /// # Errors
    /// If it is no TOML.
    pub fn is_one(text: &str) -> Result<bool, WriteError> {
        Ok(Base::parse(MANIFEST, text)?.item("projects").is_some())
    }

    /// What a project comes to, with a url of its own if that is imported. `files` are those of its [`notes_folder`].
    ///
    /// # Errors
    /// If the fleet is no TOML.
    pub fn entry(
        &self,
        project: &ProjectRef,
        imported: &Imported,
        files: BTreeMap<String, Option<String>>,
        options: WriteOptions,
    ) -> Result<FleetEntry, WriteError> {
        let existing = Existing { manifest: self.shared.clone(), files };
        let main = self.shared.as_ref().map(|shared| Base::parse(MANIFEST, &shared.text)).transpose()?;
        let folder = notes_folder(&project.to_string());
        let Entries { milestones, releases, written, .. } =
            entries(&existing, main.as_ref(), imported, options, &folder);
        let mut table = Table::new();
        match project {
            ProjectRef::Id(id) => table.insert("id", toml_edit::value(i64::try_from(id.0).unwrap_or(i64::MAX))),
            ProjectRef::Path(path) => table.insert("path", Item::Value(strings::line(path))),
        };
        if let Some(url) = imported.project.as_ref().and_then(|home| home.url.as_ref()) {
            table.insert("url", Item::Value(strings::line(url.as_str().trim_end_matches('/'))));
        }
        for (key, entries) in [("milestones", milestones), ("releases", releases)] {
            if !entries.is_empty() {
                table.insert(key, Item::ArrayOfTables(entries));
            }
        }
        let (files, left_out) = (written.files, written.left_out);
        Ok(FleetEntry { table, files, releases: written.releases, milestones: written.milestones, left_out })
    }

    /// Its text with these entries at its end. `url` is where a new one's projects are, if that is not gitlab.com.
    ///
    /// # Errors
    /// If its projects are written as an array in brackets.
    pub fn with(&self, entries: &[FleetEntry], url: Option<&Url>) -> Result<String, WriteError> {
        let new = || match url {
            None => HEAD.to_owned(),
            Some(url) => {
                let mut table = Table::new();
                table.insert("url", Item::Value(strings::line(url.as_str().trim_end_matches('/'))));
                let mut document = DocumentMut::new();
                document.insert("project", Item::Table(table));
                format!("{HEAD}\n{document}")
            }
        };
        let text = self.text.clone().unwrap_or_else(new);
        let tables: ArrayOfTables = entries.iter().map(|entry| entry.table.clone()).collect();
        added(MANIFEST, &text, [("projects", tables)])
    }
}
