//! What GitLab would have if a manifest were applied to it, and all went well.
//!
//! So that what another manifest changes about the first can be found by comparing it with a GitLab, too.

use crate::model::{
    Current, Desired, LinkId, LiveLink, Milestone, MilestoneId, MilestoneScope, MilestoneState, Moment, NewMilestone,
    NewRelease, Release,
};
use crate::plan::diff::{ReleaseChange, ReleaseWrite};
use crate::plan::milestones::{self, MilestoneDiff, MilestoneWrite};
use crate::plan::releases::{Pairs, Releases};
use crate::plan::safety::Unnamed;
use crate::plan::{Selection, links};
use std::sync::Arc;

/// `current` with all of `base` in place. What would be refused is taken for done.
pub(super) fn applied(base: &Desired, current: &Current, now: Moment) -> Current {
    let pairs = Pairs::new(base, current);
    let releases = Releases::new(&pairs, current, &Selection::default(), now);
    let milestones = milestones::changes(base, current, &releases);
    let unnamed = Unnamed::new(base, current, &pairs, &Selection::default());
    let mut applied = current.clone();
    for change in milestones {
        let live = applied.milestones.get_or_insert_default();
        match change.write {
            MilestoneWrite::Create { new, close } => {
                let id = MilestoneId(1 + live.iter().map(|milestone| milestone.id.0).max().unwrap_or_default());
                let state = if close.is_some() { MilestoneState::Closed } else { MilestoneState::Active };
                live.push(milestone(new, id, state));
            }
            MilestoneWrite::Update { live: before, diff } => {
                if let Some(live) = live.iter_mut().find(|milestone| milestone.id == before.id) {
                    update_milestone(live, diff);
                }
            }
        }
    }
    for change in releases.changes {
        let tag_name = change.tag_name().clone();
        let release = match &change.write {
            ReleaseWrite::Create(new) => release(new, change.requires_evidence(), now),
            ReleaseWrite::Update { .. } => match current.releases.get(&tag_name) {
                Some(live) => updated(live, &change),
                None => continue,
            },
        };
        if change.has_tag {
            applied.missing_tags.remove(&tag_name);
        }
        applied.releases.insert(tag_name, Arc::new(release));
    }
    for gone in unnamed.deletes {
        applied.releases.remove(&gone.tag_name);
    }
    applied
}

fn milestone(new: NewMilestone, id: MilestoneId, state: MilestoneState) -> Milestone {
    let NewMilestone { title, description, start_date, due_date } = new;
    let description = description.unwrap_or_default();
    Milestone { id, scope: MilestoneScope::Project, title, description, start_date, due_date, state }
}

fn update_milestone(live: &mut Milestone, MilestoneDiff { description, start_date, due_date, state }: MilestoneDiff) {
    let Milestone { id: _, scope: _, title: _, description: notes, start_date: first, due_date: last, state: is } =
        live;
    if let Some(change) = description {
        *notes = change.after;
    }
    if let Some(change) = start_date {
        *first = change.after;
    }
    if let Some(change) = due_date {
        *last = change.after;
    }
    if let Some(change) = state {
        *is = change.after;
    }
}

fn release(new: &NewRelease, requires_evidence: bool, now: Moment) -> Release {
    let NewRelease { tag_name, name, description, released_at, git_ref: _, tag_message: _, milestones, links } = new;
    Release {
        tag_name: tag_name.clone(),
        name: name.clone().unwrap_or_else(|| tag_name.to_string()),
        description: description.clone().unwrap_or_default(),
        released_at: released_at.unwrap_or(now),
        created_at: now,
        milestones: milestones.clone(),
        links: (1..).zip(links).map(|(id, link)| LiveLink { id: LinkId(id), link: link.clone() }).collect(),
        // GitLab may collect some by itself; if it is not required, none is wanted that early.
        has_evidence: requires_evidence,
    }
}

fn updated(live: &Release, change: &ReleaseChange<'_>) -> Release {
    let ReleaseChange { wish, write, .. } = change;
    let ReleaseWrite::Update { tag: _, diff, links } = write else { return live.clone() };
    let patch = diff.to_patch();
    let links = match &wish.links {
        Some(wished) if !links.is_empty() => links::as_wished(&live.links, wished),
        _ => live.links.clone(),
    };
    // Where it is only worth an attempt, nobody knows what comes of it.
    let collects = change.requires_evidence();
    Release {
        tag_name: live.tag_name.clone(),
        name: patch.name.unwrap_or_else(|| live.name.clone()),
        description: patch.description.unwrap_or_else(|| live.description.clone()),
        released_at: patch.released_at.unwrap_or(live.released_at),
        created_at: live.created_at,
        milestones: patch.milestones.unwrap_or_else(|| live.milestones.clone()),
        links,
        has_evidence: live.has_evidence || collects,
    }
}
