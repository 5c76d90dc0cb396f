//! A migration: 1,000 historical releases with notes and five links each into an empty project, against a sandbox that lets
//! 300 a minute be written, as GitLab does for a project. Prints the requests by route, how long it took beside what a
//! rehearsal foretells, and how much was written of what each window but the first allowed: at least 95 %, and no write may
//! fail. `cargo bench --bench bulk`; `-- quick` has windows of 5 seconds.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench fails and tells")]

use relsync::apply::{self, Event, Limits, Pace, Traffic};
use relsync::gitlab::{Client, Settings, Token, TokenKind};
use relsync::model::{
    Current, Description, Desired, DesiredLink, DesiredRelease, LinkPlaces, Moment, ProjectId, ProjectRef, TagName,
};
use relsync::plan::{Plan, Selection, StepOutcome};
use relsync::sandbox::{Options, Sandbox, SeedSource};
use relsync::snapshot::{self, Doubts, Interest};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::num::NonZeroUsize;
use std::time::{Duration, Instant, SystemTime};

const RELEASES: usize = 1000;
const LINKS: usize = 5;
const ALLOWED: u64 = 300;

#[tokio::main]
async fn main() {
    let seconds = if std::env::args().any(|arg| arg == "quick") { 5 } else { 60 };
    let mut seed = "[[projects]]\nid = 24\npath = \"root/app\"\n".to_owned();
    for nth in 0..RELEASES {
        let _ = write!(seed, "[[projects.tags]]\nname = \"v{nth}\"\n");
    }
    let sandbox = Sandbox::start(Options {
        seed: Some(SeedSource::Text { name: "the seed".into(), text: seed }),
        limits: vec![format!("release-writes={ALLOWED}/{seconds}s").parse().unwrap()],
        ..Options::default()
    });
    let sandbox = sandbox.await.unwrap();
    let token = Token::new(TokenKind::Private, &"sandbox-maintainer".into());
    let client = Client::new(Settings::new(sandbox.url().parse().unwrap(), Some(token))).unwrap();
    let desired = Desired { releases: (0..RELEASES).rev().map(release).collect(), ..Desired::default() };
    // As a run that begins at any time would: a third into a window.
    tokio::time::sleep(until_window(seconds) + Duration::from_secs(seconds) / 3).await;

    let started = Instant::now();
    let plan = plan_now(&client, &desired).await;
    let mut written = BTreeMap::new();
    let pace = Pace::new(NonZeroUsize::new(32).unwrap());
    let outcome = apply::run(&client, &plan, pace, &apply::Files::none(), std::future::pending(), |event| {
        if matches!(event, Event::Finished(_, StepOutcome::Done)) {
            *written.entry(now() / u128::from(seconds * 1000)).or_insert(0u64) += 1;
        }
    })
    .await;
    let took = started.elapsed();
    let failed = outcome.steps.iter().find(|step| !step.is_success());
    assert!(failed.is_none(), "a write failed: {failed:?}");
    let requests = sandbox.take_requests();
    assert!(plan_now(&client, &desired).await.is_empty(), "something is left to do");

    println!("| requests | route |\n|---:|---|");
    for request in &requests {
        println!("| {} | {} {} |", request.count, request.method, request.route);
    }
    let traffic = Traffic::of(requests.iter().map(|one| (one.method.as_str(), one.route.as_str(), one.count)));
    println!("| {} | all; {} of them to write {RELEASES} releases |", traffic.requests, traffic.release_writes);
    let foretold = Limits::default().waits(&[traffic]).as_secs() / 60 * seconds;
    println!("\n{:.1} s; foretold: {foretold} s of waiting at most", took.as_secs_f64());
    let mut left = u64::try_from(RELEASES).unwrap();
    let mut least = 100;
    for (nth, count) in written.values().enumerate() {
        let could = left.min(ALLOWED);
        let percent = count * 100 / could;
        println!("window {}: {count} of {could} written, {percent} %", nth + 1);
        least = if nth > 0 { least.min(percent) } else { least };
        left -= count;
    }
    assert!(least >= 95, "a window was not used");
    sandbox.stop().await;
}

fn release(nth: usize) -> DesiredRelease {
    let link = |link: usize| DesiredLink {
        name: format!("asset {link}"),
        url: format!("https://dl.example.com/v{nth}/{link}.tar.gz"),
        direct_asset_path: None,
        link_type: None,
        places: LinkPlaces::default(),
    };
    let day = jiff::civil::date(2015, 1, 1) + jiff::Span::new().days(i64::try_from(nth).unwrap());
    DesiredRelease {
        description: Some(Description::new(&format!("## v{nth}\n\n{}", "- Something is better now.\n".repeat(20)))),
        released_at: Some(Moment::new(day.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp())),
        links: Some((0..LINKS).map(link).collect()),
        ..DesiredRelease::new(TagName::from_git(format!("v{nth}")))
    }
}

async fn plan_now(client: &Client, desired: &Desired) -> Plan {
    let mut current = read(client).await;
    let at = Moment::new(jiff::Timestamp::now());
    let first = Plan::new(desired, &current, &Selection::default(), at);
    let doubts = Doubts { releases: first.milestone_updates(), tags: first.tag_names() };
    snapshot::look_again(client, &mut current, doubts).await.unwrap();
    Plan::new(desired, &current, &Selection::default(), at)
}

async fn read(client: &Client) -> Current {
    snapshot::read(client, &ProjectRef::Id(ProjectId(24)), Interest::default()).await.unwrap()
}

fn now() -> u128 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis()
}

fn until_window(seconds: u64) -> Duration {
    let window = u128::from(seconds * 1000);
    Duration::from_millis(u64::try_from(window - now() % window).unwrap())
}
