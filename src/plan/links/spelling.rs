//! Urls that are spelled otherwise and yet the same.
//!
//! GitLab stores and compares urls as text: to its uniqueness check `https://h:443/x` and `https://h/x` are two. But by
//! RFC 3986 (6.2.2.1 case, 6.2.3 default port and empty path) they name the same resource, so a difference in spelling
//! alone is not worth a write. Equal are urls that parse to the same (as a browser parses them), whatever the case of the
//! digits of their percent-escapes. Nothing more: no decoding of what needs no escape, no trimming of slashes.

use url::Url;

/// Whether two urls differ in spelling at most.
pub(super) fn same(a: &str, b: &str) -> bool {
    a == b || normal(a).is_some_and(|a| normal(b).is_some_and(|b| a == b))
}

/// The one spelling of `url` and all its like; `None` if it is no url.
pub(super) fn normal(url: &str) -> Option<String> {
    let mut normal = String::from(Url::parse(url).ok()?);
    let escapes: Vec<_> = normal.match_indices('%').map(|(at, _)| at).collect();
    for at in escapes {
        if let Some(digits) = normal.get_mut(at + 1..at + 3).filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit())) {
            digits.make_ascii_uppercase();
        }
    }
    Some(normal)
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
        ] {
            assert!(!same(a, b), "{a} {b}");
        }
    }
}
