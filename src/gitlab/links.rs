//! Asset links.

use crate::gitlab::answer::Answer;
use crate::gitlab::error::Flaw;
use crate::gitlab::pages::{Page, Row};
use crate::gitlab::project::segment;
use crate::gitlab::request::Request;
use crate::gitlab::{Client, Error, Tries};
use crate::model::{AssetPath, Link, LinkId, LinkType, LiveLink, ProjectRef, TagName};
use percent_encoding::percent_decode_str;
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

/// The keys relsync reads of a link, here and inside a release.
#[derive(Deserialize)]
pub(super) struct Wire {
    id: u64,
    name: String,
    url: String,
    /// Older servers send neither this nor a type.
    direct_asset_url: Option<String>,
    link_type: Option<String>,
}

/// In a list of links, which does not say whose they are.
impl Row for Wire {
    type Model = Self;
    type Key = u64;

    fn into_model(self) -> Result<Self, Flaw> {
        Ok(self)
    }

    fn key(wire: &Self) -> u64 {
        wire.id
    }
}

impl Wire {
    pub(super) fn of(self, tag: &TagName) -> Result<LiveLink, Flaw> {
        let Self { id, name, url, direct_asset_url, link_type } = self;
        let link_type = match link_type.as_deref() {
            None => LinkType::default(),
            // Not taken for `other`: the next update of the link would make it that.
            Some(word) => LinkType::from_word(word)
                .ok_or_else(|| Flaw::strange(format!("a link_type this relsync does not know: {word}")))?,
        };
        let direct_asset_path = direct_asset_url.filter(|direct| *direct != url).and_then(|d| asset_path(&d, tag));
        Ok(LiveLink { id: LinkId(id), link: Link { name, url, direct_asset_path, link_type } })
    }
}

/// The path in `<web_url>/-/releases/<tag>/downloads<path>`.
///
/// GitLab does not return the path that was set, only this. The project's own address in front is not compared: behind
/// a proxy it may be another than the one we know, and before `/-/` there is nothing else it could be.
fn asset_path(direct_asset_url: &str, tag: &TagName) -> Option<AssetPath> {
    let path = direct_asset_url.split(['?', '#']).next()?;
    let (_, after) = path.split_once("/-/releases/")?;
    let after = percent_decode_str(after).decode_utf8().ok()?;
    let path = after.strip_prefix(tag.as_str())?.strip_prefix("/downloads")?;
    path.starts_with('/').then(|| AssetPath::from_gitlab(path))
}

/// A link as it is made.
pub(super) fn new_body(link: &Link) -> Value {
    let mut body = body(link);
    if link.direct_asset_path.is_none()
        && let Some(fields) = body.as_object_mut()
    {
        fields.remove("direct_asset_path");
    }
    body
}

/// A link as it is changed: `null` is what clears a path, and a type left out would become `other`.
fn body(link: &Link) -> Value {
    let Link { name, url, direct_asset_path, link_type } = link;
    json!({
        "name": name,
        "url": url,
        "direct_asset_path": direct_asset_path.as_ref().map(AssetPath::as_str),
        "link_type": link_type.as_str(),
    })
}

impl Client {
    /// Adds a link to a release.
    ///
    /// # Errors
    /// [`Kind::Invalid`](crate::gitlab::Kind::Invalid) if another link of the release has its name, url or path.
    pub async fn create_link(
        &self,
        project: &ProjectRef,
        tag: &TagName,
        link: &Link,
        tries: &mut Tries,
    ) -> Result<LiveLink, Error> {
        let request = Request::new(Method::POST, &links(&segment(project), tag)).json(new_body(link));
        read(&self.transport.send_within(&request, tries).await?, tag)
    }

    /// The links of a release as they are now; none if there is no such release.
    ///
    /// # Errors
    /// Any but [`Kind::NotFound`](crate::gitlab::Kind::NotFound) about the release itself.
    pub async fn links(&self, project: &ProjectRef, tag: &TagName) -> Result<Vec<LiveLink>, Error> {
        let request = Request::get(&links(&segment(project), tag));
        let first = match self.first_page::<Wire>(&request).await {
            Ok(first) => first,
            Err(error) if error.says_absent() => Page::empty(),
            Err(error) => return Err(error),
        };
        let rows = self.complete::<Wire>(&request, first).await?;
        let read = |wire: Wire| wire.of(tag);
        rows.into_iter()
            .map(read)
            .collect::<Result<_, _>>()
            .map_err(|flaw| self.transport.failed(&request, flaw.kind, &flaw.message))
    }

    /// One link of a release as it is now, if it is there.
    ///
    /// # Errors
    /// Any but [`Kind::NotFound`](crate::gitlab::Kind::NotFound) about the link or its release.
    pub async fn link(&self, project: &ProjectRef, tag: &TagName, id: LinkId) -> Result<Option<LiveLink>, Error> {
        match self.transport.send(&one(Method::GET, project, tag, id)).await {
            Ok(answer) => read(&answer, tag).map(Some),
            Err(error) if error.says_absent() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Makes a link what `link` says, all of it.
    ///
    /// # Errors
    /// [`Kind::Invalid`](crate::gitlab::Kind::Invalid) if another link of the release has its name, url or path.
    pub async fn update_link(
        &self,
        project: &ProjectRef,
        tag: &TagName,
        id: LinkId,
        link: &Link,
        tries: &mut Tries,
    ) -> Result<LiveLink, Error> {
        let request = one(Method::PUT, project, tag, id).json(body(link));
        read(&self.transport.send_within(&request, tries).await?, tag)
    }

    /// Removes a link from a release. GitLab answers the link that was, and nothing else is taken for its yes.
    ///
    /// # Errors
    /// Any.
    pub async fn delete_link(
        &self,
        project: &ProjectRef,
        tag: &TagName,
        id: LinkId,
        tries: &mut Tries,
    ) -> Result<(), Error> {
        let answer = self.transport.send_within(&one(Method::DELETE, project, tag, id), tries).await?;
        if answer.is_empty() { Ok(()) } else { read(&answer, tag).map(drop) }
    }
}

fn links<'a>(project: &'a str, tag: &'a TagName) -> [&'a str; 6] {
    ["projects", project, "releases", tag.as_str(), "assets", "links"]
}

fn one(method: Method, project: &ProjectRef, tag: &TagName, id: LinkId) -> Request {
    let (project, id) = (segment(project), id.0.to_string());
    Request::new(method, &[&links(&project, tag)[..], &[&id]].concat())
}

fn read(answer: &Answer<'_>, tag: &TagName) -> Result<LiveLink, Error> {
    answer.json::<Wire>()?.of(tag).map_err(|flaw| answer.flaw(&flaw))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_is_read_back_from_the_direct_url() {
        for (url, tag, path) in [
            ("https://h/g/app/-/releases/v1/downloads/bin/a", "v1", Some("/bin/a")),
            ("http://inner:8080/gitlab/g/app/-/releases/v1/downloads/bin/a", "v1", Some("/bin/a")),
            ("https://h/g/app/-/releases/debian%2F2.4.0-1/downloads/a.deb", "debian/2.4.0-1", Some("/a.deb")),
            ("https://h/g/app/-/releases/debian/2.4.0-1/downloads/a.deb", "debian/2.4.0-1", Some("/a.deb")),
            ("https://h/a/-/releases/%D0%B2%2B%25/downloads/downloads/x", "в+%", Some("/downloads/x")),
            ("https://h/g/app/-/releases/v10/downloads/bin/a", "v1", None),
            ("https://h/g/app/-/releases/v1/downloads", "v1", None),
            ("https://elsewhere/x", "v1", None),
            ("https://elsewhere/x?from=/-/releases/v1/downloads/a", "v1", None),
            ("no url", "v1", None),
        ] {
            let read = asset_path(url, &TagName::from_git(tag));
            assert_eq!(read.as_ref().map(AssetPath::as_str), path, "{url}");
        }
    }

    #[test]
    fn a_link_to_some_downloads_page_has_no_path_of_its_own() {
        let url = "https://h/g/app/-/releases/v1/downloads/bin/a";
        let wire =
            Wire { id: 1, name: "a".into(), url: url.into(), direct_asset_url: Some(url.into()), link_type: None };
        let live = wire.of(&TagName::from_git("v1")).ok().unwrap();
        assert_eq!((live.link.direct_asset_path, live.link.link_type), (None, LinkType::Other));
    }
}
