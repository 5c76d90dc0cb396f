//! Which files of a project's package registry its releases lead to: those are kept when others are deleted.
//!
//! The planner asks of what it has read, and apply of what is there by then: it has to be the same answer.

use super::{LeadsTo, PackageFileId, PackagePlace, Packages, Release, TagName};
use std::collections::BTreeMap;

/// The files that may be led to, each with a release that does.
#[derive(Debug, Clone, Default)]
pub struct LinkedFiles {
    by: BTreeMap<LeadsTo, TagName>,
}

impl LinkedFiles {
    /// What the links of the `staying` releases may lead to.
    #[must_use]
    pub fn new<'r>(packages: &Packages, staying: impl IntoIterator<Item = &'r Release>) -> Self {
        let links = staying.into_iter().flat_map(|release| {
            let urls = release.links.iter().map(|live| &*live.link.url);
            urls.map(|url| (&release.tag_name, url))
        });
        let mut linked = Self::default();
        linked.add(packages, links);
        linked
    }

    /// Adds links, each with its release and its url.
    pub fn add<'r>(&mut self, packages: &Packages, links: impl IntoIterator<Item = (&'r TagName, &'r str)>) {
        let to = |(tag, url): (&TagName, &str)| Some((packages.may_lead_to(url)?, tag.clone()));
        self.by.extend(links.into_iter().filter_map(to));
    }

    /// A release that may lead to `place`, or to one of the `files` there.
    #[must_use]
    pub fn by(&self, place: &PackagePlace, files: impl IntoIterator<Item = PackageFileId>) -> Option<&TagName> {
        let files = files.into_iter().find_map(|file| self.by.get(&LeadsTo::File(file)));
        files.or_else(|| self.by.get(&LeadsTo::Place(place.clone())))
    }
}
