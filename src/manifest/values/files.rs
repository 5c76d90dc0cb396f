//! Which files a release brings along, and what their links are called.

use super::template::Template;
use super::{FilePattern, FromToml, Subject, Templated, Wrong, line, schema, text};
use crate::manifest::reader::nearest;
use crate::manifest::visible::Quoted;
use crate::model::is_package_name;
use std::borrow::Cow;
use toml::de::DeValue;

/// What stands for a release's or a file's own.
const OF_FILE: [&str; 3] = ["file_name", "tag_name", "version"];

/// A path or glob with placeholders for the release's own.
#[derive(Debug, Clone)]
pub(in crate::manifest) struct FileGlob(String);

schema!(FileGlob, { "type": "string", "minLength": 1, "pattern": "^[^/]" });

impl FromToml for FileGlob {
    const EXPECTED: &'static str = "a string";

    fn from_toml(key: &str, value: &DeValue<'_>) -> Result<Self, Wrong> {
        let glob = Self(line(key, value)?.to_owned());
        glob.check_placeholders()?;
        // What is wrong with the pattern is so for every release.
        glob.with(key, "v", "v").map(|_| glob)
    }
}

impl FileGlob {
    /// What it comes to for a release. Other braces are the pattern's own: `{a,b}` is either.
    pub(in crate::manifest) fn fill(&self, key: &str, subject: Subject<'_>) -> Result<FilePattern, Wrong> {
        self.with(key, subject.tag_name(), subject.version())
    }

    /// Refuses braces around one thing that is no placeholder: as alternatives they would be of no use, so it is a slip.
    fn check_placeholders(&self) -> Result<(), Wrong> {
        const OF_RELEASE: [&str; 2] = ["tag_name", "version"];
        for (at, _) in self.0.match_indices('{') {
            let (before, brace) = self.0.split_at(at);
            // As a sign among others, or alone, a brace is itself.
            let is_itself = before.ends_with(['\\', '[']);
            let Some((name, _)) = brace[1..].split_once('}').filter(|_| !is_itself) else { continue };
            if !name.contains([',', '{']) && !OF_RELEASE.contains(&name) {
                let near = nearest(name.trim(), &OF_RELEASE);
                let near = near.map(|near| format!("did you mean `{{{near}}}`? ")).unwrap_or_default();
                let help = "the placeholders are `{tag_name}` and `{version}`; `{a,b}` stands for either, and `[{]` for a \
                            brace itself";
                let message = format!("unknown placeholder {}", Quoted(&format!("{{{name}}}")));
                return Err(Wrong::with_help(message, "in here", near + help));
            }
        }
        Ok(())
    }

    fn with(&self, key: &str, tag_name: &str, version: &str) -> Result<FilePattern, Wrong> {
        let mut text = String::new();
        let mut rest = self.0.as_str();
        while let Some(at) = rest.find('{') {
            let (before, brace) = rest.split_at(at);
            text.push_str(before);
            let placeholders = [("{tag_name}", tag_name), ("{version}", version)];
            let known = placeholders.iter().find_map(|(word, value)| Some((brace.strip_prefix(word)?, value)));
            rest = if let Some((after, value)) = known {
                text.push_str(&literal(value));
                after
            } else {
                text.push('{');
                &brace[1..]
            };
        }
        text.push_str(rest);
        FilePattern::from_toml(key, &DeValue::String(text.into()))
    }
}

/// `value` as a pattern that matches nothing else. Git lets no tag hold another of a pattern's signs than braces.
fn literal(value: &str) -> Cow<'_, str> {
    if value.contains(['{', '}']) { value.replace('{', "\\{").replace('}', "\\}").into() } else { value.into() }
}

/// A value that may hold `{file_name}`, too.
#[derive(Debug, Clone)]
pub(in crate::manifest) struct FileTemplate<T>(Template<T>);

impl<T: Templated> FromToml for FileTemplate<T> {
    const EXPECTED: &'static str = T::EXPECTED;

    fn from_toml(key: &str, value: &DeValue<'_>) -> Result<Self, Wrong> {
        Template::read(key, value, &OF_FILE).map(Self)
    }
}

impl<T: Templated> FileTemplate<T> {
    /// What it comes to for a file. What is wrong with that comes with the text.
    pub(in crate::manifest) fn fill(&self, key: &str, subject: Subject<'_>) -> Result<T, (Wrong, String)> {
        self.0.fill(key, subject)
    }

    /// Whether it is another for each file.
    pub(in crate::manifest) fn names_files(&self) -> bool {
        self.0.names_files()
    }
}

impl<T: Templated> schemars::JsonSchema for FileTemplate<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "FileTemplate".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let pattern = "^([^{]|\\{\\{|\\{file_name\\}|\\{tag_name\\}|\\{version\\})*$";
        schemars::json_schema!({ "type": "string", "minLength": T::SHORTEST, "pattern": pattern })
    }
}

/// A package's name.
#[derive(Debug, Clone)]
pub(in crate::manifest) struct PackageName(pub(in crate::manifest) String);

schema!(PackageName, { "type": "string", "maxLength": 255, "pattern": "^[A-Za-z0-9._+-]+$" });

impl FromToml for PackageName {
    const EXPECTED: &'static str = "a string";

    fn from_toml(key: &str, value: &DeValue<'_>) -> Result<Self, Wrong> {
        let text = text(key, value)?;
        if is_package_name(text) {
            return Ok(Self(text.to_owned()));
        }
        let help = "GitLab takes 1 to 255 of the characters `A-Z a-z 0-9 . _ + -`";
        Err(Wrong::with_help("bad package name", "not a package's name", help))
    }
}
