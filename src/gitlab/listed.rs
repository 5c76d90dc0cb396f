//! Lists of releases for people: a project's or a group's, in an order, and no more of it than is wanted.
//!
//! A group's list is read in full (not `simple`): without a release's page nothing would tell whose it is.

use crate::gitlab::error::Flaw;
use crate::gitlab::pages::Row;
use crate::gitlab::project::segment;
use crate::gitlab::releases::Wire;
use crate::gitlab::request::Request;
use crate::gitlab::{Client, Error};
use crate::model::{Direction, GroupRef, ListedRelease, ListedReleases, ProjectRef, Release, ReleaseOrder};
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use url::Url;

/// A release of a list, as it comes.
#[derive(Deserialize)]
#[serde(transparent)]
struct RowOfProject(Wire);

/// The same, and whether its tag is hidden from who asks: in a group there may be projects where that is a Guest.
#[derive(Deserialize)]
#[serde(transparent)]
struct RowOfGroup(Wire);

/// What a group's row is told apart by: its page, its title and its tag, as far as there are any.
type Identity = [Option<String>; 3];

impl Row for RowOfProject {
    type Model = ListedRelease;
    type Key = String;

    fn into_model(self) -> Result<ListedRelease, Flaw> {
        let web_url = self.0.web_url().map(str::to_owned);
        let (_, release) = self.0.into_model()?;
        Ok(ListedRelease { release, web_url, project: None })
    }

    fn key(listed: &ListedRelease) -> String {
        listed.release.tag_name.to_string()
    }
}

impl Row for RowOfGroup {
    type Model = (Identity, Option<ListedRelease>);
    type Key = Identity;

    fn into_model(self) -> Result<Self::Model, Flaw> {
        let Self(wire) = self;
        let identity = [wire.web_url(), wire.name(), wire.tag_name()].map(|part| part.map(str::to_owned));
        let is_hidden = wire.tag_name().is_none();
        let listed = (!is_hidden).then(|| RowOfProject(wire).into_model()).transpose()?;
        Ok((identity, listed))
    }

    fn key((identity, _): &Self::Model) -> Identity {
        identity.clone()
    }
}

impl Client {
    /// A project's releases in this order: all, or the first `most`. Their milestones may be up to five minutes old.
    ///
    /// # Errors
    /// [`Kind::Changed`](crate::gitlab::Kind::Changed) if others keep writing while all are read.
    pub async fn list_releases(
        &self,
        project: &ProjectRef,
        order: ReleaseOrder,
        direction: Direction,
        most: Option<usize>,
    ) -> Result<ListedReleases, Error> {
        let order = match order {
            ReleaseOrder::ReleasedAt => "released_at",
            ReleaseOrder::CreatedAt => "created_at",
        };
        let request = of_project(project).query("order_by", order).query("sort", sort(direction));
        let (releases, more) = match most {
            None => (self.list::<RowOfProject>(&request).await?, false),
            Some(most) => self.beginning::<RowOfProject>(&request, most, |_| true).await?,
        };
        Ok(ListedReleases { releases, more, hidden: 0 })
    }

    /// The first releases of a project by `released_at`, the latest first, up to the first that `goes_on` denies.
    ///
    /// # Errors
    /// Any.
    pub async fn latest_releases(
        &self,
        project: &ProjectRef,
        goes_on: impl Fn(&Release) -> bool,
    ) -> Result<ListedReleases, Error> {
        let request = of_project(project).query("order_by", "released_at").query("sort", "desc");
        let (releases, more) =
            self.beginning::<RowOfProject>(&request, usize::MAX, |row| goes_on(&row.release)).await?;
        Ok(ListedReleases { releases, more, hidden: 0 })
    }

    /// The releases of all projects in a group and below it, by `released_at`: all, or the first `most`.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::gitlab::Kind::NotFound) also if the token does not let the group be seen.
    pub async fn list_releases_of_group(
        &self,
        group: &GroupRef,
        direction: Direction,
        most: Option<usize>,
    ) -> Result<ListedReleases, Error> {
        let request = of_group(group).query("sort", sort(direction));
        let (rows, more) = match most {
            None => (self.list::<RowOfGroup>(&request).await?, false),
            Some(most) => self.beginning::<RowOfGroup>(&request, most, |_| true).await?,
        };
        Ok(self.of_group(rows, more))
    }

    /// The same, the latest first, up to the first that `goes_on` denies.
    ///
    /// # Errors
    /// [`Kind::NotFound`](crate::gitlab::Kind::NotFound) also if the token does not let the group be seen.
    pub async fn latest_releases_of_group(
        &self,
        group: &GroupRef,
        goes_on: impl Fn(&Release) -> bool,
    ) -> Result<ListedReleases, Error> {
        let request = of_group(group).query("sort", "desc");
        // What is hidden has dates, too, but nobody is shown it: it ends nothing.
        let goes_on = |(_, listed): &(Identity, Option<ListedRelease>)| {
            listed.as_ref().is_none_or(|listed| goes_on(&listed.release))
        };
        let (rows, more) = self.beginning::<RowOfGroup>(&request, usize::MAX, goes_on).await?;
        Ok(self.of_group(rows, more))
    }

    fn of_group(&self, rows: Vec<(Identity, Option<ListedRelease>)>, more: bool) -> ListedReleases {
        let all = rows.len();
        let releases: Vec<_> = rows
            .into_iter()
            .filter_map(|(_, listed)| {
                let listed = listed?;
                let project = listed.web_url.as_deref().and_then(|page| project_of(page, self.url()));
                Some(ListedRelease { project, ..listed })
            })
            .collect();
        ListedReleases { hidden: all - releases.len(), releases, more }
    }
}

fn of_project(project: &ProjectRef) -> Request {
    Request::get(&["projects", &segment(project), "releases"])
}

fn of_group(group: &GroupRef) -> Request {
    Request::get(&["groups", &group.0, "releases"])
}

fn sort(direction: Direction) -> &'static str {
    match direction {
        Direction::Ascending => "asc",
        Direction::Descending => "desc",
    }
}

/// The project's path in `<GitLab>/<path>/-/releases/<tag>`. Behind a proxy GitLab may have another address than the one
/// that is asked; the prefix it lives under is taken off where it is there.
fn project_of(page: &str, gitlab: &Url) -> Option<String> {
    let page = Url::parse(page).ok()?;
    let (path, _) = page.path().split_once("/-/releases/")?;
    let prefix = gitlab.path().trim_end_matches('/');
    let path = path.strip_prefix(prefix).filter(|rest| rest.starts_with('/')).unwrap_or(path);
    let path = percent_decode_str(path.trim_start_matches('/')).decode_utf8().ok()?;
    (!path.is_empty()).then(|| path.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_project_is_read_from_its_page() {
        for (page, gitlab, project) in [
            ("https://h/g/app/-/releases/v1", "https://h", Some("g/app")),
            ("https://h/gitlab/g/app/-/releases/v1", "https://h/gitlab", Some("g/app")),
            ("http://inner:80/g/sub/app/-/releases/debian%2F1", "https://h/gitlab/", Some("g/sub/app")),
            ("https://h/gitlab-org/app/-/releases/v1", "https://h/gitlab", Some("gitlab-org/app")),
            ("https://h/-/releases/v1", "https://h", None),
            ("https://h/g/app", "https://h", None),
            ("no url", "https://h", None),
        ] {
            assert_eq!(project_of(page, &gitlab.parse().unwrap()).as_deref(), project, "{page}");
        }
    }
}
