//! Signs of life on stderr: a bar on a terminal, lines elsewhere, folded in GitLab CI.

use super::activity::Activity;
use super::screen::Screen;
use super::section::Section;
use crate::apply::Event;
use crate::plan::{Plan, StepId, StepOutcome};
use crate::report::{describe, harmless};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How often a bar is drawn.
const FRAME: Duration = Duration::from_millis(100);

/// Where talk goes, and how.
#[derive(Debug, Clone)]
pub(super) struct Style {
    /// Whether a bar can be drawn.
    pub(super) terminal: bool,
    /// Whether to fold.
    pub(super) sections: bool,
    /// Without a bar a sign of life is due whenever nothing has been said for so long.
    pub(super) pulse: Duration,
}

/// Something that goes on until this is dropped. Then nothing is left of it but the lines it took to say.
#[derive(Debug)]
pub struct Progress {
    // Dropped in this order: the last sign of life comes before the end of the section.
    _pulse: Option<Pulse>,
    _section: Option<Section>,
    screen: Screen,
    total: usize,
    /// Whether it is said which project a step is in.
    named: bool,
}

impl Progress {
    /// Nobody is told anything.
    pub(super) fn silent() -> Self {
        Self { _pulse: None, _section: None, screen: Screen::default(), total: 0, named: false }
    }

    /// `count` answers how much has been read so far, and of how much; 0 if nobody knows.
    pub(super) fn reading(
        style: &Style,
        screen: &Screen,
        what: &str,
        (whom, unit): (&'static str, &'static str),
        count: impl Fn() -> (u64, u64) + Send + 'static,
    ) -> Self {
        let activity = Activity::reading(what.to_owned(), Instant::now()).with(whom, unit);
        Self::begin(style, screen, what, activity, count)
    }

    pub(super) fn writing(style: &Style, screen: &Screen, what: &str, total: usize, named: bool) -> Self {
        let activity = Activity::writing(total, Instant::now());
        Self { total, named, ..Self::begin(style, screen, what, activity, || (0, 0)) }
    }

    /// `count` answers how many bytes there are so far, and of how many; 0 if nobody knows.
    pub(super) fn loading(
        style: &Style,
        screen: &Screen,
        what: &str,
        files: usize,
        count: impl Fn() -> (u64, u64) + Send + 'static,
    ) -> Self {
        let activity = Activity::loading(what.to_owned(), files, Instant::now());
        Self { total: files, ..Self::begin(style, screen, what, activity, count) }
    }

    fn begin(
        style: &Style,
        screen: &Screen,
        what: &str,
        activity: Activity,
        count: impl Fn() -> (u64, u64) + Send + 'static,
    ) -> Self {
        let section = style.sections.then(|| Section::open(what, screen));
        screen.begin(activity, style.terminal);
        let pulse = Pulse::start(screen.clone(), style.pulse, count);
        Self { _pulse: Some(pulse), _section: section, screen: screen.clone(), total: 0, named: false }
    }

    fn step(&self, plan: &Plan, id: StepId) -> String {
        let what = describe(&plan.steps[id.0].action);
        if self.named { format!("{what} in {}", harmless(&plan.project.to_string())) } else { what }
    }

    /// One more is over.
    pub fn finish_one(&self) {
        self.screen.change(|activity| {
            activity.finish(Instant::now());
            None
        });
    }

    /// Shows what happens to `plan`.
    pub fn show(&mut self, plan: &Plan, event: &Event<'_>) {
        match event {
            Event::Started(id) => {
                let step = self.step(plan, *id);
                self.screen.change(|activity| {
                    activity.begin(step);
                    None
                });
            }
            Event::Stopping => self.screen.change(|_| {
                Some("Stopping: waiting for the requests under way. Press Ctrl-C again to stop at once.".to_owned())
            }),
            Event::GivingUp => self
                .screen
                .change(|_| Some("Giving up: more requests would be in vain. Waiting for those under way.".to_owned())),
            // What was not begun is no progress; how many steps that are is said in the end.
            Event::Finished(_, StepOutcome::Interrupted) => {}
            Event::Finished(id, outcome) => {
                let what = self.step(plan, *id);
                // That there is no evidence is said once, in the end.
                let is_news = !matches!(**outcome, StepOutcome::Done | StepOutcome::NotOffered);
                let is_worth_a_line = is_news || !self.screen.has_bar();
                let total = self.total;
                self.screen.change(|activity| {
                    let over = activity.finish(Instant::now());
                    is_worth_a_line.then(|| format!("{over:>5}/{total} {}{what}", prefix(outcome)))
                });
            }
        }
    }
}

fn prefix(outcome: &StepOutcome) -> &'static str {
    match outcome {
        StepOutcome::Done => "",
        StepOutcome::AlreadyDone => "done by somebody else: ",
        StepOutcome::NotOffered => "not offered: ",
        StepOutcome::Failed { .. } => "failed to ",
        StepOutcome::Conflict(_) => "left alone: ",
        StepOutcome::Skipped { .. } | StepOutcome::Interrupted => "skipped: ",
    }
}

/// A thread that lets the screen tick until this is dropped. None where no thread can be had: it is only talk.
#[derive(Debug)]
struct Pulse {
    screen: Screen,
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Pulse {
    fn start(screen: Screen, silence: Duration, count: impl Fn() -> (u64, u64) + Send + 'static) -> Self {
        let (stop, stopped) = mpsc::channel::<()>();
        let every = if screen.has_bar() { FRAME } else { silence.min(Duration::from_secs(1)) };
        let ticking = screen.clone();
        let tick = move || {
            while stopped.recv_timeout(every) == Err(RecvTimeoutError::Timeout) {
                ticking.change(|activity| {
                    let (read, of) = count();
                    activity.read(read, of, Instant::now());
                    None
                });
                ticking.tick(silence);
            }
        };
        let thread = thread::Builder::new().name("progress".to_owned()).spawn(tick).ok();
        Self { screen, stop: Some(stop), thread }
    }
}

impl Drop for Pulse {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // It can't panic; and if it has, what it was for is over.
            drop(thread.join());
        }
        self.screen.end();
    }
}
