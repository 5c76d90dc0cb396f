//! Lays the changes out as steps, each after those it needs: milestones are made first, then releases and their links,
//! then milestones are changed or closed, each after every step of the releases that name it, and what is to go goes last.

use super::diff::{Change, ReleaseChange};
use super::links::{LinkStep, LinkWrite};
use super::milestones::{MilestoneChange, MilestoneDiff};
use super::step::{Action, MilestoneHandle, Step, StepId};
use crate::model::{Milestone, MilestoneState, Release, TagName};
use std::collections::BTreeMap;

/// The whole list.
pub(super) fn steps(
    releases: Vec<ReleaseChange>,
    milestones: Vec<MilestoneChange>,
    deletes: Vec<&Release>,
) -> Vec<Step> {
    let mut list = List::default();
    let mut updates = Vec::new();
    for change in milestones {
        match change {
            MilestoneChange::Create { new, close } => {
                let title = new.title.clone();
                let id = list.push(Action::CreateMilestone(new), Vec::new());
                if close {
                    let state = Change { before: MilestoneState::Active, after: MilestoneState::Closed };
                    let diff = MilestoneDiff { state: Some(state), ..MilestoneDiff::default() };
                    updates.push((MilestoneHandle::CreatedBy(id), title.clone(), diff));
                }
                list.makers.insert(title, id);
            }
            MilestoneChange::Update { live: Milestone { id, title, .. }, diff } => {
                updates.push((MilestoneHandle::Existing(id), title, diff));
            }
        }
    }
    for change in releases {
        list.release(change);
    }
    for (milestone, title, diff) in updates {
        let mut needs = list.of_milestone.remove(&title).unwrap_or_default();
        needs.extend(list.makers.get(&title));
        needs.sort_unstable();
        list.push(Action::UpdateMilestone { milestone, title, diff }, needs);
    }
    for release in deletes {
        list.push(Action::DeleteRelease(release.clone()), Vec::new());
    }
    list.steps
}

#[derive(Default)]
struct List {
    steps: Vec<Step>,
    /// Which step makes a milestone.
    makers: BTreeMap<String, StepId>,
    /// Which steps put the releases of a milestone in place.
    of_milestone: BTreeMap<String, Vec<StepId>>,
}

impl List {
    fn push(&mut self, action: Action, needs: Vec<StepId>) -> StepId {
        self.steps.push(Step { action, needs });
        StepId(self.steps.len() - 1)
    }

    fn release(&mut self, change: ReleaseChange) {
        let first = self.steps.len();
        let milestones = change.milestones().clone();
        let named = change.named_milestones().into_iter().flatten();
        let needs = named.filter_map(|title| self.makers.get(title)).copied().collect();
        match change {
            ReleaseChange::Create { release, timing } => {
                self.push(Action::CreateRelease { release, timing }, needs);
            }
            ReleaseChange::Update { tag_name, diff, links, milestones: _ } => {
                if !diff.is_empty() {
                    self.push(Action::UpdateRelease { tag_name: tag_name.clone(), diff }, needs);
                }
                self.links(&tag_name, links);
            }
        }
        for title in milestones {
            self.of_milestone.entry(title).or_default().extend((first..self.steps.len()).map(StepId));
        }
    }

    fn links(&mut self, tag_name: &TagName, links: Vec<LinkStep>) {
        let first = self.steps.len();
        for LinkStep { write, after } in links {
            let tag_name = tag_name.clone();
            let action = match write {
                LinkWrite::Delete(live) => Action::DeleteLink { tag_name, id: live.id, link: live.link },
                LinkWrite::Update { live, to } => {
                    Action::UpdateLink { tag_name, id: live.id, before: live.link, after: to }
                }
                LinkWrite::Create(link) => Action::CreateLink { tag_name, link },
            };
            self.push(action, after.into_iter().map(|i| StepId(first + i)).collect());
        }
    }
}
