//! Where links and the server are, and the paths that links get.

use super::{FromToml, Wrong, line, schema, text};
use crate::model::{AssetPath, PathWish, check_link_url};
use toml::de::DeValue;
use url::Url;

/// A link's url, as GitLab takes it.
#[derive(Debug, Clone)]
pub(in crate::manifest) struct LinkUrl(pub(in crate::manifest) String);

schema!(LinkUrl, {
    "type": "string",
    "pattern": "^([hH][tT][tT][pP][sS]?|[fF][tT][pP])://[^\\s]"
});

impl FromToml for LinkUrl {
    const EXPECTED: &'static str = "a string";

    fn from_toml(key: &str, value: &DeValue<'_>) -> Result<Self, Wrong> {
        const HELP: &str = "a link's url starts with `https://`, `http://` or `ftp://`";
        let text = line(key, value)?;
        if is_plain(text) {
            return Ok(Self(text.to_owned()));
        }
        refuse_stray_characters(key, text)?;
        match check_link_url(text) {
            Ok(()) if text.contains("://") => Ok(Self(text.to_owned())),
            Ok(()) => Err(Wrong::with_help("bad link url", "no `//` after the scheme", HELP)),
            Err(why) => Err(Wrong::with_help("bad link url", why, HELP)),
        }
    }
}

/// Whether `text` is a url like most, which can be told without taking it apart: a host of ordinary names, and nothing
/// after it that needs a second look.
fn is_plain(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) else { return false };
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let is_label = |label: &str| {
        let is_ordinary = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        !label.is_empty() && label.bytes().all(is_ordinary) && !label.starts_with("xn--")
    };
    // A last name that is a number would make it an address.
    let last = host.rsplit('.').next().unwrap_or(host);
    host.len() <= 63
        && host.split('.').all(is_label)
        && last.starts_with(|c: char| c.is_ascii_lowercase())
        && path.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The url parser drops line ends and outer blanks in silence; GitLab would not.
fn refuse_stray_characters(key: &str, text: &str) -> Result<(), Wrong> {
    if text.trim() != text || text.chars().any(char::is_control) {
        let message = format!("`{key}` holds white space or control characters");
        return Err(Wrong::with_help(message, "not part of a url", "take them out, or write them percent-encoded"));
    }
    Ok(())
}

schema!(PathWish, {
    "type": "string",
    "maxLength": 128,
    "pattern": "^$|^/[^/]([-._0-9A-Za-z]|/(?!/))+[0-9A-Za-z]$"
});

impl FromToml for PathWish {
    const EXPECTED: &'static str = "a string";

    fn from_toml(key: &str, value: &DeValue<'_>) -> Result<Self, Wrong> {
        let text = text(key, value)?;
        if text.is_empty() {
            return Ok(Self::None);
        }
        AssetPath::parse(text).map(Self::At).map_err(|why| {
            let help = format!("such as `{key} = \"/bin/app-linux-amd64\"`; \"\" is none");
            Wrong::with_help("bad path", why.to_string(), help)
        })
    }
}

/// GitLab's own address.
#[derive(Debug, Clone)]
pub(in crate::manifest) struct ServerUrl(pub(in crate::manifest) Url);

schema!(ServerUrl, { "type": "string", "pattern": "^[hH][tT][tT][pP][sS]?://[^\\s?#@]+$" });

impl FromToml for ServerUrl {
    const EXPECTED: &'static str = "a string";

    fn from_toml(key: &str, value: &DeValue<'_>) -> Result<Self, Wrong> {
        let text = line(key, value)?;
        refuse_stray_characters(key, text)?;
        let bad = |label: &str| {
            let help = "write GitLab's own address, such as `https://gitlab.example.com`";
            Wrong::with_help("bad GitLab url", label, help)
        };
        let url = Url::parse(text).map_err(|why| bad(&format!("not an absolute url: {why}")))?;
        if !matches!(url.scheme(), "http" | "https") || !text.contains("://") {
            return Err(bad("GitLab's url is http or https"));
        }
        if !url.username().is_empty() || url.password().is_some() || text.contains('@') {
            let help = "tokens come from the environment, such as `RELSYNC_TOKEN`; take this one out, and revoke it";
            return Err(Wrong::with_help("GitLab url with a user or password", "must not be in a manifest", help));
        }
        if text.contains(['?', '#']) {
            return Err(bad("no query or fragment here"));
        }
        if url.path().trim_end_matches('/').ends_with("/api/v4") {
            return Err(bad("without `/api/v4`, which relsync adds"));
        }
        Ok(Self(url))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn most_urls_are_plain() {
        for text in ["https://dl.example.com/v1.0/app-linux_amd64.tar.gz", "http://e.com", "https://localhost/a?b=c#d"]
        {
            assert!(is_plain(text), "{text}");
        }
        for text in [
            "https://e.com:80/",
            "https://1.2.3.4/",
            "https://a@e.com/",
            "https://E.com/",
            "ftp://e.com/",
            "https://e.com/a b",
        ] {
            assert!(!is_plain(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_plain_is_a_url(text in "https?://[a-z0-9.-]{0,12}[a-zA-Z0-9.:@xn-]{0,8}[/?#]{0,2}[ -~]{0,20}") {
            if is_plain(&text) {
                prop_assert_eq!(check_link_url(&text), Ok(()), "{}", text);
                prop_assert!(refuse_stray_characters("url", &text).is_ok());
            }
        }
    }
}
