//! A seed file as it is written. Everything but paths, names, titles and tags may be left out; unknown keys are errors.

use crate::sandbox::moment::Moment;
use crate::sandbox::store::links::LinkType;
use crate::sandbox::store::merge_requests::MergeRequestState;
use crate::sandbox::store::milestones::MilestoneState;
use crate::sandbox::store::projects::Visibility;
use crate::sandbox::store::users::Role;
use jiff::civil::Date;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::path::PathBuf;
use toml::Spanned;
use toml::value::Datetime;

/// The whole file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct File {
    pub(super) groups: Vec<Group>,
    pub(super) users: Vec<User>,
    pub(super) projects: Vec<Project>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Group {
    pub(super) path: Spanned<String>,
    pub(super) name: Option<String>,
    #[serde(default, deserialize_with = "visibility")]
    pub(super) visibility: Option<Visibility>,
    #[serde(default)]
    pub(super) members: Vec<Member>,
    #[serde(default)]
    pub(super) milestones: Vec<Milestone>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct User {
    pub(super) username: Spanned<String>,
    pub(super) name: Option<String>,
    /// Tokens that allow everything and never expire.
    #[serde(default)]
    pub(super) tokens: Vec<Spanned<String>>,
    /// Tokens with limits.
    #[serde(default)]
    pub(super) access_tokens: Vec<AccessToken>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AccessToken {
    pub(super) token: Spanned<String>,
    pub(super) scopes: Option<Vec<String>>,
    #[serde(default, deserialize_with = "date")]
    pub(super) expires_at: Option<Date>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Project {
    pub(super) id: Option<u32>,
    pub(super) path: Spanned<String>,
    pub(super) name: Option<String>,
    pub(super) description: Option<String>,
    /// Where the project used to be.
    #[serde(default)]
    pub(super) moved_from: Vec<Spanned<String>>,
    /// Whether a package may hold two files of one name; it may unless this says no.
    pub(super) allow_duplicate_packages: Option<bool>,
    #[serde(default, deserialize_with = "visibility")]
    pub(super) visibility: Option<Visibility>,
    pub(super) default_branch: Option<String>,
    #[serde(default, deserialize_with = "moment")]
    pub(super) created_at: Option<Moment>,
    #[serde(default)]
    pub(super) branches: Vec<Spanned<String>>,
    /// The commits that branches are on; the others' are made up.
    #[serde(default)]
    pub(super) heads: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    pub(super) commits: Vec<Commit>,
    #[serde(default)]
    pub(super) protected_tags: Vec<ProtectedTag>,
    #[serde(default)]
    pub(super) tags: Vec<Tag>,
    #[serde(default)]
    pub(super) milestones: Vec<Milestone>,
    #[serde(default)]
    pub(super) members: Vec<Member>,
    #[serde(default)]
    pub(super) releases: Vec<Release>,
    #[serde(default)]
    pub(super) merge_requests: Vec<MergeRequest>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Commit {
    pub(super) sha: Spanned<String>,
    pub(super) message: String,
    pub(super) parent: Option<String>,
    #[serde(default, deserialize_with = "moment")]
    pub(super) created_at: Option<Moment>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProtectedTag {
    pub(super) name: Spanned<String>,
    #[serde(default)]
    pub(super) create_access: CreateAccess,
}

/// Who may create a protected tag.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum CreateAccess {
    Developer,
    #[default]
    Maintainer,
    NoOne,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tag {
    pub(super) name: Spanned<String>,
    pub(super) target: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) message: String,
    #[serde(default, deserialize_with = "moment")]
    pub(super) created_at: Option<Moment>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Milestone {
    pub(super) id: Option<u32>,
    pub(super) title: Spanned<String>,
    pub(super) description: Option<String>,
    #[serde(default, deserialize_with = "milestone_state")]
    pub(super) state: Option<MilestoneState>,
    #[serde(default, deserialize_with = "date")]
    pub(super) start_date: Option<Date>,
    #[serde(default, deserialize_with = "date")]
    pub(super) due_date: Option<Date>,
    #[serde(default, deserialize_with = "moment")]
    pub(super) created_at: Option<Moment>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Member {
    pub(super) username: Spanned<String>,
    pub(super) role: MemberRole,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum MemberRole {
    Guest,
    Reporter,
    Developer,
    Maintainer,
    Owner,
}

impl From<MemberRole> for Role {
    fn from(role: MemberRole) -> Self {
        match role {
            MemberRole::Guest => Self::Guest,
            MemberRole::Reporter => Self::Reporter,
            MemberRole::Developer => Self::Developer,
            MemberRole::Maintainer => Self::Maintainer,
            MemberRole::Owner => Self::Owner,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Release {
    pub(super) tag_name: Spanned<String>,
    /// Where to make the tag if it is not among the tags; without it the release has no tag, as broken data may.
    #[serde(rename = "ref")]
    pub(super) reference: Option<Spanned<String>>,
    pub(super) tag_message: Option<String>,
    pub(super) name: Option<String>,
    pub(super) description: Option<String>,
    /// The description, in a file below the seed's folder.
    pub(super) description_file: Option<Spanned<PathBuf>>,
    /// Whether evidence was collected.
    #[serde(default)]
    pub(super) evidence: bool,
    /// The manifest's key; it says nothing of what is in GitLab.
    #[serde(default, rename = "protect")]
    pub(super) _protect: bool,
    #[serde(default, deserialize_with = "moment")]
    pub(super) released_at: Option<Moment>,
    #[serde(default, deserialize_with = "moment")]
    pub(super) created_at: Option<Moment>,
    #[serde(default)]
    pub(super) milestones: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) links: Vec<Link>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MergeRequest {
    pub(super) iid: Option<u32>,
    pub(super) title: Spanned<String>,
    pub(super) description: Option<String>,
    pub(super) source_branch: String,
    /// The default branch unless said otherwise.
    pub(super) target_branch: Option<String>,
    #[serde(default, deserialize_with = "merge_request_state")]
    pub(super) state: Option<MergeRequestState>,
    #[serde(default, deserialize_with = "moment")]
    pub(super) created_at: Option<Moment>,
    #[serde(default)]
    pub(super) notes: Vec<Note>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Note {
    pub(super) body: String,
    /// Who wrote it; the administrator unless said otherwise.
    pub(super) username: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) system: bool,
    #[serde(default, deserialize_with = "moment")]
    pub(super) created_at: Option<Moment>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Link {
    pub(super) name: Spanned<String>,
    pub(super) url: Spanned<String>,
    pub(super) direct_asset_path: Option<Spanned<String>>,
    #[serde(default, rename = "link_type", deserialize_with = "link_type")]
    pub(super) kind: Option<LinkType>,
}

fn moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Moment>, D::Error> {
    let time = Datetime::deserialize(deserializer)?;
    Moment::parse(&time.to_string()).map(Some).ok_or_else(|| D::Error::custom("a date-time is wanted here"))
}

fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    let time = Datetime::deserialize(deserializer)?;
    time.to_string().parse().map(Some).map_err(|_| D::Error::custom("a date is wanted here"))
}

fn visibility<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Visibility>, D::Error> {
    word(deserializer, Visibility::from_word, "`private`, `internal` or `public`")
}

fn milestone_state<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<MilestoneState>, D::Error> {
    word(deserializer, MilestoneState::from_word, "`active` or `closed`")
}

fn merge_request_state<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<MergeRequestState>, D::Error> {
    word(deserializer, MergeRequestState::from_word, "`opened`, `closed` or `merged`")
}

fn link_type<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<LinkType>, D::Error> {
    word(deserializer, LinkType::from_word, "`other`, `runbook`, `image` or `package`")
}

fn word<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    from_word: impl FnOnce(&str) -> Option<T>,
    known: &str,
) -> Result<Option<T>, D::Error> {
    let word = String::deserialize(deserializer)?;
    from_word(&word).map(Some).ok_or_else(|| D::Error::custom(format!("`{word}` is not known here, {known} is")))
}
