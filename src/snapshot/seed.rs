//! What was read, as a seed of the embedded GitLab: its format is the one that people write, too.
//!
//! What GitLab was not asked is not made up, but for two things. A milestone that releases name and nobody could read is the
//! project's. And a branch, as the embedded GitLab has no project without one.

use super::survey::{Asker, Named, Surroundings};
use crate::gitlab::{ProtectedTag, Role};
use crate::model::{
    AssetPath, Current, Description, Link, Milestone, MilestoneScope, Moment, ProjectRef, Release, TagName,
};
use jiff::civil::Date;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use toml::value::Datetime;

/// The name and the token of the one who asks, in the seed, unless they are a CI job or nobody.
pub const REHEARSER: &str = "rehearser";

/// No ref is called so.
const NO_BRANCH: &str = "a-branch-that-is-not-there";

/// What each seed begins with, by which it is known for one.
pub const HEADLINE: &str =
    "# What GitLab had when `relsync rehearse` read it, as far as the manifest has to do with it.";

const HEAD: &str = "
# `relsync rehearse --snapshot FILE` starts from it, and `relsync sandbox serve --seed FILE` serves it.

";

/// A project to be copied.
#[derive(Debug, Clone, Copy)]
pub struct Copied<'a> {
    /// What it has.
    pub current: &'a Current,
    /// What else there is.
    pub around: &'a Surroundings,
    /// The tags that have been looked for, and are there unless `current` says that they are missing.
    pub tags: &'a BTreeSet<TagName>,
}

#[derive(Serialize)]
struct File<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    groups: Vec<Group<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    users: Vec<User<'a>>,
    projects: Vec<Project<'a>>,
}

#[derive(Serialize)]
struct Group<'a> {
    path: String,
    milestones: Vec<MilestoneEntry<'a>>,
}

#[derive(Serialize)]
struct User<'a> {
    username: &'a str,
    access_tokens: Vec<Token<'a>>,
}

#[derive(Serialize)]
struct Token<'a> {
    token: &'a str,
    scopes: &'a [String],
}

#[derive(Serialize)]
struct Project<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<u32>,
    path: String,
    visibility: &'static str,
    default_branch: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    branches: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    protected_tags: Vec<Protected<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    members: Vec<Member>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    heads: BTreeMap<&'a str, &'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    commits: Vec<Commit<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<Tag<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    milestones: Vec<MilestoneEntry<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    releases: Vec<ReleaseEntry<'a>>,
}

#[derive(Serialize)]
struct Protected<'a> {
    name: &'a str,
    create_access: &'static str,
}

#[derive(Serialize)]
struct Member {
    username: &'static str,
    role: &'static str,
}

#[derive(Serialize)]
struct Commit<'a> {
    sha: &'a str,
    message: &'static str,
}

#[derive(Serialize)]
struct Tag<'a> {
    name: &'a str,
}

#[derive(Serialize)]
struct MilestoneEntry<'a> {
    title: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'a str,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_date: Option<Datetime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    due_date: Option<Datetime>,
}

#[derive(Serialize)]
struct ReleaseEntry<'a> {
    tag_name: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    released_at: Option<Datetime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_at: Option<Datetime>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    milestones: &'a BTreeSet<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    evidence: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    links: Vec<LinkEntry<'a>>,
}

#[derive(Serialize)]
struct LinkEntry<'a> {
    name: &'a str,
    url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    direct_asset_path: Option<&'a str>,
    link_type: &'static str,
}

/// Writes projects down. Their releases are the oldest first, as GitLab numbers them as they come.
///
/// # Errors
/// None that is known of: there is nothing that TOML has no word for.
pub fn seed(projects: &[Copied<'_>]) -> Result<String, toml::ser::Error> {
    let mut groups: BTreeMap<String, BTreeMap<&str, &Milestone>> = BTreeMap::new();
    for milestone in projects.iter().flat_map(|project| of_groups(project.current)) {
        let (path, milestone) = milestone;
        groups.entry(path).or_default().insert(&milestone.title, milestone);
    }
    let groups = groups
        .into_iter()
        .map(|(path, milestones)| Group { path, milestones: milestones.into_values().map(milestone).collect() });
    // One token asks about all of them.
    let scopes = projects.iter().find_map(|project| match &project.around.asker {
        Asker::User { scopes, .. } => Some(scopes.as_deref()),
        Asker::Nobody | Asker::Job => None,
    });
    let api = ["api".to_owned()];
    let user = scopes.map(|scopes| User {
        username: REHEARSER,
        access_tokens: vec![Token { token: REHEARSER, scopes: scopes.unwrap_or(&api) }],
    });
    let file = File {
        groups: groups.collect(),
        users: user.into_iter().collect(),
        projects: projects.iter().map(project).collect(),
    };
    Ok([HEADLINE, HEAD, &toml::to_string(&file)?].concat())
}

fn project<'a>(Copied { current, around, tags }: &Copied<'a>) -> Project<'a> {
    let id = match &current.project.reference {
        ProjectRef::Id(id) => u32::try_from(id.0).ok(),
        ProjectRef::Path(_) => None,
    };
    let (mut branches, mut heads, mut commits) = (Vec::new(), BTreeMap::new(), Vec::new());
    for (git_ref, named) in &around.refs {
        match named {
            Named::Commit(sha) if is_sha_of(git_ref, sha) => commits.push(Commit { sha, message: "A commit" }),
            Named::Commit(sha) => drop(heads.insert(git_ref.as_str(), sha.as_str())),
            Named::Unknown => branches.push(git_ref.as_str()),
            Named::Nothing => {}
        }
    }
    let of_releases = current.releases.keys().chain(*tags);
    let there: BTreeSet<_> = of_releases.filter(|tag| !current.missing_tags.contains(*tag)).collect();
    let mut oldest_first: Vec<&Release> = current.releases.values().map(AsRef::as_ref).collect();
    oldest_first.sort_by_key(|release| (release.created_at, release.released_at, &release.tag_name));
    Project {
        id,
        path: path(current),
        // Without a token nothing else could have been read.
        visibility: if around.asker == Asker::Nobody { "public" } else { "private" },
        default_branch: around.default_branch.as_deref().unwrap_or(NO_BRANCH),
        branches,
        protected_tags: protected(current, around.protected_tags.as_deref()),
        members: member(around).into_iter().collect(),
        heads,
        commits,
        tags: there.into_iter().map(|tag| Tag { name: tag.as_str() }).collect(),
        milestones: milestones(current),
        releases: oldest_first.into_iter().map(release).collect(),
    }
}

fn path(current: &Current) -> String {
    current.project.path.clone().unwrap_or_else(|| match &current.project.reference {
        ProjectRef::Path(path) => path.clone(),
        ProjectRef::Id(id) => format!("projects/{id}"),
    })
}

/// Whether `git_ref` is `sha` or the beginning of it, and so no name.
fn is_sha_of(git_ref: &str, sha: &str) -> bool {
    git_ref.len() >= 7 && sha.get(..git_ref.len()).is_some_and(|start| start.eq_ignore_ascii_case(git_ref))
}

/// The milestones of groups, each with the path of its group.
fn of_groups(current: &Current) -> impl Iterator<Item = (String, &Milestone)> {
    let group = current.project.group.as_ref().map(|group| group.path.as_str());
    current.milestones.iter().flatten().filter_map(move |milestone| {
        let path = match milestone.scope {
            MilestoneScope::Project => return None,
            MilestoneScope::Group => group?,
            // Which of the groups further up it is makes no difference: none can be named.
            MilestoneScope::Ancestor => group?.rsplit_once('/')?.0,
        };
        Some((path.to_owned(), milestone))
    })
}

/// The project's own, and those that releases name and that were not read.
fn milestones(current: &Current) -> Vec<MilestoneEntry<'_>> {
    let read = || current.milestones.iter().flatten();
    let known: BTreeSet<&str> =
        read().filter(|m| m.scope != MilestoneScope::Ancestor).map(|m| m.title.as_str()).collect();
    let named: BTreeSet<&str> =
        current.releases.values().flat_map(|release| &release.milestones).map(String::as_str).collect();
    let own = read().filter(|milestone| milestone.scope == MilestoneScope::Project).map(milestone);
    let unread = named.difference(&known).map(|title| MilestoneEntry {
        title,
        description: "",
        state: "active",
        start_date: None,
        due_date: None,
    });
    own.chain(unread).collect()
}

fn milestone(milestone: &Milestone) -> MilestoneEntry<'_> {
    let Milestone { id: _, scope: _, title, description, start_date, due_date, state } = milestone;
    let date = |date: &Option<Date>| date.and_then(|date| date.to_string().parse().ok());
    MilestoneEntry {
        title,
        description: description.as_str(),
        state: state.as_str(),
        start_date: date(start_date),
        due_date: date(due_date),
    }
}

/// Where rules can't be read, the tags that they name are known. Then they ask for Maintainer, as GitLab's do unless somebody
/// chooses otherwise. Who is named by themselves is not told: they are taken to be the one who asks.
fn protected<'a>(current: &'a Current, rules: Option<&'a [ProtectedTag]>) -> Vec<Protected<'a>> {
    let Some(rules) = rules else {
        let tags = current.protected_tags.iter();
        return tags.map(|tag| Protected { name: tag.as_str(), create_access: "maintainer" }).collect();
    };
    let access = |rule: &ProtectedTag| match rule.least {
        _ if rule.names_others => "developer",
        None => "no_one",
        Some(role) if role <= Role::Developer => "developer",
        Some(_) => "maintainer",
    };
    rules.iter().map(|rule| Protected { name: &rule.pattern, create_access: access(rule) }).collect()
}

/// What the one who asks is there. Whose role is not told may do everything; in an archived project nobody may write.
fn member(around: &Surroundings) -> Option<Member> {
    let Asker::User { role, .. } = &around.asker else { return None };
    let role = role.unwrap_or(Role::Maintainer);
    let role = match if around.is_archived { role.min(Role::Reporter) } else { role } {
        Role::Minimal | Role::Guest | Role::Planner => "guest",
        Role::Reporter => "reporter",
        Role::Developer => "developer",
        Role::Maintainer => "maintainer",
        Role::Owner => "owner",
    };
    Some(Member { username: REHEARSER, role })
}

fn release(release: &Release) -> ReleaseEntry<'_> {
    let Release { tag_name, name, description, released_at, created_at, milestones, links, has_evidence } = release;
    ReleaseEntry {
        tag_name: tag_name.as_str(),
        name,
        description: Description::as_str(description),
        released_at: date_time(*released_at),
        created_at: date_time(*created_at),
        milestones,
        evidence: *has_evidence,
        links: links.iter().map(|live| link(&live.link)).collect(),
    }
}

fn link(Link { name, url, direct_asset_path, link_type }: &Link) -> LinkEntry<'_> {
    let direct_asset_path = direct_asset_path.as_ref().map(AssetPath::as_str);
    LinkEntry { name, url, direct_asset_path, link_type: link_type.as_str() }
}

/// A time, if TOML has it: its years have four digits.
fn date_time(at: Moment) -> Option<Datetime> {
    at.to_string().parse().ok()
}
