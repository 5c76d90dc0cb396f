//! A release as GitHub's API writes it, and what of it matters here.
//!
//! Only the tag is sure to be there: files may be cut down to some of the keys.

use crate::model::Moment;
use serde::{Deserialize, Deserializer};

/// A release on GitHub.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Release {
    /// GitHub's number for it.
    #[serde(default)]
    pub id: Option<u64>,
    /// Its tag; not checked, and of a draft perhaps not made yet.
    pub tag_name: String,
    /// Its title, if it has one.
    #[serde(default)]
    pub name: Option<String>,
    /// Its notes, if it has some.
    #[serde(default)]
    pub body: Option<String>,
    /// Whether only those who write to the repository see it.
    #[serde(default, rename = "draft", deserialize_with = "or_default")]
    pub is_draft: bool,
    /// Whether it is not meant for everybody yet.
    #[serde(default, rename = "prerelease", deserialize_with = "or_default")]
    pub is_prerelease: bool,
    /// Whether nobody can change it any more.
    #[serde(default, rename = "immutable", deserialize_with = "or_default")]
    pub is_immutable: bool,
    /// When it was published; a draft was not.
    #[serde(default, deserialize_with = "moment")]
    pub published_at: Option<Moment>,
    /// Its files.
    #[serde(default, deserialize_with = "or_default")]
    pub assets: Vec<Asset>,
    /// Where it is discussed.
    #[serde(default)]
    pub discussion_url: Option<String>,
    /// What people think of it.
    #[serde(default, deserialize_with = "reactions")]
    pub reactions: u64,
}

/// A file of a release.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Asset {
    /// Where the API has it.
    #[serde(default)]
    pub url: String,
    /// What the file is called.
    pub name: String,
    /// What people read in place of that.
    #[serde(default)]
    pub label: Option<String>,
    /// Whether it is there whole: `open` is one whose upload was never finished.
    #[serde(default, rename = "state", deserialize_with = "is_cut_off")]
    pub is_unfinished: bool,
    /// How long it is, in bytes.
    #[serde(default)]
    pub size: Option<u64>,
    /// Its hash, such as `sha256:…`.
    #[serde(default)]
    pub digest: Option<String>,
    /// How often it was fetched.
    #[serde(default, deserialize_with = "or_default")]
    pub download_count: u64,
    /// Where browsers get it.
    pub browser_download_url: String,
}

/// `null` is as if it were not there.
fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(from: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

fn moment<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Moment>, D::Error> {
    Ok(Option::<jiff::Timestamp>::deserialize(from)?.map(Moment::new))
}

fn is_cut_off<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    Ok(Option::<String>::deserialize(from)?.is_some_and(|state| state != "uploaded"))
}

fn reactions<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    #[derive(Deserialize)]
    struct Reactions {
        #[serde(default)]
        total_count: u64,
    }
    Ok(Option::<Reactions>::deserialize(from)?.map_or(0, |reactions| reactions.total_count))
}
