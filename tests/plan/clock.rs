//! Time goes by: what was upcoming becomes current by itself, and that is nobody's doing.

use crate::simulate::carry_out;
use crate::wishes::{current, desired, moment};
use proptest::prelude::*;
use relsync::model::{Current, Desired};
use relsync::plan::{Action, Aspect, Drift, Field, Ignored, Plan, Selection, Timing};

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
        let mut drift = Drift::new(&wish, &gitlab, &Selection::default(), moment(then), &Ignored::default()).drift;
        drift.retain(|one| one.aspect != Aspect::Field(Field::Evidence));
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
