//! What no well-behaved GitLab does, from a server that answers what a test wants: a release that changes while a write
//! waits, and a yes that does not hold.

use crate::server::{ID, Seen, Server, ok, reply};
use crate::wishes::moment;
use relsync::apply::{self, Pace};
use relsync::gitlab::{Client, Settings};
use relsync::model::{
    Current, Description, Desired, DesiredRelease, EvidenceWish, Moment, Policy, Project, Release, TagName, Unmanaged,
};
use relsync::plan::{Action, Conflict, Outcome, Plan, Selection, StepOutcome};
use serde_json::{Value, json};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

fn wire(name: &str) -> Value {
    json!({
        "tag_name": "v1", "name": name, "description": "", "created_at": "2026-01-01T00:00:00Z",
        "released_at": "2026-01-01T00:00:00Z", "assets": { "links": [] },
    })
}

/// A plan that renames release v1 from `Before` to `After`.
fn renaming() -> Plan {
    let wish = DesiredRelease { name: Some("After".into()), ..DesiredRelease::new(TagName::from_git("v1")) };
    plan(&Desired { releases: vec![wish], ..Desired::default() }, true)
}

/// A plan that has evidence collected of release v1, which is under an hour old.
fn collecting() -> Plan {
    let wish = DesiredRelease { evidence: Some(EvidenceWish::Require), ..DesiredRelease::new(TagName::from_git("v1")) };
    let soon = Moment::new("2026-01-01T00:10:00Z".parse().unwrap());
    let plan = plan_at(soon, &Desired { releases: vec![wish], ..Desired::default() }, true);
    assert!(matches!(plan.steps[0].action, Action::CollectEvidence { is_new: true, .. }), "{plan:#?}");
    plan
}

/// A plan that deletes release v1.
fn deleting() -> Plan {
    let policy = Policy { unmanaged: Unmanaged::Delete, ..Policy::default() };
    let wish = DesiredRelease::new(TagName::from_git("v2"));
    plan(&Desired { policy, releases: vec![wish], ..Desired::default() }, true)
}

/// A plan that makes release v1.
fn making() -> Plan {
    let wish = DesiredRelease::new(TagName::from_git("v1"));
    plan(&Desired { releases: vec![wish], ..Desired::default() }, false)
}

/// What is to be done for `desired` if release v1 is there, called `Before`, or not.
fn plan(desired: &Desired, is_there: bool) -> Plan {
    plan_at(moment(28), desired, is_there)
}

fn plan_at(now: Moment, desired: &Desired, is_there: bool) -> Plan {
    let at: Moment = Moment::new("2026-01-01T00:00:00Z".parse().unwrap());
    let release = Release {
        tag_name: TagName::from_git("v1"),
        name: "Before".into(),
        description: Description::default(),
        released_at: at,
        created_at: at,
        milestones: [].into(),
        links: Vec::new(),
        has_evidence: false,
    };
    let current = Current {
        project: Project::unread(ID),
        releases: is_there.then(|| (release.tag_name.clone(), Arc::new(release))).into_iter().collect(),
        milestones: Some(Vec::new()),
        by_job_token: false,
        packages: relsync::model::Packages::default(),
        missing_tags: [].into(),
        protected_tags: [].into(),
    };
    Plan::new(desired, &current, &Selection::default(), now)
}

/// Patient, unlike the client's own tests.
async fn run(server: &Server, plan: &Plan) -> Outcome {
    run_with(Settings::new(server.url.clone(), None), plan).await
}

async fn run_with(settings: Settings, plan: &Plan) -> Outcome {
    run_at(Pace::new(NonZeroUsize::MIN), settings, plan).await
}

async fn run_at(pace: Pace, settings: Settings, plan: &Plan) -> Outcome {
    let client = Client::new(settings).unwrap();
    apply::run(&client, plan, pace, &apply::Files::none(), std::future::pending(), |_| {}).await
}

fn lines(server: &Server) -> Vec<String> {
    server.seen().iter().map(|Seen { method, target, .. }| format!("{method} {target}")).collect()
}

#[tokio::test]
async fn a_write_that_had_to_wait_for_long_looks_again_first() {
    let seen = AtomicUsize::new(0);
    let server = Server::start(move |request| match (request.method.as_str(), seen.fetch_add(1, Ordering::Relaxed)) {
        ("PUT", 1) => reply(429, &[("retry-after", "6")], "Retry later"),
        ("PUT", _) => ok(&wire("After")),
        (_, 0) => ok(&wire("Before")),
        _ => ok(&wire("By hand")),
    })
    .await;
    let outcome = run(&server, &renaming()).await;
    let StepOutcome::Conflict(conflict) = &outcome.steps[0] else { panic!("{outcome:#?}") };
    assert!(matches!(&**conflict, Conflict::Release { found: Some(found), .. } if found.name == "By hand"));
    let release = "/api/v4/projects/24/releases/v1";
    assert_eq!(lines(&server), [format!("GET {release}"), format!("PUT {release}"), format!("GET {release}")]);
}

#[tokio::test]
async fn a_yes_that_does_not_hold_is_no_yes() {
    let server = Server::start(|_| ok(&wire("Before"))).await;
    let outcome = run(&server, &renaming()).await;
    let StepOutcome::Failed { error, .. } = &outcome.steps[0] else { panic!("{outcome:#?}") };
    assert!(error.contains("the release's name is not what was sent"), "{error}");
}

#[tokio::test]
async fn what_an_earlier_try_has_deleted_is_this_runs_doing() {
    let is_there = AtomicBool::new(true);
    let server = Server::start(move |request| match request.method.as_str() {
        // Done, but the answer is a proxy's.
        "DELETE" => {
            is_there.store(false, Ordering::Relaxed);
            reply(502, &[("retry-after", "6")], "")
        }
        _ if is_there.load(Ordering::Relaxed) => ok(&wire("Before")),
        _ => reply(404, &[], r#"{"message":"404 Not Found"}"#),
    })
    .await;
    let plan = deleting();
    let outcome = run(&server, &plan).await;
    let deleted = plan.steps.iter().position(|step| matches!(step.action, Action::DeleteRelease(_))).unwrap();
    // It was to be deleted last, and what it waited for was answered 404.
    assert!(matches!(outcome.steps[deleted], StepOutcome::Done | StepOutcome::Skipped { .. }), "{outcome:#?}");
}

#[tokio::test]
async fn what_may_have_been_made_is_not_told_as_not_begun() {
    let server = Server::start(|request| match request.method.as_str() {
        "POST" => reply(502, &[], ""),
        _ => reply(429, &[("retry-after", "3600")], "Retry later"),
    })
    .await;
    let outcome = run(&server, &making()).await;
    let StepOutcome::Failed { error, .. } = &outcome.steps[0] else { panic!("{outcome:#?}") };
    assert!(error.starts_with("POST /projects/24/releases answered 502"), "{error}");
}

/// A look is too old before long, and by far before GitLab has been waited for.
#[tokio::test]
async fn evidence_that_does_not_come_by_itself_is_asked_for() {
    let looks = AtomicUsize::new(0);
    let server = Server::start(move |request| match request.method.as_str() {
        "POST" => reply(404, &[], r#"{"message":"404 Not Found"}"#),
        // Who looks that often never comes to its end.
        _ if looks.fetch_add(1, Ordering::Relaxed) >= 100 => reply(403, &[], r#"{"message":"403 Forbidden"}"#),
        _ => ok(&wire("Before")),
    })
    .await;
    let pace = Pace { concurrency: NonZeroUsize::MIN, fresh_for: Duration::from_millis(250) };
    let settings = Settings { retry_for: Duration::from_millis(800), ..Settings::new(server.url.clone(), None) };
    let outcome = run_at(pace, settings, &collecting()).await;
    let StepOutcome::Failed { error, .. } = &outcome.steps[0] else { panic!("{outcome:#?}") };
    assert!(error.starts_with("POST /projects/24/releases/v1/evidence answered 404"), "{error}");
    assert_eq!(lines(&server).iter().filter(|line| line.starts_with("POST ")).count(), 1);
}

#[tokio::test]
async fn a_write_that_every_look_is_too_old_for_is_given_up() {
    let looks = AtomicUsize::new(0);
    let server = Server::start(move |_| match looks.fetch_add(1, Ordering::Relaxed) {
        0..100 => ok(&wire("Before")),
        _ => reply(403, &[], r#"{"message":"403 Forbidden"}"#),
    })
    .await;
    let pace = Pace { concurrency: NonZeroUsize::MIN, fresh_for: Duration::ZERO };
    let outcome = run_at(pace, Settings::new(server.url.clone(), None), &renaming()).await;
    let StepOutcome::Failed { error, .. } = &outcome.steps[0] else { panic!("{outcome:#?}") };
    assert!(error.contains("looked at too long ago"), "{error}");
    assert!(lines(&server).iter().all(|line| line.starts_with("GET ")));
}
