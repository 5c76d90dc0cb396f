//! Git tags: whether they exist and are protected, and making one for a release that lost its own.

use crate::gitlab::answer::Answer;
use crate::gitlab::error::Flaw;
use crate::gitlab::pages::{PER_PAGE, Page, Row};
use crate::gitlab::project::segment;
use crate::gitlab::request::Request;
use crate::gitlab::{Client, Error, Tries};
use crate::model::{NewTag, ProjectRef, Tag, TagName};
use reqwest::Method;
use serde::Deserialize;
use serde_json::json;

/// The keys relsync reads of a tag.
#[derive(Deserialize)]
struct Wire {
    name: String,
    /// Older servers don't say.
    #[serde(default)]
    protected: bool,
}

impl Row for Wire {
    type Model = Tag;
    type Key = TagName;

    fn into_model(self) -> Result<Tag, Flaw> {
        Ok(Tag { name: TagName::from_git(self.name), is_protected: self.protected })
    }

    fn key(tag: &Tag) -> TagName {
        tag.name.clone()
    }
}

/// The beginning of a project's tags.
pub struct TagList {
    project: ProjectRef,
    first: Page<Tag>,
}

impl TagList {
    /// How many tags a page holds.
    pub const PAGE: usize = PER_PAGE;

    /// The first page's tags.
    #[must_use]
    pub fn tags(&self) -> &[Tag] {
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
    pub async fn all_tags(&self, list: TagList) -> Result<Vec<Tag>, Error> {
        self.complete::<Wire>(&all(&list.project), list.first).await
    }

    /// The tags that come after `last` in GitLab's order, at most a page of them: none, or fewer than [`TagList::PAGE`], if
    /// those were all. For lists that are too long for GitLab to count, or to be read by page numbers.
    ///
    /// # Errors
    /// [`Kind::Invalid`](crate::gitlab::Kind::Invalid) if `last` is no tag any more.
    pub async fn tags_after(&self, project: &ProjectRef, last: &TagName) -> Result<Vec<Tag>, Error> {
        let request = all(project).query("pagination", "keyset").query("per_page", TagList::PAGE);
        let answer = self.transport.send(&request.query("page_token", last.as_str())).await?;
        let rows = answer.json::<Vec<Wire>>()?.into_iter().map(Wire::into_model).collect::<Result<_, _>>();
        rows.map_err(|flaw| answer.flaw(&flaw))
    }

    /// One tag, if git has it.
    ///
    /// # Errors
    /// Any but [`Kind::NotFound`](crate::gitlab::Kind::NotFound) about the tag itself.
    pub async fn tag(&self, project: &ProjectRef, tag: &TagName) -> Result<Option<Tag>, Error> {
        let request = Request::get(&["projects", &segment(project), "repository", "tags", tag.as_str()]);
        match self.transport.send(&request).await {
            Ok(answer) => read(&answer).map(Some),
            Err(error) if error.says_absent() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Makes a tag.
    ///
    /// # Errors
    /// Any; a job token can't do this.
    pub async fn create_tag(&self, project: &ProjectRef, new: &NewTag, tries: &mut Tries) -> Result<Tag, Error> {
        let NewTag { name, git_ref, message } = new;
        let mut body = json!({ "tag_name": name.as_str(), "ref": git_ref });
        if let Some(message) = message {
            body["message"] = message.as_str().into();
        }
        let request = Request::new(Method::POST, &tags(&segment(project))).json(body);
        read(&self.transport.send_within(&request, tries).await?)
    }
}

fn tags(project: &str) -> [&str; 4] {
    ["projects", project, "repository", "tags"]
}

fn all(project: &ProjectRef) -> Request {
    Request::get(&tags(&segment(project)))
}

fn read(answer: &Answer<'_>) -> Result<Tag, Error> {
    answer.json::<Wire>()?.into_model().map_err(|flaw| answer.flaw(&flaw))
}
