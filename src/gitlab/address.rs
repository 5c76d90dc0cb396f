//! Which addresses may be GitLab's, and which of them are safe to talk to.

use crate::gitlab::{Error, Kind};
use url::{Host, Url};

/// Whether `url` can be a GitLab's own address.
pub(super) fn check_url(url: &Url) -> Result<(), Error> {
    let wrong = if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        "is neither http:// nor https://"
    } else if !url.username().is_empty() || url.password().is_some() {
        "holds a user name or password, which GitLab's API does not take"
    } else if url.path().trim_end_matches('/').ends_with("/api/v4") {
        "ends in /api/v4, which relsync adds by itself"
    } else if url.query().is_some() || url.fragment().is_some() {
        "holds a `?` or `#`"
    } else {
        return Ok(());
    };
    // Not the url itself: there may be a password in it.
    let help = "write it as https://gitlab.example.com, with the path prefix if GitLab lives under one".to_owned();
    Err(Error::new(Kind::Settings, format!("GitLab's url {wrong}")).with_help(Some(help)))
}

/// Nobody said that http is fine for that other machine.
pub(super) fn clear_text(url: &Url, has_token: bool) -> Error {
    let address = url.origin().ascii_serialization();
    let message = if has_token {
        format!("the token would travel in clear text to {address}")
    } else {
        format!("what {address} answers could be changed on its way: http is not encrypted")
    };
    let help = "use https; or, where the network between can be trusted, --insecure-http";
    Error::new(Kind::Settings, message).with_help(Some(help.to_owned()))
}

/// Whether `url` is this machine's own.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}
