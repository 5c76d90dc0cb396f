//! Reads a project's current state, in as few requests as GitLab allows.
//!
//! [`read`] takes one request for the project (none with a job token), and one for each hundred releases and, if asked
//! for, milestones. That is all for a project that is as wished. What a first plan wants to change is looked at more
//! closely ([`look_again`]): single releases where the list may be old, and tags in whatever is fewer requests, the list
//! of all or one for each.
//!
//! A rehearsal has to know more, of what a plan stands on ([`survey`]), and writes all of it down as a seed of the embedded
//! GitLab ([`seed`]): a text, as that shares no type with the client.
//!
//! Imports `gitlab` and `model` only. Reads; never writes.

mod seed;
mod survey;

pub use seed::{Copied, REHEARSER, seed};
pub use survey::{Asker, Named, Surroundings, survey};

use crate::gitlab::{Client, Error, Kind, TagList, TokenKind};
use crate::model::{Current, Milestone, Project, ProjectRef, Release, Tag, TagName};
use futures_util::{StreamExt, TryStreamExt, stream};
use std::collections::BTreeSet;
use std::sync::Arc;

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

/// Reads `project`. One that has moved is read, and later written, by the id that GitLab says it has.
///
/// # Errors
/// The first request that failed; a state that is not whole is of no use.
pub async fn read(client: &Client, project: &ProjectRef, interest: Interest) -> Result<Current, Error> {
    match read_named(client, project, interest).await {
        // With a job token this is the list of releases, which is the first that is asked for.
        Err(error) => match error.moved(project) {
            Some(there) => read_named(client, &there, interest).await,
            None => Err(error),
        },
        read => read,
    }
}

async fn read_named(client: &Client, project: &ProjectRef, interest: Interest) -> Result<Current, Error> {
    let project = client.project(project).await?;
    let (releases, milestones) =
        tokio::try_join!(client.releases(&project.reference), milestones(client, &project, interest))?;
    Ok(Current {
        releases: releases.into_iter().map(|release| (release.tag_name.clone(), Arc::new(release))).collect(),
        milestones,
        by_job_token: client.token_kind() == Some(TokenKind::Job),
        missing_tags: BTreeSet::new(),
        protected_tags: BTreeSet::new(),
        project,
    })
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

/// A job token is not even tried: GitLab would ignore it and answer as to a stranger.
async fn milestones(client: &Client, project: &Project, interest: Interest) -> Result<Option<Vec<Milestone>>, Error> {
    if !interest.milestones || client.token_kind() == Some(TokenKind::Job) {
        return Ok(None);
    }
    client.milestones(project).await.map(Some)
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
