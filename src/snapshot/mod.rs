//! Reads a project's current state, in as few requests as GitLab allows.
//!
//! [`begin`] takes one for each hundred releases, whose addresses tell where the project is, and, if they are asked for, for
//! each hundred milestones. That is all for a project that is as wished: so a thousand of them are read in a thousand
//! requests. What a first plan wants to change takes more: the project itself and the milestones that releases name
//! ([`Begun::complete`]), and a closer look ([`look_again`]) at single releases where the list may be old, and at tags in whatever
//! is fewer requests, the list of all or one for each.
//!
//! A rehearsal has to know more, of what a plan stands on ([`survey()`]), and writes all of it down as a seed of the embedded
//! GitLab ([`seed()`]): a text, as that shares no type with the client.
//!
//! Imports `gitlab` and `model` only. Reads; never writes.

mod seed;
mod survey;

pub use seed::{Copied, HEADLINE, REHEARSER, seed};
pub use survey::{Asker, Named, Surroundings, survey};

use crate::gitlab::{Client, Error, Kind, TagList, TokenKind};
use crate::model::{Current, PackageVersion, Packages, Project, ProjectRef, Release, Tag, TagName};
use futures_util::{StreamExt, TryStreamExt, stream};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use url::Url;

/// Single things asked for at the same time.
const SIDE_BY_SIDE: usize = 8;

/// GitLab counts no list that is longer.
const COUNTED: usize = 10_000;

/// What a manifest needs to know beyond the releases.
#[derive(Debug, Clone, Copy, Default)]
pub struct Interest {
    /// Whether it names milestones.
    pub milestones: bool,
}

/// What has to be known better before a plan is to be believed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Doubts {
    /// Releases whose milestones look different in GitLab's list, which may be five minutes old there; a single release
    /// never is.
    pub releases: Vec<TagName>,
    /// Tags that have to be there, or made, for what is planned.
    pub tags: BTreeSet<TagName>,
}

/// Reads `project` whole. One that has moved is read, and later written, by the id that GitLab says it has.
///
/// # Errors
/// The first request that failed; a state that is not whole is of no use.
pub async fn read(client: &Client, project: &ProjectRef, interest: Interest) -> Result<Current, Error> {
    let mut begun = begin(client, project, Interest { milestones: false }).await?;
    begun.complete(client, interest).await?;
    Ok(begun.current)
}

/// Reads as much of `project` as the token can. Its milestones stay unknown if they are not for everybody, or turned off.
///
/// # Errors
/// The first request that failed, but for one for milestones that are refused.
pub async fn read_readable(client: &Client, project: &ProjectRef) -> Result<Current, Error> {
    let mut begun = begin_readable(client, project).await?;
    begun.complete(client, Interest { milestones: false }).await?;
    Ok(begun.current)
}

/// A state that may not be whole yet.
#[derive(Debug)]
pub struct Begun {
    /// What is known so far.
    pub current: Current,
    /// Whether the project itself has been read.
    has_project: bool,
}

/// Reads the releases of `project`, and its milestones if they are of interest. Of the project itself no more is known
/// then than its releases tell, unless they don't tell what it is called.
///
/// # Errors
/// The first request that failed.
pub async fn begin(client: &Client, project: &ProjectRef, interest: Interest) -> Result<Begun, Error> {
    let milestones = if interest.milestones { Milestones::Needed } else { Milestones::Unasked };
    begin_anywhere(client, project, milestones).await
}

/// The same with the milestones, which stay unknown if they are not for everybody, or turned off.
///
/// # Errors
/// The first request that failed, but for one for milestones that are refused.
pub async fn begin_readable(client: &Client, project: &ProjectRef) -> Result<Begun, Error> {
    begin_anywhere(client, project, Milestones::IfReadable).await
}

/// What is to be done about milestones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Milestones {
    Unasked,
    IfReadable,
    Needed,
}

async fn begin_anywhere(client: &Client, project: &ProjectRef, milestones: Milestones) -> Result<Begun, Error> {
    match begin_named(client, project, milestones).await {
        Err(error) => match error.moved(project) {
            Some(there) => begin_named(client, &there, milestones).await,
            None => Err(error),
        },
        begun => begun,
    }
}

async fn begin_named(client: &Client, project: &ProjectRef, wanted: Milestones) -> Result<Begun, Error> {
    let by_job_token = client.token_kind() == Some(TokenKind::Job);
    let list = async {
        // A job token is not even tried: GitLab would ignore it and answer as to a stranger.
        if wanted == Milestones::Unasked || by_job_token {
            return Ok(None);
        }
        match client.milestones(project).await {
            // A project that is not to be seen at all says so of its releases.
            Err(error) if wanted == Milestones::IfReadable && is_refusal(error.kind()) => Ok(None),
            list => list.map(Some),
        }
    };
    let ((releases, page), milestones) = tokio::try_join!(client.releases_and_page(project), list)?;
    let told = page.and_then(|page| told(client, project, &page));
    let is_known = told.is_some() || matches!(project, ProjectRef::Path(_)) && releases.is_empty();
    let of_groups = milestones.as_ref().is_some_and(|milestones| !milestones.are_own());
    let has_project = (!is_known || of_groups) && !by_job_token;
    let project = match told {
        _ if has_project => client.project(project).await?,
        Some(told) => told,
        None => Project::unread(project.clone()),
    };
    let current = Current {
        releases: releases.into_iter().map(|release| (release.tag_name.clone(), Arc::new(release))).collect(),
        milestones: milestones.map(|milestones| milestones.seen_from(project.group.as_ref())),
        by_job_token,
        missing_tags: BTreeSet::new(),
        protected_tags: BTreeSet::new(),
        packages: Packages::default(),
        project,
    };
    Ok(Begun { current, has_project })
}

fn is_refusal(kind: Kind) -> bool {
    matches!(kind, Kind::Unauthorized | Kind::Forbidden | Kind::NotFound)
}

/// What a release's address tells of its project. Where a GitLab has another address than it knows, that may be wrong: then
/// nothing. And nothing if it is no page: reports link there.
fn told(client: &Client, asked: &ProjectRef, page: &str) -> Option<Project> {
    let url = Url::parse(page).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let whole = url.path().trim_matches('/');
    let path = match asked {
        ProjectRef::Path(asked) => {
            let path = whole.get(whole.len().checked_sub(asked.len())?..)?;
            let before = &whole[..whole.len() - path.len()];
            Some(path)
                .filter(|path| path.eq_ignore_ascii_case(asked) && (before.is_empty() || before.ends_with('/')))?
        }
        ProjectRef::Id(_) => match client.url().path().trim_matches('/') {
            "" => whole,
            prefix => whole.strip_prefix(prefix)?.strip_prefix('/')?,
        },
    };
    Some(Project { path: Some(path.to_owned()), web_url: Some(page.to_owned()), ..Project::unread(asked.clone()) })
}

impl Begun {
    /// Reads what else has to be known of a project that is to be changed: itself, and its milestones if they are of
    /// interest. With a job token that is nothing: GitLab would ignore it and answer as to a stranger.
    ///
    /// # Errors
    /// The first request that failed.
    pub async fn complete(&mut self, client: &Client, interest: Interest) -> Result<(), Error> {
        let Self { current, has_project } = self;
        if current.by_job_token {
            return Ok(());
        }
        let known = current.project.clone();
        let project = async { if *has_project { Ok(known.clone()) } else { client.project(&known.reference).await } };
        let list = async {
            let is_wanted = interest.milestones && current.milestones.is_none();
            if is_wanted { client.milestones(&known.reference).await.map(Some) } else { Ok(None) }
        };
        let (project, milestones) = tokio::try_join!(project, list)?;
        if let Some(milestones) = milestones {
            current.milestones = Some(milestones.seen_from(project.group.as_ref()));
        }
        (current.project, *has_project) = (project, true);
        Ok(())
    }
}

/// Reads what is in `packages`: one request for each package, or for each hundred of its versions, and one for each version.
///
/// # Errors
/// The first request that failed.
pub async fn read_packages(
    client: &Client,
    current: &mut Current,
    packages: &BTreeSet<PackageVersion>,
) -> Result<(), Error> {
    let project = &current.project.reference;
    let mut by_name: BTreeMap<&str, Vec<&PackageVersion>> = BTreeMap::new();
    for package in packages {
        by_name.entry(&package.package).or_default().push(package);
    }
    let reads = by_name.into_values().map(|versions| async move { client.package_files(project, &versions).await });
    let files: Vec<_> = stream::iter(reads).buffered(SIDE_BY_SIDE).try_collect().await?;
    current.packages.add(files.into_iter().flatten());
    Ok(())
}

/// Clears up `doubts`: reads those releases again, one by one, and finds those tags.
///
/// # Errors
/// The first request that failed.
pub async fn look_again(client: &Client, current: &mut Current, doubts: Doubts) -> Result<(), Error> {
    let project = &current.project.reference;
    let (releases, tags) = tokio::try_join!(
        singly(client, project, doubts.releases),
        tags(client, project, &doubts.tags, current.releases.len())
    )?;
    for (tag, release) in releases {
        match release {
            Some(release) => current.releases.insert(tag, Arc::new(release)),
            None => current.releases.remove(&tag),
        };
    }
    let (there, protected) = tags;
    current.missing_tags = doubts.tags.difference(&there).cloned().collect();
    current.protected_tags = doubts.tags.intersection(&protected).cloned().collect();
    Ok(())
}

async fn singly(
    client: &Client,
    project: &ProjectRef,
    tags: Vec<TagName>,
) -> Result<Vec<(TagName, Option<Release>)>, Error> {
    let reads = tags.into_iter().map(|tag| async move {
        let release = client.release(project, &tag).await?;
        Ok((tag, release))
    });
    stream::iter(reads).buffered(SIDE_BY_SIDE).try_collect().await
}

/// Those of `named` that git has, and those of them that are protected; perhaps with others that nobody asked for.
///
/// How many tags there are is only known once a page of them has been read. There are hardly fewer than `releases`, so
/// that few names are asked for one by one at once; else the first page decides. A list too long for GitLab to count is
/// read on for as many pages as there are names to be found, and what is not found by then is asked for one by one.
async fn tags(
    client: &Client,
    project: &ProjectRef,
    named: &BTreeSet<TagName>,
    releases: usize,
) -> Result<(BTreeSet<TagName>, BTreeSet<TagName>), Error> {
    let mut found: Vec<Tag> = Vec::new();
    let mut unknown: BTreeSet<TagName> = named.clone();
    if unknown.len() > 1 && unknown.len() > releases.div_ceil(TagList::PAGE) {
        let list = client.tags(project).await?;
        forget(&mut unknown, list.tags());
        match list.requests_left() {
            Some(left) if left <= unknown.len() => {
                found = client.all_tags(list).await?;
                unknown.clear();
            }
            Some(_) => found.extend_from_slice(list.tags()),
            None if unknown.len() <= COUNTED.div_ceil(TagList::PAGE) => found.extend_from_slice(list.tags()),
            None => {
                found.extend_from_slice(list.tags());
                read_on(client, project, &mut found, &mut unknown).await?;
            }
        }
    }
    let single = stream::iter(unknown)
        .map(|tag| async move { client.tag(project, &tag).await })
        .buffer_unordered(SIDE_BY_SIDE)
        .try_collect::<Vec<_>>();
    found.extend(single.await?.into_iter().flatten());
    let protected = found.iter().filter(|tag| tag.is_protected).map(|tag| tag.name.clone()).collect();
    Ok((found.into_iter().map(|tag| tag.name).collect(), protected))
}

/// Reads pages after those `found`, until all names are known, or there are more pages than names.
async fn read_on(
    client: &Client,
    project: &ProjectRef,
    found: &mut Vec<Tag>,
    unknown: &mut BTreeSet<TagName>,
) -> Result<(), Error> {
    let (mut pages, names) = (1, unknown.len());
    while let Some(last) = found.last().filter(|_| pages < names && !unknown.is_empty()) {
        let page = match client.tags_after(project, &last.name).await {
            // It has been deleted meanwhile.
            Err(error) if error.kind() == Kind::Invalid => return Ok(()),
            page => page?,
        };
        pages += 1;
        forget(unknown, &page);
        let is_last = page.len() < TagList::PAGE;
        found.extend(page);
        if is_last {
            unknown.clear();
        }
    }
    Ok(())
}

fn forget(unknown: &mut BTreeSet<TagName>, known: &[Tag]) {
    for tag in known {
        unknown.remove(&tag.name);
    }
}
