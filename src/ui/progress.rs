//! Signs of life on stderr.

use super::waits::Waits;
use crate::apply::Event;
use crate::plan::{Plan, StepOutcome};
use crate::report::describe;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::Write;
use std::time::Duration;

/// A bar or spinner on a terminal, lines elsewhere. Gone from the screen when dropped.
#[derive(Debug)]
pub struct Progress {
    bar: Option<ProgressBar>,
    waits: Waits,
    total: usize,
    over: usize,
}

impl Progress {
    pub(super) fn waiting(terminal: bool, what: &str, waits: &Waits) -> Self {
        let bar = terminal.then(|| {
            let bar = ProgressBar::new_spinner().with_message(what.to_owned());
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        });
        Self::of(bar, 0, waits)
    }

    pub(super) fn steps(terminal: bool, total: usize, waits: &Waits) -> Self {
        let bar = terminal.then(|| {
            let bar = ProgressBar::with_draw_target(Some(total as u64), ProgressDrawTarget::stderr());
            if let Ok(style) = ProgressStyle::with_template("{bar:24} {pos}/{len} {elapsed} · {wide_msg}") {
                bar.set_style(style.progress_chars("━╸─"));
            }
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        });
        Self::of(bar, total, waits)
    }

    fn of(bar: Option<ProgressBar>, total: usize, waits: &Waits) -> Self {
        waits.on(bar.as_ref());
        Self { bar, waits: waits.clone(), total, over: 0 }
    }

    /// Shows what happens to `plan`.
    pub fn show(&mut self, plan: &Plan, event: &Event<'_>) {
        match event {
            Event::Started(id) => {
                if let Some(bar) = &self.bar {
                    bar.set_message(describe(&plan.steps[id.0].action));
                }
            }
            Event::Stopping => {
                self.say("Stopping: waiting for the requests under way. Press Ctrl-C again to stop at once.");
            }
            Event::GivingUp => {
                self.say("Giving up: more requests would be in vain. Waiting for those under way.");
            }
            Event::Finished(id, outcome) => {
                self.over += 1;
                let what = describe(&plan.steps[id.0].action);
                let line = match outcome {
                    StepOutcome::Done => format!("{:>5}/{} {what}", self.over, self.total),
                    StepOutcome::AlreadyDone => {
                        format!("{:>5}/{} done by somebody else: {what}", self.over, self.total)
                    }
                    StepOutcome::NotOffered => format!("{:>5}/{} not offered: {what}", self.over, self.total),
                    StepOutcome::Failed { .. } => format!("{:>5}/{} failed to {what}", self.over, self.total),
                    StepOutcome::Conflict(_) => format!("{:>5}/{} left alone: {what}", self.over, self.total),
                    StepOutcome::Skipped { .. } | StepOutcome::Interrupted => {
                        format!("{:>5}/{} skipped: {what}", self.over, self.total)
                    }
                };
                if self.bar.is_none() || **outcome != StepOutcome::Done {
                    self.say(&line);
                }
                if let Some(bar) = &self.bar {
                    bar.inc(1);
                }
            }
        }
    }
}

impl Progress {
    /// A line above the bar.
    fn say(&self, line: &str) {
        match &self.bar {
            Some(bar) => bar.println(line),
            // Nobody is left to be told when stderr is gone.
            None => drop(writeln!(std::io::stderr().lock(), "{line}")),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.waits.on(None);
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
