//! The plans of a run as they are shown: those that could be made, and what kept others from it.

use super::failure::Failure;
use super::server;
use super::session::Found;
use crate::gitlab::Client;
use crate::model::Moment;
use crate::plan::{Outcome, Plan};
use crate::report::{self, Command, Detail, Listed, ProjectRun, Run};
use crate::ui::{Stream, Ui};

/// What came of planning.
pub(super) struct Shown {
    /// Each with its site's index.
    pub(super) plans: Vec<(usize, Plan)>,
    /// The releases of the projects of `plans`, if they are of interest.
    releases: Vec<Vec<Listed>>,
    /// The projects without a plan, and why.
    unread: Vec<(String, Failure)>,
}

impl Shown {
    /// How many projects could not be read.
    pub(super) fn unread(&self) -> usize {
        self.unread.len()
    }

    /// `names` are the projects'.
    pub(super) fn new(found: Vec<Result<Found, Failure>>, names: Vec<String>) -> Self {
        let mut shown = Self { plans: Vec::new(), releases: Vec::new(), unread: Vec::new() };
        for (site, (found, name)) in found.into_iter().zip(names).enumerate() {
            match found {
                Ok(Found { plan, releases }) => {
                    shown.plans.push((site, plan));
                    shown.releases.push(releases);
                }
                Err(failure) => shown.unread.push((name, failure)),
            }
        }
        shown
    }

    /// Whether there is a plan for every project.
    pub(super) fn is_whole(&self) -> bool {
        self.unread.is_empty()
    }

    /// Why there is no plan at all, if the run is about one project only.
    pub(super) fn into_only_failure(mut self) -> Result<Self, Failure> {
        if self.plans.is_empty() && self.unread.len() == 1 {
            return self.unread.pop().map_or(Ok(self), |(_, failure)| Err(failure));
        }
        Ok(self)
    }

    /// Shows the plans as text, and tells what kept others from being made. That of a run's only project is for whoever
    /// called.
    pub(super) fn show(&self, ui: &Ui, stream: Stream, detail: Detail) -> Result<(), Failure> {
        let palette = ui.palette(stream);
        let put = |text: &str| ui.show(stream, text).map_err(Failure::Output);
        let is_fleet = self.plans.len() + self.unread.len() > 1;
        let gap = if is_fleet { "\n" } else { "" };
        // Of a fleet, what has nothing to do gets no more than its line.
        for (_, plan) in self.plans.iter().filter(|(_, plan)| !is_fleet || report::has_page(plan)) {
            put(&(report::plan(plan, detail, &palette) + gap))?;
        }
        if is_fleet {
            self.tell_unread(ui);
            let plans: Vec<_> = self.plans.iter().map(|(_, plan)| plan).collect();
            put(&report::fleet(&plans, &self.reasons(), &palette))?;
        }
        Ok(())
    }

    /// The projects without a plan, and why, in the words of the error.
    fn reasons(&self) -> Vec<(String, String)> {
        self.unread.iter().map(|(name, failure)| (name.clone(), failure.to_string())).collect()
    }

    /// Tells what kept some of several projects from being read.
    pub(super) fn tell_unread(&self, ui: &Ui) {
        for (_, failure) in self.unread.iter().filter(|_| self.plans.len() + self.unread.len() > 1) {
            ui.error(failure);
            ui.gap();
        }
    }

    /// What a report is about. `outcomes` are those of `plans`, as far as they were applied.
    pub(super) fn run<'a>(
        &'a self,
        command: Command,
        now: Moment,
        gitlabs: &[Option<String>],
        outcomes: &'a [Option<Outcome>],
    ) -> Run<'a> {
        let projects = self.plans.iter().zip(&self.releases).enumerate().map(|(nth, ((site, plan), releases))| {
            let outcome = outcomes.get(nth).and_then(Option::as_ref);
            ProjectRun { gitlab: gitlabs[*site].clone(), plan, outcome, releases: releases.clone() }
        });
        Run { command, now, projects: projects.collect(), unread: self.reasons() }
    }
}

/// The addresses that a report names: of each client's GitLab, unless that is the embedded one, which answers nobody after the
/// run.
pub(super) fn gitlabs<'c>(is_embedded: bool, clients: impl Iterator<Item = &'c Client>) -> Vec<Option<String>> {
    clients.map(|client| (!is_embedded).then(|| server::shown(client.url()))).collect()
}
