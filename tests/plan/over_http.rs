//! The same promises over real HTTP: whatever the embedded GitLab was made to hold, applying makes the next plan empty.

use crate::wishes::{desired, moment};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use relsync::apply::{self, Pace};
use relsync::gitlab::{Client, Settings, Token, TokenKind};
use relsync::model::{Desired, ProjectId, ProjectRef};
use relsync::plan::{Outcome, Plan, Selection};
use relsync::sandbox::{Options, Sandbox};
use relsync::snapshot::{self, Doubts, Interest};
use std::num::NonZeroUsize;

/// A sandbox, and a client of it.
pub(crate) struct House {
    sandbox: Sandbox,
    pub(crate) client: Client,
}

impl House {
    pub(crate) async fn start() -> Self {
        Self::with(Options::default(), |settings| settings).await
    }

    /// With a sandbox as `options` say, and a client with the usual settings as `adjust` changes them.
    pub(crate) async fn with(options: Options, adjust: impl FnOnce(Settings) -> Settings) -> Self {
        let sandbox = Sandbox::start(options).await.unwrap();
        let token = Token::new(TokenKind::Private, &"sandbox-maintainer".into());
        let settings = Settings::new(sandbox.url().parse().unwrap(), Some(token));
        Self { client: Client::new(adjust(settings)).unwrap(), sandbox }
    }

    /// How often each method and route was called so far, as `GET /projects/:id`.
    pub(crate) async fn requests(&self, method: &str, route: &str) -> u64 {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let url = format!("{}/sandbox/requests", self.sandbox.url());
        let told: serde_json::Value = http.get(url).send().await.unwrap().json().await.unwrap();
        let requests = told["requests"].as_array().unwrap().iter();
        let such = requests.filter(|one| one["method"] == method && one["route"] == route);
        such.map(|one| one["count"].as_u64().unwrap()).sum()
    }

    pub(crate) async fn plan(&self, desired: &Desired) -> Plan {
        let project = ProjectRef::Id(ProjectId(24));
        let mut current = snapshot::read(&self.client, &project, Interest { milestones: true }).await.unwrap();
        let first = Plan::new(desired, &current, &Selection::default(), moment(28));
        let doubts = Doubts { releases: first.milestone_updates(), tags: first.tag_names() };
        snapshot::look_again(&self.client, &mut current, doubts).await.unwrap();
        Plan::new(desired, &current, &Selection::default(), moment(28))
    }

    /// Applies, stopping for good after `steps` steps.
    pub(crate) async fn apply(&self, plan: &Plan, steps: usize) -> Outcome {
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let (mut stop, mut over) = (Some(stop), 0);
        let width = Pace::new(NonZeroUsize::new(4).unwrap());
        apply::run(&self.client, plan, width, &apply::Files::none(), async { drop(stopped.await) }, |event| {
            over += usize::from(matches!(event, apply::Event::Finished(..)));
            if over >= steps {
                drop(stop.take());
            }
        })
        .await
    }
}

#[test]
fn applying_makes_the_next_plan_empty_wherever_it_stopped_before() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(60) };
    TestRunner::new(config)
        .run(&(desired(), desired(), 1..20usize), |(first, second, stop)| {
            runtime.block_on(async {
                let house = House::start().await;
                let plan = house.plan(&first).await;
                let outcome = house.apply(&plan, usize::MAX).await;
                prop_assert!(outcome.is_success(), "{outcome:#?}\n{plan:#?}");
                prop_assert_eq!(house.plan(&first).await.steps, vec![]);

                let plan = house.plan(&second).await;
                house.apply(&plan, stop).await;
                let rest = house.plan(&second).await;
                let outcome = house.apply(&rest, usize::MAX).await;
                prop_assert!(outcome.is_success(), "{outcome:#?}\n{rest:#?}");
                prop_assert_eq!(house.plan(&second).await.steps, vec![]);
                house.sandbox.stop().await;
                Ok(())
            })
        })
        .unwrap();
}
