//! What drift promises, held against a GitLab made of values.

use crate::simulate::carry_out;
use crate::wishes::{current, desired, exactly, moment};
use proptest::prelude::*;
use relsync::model::{Current, Desired, Policy, TagName, Unmanaged};
use relsync::plan::{Aspect, Clash, Difference, Drift, Field, Ignored, IgnoredField, Plan, Selection, Subject, Value};
use relsync::report::{self, Base, Palette};
use std::collections::BTreeSet;

fn found(desired: &Desired, current: &Current) -> Drift {
    Drift::new(desired, current, &Selection::default(), moment(28), &Ignored::default())
}

fn apart(base: &Desired, here: &Desired, current: &Current) -> Drift {
    Drift::with_base(base, here, current, &Selection::default(), moment(28), &Ignored::default())
}

fn planned(desired: &Desired, current: &Current) -> Plan {
    Plan::new(desired, current, &Selection::default(), moment(28))
}

/// GitLab after all of `desired` has been applied.
fn applied(desired: &Desired, current: &Current) -> Current {
    let mut gitlab = current.clone();
    carry_out(&mut gitlab, &planned(desired, current), usize::MAX);
    gitlab
}

/// What a change comes to, but for what only the clock or GitLab itself decides, and the names that links go by.
fn ends(differences: &[Difference]) -> BTreeSet<String> {
    let counts = |one: &&Difference| one.aspect != Aspect::Field(Field::Evidence) && one.aspect != Aspect::Tag;
    let end = |one: &Difference| match &one.subject {
        Subject::Link { tag_name, .. } => format!("link of {tag_name} {:?} {:?}", one.aspect, one.wished),
        subject => format!("{subject:?} {:?} {:?}", one.aspect, one.wished),
    };
    differences.iter().filter(counts).map(end).collect()
}

/// The release that a thing belongs to, or the milestone it is.
fn owner(subject: &Subject) -> (Option<&TagName>, Option<&Subject>) {
    (subject.tag_name(), Some(subject).filter(|subject| subject.tag_name().is_none()))
}

/// Whether a difference is one of what clashes, or of all that it is part of.
fn touches(clash: &Clash, one: &Difference) -> bool {
    let is_same = one.subject == clash.subject && (one.aspect == clash.aspect || one.aspect == Aspect::Existence);
    let is_whole = matches!(one.subject, Subject::Release(_)) && one.aspect == Aspect::Existence;
    is_same || is_whole && owner(&one.subject) == owner(&clash.subject)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn there_is_drift_where_a_plan_would_have_something_to_do(current in current(), wish in desired()) {
        let (drift, plan) = (found(&wish, &current), planned(&wish, &current));
        prop_assert_eq!(drift.has_drift(), plan.has_differences(), "{:?}\n{:?}", drift, plan);
        let mut unmanaged = plan.unmanaged.clone();
        unmanaged.retain(|tag| !drift.unmanaged.contains(tag));
        prop_assert_eq!(unmanaged, vec![]);
    }

    #[test]
    fn what_was_applied_has_no_drift(current in current(), wish in desired()) {
        let gitlab = applied(&wish, &current);
        prop_assert_eq!(found(&wish, &gitlab).drift, vec![]);
        prop_assert_eq!(found(&exactly(&current), &current).drift, vec![]);
    }

    #[test]
    fn without_a_change_there_is_only_drift(current in current(), wish in desired()) {
        let drift = apart(&wish, &wish, &current);
        prop_assert_eq!((&drift.change, &drift.clashes), (&vec![], &vec![]));
        prop_assert_eq!(drift.drift, found(&wish, &current).drift);
    }

    #[test]
    fn without_drift_the_change_is_what_a_plan_would_do(current in current(), base in desired(), here in desired()) {
        let gitlab = applied(&base, &current);
        let drift = apart(&base, &here, &gitlab);
        prop_assert_eq!((&drift.drift, &drift.clashes), (&vec![], &vec![]));
        prop_assert!(!drift.has_drift());
        prop_assert_eq!(ends(&drift.change), ends(&found(&here, &gitlab).drift));
        let lost = found(&here, &gitlab).drift.iter().any(|one| one.aspect == Aspect::Tag);
        prop_assert!(lost || drift.change.is_empty() != planned(&here, &gitlab).has_differences());
    }

    #[test]
    fn the_change_is_what_is_left_when_the_base_is_in_place(current in current(), base in desired(), here in desired()) {
        let change = apart(&base, &here, &current).change;
        let mut left = found(&here, &applied(&base, &current)).drift;
        // What GitLab has already as it is wished here is nothing to change.
        let drift = found(&base, &current).drift;
        left.retain(|one| {
            let is_settled = |other: &Difference| {
                (&one.subject, one.aspect) == (&other.subject, other.aspect) && one.wished == other.live
            };
            one.aspect == Aspect::Existence || !drift.iter().any(is_settled)
        });
        // A link goes by its name in the base or here, if that changes.
        let is_field = |one: &&Difference| one.aspect != Aspect::Existence && !matches!(one.subject, Subject::Link { .. });
        let fields = |all: &[Difference]| ends(&all.iter().filter(is_field).cloned().collect::<Vec<_>>());
        prop_assert_eq!(fields(&change), fields(&left));
        prop_assert!(ends(&change).is_subset(&ends(&found(&here, &applied(&base, &current)).drift)));
    }

    #[test]
    fn where_the_change_is_in_place_nothing_is_told(current in current(), base in desired(), here in desired()) {
        let gitlab = applied(&here, &applied(&base, &current));
        let drift = apart(&base, &here, &gitlab);
        prop_assert_eq!(&drift.clashes, &vec![]);
        for one in &drift.change {
            let is_drift = drift.drift.iter().any(|other| other.subject == one.subject);
            prop_assert!(is_drift || one.aspect == Aspect::Existence, "{one:?}");
        }
    }

    #[test]
    fn conflicts_are_in_both_and_different_in_all(current in current(), base in desired(), here in desired()) {
        let drift = apart(&base, &here, &current);
        for clash in &drift.clashes {
            prop_assert!(drift.drift.iter().any(|one| touches(clash, one)), "no drift: {:?}", clash);
            prop_assert!(drift.change.iter().any(|one| touches(clash, one)), "no change: {:?}", clash);
            prop_assert_ne!(&clash.live, &clash.here);
            // Of a release or link that both have made, the base has nothing.
            let is_made_twice = drift.drift.iter().any(|one| {
                one.aspect == Aspect::Existence && one.wished == Value::Absent && touches(clash, one)
            });
            prop_assert!(is_made_twice || clash.base != clash.live && clash.base != clash.here, "{clash:?}");
        }
        // And what both have touched to different ends is one.
        for one in &drift.drift {
            let Some(other) = drift.change.iter().find(|other| (&other.subject, other.aspect) == (&one.subject, one.aspect))
            else { continue };
            let is_clash = drift.clashes.iter().any(|clash| (&clash.subject, clash.aspect) == (&one.subject, one.aspect));
            prop_assert!(is_clash || one.live == other.wished || one.aspect == Aspect::Existence, "{one:?} {other:?}");
        }
    }

    #[test]
    fn nothing_is_left_out_of_the_page(current in current(), base in desired(), here in desired()) {
        let drift = apart(&base, &here, &current);
        let base = Base { name: "main", commit: "1111", manifest: "main:releases.toml", is_there: true };
        let page = report::drift(&drift, Some(base), &Palette::plain());
        let clashing = drift.clashes.iter().map(|clash| &clash.subject);
        for subject in drift.drift.iter().chain(&drift.change).map(|one| &one.subject).chain(clashing) {
            let named = match subject {
                Subject::Milestone(title) => title.clone(),
                Subject::Release(tag_name) => tag_name.to_string(),
                Subject::Link { name, .. } => name.clone(),
            };
            prop_assert!(page.contains(&named), "{named} is not in\n{page}");
        }
        prop_assert!(!page.contains("\n\n\n") && !page.ends_with("\n\n") && !page.starts_with('\n'), "{page}");
    }

    #[test]
    fn what_is_let_be_is_nowhere(current in current(), base in desired(), here in desired(), nth in 0..6usize) {
        let ignored: Ignored = [IgnoredField::ALL[nth]].into_iter().collect();
        let all = apart(&base, &here, &current);
        let some = Drift::with_base(&base, &here, &current, &Selection::default(), moment(28), &ignored);
        prop_assert_eq!(&some.change, &all.change);
        prop_assert!(some.drift.iter().all(|one| all.drift.contains(one)));
        prop_assert!(some.clashes.iter().all(|one| all.clashes.contains(one)));
        let everything: Ignored = IgnoredField::ALL.into_iter().collect();
        let least = Drift::with_base(&base, &here, &current, &Selection::default(), moment(28), &everything);
        for one in least.drift {
            prop_assert!(matches!(one.subject, Subject::Release(_)) && !matches!(one.aspect, Aspect::Field(_)), "{one:?}");
        }
    }

    #[test]
    fn where_there_was_no_manifest_all_is_change(current in current(), here in desired()) {
        let policy = Policy { unmanaged: Unmanaged::Ignore, ..Policy::default() };
        let drift = apart(&Desired { policy, ..Desired::default() }, &here, &current);
        prop_assert!(!drift.has_drift());
        prop_assert_eq!(ends(&drift.change), ends(&found(&here, &current).drift));
    }
}

/// A release that both have made is told field by field.
#[test]
fn what_both_have_made_is_compared() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut gitlab = current().new_tree(&mut runner).unwrap().current();
    let mut here = exactly(&gitlab);
    while here.releases.is_empty() {
        gitlab = current().new_tree(&mut runner).unwrap().current();
        here = exactly(&gitlab);
    }
    let mut base = here.clone();
    base.releases.remove(0);
    base.policy.unmanaged = Unmanaged::Delete;
    assert_eq!(apart(&base, &here, &gitlab).clashes, []);
    here.releases[0].name = Some("Other".into());
    let drift = apart(&base, &here, &gitlab);
    let [Clash { aspect: Aspect::Field(Field::Name), base: Value::Absent, here: Value::Text(name), .. }] =
        drift.clashes.as_slice()
    else {
        panic!("{:?}", drift.clashes)
    };
    assert_eq!(name, "Other");
    assert!(drift.has_drift());
}
