//! Keeps other people's web pages out of a sandbox that is this machine's own. Such a page can have its name resolve to
//! 127.0.0.1 and then ask as if it came from here (DNS rebinding), with tokens that everybody knows. So a sandbox that
//! listens on the loopback only answers to addresses, and to names that nobody out there can own; and it takes no request
//! that a browser says comes from elsewhere. Where other machines are let in, names are theirs to choose.

use crate::sandbox::http::Refusal;
use crate::sandbox::server::App;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header, uri::Authority};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use url::Url;

/// Domains in which no name can be bought.
const OWN_DOMAINS: [&str; 6] = ["localhost", "local", "internal", "test", "home.arpa", "lan"];

/// Refuses requests that were meant for another host.
pub(crate) async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    if app.loopback_only && is_foreign(request.headers()) {
        let text =
            "403 Forbidden - the sandbox answers on this machine only; see --listen for other names than localhost";
        return Refusal::message(StatusCode::FORBIDDEN, text).into_response();
    }
    next.run(request).await
}

fn is_foreign(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).map(|value| {
        let authority = value.to_str().ok().and_then(|host| host.parse::<Authority>().ok());
        authority.is_some_and(|authority| is_own(authority.host()))
    });
    let origin = headers.get(header::ORIGIN).map(|value| {
        let url = value.to_str().ok().and_then(|origin| Url::parse(origin).ok());
        url.as_ref().and_then(Url::host_str).is_some_and(is_own)
    });
    host == Some(false) || origin == Some(false)
}

/// Whether a name can only be this machine's or its network's.
fn is_own(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let in_domain = |domain: &&str| host.strip_suffix(*domain).is_some_and(|rest| rest.ends_with('.'));
    let is_address = host.starts_with('[') || host.parse::<std::net::Ipv4Addr>().is_ok();
    is_address || !host.contains('.') || OWN_DOMAINS.iter().any(in_domain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_can_be_bought_are_foreign() {
        for own in ["localhost", "127.0.0.1", "[::1]", "gitlab", "LOCALHOST.", "a.localhost", "host.docker.internal"] {
            assert!(is_own(own), "{own}");
        }
        for foreign in ["example.com", "localhost.example.com", "evillocalhost.com", "127.0.0.1.nip.io", "1.2.3"] {
            assert!(!is_own(foreign), "{foreign}");
        }
    }
}
