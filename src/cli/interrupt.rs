//! Ctrl-C, and what CI sends when a job is cancelled: counted, so that a second one is never lost behind the first.
//!
//! Only Ctrl-C counts twice: it is a person who is in a hurry. Who sends SIGTERM may send it to the process and to its
//! group, and has SIGKILL for what must end at once.

use super::failure::Failure;
use tokio::sync::watch;

/// Does what only reads, or asks, until it is done or the run is asked to stop: then what was shown of it is tidied away,
/// which the process's end by the signal would not do.
pub(super) async fn stoppable<T>(work: impl Future<Output = T>) -> Result<T, Failure> {
    let interrupts = Interrupts::count();
    tokio::select! {
        done = work => Ok(done),
        () = interrupts.at_least(1) => Err(Failure::Stopped),
    }
}

/// How often the run was asked to stop.
pub(super) struct Interrupts(watch::Receiver<usize>);

impl Interrupts {
    /// Counts from now on; before, an interrupt ends the process.
    pub(super) fn count() -> Self {
        let (count, told) = watch::channel(0);
        let signals = Signals::listen();
        tokio::spawn(async move {
            if let Ok(mut signals) = signals {
                loop {
                    let at_least_once = signals.next().await;
                    count.send_modify(|count| *count = if at_least_once { (*count).max(1) } else { *count + 1 });
                }
            }
        });
        Self(told)
    }

    /// Whether there was one.
    pub(super) fn any(&self) -> bool {
        *self.0.borrow() > 0
    }

    /// Completes when there were so many.
    pub(super) async fn at_least(&self, wanted: usize) {
        if self.0.clone().wait_for(|count| *count >= wanted).await.is_err() {
            // Without a handler an interrupt ends the process, as it does everywhere.
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    /// Waits for one; whether another is no more than one.
    async fn next(&mut self) -> bool {
        tokio::select! {
            _ = self.interrupt.recv() => false,
            _ = self.terminate.recv() => true,
        }
    }
}

#[cfg(windows)]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Signals {
    fn listen() -> std::io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    async fn next(&mut self) -> bool {
        self.0.recv().await;
        false
    }
}
