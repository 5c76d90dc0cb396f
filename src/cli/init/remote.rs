//! Which GitLab and which project a git remote's address is about. Pure.

use url::{Host, Url};

/// A project on a GitLab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// Without credentials, and without what only ssh uses.
    pub(super) url: String,
    pub(super) project: String,
    /// Whether the address itself was for the web; else that GitLab is there on https is a guess.
    pub(super) is_sure: bool,
}

impl Place {
    pub(super) fn is_gitlab_com(&self) -> bool {
        self.url == "https://gitlab.com"
    }
}

/// The place that `address` is about, as `https://host/group/app.git`, `ssh://git@host:22/group/app.git` or
/// `git@host:group/app.git`; `None` for a folder, a bundle, and whatever can't be a project on a GitLab.
///
/// A GitLab below a path of its host looks like one whose first group has that path's name.
pub(super) fn place(address: &str) -> Option<Place> {
    let (host, port, path, scheme) = match address.split_once("://") {
        Some((scheme, _)) => {
            // Only for special schemes does the parser take the host apart, and normalise it.
            let https = format!("https{}", &address[scheme.len()..]);
            let url = Url::parse(&https).ok()?;
            (url.host()?.to_owned(), url.port(), url.path().to_owned(), scheme.to_lowercase())
        }
        None => scp(address)?,
    };
    let project = project(&path)?;
    let host = match host.to_string() {
        // Where ssh is only let through on the port of https.
        host if host == "altssh.gitlab.com" => "gitlab.com".to_owned(),
        // An url's host may hold more than a name in DNS, such as quotes.
        host if host.chars().all(|c| c.is_ascii_alphanumeric() || "-._:[]".contains(c)) => host,
        _ => return None,
    };
    let (url, is_sure) = match scheme.as_str() {
        "https" | "http" => {
            let port = port.map(|port| format!(":{port}")).unwrap_or_default();
            (format!("{scheme}://{host}{port}"), true)
        }
        "ssh" | "git+ssh" | "ssh+git" => (format!("https://{host}"), false),
        _ => return None,
    };
    Some(Place { url, project, is_sure })
}

/// `[user@]host:path`, as ssh's own tools write it.
fn scp(address: &str) -> Option<(Host, Option<u16>, String, String)> {
    let end = if address.contains('[') { address.find("]:")? + 1 } else { address.find(':')? };
    let (host, path) = (&address[..end], &address[end + 1..]);
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    // A colon after a slash is part of a file's name, and a host of one letter is a drive.
    if host.contains('/') || host.len() < 2 {
        return None;
    }
    Some((Host::parse(host).ok()?, None, path.to_owned(), "ssh".to_owned()))
}

/// A project's full path: a group at least, and only what GitLab allows in paths.
fn project(path: &str) -> Option<String> {
    let path = path.trim_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    let is_segment = |segment: &str| {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
        segment.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.')
            && segment.chars().all(is_plain)
            && !segment.chars().all(|c| c == '.')
    };
    (path.contains('/') && path.split('/').all(is_segment)).then(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_of_all_forms_are_understood() {
        for (address, url, project, is_sure) in [
            ("git@gitlab.com:group/app.git", "https://gitlab.com", "group/app", false),
            ("gitlab.example.com:group/sub/sub2/app", "https://gitlab.example.com", "group/sub/sub2/app", false),
            ("git@GitLab.Example.com:/group/app.git/", "https://gitlab.example.com", "group/app", false),
            ("git@[2001:db8::1]:group/app.git", "https://[2001:db8::1]", "group/app", false),
            ("ssh://git@gitlab.example.com:2222/group/app.git", "https://gitlab.example.com", "group/app", false),
            ("git+ssh://git@gitlab.example.com/g/app", "https://gitlab.example.com", "g/app", false),
            ("ssh://git@altssh.gitlab.com:443/group/app.git", "https://gitlab.com", "group/app", false),
            ("https://gitlab.com/group/app.git", "https://gitlab.com", "group/app", true),
            ("https://gitlab.example.com:8443/g/app", "https://gitlab.example.com:8443", "g/app", true),
            ("http://127.0.0.1:8929/root/awesome-app.git", "http://127.0.0.1:8929", "root/awesome-app", true),
            ("https://gitlab.example.com/gitlab/g/my.app.git/", "https://gitlab.example.com", "gitlab/g/my.app", true),
        ] {
            let expected = Place { url: url.to_owned(), project: project.to_owned(), is_sure };
            assert_eq!(place(address), Some(expected), "{address}");
        }
    }

    #[test]
    fn credentials_stay_where_they_are() {
        for user in ["oauth2:glpat-secret", "gitlab-ci-token:glcbt-secret", "glpat-secret", "a%40b:glpat-secret"] {
            for scheme in ["https", "http", "ssh"] {
                let found = place(&format!("{scheme}://{user}@gitlab.example.com/group/app.git")).unwrap();
                assert!(!format!("{found:?}").contains("secret"), "{found:?}");
                assert_eq!(found.project, "group/app");
            }
        }
    }

    #[test]
    fn what_is_no_project_is_none() {
        for address in [
            "",
            "/srv/git/app.git",
            "../app",
            "./a:b/c",
            "C:/git/app",
            "file:///srv/git/app.git",
            "app.bundle",
            "https://gitlab.com/app.git",
            "git@gitlab.com:app.git",
            "https://gitlab.com/",
            "https://gitlab.com/a/../b/..",
            "git@gitlab.com:gr\"oup/app",
            "https://gitlab.com/a//b",
            "git@h:a/b c",
            "ext::sh -c foo",
            "git://h.com/a/b",
            "https://\"/a/b",
        ] {
            assert_eq!(place(address), None, "{address}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// It goes into a manifest between quotes.
        #[test]
        fn nothing_that_ends_a_string_gets_through(address in "(https://|git@|ssh://)?[ -~\\n\u{202e}]{0,40}(:|/)[ -~\\n]{0,40}") {
            if let Some(Place { url, project, .. }) = place(&address) {
                let ends = ['"', '\\', '\n', '@', '\u{202e}'];
                prop_assert!(!url.contains(ends) && !project.contains(ends));
            }
        }
    }
}
