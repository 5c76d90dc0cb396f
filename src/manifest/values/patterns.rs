//! Which files a manifest includes: paths and globs, taken apart into the names they are made of.

use super::{FromToml, Wrong, line, schema};
use globset::{GlobBuilder, GlobMatcher};
use toml::de::DeValue;

/// A path or glob of files.
#[derive(Debug, Clone)]
pub(in crate::manifest) struct FilePattern {
    /// As it is written.
    pub(in crate::manifest) text: String,
    /// Its names, in order; none where it starts at the root of the file system.
    pub(in crate::manifest) parts: Option<Vec<Part>>,
}

/// One name of a [`FilePattern`].
#[derive(Debug, Clone)]
pub(in crate::manifest) enum Part {
    /// `..`
    Up,
    /// A name without wildcards.
    Name(String),
    /// A name with wildcards, and whether names that start with a dot can match.
    Wild(GlobMatcher, bool),
    /// `**`: any folders, or none.
    Deep,
}

schema!(FilePattern, { "type": "string", "minLength": 1, "pattern": "^[^/]" });

impl FromToml for FilePattern {
    const EXPECTED: &'static str = "a string";

    fn from_toml(key: &str, value: &DeValue<'_>) -> Result<Self, Wrong> {
        let text = line(key, value)?;
        let names = text.split('/').filter(|name| !matches!(*name, "" | "."));
        let is_rooted = std::path::Path::new(text).has_root();
        let parts = if is_rooted { None } else { Some(names.map(part).collect::<Result<_, _>>()?) };
        Ok(Self { text: text.to_owned(), parts })
    }
}

fn part(name: &str) -> Result<Part, Wrong> {
    Ok(match name {
        ".." => Part::Up,
        "**" => Part::Deep,
        name if !name.contains(['*', '?', '[', '{', '\\']) => Part::Name(name.to_owned()),
        name => Part::Wild(wild(name)?, name.starts_with('.')),
    })
}

fn wild(name: &str) -> Result<GlobMatcher, Wrong> {
    let glob = GlobBuilder::new(name).literal_separator(true).backslash_escape(true).build();
    glob.map(|glob| glob.compile_matcher()).map_err(|why| {
        let help = "`*` stands for any characters, `?` for one, `[…]` for one of a set, `{a,b}` for either, none of \
                    them for a `/`; `**` stands for any folders";
        Wrong::with_help("bad pattern", why.kind().to_string(), help)
    })
}
