//! A saved plan's digest: the same for the same plan, whenever it is made.

use sha2::Digest as _;
use std::fmt::{self, Write as _};
use std::str::FromStr;

const PREFIX: &str = "sha256:";

/// `sha256:` and 64 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest(String);

/// What is no digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a digest is `sha256:` and 64 hexadecimal digits, as `plan --out` prints it")]
pub struct DigestError;

impl Digest {
    pub(super) fn of(content: &[u8]) -> Self {
        let mut digest = PREFIX.to_owned();
        for byte in sha2::Sha256::digest(content) {
            // Writing to a `String` can't fail.
            let _ = write!(digest, "{byte:02x}");
        }
        Self(digest)
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Digest {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, DigestError> {
        let digits = text.strip_prefix(PREFIX).ok_or(DigestError)?;
        let is_whole = digits.len() == 64 && digits.bytes().all(|b| b.is_ascii_hexdigit());
        if is_whole { Ok(Self(text.to_ascii_lowercase())) } else { Err(DigestError) }
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
