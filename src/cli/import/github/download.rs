//! The files of releases, fetched side by side. One that can't be had keeps no other from it.

use super::failure::GithubFailure;
use super::place::{Folder, Item, There};
use super::told::size;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::import::told::counted;
use crate::cli::interrupt::stoppable;
use crate::github::{Asset, Client, Sink};
use crate::model::{TagName, harmless};
use crate::ui::Ui;
use futures_util::{StreamExt, stream};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// As many as browsers fetch at once.
const SIDE_BY_SIDE: usize = 4;
/// How many failures are told one by one.
const MOST_TOLD: usize = 20;

/// Fetches all files that are not there, and says what came of it.
pub(super) async fn all(
    ui: &Ui,
    client: &Client,
    folder: &Folder,
    files: &[(TagName, Vec<Asset>)],
) -> Result<Exit, Failure> {
    let items = Folder::items(files);
    let (mut wanted, mut there, mut failed) = (Vec::new(), 0, Vec::new());
    for item in items {
        match folder.look(&item) {
            Ok(There::Nothing) => wanted.push(item),
            Ok(There::Same) => there += 1,
            Ok(There::Other) => failed.push(format!("{}: another file is there, which is not written over", item.name)),
            Err(error) => failed.push(format!("{}: {error}", item.name)),
        }
    }
    let total: u64 = wanted.iter().filter_map(|item| item.asset.size).sum();
    let so_far = Arc::new(AtomicU64::new(0));
    let counted_bytes = so_far.clone();
    let progress =
        ui.reading_of(("GitHub", "MiB"), &format!("fetching {}", counted(wanted.len(), "file")), move || {
            (counted_bytes.load(Ordering::Relaxed) >> 20, total >> 20)
        });
    let counter = &*so_far;
    let fetches = wanted.iter().map(|item| async move { (item, one(client, folder, item, counter).await) });
    let fetching = stoppable(stream::iter(fetches).buffered(SIDE_BY_SIDE).collect());
    let done: Vec<_> = fetching.await.map_err(|_| GithubFailure::Stopped)?;
    drop(progress);
    let (mut count, mut bytes) = (0, 0);
    for (item, result) in done {
        match result {
            Ok(length) => {
                count += 1;
                bytes += length;
            }
            Err(why) => failed.push(format!("{}: {why}", item.name)),
        }
    }
    let were_there = if there > 0 { format!(" {} there already.", were(there)) } else { String::new() };
    ui.note(&format!(
        "Fetched {} ({}) into {}, to be uploaded to GitLab: the links still lead to GitHub.{were_there}",
        counted(count, "file"),
        size(bytes),
        harmless(&folder.path.to_string_lossy()),
    ));
    for line in failed.iter().take(MOST_TOLD) {
        ui.warn(&format!("Not fetched: {}", harmless(line)));
    }
    if failed.len() > MOST_TOLD {
        ui.warn(&format!("Not fetched: {} more", failed.len() - MOST_TOLD));
    }
    if failed.is_empty() {
        return Ok(Exit::Done);
    }
    ui.warn("Run it again to get the rest; what is there stays.");
    Ok(Exit::Failed)
}

fn were(count: usize) -> String {
    if count == 1 { "1 was".to_owned() } else { format!("{count} were") }
}

/// Fetches one, and answers how long it is.
async fn one(client: &Client, folder: &Folder, item: &Item<'_>, so_far: &AtomicU64) -> Result<u64, String> {
    let draft = folder.draft(item).map_err(|error| error.to_string())?;
    let mut counting = Counting { draft, so_far, length: 0 };
    client.download(item.asset, &mut counting).await.map_err(|error| error.to_string())?;
    counting.draft.keep().map_err(|error| error.to_string())?;
    Ok(counting.length)
}

/// Counts what goes through.
struct Counting<'c, S> {
    draft: S,
    so_far: &'c AtomicU64,
    length: u64,
}

impl<S: Sink> Sink for Counting<'_, S> {
    fn restart(&mut self) -> io::Result<()> {
        self.so_far.fetch_sub(self.length, Ordering::Relaxed);
        self.length = 0;
        self.draft.restart()
    }

    fn write(&mut self, piece: &[u8]) -> io::Result<()> {
        self.length += piece.len() as u64;
        self.so_far.fetch_add(piece.len() as u64, Ordering::Relaxed);
        self.draft.write(piece)
    }
}
