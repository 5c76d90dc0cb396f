//! Signs of life on stderr: a bar on a terminal, lines elsewhere, folded in GitLab CI.

use super::activity::Activity;
use super::screen::Screen;
use super::section::Section;
use super::transfer::Sending;
use crate::apply::{Event, Files, Transfer};
use crate::plan::{Action, Plan, Step, StepId, StepOutcome};
use crate::report::{describe, harmless};
use std::collections::HashMap;
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
        Self::begin(style, screen, what, activity, move |activity| {
            let (read, of) = count();
            activity.read(read, of, Instant::now());
        })
    }

    /// `count` answers how many of the bytes have been read so far.
    pub(super) fn hashing(
        style: &Style,
        screen: &Screen,
        what: &str,
        total: u64,
        count: impl Fn() -> u64 + Send + 'static,
    ) -> Self {
        let activity = Activity::hashing(what.to_owned(), total, Instant::now());
        Self::begin(style, screen, what, activity, move |activity| activity.hashed(count(), Instant::now()))
    }

    /// Carries plans out, each with the files that it uploads; `named` says in which project each step is.
    pub(super) fn writing(style: &Style, screen: &Screen, what: &str, plans: &[(&Plan, Files)], named: bool) -> Self {
        let total = plans.iter().map(|(plan, _)| plan.steps.len()).sum();
        let activity = Activity::writing(total, Instant::now());
        let called = |plan: &Plan| plan.steps.iter().enumerate().filter_map(name_of_file).collect();
        let uploads: Vec<(HashMap<StepId, String>, Files)> =
            plans.iter().map(|(plan, files)| (called(plan), files.clone())).collect();
        let sending = move || {
            let each = uploads.iter().filter(|(names, _)| !names.is_empty());
            let sending = each.flat_map(|(names, files)| {
                files.transfers().into_iter().filter_map(|(id, Transfer { sent, size, began })| {
                    Some(Sending { name: names.get(&id)?.clone(), sent, size, began })
                })
            });
            sending.collect()
        };
        let watch = move |activity: &mut Activity| activity.carry(sending(), Instant::now());
        Self { total, named, ..Self::begin(style, screen, what, activity, watch) }
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
        let watch = move |activity: &mut Activity| {
            let (read, of) = count();
            activity.read(read, of, Instant::now());
        };
        Self { total: files, ..Self::begin(style, screen, what, activity, watch) }
    }

    fn begin(
        style: &Style,
        screen: &Screen,
        what: &str,
        activity: Activity,
        watch: impl Fn(&mut Activity) + Send + 'static,
    ) -> Self {
        let section = style.sections.then(|| Section::open(what, screen));
        screen.begin(activity, style.terminal);
        let pulse = Pulse::start(screen.clone(), style.pulse, watch);
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

fn name_of_file((index, step): (usize, &Step)) -> Option<(StepId, String)> {
    let Action::UploadFile(upload) = &step.action else { return None };
    Some((StepId(index), harmless(&upload.place.file_name).into_owned()))
}

fn prefix(outcome: &StepOutcome) -> &'static str {
    match outcome {
        StepOutcome::Done => "",
        StepOutcome::AlreadyDone => "done already: ",
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
    fn start(screen: Screen, silence: Duration, watch: impl Fn(&mut Activity) + Send + 'static) -> Self {
        let (stop, stopped) = mpsc::channel::<()>();
        let every = if screen.has_bar() { FRAME } else { silence.min(Duration::from_secs(1)) };
        let ticking = screen.clone();
        let tick = move || {
            while stopped.recv_timeout(every) == Err(RecvTimeoutError::Timeout) {
                ticking.change(|activity| {
                    watch(activity);
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
