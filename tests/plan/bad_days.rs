//! Bad days over real HTTP: whatever a share of the requests suffers, what is reported as done is done, and the next run
//! without faults finishes the work, with nothing lost and nothing doubled. `cargo bench --bench bad_days` does this 200
//! times for each kind and rate of faults; here it is a sample.

use crate::wishes::{desired, moment};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use relsync::apply::{self, Pace};
use relsync::gitlab::{Client, Settings, Token, TokenKind};
use relsync::model::{Desired, ProjectId, ProjectRef};
use relsync::plan::{Action, Outcome, Plan, Selection, StepOutcome};
use relsync::sandbox::{Options, Sandbox};
use relsync::snapshot::{self, Doubts, Interest};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// What may happen to a request, in the sandbox's words.
pub(crate) const KINDS: [&str; 8] = ["429", "500", "502", "503", "reset", "hang", "truncate", "lost-answer"];

/// What a day came to.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Tally {
    /// Whether the first run already ended with the wish.
    pub(crate) at_once: bool,
    /// Requests that suffered a fault.
    pub(crate) faults: usize,
    /// Waits before another try.
    pub(crate) waits: usize,
    /// Steps that the first run reported as failed, left alone or skipped.
    pub(crate) not_done: usize,
}

struct House {
    sandbox: Sandbox,
    waits: Arc<AtomicUsize>,
    good: Client,
    bad: Client,
}

impl House {
    async fn start(seed: u64) -> Self {
        let sandbox = Sandbox::start(Options { fault_seed: Some(seed), ..Options::default() }).await.unwrap();
        let waits = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&waits);
        let client = |observer| {
            let token = Token::new(TokenKind::Private, &"sandbox-maintainer".into());
            let settings = Settings::new(sandbox.url().parse().unwrap(), Some(token));
            let timeout = Duration::from_millis(300);
            // Patient enough for a request that fails three times in ten, however often.
            let (first_wait, retry_for) = (Duration::from_millis(1), Duration::from_secs(3));
            Client::new(Settings { timeout, first_wait, retry_for, observer, ..settings }).unwrap()
        };
        let bad = client(Some(Arc::new(move |_: &_| {
            counted.fetch_add(1, Ordering::Relaxed);
        })));
        Self { good: client(None), bad, waits, sandbox }
    }

    async fn plan(&self, desired: &Desired) -> Plan {
        let project = ProjectRef::Id(ProjectId(24));
        let mut current = snapshot::read(&self.good, &project, Interest { milestones: true }).await.unwrap();
        let first = Plan::new(desired, &current, &Selection::default(), moment(28));
        let doubts = Doubts { releases: first.milestone_updates(), tags: first.tag_names() };
        snapshot::look_again(&self.good, &mut current, doubts).await.unwrap();
        Plan::new(desired, &current, &Selection::default(), moment(28))
    }

    async fn apply(&self, client: &Client, plan: &Plan) -> Outcome {
        // Looks are too old soon, as they would be on a day that goes slower.
        let pace = Pace { concurrency: NonZeroUsize::new(4).unwrap(), fresh_for: Duration::from_millis(40) };
        apply::run(client, plan, pace, &apply::Files::none(), std::future::pending(), |_| {}).await
    }

    /// How many requests have suffered so far.
    async fn faults(&self) -> usize {
        let url = format!("{}/sandbox/faults", self.sandbox.url());
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let told: serde_json::Value = http.get(url).send().await.unwrap().json().await.unwrap();
        told["struck"].as_u64().unwrap().try_into().unwrap()
    }

    async fn suffer(&self, faults: &[String]) {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let url = format!("{}/sandbox/faults", self.sandbox.url());
        http.put(url).json(&faults).send().await.unwrap().error_for_status().unwrap();
    }
}

/// One day: a project with some history, another wish, and of `kinds` so many faults of a hundred requests.
pub(crate) async fn day(kinds: &[&str], percent: u8, seed: u64) -> Result<Tally, String> {
    let house = House::start(seed).await;
    let (first, wish) = wishes(seed);
    let plan = house.plan(&first).await;
    house.apply(&house.good, &plan).await;

    let plan = house.plan(&wish).await;
    let share = f64::from(percent) / 100.0 / f64::from(u32::try_from(kinds.len()).unwrap());
    house.suffer(&kinds.iter().map(|kind| format!("* * {kind} {share}")).collect::<Vec<_>>()).await;
    let outcome = house.apply(&house.bad, &plan).await;
    let faults = house.faults().await;
    house.suffer(&[]).await;

    let rest = house.plan(&wish).await;
    for (step, outcome) in plan.steps.iter().zip(&outcome.steps) {
        let undone = rest.steps.iter().find(|rest| is_same(&rest.action, &step.action));
        match (outcome, undone) {
            (StepOutcome::Done, Some(undone)) => {
                return Err(format!("reported as done, but still to do: {undone:?}"));
            }
            (StepOutcome::Interrupted, None) if is_comparable(&step.action) => {
                return Err(format!("reported as not begun, but done: {:?}", step.action));
            }
            (StepOutcome::AlreadyDone, _) => {
                return Err(format!("reported as somebody else's, but nobody else was there: {:?}", step.action));
            }
            _ => {}
        }
    }
    if outcome.is_success() && rest.has_differences() {
        return Err(format!("a success, but there is more to do: {:?}", rest.steps));
    }
    let second = house.apply(&house.good, &rest).await;
    let last = house.plan(&wish).await;
    if !second.is_success() || !last.steps.is_empty() {
        return Err(format!("the second run did not finish: {second:?}\nleft: {:?}", last.steps));
    }
    let not_done = outcome.steps.iter().filter(|outcome| !outcome.is_success()).count();
    let tally = Tally { at_once: rest.steps.is_empty(), faults, waits: house.waits.load(Ordering::Relaxed), not_done };
    house.sandbox.stop().await;
    Ok(tally)
}

/// Two wishes of the same seed are the same.
fn wishes(seed: u64) -> (Desired, Desired) {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config { failure_persistence: None, ..Config::default() }, rng);
    (desired(), desired()).new_tree(&mut runner).unwrap().current()
}

/// Whether a plan would name the same action again as long as it is not done: of links it may find another way.
fn is_comparable(action: &Action) -> bool {
    is_same(action, action) && !matches!(action, Action::CreateLink { .. } | Action::DeleteLink { .. })
}

/// Whether two plans' actions are to do the same thing to the same thing. A link that passes its values on is written twice.
fn is_same(one: &Action, other: &Action) -> bool {
    match (one, other) {
        (Action::CreateRelease { release: a, .. }, Action::CreateRelease { release: b, .. }) => {
            a.tag_name == b.tag_name
        }
        (Action::DeleteRelease(a), Action::DeleteRelease(b)) => a.tag_name == b.tag_name,
        (Action::CreateMilestone(a), Action::CreateMilestone(b)) => a.title == b.title,
        (Action::CreateTag(a), Action::CreateTag(b)) => a.name == b.name,
        (Action::UpdateRelease { tag_name: a, diff: x, .. }, Action::UpdateRelease { tag_name: b, diff: y, .. }) => {
            a == b && x == y
        }
        (Action::CreateLink { tag_name: a, link: x }, Action::CreateLink { tag_name: b, link: y }) => a == b && x == y,
        (Action::DeleteLink { id: a, .. }, Action::DeleteLink { id: b, .. }) => a == b,
        _ => false,
    }
}

#[test]
fn on_a_bad_day_nothing_is_lost_and_nothing_doubled() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let mut all = Tally::default();
        let mut add = |tally: Tally| {
            all.faults += tally.faults;
            all.waits += tally.waits;
            all.at_once |= tally.at_once;
            all.not_done += tally.not_done;
        };
        for (seed, kind) in (0..).zip(KINDS.iter().cycle().take(2 * KINDS.len())) {
            let tally = day(&[kind], 10, seed).await;
            add(tally.unwrap_or_else(|error| panic!("{kind} at 10 %, seed {seed}: {error}")));
        }
        for seed in 0..4 {
            let tally = day(&KINDS, 30, seed).await;
            add(tally.unwrap_or_else(|error| panic!("all at 30 %, seed {seed}: {error}")));
        }
        assert!(all.faults > 0 && all.waits > 0 && all.at_once && all.not_done > 0, "these were good days: {all:?}");
    });
}
