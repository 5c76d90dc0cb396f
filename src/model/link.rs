//! Asset links: the part of a release with the most rules.

use std::fmt;

/// GitLab's id of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkId(pub u64);

/// What an asset link leads to, `other` unless said otherwise.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum LinkType {
    /// Anything else.
    #[default]
    Other,
    /// Operating instructions.
    Runbook,
    /// A container or disk image.
    Image,
    /// A package.
    Package,
}

impl LinkType {
    /// All of them, in the order GitLab's page lists them.
    pub const ALL: [Self; 4] = [Self::Other, Self::Runbook, Self::Image, Self::Package];

    /// The API's word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Other => "other",
            Self::Runbook => "runbook",
            Self::Image => "image",
            Self::Package => "package",
        }
    }

    /// The type that the API calls `word`.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.as_str() == word)
    }
}

impl fmt::Display for LinkType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An asset link, whole. Name, url and path are each unique within a release.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link {
    /// What people read.
    pub name: String,
    /// Where it leads.
    pub url: String,
    /// The path below `…/releases/<tag>/downloads` that redirects to `url`.
    pub direct_asset_path: Option<AssetPath>,
    /// What it leads to.
    pub link_type: LinkType,
}

/// A link as GitLab has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveLink {
    /// GitLab's id, by which it is changed.
    pub id: LinkId,
    /// What it says.
    pub link: Link,
}

/// A `direct_asset_path` that GitLab accepts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AssetPath(String);

/// Why GitLab would refuse a path. Its rule is `\A\/[^\/](?!.*\/\/.*)[\-\.\w\/]+[\da-zA-Z]+\z`, at most 128 characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AssetPathError {
    /// Does not start with `/`.
    #[error("a path starts with `/`")]
    NoSlash,
    /// `//` somewhere.
    #[error("a path can't hold `//`")]
    DoubleSlash,
    /// Fewer than four characters.
    #[error("a path has at least 4 characters")]
    TooShort,
    /// More than 128 characters.
    #[error("a path has at most 128 characters, this one has {0}")]
    TooLong(usize),
    /// Something else than ASCII letters, digits, `_`, `-`, `.` and `/`.
    #[error("a path holds only letters, digits, `_`, `-`, `.` and `/`, not {0:?}")]
    Forbidden(char),
    /// Ends in `/`, `.`, `-` or `_`.
    #[error("a path ends in a letter or digit")]
    LastCharacter,
}

impl AssetPath {
    /// Takes a path that GitLab already has.
    pub fn from_gitlab(path: impl Into<String>) -> Self {
        Self(path.into())
    }

    /// Takes a path only if GitLab would.
    ///
    /// The second character may be anything but `/`: npm's `/@scope/…` is fine.
    ///
    /// # Errors
    /// The first rule that the path breaks.
    pub fn parse(path: &str) -> Result<Self, AssetPathError> {
        let ordinary = |c: char| c.is_ascii_alphanumeric() || "_-./".contains(c);
        let length = path.chars().count();
        if !path.starts_with('/') {
            Err(AssetPathError::NoSlash)
        } else if path.contains("//") {
            Err(AssetPathError::DoubleSlash)
        } else if let Some(c) = path.chars().skip(2).find(|c| !ordinary(*c)) {
            Err(AssetPathError::Forbidden(c))
        } else if length < 4 {
            Err(AssetPathError::TooShort)
        } else if length > 128 {
            Err(AssetPathError::TooLong(length))
        } else if !path.ends_with(|c: char| c.is_ascii_alphanumeric()) {
            Err(AssetPathError::LastCharacter)
        } else {
            Ok(Self(path.to_owned()))
        }
    }

    /// The path, with its leading `/`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AssetPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether GitLab would take `url` as a link's url: an absolute one with the scheme `http`, `https` or `ftp`.
///
/// # Errors
/// What is wrong with it, in words that read after "failed to …: ".
pub fn check_link_url(url: &str) -> Result<(), String> {
    let parsed = url::Url::parse(url).map_err(|e| format!("not an absolute url: {e}"))?;
    match parsed.scheme() {
        "http" | "https" | "ftp" => Ok(()),
        other => Err(format!("a link's url is http, https or ftp, not {other}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_taken_as_gitlab_takes_them() {
        for good in ["/bin/app", "/abc", "/a.b", "/@scope/pkg.tgz", "/é-1", "/dist/app-1.0_x.tar.gz", "/bin/asset.exe"]
        {
            assert_eq!(AssetPath::parse(good).map(|p| p.to_string()), Ok(good.to_owned()));
        }
        for (bad, why) in [
            ("bin/app", AssetPathError::NoSlash),
            ("//bin", AssetPathError::DoubleSlash),
            ("/bin//app", AssetPathError::DoubleSlash),
            ("/ab", AssetPathError::TooShort),
            ("/bin/{x}", AssetPathError::Forbidden('{')),
            ("/bin/é", AssetPathError::Forbidden('é')),
            ("/bin/", AssetPathError::LastCharacter),
            ("/bin.", AssetPathError::LastCharacter),
        ] {
            assert_eq!(AssetPath::parse(bad), Err(why), "{bad}");
        }
        assert!(AssetPath::parse(&format!("/{}", "a".repeat(127))).is_ok());
        assert_eq!(AssetPath::parse(&format!("/{}", "a".repeat(128))), Err(AssetPathError::TooLong(129)));
    }
}
