//! What GitLab's models allow: tag names, link fields, protected tags, milestone titles. Pure; knows no HTTP and no SQL.

use url::{ParseError, Url};

/// The longest description a release may have.
const MAX_DESCRIPTION: usize = 1_048_576;
const MAX_FILEPATH: usize = 128;
const MAX_TITLE: usize = 255;

/// Whether `git check-ref-format refs/tags/<name>` would take `name`, and GitLab too.
pub(crate) fn is_tag_name(name: &str) -> bool {
    let forbidden = |c: char| c.is_ascii_control() || " ~^:?*[\\".contains(c);
    #[expect(clippy::case_sensitive_file_extension_comparisons, reason = "git compares `.lock` by case")]
    let good_part = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.ends_with(".lock");
    name != "HEAD"
        && !name.ends_with('.')
        && !name.contains("..")
        && !name.contains("@{")
        && !name.chars().any(forbidden)
        && name.split('/').all(good_part)
}

/// What is wrong with a link, as Rails' "full messages" without the attribute's capital: `("name", "can't be blank")`.
pub(crate) fn link_errors(name: &str, url: &str, filepath: Option<&str>) -> Vec<(&'static str, String)> {
    let mut errors = Vec::new();
    if name.trim().is_empty() {
        errors.push(("name", "can't be blank".to_owned()));
    }
    if url.trim().is_empty() {
        errors.push(("url", "can't be blank".to_owned()));
    }
    match Url::parse(url) {
        Ok(parsed) if matches!(parsed.scheme(), "http" | "https" | "ftp") => {}
        Ok(_) | Err(ParseError::RelativeUrlWithoutBase) => {
            errors.push(("url", "is blocked: Only allowed schemes are http, https, ftp".to_owned()));
        }
        Err(_) => errors.push(("url", "is blocked: URI is invalid".to_owned())),
    }
    if let Some(path) = filepath {
        if !is_filepath(path) {
            errors.push(("filepath", "is in an invalid format".to_owned()));
        }
        if path.chars().count() > MAX_FILEPATH {
            errors.push(("filepath", format!("is too long (maximum is {MAX_FILEPATH} characters)")));
        }
    }
    errors
}

/// The name that a file is kept under: its last part, with all that is no letter, digit, `_`, `.`, `-` or `+` made `_`.
pub(crate) fn upload_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).find(|part| !part.is_empty()).unwrap_or_default();
    let kept = |c: char| if c.is_alphanumeric() || "_.-+".contains(c) { c } else { '_' };
    let name: String = last.chars().map(kept).collect();
    match name.as_str() {
        "" => "unnamed".to_owned(),
        dots if dots.chars().all(|c| c == '.') => format!("_{dots}"),
        _ => name,
    }
}

/// GitLab's `\A\/[^\/](?!.*\/\/.*)[\-\.\w\/]+[\da-zA-Z]+\z`, whose second character may be anything but a slash.
fn is_filepath(path: &str) -> bool {
    let Some(rest) = path.strip_prefix('/') else { return false };
    let mut chars = rest.chars();
    if chars.next().is_none_or(|c| c == '/') {
        return false;
    }
    let tail = chars.as_str();
    tail.len() >= 2
        && !tail.contains("//")
        && tail.chars().all(|c| c.is_ascii_alphanumeric() || "_-./".contains(c))
        && tail.ends_with(|c: char| c.is_ascii_alphanumeric())
}

/// What is wrong with a release's description.
pub(crate) fn description_error(description: Option<&str>) -> Option<String> {
    let long = description.is_some_and(|d| d.len() > MAX_DESCRIPTION && d.chars().count() > MAX_DESCRIPTION);
    long.then(|| format!("is too long (maximum is {MAX_DESCRIPTION} characters)"))
}

/// A milestone's title as GitLab keeps it: HTML tags removed, stripped.
pub(crate) fn clean_title(title: &str) -> String {
    let mut clean = String::with_capacity(title.len());
    let mut rest = title;
    while let Some(start) = rest.find('<') {
        let opens = rest[start + 1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!');
        let end = if opens { rest[start..].find('>').map(|i| start + i + 1) } else { None };
        let kept = if end.is_some() { start } else { start + 1 };
        clean.push_str(&rest[..kept]);
        rest = &rest[end.unwrap_or(kept)..];
    }
    clean.push_str(rest);
    // Ruby's `strip` takes ASCII blanks and NUL, and leaves a no-break space.
    clean.trim_matches(['\0', '\t', '\n', '\u{b}', '\u{c}', '\r', ' ']).to_owned()
}

/// What is wrong with a milestone's (cleaned) title.
pub(crate) fn title_error(title: &str) -> Option<String> {
    if title.is_empty() {
        Some("can't be blank".to_owned())
    } else {
        let long = title.chars().count() > MAX_TITLE;
        long.then(|| format!("is too long (maximum is {MAX_TITLE} characters)"))
    }
}

/// What is wrong with a part of a group's or project's path.
pub(crate) const PATH_ERROR: &str =
    "can contain only letters, digits, '_', '-' and '.'. Cannot start with '-', end in '.git' or end in '.atom'";

/// Whether this may be a part of a group's or project's path.
pub(crate) fn is_path_part(text: &str) -> bool {
    #[expect(clippy::case_sensitive_file_extension_comparisons, reason = "GitLab compares by case")]
    let good_end = !text.ends_with(".git") && !text.ends_with(".atom") && !text.ends_with('.');
    let good = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    (1..=MAX_TITLE).contains(&text.len()) && text.chars().all(good) && !text.starts_with(['-', '.']) && good_end
}

/// Whether a generic package, or a file in one, may have this name.
pub(crate) fn is_package_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "._+-".contains(c))
}

/// Whether a generic package may have this version.
pub(crate) fn is_package_version(version: &str) -> bool {
    is_package_name(version) && !version.contains("..")
}

/// The path that a project has by its name if none is given.
pub(crate) fn path_part_of(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "_-.".contains(c) { c.to_ascii_lowercase() } else { ' ' })
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join("-")
}

/// Whether a protected tag's pattern, in which `*` stands for anything, names this tag.
pub(crate) fn pattern_matches(pattern: &str, tag: &str) -> bool {
    let Some((head, mut rest)) = pattern.split_once('*') else { return pattern == tag };
    let Some(mut text) = tag.strip_prefix(head) else { return false };
    while let Some((part, more)) = rest.split_once('*') {
        let Some(at) = text.find(part) else { return false };
        text = &text[at + part.len()..];
        rest = more;
    }
    text.ends_with(rest)
}

/// A key by which tags sort as versions do: runs of digits by their value.
pub(crate) fn version_key(name: &str) -> String {
    const WIDTH: usize = 20;
    let mut key = String::with_capacity(name.len() + WIDTH);
    let mut rest = name;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let end = rest[start..].find(|c: char| !c.is_ascii_digit()).map_or(rest.len(), |i| start + i);
        key.push_str(&rest[..start]);
        let digits = &rest[start..end];
        key.extend(std::iter::repeat_n('0', WIDTH.saturating_sub(digits.len())));
        key.push_str(digits);
        rest = &rest[end..];
    }
    key + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tag_names_are_gits() {
        for good in ["v1.0", "debian/2.4.0-1", "v1.0+build#3", "выпуск-1", "@", "-v", "a.lock.b"] {
            assert!(is_tag_name(good), "{good}");
        }
        for bad in ["", "HEAD", "a b", "a..b", "a//b", "/a", "a/", ".a", "a/.b", "a.", "a.lock", "a@{b", "a~1", "a\\b"]
        {
            assert!(!is_tag_name(bad), "{bad}");
        }
    }

    #[test]
    fn paths_follow_gitlabs_regex() {
        for good in ["/abc", "/bin/app", "/é.b", "/{bc", "/a-1"] {
            assert!(is_filepath(good), "{good}");
        }
        for bad in ["", "/", "/ab", "abcd", "//ab", "/a//b", "/bin/", "/abé", "/a.b."] {
            assert!(!is_filepath(bad), "{bad}");
        }
    }

    #[test]
    fn patterns_stand_for_anything() {
        for (pattern, tag, matches) in [
            ("v*", "v1", true),
            ("v*", "w1", false),
            ("v1", "v1", true),
            ("*-stable", "1-stable", true),
            ("v*-*-end", "v1-x-end", true),
            ("v*1*1", "v11", true),
            ("v*11", "v1", false),
            ("*", "debian/1", true),
        ] {
            assert_eq!(pattern_matches(pattern, tag), matches, "{pattern} {tag}");
        }
    }

    #[test]
    fn titles_lose_their_markup() {
        assert_eq!(clean_title("  <b>v1</b> <3 a > b "), "v1 <3 a > b");
    }

    #[test]
    fn versions_sort_by_number() {
        let mut tags = ["v1.10", "v1.9", "v1.2"];
        tags.sort_by_key(|t| version_key(t));
        assert_eq!(tags, ["v1.2", "v1.9", "v1.10"]);
    }
}
