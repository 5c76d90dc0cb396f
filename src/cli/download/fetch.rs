//! One file, to its end: taken up where it broke off as long as it surely is the same file, begun again where it is not, and
//! held against the digests that are known of it.
//!
//! Flat in memory: a file passes through here piece by piece.

use super::error::Error;
use super::gauge::Gauge;
use super::place::{Draft, Spool};
use crate::gitlab::{self, Client, FileAt, Incoming, Resume};
use crate::model::{Sha256, harmless};
use crate::ui::Ui;
use sha2::Digest as _;

/// How often a file may turn out to be another one before that is given up.
const MOST_RESTARTS: usize = 5;
/// With so many bytes more, a server is one that works, and may break off again.
const LEAST_PROGRESS: u64 = 64 * 1024;

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

    /// The file, if what is there is one and whole: parts may have been of two.
    fn end(&self, expected: Option<Sha256>) -> Option<Fetched> {
        let Self { size, length, by_gitlab, in_clear_from, .. } = self;
        let digest = Sha256::new(self.hasher.clone().finalize().into());
        let is_whole = length.is_none_or(|length| length == *size);
        let is_one = !self.is_guess || expected.or(*by_gitlab) == Some(digest);
        let in_clear_from = in_clear_from.clone();
        (is_whole && is_one).then_some(Fetched { size: *size, digest, by_gitlab: *by_gitlab, in_clear_from })
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
    read_counted(client, called, file, most, &Gauge::of(1)).await
}

/// The same, for who watches `gauge`.
pub(super) async fn read_counted(
    client: &Client,
    called: &str,
    file: &FileAt,
    most: usize,
    gauge: &Gauge,
) -> Result<(Vec<u8>, Fetched), Error> {
    let mut sink = Sink::Memory(Vec::new(), most);
    let fetched = fetch(client, called, file, None, gauge, &mut sink, |_| Ok(())).await?;
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
    let mut course = Course { called, gauge, sink, state: State::default(), restarts: 0, furthest: 0 };
    let mut tries = client.tries();
    loop {
        match course.go_on(client, file, expected, &accept).await? {
            Went::ToItsEnd(fetched) => return Ok(fetched),
            Went::IntoAnother => course.restart()?,
            Went::Wrong(error) => {
                if course.has_got_on() {
                    tries = client.tries();
                }
                client.wait_for_file(&mut tries, error).await.map_err(|error| Error::fetch(called, error))?;
            }
        }
    }
}

/// A file on its way, try by try.
struct Course<'a, 'u> {
    called: &'a str,
    gauge: &'a Gauge,
    sink: &'a mut Sink<'u>,
    state: State,
    restarts: usize,
    /// How much there was when tries were last counted anew.
    furthest: u64,
}

/// What became of a try.
enum Went {
    /// It is whole.
    ToItsEnd(Fetched),
    /// What came is of another file than what is there.
    IntoAnother,
    /// It broke off, or nothing came.
    Wrong(gitlab::Error),
}

impl Course<'_, '_> {
    /// One try.
    async fn go_on(
        &mut self,
        client: &Client,
        file: &FileAt,
        expected: Option<Sha256>,
        accept: &impl Fn(&Incoming) -> Result<(), Error>,
    ) -> Result<Went, Error> {
        let resume = self.state.resume(expected);
        let incoming = match client.open(file, resume.as_ref()).await {
            Ok(incoming) => incoming,
            // There is less of it than there was.
            Err(error) if error.status() == Some(416) && resume.is_some() => return Ok(Went::IntoAnother),
            Err(error) => return Ok(Went::Wrong(error)),
        };
        if !self.state.goes_on_with(&incoming) {
            // The whole of it may come as the server can't do otherwise; a part, only of another file.
            if incoming.offset > 0 {
                return Ok(Went::IntoAnother);
            }
            self.begin_again()?;
        }
        accept(&incoming)?;
        if !std::mem::replace(&mut self.state.is_counted, true) {
            self.gauge.opened(incoming.length);
        }
        self.state.take(&incoming);
        if let Some(error) = self.pour(incoming).await? {
            return Ok(Went::Wrong(error));
        }
        Ok(self.state.end(expected).map_or(Went::IntoAnother, Went::ToItsEnd))
    }

    /// Begins again, as it is another file than it was; not for ever.
    fn restart(&mut self) -> Result<(), Error> {
        self.restarts += 1;
        if self.restarts > MOST_RESTARTS {
            return Err(Error::Changing { called: harmless(self.called).into_owned() });
        }
        self.begin_again()
    }

    fn begin_again(&mut self) -> Result<(), Error> {
        let Self { gauge, state, .. } = self;
        gauge.lost(state.size);
        let was_empty = state.size == 0;
        *state = State { is_counted: state.is_counted, ..State::default() };
        if was_empty { Ok(()) } else { self.sink.restart(self.called) }
    }

    /// Whether there is so much more that failures are counted anew. A server that drips would keep this going for ever.
    fn has_got_on(&mut self) -> bool {
        let has = self.state.size.saturating_sub(self.furthest) >= LEAST_PROGRESS;
        if has {
            self.furthest = self.state.size;
        }
        has
    }

    /// Lets the bytes through, until their end or until they break off.
    async fn pour(&mut self, mut incoming: Incoming) -> Result<Option<gitlab::Error>, Error> {
        let Self { gauge, sink, state, .. } = self;
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drops_are_no_progress() {
        let gauge = Gauge::of(1);
        let mut sink = Sink::Memory(Vec::new(), 0);
        let state = State::default();
        let mut course = Course { called: "x", gauge: &gauge, sink: &mut sink, state, restarts: 0, furthest: 0 };
        let mut anew_after = |bytes: u64| {
            course.state.size += bytes;
            course.has_got_on()
        };
        assert_eq!((0..2 * LEAST_PROGRESS).filter(|_| anew_after(1)).count(), 2);
        assert!(anew_after(LEAST_PROGRESS) && !anew_after(LEAST_PROGRESS - 1) && anew_after(1) && !anew_after(0));
    }
}
