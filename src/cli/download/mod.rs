//! `relsync download`: a release's assets, verified as far as that goes, each whole or not at all.
//!
//! First all is found out that could be in the way; then files are fetched side by side. One that fails does not keep the
//! others from coming.

pub(super) mod args;
mod checksums;
mod error;
mod fetch;
mod gauge;
mod name;
mod part;
mod pick;
mod place;
mod sums;
mod told;

pub(super) use error::Error;
pub(super) use fetch::read_whole;

use super::exit::Exit;
use super::failure::Failure;
use super::interrupt::stoppable;
use super::project::Asked;
use super::release::{self, Which};
use crate::gitlab::{Client, Incoming, Permalink};
use crate::model::{Sha256, TagName, harmless};
use crate::ui::{Progress, Ui};
use args::DownloadArgs;
use checksums::Checksums;
use fetch::{Fetched, Sink, fetch};
use futures_util::{StreamExt, stream};
use gauge::Gauge;
use pick::{Asset, Choice};
use place::{Folder, Spool, There};
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;
use sums::Listed;

/// What became of an asset.
#[derive(Debug, Clone)]
enum Done {
    /// It is there now.
    Saved { size: u64, proof: Proof },
    /// It was there before, byte by byte.
    Same(Proof),
    /// Something was there before, and was not looked into.
    Kept,
}

/// What a file that is there is to the asset that would take its place.
#[derive(Debug)]
enum Compared {
    /// It is the same, as this tells.
    Same(Proof),
    Other,
    /// Nothing tells.
    Unknown,
}

/// Why a file is believed to be the right one.
#[derive(Debug, Clone)]
enum Proof {
    /// This list tells its digest.
    Listed(String),
    /// GitLab tells its digest.
    Gitlab,
    /// It is what verifies others.
    IsList,
    /// Nothing tells; and perhaps it came unencrypted, from this host or as this host said.
    None { in_clear_from: Option<String> },
}

pub(super) async fn run(ui: &Ui, args: DownloadArgs) -> Result<Exit, Failure> {
    let (which, words) = which(&args);
    let asked = Asked::open(ui, &args.project, &args.server).await?;
    let shown = release::find(ui, &asked, &which).await?;
    let links = pick::links(&asked.project, &shown);
    let Choice { mut assets, left_out } = match (words, args.source.as_slice()) {
        ([], [_, ..]) => Choice::default(),
        (words, _) => pick::choose(&links, words)?,
    };
    for asset in &left_out {
        ui.note(&format!("Note: {} is left out: {}.", harmless(&asset.called), asset.why_left_out()));
    }
    for format in &args.source {
        assets.push(pick::source(&asked.project, &shown, format)?);
    }
    if assets.is_empty() {
        let tag = harmless(shown.release.tag_name.as_str());
        let nothing = if left_out.is_empty() { "nothing" } else { "nothing else" };
        ui.note(&format!("Note: release {tag} links to {nothing}; its sources come with --source tar.gz."));
        return Ok(Exit::Done);
    }
    let what = format!("{} of {}", shown.release.tag_name, asked.project);
    let checksums = stoppable(Checksums::read(ui, &asked.client, &links, &assets, &what)).await?;
    let work = Work { ui, client: &asked.client, checksums, must_verify: args.verify };
    if args.output.as_deref() == Some(Path::new("-")) {
        return work.to_stdout(&assets).await;
    }
    let folder = match &args.output {
        Some(path) => {
            let (folder, name) = Folder::of(path)?;
            one(&assets)?;
            assets[0].name = name;
            folder
        }
        None => Folder::make(&args.dir)?,
    };
    pick::apart(&assets)?;
    folder.tidy(assets.iter().map(|asset| asset.name.as_str()));
    let there = stoppable(work.look(&folder, &assets, &args)).await??;
    if there.iter().any(Option::is_none) {
        folder.check_writable()?;
    }
    // What could not be got a moment ago is not asked for again: that has been said, and tried for long enough.
    let meant = assets.len();
    let to_do = assets.into_iter().zip(there);
    let (assets, there): (Vec<_>, Vec<_>) =
        to_do.filter(|(asset, done)| done.is_some() || !work.checksums.is_lost(asset)).unzip();
    let is_short = assets.len() < meant;
    let fetched = stoppable(work.fetch_all(&folder, &assets, there, &args, &what)).await;
    let (done, failures) = fetched.map_err(|_| Error::Stopped)?;
    if !done.is_empty() {
        ui.out(&told::outcome(&shown, &done, &folder.path().to_string_lossy())).map_err(Failure::Output)?;
    }
    for (index, failure) in failures.iter().enumerate() {
        if index > 0 {
            ui.gap();
        }
        ui.error(failure);
    }
    Ok(if failures.is_empty() && !is_short { Exit::Done } else { Exit::Failed })
}

/// Which release, and what of it.
fn which(args: &DownloadArgs) -> (Which, &[String]) {
    match args.words.split_first() {
        Some((tag, words)) if !args.latest => (Which::Tag(TagName::from_git(tag.as_str())), words),
        _ => {
            let asset = if let [path] = args.words.as_slice() { Permalink::asset(path) } else { None };
            (Which::Latest(asset.unwrap_or_default()), &args.words)
        }
    }
}

fn one(assets: &[Asset]) -> Result<&Asset, Error> {
    match assets {
        [asset] => Ok(asset),
        assets => Err(Error::OneOutput(assets.len())),
    }
}

fn bad_url(asset: &Asset, why: &str) -> Error {
    Error::BadUrl { called: harmless(&asset.called).into_owned(), why: harmless(why).into_owned() }
}

/// What all of a run's files have in common.
struct Work<'r> {
    ui: &'r Ui,
    client: &'r Client,
    checksums: Checksums,
    must_verify: bool,
}

impl Work<'_> {
    /// What a list tells of `asset`.
    fn listed(&self, asset: &Asset) -> Result<Option<&Listed>, Error> {
        let listed = self.checksums.sums.find(asset.listed_as.iter().map(String::as_str));
        listed.map_err(|sums::Twice| Error::ListedTwice(harmless(&asset.called).into_owned()))
    }

    /// Whether what comes in can be verified, if it has to be. What was read as a list of checksums is what verifies, and is
    /// believed.
    fn accept(&self, asset: &Asset, listed: Option<&Listed>, by_gitlab: Option<Sha256>) -> Result<(), Error> {
        let is_list = self.checksums.read_as(asset).is_some();
        if !self.must_verify || is_list || listed.is_some() || self.proves(by_gitlab) {
            return Ok(());
        }
        Err(self.unverified(asset))
    }

    /// Whether the digest that GitLab tells is there, and is GitLab's beyond doubt.
    fn proves(&self, by_gitlab: Option<Sha256>) -> bool {
        by_gitlab.is_some() && self.client.in_clear_from().is_none()
    }

    /// Why nothing is known of a file by which it could be told.
    fn why_untold(&self) -> &'static str {
        if self.client.in_clear_from().is_some() {
            "GitLab itself is asked over plain http, so that anybody on the way could have changed what it says"
        } else if self.checksums.sums.is_empty() {
            "the release has no list of checksums that could be read, and GitLab tells no digest of it"
        } else {
            "the release's list of checksums does not name it, and GitLab tells no digest of it"
        }
    }

    fn unverified(&self, asset: &Asset) -> Error {
        let why = self.why_untold();
        Error::Unverified { called: harmless(&asset.called).into_owned(), why }
    }

    /// What is there already, asset by asset, as far as it spares a download.
    ///
    /// # Errors
    /// What is in the way, before anything is downloaded.
    async fn look(&self, folder: &Folder, assets: &[Asset], args: &DownloadArgs) -> Result<Vec<Option<Done>>, Error> {
        let (mut found, mut in_the_way, mut unknown) = (Vec::with_capacity(assets.len()), Vec::new(), Vec::new());
        for asset in assets {
            let there = folder.there(&asset.name)?;
            let path = || harmless(&folder.shown(&asset.name)).into_owned();
            let compared = match there {
                There::Odd => return Err(Error::Odd(path())),
                There::File | There::Link if args.skip_existing && !self.must_verify => {
                    found.push(Some(Done::Kept));
                    continue;
                }
                There::File => self.compare(folder, asset).await?,
                There::Nothing | There::Link => Compared::Other,
            };
            if !matches!(compared, Compared::Same(_)) && there != There::Nothing && !args.clobber {
                if args.skip_existing {
                    return Err(Error::Unlike(path()));
                }
                in_the_way.push(path());
                unknown.extend(matches!(compared, Compared::Unknown).then(path));
            }
            found.push(if let Compared::Same(proof) = compared { Some(Done::Same(proof)) } else { None });
        }
        if in_the_way.is_empty() {
            Ok(found)
        } else {
            Err(Error::there_already(in_the_way, &unknown, self.why_untold()))
        }
    }

    /// Whether the file that is there is the asset, as far as anything tells.
    async fn compare(&self, folder: &Folder, asset: &Asset) -> Result<Compared, Error> {
        let Some(digest) = folder.digest(&asset.name) else { return Ok(Compared::Other) };
        let same_if = |is_same, proof| if is_same { Compared::Same(proof) } else { Compared::Other };
        if let Some(listed) = self.listed(asset)? {
            return Ok(same_if(listed.digest == digest, Proof::Listed(listed.list.clone())));
        }
        if let Some(read) = self.checksums.read_as(asset) {
            return Ok(same_if(read == digest, Proof::IsList));
        }
        let Ok(file) = &asset.file else { return Ok(Compared::Unknown) };
        // Of what can't be opened, it is said when it is to be downloaded.
        let told = self.client.open(file, None).await.ok().and_then(|incoming| incoming.digest);
        Ok(match told {
            Some(told) if told != digest => Compared::Other,
            told if self.proves(told) => Compared::Same(Proof::Gitlab),
            _ => Compared::Unknown,
        })
    }

    /// Downloads all that is not there.
    async fn fetch_all(
        &self,
        folder: &Folder,
        assets: &[Asset],
        there: Vec<Option<Done>>,
        args: &DownloadArgs,
        what: &str,
    ) -> (Vec<(String, String, Done)>, Vec<Error>) {
        let files = there.iter().filter(|done| done.is_none()).count();
        let gauge = Arc::new(Gauge::of(files));
        let reading = Arc::clone(&gauge);
        let progress =
            (files > 0).then(|| self.ui.loading(&format!("downloading {what}"), files, move || reading.read()));
        let jobs = assets.iter().zip(there).enumerate().map(|(index, (asset, done))| {
            let (gauge, progress) = (&gauge, &progress);
            async move {
                let result = if let Some(done) = done {
                    Ok(done)
                } else {
                    let result = self.to_file(folder, asset, args.clobber, gauge).await;
                    progress.iter().for_each(Progress::finish_one);
                    result
                };
                (index, result.map(|done| (asset.name.clone(), asset.own().to_owned(), done)))
            }
        });
        let mut results: Vec<_> = stream::iter(jobs).buffer_unordered(args.concurrency.get()).collect().await;
        results.sort_by_key(|(index, _)| *index);
        let (mut all, mut failures) = (Vec::new(), Vec::new());
        for (_, result) in results {
            match result {
                Ok(done) => all.push(done),
                Err(error) => failures.push(error),
            }
        }
        (all, failures)
    }

    async fn to_file(&self, folder: &Folder, asset: &Asset, over: bool, gauge: &Gauge) -> Result<Done, Error> {
        let mut sink = Sink::File(folder.begin(&asset.name)?);
        let (size, proof) = self.fetch(asset, gauge, &mut sink).await?;
        if let Sink::File(draft) = sink {
            draft.keep(over)?;
        }
        Ok(Done::Saved { size, proof })
    }

    async fn to_stdout(&self, assets: &[Asset]) -> Result<Exit, Failure> {
        let asset = one(assets)?;
        if self.checksums.is_lost(asset) {
            return Ok(Exit::Failed);
        }
        let gauge = Arc::new(Gauge::of(1));
        let reading = Arc::clone(&gauge);
        let _progress = self.ui.loading(&format!("downloading {}", asset.called), 1, move || reading.read());
        match stoppable(self.print(asset, &gauge)).await? {
            // Who closes the pipe has read enough.
            Err(Error::Stdout(error)) if error.kind() == ErrorKind::BrokenPipe => Ok(Exit::Done),
            Err(error) => Err(error.into()),
            Ok(()) => Ok(Exit::Done),
        }
    }

    /// What has to be verified is so before the first byte of it is printed.
    async fn print(&self, asset: &Asset, gauge: &Gauge) -> Result<(), Error> {
        let mut sink = if self.must_verify { Sink::Spool(Spool::begin()?) } else { Sink::Stdout(self.ui) };
        self.fetch(asset, gauge, &mut sink).await?;
        match sink {
            Sink::Spool(spool) => spool.pour(|bytes| self.ui.out_bytes(bytes).map_err(Error::Stdout)),
            Sink::File(_) | Sink::Stdout(_) | Sink::Memory(..) => Ok(()),
        }
    }

    /// Downloads one, and holds it against what is known of it. How long it is, and who says that it is right.
    async fn fetch(&self, asset: &Asset, gauge: &Gauge, sink: &mut Sink<'_>) -> Result<(u64, Proof), Error> {
        let file = asset.file.as_ref().map_err(|why| bad_url(asset, why))?;
        let listed = self.listed(asset)?;
        let accept = |incoming: &Incoming| self.accept(asset, listed, incoming.digest);
        let expected = listed.map(|listed| listed.digest);
        let fetched = fetch(self.client, &asset.called, file, expected, gauge, sink, accept).await?;
        let Fetched { size, digest, by_gitlab, in_clear_from } = fetched;
        let by_list = listed.map(|listed| (listed.list.as_str(), listed.digest));
        for (by, expected) in by_list.into_iter().chain(by_gitlab.map(|digest| ("GitLab", digest))) {
            if digest != expected {
                return Err(Error::other_digest(&asset.called, by, digest, expected));
            }
        }
        let proof = match (listed, by_gitlab) {
            (Some(listed), _) => Proof::Listed(listed.list.clone()),
            (None, _) if self.proves(by_gitlab) => Proof::Gitlab,
            (None, _) if in_clear_from.is_none() && self.checksums.read_as(asset) == Some(digest) => Proof::IsList,
            (None, _) if self.must_verify => return Err(self.unverified(asset)),
            (None, _) => Proof::None { in_clear_from },
        };
        Ok((size, proof))
    }
}
