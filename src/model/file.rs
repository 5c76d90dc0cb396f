//! Files that releases bring along: what they hold, and where they are in a project's generic package registry.

use crate::model::{Project, ProjectId, ProjectRef, Sha256, TagName};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha2::Digest as _;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// All but RFC 3986's unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Where a file's bytes come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileSource {
    /// A file, by its path below the manifest's folder.
    Disk(String),
    /// This text, which relsync makes itself: the list of checksums.
    Text(String),
}

/// A name in the package registry that GitLab takes for a package or a file.
#[must_use]
pub fn is_package_name(name: &str) -> bool {
    let is_taken = |c: char| c.is_ascii_alphanumeric() || "._+-".contains(c);
    !matches!(name, "" | "." | "..") && name.len() <= 255 && name.chars().all(is_taken)
}

/// A version that GitLab takes for a package.
#[must_use]
pub fn is_package_version(version: &str) -> bool {
    is_package_name(version) && !version.contains("..")
}

/// The version of the packages that a tag's files go to: the tag itself, as far as GitLab takes its characters. Where
/// others than `/` had to be replaced, digits of its hash keep it apart from tags that are nearly the same.
#[must_use]
pub fn package_version(tag: &TagName) -> String {
    const LONGEST: usize = 200;
    let tag = tag.as_str();
    let is_kept = |c: char| c.is_ascii_alphanumeric() || "._+-".contains(c);
    let version: String = tag.chars().map(|c| if is_kept(c) { c } else { '-' }).collect();
    if version.len() <= LONGEST && tag.chars().all(|c| is_kept(c) || c == '/') {
        return version;
    }
    let hash = Sha256::new(sha2::Sha256::digest(tag.as_bytes()).into()).to_string();
    format!("{}-{}", version.chars().take(LONGEST).collect::<String>(), &hash[..8])
}

/// A package of one version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PackageVersion {
    /// The package's name.
    pub package: String,
    /// Its version.
    pub version: String,
}

/// Where a file is in a project's generic package registry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PackagePlace {
    /// The package it is in.
    pub of: PackageVersion,
    /// Its name there.
    pub file_name: String,
}

/// GitLab's id of a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PackageId(pub u64);

/// GitLab's id of a file in a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PackageFileId(pub u64);

/// A file as GitLab has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredFile {
    /// The package it is in.
    pub package: PackageId,
    /// Its number there: the highest of one name is the one that is downloaded.
    pub id: PackageFileId,
    /// How many bytes it has.
    pub size: u64,
    /// Their digest; some very old files have none.
    pub sha256: Option<Sha256>,
}

/// What a link may lead to in a project's generic package registry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeadsTo {
    /// The newest file there.
    Place(PackagePlace),
    /// This very file.
    File(PackageFileId),
}

/// What is known of a project's generic package registry. By default, nothing.
#[derive(Debug, Clone, Default)]
pub struct Packages {
    /// The API's address, without a slash at its end.
    api: String,
    /// How urls may name the project; links get the first.
    names: Vec<String>,
    /// Its number, if that is known.
    id: Option<ProjectId>,
    /// The package that files go to unless the manifest names one.
    package: Option<String>,
    /// What has been read of it.
    stored: BTreeMap<PackagePlace, Vec<StoredFile>>,
}

impl Packages {
    /// Of `project`, whose number a job may know even where GitLab does not tell; the API is at `api`.
    #[must_use]
    pub fn new(api: &str, project: &Project, id_of_job: Option<ProjectId>) -> Self {
        let id = match project.reference {
            ProjectRef::Id(id) => Some(id),
            ProjectRef::Path(_) => id_of_job,
        };
        let path = project.path.as_ref().map(|path| utf8_percent_encode(path, RESERVED).to_string());
        let package = project.path.as_deref().and_then(|path| path.rsplit('/').next());
        Self {
            api: api.trim_end_matches('/').to_owned(),
            id,
            names: id.map(|id| id.to_string()).into_iter().chain(path).collect(),
            package: package.filter(|name| is_package_name(name)).map(str::to_owned),
            stored: BTreeMap::new(),
        }
    }

    /// The package that files go to unless the manifest names one: the project's name, if it is known.
    #[must_use]
    pub fn default_package(&self) -> Option<&str> {
        self.package.as_deref()
    }

    /// Adds what has been read of some packages.
    pub fn add(&mut self, files: impl IntoIterator<Item = (PackagePlace, StoredFile)>) {
        for (place, file) in files {
            self.stored.entry(place).or_default().push(file);
        }
        self.stored.values_mut().for_each(|files| files.sort_by_key(|file| file.id));
    }

    /// The file that a download of `place` gets.
    #[must_use]
    pub fn newest(&self, place: &PackagePlace) -> Option<&StoredFile> {
        self.all(place).last()
    }

    /// All files of this name, the oldest first.
    #[must_use]
    pub fn all(&self, place: &PackagePlace) -> &[StoredFile] {
        self.stored.get(place).map_or(&[], Vec::as_slice)
    }

    /// The address at which GitLab has `place`, as its documentation has it: with the project's number, which stays when the
    /// project moves.
    #[must_use]
    pub fn url(&self, place: &PackagePlace) -> Option<String> {
        let Self { api, names, .. } = self;
        let mut url = format!("{api}/projects/{}/packages/generic", names.first()?);
        for segment in [&place.of.package, &place.of.version, &place.file_name] {
            // Writing to a `String` can't fail.
            let _ = write!(url, "/{}", utf8_percent_encode(segment, RESERVED));
        }
        Some(url)
    }

    /// What `url` leads to, if that is in this project's own registry.
    #[must_use]
    pub fn place_of(&self, url: &str) -> Option<PackagePlace> {
        let (project, place) = self.apart(url)?;
        self.names.iter().any(|name| name.eq_ignore_ascii_case(project)).then_some(place)
    }

    /// The same; but where the project's number is not known, any number could be its own.
    #[must_use]
    pub fn likely_place_of(&self, url: &str) -> Option<PackagePlace> {
        let (project, place) = self.apart(url)?;
        let may_be_its = self.id.is_none() && project.bytes().all(|byte| byte.is_ascii_digit());
        (may_be_its || self.place_of(url).is_some()).then_some(place)
    }

    /// What `url` may lead to in this project's own registry, however it is spelled: by another host's name or with a query,
    /// escaped or not, by any path, as GitLab leads on from those that the project had before, or by the number of the file.
    /// Only another project's number shows that it is another's. For what must not be deleted.
    #[must_use]
    pub fn may_lead_to(&self, url: &str) -> Option<LeadsTo> {
        let path = url.split(['?', '#']).next().unwrap_or_default();
        let path = percent_decode_str(path).decode_utf8_lossy();
        let parts: Vec<&str> = path.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
        if let [project @ .., "packages", "generic", package, version, file_name] = &*parts {
            let is_anothers = match project {
                [.., "api", "v4", "projects", number] => {
                    number.parse().is_ok_and(|number| self.id.is_some_and(|id| id != ProjectId(number)))
                }
                _ => !project.contains(&"projects"),
            };
            let of = PackageVersion { package: (*package).to_owned(), version: (*version).to_owned() };
            let place = PackagePlace { of, file_name: (*file_name).to_owned() };
            return (!is_anothers).then_some(LeadsTo::Place(place));
        }
        let number = |part: &str| part.parse().ok().map(PackageFileId);
        let of_file = parts.windows(2).find_map(|two| if two[0] == "package_files" { number(two[1]) } else { None });
        of_file.map(LeadsTo::File)
    }

    fn apart<'u>(&self, url: &'u str) -> Option<(&'u str, PackagePlace)> {
        let below = url.strip_prefix(&self.api).filter(|_| !self.api.is_empty())?.strip_prefix("/projects/")?;
        let (project, below) = below.split_once("/packages/generic/")?;
        let mut segments = below.split('/').map(|part| percent_decode_str(part).decode_utf8().ok());
        let mut next = || segments.next().flatten().map(String::from);
        let (package, version, file_name) = (next()?, next()?, next()?);
        let is_right = is_package_name(&package) && is_package_version(&version) && is_package_name(&file_name);
        let is_whole = below.split('/').count() == 3;
        let place = PackagePlace { of: PackageVersion { package, version }, file_name };
        (is_right && is_whole).then_some((project, place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(package: &str, version: &str, file_name: &str) -> PackagePlace {
        let of = PackageVersion { package: package.into(), version: version.into() };
        PackagePlace { of, file_name: file_name.into() }
    }

    fn project(reference: ProjectRef) -> Project {
        Project { path: Some("group/app".into()), ..Project::unread(reference) }
    }

    #[test]
    fn a_url_is_known_again_and_no_other_projects_is() {
        let packages = Packages::new("https://h/api/v4", &project(ProjectRef::Id(ProjectId(24))), None);
        let there = place("app", "v1.0+b", "app-1.tar.gz");
        let url = packages.url(&there).unwrap();
        assert_eq!(url, "https://h/api/v4/projects/24/packages/generic/app/v1.0%2Bb/app-1.tar.gz");
        assert_eq!(packages.place_of(&url), Some(there.clone()));
        let by_path = "https://h/api/v4/projects/group%2Fapp/packages/generic/app/v1.0+b/app-1.tar.gz";
        assert_eq!(packages.place_of(by_path), Some(there));
        for foreign in [
            "https://h/api/v4/projects/25/packages/generic/app/1/a.gz",
            "https://h.evil/api/v4/projects/24/packages/generic/app/1/a.gz",
            "https://h/api/v4/projects/24/packages/generic/app/1/a.gz/..",
            "https://h/api/v4/projects/24/packages/generic/app/../a.gz",
            "https://h/api/v4/projects/24/packages/generic/app/1",
            "https://h/api/v4/projects/24/packages/generic/app/1/a%2Fb",
            "https://h/api/v4/projects/24/packages/generic/app/1/a?x",
        ] {
            assert_eq!(packages.likely_place_of(foreign), None, "{foreign}");
        }
        assert_eq!(Packages::default().place_of("/projects//packages/generic/a/1/b"), None);
    }

    #[test]
    fn a_number_that_is_not_known_may_be_its_own_but_nothing_is_deleted_by_that() {
        let packages = Packages::new("https://h/api/v4", &project(ProjectRef::Path("group/app".into())), None);
        let url = "https://h/api/v4/projects/25/packages/generic/app/1/a.gz";
        assert_eq!((packages.place_of(url), packages.likely_place_of(url)), (None, Some(place("app", "1", "a.gz"))));
    }

    #[test]
    fn what_is_kept_is_known_however_it_is_spelled() {
        let packages = Packages::new("https://h/api/v4", &project(ProjectRef::Id(ProjectId(24))), None);
        let there = Some(LeadsTo::Place(place("app", "1", "a+b.gz")));
        for url in [
            "https://h/api/v4/projects/24/packages/generic/app/1/a+b.gz?inline=false",
            "http://H.example//api/v4/projects/24/packages/generic/app/1/a%2Bb.gz#top",
            "https://h/api/v4/projects/Group%2fapp/packages/generic/%61pp/1/a+b.gz",
            // It may have been called so.
            "https://h/api/v4/projects/old%2Fname/packages/generic/app/1/a+b.gz",
            "https://h/api/v4/projects/old/projects/25/packages/generic/app/1/a+b.gz",
            "https://h/api/v4/projects/024/packages/generic/app/1/a+b.gz",
        ] {
            assert_eq!(packages.may_lead_to(url), there, "{url}");
        }
        let by_number = packages.may_lead_to("https://h/group/app/-/package_files/7/download?x");
        assert_eq!(by_number, Some(LeadsTo::File(PackageFileId(7))));
        let misleading = "https://h/api/v4/projects/24/packages/generic/package_files/7/a+b.gz";
        let place = place("package_files", "7", "a+b.gz");
        assert_eq!(packages.may_lead_to(misleading), Some(LeadsTo::Place(place)));
        let mirror = "https://h/packages/generic/app/1/a";
        for other in ["https://h/api/v4/projects/124/packages/generic/app/1/a", mirror, "https://e.com/a", ""] {
            assert_eq!(packages.may_lead_to(other), None, "{other}");
        }
        let nameless = Packages::new("", &project(ProjectRef::Path("group/app".into())), None);
        assert!(nameless.may_lead_to("https://h/api/v4/projects/124/packages/generic/app/1/a").is_some());
    }

    #[test]
    fn versions_are_the_tags_as_far_as_gitlab_takes_them() {
        let made = |tag: &str| package_version(&TagName::from_git(tag));
        for (tag, version) in
            [("v1.2.0", "v1.2.0"), ("debian/2.4.0-1", "debian-2.4.0-1"), ("v1+b_2", "v1+b_2"), ("a/b-c/d", "a-b-c-d")]
        {
            assert_eq!(made(tag), version);
        }
        for (tag, start) in [("v1@2", "v1-2-"), ("v1=2", "v1-2-"), ("выпуск-1", "-------1-")] {
            let version = made(tag);
            assert!(is_package_version(&version) && version.starts_with(start), "{version}");
            assert_eq!(version.len(), start.len() + 8, "{version}");
        }
        assert_ne!(made("v1@2"), made("v1=2"));
        assert!(is_package_version(&package_version(&TagName::from_git("v".repeat(400)))));
    }
}
