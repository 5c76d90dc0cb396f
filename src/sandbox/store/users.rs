//! Users, their tokens, and their roles.

use super::ids::{GroupId, ProjectId, TokenId, UserId};
use super::projects::Project;
use super::{groups, words};
use crate::sandbox::moment::Moment;
use jiff::civil::Date;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension, Row, params, types::Type};

/// What somebody is in a project; each may do all that the ones before may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    /// Sees releases, but nothing of the repository.
    Guest,
    /// Sees everything, plans milestones.
    Reporter,
    /// Writes releases, links and tags.
    Developer,
    /// Deletes releases.
    Maintainer,
    /// The same here as a maintainer.
    Owner,
}

impl Role {
    const ALL: [Self; 5] = [Self::Guest, Self::Reporter, Self::Developer, Self::Maintainer, Self::Owner];

    /// GitLab's number for it.
    pub(crate) fn access_level(self) -> i64 {
        match self {
            Self::Guest => 10,
            Self::Reporter => 20,
            Self::Developer => 30,
            Self::Maintainer => 40,
            Self::Owner => 50,
        }
    }
}

impl ToSql for Role {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.access_level().into())
    }
}

impl FromSql for Role {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let level = value.as_i64()?;
        Self::ALL.into_iter().find(|r| r.access_level() == level).ok_or(FromSqlError::OutOfRange(level))
    }
}

words! {
    /// How a token has to be sent.
    TokenKind {
        /// In `PRIVATE-TOKEN`, or as a bearer.
        Personal = "personal",
        /// In `JOB-TOKEN`.
        Job = "job",
    }
}

/// A user.
#[derive(Debug, Clone)]
pub(crate) struct User {
    /// The number.
    pub(crate) id: UserId,
    /// The handle.
    pub(crate) username: String,
    /// The name people read.
    pub(crate) name: String,
    role_everywhere: Option<Role>,
}

impl User {
    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self { id: row.get(0)?, username: row.get(1)?, name: row.get(2)?, role_everywhere: row.get(3)? })
    }

    /// What they are in every project and group, whoever made it.
    pub(crate) fn role_everywhere(&self) -> Option<Role> {
        self.role_everywhere
    }
}

/// Somebody who looks, signed in or not, as far as it decides what there is to see.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Viewer {
    pub(super) user: Option<UserId>,
    pub(super) sees_all: bool,
}

impl Viewer {
    /// A user, or nobody in particular.
    pub(crate) fn of(user: Option<&User>) -> Self {
        Self { user: user.map(|user| user.id), sees_all: user.is_some_and(|user| user.role_everywhere.is_some()) }
    }
}

/// A token, but for its text.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    /// The number.
    pub(crate) id: TokenId,
    /// What it allows.
    pub(crate) scopes: Vec<String>,
    /// When it was made.
    pub(crate) created_at: Moment,
    /// The day from which on it is worth nothing.
    pub(crate) expires_at: Option<Date>,
}

/// The user a token stands for, and the token.
pub(crate) fn by_token(db: &Connection, token: &str, kind: TokenKind) -> rusqlite::Result<Option<(User, Token)>> {
    db.prepare_cached(
        "SELECT u.id, u.username, u.name, u.role_everywhere, t.id, t.scopes, t.created_at, t.expires_at
         FROM tokens t JOIN users u ON u.id = t.user_id WHERE t.token = ? AND t.kind = ?",
    )?
    .query_row(params![token, kind], |row| {
        let (scopes, expires_at): (String, Option<String>) = (row.get(5)?, row.get(7)?);
        let expires_at = expires_at
            .map(|day| day.parse())
            .transpose()
            .map_err(|e| rusqlite::Error::FromSqlConversionFailure(7, Type::Text, Box::new(e)))?;
        let scopes = scopes.split(' ').map(str::to_owned).collect();
        Ok((User::of(row)?, Token { id: row.get(4)?, scopes, created_at: row.get(6)?, expires_at }))
    })
    .optional()
}

/// The user with this number.
pub(crate) fn get(db: &Connection, id: UserId) -> rusqlite::Result<User> {
    db.prepare_cached("SELECT id, username, name, role_everywhere FROM users WHERE id = ?")?.query_row([id], User::of)
}

/// What a user is in a project, by themselves.
pub(crate) fn membership(db: &Connection, user: &User, project: &Project) -> rusqlite::Result<Option<Role>> {
    let member: Option<Role> = db
        .prepare_cached("SELECT role FROM members WHERE project_id = ? AND user_id = ?")?
        .query_row(params![project.id, user.id], |row| row.get(0))
        .optional()?;
    Ok(member.max(user.role_everywhere))
}

/// What a user is in a project, by the groups around it.
pub(crate) fn group_membership(db: &Connection, user: &User, project: &Project) -> rusqlite::Result<Option<Role>> {
    groups::role_below(db, user, project.namespace())
}

/// Adds a user; fails if the handle is taken.
pub(crate) fn add(db: &Connection, username: &str, name: &str, everywhere: Option<Role>) -> rusqlite::Result<UserId> {
    db.prepare_cached("INSERT INTO users (username, name, role_everywhere) VALUES (?, ?, ?) RETURNING id")?
        .query_row(params![username, name, everywhere], |row| row.get(0))
}

/// The user with this handle.
pub(crate) fn by_username(db: &Connection, username: &str) -> rusqlite::Result<Option<UserId>> {
    db.prepare_cached("SELECT id FROM users WHERE username = ?")?.query_row([username], |row| row.get(0)).optional()
}

/// Gives a user a token; fails if there is one like it.
pub(crate) fn add_token(
    db: &Connection,
    user: UserId,
    text: &str,
    kind: TokenKind,
    scopes: &[&str],
    expires_at: Option<Date>,
    created_at: Moment,
) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO tokens (token, kind, user_id, scopes, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
    )?
    .execute(params![text, kind, user, scopes.join(" "), created_at, expires_at.map(|day| day.to_string())])
    .map(drop)
}

/// Makes a user a member of a project.
pub(crate) fn add_member(db: &Connection, project: ProjectId, user: UserId, role: Role) -> rusqlite::Result<()> {
    db.prepare_cached("INSERT INTO members (project_id, user_id, role) VALUES (?, ?, ?)")?
        .execute(params![project, user, role])
        .map(drop)
}

/// Makes a user a member of a group.
pub(crate) fn add_group_member(db: &Connection, group: GroupId, user: UserId, role: Role) -> rusqlite::Result<()> {
    db.prepare_cached("INSERT INTO group_members (group_id, user_id, role) VALUES (?, ?, ?)")?
        .execute(params![group, user, role])
        .map(drop)
}
