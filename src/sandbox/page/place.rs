//! What an address of the pages for people leads to.

use axum::http::Uri;
use percent_encoding::percent_decode_str;
use url::form_urlencoded;

/// Where somebody wants to look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// All projects, or a later page of them.
    Home {
        /// From 1.
        page: i64,
    },
    /// A project's releases, or a later page of them.
    Project {
        /// The full path.
        path: String,
        /// From 1.
        page: i64,
    },
    /// A release.
    Release {
        /// The project's full path.
        path: String,
        /// The tag's name.
        tag: String,
    },
}

impl Place {
    /// The place, if it can be one. What is not well-formed leads nowhere.
    pub(super) fn of(uri: &Uri) -> Option<Self> {
        let (path, rest) = uri.path().split_once("/-/").unwrap_or((uri.path(), "releases"));
        let path = decoded(path.trim_matches('/'))?;
        let (kind, rest) = rest.trim_end_matches('/').split_once('/').unwrap_or((rest.trim_end_matches('/'), ""));
        let page = page(uri);
        match (path.is_empty(), kind, rest) {
            (true, "releases", "") => Some(Self::Home { page }),
            (false, "releases", "") => Some(Self::Project { path, page }),
            // A tag's own slashes are encoded; what is below a release is not for people.
            (false, "releases", rest) if !rest.contains('/') => decoded(rest).map(|tag| Self::Release { path, tag }),
            _ => None,
        }
    }
}

fn page(uri: &Uri) -> i64 {
    let query = uri.query().unwrap_or_default().as_bytes();
    let page = form_urlencoded::parse(query).find(|(name, _)| name == "page");
    page.and_then(|(_, number)| number.parse().ok()).unwrap_or(1).max(1)
}

fn decoded(text: &str) -> Option<String> {
    percent_decode_str(text).decode_utf8().ok().map(Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_urls_lead_where_gitlabs_do() {
        let project = |page| Place::Project { path: "a/b".into(), page };
        let release = |tag: &str| Place::Release { path: "a/b".into(), tag: tag.into() };
        for (url, place) in [
            ("/", Some(Place::Home { page: 1 })),
            ("/?page=2", Some(Place::Home { page: 2 })),
            ("/a/b", Some(project(1))),
            ("/a%2Fb/", Some(project(1))),
            ("/a/b/-/releases?page=3", Some(project(3))),
            ("/a/b/-/releases/?page=-3", Some(project(1))),
            ("/a/b/-/releases/debian%2F1.0", Some(release("debian/1.0"))),
            ("/a/b/-/releases/v1/", Some(release("v1"))),
            ("/a/b/-/releases/v1/downloads/bin/app", None),
            ("/a/b/-/releases/permalink/latest", None),
            ("/a/b/-/tags/v1", None),
            ("/a/b/-/releases/%FF", None),
            ("/%FF", None),
        ] {
            assert_eq!(Place::of(&url.parse().unwrap()), place, "{url}");
        }
    }
}
