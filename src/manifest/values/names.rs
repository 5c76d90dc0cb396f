//! Names: of tags, refs, releases, links, milestones and projects.

use super::{FromToml, Wrong, line, schema, text};
use crate::model::{TagName, TagPatterns, is_hostile};
use toml::de::DeValue;

/// GitLab's limit for a milestone's title.
const LONGEST_TITLE: usize = 255;

schema!(TagName, { "type": "string", "minLength": 1, "pattern": "^[^\\u0000-\\u0020\\u007f~^:?*\\[\\\\]+$" });

impl FromToml for TagName {
    const EXPECTED: &'static str = "a string";

    fn from_toml(key: &str, value: &DeValue<'_>) -> Result<Self, Wrong> {
        let text = text(key, value)?;
        Self::parse(text).map_err(|why| {
            let help = "git takes a name that `git check-ref-format refs/tags/NAME` takes, such as `v1.0.0`";
            Wrong::with_help("bad tag name", why.to_string(), help)
        })
    }
}

/// A glob over tags.
#[derive(Debug, Clone)]
pub(in crate::manifest) struct TagPattern(pub(in crate::manifest) String);

schema!(TagPattern, { "type": "string", "minLength": 1 });

impl FromToml for TagPattern {
    const EXPECTED: &'static str = "a string";

    fn from_toml(key: &str, value: &DeValue<'_>) -> Result<Self, Wrong> {
        let text = text(key, value)?;
        if text.trim().is_empty() {
            return Err(Wrong::with_help(
                "blank pattern",
                "matches no tag",
                "write a pattern such as `v*`, or take it out",
            ));
        }
        match TagPatterns::new(&[text.to_owned()]) {
            Ok(_) => Ok(Self(text.to_owned())),
            Err((_, why)) => {
                let help = "`*` stands for any characters, `?` for one, `[…]` for one of a set, `{a,b}` for either";
                Err(Wrong::with_help("bad pattern", why.kind().to_string(), help))
            }
        }
    }
}

/// What to tag: a branch, a tag, a commit.
#[derive(Debug, Clone)]
pub(in crate::manifest) struct GitRef(pub(in crate::manifest) String);

schema!(GitRef, { "type": "string", "minLength": 1, "pattern": "\\S" });

impl FromToml for GitRef {
    const EXPECTED: &'static str = "a string";

    fn from_toml(key: &str, value: &DeValue<'_>) -> Result<Self, Wrong> {
        line(key, value).map(|text| Self(text.to_owned()))
    }
}

/// What people read: a release's or a link's name.
#[derive(Debug, Clone)]
pub(in crate::manifest) struct Name(pub(in crate::manifest) String);

schema!(Name, { "type": "string", "minLength": 1, "pattern": "\\S" });

impl FromToml for Name {
    const EXPECTED: &'static str = "a string";

    fn from_toml(key: &str, value: &DeValue<'_>) -> Result<Self, Wrong> {
        line(key, value).map(|text| Self(text.to_owned()))
    }
}

/// A milestone's title, without the white space around it that GitLab strips.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(in crate::manifest) struct Title(pub(in crate::manifest) String);

schema!(Title, { "type": "string", "minLength": 1, "pattern": "\\S" });

impl FromToml for Title {
    const EXPECTED: &'static str = "a string";

    fn from_toml(key: &str, value: &DeValue<'_>) -> Result<Self, Wrong> {
        let text = text(key, value)?;
        if text.trim().is_empty() {
            return Err(Wrong::with_help(
                "blank milestone title",
                "nothing to be seen in here",
                "write a title, or take it out",
            ));
        }
        // Ruby's `strip`: ASCII white space only.
        let title = text.trim_matches([' ', '\t', '\n', '\u{b}', '\u{c}', '\r']);
        if let Some(at) = title.find('<')
            && title[at + 1..].starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c))
        {
            let help = "GitLab takes HTML tags out of titles, and would not know this one again";
            return Err(Wrong::with_help("milestone title with an HTML tag", "a tag is in here", help));
        }
        let length = title.chars().count();
        if length > LONGEST_TITLE {
            return Err(Wrong::with_help(
                "milestone title too long",
                format!("{length} characters"),
                format!("GitLab takes at most {LONGEST_TITLE}"),
            ));
        }
        Ok(Self(title.to_owned()))
    }
}

/// A project's full path.
#[derive(Debug, Clone)]
pub(in crate::manifest) struct ProjectPath(pub(in crate::manifest) String);

// Names of which none is `.` or `..`, without the lookahead that not all readers of schemas have.
schema!(ProjectPath, {
    "type": "string",
    "pattern": "^([^/\\s.][^/\\s]*|\\.[^/\\s.][^/\\s]*|\\.\\.[^/\\s]+)(/([^/\\s.][^/\\s]*|\\.[^/\\s.][^/\\s]*|\\.\\.[^/\\s]+))+$",
});

impl FromToml for ProjectPath {
    const EXPECTED: &'static str = "a string";

    fn from_toml(key: &str, value: &DeValue<'_>) -> Result<Self, Wrong> {
        if matches!(value, DeValue::Integer(_)) {
            return Err(Wrong::Type(Some("name a project by its number with `id = 24`".to_owned())));
        }
        let text = line(key, value)?;
        let bad = |label: &str, help: &str| Err(Wrong::with_help("bad project path", label, help));
        if text.contains("://") {
            return bad("this is a url", "write `url = \"https://gitlab.example.com\"` and `path = \"group/app\"`");
        }
        let parts: Vec<&str> = text.split('/').collect();
        let is_strange = |c: char| c.is_whitespace() || is_hostile(c);
        // On their way to GitLab, `.` and `..` would be taken for steps.
        let is_part = |part: &&str| !matches!(*part, "" | "." | "..") && !part.contains(is_strange);
        if parts.len() < 2 || !parts.iter().all(is_part) {
            return bad("not a full path", "write it as in the project's address: `group/app`, `group/subgroup/app`");
        }
        Ok(Self(text.to_owned()))
    }
}
