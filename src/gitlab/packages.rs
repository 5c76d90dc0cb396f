//! The generic package registry: what is in a package, and files on their way into it and out of it.

use crate::gitlab::error::Flaw;
use crate::gitlab::pages::Row;
use crate::gitlab::project::segment;
use crate::gitlab::request::Request;
use crate::gitlab::upload::Upload;
use crate::gitlab::{Client, Error, Kind, Tries};
use crate::model::{PackageFileId, PackageId, PackagePlace, PackageVersion, ProjectRef, StoredFile};
use reqwest::Method;
use serde::Deserialize;

/// The keys relsync reads of a package.
#[derive(Deserialize)]
struct Wire {
    id: u64,
    name: String,
    version: Option<String>,
}

/// A package as GitLab lists it.
struct Package {
    id: PackageId,
    is: PackageVersion,
}

impl Row for Wire {
    type Model = Package;
    type Key = PackageId;

    fn into_model(self) -> Result<Package, Flaw> {
        let Self { id, name, version } = self;
        let is = PackageVersion { package: name, version: version.unwrap_or_default() };
        Ok(Package { id: PackageId(id), is })
    }

    fn key(package: &Package) -> PackageId {
        package.id
    }
}

/// The keys relsync reads of a file in a package.
#[derive(Deserialize)]
struct FileWire {
    id: u64,
    package_id: u64,
    file_name: String,
    size: u64,
    file_sha256: Option<String>,
}

impl Row for FileWire {
    type Model = (String, StoredFile);
    type Key = PackageFileId;

    fn into_model(self) -> Result<Self::Model, Flaw> {
        let Self { id, package_id, file_name, size, file_sha256 } = self;
        let sha256 = file_sha256.as_deref().and_then(|digest| digest.parse().ok());
        Ok((file_name, StoredFile { package: PackageId(package_id), id: PackageFileId(id), size, sha256 }))
    }

    fn key((_, file): &Self::Model) -> PackageFileId {
        file.id
    }
}

/// What GitLab answers an upload. Older ones only say that it was made.
#[derive(Deserialize)]
struct Uploaded {
    file_sha256: Option<String>,
}

impl Client {
    /// All files of the `wanted` versions of a package: one request for each hundred of the package's versions, or for the
    /// only one that is wanted, and one for each hundred files of those that are there.
    ///
    /// # Errors
    /// Any.
    pub async fn package_files(
        &self,
        project: &ProjectRef,
        wanted: &[&PackageVersion],
    ) -> Result<Vec<(PackagePlace, StoredFile)>, Error> {
        let Some(PackageVersion { package, version }) = wanted.first() else { return Ok(Vec::new()) };
        let list = Request::get(&["projects", &segment(project), "packages"]);
        let list = list.query("package_type", "generic").query("package_name", package);
        let list = if wanted.len() == 1 { list.query("package_version", version) } else { list };
        let mut found = Vec::new();
        // GitLab takes the name for a part of one, and older ones know no version.
        for Package { id, is } in self.list::<Wire>(&list).await?.into_iter().filter(|one| wanted.contains(&&one.is)) {
            let files = self.files_in(project, id).await?;
            let place = |file_name| PackagePlace { of: is.clone(), file_name };
            found.extend(files.into_iter().map(|(file_name, file)| (place(file_name), file)));
        }
        Ok(found)
    }

    /// All files of a package, each with its name; `None` if there is no such package.
    ///
    /// # Errors
    /// Any.
    pub async fn files_of_package(
        &self,
        project: &ProjectRef,
        package: PackageId,
    ) -> Result<Option<Vec<(String, StoredFile)>>, Error> {
        match self.files_in(project, package).await {
            Ok(files) => Ok(Some(files)),
            Err(error) if error.kind() == Kind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn files_in(
        &self,
        project: &ProjectRef,
        PackageId(package): PackageId,
    ) -> Result<Vec<(String, StoredFile)>, Error> {
        let files = ["projects", &segment(project), "packages", &package.to_string(), "package_files"];
        self.list::<FileWire>(&Request::get(&files)).await
    }

    /// Puts a file into a package, which is made if need be. It is not sent again if it may have arrived.
    ///
    /// # Errors
    /// [`Kind::Unsent`] if its bytes are not those that were to be sent.
    pub async fn upload(
        &self,
        project: &ProjectRef,
        place: &PackagePlace,
        upload: Upload,
        tries: &mut Tries,
    ) -> Result<(), Error> {
        let sent = upload.sha256;
        let PackagePlace { of: PackageVersion { package, version }, file_name } = place;
        let segments = ["projects", &segment(project), "packages", "generic", package, version, file_name];
        let request = Request::new(Method::PUT, &segments).query("select", "package_file").file(upload);
        let answer = self.transport.send_within(&request, tries).await?;
        let said = answer.json::<Uploaded>()?.file_sha256;
        match said.filter(|said| !said.eq_ignore_ascii_case(&sent.to_string())) {
            None => Ok(()),
            Some(other) => Err(answer.flaw(&Flaw::strange(format!("it has got a file with the SHA-256 {other}")))),
        }
    }

    /// Deletes a file from a package.
    ///
    /// # Errors
    /// [`Kind::NotFound`] if it is not there any more.
    pub async fn delete_package_file(
        &self,
        project: &ProjectRef,
        PackageId(package): PackageId,
        PackageFileId(file): PackageFileId,
        tries: &mut Tries,
    ) -> Result<(), Error> {
        let (package, file) = (package.to_string(), file.to_string());
        let segments = ["projects", &segment(project), "packages", &package, "package_files", &file];
        self.transport.send_within(&Request::new(Method::DELETE, &segments), tries).await.map(drop)
    }
}
