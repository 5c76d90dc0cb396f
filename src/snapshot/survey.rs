//! What else decides how a plan would go: who asks and what they may do, what refs name, and which tags are protected.
//!
//! What can't be read is told as unknown, and keeps nothing from being read.

use super::SIDE_BY_SIDE;
use crate::gitlab::{Client, Error, Kind, ProtectedTag, Quota, Role, TokenKind};
use crate::model::{Current, Milestone, ProjectRef};
use futures_util::{StreamExt, TryStreamExt, stream};
use std::collections::{BTreeMap, BTreeSet};

/// What surrounds a project's releases.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// Who asks.
    pub asker: Asker,
    /// Nothing in the project can be changed.
    pub is_archived: bool,
    /// The branch that counts most, as far as it is known.
    pub default_branch: Option<String>,
    /// What each of the refs that were asked about names.
    pub refs: BTreeMap<String, Named>,
    /// The rules that protect tags; none if they can't be read.
    pub protected_tags: Option<Vec<ProtectedTag>>,
    /// The limit on requests, if GitLab told it.
    pub quota: Option<Quota>,
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asker {
    /// Nobody: there is no token.
    Nobody,
    /// A CI job, for a user whose role is not told.
    Job,
    /// A user, or a project's or group's bot.
    User {
        /// The role in the project, as far as it is told; who administers GitLab has the highest.
        role: Option<Role>,
        /// What the token is for, if it tells.
        scopes: Option<Vec<String>>,
    },
}

/// What a ref names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// The commit of this SHA.
    Commit(String),
    /// Nothing.
    Nothing,
    /// Nobody knows: the one who asks may not look.
    Unknown,
}

/// Looks at what surrounds the releases of a project, and at what `refs` name there. Milestones that nobody has asked about
/// are added to what is `current`.
///
/// # Errors
/// The first request that failed, but for those that the one who asks may not make.
pub async fn survey(client: &Client, current: &mut Current, refs: BTreeSet<String>) -> Result<Surroundings, Error> {
    if !current.by_job_token && current.project.group.is_none() {
        // Of a project where all is as wished only the releases have been read.
        current.project = client.project(&current.project.reference).await?;
    }
    let project = &current.project.reference;
    let (standing, scopes, protected_tags, refs, milestones) = tokio::try_join!(
        client.standing(project),
        scopes(client),
        protected_tags(client, project),
        resolve(client, project, refs),
        milestones(client, current)
    )?;
    if current.milestones.is_none() {
        current.milestones = milestones;
    }
    let (quota, standing) = (standing.told.quota, standing.value);
    let asker = match client.token_kind() {
        None => Asker::Nobody,
        Some(TokenKind::Job) => Asker::Job,
        Some(_) => Asker::User { role: role(client, standing.role).await?, scopes },
    };
    let is_archived = standing.is_archived;
    Ok(Surroundings { asker, is_archived, default_branch: standing.default_branch, refs, protected_tags, quota })
}

/// What was asked for, if the one who asks may know it.
fn allowed<T>(answer: Result<T, Error>) -> Result<Option<T>, Error> {
    match answer {
        Err(error) if matches!(error.kind(), Kind::Forbidden | Kind::NotFound | Kind::Unauthorized) => Ok(None),
        answer => answer.map(Some),
    }
}

async fn milestones(client: &Client, current: &Current) -> Result<Option<Vec<Milestone>>, Error> {
    if current.milestones.is_some() || current.by_job_token {
        return Ok(None);
    }
    let project = &current.project;
    let listed = client.milestones(&project.reference).await;
    allowed(listed.map(|milestones| milestones.seen_from(project.group.as_ref())))
}

/// A job's token would be ignored.
async fn protected_tags(client: &Client, project: &ProjectRef) -> Result<Option<Vec<ProtectedTag>>, Error> {
    if client.token_kind() == Some(TokenKind::Job) {
        return Ok(None);
    }
    allowed(client.protected_tags(project).await)
}

/// Only access tokens tell.
async fn scopes(client: &Client) -> Result<Option<Vec<String>>, Error> {
    if client.token_kind() != Some(TokenKind::Private) {
        return Ok(None);
    }
    Ok(allowed(client.token_facts().await)?.map(|facts| facts.scopes))
}

/// Who administers GitLab may do everything, and need not be a member.
async fn role(client: &Client, member: Option<Role>) -> Result<Option<Role>, Error> {
    if member >= Some(Role::Maintainer) {
        return Ok(member);
    }
    let is_admin = allowed(client.identity().await)?.is_some_and(|identity| identity.is_admin);
    Ok(if is_admin { Some(Role::Owner) } else { member })
}

async fn resolve(
    client: &Client,
    project: &ProjectRef,
    refs: BTreeSet<String>,
) -> Result<BTreeMap<String, Named>, Error> {
    let looks = refs.into_iter().map(|git_ref| async move {
        // GitLab ignores a job's token here, and answers as to a stranger.
        let may_look = client.token_kind() != Some(TokenKind::Job);
        let commit = if may_look { Some(client.commit(project, &git_ref).await) } else { None };
        let named = match commit.map(allowed).transpose().map(Option::flatten) {
            Ok(Some(sha)) => sha.map_or(Named::Nothing, Named::Commit),
            Ok(None) => Named::Unknown,
            // It can't be a name of anything.
            Err(error) if error.kind() == Kind::Invalid => Named::Nothing,
            Err(error) => return Err(error),
        };
        Ok((git_ref, named))
    });
    stream::iter(looks).buffered(SIDE_BY_SIDE).try_collect().await
}
