//! Who asks, and what they may do. Tokens are told apart by how they were sent, as GitLab does: a job token is only
//! worth something in `JOB-TOKEN`, and only where job tokens are taken.

use crate::sandbox::http::{Call, Credential, Refusal};
use crate::sandbox::rules::pattern_matches;
use crate::sandbox::store::projects::{self, Project, Visibility};
use crate::sandbox::store::users::{self, Role, TokenKind, User};
use rusqlite::Connection;

/// Whether an endpoint takes job tokens. Where it does not, the token counts for nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JobTokens {
    /// Releases, links, and reading tags.
    Taken,
    /// Everything else.
    Ignored,
}

/// A project, and what the one who asks is there.
#[derive(Debug)]
pub(crate) struct Access {
    /// The project.
    pub(crate) project: Project,
    user: Option<User>,
    role: Option<Role>,
}

/// The user behind a request, if any.
///
/// # Errors
/// 401 for a token that is not known, or was sent as something that it is not.
pub(crate) fn user(db: &Connection, call: &Call, job_tokens: JobTokens) -> Result<Option<User>, Refusal> {
    let (token, kind) = match &call.credential {
        Credential::None => return Ok(None),
        Credential::Job(_) if job_tokens == JobTokens::Ignored => return Ok(None),
        Credential::Personal(token) => (token, TokenKind::Personal),
        Credential::Job(token) => (token, TokenKind::Job),
    };
    users::by_token(db, token, kind)?.map(Some).ok_or_else(Refusal::unauthorized)
}

impl Access {
    /// The project that `:id` names, if the one who asks may know of it.
    ///
    /// # Errors
    /// 401 for a wrong token, 404 for a project that does not exist or can't be seen.
    pub(crate) fn of(db: &Connection, call: &Call, job_tokens: JobTokens) -> Result<Self, Refusal> {
        let user = user(db, call, job_tokens)?;
        let project = projects::find(db, call.segment("id")?)?.ok_or_else(|| Refusal::not_found("Project"))?;
        let role = match &user {
            Some(user) => users::role_in(db, user, project.id)?,
            None => None,
        };
        if project.visibility == Visibility::Private && role.is_none() {
            return Err(Refusal::not_found("Project"));
        }
        Ok(Self { project, user, role })
    }

    /// Whether they may see tags and commits, and so all of a release.
    pub(crate) fn reads_code(&self) -> bool {
        self.project.visibility == Visibility::Public || self.has(Role::Reporter)
    }

    /// Refuses those who may not see tags and commits.
    pub(crate) fn require_code(&self) -> Result<(), Refusal> {
        if self.reads_code() { Ok(()) } else { Err(Refusal::forbidden()) }
    }

    /// Whether they have at least this role.
    pub(crate) fn has(&self, role: Role) -> bool {
        self.role >= Some(role)
    }

    /// Their role.
    pub(crate) fn role(&self) -> Option<Role> {
        self.role
    }

    /// Refuses those who are not signed in.
    pub(crate) fn require_user(&self) -> Result<&User, Refusal> {
        self.user.as_ref().ok_or_else(Refusal::unauthorized)
    }

    /// Refuses those who have less than this role.
    pub(crate) fn require(&self, role: Role) -> Result<&User, Refusal> {
        let user = self.require_user()?;
        if self.has(role) { Ok(user) } else { Err(Refusal::forbidden()) }
    }

    /// Whether protection lets them create this tag.
    pub(crate) fn may_create_tag(&self, db: &Connection, tag: &str) -> rusqlite::Result<bool> {
        let rules = projects::protected_tags(db, self.project.id)?;
        let mut rules = rules.iter().filter(|rule| pattern_matches(&rule.pattern, tag)).peekable();
        Ok(rules.peek().is_none() || rules.any(|rule| rule.create_access.is_some_and(|role| self.has(role))))
    }

    /// Whether a protection rule names this tag at all.
    pub(crate) fn is_protected_tag(&self, db: &Connection, tag: &str) -> rusqlite::Result<bool> {
        let rules = projects::protected_tags(db, self.project.id)?;
        Ok(rules.iter().any(|rule| pattern_matches(&rule.pattern, tag)))
    }
}
