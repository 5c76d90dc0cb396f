//! A GitLab and a token: can it be reached, what is it, does it take the token, how much does it allow.

use super::Visit;
use super::page::{Finding, Page, Verdict};
use crate::cli::server::{shown, variable};
use crate::gitlab::{Identity, Kind, Quota, Tier, TokenKind, Told};
use jiff::{SignedDuration, Zoned};
use miette::Diagnostic;
use std::fmt::Write;
use url::Url;

/// GitLab's own limit on creating and updating releases in a project.
const RELEASES_A_MINUTE: usize = 300;
/// A difference between clocks that says nothing, with one of them told in whole seconds.
const SAME_CLOCK: i64 = 2;
/// A difference that can make another release upcoming, or historical.
const OTHER_CLOCK: i64 = 5;
/// Days before its end in which a token should be renewed.
const SOON: i32 = 7;

/// What the first request found out.
pub(super) struct Arrival {
    /// Whether there is a point in asking more: GitLab answers, and does not refuse the token.
    pub(super) is_open: bool,
    refused: Option<Finding>,
    pub(super) told: Option<Told>,
    pub(super) tier: Option<Tier>,
}

/// Asks for the version, and says what that tells of the address, the way there and the server.
pub(super) async fn arrive(visit: &Visit<'_>, page: &mut Page) -> Arrival {
    let Visit { contact, client, .. } = visit;
    let url = format!("{}, from {}", shown(client.url()), contact.url_from).replace("from by default", "by default");
    let mut arrival = Arrival { is_open: false, refused: None, told: None, tier: None };
    let answer = client.version().await;
    let error = match &answer {
        // To whoever it does not know, GitLab says no more than that it is there.
        Err(error) if !matches!(error.kind(), Kind::Unauthorized | Kind::Forbidden) => Some(error),
        _ => None,
    };
    let is_about_tls = error.is_some_and(|error| error.kind() == Kind::Untrusted);
    match error {
        Some(error) if !is_about_tls => {
            let finding = Finding::new(Verdict::Bad, "url", format!("{url}: {error}"));
            page.add(match error.help() {
                Some(help) => finding.advice(help.to_string()),
                None => finding,
            });
        }
        _ => page.add(Finding::new(Verdict::Good, "url", url)),
    }
    if let Some(proxy) = proxy(visit) {
        page.add(proxy);
    }
    match error {
        Some(error) if is_about_tls => page.add(Finding::failed("tls", error)),
        Some(error) if error.status().is_none() => {}
        _ => page.add(tls(visit)),
    }
    if error.is_some() {
        return arrival;
    }
    arrival.is_open = true;
    match answer {
        Ok(heard) => {
            let edition = match heard.value.enterprise {
                Some(true) => ", Enterprise Edition",
                Some(false) => ", Community Edition",
                None => "",
            };
            page.add(Finding::new(Verdict::Good, "gitlab", format!("version {}{edition}", heard.value.version)));
            arrival.tier = (heard.value.enterprise == Some(false)).then_some(Tier::Free);
            arrival.told = Some(heard.told);
        }
        Err(error) => {
            let takes_no_part = matches!(client.token_kind(), None | Some(TokenKind::Job));
            if error.kind() == Kind::Unauthorized && !takes_no_part {
                arrival.is_open = false;
                arrival.refused = Some(Finding::failed("token", &error));
            }
            page.add(Finding::new(
                Verdict::Note,
                "gitlab",
                match client.token_kind() {
                    Some(TokenKind::Job) => "it answers; a job token is not told its version",
                    None => "it answers; its version is told to nobody without a token",
                    Some(_) => "it answers; this token is not told its version",
                },
            ));
        }
    }
    arrival
}

/// How safe the way there is.
fn tls(visit: &Visit<'_>) -> Finding {
    let contact = &visit.contact;
    if contact.settings.url.scheme() == "https" {
        let besides = contact.authorities_from.as_ref().map(|from| format!(", with the authorities in {from}"));
        let text = format!("GitLab's certificate is trusted{}", besides.unwrap_or_default());
        Finding::new(Verdict::Good, "tls", text)
    } else if contact.settings.is_loopback() {
        Finding::new(Verdict::Good, "tls", "none, and none is needed on this machine")
    } else {
        let finding = Finding::new(Verdict::Doubt, "tls", "none: everybody on the way can read the token");
        finding.advice("use https; --insecure-http is for networks that can be trusted")
    }
}

/// The proxy of the environment, if one may stand between: only its host, as there may be a password in the rest.
fn proxy(visit: &Visit<'_>) -> Option<Finding> {
    let settings = &visit.contact.settings;
    if settings.url.scheme() != "https" || settings.is_loopback() {
        return None;
    }
    let names = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
    let (name, text) = names.into_iter().find_map(|name| Some((name, variable(name)?)))?;
    let url = Url::parse(&text).ok().filter(Url::has_host).or_else(|| Url::parse(&format!("http://{text}")).ok());
    let port = |url: &Url| url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let host = url.and_then(|url| Some(format!("{}{}", url.host_str()?, port(&url))));
    let text =
        format!("{} ({name}), unless NO_PROXY names the host", host.unwrap_or_else(|| "of an odd form".to_owned()));
    Some(Finding::new(Verdict::Note, "proxy", text))
}

/// Says what kind of token it is and what that is good for. Gives whom it stands for, if that was told.
pub(super) async fn token(visit: &Visit<'_>, arrival: &Arrival, page: &mut Page) -> Option<Identity> {
    let (Some(kind), Some(from)) = (visit.client.token_kind(), &visit.contact.token_from) else {
        let text = "none: RELSYNC_TOKEN, GITLAB_TOKEN and CI_JOB_TOKEN are not set";
        let finding = Finding::new(Verdict::Bad, "token", text);
        page.add(finding.advice(
            "apply needs one: on the web, Settings > Access tokens, with the scope api and the role Developer; Maintainer if \
             releases are to be deleted",
        ));
        return None;
    };
    let mut text = format!("{kind} from {from}");
    if let Some(refused) = &arrival.refused {
        page.add(refused.clone().after(&text));
        return None;
    }
    if kind == TokenKind::Job || !arrival.is_open {
        if kind == TokenKind::Job {
            text.push_str(": for releases and links, not for milestones or lost tags");
        }
        if !arrival.is_open {
            text.push_str("; it was not tried");
        }
        page.add(Finding::new(Verdict::Note, "token", text));
        return None;
    }
    let identity = visit.client.identity().await.ok();
    if let Some(identity) = &identity {
        let admin = if identity.is_admin { ", an administrator" } else { "" };
        let _ = write!(text, ", of {}{admin}", identity.username);
    }
    let facts = if kind == TokenKind::Private { visit.client.token_facts().await.ok() } else { None };
    let Some(facts) = facts else {
        page.add(Finding::new(Verdict::Good, "token", format!("{text}; what it may do is not told")));
        return identity;
    };
    let _ = write!(text, "; scopes {}", facts.scopes.join(", "));
    if let Some(day) = facts.expires_at {
        let _ = write!(text, "; good until {day}");
    }
    let ends_soon = facts.expires_at.is_some_and(|day| {
        let left = Zoned::now().date().until(day).map(|left| left.get_days());
        left.is_ok_and(|days| days <= SOON)
    });
    page.add(if !facts.scopes.iter().any(|scope| scope == "api") {
        Finding::new(Verdict::Bad, "token", text).advice("give it the scope api: without it nothing can be changed")
    } else if ends_soon {
        Finding::new(Verdict::Doubt, "token", text).advice("renew it before that day")
    } else {
        Finding::new(Verdict::Good, "token", text)
    });
    identity
}

/// What GitLab says that it allows, and what that means for `releases` of them.
pub(super) fn limits(told: Option<&Told>, releases: usize) -> Finding {
    let mut text = match told.and_then(|told| told.quota.as_ref()) {
        None => "none told".to_owned(),
        Some(Quota { name, limit, remaining }) => {
            let name = name.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
            let left = remaining.map(|left| format!(", {left} left now")).unwrap_or_default();
            format!("{limit} requests a minute{left}{name}")
        }
    };
    let _ = write!(text, "; by default {RELEASES_A_MINUTE} release writes a minute in a project, 600 for a user");
    if releases > RELEASES_A_MINUTE {
        let minutes = releases.div_ceil(RELEASES_A_MINUTE);
        let _ = write!(text, ", so that {releases} new ones take about {minutes} minutes");
    }
    Finding::new(Verdict::Note, "limits", text)
}

/// Whether this machine and GitLab agree on what time it is.
pub(super) fn clock(told: Option<&Told>) -> Finding {
    let Some(ahead) = told.and_then(|told| told.clock_ahead) else {
        return Finding::new(Verdict::Note, "clock", "not compared: GitLab did not tell its time");
    };
    let seconds = ahead.round(jiff::Unit::Second).unwrap_or(SignedDuration::MAX).as_secs();
    let apart = seconds.saturating_abs();
    if apart <= SAME_CLOCK {
        return Finding::new(Verdict::Good, "clock", "the same as GitLab's");
    }
    let direction = if seconds > 0 { "ahead of" } else { "behind" };
    let text = format!("{apart} s {direction} GitLab's");
    if apart <= OTHER_CLOCK {
        return Finding::new(Verdict::Good, "clock", text);
    }
    let finding = Finding::new(Verdict::Doubt, "clock", text);
    finding.advice("set this machine's clock: by it relsync judges what is upcoming and what is historical")
}
