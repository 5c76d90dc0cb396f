//! What can be told of a GitLab, a token and a project before anything is changed. Only reads.

use crate::gitlab::answer::Answer;
use crate::gitlab::project::segment;
use crate::gitlab::request::Request;
use crate::gitlab::{Client, Error, TokenKind};
use crate::model::{ProjectId, ProjectRef};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, fmt::rfc2822};
use serde::Deserialize;

/// Keys of a project that GitLab shows where the feature was paid for, to whoever asks.
const PAID_KEYS: [&str; 2] = ["merge_pipelines_enabled", "merge_trains_enabled"];

/// An answer, and what came along with it.
#[derive(Debug, Clone)]
pub struct Heard<T> {
    /// What was asked for.
    pub value: T,
    /// What was told besides.
    pub told: Told,
}

/// What the headers of an answer tell, whatever was asked.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// How far this machine's clock is ahead of the server's. Its header counts whole seconds.
    pub clock_ahead: Option<SignedDuration>,
    /// How much of the limit on requests is left.
    pub quota: Option<Quota>,
}

/// A limit on requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quota {
    /// GitLab's name for it.
    pub name: Option<String>,
    /// How many requests a minute.
    pub limit: u64,
    /// How many are left of those.
    pub remaining: Option<u64>,
}

/// Which GitLab it is.
#[derive(Debug, Clone, Deserialize)]
pub struct Version {
    /// `18.10.0`.
    pub version: String,
    /// Whether it could be more than Free, with a license; old servers don't tell.
    pub enterprise: Option<bool>,
}

/// Whom a token stands for.
#[derive(Debug, Clone, Deserialize)]
pub struct Identity {
    /// The user's name, or that of a project's or group's bot.
    pub username: String,
    /// Who administers GitLab needs no role. Told to administrators only.
    #[serde(default)]
    pub is_admin: bool,
}

/// What a personal, project or group access token tells of itself.
#[derive(Debug, Clone, Deserialize)]
pub struct TokenFacts {
    /// `api`, `read_api` and others.
    pub scopes: Vec<String>,
    /// The first day on which it no longer works.
    pub expires_at: Option<Date>,
}

/// A project as the one who asks stands to it.
#[derive(Debug, Clone)]
pub struct Standing {
    /// Its id, if it could be read.
    pub id: Option<ProjectId>,
    /// Its full path, if it could be read.
    pub path: Option<String>,
    /// The role by membership, if there is one; an invited group's is not told.
    pub role: Option<Role>,
    /// Nothing in it can be changed.
    pub is_archived: bool,
    /// Nobody can use releases in it.
    pub has_no_releases: bool,
    /// What its features tell of the tier.
    pub tier: Option<Tier>,
    /// The branch that counts most, if there is one, and it could be read.
    pub default_branch: Option<String>,
}

/// A role in a project, by its access level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "they are GitLab's")]
pub enum Role {
    Minimal,
    Guest,
    Planner,
    Reporter,
    Developer,
    Maintainer,
    Owner,
}

/// What was paid for, as far as it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tier {
    /// Nothing.
    Free,
    /// Premium or Ultimate.
    Paid,
}

impl Role {
    /// GitLab may know of levels in between.
    pub(super) fn of_level(level: u8) -> Self {
        match level {
            50.. => Self::Owner,
            40.. => Self::Maintainer,
            30.. => Self::Developer,
            20.. => Self::Reporter,
            15.. => Self::Planner,
            10.. => Self::Guest,
            _ => Self::Minimal,
        }
    }

    /// GitLab's word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Minimal => "Minimal Access",
            Self::Guest => "Guest",
            Self::Planner => "Planner",
            Self::Reporter => "Reporter",
            Self::Developer => "Developer",
            Self::Maintainer => "Maintainer",
            Self::Owner => "Owner",
        }
    }
}

#[derive(Deserialize)]
struct ProjectWire {
    id: u64,
    path_with_namespace: String,
    #[serde(default)]
    archived: bool,
    releases_access_level: Option<String>,
    permissions: Option<Permissions>,
    default_branch: Option<String>,
}

#[derive(Deserialize)]
struct Permissions {
    project_access: Option<Membership>,
    group_access: Option<Membership>,
}

#[derive(Deserialize)]
struct Membership {
    access_level: u8,
}

impl Client {
    /// Which GitLab it is.
    ///
    /// # Errors
    /// [`Kind::Unauthorized`](crate::gitlab::Kind::Unauthorized) also without a token, or with a job's.
    pub async fn version(&self) -> Result<Heard<Version>, Error> {
        let answer = self.transport.send(&Request::get(&["version"])).await?;
        Ok(Heard { value: answer.json()?, told: told(&answer) })
    }

    /// Whom the token stands for; a job token is not told.
    ///
    /// # Errors
    /// Any.
    pub async fn identity(&self) -> Result<Identity, Error> {
        self.transport.send(&Request::get(&["user"])).await?.json()
    }

    /// What an access token tells of itself; no other kind does.
    ///
    /// # Errors
    /// Any.
    pub async fn token_facts(&self) -> Result<TokenFacts, Error> {
        self.transport.send(&Request::get(&["personal_access_tokens", "self"])).await?.json()
    }

    /// How the one who asks stands to `project`. With a job token no more than whether its releases can be read.
    ///
    /// # Errors
    /// As for [`Client::project`].
    pub async fn standing(&self, project: &ProjectRef) -> Result<Heard<Standing>, Error> {
        if self.token_kind() == Some(TokenKind::Job) {
            let one = Request::get(&["projects", &segment(project), "releases"]).query("per_page", 1);
            return Ok(Heard { value: Standing::unread(project), told: told(&self.transport.send(&one).await?) });
        }
        let answer = self.transport.send(&Request::get(&["projects", &segment(project)])).await?;
        let ProjectWire { id, path_with_namespace, archived, releases_access_level, permissions, default_branch } =
            answer.json()?;
        let keys: serde_json::Map<String, serde_json::Value> = answer.json()?;
        let memberships = permissions.map(|p| [p.project_access, p.group_access]).into_iter().flatten().flatten();
        let value = Standing {
            id: Some(ProjectId(id)),
            path: Some(path_with_namespace),
            role: memberships.map(|membership| Role::of_level(membership.access_level)).max(),
            is_archived: archived,
            has_no_releases: releases_access_level.as_deref() == Some("disabled"),
            tier: PAID_KEYS.iter().any(|key| keys.contains_key(*key)).then_some(Tier::Paid),
            default_branch,
        };
        Ok(Heard { value, told: told(&answer) })
    }
}

impl Standing {
    /// What is known of a project of which only the releases can be read.
    fn unread(project: &ProjectRef) -> Self {
        let (id, path) = match project {
            ProjectRef::Id(id) => (Some(*id), None),
            ProjectRef::Path(path) => (None, Some(path.clone())),
        };
        Self { id, path, role: None, is_archived: false, has_no_releases: false, tier: None, default_branch: None }
    }
}

fn told(answer: &Answer<'_>) -> Told {
    let number = |name: &str| answer.header(name).and_then(|text| text.parse().ok());
    let quota = number("ratelimit-limit").map(|limit| Quota {
        name: answer.header("ratelimit-name").map(str::to_owned),
        limit,
        remaining: number("ratelimit-remaining"),
    });
    let date = answer.header("date").and_then(|text| rfc2822::parse(text).ok());
    // The second that the header names had begun: on average half of it was over.
    let half = SignedDuration::from_millis(500);
    let clock_ahead = date.map(|date| Timestamp::now().duration_since(date.timestamp()) - half);
    Told { clock_ahead, quota }
}
