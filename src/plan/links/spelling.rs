//! Urls that are spelled otherwise and yet the same.
//!
//! GitLab stores and compares urls as text: to its uniqueness check `https://h:443/x` and `https://h/x` are two. But by
//! RFC 3986 (6.2.2.1 case, 6.2.3 default port and empty path) they name the same resource, so a difference in spelling
//! alone is not worth a write. Equal are urls but for the case of scheme, host and the digits of percent-escapes, the default
//! port, and a path that is empty or `/`. Nothing more: no decoding of what needs no escape, no taking out of dots, no trimming
//! of slashes, as servers may tell those apart.

/// Whether two urls differ in spelling at most.
pub(super) fn same(a: &str, b: &str) -> bool {
    a == b || normal(a).is_some_and(|a| normal(b).is_some_and(|b| a == b))
}

/// The one spelling of `url` and all its like; `None` if it is no url with a host.
pub(super) fn normal(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let (authority, rest) = rest.split_at(rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len()));
    let (user, host) = authority.rsplit_once('@').map_or(("", authority), |(user, host)| (user, host));
    let scheme = scheme.to_ascii_lowercase();
    let default_port = match scheme.as_str() {
        "http" => ":80",
        "https" => ":443",
        "ftp" => ":21",
        _ => return None,
    };
    let host = host.strip_suffix(default_port).or_else(|| host.strip_suffix(':')).unwrap_or(host).to_ascii_lowercase();
    let (at, slash) = (if user.is_empty() { "" } else { "@" }, if rest.starts_with('/') { "" } else { "/" });
    Some(with_upper_escapes(format!("{scheme}://{user}{at}{host}{slash}{rest}")))
}

fn with_upper_escapes(mut url: String) -> String {
    let escapes: Vec<_> = url.match_indices('%').map(|(at, _)| at).collect();
    for at in escapes {
        if let Some(digits) = url.get_mut(at + 1..at + 3).filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit())) {
            digits.make_ascii_uppercase();
        }
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelled_otherwise_is_the_same_and_nothing_more() {
        for (a, b) in [
            ("https://example.com", "https://EXAMPLE.com/"),
            ("https://example.com:443/x", "HTTPS://example.com/x"),
            ("ftp://example.com:21/x", "ftp://example.com/x"),
            ("https://example.com/%c3%a9?q=%2f", "https://example.com/%C3%A9?q=%2F"),
            ("not a url", "not a url"),
        ] {
            assert!(same(a, b), "{a} {b}");
        }
        for (a, b) in [
            ("https://example.com/x", "https://example.com/x/"),
            ("https://example.com/x", "https://example.com/X"),
            ("https://example.com/%2f", "https://example.com//"),
            ("https://example.com/%61", "https://example.com/a"),
            ("https://example.com/x", "http://example.com/x"),
            ("https://example.com/x", "https://example.com:8443/x"),
            ("https://example.com/x", "https://example.com/x#y"),
            ("not a url", "not A url"),
            ("https://example.com/%zz", "https://example.com/%ZZ"),
            ("https://example.com/x/../y", "https://example.com/y"),
            ("https://example.com/%2e%2e/y", "https://example.com/y"),
            ("https://example.com/a\\b", "https://example.com/a/b"),
            ("https://Me@example.com/", "https://me@example.com/"),
            ("https://example.com:80/", "https://example.com/"),
        ] {
            assert!(!same(a, b), "{a} {b}");
        }
    }
}
