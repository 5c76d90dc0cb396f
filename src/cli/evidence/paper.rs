//! The evidence itself, a JSON file, and how far it can be held against what GitLab says of it.
//!
//! GitLab's `sha` is no digest of that file: it is taken of the text before what is confidential is left out, together with a
//! secret of the server's, and 44 digits of it are shown. Only a `sha` that could be a SHA-256, with 64 digits, is held
//! against the file.

use super::error::Error;
use crate::cli::download;
use crate::gitlab::{Client, FileAt};
use crate::model::{Evidence, Sha256, TagName};
use serde::Deserialize;
use url::Url;

/// No evidence is longer.
const LONGEST: usize = 64 * 1024 * 1024;

/// An evidence that was read.
#[derive(Debug)]
pub(super) struct Paper {
    /// The JSON as it came.
    pub(super) text: String,
    /// Its own digest.
    pub(super) digest: Sha256,
    /// Whether GitLab's `sha` is that digest; else it can't be.
    pub(super) is_confirmed: bool,
}

#[derive(Deserialize)]
struct Summary {
    release: Of,
}

#[derive(Deserialize)]
struct Of {
    tag_name: String,
}

/// Reads the file of `evidence`, which is of the release for `tag`.
pub(super) async fn read(client: &Client, tag: &TagName, evidence: &Evidence) -> Result<Paper, Error> {
    let filepath = &evidence.filepath;
    let file = FileAt::Url(Url::parse(filepath).map_err(|_| Error::odd(filepath))?);
    let read = download::read_whole(client, "evidence", &file, LONGEST).await;
    let (content, fetched) = read.map_err(|error| Error::sealed(&error, filepath))?;
    let digest = fetched.digest;
    let text = String::from_utf8(content).map_err(|_| Error::odd(filepath))?;
    let is_of_release =
        serde_json::from_str::<Summary>(&text).is_ok_and(|paper| paper.release.tag_name == tag.as_str());
    if !is_of_release {
        return Err(Error::odd(filepath));
    }
    match evidence.sha.parse::<Sha256>() {
        Ok(expected) if expected != digest => Err(Error::OtherDigest { found: digest, expected }),
        expected => Ok(Paper { text, digest, is_confirmed: expected.is_ok() }),
    }
}
