//! Ctrl-C, and what CI sends when a job is cancelled: counted, so that a second one is never lost behind the first.

use tokio::sync::watch;

/// How often the run was asked to stop.
pub(super) struct Interrupts(watch::Receiver<usize>);

impl Interrupts {
    /// Counts from now on; before, an interrupt ends the process.
    pub(super) fn count() -> Self {
        let (count, told) = watch::channel(0);
        tokio::spawn(async move {
            if let Ok(mut signals) = Signals::listen() {
                loop {
                    signals.next().await;
                    count.send_modify(|count| *count += 1);
                }
            }
        });
        Self(told)
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

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
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

    async fn next(&mut self) {
        self.0.recv().await;
    }
}
