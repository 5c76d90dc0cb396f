//! Git tags, as far as it matters whether they exist.

use crate::gitlab::error::Flaw;
use crate::gitlab::pages::{Page, Row};
use crate::gitlab::project::segment;
use crate::gitlab::request::Request;
use crate::gitlab::{Client, Error};
use crate::model::{ProjectRef, TagName};
use serde::Deserialize;

/// The key relsync reads of a tag.
#[derive(Deserialize)]
struct Wire {
    name: String,
}

impl Row for Wire {
    type Model = TagName;
    type Key = TagName;

    fn into_model(self) -> Result<TagName, Flaw> {
        Ok(TagName::from_git(self.name))
    }

    fn key(tag: &TagName) -> TagName {
        tag.clone()
    }
}

/// The beginning of a project's tags.
pub struct TagList {
    project: ProjectRef,
    first: Page<TagName>,
}

impl TagList {
    /// The first page's names.
    #[must_use]
    pub fn names(&self) -> &[TagName] {
        &self.first.rows
    }

    /// How many requests the rest takes, if GitLab says so.
    #[must_use]
    pub fn requests_left(&self) -> Option<usize> {
        match (&self.first.next, self.first.pages) {
            (None, _) => Some(0),
            (Some(_), pages) => pages.map(|pages| pages.saturating_sub(1)),
        }
    }
}

impl Client {
    /// The first page of a project's tags. None at all if the project has no repository.
    ///
    /// # Errors
    /// Any.
    pub async fn tags(&self, project: &ProjectRef) -> Result<TagList, Error> {
        match self.first_page::<Wire>(&all(project)).await {
            Ok(first) => Ok(TagList { project: project.clone(), first }),
            Err(error) if error.says_absent() => Ok(TagList { project: project.clone(), first: Page::empty() }),
            Err(error) => Err(error),
        }
    }

    /// All tags of the project that `list` is the beginning of.
    ///
    /// # Errors
    /// Any.
    pub async fn all_tags(&self, list: TagList) -> Result<Vec<TagName>, Error> {
        self.complete::<Wire>(&all(&list.project), list.first).await
    }

    /// Whether git has this tag.
    ///
    /// # Errors
    /// Any but [`Kind::NotFound`](crate::gitlab::Kind::NotFound) about the tag itself.
    pub async fn tag_exists(&self, project: &ProjectRef, tag: &TagName) -> Result<bool, Error> {
        let request = Request::get(&["projects", &segment(project), "repository", "tags", tag.as_str()]);
        match self.transport.send(&request).await {
            Ok(answer) => answer.json::<Wire>().map(|_| true),
            Err(error) if error.says_absent() => Ok(false),
            Err(error) => Err(error),
        }
    }
}

fn all(project: &ProjectRef) -> Request {
    Request::get(&["projects", &segment(project), "repository", "tags"])
}
