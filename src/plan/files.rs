//! The files that releases bring along: which have to be uploaded, the links that they come to, and which go with a release
//! that is deleted.

use super::diff::{ReleaseChange, ReleaseWrite};
use super::links::LinkWrite;
use super::notes::KeptFile;
use super::step::{PresentFile, Removal, Upload};
use crate::model::{
    Current, Desired, DesiredFile, DesiredFiles, DesiredLink, DesiredRelease, LeadsTo, Link, LinkPlaces, LinkedFiles,
    LiveLink, PackagePlace, PackageVersion, Packages, PathWish, Release, TagName, package_version,
};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// `desired` with the links that its files come to, so that all else is the matter of links.
pub(super) fn with_links<'d>(desired: &'d Desired, current: &Current) -> Cow<'d, Desired> {
    if desired.releases.iter().all(|wish| wish.files.is_none()) {
        return Cow::Borrowed(desired);
    }
    let mut desired = desired.clone();
    for wish in desired.releases.iter_mut().filter(|wish| wish.files.is_some()) {
        let live = current.releases.get(&wish.tag_name).map_or(&[][..], |live| &live.links);
        wish.links = links(wish, live, &current.packages);
    }
    Cow::Owned(desired)
}

/// All links that a release with files is to have. What `live` has of the packages that its files go to, in its version, is the
/// files' matter, and what else it has stays, if the entry says nothing of links.
fn links(wish: &DesiredRelease, live: &[LiveLink], packages: &Packages) -> Option<Vec<DesiredLink>> {
    let version = package_version(&wish.tag_name);
    let is_of_files = |PackagePlace { of, .. }: PackagePlace| {
        let is_its = |name: &Option<String>| name.as_deref().or(packages.default_package()) == Some(&*of.package);
        of.version == version && wish.packages.iter().any(is_its)
    };
    let Some(files) = files(wish, packages) else {
        // Whatever the files are, their links stay.
        let said = wish.links.as_ref()?;
        let may_be_own = |live: &&LiveLink| packages.likely_place_of(&live.link.url).is_some_and(is_of_files);
        let kept = live.iter().filter(may_be_own).map(|live| as_it_is(&live.link));
        return Some(
            said.iter().cloned().chain(kept.filter(|kept| said.iter().all(|said| are_apart(said, kept)))).collect(),
        );
    };
    let mut links: Vec<DesiredLink> =
        files.into_iter().map(|(file, place)| link(file, &place, live, packages)).collect();
    if let Some(said) = &wish.links {
        links.splice(..0, said.iter().cloned());
    } else {
        // What is not surely the project's own is not taken off.
        let is_own = |live: &LiveLink| packages.place_of(&live.link.url).is_some_and(is_of_files);
        let others = live.iter().filter(|live| !is_own(live)).map(|live| as_it_is(&live.link));
        let others: Vec<_> = others.filter(|other| links.iter().all(|link| are_apart(link, other))).collect();
        links.extend(others);
    }
    Some(links)
}

/// A release's files, each with its place, if all about them is known.
fn files<'w>(wish: &'w DesiredRelease, packages: &Packages) -> Option<Vec<(&'w DesiredFile, PackagePlace)>> {
    let Some(DesiredFiles::Found(files)) = &wish.files else { return None };
    let known = files.iter().map(|file| {
        let place = place(file, packages.default_package())?;
        (file.sha256.is_some() && packages.url(&place).is_some()).then_some((file, place))
    });
    known.collect()
}

/// Whether a release has files of which it is not known what their links are to be.
pub(super) fn are_unknown(wish: &DesiredRelease, packages: &Packages) -> bool {
    wish.files.is_some() && files(wish, packages).is_none()
}

/// Where a file goes.
fn place(file: &DesiredFile, default_package: Option<&str>) -> Option<PackagePlace> {
    let package = file.package.as_deref().or(default_package)?.to_owned();
    let of = PackageVersion { package, version: file.version.clone() };
    Some(PackagePlace { of, file_name: file.file_name.clone() })
}

/// A link that leads there in another spelling keeps it.
fn link(file: &DesiredFile, place: &PackagePlace, live: &[LiveLink], packages: &Packages) -> DesiredLink {
    let leads_there = |live: &&LiveLink| packages.likely_place_of(&live.link.url).is_some_and(|found| found == *place);
    let known = live.iter().find(leads_there).map(|live| live.link.url.clone());
    DesiredLink {
        name: file.name.clone(),
        url: known.or_else(|| packages.url(place)).unwrap_or_default(),
        direct_asset_path: file.direct_asset_path.clone(),
        link_type: file.link_type,
        places: file.places,
    }
}

fn as_it_is(Link { name, url, direct_asset_path, link_type }: &Link) -> DesiredLink {
    DesiredLink {
        name: name.clone(),
        url: url.clone(),
        direct_asset_path: Some(direct_asset_path.clone().map_or(PathWish::None, PathWish::At)),
        link_type: Some(*link_type),
        places: LinkPlaces::default(),
    }
}

/// Whether both can be links of one release.
fn are_apart(one: &DesiredLink, other: &DesiredLink) -> bool {
    one.name != other.name && one.url != other.url && (one.path().is_none() || one.path() != other.path())
}

/// The packages that have to be read for a plan of `desired`.
#[must_use]
pub fn wanted_packages(desired: &Desired, packages: &Packages) -> BTreeSet<PackageVersion> {
    let files = desired.releases.iter().filter_map(|wish| files(wish, packages)).flatten();
    files.map(|(_, place)| place.of).collect()
}

/// The first release with files that go to no known package, as neither the manifest nor GitLab names one.
#[must_use]
pub fn without_package<'d>(desired: &'d Desired, packages: &Packages) -> Option<&'d TagName> {
    let lacks_one = |wish: &&DesiredRelease| match &wish.files {
        Some(DesiredFiles::Found(files)) => files.iter().any(|file| place(file, packages.default_package()).is_none()),
        Some(DesiredFiles::NotFound) | None => false,
    };
    desired.releases.iter().find(lacks_one).map(|wish| &wish.tag_name)
}

/// What has to be uploaded: what GitLab does not have, or has otherwise.
pub(super) fn uploads(wish: &DesiredRelease, is_new: bool, packages: &Packages) -> Vec<(Upload, LinkPlaces)> {
    let missing = files(wish, packages).into_iter().flatten().filter_map(|(file, place)| {
        let sha256 = file.sha256?;
        let before = packages.newest(&place).copied();
        let upload = Upload {
            tag_name: wish.tag_name.clone(),
            is_new,
            source: file.source.clone(),
            size: file.size,
            sha256,
            before: before.map(|stored| (stored.size, stored.sha256)),
            place,
        };
        (before.and_then(|stored| stored.sha256) != Some(sha256)).then_some((upload, file.places))
    });
    missing.collect()
}

/// What GitLab has already of the files of a release that is made, or that is to lead to other ones than before.
pub(super) fn present(change: &ReleaseChange<'_>, packages: &Packages) -> Vec<PresentFile> {
    let ReleaseChange { wish, uploads, write, milestones: _, timing: _, has_tag: _, collect: _ } = change;
    let files = files(wish, packages).unwrap_or_default();
    let leads_to_one = |url: &str| {
        let place = packages.likely_place_of(url);
        files.iter().any(|(_, of_file)| Some(of_file) == place.as_ref())
    };
    let is_led_to = match write {
        ReleaseWrite::Create(_) => true,
        ReleaseWrite::Update { links, .. } => links.iter().any(|link| match &link.write {
            LinkWrite::Create(to) | LinkWrite::Update { to, .. } => leads_to_one(&to.url),
            LinkWrite::Delete(_) => false,
        }),
    };
    if !is_led_to && uploads.is_empty() {
        return Vec::new();
    }
    let present = files.into_iter().filter_map(|(file, place)| {
        let sha256 = file.sha256.filter(|_| uploads.iter().all(|(upload, _)| upload.place != place))?;
        let (tag_name, source) = (wish.tag_name.clone(), file.source.clone());
        Some(PresentFile { tag_name, place, source, size: file.size, sha256 })
    });
    present.collect()
}

/// What a release that is deleted leads to in the project's own registry.
#[must_use]
pub fn places_of(release: &Release, packages: &Packages) -> BTreeSet<PackagePlace> {
    release.links.iter().filter_map(|live| packages.place_of(&live.link.url)).collect()
}

/// What becomes of the files that deleted releases lead to, where the packages' files are to go, too.
#[derive(Default)]
pub(super) struct Removals {
    /// Those that go, each under the last release that leads to it.
    pub(super) by_release: BTreeMap<TagName, Vec<WaitingRemoval>>,
    /// Those that stay, as others link to them.
    pub(super) kept: Vec<KeptFile>,
}

/// A file that goes once nothing leads to it any more.
pub(super) struct WaitingRemoval {
    pub(super) removal: Removal,
    /// All releases that lead to it, each of which has to go first.
    pub(super) after: Vec<TagName>,
}

impl Removals {
    /// The files that go with the `deletes`: those that their links lead to, and no link of another release.
    pub(super) fn new(deletes: &[&Arc<Release>], desired: &Desired, current: &Current) -> Self {
        let mut removals = Self::default();
        if !desired.policy.delete_packages {
            return removals;
        }
        let packages = &current.packages;
        let gone: BTreeSet<&TagName> = deletes.iter().map(|release| &release.tag_name).collect();
        let staying = current.releases.values().filter(|release| !gone.contains(&release.tag_name));
        let mut linked = LinkedFiles::new(packages, staying.map(|release| &**release));
        let wished = desired.releases.iter().map(|wish| (&wish.tag_name, wish.links.iter().flatten()));
        linked.add(packages, wished.flat_map(|(tag, links)| links.map(move |link| (tag, &*link.url))));
        let mut leading: BTreeMap<LeadsTo, BTreeSet<usize>> = BTreeMap::new();
        for (nth, release) in deletes.iter().enumerate() {
            for to in release.links.iter().filter_map(|live| packages.may_lead_to(&live.link.url)) {
                leading.entry(to).or_default().insert(nth);
            }
        }
        let mut seen = BTreeSet::new();
        for place in deletes.iter().flat_map(|release| places_of(release, packages)) {
            let stored = packages.all(&place);
            // Once for all: several of the releases may lead there.
            if stored.is_empty() || !seen.insert(place.clone()) {
                continue;
            }
            let numbers = || stored.iter().map(|stored| stored.id);
            if let Some(by) = linked.by(&place, numbers()) {
                removals.kept.push(KeptFile { by: by.clone(), place });
                continue;
            }
            let ways = numbers().map(LeadsTo::File).chain([LeadsTo::Place(place.clone())]);
            let after: BTreeSet<usize> = ways.filter_map(|way| leading.get(&way)).flatten().copied().collect();
            let after: Vec<TagName> = after.into_iter().map(|nth| deletes[nth].tag_name.clone()).collect();
            let Some(tag_name) = after.last() else { continue };
            let of = removals.by_release.entry(tag_name.clone()).or_default();
            of.extend(stored.iter().map(|stored| WaitingRemoval {
                removal: Removal {
                    tag_name: tag_name.clone(),
                    place: place.clone(),
                    package: stored.package,
                    file: stored.id,
                    size: stored.size,
                },
                after: after.clone(),
            }));
        }
        removals
    }
}
