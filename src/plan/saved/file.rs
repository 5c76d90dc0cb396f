//! Files as a saved plan writes them: what goes to the package registry, and what goes out of it.

use super::flaw::{At, Flaw, maybe};
use super::word;
use crate::model::{
    FileSource, PackageFileId, PackageId, PackagePlace, PackageVersion, Sha256, SharedFile, is_package_name,
    is_package_version,
};
use crate::plan::{KeptFile, PresentFile, Removal, Upload};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::Digest as _;

/// A file to be uploaded.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SavedUpload {
    tag_name: String,
    /// Whether the release is to be made afterwards.
    new_release: bool,
    package: String,
    version: String,
    file_name: String,
    /// The file to read, by its path below the manifest's folder. Null if `text` is all of it.
    path: Option<String>,
    /// All of it, where relsync makes it itself.
    text: Option<String>,
    /// How many bytes it has.
    size: u64,
    /// Their SHA-256, in hexadecimal. Nothing is written if the file has another by then.
    sha256: String,
    /// What GitLab has there, and will keep below the new one.
    before: Option<SavedStored>,
}

/// A file that GitLab has already.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SavedPresentFile {
    /// The release that leads to it, or will.
    tag_name: String,
    package: String,
    version: String,
    file_name: String,
    /// The file it is to be, by its path below the manifest's folder. Null if `text` is all of it.
    path: Option<String>,
    /// All of it, where relsync makes it itself.
    text: Option<String>,
    /// How many bytes it has.
    size: u64,
    /// Their SHA-256, in hexadecimal. Nothing is written if the file has another by then, and its release is not if GitLab has.
    sha256: String,
}

/// A file that GitLab has.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SavedStored {
    size: u64,
    sha256: Option<String>,
}

/// A file to be deleted.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SavedRemoval {
    tag_name: String,
    package: String,
    version: String,
    file_name: String,
    package_id: u64,
    file_id: u64,
    size: u64,
}

/// A file that stays, though a release that led to it is deleted.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SavedKept {
    package: String,
    version: String,
    file_name: String,
    /// Another release that links to it, or will.
    linked_by: String,
}

impl SavedKept {
    pub(super) fn new(KeptFile { place, by }: &KeptFile) -> Self {
        let PackagePlace { of: PackageVersion { package, version }, file_name } = place.clone();
        Self { package, version, file_name, linked_by: by.to_string() }
    }

    pub(super) fn read(self) -> Result<KeptFile, Flaw> {
        let Self { package, version, file_name, linked_by } = self;
        Ok(KeptFile { place: place(package, version, file_name)?, by: word::read_tag(&linked_by).at("linked_by")? })
    }
}

/// A file of the disk that several releases take.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SavedShared {
    /// Its path below the manifest's folder.
    path: String,
    /// The first two of those releases.
    tag_names: [String; 2],
}

impl SavedShared {
    pub(super) fn new(SharedFile { path, taken_by }: &SharedFile) -> Self {
        Self { path: path.clone(), tag_names: taken_by.each_ref().map(ToString::to_string) }
    }

    pub(super) fn read(self) -> Result<SharedFile, Flaw> {
        let Self { path, tag_names: [first, second] } = self;
        let tag = |tag_name: String| word::read_tag(&tag_name).at("tag_names");
        Ok(SharedFile { path, taken_by: [tag(first)?, tag(second)?] })
    }
}

impl SavedUpload {
    pub(super) fn new(upload: &Upload) -> Self {
        let Upload { tag_name, is_new, place, source, size, sha256, before } = upload;
        let (path, text) = apart(source);
        Self {
            tag_name: tag_name.to_string(),
            new_release: *is_new,
            package: place.of.package.clone(),
            version: place.of.version.clone(),
            file_name: place.file_name.clone(),
            path,
            text,
            size: *size,
            sha256: sha256.to_string(),
            before: before.map(|(size, sha256)| SavedStored { size, sha256: sha256.map(|sha256| sha256.to_string()) }),
        }
    }

    pub(super) fn read(self) -> Result<Upload, Flaw> {
        let Self { tag_name, new_release, package, version, file_name, path, text, size, sha256, before } = self;
        let stored = |SavedStored { size, sha256 }| Ok((size, maybe("sha256", sha256.as_deref(), digest)?));
        Ok(Upload {
            tag_name: word::read_tag(&tag_name).at("tag_name")?,
            is_new: new_release,
            place: place(package, version, file_name)?,
            source: source(path, text, size, &sha256)?,
            size,
            sha256: digest(&sha256).at("sha256")?,
            before: maybe("before", before, stored)?,
        })
    }
}

impl SavedPresentFile {
    pub(super) fn new(PresentFile { tag_name, place, source, size, sha256 }: &PresentFile) -> Self {
        let PackagePlace { of: PackageVersion { package, version }, file_name } = place.clone();
        let (path, text) = apart(source);
        let (tag_name, sha256) = (tag_name.to_string(), sha256.to_string());
        Self { tag_name, package, version, file_name, path, text, size: *size, sha256 }
    }

    pub(super) fn read(self) -> Result<PresentFile, Flaw> {
        let Self { tag_name, package, version, file_name, path, text, size, sha256 } = self;
        Ok(PresentFile {
            tag_name: word::read_tag(&tag_name).at("tag_name")?,
            place: place(package, version, file_name)?,
            source: source(path, text, size, &sha256)?,
            size,
            sha256: digest(&sha256).at("sha256")?,
        })
    }
}

impl SavedRemoval {
    pub(super) fn new(removal: &Removal) -> Self {
        let Removal { tag_name, place, package, file, size } = removal;
        Self {
            tag_name: tag_name.to_string(),
            package: place.of.package.clone(),
            version: place.of.version.clone(),
            file_name: place.file_name.clone(),
            package_id: package.0,
            file_id: file.0,
            size: *size,
        }
    }

    pub(super) fn read(self) -> Result<Removal, Flaw> {
        let Self { tag_name, package, version, file_name, package_id, file_id, size } = self;
        Ok(Removal {
            tag_name: word::read_tag(&tag_name).at("tag_name")?,
            place: place(package, version, file_name)?,
            package: PackageId(package_id),
            file: PackageFileId(file_id),
            size,
        })
    }
}

/// The path or the text.
fn apart(source: &FileSource) -> (Option<String>, Option<String>) {
    match source {
        FileSource::Disk(path) => (Some(path.clone()), None),
        FileSource::Text(text) => (None, Some(text.clone())),
    }
}

fn source(path: Option<String>, text: Option<String>, size: u64, sha256: &str) -> Result<FileSource, Flaw> {
    match (path, text) {
        (Some(path), None) => Ok(FileSource::Disk(path)),
        (None, Some(text)) if hash(&text).to_string() == sha256 && text.len() as u64 == size => {
            Ok(FileSource::Text(text))
        }
        (None, Some(_)) => Err(Flaw::new("is not what its digest and size say").within("text")),
        (Some(_), Some(_)) => Err(Flaw::new("both a path and a text")),
        (None, None) => Err(Flaw::new("neither a path nor a text")),
    }
}

/// Others could be taken for something else in a request's path.
fn place(package: String, version: String, file_name: String) -> Result<PackagePlace, Flaw> {
    let checked = |key, is_right: bool| is_right.then_some(()).ok_or_else(|| Flaw::new("is no such name").within(key));
    checked("package", is_package_name(&package))?;
    checked("version", is_package_version(&version))?;
    checked("file_name", is_package_name(&file_name))?;
    Ok(PackagePlace { of: PackageVersion { package, version }, file_name })
}

fn hash(text: &str) -> Sha256 {
    Sha256::new(sha2::Sha256::digest(text.as_bytes()).into())
}

fn digest(text: &str) -> Result<Sha256, Flaw> {
    let digest = text.parse().ok().filter(|digest: &Sha256| digest.to_string() == text);
    digest.ok_or_else(|| Flaw::new("is no SHA-256 in 64 hexadecimal digits"))
}
