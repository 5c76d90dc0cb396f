//! The lists of checksums among a release's assets: they are read first, as they tell whether the others are right.

use super::bad_url;
use super::error::Error;
use super::fetch::{Fetched, read_counted};
use super::gauge::Gauge;
use super::pick::Asset;
use super::sums::{Kind, Sums};
use crate::gitlab::Client;
use crate::model::{Sha256, harmless};
use crate::ui::{Progress, Ui};
use std::collections::BTreeSet;
use std::sync::Arc;

/// No list of checksums is longer.
const LONGEST: usize = 4 * 1024 * 1024;

/// What a release's own assets tell of the others.
#[derive(Debug, Default)]
pub(super) struct Checksums {
    pub(super) sums: Sums,
    /// The lists that were read and tell of something: what each is called, and its digest.
    lists: Vec<(String, Sha256)>,
    /// What the lists are called that could not be got, however long that was tried.
    lost: BTreeSet<String>,
}

impl Checksums {
    /// Reads the lists among `links` that may tell of `assets`, which are `what`. One that can't be read is said, and does
    /// without.
    pub(super) async fn read(ui: &Ui, client: &Client, links: &[Asset], assets: &[Asset], what: &str) -> Self {
        let is_wanted = |link: &Asset, file: &String| {
            assets.iter().any(|asset| asset.names.contains(file) || asset.called == link.called)
        };
        let lists: Vec<_> = links
            .iter()
            .filter_map(|link| match link.checksums() {
                Kind::List => Some((link, None)),
                Kind::Of(file) => is_wanted(link, &file).then_some((link, Some(file))),
                Kind::Other => None,
            })
            .collect();
        let gauge = Arc::new(Gauge::of(lists.len()));
        let reading = Arc::clone(&gauge);
        let progress = (!lists.is_empty())
            .then(|| ui.loading(&format!("reading the checksums of {what}"), lists.len(), move || reading.read()));
        let mut checksums = Self::default();
        for (link, of) in lists {
            checksums.take(ui, link, of.as_deref(), list(client, link, &gauge).await);
            progress.iter().for_each(Progress::finish_one);
        }
        checksums
    }

    fn take(&mut self, ui: &Ui, link: &Asset, of: Option<&str>, read: Result<(String, Fetched), Error>) {
        let called = harmless(&link.called);
        match read {
            Ok((text, Fetched { digest, in_clear_from: None, .. })) => {
                if self.sums.add(&link.called, link.folder(), &text, of) > 0 {
                    self.lists.push((link.called.clone(), digest));
                }
            }
            Ok((_, Fetched { in_clear_from: Some(host), .. })) => {
                let host = harmless(&host);
                ui.warn(&format!("Warning: {called} came unencrypted from {host}, and verifies nothing."));
            }
            Err(error) => {
                ui.warn(&format!("Warning: {called} can't be read, and verifies nothing."));
                ui.error(&error);
                // What is only too long for a list can be had all the same.
                if matches!(error, Error::Fetch { .. }) {
                    self.lost.insert(link.called.clone());
                }
            }
        }
    }

    /// The digest that this had as it was read as a list that tells of something.
    pub(super) fn read_as(&self, asset: &Asset) -> Option<Sha256> {
        self.lists.iter().find(|(called, _)| *called == asset.called).map(|(_, digest)| *digest)
    }

    /// Whether this is a list that could not be got.
    pub(super) fn is_lost(&self, asset: &Asset) -> bool {
        self.lost.contains(&asset.called)
    }
}

/// A list's text.
async fn list(client: &Client, asset: &Asset, gauge: &Gauge) -> Result<(String, Fetched), Error> {
    let file = asset.file.as_ref().map_err(|why| bad_url(asset, why))?;
    let (content, fetched) = read_counted(client, &asset.called, file, LONGEST, gauge).await?;
    Ok((String::from_utf8_lossy(&content).into_owned(), fetched))
}
