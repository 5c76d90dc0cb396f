//! Stderr, where everybody's talk meets: whole lines, and below them a bar while there is one, with a line for each file that
//! is under way. Whoever writes past this tears the bar.
//!
//! No line of the bar ever reaches the terminal's edge. So it can be taken back by going up to its first line and clearing
//! from there, also after the terminal has written `^C` at its end; lines that fill the width, as bars from libraries do,
//! would stay.

use super::activity::Activity;
use console::{Term, truncate_str};
use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tracing_subscriber::fmt::MakeWriter;

/// To the line's beginning, and clear it to its end.
const TAKE_BACK: &str = "\r\u{1b}[K";
/// More lines for files are not drawn, and none that would not leave as many for what was said.
const MOST_LINES: usize = 8;
/// What the terminal itself may write at the end of a bar.
const ECHO: usize = "^C".len() + 1;

/// Who writes to stderr writes through one of these.
#[derive(Debug, Clone, Default)]
pub(super) struct Screen(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    activity: Option<Activity>,
    has_bar: bool,
    /// How many lines of the bar there are on the screen below its first.
    below: usize,
    /// When something was written last.
    said: Option<Instant>,
}

impl Screen {
    /// From now on this is going on; on a bar, if it is to be seen on a terminal.
    pub(super) fn begin(&self, activity: Activity, terminal: bool) {
        let mut state = self.state();
        let below = state.below;
        *state = State { activity: Some(activity), has_bar: terminal, below, said: Some(Instant::now()) };
        state.draw();
    }

    /// Nothing is going on any more: the bar is gone from the screen.
    pub(super) fn end(&self) {
        let mut state = self.state();
        state.activity = None;
        if std::mem::take(&mut state.has_bar) {
            let back = state.take_back();
            write(&back);
        }
    }

    /// A line of its own.
    pub(super) fn line(&self, text: &str) {
        self.state().print(&format!("{text}\n"));
    }

    /// Changes what is going on, and writes the line that this is worth, if any. Nothing while nothing is going on.
    pub(super) fn change(&self, change: impl FnOnce(&mut Activity) -> Option<String>) {
        let mut state = self.state();
        if let Some(line) = state.activity.as_mut().and_then(change) {
            state.print(&format!("{line}\n"));
        }
    }

    /// Like [`change`](Self::change); but where there is a bar that shows it, no line is written.
    pub(super) fn tell(&self, change: impl FnOnce(&mut Activity) -> Option<String>) {
        let has_bar = self.has_bar();
        self.change(|activity| change(activity).filter(|_| !has_bar));
    }

    /// Draws the bar again; without one, says that life goes on if nothing else has been said for `silence`.
    pub(super) fn tick(&self, silence: Duration) {
        let mut state = self.state();
        let now = Instant::now();
        if state.has_bar {
            state.draw();
        } else if let Some(activity) = &state.activity
            && state.said.is_none_or(|said| now.saturating_duration_since(said) >= silence)
        {
            let sign = activity.sign(now);
            state.print(&format!("{sign}\n"));
        }
    }

    /// Whether there is a bar.
    pub(super) fn has_bar(&self) -> bool {
        self.state().has_bar
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn draw(&mut self) {
        if let (true, Some(activity)) = (self.has_bar, &self.activity) {
            let (height, width) = Term::stderr().size();
            let (now, width) = (Instant::now(), usize::from(width));
            let room = (usize::from(height) / 2).min(MOST_LINES);
            let mut lines = vec![activity.bar(now, width)];
            lines.extend(activity.lines(now, room).into_iter().map(|line| format!("  {line}")));
            let cut = |line: &String| truncate_str(line, width.saturating_sub(ECHO), "…").into_owned();
            let drawn: Vec<_> = lines.iter().map(cut).collect();
            let back = self.take_back();
            self.below = drawn.len() - 1;
            write(&(back + &drawn.join("\r\n")));
        }
    }

    /// What takes all of the bar off the screen.
    fn take_back(&mut self) -> String {
        match std::mem::take(&mut self.below) {
            0 => TAKE_BACK.to_owned(),
            below => format!("\r\u{1b}[{below}A\u{1b}[J"),
        }
    }

    /// Above the bar.
    fn print(&mut self, text: &str) {
        self.said = Some(Instant::now());
        if self.has_bar {
            let back = self.take_back();
            write(&(back + text));
            self.draw();
        } else {
            write(text);
        }
    }
}

/// Nobody is left to be told when stderr is gone.
fn write(text: &str) {
    let mut stderr = io::stderr().lock();
    let _ = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
}

/// For the log, which hands over one whole line at a time.
impl Write for Screen {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.state().print(&String::from_utf8_lossy(line));
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Screen {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
