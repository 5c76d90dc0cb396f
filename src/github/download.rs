//! A release's files, fetched and held against what GitHub says of them.

use super::transport::Next;
use super::{Asset, Client, Error, Kind};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::io;
use url::Url;

/// GitHub redirects to where its files are, once.
const MOST_REDIRECTS: usize = 5;

/// Takes a file piece by piece.
pub trait Sink {
    /// It begins, or begins again: what was written so far is of no use.
    ///
    /// # Errors
    /// If that can't be done.
    fn restart(&mut self) -> io::Result<()>;

    /// A piece of it.
    ///
    /// # Errors
    /// If it can't be kept.
    fn write(&mut self, piece: &[u8]) -> io::Result<()>;
}

impl Client {
    /// Fetches a file into `sink`. It is whole, and what GitHub says that it is, if this is no error.
    ///
    /// # Errors
    /// If it can't be fetched, kept, or is something else.
    pub async fn download(&self, asset: &Asset, sink: &mut (dyn Sink + Send)) -> Result<(), Error> {
        let is_ours = |url: &Url| self.transport.is_api(url);
        let Some(url) = Url::parse(&asset.url).ok().filter(is_ours) else {
            let help = super::error::help(Kind::Elsewhere, true, None);
            return Err(Error::new(Kind::Elsewhere, "it is not on the GitHub that is asked").with_help(help));
        };
        self.transport.trying(async || self.fetch(&url, asset, sink).await).await
    }

    async fn fetch(&self, url: &Url, asset: &Asset, sink: &mut (dyn Sink + Send)) -> Result<(), Error> {
        sink.restart().map_err(|error| Error::disk(&error))?;
        let mut url = url.clone();
        for _ in 0..MOST_REDIRECTS {
            let mut response = match self.transport.ask(&url, "application/octet-stream", None).await? {
                Next::Read(response) => response,
                Next::Follow(target) if self.transport.may_lead_to(&target) => {
                    url = target;
                    continue;
                }
                Next::Follow(_) => {
                    let text = "a redirect to an address that is not encrypted";
                    return Err(self.transport.error(&url, None, Kind::Redirect, text, None));
                }
            };
            let (mut length, mut hash) = (0, Sha256::new());
            while let Some(piece) = response.chunk().await.map_err(|error| self.transport.broken(&url, &error))? {
                length += piece.len() as u64;
                if asset.size.is_some_and(|size| length > size) {
                    break;
                }
                hash.update(&piece);
                sink.write(&piece).map_err(|error| Error::disk(&error))?;
            }
            return check(asset, length, &hash.finalize());
        }
        Err(self.transport.error(&url, None, Kind::Redirect, "too many redirects", None))
    }
}

impl Asset {
    /// Whether a file of this length and SHA-256 is this one, as far as GitHub tells: of older files it knows no hash.
    #[must_use]
    pub fn is_like(&self, length: u64, hash: &[u8]) -> bool {
        check(self, length, hash).is_ok()
    }
}

fn check(asset: &Asset, length: u64, hash: &[u8]) -> Result<(), Error> {
    let corrupt = |text: String| {
        let help = super::error::help(Kind::Corrupt, true, None);
        Err(Error::new(Kind::Corrupt, text).with_help(help))
    };
    if let Some(size) = asset.size.filter(|size| *size != length) {
        let what = if length > size { "longer" } else { "shorter" };
        return corrupt(format!("it is {what} than the {size} bytes that GitHub says"));
    }
    let mut found = String::with_capacity(64);
    for byte in hash {
        // Writing to a String can't fail.
        let _ = write!(found, "{byte:02x}");
    }
    let told = asset.digest.as_deref().and_then(|digest| digest.strip_prefix("sha256:"));
    match told {
        Some(told) if !told.trim().eq_ignore_ascii_case(&found) => {
            corrupt(format!("its SHA-256 is {found}, but GitHub says another"))
        }
        _ => Ok(()),
    }
}
