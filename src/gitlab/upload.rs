//! Files as the bodies of requests: read piece by piece while they are sent, so that none is ever in memory whole, and
//! hashed once more, so that nothing is sent to its end but what was planned.

use crate::model::Sha256;
use futures_util::stream;
use reqwest::Body;
use sha2::Digest as _;
use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use std::{fmt, mem};
use tokio::sync::{mpsc, watch};
use tokio::task;

/// How much is read at once.
const PIECE: usize = 1 << 18;
/// How many pieces may wait to be sent.
const WAITING: usize = 2;

/// Opens a file; once for each try.
pub type Open = Arc<dyn Fn() -> io::Result<Box<dyn Read + Send>> + Send + Sync>;

/// Is told how many bytes of a try have gone.
pub type Sent = Arc<dyn Fn(u64) + Send + Sync>;

/// A file to be sent.
#[derive(Clone)]
pub struct Upload {
    /// Opens it.
    pub open: Open,
    /// How many bytes it has.
    pub size: u64,
    /// What they come to.
    pub sha256: Sha256,
    /// Is told how far it is.
    pub sent: Sent,
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { open: _, size, sha256, sent: _ } = self;
        f.debug_struct("Upload").field("size", size).field("sha256", sha256).finish_non_exhaustive()
    }
}

/// A file that is being sent.
pub(super) struct Sending {
    /// How far it is, for who watches over a connection that takes nothing more.
    progress: watch::Receiver<u64>,
    size: u64,
    flaw: Arc<Mutex<Option<String>>>,
}

impl Sending {
    /// Why it could not be sent to its end, if that is no fault of GitLab's or the network's.
    pub(super) fn flaw(&self) -> Option<String> {
        mem::take(&mut *self.flaw.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Completes when nothing has been taken for `silence`, or no answer has come within `patience` after all of it was.
    pub(super) async fn stalls(&self, silence: Duration, patience: Duration) {
        let mut progress = self.progress.clone();
        loop {
            let is_sent = *progress.borrow_and_update() >= self.size;
            match tokio::time::timeout(if is_sent { patience } else { silence }, progress.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return tokio::time::sleep(patience).await,
                Err(_) => return,
            }
        }
    }
}

impl Upload {
    /// A body that reads the file as it is sent.
    pub(super) fn begin(&self) -> (Body, Sending) {
        let (pieces, waiting) = mpsc::channel(WAITING);
        let (taken, progress) = watch::channel(0);
        let flaw = Arc::new(Mutex::new(None));
        let sending = Sending { progress, size: self.size, flaw: Arc::clone(&flaw) };
        let upload = self.clone();
        task::spawn_blocking(move || {
            if let Err(why) = upload.read(&pieces) {
                *flaw.lock().unwrap_or_else(PoisonError::into_inner) = Some(why);
                // Nobody waits any more if the connection broke first.
                let _ = pieces.blocking_send(Err(io::Error::other("the file can't be sent")));
            }
        });
        let sent = Arc::clone(&self.sent);
        let next =
            move |(mut waiting, taken, so_far): (mpsc::Receiver<io::Result<Vec<u8>>>, watch::Sender<u64>, u64)| {
                let sent = Arc::clone(&sent);
                async move {
                    let piece = waiting.recv().await?;
                    let so_far = so_far + piece.as_ref().map_or(0, Vec::len) as u64;
                    sent(so_far);
                    taken.send_replace(so_far);
                    Some((piece, (waiting, taken, so_far)))
                }
            };
        (self.sent)(0);
        (Body::wrap_stream(stream::unfold((waiting, taken, 0), next)), sending)
    }

    /// Reads all of the file. The last piece is held back until it is sure that all is as planned: without it, GitLab takes
    /// nothing.
    fn read(&self, pieces: &mpsc::Sender<io::Result<Vec<u8>>>) -> Result<(), String> {
        let unreadable = |error: io::Error| format!("the file can't be read: {error}");
        let mut file = (self.open)().map_err(unreadable)?;
        let (mut hash, mut left) = (sha2::Sha256::new(), self.size);
        let mut last = Vec::new();
        while left > 0 {
            let mut piece = Vec::with_capacity(PIECE);
            file.by_ref().take(left.min(PIECE as u64)).read_to_end(&mut piece).map_err(unreadable)?;
            if piece.is_empty() {
                return Err(changed());
            }
            hash.update(&piece);
            left -= piece.len() as u64;
            let earlier = mem::replace(&mut last, piece);
            if !earlier.is_empty() && pieces.blocking_send(Ok(earlier)).is_err() {
                return Ok(());
            }
        }
        let is_longer = file.read(&mut [0]).map_err(unreadable)? > 0;
        if is_longer || Sha256::new(hash.finalize().into()) != self.sha256 {
            return Err(changed());
        }
        // Nobody waits any more if the connection broke first.
        let _ = if last.is_empty() { Ok(()) } else { pieces.blocking_send(Ok(last)) };
        Ok(())
    }
}

fn changed() -> String {
    "the file has changed since it was planned".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a body of `size` bytes of `content` comes to, if that was planned to be `planned`.
    fn read(content: &'static [u8], planned: &[u8]) -> (Result<(), String>, Vec<u8>) {
        let upload = Upload {
            open: Arc::new(move || Ok(Box::new(content))),
            size: planned.len() as u64,
            sha256: Sha256::new(sha2::Sha256::digest(planned).into()),
            sent: Arc::new(|_| {}),
        };
        let (pieces, mut waiting) = mpsc::channel(100);
        let read = upload.read(&pieces);
        let mut sent = Vec::new();
        while let Ok(piece) = waiting.try_recv() {
            sent.extend(piece.unwrap());
        }
        (read, sent)
    }

    #[test]
    fn what_is_not_as_planned_is_never_sent_whole() {
        const LENGTH: usize = 3 * PIECE + 5;
        static LONG: [u8; LENGTH] = [7; LENGTH];
        static OTHER: [u8; LENGTH] = [8; LENGTH];
        let (long, other) = (&LONG[..], &OTHER[..]);
        assert_eq!(read(&LONG, &LONG), (Ok(()), LONG.to_vec()));
        assert_eq!(read(b"", b""), (Ok(()), Vec::new()));
        for (content, planned) in
            [(&long[1..], long), (long, &long[1..]), (long, other), (b"x".as_slice(), b"".as_slice()), (b"", b"x")]
        {
            let (read, sent) = read(content, planned);
            assert_eq!(read, Err(changed()));
            assert!(sent.is_empty() || sent.len() < planned.len());
        }
    }
}
