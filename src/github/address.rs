//! Where a GitHub's API is, and what repositories are called.

use std::fmt;
use std::str::FromStr;
use url::Url;

/// `owner/name`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    pub(super) owner: String,
    pub(super) name: String,
}

impl FromStr for Repository {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const HELP: &str = "write it as in the repository's address: owner/repository";
        if text.contains("://") {
            return Err("this is a url; write the repository as owner/repository, and its GitHub with --github-url");
        }
        let (owner, name) = text.split_once('/').ok_or(HELP)?;
        let is_name = |part: &str| {
            !matches!(part, "" | "." | "..")
                && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
        };
        if !is_name(owner) || !is_name(name) {
            return Err(HELP);
        }
        Ok(Self { owner: owner.to_owned(), name: name.to_owned() })
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}

/// The API's address of the GitHub whose pages are at `web`: a host of its own on github.com and on ghe.com, a path on a
/// GitHub Enterprise Server.
///
/// # Errors
/// What is wrong with `web`, in words that go behind "GitHub's url".
pub fn api_of(web: &Url) -> Result<Url, &'static str> {
    let host = web.host_str().unwrap_or_default();
    if !matches!(web.scheme(), "http" | "https") || host.is_empty() {
        return Err("is neither http:// nor https://");
    }
    if !web.username().is_empty() || web.password().is_some() {
        return Err("holds a user name or password, which GitHub's API does not take");
    }
    if web.query().is_some() || web.fragment().is_some() {
        return Err("holds a `?` or `#`");
    }
    let mut api = web.clone();
    let has_api_host = |host: &str| host == "github.com" || host.ends_with(".ghe.com");
    let path = web.path().trim_end_matches('/');
    if matches!(host, "github.com" | "www.github.com") {
        api.set_host(Some("api.github.com")).map_err(|_| "is none of GitHub's")?;
        api.set_path("");
    } else if host.strip_prefix("api.").is_some_and(has_api_host) {
        api.set_path("");
    } else if has_api_host(host) {
        api.set_host(Some(&format!("api.{host}"))).map_err(|_| "is none of GitHub's")?;
        api.set_path("");
    } else {
        let path = path.strip_suffix("/api/v3").unwrap_or(path);
        api.set_path(&format!("{path}/api/v3"));
    }
    Ok(api)
}

/// Whether an API's address is one of those that GitHub itself runs, and not somebody's own GitHub Enterprise Server.
#[must_use]
pub fn is_githubs(api: &Url) -> bool {
    let host = api.host_str().and_then(|host| host.strip_prefix("api."));
    host.is_some_and(|host| host == "github.com" || host.ends_with(".ghe.com"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn apis_are_where_github_has_them() {
        let api = |text: &str| api_of(&text.parse().unwrap()).map(|url| url.to_string());
        for (web, expected) in [
            ("https://github.com", "https://api.github.com/"),
            ("https://www.github.com/", "https://api.github.com/"),
            ("https://api.github.com", "https://api.github.com/"),
            ("https://octo.ghe.com", "https://api.octo.ghe.com/"),
            ("https://api.octo.ghe.com/", "https://api.octo.ghe.com/"),
            ("https://ghe.example.com", "https://ghe.example.com/api/v3"),
            ("https://ghe.example.com/api/v3/", "https://ghe.example.com/api/v3"),
            ("https://notgithub.com:8443/x", "https://notgithub.com:8443/x/api/v3"),
        ] {
            assert_eq!(api(web), Ok(expected.to_owned()), "{web}");
            assert_eq!(is_githubs(&expected.parse().unwrap()), !expected.ends_with("/api/v3"), "{web}");
        }
        for web in ["ftp://github.com", "https://u:p@github.com", "https://github.com?x", "https://github.com#x"] {
            assert!(api(web).is_err(), "{web}");
        }
    }

    #[test]
    fn repositories_have_an_owner_and_a_plain_name() {
        for good in ["octo/app", "octo-1/app.rs", "o/.github", "o/_"] {
            assert_eq!(good.parse::<Repository>().map(|r| r.to_string()), Ok(good.to_owned()));
        }
        for bad in
            ["", "octo", "octo/", "/app", "octo/app/x", "octo/..", "./app", "o/a b", "o/a?x", "https://github.com/o/a"]
        {
            assert!(bad.parse::<Repository>().is_err(), "{bad}");
        }
    }
}
