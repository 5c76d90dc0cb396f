//! Time goes by: what was upcoming becomes current by itself, and that is nobody's doing.

use crate::simulate::carry_out;
use crate::wishes::{current, desired, moment};
use proptest::prelude::*;
use relsync::model::{
    Current, Description, Desired, DesiredRelease, EvidenceWish, Moment, Packages, Project, ProjectRef, Release,
    TagName,
};
use relsync::plan::{Action, Drift, Ignored, Plan, Selection, Timing};
use std::collections::BTreeSet;
use std::sync::Arc;

fn planned(desired: &Desired, current: &Current, day: u8) -> Plan {
    Plan::new(desired, current, &Selection::default(), moment(day))
}

/// Every release's timing on a day.
fn timings(current: &Current, day: u8) -> Vec<Timing> {
    let releases = current.releases.values();
    releases.map(|release| Timing::of(release.released_at, release.created_at, moment(day))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn time_alone_is_no_drift_and_nothing_to_plan(
        before in current(), wish in desired(), days in prop::sample::subsequence((0..28).collect::<Vec<u8>>(), 2),
    ) {
        let (now, then) = (days[0], days[1]);
        let mut gitlab = before;
        let plan = planned(&wish, &gitlab, now);
        carry_out(&mut gitlab, &plan, usize::MAX);
        // What GitLab did not collect evidence of when the day came is still worth an attempt.
        let is_evidence = |action: &Action| matches!(action, Action::CollectEvidence { .. });
        let left: Vec<_> = planned(&wish, &gitlab, then).steps.into_iter().filter(|step| !is_evidence(&step.action)).collect();
        prop_assert_eq!(left, vec![]);
        let drift = Drift::new(&wish, &gitlab, &Selection::default(), moment(then), &Ignored::default()).drift;
        prop_assert_eq!(drift, vec![]);
    }

    #[test]
    fn releases_move_from_upcoming_on_and_never_back(
        gitlab in current(), days in prop::sample::subsequence((0..28).collect::<Vec<u8>>(), 2),
    ) {
        for (earlier, later) in timings(&gitlab, days[0]).into_iter().zip(timings(&gitlab, days[1])) {
            prop_assert!(earlier == later || earlier == Timing::Upcoming, "{earlier:?} became {later:?}");
        }
    }
}

/// Whether a release of these dates that has to have evidence, and has none, is a difference.
fn is_missed(created_at: &str, released_at: &str, now: &str) -> bool {
    let at = |text: &str| Moment::new(format!("2024-01-01T{text}Z").parse().unwrap());
    let tag_name = TagName::parse("v1").unwrap();
    let live = Release {
        tag_name: tag_name.clone(),
        name: "v1".into(),
        description: Description::default(),
        released_at: at(released_at),
        created_at: at(created_at),
        milestones: BTreeSet::new(),
        links: Vec::new(),
        has_evidence: false,
    };
    let gitlab = Current {
        project: Project::unread(ProjectRef::Path("root/app".into())),
        releases: [(tag_name.clone(), Arc::new(live))].into(),
        milestones: None,
        by_job_token: false,
        packages: Packages::default(),
        missing_tags: BTreeSet::new(),
        protected_tags: BTreeSet::new(),
    };
    let wish = DesiredRelease { evidence: Some(EvidenceWish::Require), ..DesiredRelease::new(tag_name) };
    let wish = Desired { releases: vec![wish], ..Desired::default() };
    let drift = Drift::new(&wish, &gitlab, &Selection::default(), at(now), &Ignored::default()).drift;
    let plan = Plan::new(&wish, &gitlab, &Selection::default(), at(now));
    assert_eq!(drift.is_empty(), !plan.has_differences());
    !drift.is_empty()
}

#[test]
fn that_a_release_comes_due_makes_nothing_of_it_missed_until_gitlab_had_its_time() {
    assert!(!is_missed("10:00:00", "12:00:00", "11:00:00"), "it is upcoming");
    assert!(!is_missed("10:00:00", "12:00:00", "12:00:01"), "it has just come due");
    assert!(!is_missed("10:00:00", "12:00:00", "13:00:00"), "GitLab looks once an hour");
    assert!(is_missed("10:00:00", "12:00:00", "13:00:01"));
    // What was due when it was made is seen to at once.
    assert!(is_missed("10:00:00", "10:00:00", "10:00:00"));
    assert!(!is_missed("10:00:00", "09:59:59", "13:00:00"), "it is historical");
}
