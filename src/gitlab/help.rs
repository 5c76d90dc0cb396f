//! What may be behind an error, for the person who has to do something about it.
//!
//! GitLab answers several causes alike, so these texts name all that are possible and how to tell them apart.

use crate::gitlab::{Kind, TokenKind};
use reqwest::Method;
use std::time::Duration;

/// What may be wrong with a project's packages.
const PACKAGES_OFF: &str =
    "the project's package registry is turned off (there: Settings > General > Visibility > Package registry)";

/// What is wrong with a file that is asked for: above all it is not there.
const FILE_GONE: &str = "the file is not (any more) in the project's package registry: `relsync apply` uploads it again if \
                         the manifest has it among its `files`; or the registry is turned off (there: Settings > General > \
                         Visibility > Package registry)";

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
        Kind::Forbidden => return Some(forbidden(failed)),
        Kind::NotFound => return not_found(failed).map(str::to_owned),
        Kind::Conflict => "somebody else wrote it meanwhile: plan again",
        Kind::RateLimited => match failed.retry_after {
            Some(wait) => {
                let wait = jiff::SignedDuration::from_secs(i64::try_from(wait.as_secs()).unwrap_or(i64::MAX));
                return Some(format!(
                    "GitLab asks to wait {wait:#}: run it again then, or allow it with --retry-for \"{wait:#}\""
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
        // Words of rustls about what is no TLS at all.
        Kind::Connect if failed.message.contains("InvalidContentType") => {
            "who answers there speaks no TLS: check the port, and whether the address begins with http://"
        }
        Kind::Connect => "check url, the network, and the proxy settings (HTTPS_PROXY, NO_PROXY)",
        Kind::Untrusted => untrusted(failed.message),
        Kind::Timeout | Kind::Interrupted if *failed.method != Method::GET => {
            "the request may have been carried out: plan again to see"
        }
        Kind::Decode => {
            "check that url is a GitLab's own address, and that no login page or proxy answers in its place"
        }
        Kind::Stale => "GitLab lets too little through for now to look first and write then: run it again later",
        Kind::Changed => "somebody else is writing: run it again",
        Kind::Invalid if failed.message.contains("moved projects") => {
            "the project has moved meanwhile: plan again, which finds it by its id"
        }
        Kind::Invalid if failed.message.starts_with("Target ") => {
            "`ref` must be a branch, a tag or a commit of the project"
        }
        Kind::Invalid
            if failed.message.contains("Duplicate package is not allowed") && failed.path.ends_with("/SHA256SUMS") =>
        {
            "the list of checksums names every file of the release, so it is another one now, and the package registry's group forbids \
             to publish a file twice. Delete the SHA256SUMS that is there (Deploy > Package registry) and apply again; or take \
             `checksums` out of the release; or allow it (the group's Settings > Packages and registries > Duplicate \
             packages: Generic). The other files are not sent again, and are linked once the list that names them is there"
        }
        Kind::Invalid if failed.message.contains("Duplicate package is not allowed") => {
            "the package registry has a file of this name with other content, and its group forbids to publish one twice. Give \
             the file or its package another name; or delete the one that is there (Deploy > Package registry); or allow it \
             (the group's Settings > Packages and registries > Duplicate packages: Generic)"
        }
        Kind::Invalid if failed.path.contains("/packages/generic/") && failed.message.contains("too large") => {
            "GitLab takes files of this kind up to a limit that its administrators set, by default 5 GiB"
        }
        Kind::Unsent => "GitLab has not got it: let nothing write to the file meanwhile, and plan again",
        Kind::Timeout => "check that url is a GitLab's own address, and that the network lets requests through",
        Kind::Interrupted | Kind::Invalid | Kind::Settings | Kind::Stopped => return None,
    };
    Some(text.to_owned())
}

fn unauthorized(failed: &Failed<'_>) -> &'static str {
    match failed.token {
        None => "this needs a token: set RELSYNC_TOKEN or GITLAB_TOKEN, or in CI let CI_JOB_TOKEN through",
        Some(TokenKind::Private) => {
            "the token is mistyped, expired, revoked or another GitLab's: look for it under Settings > Access tokens of the \
             user, project or group that made it. A CI job token is taken only as a job token: leave it in CI_JOB_TOKEN"
        }
        Some(TokenKind::Job) => {
            "a job token is good only while its job runs, and only for releases, links, packages and reading tags; \
             for anything else use a project access token"
        }
        Some(TokenKind::OAuth) => {
            "the token is expired, which OAuth tokens are after two hours, revoked or another GitLab's. An access token \
             (glpat-…) goes with --token-kind private"
        }
    }
}

/// All causes that are possible for this request and this kind of token.
fn forbidden(failed: &Failed<'_>) -> String {
    if failed.message.contains("insufficient_scope") {
        return "the token lacks a scope: give it `api`, or `read_api` for reading only".to_owned();
    }
    let Some(token) = failed.token else {
        return "this is for members only: set RELSYNC_TOKEN or GITLAB_TOKEN".to_owned();
    };
    let who = match token {
        TokenKind::Private | TokenKind::OAuth => "the token's user",
        TokenKind::Job => "the user who started the job",
    };
    if failed.path.contains("/merge_requests/") {
        return format!(
            "one of: {who} is less than a Reporter of the project that the merge request is in; its thread is locked for those \
             who are no members; the project is archived"
        );
    }
    let (releases, reads) = (failed.path.contains("/releases"), *failed.method == Method::GET);
    let packages = failed.path.contains("/packages");
    let is_link = failed.path.contains("/assets/links");
    let role = if reads || failed.path.contains("/milestones") {
        "Reporter"
    } else if *failed.method == Method::DELETE && (releases || packages) && !is_link {
        "Maintainer"
    } else {
        "Developer"
    };
    let protected = format!(
        "the tag is protected and {who} may not create it, which counts even if it exists (see Settings > Repository > \
         Protected tags)"
    );
    if failed.message.contains("as it is protected") {
        return protected;
    }
    let own = if token == TokenKind::Private { "; a project or group token has the role it was made with" } else { "" };
    let mut causes = vec![format!("{who} is less than a {role} (see Manage > Members{own})")];
    if token == TokenKind::Job {
        causes.push("the project lets this job do less (there: Settings > CI/CD > Job token permissions)".to_owned());
    }
    if packages {
        causes.push(PACKAGES_OFF.to_owned());
    }
    if releases && !reads {
        causes.push(protected);
        if !is_link && *failed.method != Method::POST {
            causes.push("there is no such release (any more: plan again)".to_owned());
        }
    }
    format!("{}{}", if causes.len() > 1 { "one of: " } else { "" }, causes.join("; "))
}

fn not_found(failed: &Failed<'_>) -> Option<&'static str> {
    if failed.path.starts_with("/groups/") {
        return Some(match failed.token {
            Some(TokenKind::Job) => "a job token can't see groups: use a group access token",
            Some(TokenKind::Private | TokenKind::OAuth) => {
                "the group's path is mistyped, or the token's user can't see it: it is no member, or its token is a project's"
            }
            None => "the group's path is mistyped, or it is private: set RELSYNC_TOKEN or GITLAB_TOKEN",
        });
    }
    if failed.message == "Tag does not exist" {
        return Some("the release's git tag is gone: push it again, or delete the release in GitLab");
    }
    if failed.path.ends_with("/evidence") {
        return Some(
            "evidence takes GitLab Premium; a manifest's `evidence = true` asks for it without failing where there is none",
        );
    }
    if *failed.method == Method::GET && failed.path.ends_with("/releases") && !failed.message.starts_with("Project") {
        return Some(
            "releases are turned off in the project, or for members only (there: Settings > General > Visibility), or url is \
             not GitLab's own address",
        );
    }
    if *failed.method == Method::GET
        && failed.path.contains("/packages/generic/")
        && !failed.message.starts_with("Project")
    {
        return Some(FILE_GONE);
    }
    if failed.path.contains("/packages") && !failed.message.starts_with("Project") {
        return Some(PACKAGES_OFF);
    }
    if failed.path.contains("/merge_requests/") && !failed.message.starts_with("Project") {
        return Some(
            "there is no such merge request in that project (its number is the one after `!`), or the token's user is less than \
             a Reporter there",
        );
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

/// Words of rustls.
fn untrusted(message: &str) -> &'static str {
    if message.contains("expired") || message.contains("Expired") {
        "the certificate is no longer good: renew it on the server, or set this machine's clock"
    } else if message.contains("not valid for name") || message.contains("NotValidForName") {
        "the certificate is for another name: set url to the address GitLab itself has"
    } else {
        "if an authority of your own signed it, name the file with that one's certificate: --ca-file, \
         CI_SERVER_TLS_CA_FILE (set by the runner where it knows it) or SSL_CERT_FILE; else something between answers in \
         GitLab's place"
    }
}
