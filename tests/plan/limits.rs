//! Rate limits over real HTTP: no write fails for one, few are sent in vain, and where answers tell of a limit none is.

use crate::over_http::House;
use futures_util::{StreamExt, stream};
use relsync::apply::{self, Pace};
use relsync::model::{Desired, DesiredRelease, NewRelease, ProjectId, ProjectRef, TagName};
use relsync::plan::StepOutcome;
use relsync::sandbox::{Limit, Options};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

fn limited(limit: &str) -> Options {
    Options { limits: vec![limit.parse::<Limit>().unwrap()], ..Options::default() }
}

/// So many releases that are to be made, each with its tag.
fn creates(count: usize) -> Desired {
    let release = |number| DesiredRelease {
        git_ref: Some("main".into()),
        ..DesiredRelease::new(TagName::from_git(format!("v{number}")))
    };
    Desired { releases: (0..count).map(release).collect(), ..Desired::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn writes_run_at_the_limit_and_not_into_it() {
    let house = &House::with(limited("release-writes=30/3s"), |settings| settings).await;
    // Somebody has used a part of the window already, so what is left of it says nothing.
    stream::iter(0..10)
        .for_each_concurrent(None, |number| async move {
            let new = NewRelease {
                tag_name: TagName::from_git(format!("theirs-{number}")),
                name: None,
                description: None,
                released_at: None,
                git_ref: Some("main".into()),
                tag_message: None,
                milestones: [].into(),
                links: Vec::new(),
            };
            let project = ProjectRef::Id(ProjectId(24));
            house.client.create_release(&project, &new, None, &mut house.client.tries()).await.unwrap();
        })
        .await;
    let plan = house.plan(&creates(90)).await;
    let before = house.requests("POST", "/projects/:id/releases").await;
    let width = Pace::new(NonZeroUsize::new(32).unwrap());
    let outcome = apply::run(&house.client, &plan, width, &apply::Files::none(), std::future::pending(), |_| {}).await;
    assert!(outcome.is_success(), "{outcome:#?}");
    // In the first two windows, by which it learns, at most as many as are side by side.
    let sent = house.requests("POST", "/projects/:id/releases").await - before;
    assert!((90..=90 + 2 * 32).contains(&sent), "{sent} requests for 90 releases");
    assert!(house.plan(&creates(90)).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_that_answers_tell_of_is_not_run_into() {
    let refused = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&refused);
    let house = House::with(limited("api=60/3s"), |mut settings| {
        settings.observer = Some(Arc::new(move |wait: &relsync::gitlab::Wait| {
            count.fetch_add(u64::from(wait.why.contains("429")), Ordering::Relaxed);
        }));
        settings
    })
    .await;
    let plan = house.plan(&creates(150)).await;
    let outcome = house.apply(&plan, usize::MAX).await;
    assert!(outcome.is_success(), "{outcome:#?}");
    assert_eq!(refused.load(Ordering::Relaxed), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_that_lasts_longer_than_the_patience_is_told_once() {
    let house = House::with(limited("release-writes=10/9000h"), |settings| settings).await;
    let plan = house.plan(&creates(50)).await;
    let outcome = house.apply(&plan, usize::MAX).await;
    let count = |is: fn(&StepOutcome) -> bool| outcome.steps.iter().filter(|step| is(step)).count();
    let failed = |step: &StepOutcome| matches!(step, StepOutcome::Failed { .. });
    assert_eq!((count(|step| *step == StepOutcome::Done), count(failed)), (10, 1));
    assert_eq!(count(|step| *step == StepOutcome::Interrupted), 39);
    let help = outcome.steps.iter().find_map(|step| match step {
        StepOutcome::Failed { help, .. } => help.as_deref(),
        _ => None,
    });
    assert!(help.unwrap().contains("--retry-for"), "{help:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_all_is_in_vain_the_rest_is_not_begun() {
    for (fault, helps) in [("POST */releases 503 1", false), ("POST */releases 401 1", false), ("GET * 503 0", true)] {
        let options = Options { faults: vec![fault.parse().unwrap()], ..Options::default() };
        let house = House::with(options, |mut settings| {
            settings.first_wait = Duration::from_millis(1);
            (settings.timeout, settings.retry_for) = (Duration::from_millis(200), Duration::from_millis(100));
            settings
        })
        .await;
        let plan = house.plan(&creates(400)).await;
        let mut gave_up = false;
        let width = Pace::new(NonZeroUsize::new(8).unwrap());
        let outcome = apply::run(&house.client, &plan, width, &apply::Files::none(), std::future::pending(), |event| {
            gave_up |= matches!(event, apply::Event::GivingUp);
        })
        .await;
        let not_begun = outcome.steps.iter().filter(|step| **step == StepOutcome::Interrupted).count();
        assert_eq!((gave_up, not_begun > 0, outcome.is_success()), (!helps, !helps, helps), "{fault}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_little_is_let_through_not_all_of_it_goes_to_looks() {
    let house = House::with(limited("api=8/1s"), |settings| settings).await;
    let (first, mut second) = (creates(16), creates(16));
    house.apply(&house.plan(&first).await, usize::MAX).await;
    second.releases.iter_mut().for_each(|release| release.name = Some("renamed".into()));
    let plan = house.plan(&second).await;
    // No look is good until the next window.
    let pace = Pace { concurrency: NonZeroUsize::new(32).unwrap(), fresh_for: Duration::from_millis(100) };
    let outcome = apply::run(&house.client, &plan, pace, &apply::Files::none(), std::future::pending(), |_| {}).await;
    assert!(outcome.is_success(), "{outcome:#?}");
    assert!(house.plan(&second).await.is_empty());
}
