//! The planner's promises, held against a GitLab made of values.

use crate::simulate::carry_out;
use crate::wishes::{TAGS, current, desired, exactly, moment};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use relsync::model::{
    Current, Description, Desired, DesiredRelease, Group, GroupId, MaxDeletes, Milestone, MilestoneId, MilestoneScope,
    MilestoneState, TagName, TagPatterns, Unmanaged,
};
use relsync::plan::{Action, MilestoneHandle, MilestonesBy, Plan, Refusal, ReleaseDiff, Selection, StepId, TagWords};
use relsync::report::{self, Detail, Palette};
use std::collections::BTreeSet;

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
            let protected = wish.policy.protect.as_ref().is_some_and(|patterns| patterns.matches(tag.as_str()));
            match wish.policy.unmanaged {
                // GitLab can't delete a release without its tag.
                Unmanaged::Delete if protected || current.missing_tags.contains(tag) => {
                    prop_assert_eq!(after, Some(before));
                }
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
        let protect = wish.policy.protect.unwrap_or(TagPatterns::new(&[]).unwrap());
        let lost = |tag: &TagName| protect.matches(tag.as_str()) || current.missing_tags.contains(tag);
        prop_assert_eq!(refused, !current.releases.keys().all(lost));
    }

    #[test]
    fn a_missing_tag_without_a_ref_is_refused(current in current(), wish in desired(), given in any::<bool>()) {
        let mut wish = wish;
        let mut current: Current = current;
        let new = wish.releases.iter().map(|r| &r.tag_name).filter(|tag| !current.releases.contains_key(tag));
        current.missing_tags.extend(new.cloned());
        for release in wish.releases.iter_mut().filter(|_| !given) {
            release.git_ref = None;
        }
        let plan = planned(&wish, &current);
        let touched: BTreeSet<_> = plan.steps.iter().filter_map(|s| s.action.tag_name()).collect();
        let without = touched.iter().filter(|tag| current.missing_tags.contains(tag)).count();
        let refused = |r: &&Refusal| matches!(r, Refusal::MissingTag(_) | Refusal::LostTag { by_job_token: false, .. });
        prop_assert_eq!(plan.refusals.iter().filter(refused).count(), if given { 0 } else { without });
        for step in &plan.steps {
            if let Action::CreateRelease { release, .. } = &step.action {
                prop_assert_eq!(release.git_ref.is_some(), given && current.missing_tags.contains(&release.tag_name));
            }
        }
    }

    #[test]
    fn a_run_over_some_releases_touches_no_other_and_the_next_one_does_the_rest(
        current in current(), wish in desired(), only in prop::option::of(0..TAGS.len()), ignore in 0..TAGS.len(),
    ) {
        let word = |tag: usize| TagWords::new(vec![TAGS[tag].to_owned()]).unwrap();
        let some = Selection { only: only.map(word), ignore: Some(word(ignore)) };
        let mut gitlab = current.clone();
        let plan = Plan::new(&wish, &gitlab, &some, moment(28));
        carry_out(&mut gitlab, &plan, usize::MAX);
        for tag in TAGS.iter().map(|tag| TagName::from_git(*tag)).filter(|tag| !some.takes(tag)) {
            prop_assert_eq!(gitlab.releases.get(&tag), current.releases.get(&tag));
            prop_assert_eq!(gitlab.missing_tags.contains(&tag), current.missing_tags.contains(&tag));
        }
        // Whoever closes a milestone before all of its releases are in place closes it too early.
        for milestone in gitlab.milestones.iter().flatten().filter(|m| m.state == MilestoneState::Closed) {
            let before = current.milestones.iter().flatten().find(|m| m.title == milestone.title);
            if before.is_none_or(|before| before.state == MilestoneState::Active) {
                let rest = planned(&wish, &gitlab);
                let late = rest.steps.iter().find(|step| names(&step.action, &milestone.title));
                prop_assert!(late.is_none(), "{} is closed before {late:?}", milestone.title);
            }
        }
        prop_assert_eq!(Plan::new(&wish, &gitlab, &some, moment(28)).steps, vec![]);
        let rest = planned(&wish, &gitlab);
        carry_out(&mut gitlab, &rest, usize::MAX);
        prop_assert_eq!(planned(&wish, &gitlab).steps, vec![]);
    }

    #[test]
    fn milestones_go_by_id_just_where_a_title_has_a_comma(current in current(), wish in desired()) {
        for step in planned(&wish, &current).steps {
            let (by, titles) = match &step.action {
                Action::CreateRelease { release, milestones, .. } => (milestones, &release.milestones),
                Action::UpdateRelease { milestones, diff: ReleaseDiff { milestones: Some(change), .. }, .. } => {
                    (milestones, &change.after)
                }
                _ => continue,
            };
            match by {
                MilestonesBy::Title => prop_assert!(!titles.iter().any(|title| title.contains(','))),
                MilestonesBy::Id(handles) => {
                    prop_assert!(titles.iter().any(|title| title.contains(',')));
                    prop_assert_eq!(handles.len(), titles.len());
                    for handle in handles {
                        let MilestoneHandle::CreatedBy(maker) = handle else { continue };
                        prop_assert!(step.needs.contains(maker), "{step:?} does not wait for {maker:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn every_step_says_why_it_is_there(current in current(), wish in desired()) {
        for step in planned(&wish, &current).steps {
            prop_assert!(!step.reasons.is_empty(), "{step:?}");
        }
    }
}

/// Whether a step puts a release with this milestone in place.
fn names(action: &Action, title: &str) -> bool {
    match action {
        Action::CreateRelease { release, .. } => release.milestones.contains(title),
        Action::UpdateRelease { diff: ReleaseDiff { milestones: Some(change), .. }, .. } => {
            change.after.contains(title)
        }
        _ => false,
    }
}

#[test]
fn a_title_that_the_project_and_its_group_have_is_refused_with_both_named() {
    let mut runner = TestRunner::deterministic();
    let mut current = current().new_tree(&mut runner).unwrap().current();
    current.project.path = Some("acme/app".into());
    current.project.group = Some(Group { id: GroupId(7), path: "acme".into() });
    let milestone = |id, scope| Milestone {
        id: MilestoneId(id),
        scope,
        title: "twice".into(),
        description: Description::default(),
        start_date: None,
        due_date: None,
        state: MilestoneState::Active,
    };
    current.milestones = Some(vec![milestone(1, MilestoneScope::Project), milestone(2, MilestoneScope::Group)]);
    let mut wish = Desired::default();
    wish.releases.push(DesiredRelease {
        milestones: Some(["twice".to_owned()].into()),
        ..DesiredRelease::new(TagName::from_git("v9"))
    });
    let plan = planned(&wish, &current);
    let (title, project, group) = ("twice".into(), "acme/app".into(), "acme".into());
    assert_eq!(plan.refusals, [Refusal::AmbiguousMilestone { title, project, group }]);
    let page = report::plan(&plan, Detail::Changes, &Palette::plain());
    assert!(
        page.contains("milestone \"twice\" is there twice: in the project acme/app and in its group acme"),
        "{page}"
    );
}
