//! Which step may run next. Knows nothing of requests: told of each step's end, it says what becomes possible and what
//! is lost.

use crate::plan::{Outcome, Plan, Stage, StepId, StepOutcome};
use std::collections::BTreeSet;

/// The state of a run.
pub(super) struct Schedule<'a> {
    plan: &'a Plan,
    /// For each step, how many of those it needs are not done yet.
    missing: Vec<usize>,
    /// For each step, those that need it.
    dependents: Vec<Vec<StepId>>,
    /// Steps that may run, the earliest in the plan first.
    ready: BTreeSet<StepId>,
    /// How many steps of [`Stage::Build`] have no outcome yet.
    building: usize,
    /// Whether all is built, and well, so that removals may run. One that fails keeps back no others.
    may_remove: bool,
    /// The first step that failed.
    first_failure: Option<StepId>,
    outcomes: Vec<Option<StepOutcome>>,
}

impl<'a> Schedule<'a> {
    pub(super) fn new(plan: &'a Plan) -> Self {
        let count = plan.steps.len();
        let mut schedule = Self {
            plan,
            missing: plan.steps.iter().map(|step| step.needs.len()).collect(),
            dependents: vec![Vec::new(); count],
            ready: BTreeSet::new(),
            building: plan.steps.iter().filter(|step| step.action.stage() == Stage::Build).count(),
            may_remove: false,
            first_failure: None,
            outcomes: vec![None; count],
        };
        for (id, step) in plan.steps.iter().enumerate() {
            for need in &step.needs {
                schedule.dependents[need.0].push(StepId(id));
            }
        }
        schedule.may_remove = schedule.building == 0;
        for id in (0..count).map(StepId) {
            schedule.make_ready(id);
        }
        schedule
    }

    /// Takes the earliest step that may run now.
    pub(super) fn next(&mut self) -> Option<StepId> {
        self.ready.pop_first()
    }

    /// Records a step's end. Answers it with all the steps that were lost with it.
    pub(super) fn finish(&mut self, id: StepId, outcome: StepOutcome) -> Vec<(StepId, StepOutcome)> {
        let mut over = Vec::new();
        let was_building = self.building > 0;
        let done = outcome.is_success();
        if !done {
            self.first_failure.get_or_insert(id);
        }
        self.record(id, outcome, &mut over);
        if done {
            for dependent in self.dependents[id.0].clone() {
                self.missing[dependent.0] -= 1;
                self.make_ready(dependent);
            }
        } else {
            self.skip_dependents(id, &mut over);
        }
        if was_building && self.building == 0 {
            self.open_removals(&mut over);
        }
        over
    }

    /// What became of each step; one without an end was interrupted.
    pub(super) fn into_outcome(self) -> Outcome {
        let steps = self.outcomes.into_iter().map(|o| o.unwrap_or(StepOutcome::Interrupted)).collect();
        Outcome { steps }
    }

    fn stage(&self, id: StepId) -> Stage {
        self.plan.steps[id.0].action.stage()
    }

    fn make_ready(&mut self, id: StepId) {
        let open = self.stage(id) == Stage::Build || self.may_remove;
        if open && self.missing[id.0] == 0 && self.outcomes[id.0].is_none() {
            self.ready.insert(id);
        }
    }

    fn record(&mut self, id: StepId, outcome: StepOutcome, over: &mut Vec<(StepId, StepOutcome)>) {
        if self.stage(id) == Stage::Build {
            self.building -= 1;
        }
        self.outcomes[id.0] = Some(outcome.clone());
        over.push((id, outcome));
    }

    fn skip_dependents(&mut self, failed: StepId, over: &mut Vec<(StepId, StepOutcome)>) {
        let mut lost = self.dependents[failed.0].clone();
        while let Some(id) = lost.pop() {
            if self.outcomes[id.0].is_none() {
                self.record(id, StepOutcome::Skipped { because: failed }, over);
                lost.extend(&self.dependents[id.0]);
            }
        }
    }

    /// Called when nothing is left to build: lets removals run, or gives them up.
    fn open_removals(&mut self, over: &mut Vec<(StepId, StepOutcome)>) {
        self.may_remove = self.first_failure.is_none();
        for id in
            (0..self.outcomes.len()).map(StepId).filter(|id| self.plan.steps[id.0].action.stage() == Stage::Remove)
        {
            match self.first_failure {
                None => self.make_ready(id),
                Some(because) => self.record(id, StepOutcome::Skipped { because }, over),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Description, Moment, NewMilestone, Project, ProjectRef, Release, TagName};
    use crate::plan::{Action, Step};
    use proptest::prelude::*;
    use std::sync::Arc;

    fn build() -> Action {
        Action::CreateMilestone(NewMilestone { title: "m".into(), description: None, start_date: None, due_date: None })
    }

    fn remove() -> Action {
        let at = Moment::new("2026-01-01T00:00:00Z".parse().unwrap());
        Action::DeleteRelease(Arc::new(Release {
            tag_name: TagName::from_git("v1"),
            name: "v1".into(),
            description: Description::default(),
            released_at: at,
            created_at: at,
            milestones: BTreeSet::new(),
            links: Vec::new(),
            has_evidence: false,
        }))
    }

    /// Steps that each need some earlier ones, then removals that each need some earlier removals.
    fn plans() -> impl Strategy<Value = Plan> {
        type Needs = Vec<Vec<prop::sample::Index>>;
        let needs = |most| prop::collection::vec(prop::collection::vec(any::<prop::sample::Index>(), 0..3), 0..most);
        let steps = |needs: Needs, first: usize, action: fn() -> Action| {
            needs.into_iter().enumerate().map(move |(i, needs)| {
                let needs = needs.iter().filter(|_| i > 0).map(|n| StepId(first + n.index(i.max(1))));
                let needs = needs.collect::<BTreeSet<_>>().into_iter().collect();
                Step { action: action(), needs, reasons: Vec::new() }
            })
        };
        (needs(12), needs(6)).prop_map(move |(needs, removals)| {
            let removals = steps(removals, needs.len(), remove);
            let needs = steps(needs, 0, build);
            Plan {
                project: Project::unread(ProjectRef::Path("a/b".into())),
                files: Vec::new(),
                steps: needs.chain(removals).collect(),
                refusals: Vec::new(),
                notes: Vec::new(),
                unmanaged: Vec::new(),
                unchanged: 0,
                left_out: 0,
                before: Vec::new(),
                present: Vec::new(),
            }
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn every_step_ends_once_after_what_it_needs(
            plan in plans(),
            fails in prop::collection::vec(prop::bool::weighted(0.15), 16),
            width in 1..5usize,
            picks in prop::collection::vec(any::<prop::sample::Index>(), 16),
        ) {
            let mut schedule = Schedule::new(&plan);
            let mut running = Vec::new();
            let mut ends = vec![0; plan.steps.len()];
            let mut done = BTreeSet::new();
            let mut picks = picks.into_iter().cycle();
            loop {
                while running.len() < width {
                    let Some(id) = schedule.next() else { break };
                    let step = &plan.steps[id.0];
                    prop_assert!(step.needs.iter().all(|need| done.contains(need)), "{id:?} runs too early");
                    if step.action.stage() == Stage::Remove {
                        let built = plan.steps.iter().filter(|s| s.action.stage() == Stage::Build).count();
                        prop_assert!((0..built).all(|i| done.contains(&StepId(i))), "{id:?} removes too early");
                    }
                    running.push(id);
                }
                if running.is_empty() {
                    break;
                }
                let id = running.swap_remove(picks.next().unwrap().index(running.len()));
                let failed = StepOutcome::Failed { error: "no".into(), help: None, is_final: false };
                let outcome = if fails[id.0] { failed } else { StepOutcome::Done };
                for (id, outcome) in schedule.finish(id, outcome) {
                    ends[id.0] += 1;
                    if outcome == StepOutcome::Done {
                        done.insert(id);
                    }
                }
            }
            prop_assert!(ends.iter().all(|n| *n == 1), "{ends:?}");
            let outcome = schedule.into_outcome();
            prop_assert!(!outcome.steps.contains(&StepOutcome::Interrupted));
            for (id, step) in plan.steps.iter().enumerate() {
                if let StepOutcome::Skipped { because } = &outcome.steps[id] {
                    let reason = matches!(outcome.steps[because.0], StepOutcome::Failed { .. });
                    prop_assert!(reason, "{because:?} did not fail");
                    let remove = step.action.stage() == Stage::Remove;
                    prop_assert!(remove || step.needs.iter().any(|need| !done.contains(need)));
                }
            }
        }
    }
}
