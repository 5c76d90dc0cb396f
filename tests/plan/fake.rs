//! What no well-behaved GitLab does, from a server that answers what a test wants: a release that changes while a write
//! waits, and a yes that does not hold.

use crate::server::{ID, Seen, Server, ok, reply};
use crate::wishes::moment;
use relsync::apply;
use relsync::gitlab::{Client, Settings};
use relsync::model::{Current, Description, Desired, DesiredRelease, Moment, Project, Release, TagName};
use relsync::plan::{Conflict, Outcome, Plan, Selection, StepOutcome};
use serde_json::{Value, json};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

fn wire(name: &str) -> Value {
    json!({
        "tag_name": "v1", "name": name, "description": "", "created_at": "2026-01-01T00:00:00Z",
        "released_at": "2026-01-01T00:00:00Z", "assets": { "links": [] },
    })
}

/// A plan that renames release v1 from `Before` to `After`.
fn renaming() -> Plan {
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
        releases: [(release.tag_name.clone(), Arc::new(release))].into(),
        milestones: Some(Vec::new()),
        by_job_token: false,
        missing_tags: [].into(),
        protected_tags: [].into(),
    };
    let wish = DesiredRelease { name: Some("After".into()), ..DesiredRelease::new(TagName::from_git("v1")) };
    let desired = Desired { releases: vec![wish], ..Desired::default() };
    Plan::new(&desired, &current, &Selection::default(), moment(28))
}

async fn run(server: &Server) -> Outcome {
    // Patient, unlike the client's own tests.
    let client = Client::new(Settings::new(server.url.clone(), None)).unwrap();
    apply::run(&client, &renaming(), NonZeroUsize::MIN, std::future::pending(), |_| {}).await
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
    let outcome = run(&server).await;
    let StepOutcome::Conflict(conflict) = &outcome.steps[0] else { panic!("{outcome:#?}") };
    assert!(matches!(&**conflict, Conflict::Release { found: Some(found), .. } if found.name == "By hand"));
    let release = "/api/v4/projects/24/releases/v1";
    assert_eq!(lines(&server), [format!("GET {release}"), format!("PUT {release}"), format!("GET {release}")]);
}

#[tokio::test]
async fn a_yes_that_does_not_hold_is_no_yes() {
    let server = Server::start(|_| ok(&wire("Before"))).await;
    let outcome = run(&server).await;
    let StepOutcome::Failed { error, .. } = &outcome.steps[0] else { panic!("{outcome:#?}") };
    assert!(error.contains("the release's name is not what was sent"), "{error}");
}
