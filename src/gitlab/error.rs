//! What can go wrong between relsync and GitLab: one error, whose [`Kind`] decides what a caller does about it.
//!
//! Texts in here are harmless: redacted, escaped and bounded before they come in (see [`crate::http::message`]). There is no
//! `source`: reqwest's chain is flattened into the message, so nothing below can print a url or a header.

use crate::gitlab::request::Request;
use crate::model::{ProjectId, ProjectRef};
use reqwest::{Method, StatusCode};
use std::{fmt, time::Duration};

/// What went wrong, as far as it decides what to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The client can't be made as it is configured. Nothing was sent.
    Settings,
    /// 401.
    Unauthorized,
    /// 403, or less shown than a Reporter would see.
    Forbidden,
    /// 404.
    NotFound,
    /// 409.
    Conflict,
    /// 400, 422 and rarer refusals: the request itself is what GitLab does not like.
    Invalid,
    /// 429.
    RateLimited,
    /// 5xx. Behind a proxy the request may have been carried out all the same.
    Server,
    /// 3xx. Never followed, as the token must not travel.
    Redirect {
        /// The project's id, if it is about one that has moved within this GitLab.
        moved_to: Option<ProjectId>,
    },
    /// No connection: a name, network or TLS problem. Nothing was sent.
    Connect,
    /// A connection to somebody whose certificate is not trusted. Nothing was sent.
    Untrusted,
    /// No answer in time. The request may have been carried out.
    Timeout,
    /// The connection broke. The request may have been carried out.
    Interrupted,
    /// An answer that is not what GitLab answers. The request may have been carried out.
    Decode,
    /// A list that others changed while its pages were read, twice.
    Changed,
    /// What it was to change was looked at too long ago. Nothing was sent, but perhaps by an earlier try.
    Stale,
    /// A file that was to be sent can't be read, or is not what was planned. It was not sent to its end.
    Unsent,
    /// Given up while waiting to be sent, as the run was to stop. Nothing was sent.
    Stopped,
}

/// A request that failed, or a client that can't be made.
#[derive(Clone, thiserror::Error)]
#[error("{}", self.line())]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: Kind,
    message: String,
    help: Option<String>,
    request: Option<(Method, String)>,
    status: Option<StatusCode>,
    retry_after: Option<Duration>,
    leads_to: Option<Request>,
    is_of_no_host: bool,
}

impl Error {
    /// An error that no request is to blame for.
    pub(super) fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            help: None,
            request: None,
            status: None,
            retry_after: None,
            leads_to: None,
            is_of_no_host: false,
        }))
    }

    pub(super) fn of_request(mut self, method: &Method, path: &str) -> Self {
        self.0.request = Some((method.clone(), path.to_owned()));
        self
    }

    pub(super) fn answered(mut self, status: StatusCode) -> Self {
        self.0.status = Some(status);
        self
    }

    pub(super) fn retrying_after(mut self, wait: Option<Duration>) -> Self {
        self.0.retry_after = wait;
        self
    }

    pub(super) fn leading_to(mut self, there: Option<Request>) -> Self {
        self.0.leads_to = there;
        self
    }

    pub(super) fn of_no_host(mut self, is_so: bool) -> Self {
        self.0.is_of_no_host = is_so;
        self
    }

    /// Whether the host's name leads to no address.
    pub(super) fn is_of_no_host(&self) -> bool {
        self.0.is_of_no_host
    }

    /// What to ask instead, if it was a redirect within this GitLab's API.
    pub(super) fn leads_to(&self) -> Option<&Request> {
        self.0.leads_to.as_ref()
    }

    /// The same about a request that was not done, and is not tried again as the run is to stop.
    pub(super) fn stopped(mut self) -> Self {
        self.0.kind = Kind::Stopped;
        self
    }

    /// How long GitLab asks to wait before it is asked again.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Whether the request may have been carried out all the same.
    #[must_use]
    pub fn is_in_doubt(&self) -> bool {
        matches!(self.0.kind, Kind::Server | Kind::Timeout | Kind::Interrupted | Kind::Decode)
    }

    /// Whether it is GitLab's own word on a request that was to change something: not a look's, nor one for "not now".
    #[must_use]
    pub fn settles_a_write(&self) -> bool {
        self.0.status.is_some() && self.0.kind != Kind::RateLimited && self.method() != Some("GET")
    }

    /// Whether what went wrong is likely to pass. Only who has looked that it was not done may try again what makes something.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        match self.0.kind {
            Kind::Timeout | Kind::Interrupted => true,
            Kind::Server => matches!(self.status(), Some(502..=504)),
            _ => false,
        }
    }

    pub(super) fn with_help(mut self, help: Option<String>) -> Self {
        self.0.help = help;
        self
    }

    /// What to do about it depends on this.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// The request's method.
    #[must_use]
    pub fn method(&self) -> Option<&str> {
        self.0.request.as_ref().map(|(method, _)| method.as_str())
    }

    /// The request's path below `/api/v4`, encoded as it was sent, without the query.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        self.0.request.as_ref().map(|(_, path)| path.as_str())
    }

    /// The answer's status, if there was an answer.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.status.map(|status| status.as_u16())
    }

    /// GitLab's own words on one line, or ours where it had none.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Where to ask again: by id, if `project` was named by a path that it has moved away from.
    #[must_use]
    pub fn moved(&self, project: &ProjectRef) -> Option<ProjectRef> {
        match (project, self.0.kind) {
            (ProjectRef::Path(_), Kind::Redirect { moved_to }) => moved_to.map(ProjectRef::Id),
            _ => None,
        }
    }

    /// Whether GitLab says that the thing asked for does not exist, in a project that does. A proxy's web page or a
    /// missing project is no such answer.
    pub(super) fn says_absent(&self) -> bool {
        let absent = ["not found", "tag not found", "release not found", "commit not found"];
        self.0.kind == Kind::NotFound && absent.contains(&self.message().to_lowercase().as_str())
    }

    fn line(&self) -> String {
        let message = &self.0.message;
        match (&self.0.request, self.0.status) {
            (Some((method, path)), Some(status)) => {
                format!("{method} {path} answered {}: {message}", status.as_u16())
            }
            (Some((method, path)), None) => format!("{method} {path} failed: {message}"),
            (None, _) => message.clone(),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error").field("kind", &self.0.kind).field("line", &self.line()).finish_non_exhaustive()
    }
}

impl miette::Diagnostic for Error {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.0.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }
}

/// What is wrong with a value in an otherwise good answer; becomes an [`Error`] once the answer adds who said so.
pub(super) struct Flaw {
    pub(super) kind: Kind,
    pub(super) message: String,
    pub(super) help: Option<&'static str>,
}

impl Flaw {
    /// A value that GitLab would not send.
    pub(super) fn strange(message: impl Into<String>) -> Self {
        Self { kind: Kind::Decode, message: message.into(), help: None }
    }
}
