//! The manifest that an import goes into, and the files beside it.
//!
//! Nothing is written before all is known to be right together; then each file whole or not at all, and the manifest
//! last, as it names the others. What is outside its folder is not touched, be it by way of a symbolic link.

use super::after::After;
use super::args::IntoArgs;
use crate::cli::failure::Failure;
use crate::cli::out;
use crate::import::{self, Declared, Existing, Fleet, Imported, Written};
use crate::manifest::{self, Manifest};
use crate::ui::Ui;
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// Where an import goes.
pub(super) struct Target {
    /// The manifest, as the user would name it.
    pub(super) path: PathBuf,
    /// What it says already, if it is there.
    pub(super) manifest: Option<Manifest>,
    /// The folder that it is in, as the system calls it.
    pub(super) folder: PathBuf,
    text: Option<String>,
}

impl Target {
    /// Reads what is there.
    ///
    /// # Errors
    /// All that is wrong with a manifest that is there: nothing is added to that.
    pub(super) fn open(args: &IntoArgs) -> Result<Self, Failure> {
        let Self { path, manifest: _, folder, text: _ } = Self::place(args)?;
        let (mut text, mut manifest) = (None, None);
        if fs::symlink_metadata(&path).is_ok() {
            // Of what can't be read it says why.
            let loaded = manifest::load(&path)?;
            text = Some(fs::read_to_string(&path).map_err(|error| Failure::folder(&path, error))?);
            manifest = Some(loaded);
        }
        Ok(Self { path, manifest, folder, text })
    }

    /// Reads a fleet and what it says of its projects.
    ///
    /// # Errors
    /// All that is wrong with one that is there, or that it is no fleet.
    pub(super) fn open_fleet(args: &IntoArgs) -> Result<(Self, Vec<Manifest>), Failure> {
        let target = Self::place(args)?;
        if fs::symlink_metadata(&target.path).is_err() {
            return Ok((target, Vec::new()));
        }
        let manifests = manifest::load_all(&target.path)?;
        let text = fs::read_to_string(&target.path).map_err(|error| Failure::folder(&target.path, error))?;
        if !Fleet::is_one(&text)? {
            return Err(Failure::no_fleet(&target.path));
        }
        Ok((Self { text: Some(text), ..target }, manifests))
    }

    /// The text that is there.
    pub(super) fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// Where the arguments say, whatever is there.
    fn place(args: &IntoArgs) -> Result<Self, Failure> {
        let path = if args.file.is_dir() { args.file.join("releases.toml") } else { args.file.clone() };
        if path.file_name().is_none() || path.as_os_str() == "-" {
            return Err(Failure::not_a_manifest(&path));
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let folder = folder.canonicalize().map_err(|error| Failure::folder(folder, error))?;
        Ok(Self { path, manifest: None, folder, text: None })
    }

    /// Writes what is new of `imported`.
    pub(super) fn import(&self, ui: &Ui, args: &IntoArgs, imported: &Imported) -> Result<Written, Failure> {
        let declared = self.manifest.as_ref().zip(self.text.as_ref());
        let declared = declared.map(|(manifest, text)| Declared { text: text.clone(), says: manifest.desired.clone() });
        let existing = Existing { manifest: declared, files: self.files()? };
        let written = import::write(&existing, imported, args.options())?;
        if written.manifest.is_some() || !written.files.is_empty() {
            self.put(ui, &written)?;
        }
        Ok(written)
    }

    /// Writes all that is `written`, if that comes to something that is right.
    pub(super) fn put(&self, ui: &Ui, written: &Written) -> Result<(), Failure> {
        let name = Path::new(self.path.file_name().unwrap_or_default());
        self.check_places(written)?;
        self.check_unchanged()?;
        manifest::load_all_of_tree(&After::new(&self.folder, name, written), name).inspect_err(|_| {
            ui.warn("Nothing was written, as the manifest would not be right with what is imported:\n");
        })?;
        self.write(written)
    }

    /// Makes sure that each file is new or a regular one, in a folder that is new or below the manifest's.
    fn check_places(&self, written: &Written) -> Result<(), Failure> {
        let taken = |place: &Path| Failure::out_file(place, io::Error::from(ErrorKind::AlreadyExists));
        for place in written.files.keys().map(|path| self.folder.join(path)) {
            if fs::symlink_metadata(&place).is_ok_and(|there| !there.is_file()) {
                return Err(taken(&place));
            }
            let mut folders = place.ancestors().skip(1);
            let Some(folder) = folders.find(|folder| fs::symlink_metadata(folder).is_ok()) else { continue };
            match folder.canonicalize() {
                Ok(real) if !real.starts_with(&self.folder) => return Err(Failure::leads_out(folder)),
                Ok(real) if real.is_dir() => {}
                Ok(_) => return Err(taken(folder)),
                Err(_) => return Err(Failure::leads_out(folder)),
            }
        }
        Ok(())
    }

    /// Makes sure that nobody has changed the manifest since it was read, which may be long ago.
    fn check_unchanged(&self) -> Result<(), Failure> {
        let now = match fs::read_to_string(&self.path) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(Failure::folder(&self.path, error)),
        };
        if now == self.text { Ok(()) } else { Err(Failure::changed_meanwhile(&self.path)) }
    }

    fn write(&self, written: &Written) -> Result<(), Failure> {
        for (path, text) in &written.files {
            let place = self.folder.join(path);
            let write = || {
                if let Some(folder) = place.parent().filter(|folder| !folder.exists()) {
                    fs::create_dir_all(folder)?;
                }
                out::replace(&place, text)
            };
            write().map_err(|error| Failure::out_file(&place, error))?;
        }
        if let Some(text) = &written.manifest {
            // What is a link stays one.
            let place = self.path.canonicalize().unwrap_or_else(|_| self.path.clone());
            out::replace(&place, text).map_err(|error| Failure::out_file(&self.path, error))?;
        }
        Ok(())
    }

    /// The files beside it that an import could add to, or must not write over.
    fn files(&self) -> Result<BTreeMap<String, Option<String>>, Failure> {
        self.files_in(&import::FOLDERS)
    }

    /// Those in folders beside it.
    pub(super) fn files_in(&self, folders: &[&str]) -> Result<BTreeMap<String, Option<String>>, Failure> {
        let mut files = BTreeMap::new();
        for name in folders {
            let folder = self.folder.join(name);
            // One that leads elsewhere holds nothing of ours.
            let is_inside = folder.canonicalize().is_ok_and(|real| real.is_dir() && real.starts_with(&self.folder));
            if !is_inside {
                continue;
            }
            let entries = fs::read_dir(&folder).map_err(|error| Failure::folder(&folder, error))?;
            for entry in entries {
                let entry = entry.map_err(|error| Failure::folder(&folder, error))?;
                let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
                let is_ours = entry.path().extension().is_some_and(|ext| ext == "md" || ext == "toml");
                let text = if is_file && is_ours { fs::read_to_string(entry.path()).ok() } else { None };
                files.insert(format!("{name}/{}", entry.file_name().to_string_lossy()), text);
            }
        }
        Ok(files)
    }
}
