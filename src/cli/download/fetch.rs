//! One file, to its end: taken up where it broke off as long as it surely is the same file, begun again where it is not, and
//! held against the digests that are known of it.
//!
//! Flat in memory: a file passes through here piece by piece.

use super::error::Error;
use super::gauge::Gauge;
use super::place::{Draft, Spool};
use crate::gitlab::{Client, FileAt, Incoming, Resume};
use crate::model::{Sha256, harmless};
use crate::ui::Ui;
use sha2::Digest as _;

/// How often a file may turn out to be another one before that is given up.
const MOST_RESTARTS: usize = 5;

/// Where the bytes go.
pub(super) enum Sink<'u> {
    /// To a file.
    File(Draft),
    /// To a file that is soon gone.
    Spool(Spool),
    /// To stdout, where nothing can be taken back.
    Stdout(&'u Ui),
    /// Here, up to so many.
    Memory(Vec<u8>, usize),
}

/// A file that is there.
#[derive(Debug, Clone)]
pub(in crate::cli) struct Fetched {
    pub(super) size: u64,
    pub(in crate::cli) digest: Sha256,
    /// What GitLab says the digest is.
    pub(super) by_gitlab: Option<Sha256>,
    /// The first host on its way that was asked over a connection that anybody could have changed it on.
    pub(super) in_clear_from: Option<String>,
}

/// How far it is.
#[derive(Default)]
struct State {
    hasher: sha2::Sha256,
    size: u64,
    length: Option<u64>,
    etag: Option<String>,
    by_gitlab: Option<Sha256>,
    /// Whether a part was added of which only the digest tells that it is of the same file.
    is_guess: bool,
    in_clear_from: Option<String>,
    /// Whether its length is part of what there is to do.
    is_counted: bool,
}

impl State {
    /// From where to go on, if that can be found out to be right.
    fn resume(&self, expected: Option<Sha256>) -> Option<Resume> {
        let is_known = self.etag.is_some() || self.by_gitlab.is_some() || expected.is_some();
        (self.size > 0 && is_known).then(|| Resume { offset: self.size, etag: self.etag.clone() })
    }

    /// Whether what comes is the rest of what is there.
    fn goes_on_with(&self, incoming: &Incoming) -> bool {
        fn differ<T: PartialEq>(one: Option<&T>, other: Option<&T>) -> bool {
            one.zip(other).is_some_and(|(one, other)| one != other)
        }
        incoming.offset == self.size
            && !differ(self.length.as_ref(), incoming.length.as_ref())
            && !differ(self.etag.as_ref(), incoming.etag.as_ref())
            && !differ(self.by_gitlab.as_ref(), incoming.digest.as_ref())
    }

    fn take(&mut self, incoming: &Incoming) {
        self.is_guess |= self.size > 0 && (self.etag.is_none() || incoming.etag.is_none());
        self.length = incoming.length.or(self.length);
        self.etag.clone_from(&incoming.etag);
        self.by_gitlab = incoming.digest.or(self.by_gitlab);
        if self.in_clear_from.is_none() {
            self.in_clear_from.clone_from(&incoming.in_clear_from);
        }
    }
}

impl Sink<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        match self {
            Self::File(draft) => draft.write(bytes),
            Self::Spool(spool) => spool.draft().write(bytes),
            Self::Stdout(ui) => ui.out_bytes(bytes).map_err(Error::Stdout),
            Self::Memory(content, most) if content.len() + bytes.len() > *most => Err(Error::TooLong(*most as u64)),
            Self::Memory(content, _) => {
                content.extend_from_slice(bytes);
                Ok(())
            }
        }
    }

    fn restart(&mut self, called: &str) -> Result<(), Error> {
        match self {
            Self::File(draft) => draft.restart(),
            Self::Spool(spool) => spool.draft().restart(),
            Self::Stdout(_) => Err(Error::BrokenStdout { called: harmless(called).into_owned() }),
            Self::Memory(content, _) => {
                content.clear();
                Ok(())
            }
        }
    }
}

/// Reads a `file` of no more than `most` bytes, and tells its digest.
///
/// # Errors
/// Also if GitLab tells another digest of it.
pub(in crate::cli) async fn read_whole(
    client: &Client,
    called: &str,
    file: &FileAt,
    most: usize,
) -> Result<(Vec<u8>, Fetched), Error> {
    let mut sink = Sink::Memory(Vec::new(), most);
    let fetched = fetch(client, called, file, None, &Gauge::of(1), &mut sink, |_| Ok(())).await?;
    match (sink, fetched.by_gitlab.filter(|digest| *digest != fetched.digest)) {
        (_, Some(expected)) => Err(Error::other_digest(called, "GitLab", fetched.digest, expected)),
        (Sink::Memory(content, _), None) => Ok((content, fetched)),
        (Sink::File(_) | Sink::Spool(_) | Sink::Stdout(_), None) => Ok((Vec::new(), fetched)),
    }
}

/// Downloads `file`, which the release calls `called`, into `sink`. `expected` is its digest, if a list tells it; `accept` is
/// asked before the first byte. That the digests are right is not looked at here.
pub(super) async fn fetch(
    client: &Client,
    called: &str,
    file: &FileAt,
    expected: Option<Sha256>,
    gauge: &Gauge,
    sink: &mut Sink<'_>,
    accept: impl Fn(&Incoming) -> Result<(), Error>,
) -> Result<Fetched, Error> {
    let (mut state, mut tries) = (State::default(), client.tries());
    let (mut furthest, mut restarts) = (0, 0);
    loop {
        let resume = state.resume(expected);
        let error = match client.open(file, resume.as_ref()).await {
            Ok(incoming) => {
                if !state.goes_on_with(&incoming) {
                    // The whole of it may come as the server can't do otherwise; a part, only of another file.
                    restarts += usize::from(incoming.offset > 0);
                    begin_again(&mut state, sink, gauge, called, restarts)?;
                    if incoming.offset > 0 {
                        continue;
                    }
                }
                accept(&incoming)?;
                if !std::mem::replace(&mut state.is_counted, true) {
                    gauge.opened(incoming.length);
                }
                state.take(&incoming);
                match pour(incoming, &mut state, sink, gauge).await? {
                    None if state.length.is_none_or(|length| length == state.size) => {
                        let digest = Sha256::new(state.hasher.clone().finalize().into());
                        let wanted = expected.or(state.by_gitlab);
                        if !state.is_guess || wanted == Some(digest) {
                            let State { size, by_gitlab, in_clear_from, .. } = state;
                            return Ok(Fetched { size, digest, by_gitlab, in_clear_from });
                        }
                        // The parts were of two files.
                        restarts += 1;
                        begin_again(&mut state, sink, gauge, called, restarts)?;
                        continue;
                    }
                    None => {
                        restarts += 1;
                        begin_again(&mut state, sink, gauge, called, restarts)?;
                        continue;
                    }
                    Some(error) => error,
                }
            }
            // There is less of it than there was.
            Err(error) if error.status() == Some(416) && resume.is_some() => {
                restarts += 1;
                begin_again(&mut state, sink, gauge, called, restarts)?;
                continue;
            }
            Err(error) => error,
        };
        if state.size > furthest {
            // As long as there is more each time, it is no failure.
            (furthest, tries) = (state.size, client.tries());
        }
        client.wait_for_file(&mut tries, error).await.map_err(|error| Error::fetch(called, error))?;
    }
}

fn begin_again(
    state: &mut State,
    sink: &mut Sink<'_>,
    gauge: &Gauge,
    called: &str,
    restarts: usize,
) -> Result<(), Error> {
    if restarts > MOST_RESTARTS {
        return Err(Error::Changing { called: harmless(called).into_owned() });
    }
    gauge.lost(state.size);
    let was_empty = state.size == 0;
    *state = State { is_counted: state.is_counted, ..State::default() };
    if was_empty { Ok(()) } else { sink.restart(called) }
}

/// Lets the bytes through, until their end or until they break off.
async fn pour(
    mut incoming: Incoming,
    state: &mut State,
    sink: &mut Sink<'_>,
    gauge: &Gauge,
) -> Result<Option<crate::gitlab::Error>, Error> {
    loop {
        match incoming.chunk().await {
            Ok(Some(bytes)) => {
                let bytes = bytes.as_ref();
                sink.write(bytes)?;
                state.hasher.update(bytes);
                state.size += bytes.len() as u64;
                gauge.more(bytes.len() as u64);
            }
            Ok(None) => return Ok(None),
            Err(error) => return Ok(Some(error)),
        }
    }
}
