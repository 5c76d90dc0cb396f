//! Writes a seed into an empty database: the sandbox's own users first, then groups, users and projects.

use super::format::{AccessToken, Commit, CreateAccess, File, Group, Milestone, Project, Tag, User};
use super::merge_request;
use super::release;
use super::{Folder, Problem};
use crate::sandbox::moment::Moment;
use crate::sandbox::rules::{clean_title, is_tag_name, title_error};
use crate::sandbox::store::ids::{MilestoneId, ProjectId, UserId};
use crate::sandbox::store::milestones::{MilestoneFields, MilestoneState, Owner};
use crate::sandbox::store::projects::{NewProject, ProtectedTag, Visibility};
use crate::sandbox::store::users::{Role, TokenKind};
use crate::sandbox::store::{groups, milestones, projects, tags, users};
use rusqlite::Connection;
use toml::Spanned;

const DEFAULT_BRANCH: &str = "main";

/// The users whose tokens work on every project.
const OWN_USERS: [(&str, &str, &str, Role); 4] = [
    ("root", "Administrator", "sandbox-maintainer", Role::Maintainer),
    ("sandbox-developer", "Sandbox developer", "sandbox-developer", Role::Developer),
    ("sandbox-reporter", "Sandbox reporter", "sandbox-reporter", Role::Reporter),
    ("sandbox-guest", "Sandbox guest", "sandbox-guest", Role::Guest),
];
/// Jobs run as the maintainer.
const JOB_TOKEN: &str = "sandbox-job";
/// What a token may do whose scopes are not said.
const ALL_SCOPES: [&str; 1] = ["api"];

/// Writes it all; the caller undoes it if this fails.
pub(super) fn lay(db: &Connection, file: &File, folder: &Folder) -> Result<(), Problem> {
    let now = Moment::now();
    let root = own_users(db, now)?;
    for User { username, name, tokens, access_tokens } in &file.users {
        let handle = username.get_ref();
        let user = if OWN_USERS.iter().any(|own| own.0 == handle) {
            // A seed may give the sandbox's own users more tokens.
            users::by_username(db, handle)?.ok_or(rusqlite::Error::QueryReturnedNoRows)?
        } else {
            users::add(db, handle, name.as_ref().unwrap_or(handle), None).map_err(Problem::on_write(username.span()))?
        };
        for token in tokens {
            users::add_token(db, user, token.get_ref(), TokenKind::Personal, &ALL_SCOPES, None, now)
                .map_err(Problem::on_write(token.span()))?;
        }
        for AccessToken { token, scopes, expires_at } in access_tokens {
            let scopes = scopes.as_ref().map_or(ALL_SCOPES.to_vec(), |s| s.iter().map(String::as_str).collect());
            users::add_token(db, user, token.get_ref(), TokenKind::Personal, &scopes, *expires_at, now)
                .map_err(Problem::on_write(token.span()))?;
        }
    }
    file.groups.iter().try_for_each(|group| lay_group(db, group, now))?;
    file.projects.iter().try_for_each(|project| lay_project(db, project, folder, root, now))
}

fn lay_group(db: &Connection, group: &Group, now: Moment) -> Result<(), Problem> {
    let Group { path, name, visibility, members, milestones } = group;
    let id = groups::ensure(db, full_path(path)?, now).map_err(Problem::on_write(path.span()))?;
    groups::describe(db, id, name.as_deref(), visibility.unwrap_or(Visibility::Private))?;
    for member in members {
        let user = user_id(db, &member.username)?;
        users::add_group_member(db, id, user, member.role.into()).map_err(Problem::on_write(member.username.span()))?;
    }
    milestones.iter().try_for_each(|milestone| lay_milestone(db, Owner::Group(id), milestone, now))
}

/// The user of this name.
pub(super) fn user_id(db: &Connection, username: &Spanned<String>) -> Result<UserId, Problem> {
    users::by_username(db, username.get_ref())?.ok_or_else(|| Problem::new("no user has this name", username.span()))
}

/// Adds the sandbox's own users; tells which one releases without an author are by.
fn own_users(db: &Connection, now: Moment) -> Result<UserId, Problem> {
    let mut users = Vec::with_capacity(OWN_USERS.len());
    for (username, name, token, role) in OWN_USERS {
        let user = users::add(db, username, name, Some(role))?;
        users::add_token(db, user, token, TokenKind::Personal, &ALL_SCOPES, None, now)?;
        users.push(user);
    }
    let root = users[0];
    users::add_token(db, root, JOB_TOKEN, TokenKind::Job, &[], None, now)?;
    Ok(root)
}

fn lay_project(db: &Connection, project: &Project, folder: &Folder, root: UserId, now: Moment) -> Result<(), Problem> {
    let path = full_path(&project.path)?;
    if !path.contains('/') {
        return Err(Problem::new("a project's path starts with its group's", project.path.span()));
    }
    let default_branch = project.default_branch.as_deref().unwrap_or(DEFAULT_BRANCH);
    let last = path.rsplit('/').next().unwrap_or(path);
    let new = NewProject {
        id: project.id.map(|id| ProjectId(id.into())),
        path: path.to_owned(),
        name: project.name.clone().unwrap_or_else(|| last.to_owned()),
        description: project.description.clone(),
        visibility: project.visibility.unwrap_or(Visibility::Private),
        default_branch: default_branch.to_owned(),
        created_at: project.created_at.unwrap_or(now),
    };
    let made = projects::add(db, new).map_err(Problem::on_write(project.path.span()))?;
    let id = made.id;
    project
        .moved_from
        .iter()
        .try_for_each(|path| projects::add_former_path(db, id, full_path(path)?).map_err(Problem::from))?;

    if project.allow_duplicate_packages == Some(false) {
        projects::forbid_duplicate_packages(db, id)?;
    }
    for Commit { sha, message, parent, created_at } in &project.commits {
        let sha = checked_sha(sha)?.to_owned();
        let created_at = created_at.unwrap_or(now);
        let commit = tags::Commit { sha, message: message.clone(), parent_sha: parent.clone(), created_at };
        tags::add_commit(db, id, &commit)?;
    }
    project.tags.iter().try_for_each(|tag| lay_tag(db, id, path, tag, now))?;
    lay_branches(db, id, project, default_branch, now)?;
    for rule in &project.protected_tags {
        let create_access = match rule.create_access {
            CreateAccess::Developer => Some(Role::Developer),
            CreateAccess::Maintainer => Some(Role::Maintainer),
            CreateAccess::NoOne => None,
        };
        let pattern = rule.name.get_ref().clone();
        projects::protect(db, id, &ProtectedTag { pattern, create_access })
            .map_err(Problem::on_write(rule.name.span()))?;
    }
    for member in &project.members {
        let user = user_id(db, &member.username)?;
        users::add_member(db, id, user, member.role.into()).map_err(Problem::on_write(member.username.span()))?;
    }
    let owner = Owner::Project(id);
    project.milestones.iter().try_for_each(|milestone| lay_milestone(db, owner, milestone, now))?;
    project.releases.iter().try_for_each(|entry| release::lay(db, &made, entry, folder, root, now))?;
    project.merge_requests.iter().try_for_each(|entry| merge_request::lay(db, &made, entry, root, now))
}

/// The branches named, the default one, and those whose heads are given.
fn lay_branches(
    db: &Connection,
    id: ProjectId,
    project: &Project,
    default_branch: &str,
    now: Moment,
) -> Result<(), Problem> {
    let path = project.path.get_ref();
    let mut names: Vec<&str> = project.branches.iter().map(|branch| branch.get_ref().as_str()).collect();
    for name in project.heads.keys().map(String::as_str).chain([default_branch]) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    for name in names {
        let sha = match project.heads.get(name) {
            Some(sha) => checked_sha(sha)?.to_owned(),
            None => tags::fake_sha(&[path, name]),
        };
        let place = project.branches.iter().rfind(|branch| branch.get_ref() == name).map(Spanned::span);
        ensure_commit(db, id, &sha, project.created_at.unwrap_or(now))?;
        tags::add_branch(db, id, name, &sha)
            .map_err(Problem::on_write(place.unwrap_or_else(|| project.path.span())))?;
    }
    Ok(())
}

fn lay_tag(db: &Connection, project: ProjectId, project_path: &str, tag: &Tag, now: Moment) -> Result<(), Problem> {
    let name = tag.name.get_ref();
    if !is_tag_name(name) {
        return Err(Problem::new("git would not take this as a tag's name", tag.name.span()));
    }
    let sha = match &tag.target {
        Some(sha) => checked_sha(sha)?.to_owned(),
        None => tags::fake_sha(&[project_path, "refs/tags", name]),
    };
    let created_at = tag.created_at.unwrap_or(now);
    ensure_commit(db, project, &sha, created_at)?;
    let row = tags::Tag { name: name.clone(), sha, message: tag.message.clone(), created_at };
    tags::add(db, project, &row).map_err(Problem::on_write(tag.name.span()))
}

fn lay_milestone(db: &Connection, owner: Owner, milestone: &Milestone, now: Moment) -> Result<(), Problem> {
    let title = clean_title(milestone.title.get_ref());
    if let Some(error) = title_error(&title) {
        return Err(Problem::new(format!("the title {error}"), milestone.title.span()));
    }
    let fields = MilestoneFields {
        title,
        description: milestone.description.clone(),
        state: milestone.state.unwrap_or(MilestoneState::Active),
        start_date: milestone.start_date,
        due_date: milestone.due_date,
    };
    let id = milestone.id.map(|id| MilestoneId(id.into()));
    milestones::add(db, id, owner, fields, milestone.created_at.unwrap_or(now))
        .map_err(Problem::on_write(milestone.title.span()))
        .map(drop)
}

/// A commit of which nothing but the SHA is known.
fn ensure_commit(db: &Connection, project: ProjectId, sha: &str, created_at: Moment) -> Result<(), Problem> {
    let message = format!("Commit {}", &sha[..8]);
    tags::add_commit(db, project, &tags::Commit { sha: sha.to_owned(), message, parent_sha: None, created_at })?;
    Ok(())
}

fn checked_sha(sha: &Spanned<String>) -> Result<&str, Problem> {
    if tags::is_sha(sha.get_ref()) {
        Ok(sha.get_ref())
    } else {
        Err(Problem::new("a SHA has 40 characters of 0-9 and a-f", sha.span()))
    }
}

/// A path whose parts are not empty, and which can't be taken for a number.
fn full_path(path: &Spanned<String>) -> Result<&str, Problem> {
    let text = path.get_ref();
    if text.split('/').any(str::is_empty) || text.bytes().all(|b| b.is_ascii_digit()) {
        Err(Problem::new("this is not the path of a group or project", path.span()))
    } else {
        Ok(text)
    }
}
