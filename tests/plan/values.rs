//! The planner's promises, held against a GitLab made of values.

use crate::simulate::carry_out;
use crate::wishes::{current, desired, exactly, moment};
use proptest::prelude::*;
use relsync::model::{Current, Desired, DesiredRelease, MaxDeletes, TagName, Unmanaged};
use relsync::plan::{Action, Plan, Refusal, Selection, StepId};
use relsync::report::{self, Detail, Palette};

/// The plan for everything, on a day after all that happens here.
fn planned(desired: &Desired, current: &Current) -> Plan {
    Plan::new(desired, current, &Selection::default(), moment(28))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn what_is_as_wished_needs_nothing(current in current()) {
        let plan = planned(&exactly(&current), &current);
        prop_assert_eq!(plan.steps, vec![]);
        prop_assert_eq!(plan.refusals, vec![]);
    }

    #[test]
    fn applying_makes_the_next_plan_empty_wherever_it_stopped_before(
        current in current(), wish in desired(), stop in 0..40usize,
    ) {
        let mut gitlab = current;
        let plan = planned(&wish, &gitlab);
        prop_assert_eq!(&plan.refusals, &vec![]);
        carry_out(&mut gitlab, &plan, stop);
        let rest = planned(&wish, &gitlab);
        carry_out(&mut gitlab, &rest, usize::MAX);
        prop_assert_eq!(planned(&wish, &gitlab).steps, vec![]);
    }

    #[test]
    fn nothing_that_is_not_named_is_touched(current in current(), wish in desired()) {
        let mut gitlab = current.clone();
        let plan = planned(&wish, &gitlab);
        carry_out(&mut gitlab, &plan, usize::MAX);
        let named = |tag: &TagName| wish.releases.iter().any(|r: &DesiredRelease| r.tag_name == *tag);
        for (tag, before) in current.releases.iter().filter(|(tag, _)| !named(tag)) {
            let after = gitlab.releases.get(tag);
            match wish.policy.unmanaged {
                Unmanaged::Delete => prop_assert_eq!(after, None),
                Unmanaged::Ignore | Unmanaged::Report => prop_assert_eq!(after, Some(before)),
            }
        }
        for wish in &wish.releases {
            let (Some(before), after) = (current.releases.get(&wish.tag_name), &gitlab.releases[&wish.tag_name]) else {
                continue;
            };
            prop_assert!(wish.name.is_some() || after.name == before.name);
            prop_assert!(wish.description.is_some() || after.description == before.description);
            prop_assert!(wish.released_at.is_some() || after.released_at == before.released_at);
            prop_assert!(wish.milestones.is_some() || after.milestones == before.milestones);
            prop_assert!(wish.links.is_some() || after.links == before.links);
        }
    }

    #[test]
    fn a_milestone_is_closed_only_after_every_step_of_its_releases(current in current(), wish in desired()) {
        let plan = planned(&wish, &current);
        let mut after = current.clone();
        carry_out(&mut after, &plan, usize::MAX);
        for (id, step) in plan.steps.iter().enumerate() {
            let Action::UpdateMilestone { title, diff, .. } = &step.action else { continue };
            if !diff.closes() {
                prop_assert_eq!(&step.needs, &vec![], "reopened or changed before its releases");
                continue;
            }
            let puts_in_place = |other: &Action| match other {
                Action::CreateMilestone(new) => new.title == *title,
                Action::UpdateMilestone { .. } | Action::DeleteRelease(_) => false,
                other => other.tag_name().is_some_and(|tag| after.releases[tag].milestones.contains(title)),
            };
            for (other, earlier) in plan.steps.iter().enumerate().filter(|(_, s)| puts_in_place(&s.action)) {
                prop_assert!(step.needs.contains(&StepId(other)), "{id} does not wait for {other}: {earlier:?}");
            }
        }
    }

    #[test]
    fn the_same_input_prints_the_same_bytes(current in current(), wish in desired()) {
        let page = || report::plan(&planned(&wish, &current), Detail::Reasons, &Palette::plain());
        let shown = page();
        prop_assert_eq!(&shown, &page());
        prop_assert!(!shown.contains(char::from(27)), "escape sequences in a plain page");
        for step in planned(&wish, &current).steps {
            let subject = step.action.tag_name().map(ToString::to_string).unwrap_or_default();
            prop_assert!(shown.contains(&subject), "{subject} is not in the plan:\n{shown}");
        }
    }

    #[test]
    fn deletes_stay_within_the_limit(current in current(), wish in desired(), limit in 0..4u64) {
        let mut wish = wish;
        wish.policy.max_deletes = MaxDeletes::Count(limit);
        let plan = planned(&wish, &current);
        let deletes = plan.steps.iter().filter(|s| matches!(s.action, Action::DeleteRelease(_))).count();
        let refused = plan.refusals.iter().any(|r| matches!(r, Refusal::TooManyDeletes { .. }));
        prop_assert_eq!(refused, deletes as u64 > limit);
        prop_assert!(deletes == 0 || wish.policy.unmanaged == Unmanaged::Delete);
    }

    #[test]
    fn an_empty_manifest_never_deletes(current in current(), wish in desired()) {
        let mut wish = wish;
        wish.policy.unmanaged = Unmanaged::Delete;
        wish.releases.clear();
        let plan = planned(&wish, &current);
        let refused = plan.refusals.iter().any(|r| matches!(r, Refusal::EmptyManifestDeletes { .. }));
        prop_assert_eq!(refused, !current.releases.is_empty());
    }

    #[test]
    fn a_missing_tag_without_a_ref_is_refused(current in current(), wish in desired(), given in any::<bool>()) {
        let mut wish = wish;
        let mut current: Current = current;
        current.missing_tags =
            wish.releases.iter().map(|r| r.tag_name.clone()).filter(|t| !current.releases.contains_key(t)).collect();
        for release in wish.releases.iter_mut().filter(|_| !given) {
            release.git_ref = None;
        }
        let plan = planned(&wish, &current);
        let refused = plan.refusals.iter().filter(|r| matches!(r, Refusal::MissingTag(_))).count();
        prop_assert_eq!(refused, if given { 0 } else { current.missing_tags.len() });
        for step in &plan.steps {
            if let Action::CreateRelease { release, .. } = &step.action {
                prop_assert_eq!(release.git_ref.is_some(), given);
            }
        }
    }
}
