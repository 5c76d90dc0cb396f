//! Which GitLab a saved plan is for.

use super::flaw::Flaw;
use std::fmt;
use url::Url;

/// What stands for the embedded GitLab's url, which is another one in each run.
const SANDBOX: &str = "sandbox";

/// The GitLab of a plan. One that was read is a claim: it must be checked, and never chooses where a token goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// One at this url.
    Gitlab(Url),
    /// The embedded one.
    Sandbox,
}

impl Address {
    pub(super) fn read(text: &str) -> Result<Self, Flaw> {
        if text == SANDBOX {
            return Ok(Self::Sandbox);
        }
        let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let address = url.map(Self::Gitlab).filter(|address| address.to_string() == text);
        address.ok_or_else(|| Flaw::new("is no address like https://gitlab.example.com"))
    }
}

impl fmt::Display for Address {
    /// As it is saved: without what may be secret in a url.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gitlab(url) => {
                write!(f, "{}{}", url.origin().ascii_serialization(), url.path().trim_end_matches('/'))
            }
            Self::Sandbox => f.write_str(SANDBOX),
        }
    }
}
