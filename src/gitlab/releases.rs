//! Releases.

use crate::gitlab::ahead::{self, Reading};
use crate::gitlab::answer::Answer;
use crate::gitlab::error::Flaw;
use crate::gitlab::links;
use crate::gitlab::pages::Row;
use crate::gitlab::project::segment;
use crate::gitlab::request::Request;
use crate::gitlab::retry::may_repeat;
use crate::gitlab::{Client, Error, Kind, Permalink, Tries};
use crate::model::{
    Description, Evidence, MilestoneId, Moment, NewRelease, ProjectRef, Release, ReleasePatch, ShownRelease,
    SourceArchive, TagName,
};
use jiff::Timestamp;
use reqwest::Method;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

/// What was read ahead longer ago is read again: a plan shows what there is now.
const FRESH: Duration = Duration::from_secs(10);

/// A moved project, the permalink and one to spare.
const MOST_HOPS: usize = 3;

/// The keys relsync reads of a release.
#[derive(Deserialize)]
pub(super) struct Wire {
    /// Not for Guests.
    tag_name: Option<String>,
    name: Option<String>,
    description: Option<String>,
    created_at: Timestamp,
    released_at: Timestamp,
    /// Absent if there is none.
    #[serde(default)]
    milestones: Vec<MilestoneTitle>,
    #[serde(default)]
    assets: Assets,
    /// Absent where the tier has none of it, and for who may not read code.
    #[serde(default)]
    evidences: Vec<IgnoredAny>,
    #[serde(rename = "_links", default)]
    pages: Pages,
}

#[derive(Deserialize, Default)]
struct Pages {
    /// The release's own, which is below its project's.
    #[serde(rename = "self")]
    own: Option<String>,
}

/// The keys beside those.
#[derive(Deserialize)]
struct Beside {
    #[serde(default)]
    evidences: Vec<WireEvidence>,
    #[serde(default)]
    assets: Sources,
    #[serde(default, rename = "_links")]
    pages: Pages,
}

#[derive(Deserialize, Default)]
struct Sources {
    #[serde(default)]
    sources: Vec<WireSource>,
}

#[derive(Deserialize)]
struct WireEvidence {
    sha: String,
    filepath: String,
    collected_at: Timestamp,
}

#[derive(Deserialize)]
struct WireSource {
    format: String,
    url: String,
}

#[derive(Deserialize)]
struct MilestoneTitle {
    title: String,
}

#[derive(Deserialize, Default)]
struct Assets {
    #[serde(default)]
    links: Vec<links::Wire>,
}

/// What comes before a release's tag in its page's address, and after its project's.
const BELOW_PROJECT: &str = "/-/releases/";

impl Wire {
    /// Its tag, if who asks may know it.
    pub(super) fn tag_name(&self) -> Option<&str> {
        self.tag_name.as_deref()
    }

    /// Its title; for who may not know its tag, one that tells its id.
    pub(super) fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Its page.
    pub(super) fn web_url(&self) -> Option<&str> {
        self.pages.own.as_deref()
    }
}

impl Row for Wire {
    /// With the project's page, as far as the release's own tells it.
    type Model = (Option<String>, Release);
    type Key = TagName;

    fn into_model(self) -> Result<Self::Model, Flaw> {
        let Self { tag_name, name, description, created_at, released_at, milestones, assets, evidences, pages } = self;
        let project = pages.own.as_deref().and_then(|own| own.split_once(BELOW_PROJECT));
        let project = project.map(|(project, _)| project.to_owned());
        let tag_name = TagName::from_git(tag_name.ok_or(Flaw {
            kind: Kind::Forbidden,
            message: "a release without its tag_name, which is what a Guest gets to see".to_owned(),
            help: Some("give the token's user the role Reporter (to change releases: Developer) in the project"),
        })?);
        let release = Release {
            name: name.unwrap_or_else(|| tag_name.to_string()),
            description: Description::new(&description.unwrap_or_default()),
            released_at: Moment::new(released_at),
            created_at: Moment::new(created_at),
            milestones: milestones.into_iter().map(|m| m.title).collect(),
            has_evidence: !evidences.is_empty(),
            links: assets.links.into_iter().map(|link| link.of(&tag_name)).collect::<Result<_, _>>()?,
            tag_name,
        };
        Ok((project, release))
    }

    fn key((_, release): &Self::Model) -> TagName {
        release.tag_name.clone()
    }
}

impl Client {
    /// All of a project's releases, latest first. Their milestones may be up to five minutes old: GitLab caches the list.
    ///
    /// # Errors
    /// [`Kind::Changed`] if others keep writing meanwhile.
    pub async fn releases(&self, project: &ProjectRef) -> Result<Vec<Release>, Error> {
        self.read_releases(project).await.map(|(releases, _)| releases)
    }

    /// The same, and the project's page if the releases tell it: so much is known without asking for the project. What has
    /// been read [ahead](Self::read_ahead) just now is not asked for again, unless it failed in a way that may pass.
    ///
    /// # Errors
    /// [`Kind::Changed`] if others keep writing meanwhile.
    pub async fn releases_and_page(&self, project: &ProjectRef) -> Result<(Vec<Release>, Option<String>), Error> {
        if let Some(reading) = self.ahead.take(project) {
            if let Some((read, then)) = reading.end().await
                && then.elapsed() < FRESH
                && !read.as_ref().is_err_and(|error| may_repeat(&list(project), error))
            {
                return read;
            }
            self.transport.count_anew();
        }
        self.read_releases(project).await
    }

    /// Begins to read all releases of `project`, for who will ask for them in a moment. As nobody waits for it, it waits for
    /// nothing either.
    pub fn read_ahead(&self, project: &ProjectRef) {
        let (client, of) = (self.impatient(), project.clone());
        self.ahead.put(project, Reading::begin(async move { client.read_releases(&of).await }));
    }

    async fn read_releases(&self, project: &ProjectRef) -> ahead::Releases {
        let rows = self.list::<Wire>(&list(project)).await?;
        let page = rows.first().and_then(|(page, _)| page.clone());
        Ok((rows.into_iter().map(|(_, release)| release).collect(), page))
    }

    /// One release as it is now, if there is one for this tag.
    ///
    /// # Errors
    /// Any but [`Kind::NotFound`] about the release itself.
    pub async fn release(&self, project: &ProjectRef, tag: &TagName) -> Result<Option<Release>, Error> {
        match self.transport.send(&one(Method::GET, project, tag)).await {
            Ok(answer) => read(&answer).map(Some),
            Err(error) if error.says_absent() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Makes a release, its links and, with `git_ref`, its tag. Its milestones go by `milestone_ids` if they are given:
    /// GitLab takes a title apart at its commas.
    ///
    /// # Errors
    /// [`Kind::Conflict`] if there is one for this tag.
    pub async fn create_release(
        &self,
        project: &ProjectRef,
        new: &NewRelease,
        milestone_ids: Option<&[MilestoneId]>,
        tries: &mut Tries,
    ) -> Result<Release, Error> {
        let NewRelease { tag_name, name, description, released_at, git_ref, tag_message, milestones, links } = new;
        let request = Request::new(Method::POST, &["projects", &segment(project), "releases"]);
        let mut body = fields(name.as_deref(), description.as_ref(), *released_at);
        body.insert("tag_name".into(), tag_name.as_str().into());
        if let Some(git_ref) = git_ref {
            body.insert("ref".into(), git_ref.as_str().into());
        }
        if let Some(message) = tag_message {
            body.insert("tag_message".into(), message.as_str().into());
        }
        if !milestones.is_empty() {
            body.extend([milestones_entry(milestones, milestone_ids)]);
        }
        if !links.is_empty() {
            let links: Vec<Value> = links.iter().map(links::new_body).collect();
            body.insert("assets".into(), json!({ "links": links }));
        }
        read(&self.transport.send_within(&request.json(body.into()), tries).await?)
    }

    /// Changes a release's own fields. Its milestones go by `milestone_ids` if they are given.
    ///
    /// # Errors
    /// [`Kind::Forbidden`] also if there is no such release.
    pub async fn update_release(
        &self,
        project: &ProjectRef,
        tag: &TagName,
        patch: &ReleasePatch,
        milestone_ids: Option<&[MilestoneId]>,
        tries: &mut Tries,
    ) -> Result<Release, Error> {
        let ReleasePatch { name, description, released_at, milestones } = patch;
        let request = one(Method::PUT, project, tag);
        let mut body = fields(name.as_deref(), description.as_ref(), *released_at);
        if let Some(milestones) = milestones {
            body.extend([milestones_entry(milestones, milestone_ids)]);
        }
        read(&self.transport.send_within(&request.json(body.into()), tries).await?)
    }

    /// Deletes a release; its tag stays. GitLab answers the release that was, and nothing else is taken for its yes.
    ///
    /// # Errors
    /// [`Kind::Forbidden`] also if there is no such release.
    pub async fn delete_release(&self, project: &ProjectRef, tag: &TagName, tries: &mut Tries) -> Result<(), Error> {
        let answer = self.transport.send_within(&one(Method::DELETE, project, tag), tries).await?;
        if answer.is_empty() { Ok(()) } else { read(&answer).map(drop) }
    }

    /// Asks GitLab to collect evidence, which it does a little later.
    ///
    /// # Errors
    /// [`Kind::NotFound`] also if GitLab's tier has no evidence.
    pub async fn collect_evidence(&self, project: &ProjectRef, tag: &TagName, tries: &mut Tries) -> Result<(), Error> {
        let segments = ["projects", &segment(project), "releases", tag.as_str(), "evidence"];
        self.transport.send_within(&Request::new(Method::POST, &segments), tries).await.map(|_| ())
    }
}

impl Client {
    /// One release as it is now, with what no manifest can say of it, if there is one for this tag.
    ///
    /// # Errors
    /// Any but [`Kind::NotFound`] about the release itself.
    pub async fn look_at(&self, project: &ProjectRef, tag: &TagName) -> Result<Option<ShownRelease>, Error> {
        self.shown(one(Method::GET, project, tag), &Permalink::default()).await
    }

    /// The release that GitLab calls the latest, by `released_at`: also one that is yet to come. None if there is none.
    /// `permalink` is what of it is asked for.
    ///
    /// # Errors
    /// Any but [`Kind::NotFound`] about the release itself.
    pub async fn latest(&self, project: &ProjectRef, permalink: &Permalink) -> Result<Option<ShownRelease>, Error> {
        self.shown(permalink.request(project), permalink).await
    }

    /// Follows the permalink, which leads to a tag's own address, and a project that has moved, to its number.
    async fn shown(&self, mut request: Request, permalink: &Permalink) -> Result<Option<ShownRelease>, Error> {
        for _ in 0..MOST_HOPS {
            match self.transport.send(&request).await {
                Ok(answer) => return shown(&answer).map(Some),
                Err(error) if error.says_absent() => return Ok(None),
                Err(error) => request = permalink.release(error.leads_to().cloned().ok_or(error)?),
            }
        }
        Err(self.transport.failed(&request, Kind::Redirect { moved_to: None }, "it is sent on and on"))
    }
}

fn shown(answer: &Answer<'_>) -> Result<ShownRelease, Error> {
    let Beside { evidences, assets, pages } = answer.json()?;
    let evidence = |WireEvidence { sha, filepath, collected_at }| Evidence {
        sha,
        filepath,
        collected_at: Moment::new(collected_at),
    };
    let source = |WireSource { format, url }| SourceArchive { format, url };
    Ok(ShownRelease {
        release: read(answer)?,
        evidences: evidences.into_iter().map(evidence).collect(),
        sources: assets.sources.into_iter().map(source).collect(),
        web_url: pages.own,
    })
}

fn milestones_entry(titles: &BTreeSet<String>, ids: Option<&[MilestoneId]>) -> (String, Value) {
    match ids {
        None => ("milestones".into(), json!(titles)),
        Some(ids) => ("milestone_ids".into(), ids.iter().map(|id| id.0).collect()),
    }
}

fn list(project: &ProjectRef) -> Request {
    Request::get(&["projects", &segment(project), "releases"])
}

fn one(method: Method, project: &ProjectRef, tag: &TagName) -> Request {
    Request::new(method, &["projects", &segment(project), "releases", tag.as_str()])
}

/// What a create and an update have in common; what is `None` is left out.
fn fields(name: Option<&str>, description: Option<&Description>, at: Option<Moment>) -> Map<String, Value> {
    let fields = [
        ("name", name.map(str::to_owned)),
        ("description", description.map(|d| d.as_str().to_owned())),
        ("released_at", at.map(|at| at.to_string())),
    ];
    fields.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?.into()))).collect()
}

fn read(answer: &Answer<'_>) -> Result<Release, Error> {
    let (_, release) = answer.json::<Wire>()?.into_model().map_err(|flaw| answer.flaw(&flaw))?;
    Ok(release)
}
