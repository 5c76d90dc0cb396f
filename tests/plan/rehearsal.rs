//! A rehearsal in words: what it costs, and who will notice.

use crate::wishes::moment;
use relsync::apply::{Limits, Traffic};
use relsync::model::{Current, Desired, DesiredRelease, Project, ProjectRef, TagName};
use relsync::plan::{Outcome, Plan, Selection, StepOutcome};
use relsync::report::{Palette, Rehearsal, RehearsalRun, Remark, Requests, rehearsal, rehearsal_fleet, rehearsal_json};
use std::collections::{BTreeMap, BTreeSet};

/// A plan for so many new releases, of which so many make their tags.
fn plan(releases: usize, tags: usize) -> Plan {
    let wish = |nth: usize| DesiredRelease {
        git_ref: Some("main".into()),
        ..DesiredRelease::new(TagName::from_git(format!("v{nth}")))
    };
    let desired = Desired { releases: (0..releases).map(wish).collect(), ..Desired::default() };
    let current = Current {
        project: Project::unread(ProjectRef::Path("root/\u{1b}[31mapp".into())),
        releases: BTreeMap::new(),
        milestones: None,
        by_job_token: false,
        packages: relsync::model::Packages::default(),
        missing_tags: (0..tags).map(|nth| TagName::from_git(format!("v{nth}"))).collect(),
        protected_tags: BTreeSet::new(),
    };
    Plan::new(&desired, &current, &Selection::default(), moment(1))
}

#[test]
fn a_long_history_takes_its_time_and_fills_mailboxes() {
    let (plan, nothing) = (plan(1234, 3), plan(0, 0));
    let outcome = Outcome { steps: vec![StepOutcome::Done; plan.steps.len()] };
    let request =
        |method: &str, count| Requests { method: method.into(), route: "/projects/:id/releases".into(), count };
    let requests = vec![request("GET", 1), request("POST", 1234)];
    let traffic = Traffic::of(requests.iter().map(|one| (one.method.as_str(), one.route.as_str(), one.count)));
    let waits = Limits::default().waits(&[traffic]);
    let one = Rehearsal {
        gitlab: None,
        plan: &plan,
        outcome: Some(&outcome),
        afterwards: Some(&nothing),
        requests,
        waits,
        remarks: vec![
            Remark::Archived,
            Remark::RoleUntold,
            Remark::RefsUnchecked(vec!["ma\u{202e}in".into()]),
            Remark::RulesUnread,
            Remark::RulesNameOthers((0..7).map(|nth| format!("v{nth}*")).collect()),
            Remark::TierUntold,
        ],
    };
    insta::assert_snapshot!(rehearsal(&one, 300, &Palette::plain()));
    let unread = vec![("root/other".to_owned(), "not found".to_owned())];
    let run = RehearsalRun { now: moment(1), projects: vec![one], unread, waits: waits * 50, writes_a_minute: 300 };
    insta::assert_snapshot!(rehearsal_fleet(&run));
    let json: serde_json::Value = serde_json::from_str(&rehearsal_json(&run)).unwrap();
    let told = &json["projects"][0];
    assert_eq!((&told["mails"], &told["mails_lost"], &told["tags_made"]), (&1234.into(), &234.into(), &3.into()));
    assert_eq!(
        (&json["succeeds"], &told["succeeds"], &told["seconds_waited"]),
        (&false.into(), &true.into(), &240.into())
    );
}

#[test]
fn what_is_not_done_with_is_no_success() {
    let (plan, left) = (plan(2, 0), plan(1, 0));
    let outcome = |ends: [StepOutcome; 2]| Outcome { steps: ends.into() };
    let failed = StepOutcome::Failed { error: "no".into(), help: None, is_final: false };
    let (good, bad) = (outcome([StepOutcome::Done, StepOutcome::Done]), outcome([StepOutcome::Done, failed]));
    let of = |outcome, afterwards| Rehearsal {
        gitlab: None,
        plan: &plan,
        outcome: Some(outcome),
        afterwards,
        requests: Vec::new(),
        waits: std::time::Duration::ZERO,
        remarks: Vec::new(),
    };
    let last = |one: &Rehearsal<'_>| rehearsal(one, 300, &Palette::plain()).lines().last().unwrap().to_owned();
    let all = [of(&good, None), of(&good, Some(&left)), of(&bad, None)];
    assert_eq!(all.each_ref().map(Rehearsal::succeeds), [true, false, false]);
    insta::assert_snapshot!(all.each_ref().map(last).join("\n"));
}
