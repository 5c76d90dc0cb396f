//! What may be behind an error, for the person who has to do something about it.
//!
//! GitLab answers several causes alike, so these texts name all that are possible and how to tell them apart.

use crate::gitlab::{Kind, TokenKind};
use reqwest::Method;
use std::time::Duration;

/// What is known about a request that failed.
pub(super) struct Failed<'a> {
    pub(super) kind: Kind,
    pub(super) method: &'a Method,
    pub(super) path: &'a str,
    pub(super) message: &'a str,
    pub(super) token: Option<TokenKind>,
    pub(super) request_id: Option<&'a str>,
    pub(super) retry_after: Option<Duration>,
}

/// The possible causes, if there is more to say than the message does.
pub(super) fn help(failed: &Failed<'_>) -> Option<String> {
    let text = match failed.kind {
        Kind::Unauthorized => unauthorized(failed),
        Kind::Forbidden => forbidden(failed),
        Kind::NotFound => return not_found(failed).map(str::to_owned),
        Kind::Conflict => "somebody else wrote it meanwhile: plan again",
        Kind::RateLimited => match failed.retry_after {
            Some(wait) => {
                let seconds = wait.as_secs();
                return Some(format!(
                    "GitLab asks to wait {seconds} s: run it again then, or allow it with --retry-for {seconds}s"
                ));
            }
            None => "too many requests in a short time: wait a minute and run it again",
        },
        Kind::Server => {
            return Some(match failed.request_id {
                Some(id) => {
                    format!("the fault is GitLab's, or of a proxy before it; in its logs, look for request {id}")
                }
                None => "the fault is GitLab's, or of a proxy before it".to_owned(),
            });
        }
        Kind::Redirect { moved_to: Some(id) } => {
            return Some(format!("the project has moved; set [project] id = {id} or its new path"));
        }
        Kind::Redirect { moved_to: None } => {
            "redirects are not followed, so that the token stays where it belongs; set url to the address GitLab itself has"
        }
        Kind::Connect => connect(failed.message),
        Kind::Timeout | Kind::Interrupted if *failed.method != Method::GET => {
            "the request may have been carried out: plan again to see"
        }
        Kind::Decode => {
            "check that url is a GitLab's own address, and that no login page or proxy answers in its place"
        }
        Kind::Changed => "somebody else is writing: run it again",
        Kind::Invalid if failed.message.starts_with("Target ") => {
            "`ref` must be a branch, a tag or a commit of the project"
        }
        Kind::Timeout => "check that url is a GitLab's own address, and that the network lets requests through",
        Kind::Interrupted | Kind::Invalid | Kind::Settings | Kind::Stopped => return None,
    };
    Some(text.to_owned())
}

fn unauthorized(failed: &Failed<'_>) -> &'static str {
    match failed.token {
        None => "this needs a token: set RELSYNC_TOKEN or GITLAB_TOKEN, or in CI let CI_JOB_TOKEN through",
        Some(TokenKind::Private) => {
            "the token is mistyped, expired, revoked or another GitLab's. A CI job token is taken only as a job token: \
             leave it in CI_JOB_TOKEN"
        }
        Some(TokenKind::Job) => {
            "a job token is good only while its job runs, and only for releases, links, packages and reading tags; \
             for anything else use a project access token"
        }
        Some(TokenKind::OAuth) => "the token is expired, revoked or another GitLab's",
    }
}

fn forbidden(failed: &Failed<'_>) -> &'static str {
    let releases = failed.path.contains("/releases");
    if failed.message.contains("insufficient_scope") {
        "the token lacks a scope: give it `api`, or `read_api` for reading only"
    } else if *failed.method == Method::GET {
        "the token's user needs at least the role Reporter in the project"
    } else if !releases {
        "the token's user needs a higher role in the project: Reporter for milestones, Developer for the rest"
    } else if failed.method == Method::POST && failed.path.ends_with("/releases") {
        "one of: the token's user is less than a Developer (see Manage > Members); the tag is protected and that user may \
         not create it, which counts even if it exists (see Settings > Repository > Protected tags)"
    } else if failed.path.contains("/assets/links") {
        "one of: the token's user is less than a Developer (see Manage > Members); the tag is protected and that user may \
         not create it (see Settings > Repository > Protected tags)"
    } else if failed.method == Method::DELETE {
        "one of: the token's user is less than a Maintainer (see Manage > Members); the tag is protected and that user may \
         not create it (see Settings > Repository > Protected tags); there is no such release (any more: plan again)"
    } else {
        "one of: the token's user is less than a Developer (see Manage > Members); the tag is protected and that user may \
         not create it (see Settings > Repository > Protected tags); there is no such release (any more: plan again)"
    }
}

fn not_found(failed: &Failed<'_>) -> Option<&'static str> {
    if failed.message == "Tag does not exist" {
        return Some("the release's git tag is gone: push it again, or delete the release in GitLab");
    }
    if failed.path.ends_with("/evidence") {
        return Some("evidence takes GitLab Premium; with `evidence = true` its absence is no failure");
    }
    // `/projects/24` and the project's own message; what is missing below a project needs no such hint.
    if failed.path.matches('/').count() > 2 && !failed.message.starts_with("Project") {
        return None;
    }
    Some(match failed.token {
        None => "the project's path is mistyped, or it is private: set RELSYNC_TOKEN or GITLAB_TOKEN",
        Some(TokenKind::Private | TokenKind::OAuth) => {
            "the project's path is mistyped, or the token's user can't see it: not a member, or a project or group token of \
             somewhere else. A CI job token is taken only as a job token: leave it in CI_JOB_TOKEN"
        }
        Some(TokenKind::Job) => {
            "the project's path is mistyped, or it does not let this job in (there: Settings > CI/CD > Job token permissions), \
             or job tokens can't be used for this"
        }
    })
}

fn connect(message: &str) -> &'static str {
    if message.contains("certificate") {
        "if a private authority signed it, add that to the system's store, or point SSL_CERT_FILE at it (in CI: \
         $CI_SERVER_TLS_CA_FILE)"
    } else {
        "check url, the network, and the proxy settings (HTTPS_PROXY, NO_PROXY)"
    }
}
