//! Reads a project's current state, whole and once, in as few requests as GitLab allows.
//!
//! One for the project (none with a job token); one for each hundred releases and, if asked for, milestones; and for
//! tags, only if the manifest names some that have no release, whatever is fewer: the list of all, or one for each.
//!
//! Imports `gitlab` and `model` only. Reads; never writes.

use crate::gitlab::{Client, Error, TokenKind};
use crate::model::{Current, Milestone, Project, ProjectRef, Release, TagName};
use futures_util::{StreamExt, TryStreamExt, stream};
use std::collections::{BTreeMap, BTreeSet};

/// Single tags asked for at the same time.
const SIDE_BY_SIDE: usize = 8;

/// What a manifest needs to know beyond the releases.
#[derive(Debug, Clone, Default)]
pub struct Interest {
    /// The tags it names.
    pub tags: Vec<TagName>,
    /// Whether it names milestones.
    pub milestones: bool,
}

/// Reads `project`.
///
/// # Errors
/// The first request that failed; a state that is not whole is of no use.
pub async fn read(client: &Client, project: &ProjectRef, interest: &Interest) -> Result<Current, Error> {
    let project = client.project(project).await?;
    let releases = async {
        let releases = client.releases(&project.reference).await?;
        let missing_tags = missing_tags(client, &project.reference, &interest.tags, &releases).await?;
        Ok::<_, Error>((releases, missing_tags))
    };
    let ((releases, missing_tags), milestones) = tokio::try_join!(releases, milestones(client, &project, interest))?;
    let releases: BTreeMap<_, _> = releases.into_iter().map(|r| (r.tag_name.clone(), r)).collect();
    Ok(Current { project, releases, milestones, missing_tags })
}

/// Reads again, one by one, the releases of `tags`: GitLab's list may be five minutes old where only milestones changed, a
/// single release never is.
///
/// # Errors
/// The first request that failed.
pub async fn refresh(client: &Client, current: &mut Current, tags: Vec<TagName>) -> Result<(), Error> {
    let project = &current.project.reference;
    let reads = tags.into_iter().map(|tag| async move {
        let release = client.release(project, &tag).await?;
        Ok::<_, Error>((tag, release))
    });
    let read: Vec<_> = stream::iter(reads).buffered(SIDE_BY_SIDE).try_collect().await?;
    for (tag, release) in read {
        match release {
            Some(release) => current.releases.insert(tag, release),
            None => current.releases.remove(&tag),
        };
    }
    Ok(())
}

/// A job token is not even tried: GitLab would ignore it and answer as to a stranger.
async fn milestones(client: &Client, project: &Project, interest: &Interest) -> Result<Option<Vec<Milestone>>, Error> {
    if !interest.milestones || client.token_kind() == Some(TokenKind::Job) {
        return Ok(None);
    }
    client.milestones(project).await.map(Some)
}

/// Those of `named` that git does not have. A tag with a release is there; GitLab deletes the one with the other.
async fn missing_tags(
    client: &Client,
    project: &ProjectRef,
    named: &[TagName],
    releases: &[Release],
) -> Result<BTreeSet<TagName>, Error> {
    let have: BTreeSet<_> = releases.iter().map(|release| &release.tag_name).collect();
    let mut unknown: BTreeSet<_> = named.iter().filter(|tag| !have.contains(tag)).cloned().collect();
    if unknown.len() > 1 {
        let list = client.tags(project).await?;
        unknown.retain(|tag| !list.names().contains(tag));
        if list.requests_left().is_some_and(|left| left <= unknown.len()) {
            let all: BTreeSet<_> = client.all_tags(list).await?.into_iter().collect();
            return Ok(unknown.into_iter().filter(|tag| !all.contains(tag)).collect());
        }
    }
    let missing = stream::iter(unknown)
        .map(|tag| async move { Ok::<_, Error>((!client.tag_exists(project, &tag).await?).then_some(tag)) })
        .buffer_unordered(SIDE_BY_SIDE)
        .try_collect::<Vec<_>>()
        .await?;
    Ok(missing.into_iter().flatten().collect())
}
