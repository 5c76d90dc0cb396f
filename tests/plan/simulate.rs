//! A GitLab made of values: carries out a plan's steps one by one, and refuses what the real one would.

use relsync::model::{
    Current, Link, LinkId, LiveLink, Milestone, MilestoneId, MilestoneScope, MilestoneState, Release, TagName,
};
use relsync::plan::{Action, MilestoneHandle, Plan, StepId, Timing};
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::wishes::moment;

/// Carries out the first `count` steps of `plan`.
pub(crate) fn carry_out(current: &mut Current, plan: &Plan, count: usize) {
    let mut made = BTreeMap::new();
    for (id, step) in plan.steps.iter().enumerate().take(count) {
        assert!(step.needs.iter().all(|need| need.0 < id), "step {id} needs a later one");
        perform(current, &step.action, StepId(id), &mut made);
    }
}

fn perform(current: &mut Current, action: &Action, id: StepId, made: &mut BTreeMap<StepId, MilestoneId>) {
    match action {
        Action::CreateMilestone(new) => {
            let milestones = current.milestones.as_mut().unwrap();
            assert!(milestones.iter().all(|m| m.title != new.title), "{} exists", new.title);
            let milestone = MilestoneId(1 + milestones.iter().map(|m| m.id.0).max().unwrap_or_default());
            made.insert(id, milestone);
            milestones.push(Milestone {
                id: milestone,
                scope: MilestoneScope::Project,
                title: new.title.clone(),
                description: new.description.clone().unwrap_or_default(),
                start_date: new.start_date,
                due_date: new.due_date,
                state: MilestoneState::Active,
            });
        }
        Action::UpdateMilestone { milestone, diff, .. } => {
            let milestone = match milestone {
                MilestoneHandle::Existing(id) => *id,
                MilestoneHandle::CreatedBy(step) => made[step],
            };
            let live = current.milestones.as_mut().unwrap().iter_mut().find(|m| m.id == milestone).unwrap();
            let patch = diff.to_patch();
            live.description = patch.description.unwrap_or(live.description.clone());
            live.start_date = patch.start_date.or(live.start_date);
            live.due_date = patch.due_date.or(live.due_date);
            live.state = patch.state.unwrap_or(live.state);
        }
        Action::CreateRelease { release, timing, .. } => {
            assert_known(current, &release.milestones);
            let live = Release {
                tag_name: release.tag_name.clone(),
                name: release.name.clone().unwrap_or_else(|| release.tag_name.to_string()),
                description: release.description.clone().unwrap_or_default(),
                released_at: release.released_at.unwrap_or(moment(20)),
                created_at: moment(20),
                milestones: release.milestones.clone(),
                links: Vec::new(),
                has_evidence: *timing == Timing::Current,
            };
            let made = current.missing_tags.remove(&release.tag_name);
            assert_eq!(made, release.git_ref.is_some(), "the tag of {}", release.tag_name);
            assert!(current.releases.insert(release.tag_name.clone(), Arc::new(live)).is_none(), "it exists");
            for link in &release.links {
                add_link(current, &release.tag_name, new_link(current, &release.tag_name, link));
            }
        }
        Action::CreateTag(new) => assert!(current.missing_tags.remove(&new.name), "the tag exists"),
        Action::CollectEvidence { tag_name, .. } => {
            let live = Arc::make_mut(current.releases.get_mut(tag_name).unwrap());
            assert!(!std::mem::replace(&mut live.has_evidence, true), "evidence twice");
        }
        Action::UpdateRelease { tag_name, diff, .. } => {
            assert!(!current.missing_tags.contains(tag_name), "the tag is gone");
            let patch = diff.to_patch();
            assert_known(current, patch.milestones.iter().flatten());
            let live = Arc::make_mut(current.releases.get_mut(tag_name).unwrap());
            live.name = patch.name.unwrap_or(live.name.clone());
            live.description = patch.description.unwrap_or(live.description.clone());
            live.released_at = patch.released_at.unwrap_or(live.released_at);
            live.milestones = patch.milestones.unwrap_or(live.milestones.clone());
        }
        Action::DeleteLink { tag_name, id, link } => {
            assert_eq!(take_link(current, tag_name, *id).link, *link);
        }
        Action::UpdateLink { tag_name, id: link, before, after } => {
            assert_eq!(take_link(current, tag_name, *link).link, *before);
            add_link(current, tag_name, LiveLink { id: *link, link: after.clone() });
        }
        Action::CreateLink { tag_name, link } => add_link(current, tag_name, new_link(current, tag_name, link)),
        Action::DeleteRelease(release) => {
            assert_eq!(current.releases.remove(&release.tag_name).as_ref(), Some(release));
        }
        Action::UploadFile(_) | Action::DeleteFile(_) => panic!("these wishes bring no files along"),
    }
}

fn assert_known<'a>(current: &Current, titles: impl IntoIterator<Item = &'a String>) {
    let live = current.milestones.as_ref().unwrap();
    for title in titles {
        assert!(live.iter().any(|m| m.title == *title), "milestone {title} does not exist yet");
    }
}

fn take_link(current: &mut Current, tag: &TagName, id: LinkId) -> LiveLink {
    let links = &mut Arc::make_mut(current.releases.get_mut(tag).unwrap()).links;
    links.remove(links.iter().position(|l| l.id == id).unwrap())
}

fn add_link(current: &mut Current, tag: &TagName, new: LiveLink) {
    let links = &mut Arc::make_mut(current.releases.get_mut(tag).unwrap()).links;
    for other in links.iter().map(|l| &l.link) {
        assert!(other.name != new.link.name && other.url != new.link.url, "{new:?} clashes with {other:?}");
        assert!(other.direct_asset_path.is_none() || other.direct_asset_path != new.link.direct_asset_path);
    }
    links.push(new);
}

fn new_link(current: &Current, tag: &TagName, link: &Link) -> LiveLink {
    let id = LinkId(1 + current.releases[tag].links.iter().map(|l| l.id.0).max().unwrap_or_default());
    LiveLink { id, link: link.clone() }
}
