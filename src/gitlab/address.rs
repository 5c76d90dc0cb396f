//! Which addresses may be GitLab's.

use crate::gitlab::{Error, Kind};
use url::Url;

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
