//! How much of a rate limit is used: creates against a sandbox that allows 30 in 3 seconds, and 600 in 60 as GitLab does
//! for a user. At least 95 % of what every window but the first allows must be written, and no write may fail.
//! `cargo bench --bench pacing`; `-- quick` leaves out the minutes.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench fails and tells")]

use relsync::apply::{self, Event, Pace};
use relsync::gitlab::{Client, Settings, Token, TokenKind};
use relsync::model::{Desired, DesiredRelease, Moment, ProjectId, ProjectRef, TagName};
use relsync::plan::{Plan, Selection, StepOutcome};
use relsync::sandbox::{Options, Sandbox};
use relsync::snapshot::{self, Interest};
use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::time::{Duration, Instant, SystemTime};

#[tokio::main]
async fn main() {
    println!("| allowed | creates | begun after | time | requests | written in each window but the first |");
    println!("|---|---|---|---|---|---|");
    // Windows start by the clock: what counts is where in one a run begins.
    for delay in [0, 1000, 2000] {
        paced(90, 30, 3, Duration::from_millis(delay)).await;
    }
    if !std::env::args().any(|arg| arg == "quick") {
        paced(1200, 600, 60, Duration::ZERO).await;
    }
}

async fn paced(count: usize, allowed: u64, seconds: u64, delay: Duration) {
    let limit = format!("release-writes={allowed}/{seconds}s");
    let sandbox = Sandbox::start(Options { limits: vec![limit.parse().unwrap()], ..Options::default() }).await.unwrap();
    let token = Token::new(TokenKind::Private, &"sandbox-maintainer".into());
    let client = Client::new(Settings::new(sandbox.url().parse().unwrap(), Some(token))).unwrap();
    let project = ProjectRef::Id(ProjectId(24));
    let mut current = snapshot::read(&client, &project, Interest { milestones: true }).await.unwrap();
    let release = |number| DesiredRelease {
        git_ref: Some("main".into()),
        ..DesiredRelease::new(TagName::from_git(format!("v{number}")))
    };
    let desired = Desired { releases: (0..count).map(release).collect(), ..Desired::default() };
    current.missing_tags = desired.releases.iter().map(|release| release.tag_name.clone()).collect();
    let plan = Plan::new(&desired, &current, &Selection::default(), Moment::new(jiff::Timestamp::now()));
    tokio::time::sleep(until_window(seconds) + delay).await;

    let mut written = BTreeMap::new();
    let started = Instant::now();
    let outcome = apply::run(
        &client,
        &plan,
        Pace::new(NonZeroUsize::new(32).unwrap()),
        &apply::Files::none(),
        std::future::pending(),
        |event| {
            if matches!(event, Event::Finished(_, StepOutcome::Done)) {
                *written.entry(now() / u128::from(seconds * 1000)).or_insert(0u64) += 1;
            }
        },
    )
    .await;
    let took = started.elapsed();
    let failed = outcome.steps.iter().find(|step| !step.is_success());
    assert!(failed.is_none(), "a write failed: {failed:?}");
    // Of each window after the first: what was written, and what could have been.
    let mut left = u64::try_from(count).unwrap();
    let mut windows = Vec::new();
    for written in written.values() {
        windows.push((*written, left.min(allowed)));
        left -= written;
    }
    let later = &windows[1..];
    let least = later.iter().map(|(written, could)| written * 100 / could).min();
    println!(
        "| {allowed} in {seconds} s | {count} | {delay:?} | {:.1} s | {} | {} |",
        took.as_secs_f64(),
        posts(&sandbox).await,
        later.iter().map(|(written, could)| format!("{written} of {could}")).collect::<Vec<_>>().join(", "),
    );
    assert!(least.is_some_and(|least| least >= 95), "a window was not used");
    sandbox.stop().await;
}

fn now() -> u128 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis()
}

fn until_window(seconds: u64) -> Duration {
    let window = u128::from(seconds * 1000);
    Duration::from_millis(u64::try_from(window - now() % window).unwrap())
}

async fn posts(sandbox: &Sandbox) -> u64 {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("{}/sandbox/requests", sandbox.url());
    let told: serde_json::Value = http.get(url).send().await.unwrap().json().await.unwrap();
    let requests = told["requests"].as_array().unwrap().iter();
    requests.filter(|one| one["method"] == "POST").map(|one| one["count"].as_u64().unwrap()).sum()
}
