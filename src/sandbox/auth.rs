//! Who asks, and what they may do. Tokens are told apart by how they were sent, as GitLab does: a job token is only
//! worth something in `JOB-TOKEN`, and only where job tokens are taken.

use crate::sandbox::http::{Call, Credential, Refusal};
use crate::sandbox::moment::Moment;
use crate::sandbox::rules::pattern_matches;
use crate::sandbox::store::groups::{self, Group};
use crate::sandbox::store::projects::{self, Found, Project, Visibility};
use crate::sandbox::store::users::{self, Role, Token, TokenKind, User, Viewer};
use axum::http::StatusCode;
use rusqlite::Connection;
use serde_json::json;

/// The scopes that let a token read the API.
const READING: [&str; 2] = ["api", "read_api"];
/// The scope that lets a token write to it.
const WRITING: [&str; 1] = ["api"];

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
    own_role: Option<Role>,
    group_role: Option<Role>,
}

/// A group, and what the one who asks is there.
#[derive(Debug)]
pub(crate) struct GroupAccess {
    /// The group.
    pub(crate) group: Group,
    user: Option<User>,
    role: Option<Role>,
}

/// The user behind a request, if any.
///
/// # Errors
/// 401 for a token that is not known, was sent as something that it is not, or has expired; 403 for one whose scopes
/// don't allow this.
pub(crate) fn user(db: &Connection, call: &Call, job_tokens: JobTokens) -> Result<Option<User>, Refusal> {
    let Some((user, token)) = signed_in(db, call, job_tokens)? else { return Ok(None) };
    let scopes: &[&str] = if call.method.is_safe() { &READING } else { &WRITING };
    let is_job = matches!(call.credential, Credential::Job(_));
    if is_job || token.scopes.iter().any(|scope| scopes.contains(&scope.as_str())) {
        return Ok(Some(user));
    }
    Err(Refusal::of_token(
        StatusCode::FORBIDDEN,
        json!({
            "error": "insufficient_scope",
            "error_description": "The request requires higher privileges than provided by the access token.",
            "scope": scopes.join(" "),
        }),
    ))
}

/// The user behind a request, and the token, whatever its scopes.
///
/// # Errors
/// 401 for a token that is not known, was sent as something that it is not, or has expired.
pub(crate) fn signed_in(db: &Connection, call: &Call, job_tokens: JobTokens) -> Result<Option<(User, Token)>, Refusal> {
    let (text, kind) = match &call.credential {
        Credential::None => return Ok(None),
        Credential::Job(_) if job_tokens == JobTokens::Ignored => return Ok(None),
        Credential::Personal(token) => (token, TokenKind::Personal),
        Credential::Job(token) => (token, TokenKind::Job),
    };
    let (user, token) = users::by_token(db, text, kind)?.ok_or_else(Refusal::unauthorized)?;
    if token.expires_at.is_some_and(|day| day <= Moment::now().day()) {
        let text = "Token is expired. You can either do re-authorization or token refresh.";
        let body = json!({ "error": "invalid_token", "error_description": text });
        return Err(Refusal::of_token(StatusCode::UNAUTHORIZED, body));
    }
    Ok(Some((user, token)))
}

/// The user behind a request; there has to be one.
///
/// # Errors
/// 401 if there is none, and whatever [`user`] says.
pub(crate) fn required_user(db: &Connection, call: &Call) -> Result<User, Refusal> {
    user(db, call, JobTokens::Ignored)?.ok_or_else(Refusal::unauthorized)
}

impl Access {
    /// The project that `:id` names, if the one who asks may know of it.
    ///
    /// # Errors
    /// 401 for a wrong token, 404 for a project that does not exist or can't be seen, 301 for one that has moved.
    pub(crate) fn of(db: &Connection, call: &Call, job_tokens: JobTokens) -> Result<Self, Refusal> {
        let user = user(db, call, job_tokens)?;
        let found = projects::find(db, call.segment("id")?)?.ok_or_else(|| Refusal::not_found("Project"))?;
        let (project, moved) = match found {
            Found::Here(project) => (project, false),
            Found::Moved(project) => (project, true),
        };
        let access = Self::to(db, project, user)?;
        if !access.is_known() {
            return Err(Refusal::not_found("Project"));
        }
        if moved {
            let id = access.project.id.0.to_string();
            return Err(Refusal::moved_to(&call.url_with_segment("projects", &id)));
        }
        Ok(access)
    }

    /// What somebody is in a project, which may turn out to be nothing.
    pub(crate) fn to(db: &Connection, project: Project, user: Option<User>) -> Result<Self, Refusal> {
        let (own_role, group_role) = match &user {
            Some(user) => (users::membership(db, user, &project)?, users::group_membership(db, user, &project)?),
            None => (None, None),
        };
        Ok(Self { project, user, own_role, group_role })
    }

    /// Whether they may know that the project exists.
    fn is_known(&self) -> bool {
        match self.project.visibility {
            Visibility::Public => true,
            Visibility::Internal => self.user.is_some(),
            Visibility::Private => self.role().is_some(),
        }
    }

    /// Whether they may see tags and commits, and so all of a release.
    pub(crate) fn reads_code(&self) -> bool {
        (self.is_known() && self.project.visibility != Visibility::Private) || self.has(Role::Reporter)
    }

    /// Refuses those who may not see tags and commits.
    pub(crate) fn require_code(&self) -> Result<(), Refusal> {
        if self.reads_code() { Ok(()) } else { Err(Refusal::forbidden()) }
    }

    /// Whether they have at least this role.
    pub(crate) fn has(&self, role: Role) -> bool {
        self.role() >= Some(role)
    }

    fn role(&self) -> Option<Role> {
        self.own_role.max(self.group_role)
    }

    /// Their roles: by themselves, and by the groups around the project.
    pub(crate) fn roles(&self) -> [Option<Role>; 2] {
        [self.own_role, self.group_role]
    }

    /// Who they are, if they are signed in.
    pub(crate) fn user(&self) -> Option<&User> {
        self.user.as_ref()
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

impl GroupAccess {
    /// The group that `:id` names, if the one who asks may know of it.
    ///
    /// # Errors
    /// 401 for a wrong token, 404 for a group that does not exist or can't be seen.
    pub(crate) fn of(db: &Connection, call: &Call) -> Result<Self, Refusal> {
        let user = user(db, call, JobTokens::Ignored)?;
        let group = groups::find(db, call.segment("id")?, Viewer::of(user.as_ref()))?
            .ok_or_else(|| Refusal::not_found("Group"))?;
        let role = user.as_ref().map(|user| groups::role_in(db, user, &group)).transpose()?.flatten();
        Ok(Self { group, user, role })
    }

    /// Who they are, if they are signed in.
    pub(crate) fn user(&self) -> Option<&User> {
        self.user.as_ref()
    }

    /// Refuses those who are not signed in.
    pub(crate) fn require_user(&self) -> Result<&User, Refusal> {
        self.user.as_ref().ok_or_else(Refusal::unauthorized)
    }

    /// Refuses those who have less than this role.
    pub(crate) fn require(&self, role: Role) -> Result<(), Refusal> {
        self.require_user()?;
        if self.role >= Some(role) { Ok(()) } else { Err(Refusal::forbidden()) }
    }
}
