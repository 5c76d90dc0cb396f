//! Looks at what is there, to tell what became of a request, and whether a release is as the plan takes it to be.

use crate::model::{Link, LinkId, LiveLink, Milestone, NewMilestone, NewRelease, Release};
use crate::plan::{Action, Change, MilestoneDiff, ReleaseDiff, Step};

/// Whether `live` is what `new` was to make. What the request left out may be anything: GitLab, or whoever made it, chose.
pub(super) fn is_made(live: &Release, new: &NewRelease) -> bool {
    let links = &new.links;
    untaken(live, new).is_none()
        && (links.is_empty() || links.len() == live.links.len() && links.iter().all(|link| has(live, link)))
}

/// The first of the keys in `new` that `live` has another value of. Links are left out: GitLab may spell their urls its own
/// way.
pub(super) fn untaken(live: &Release, new: &NewRelease) -> Option<&'static str> {
    let NewRelease { tag_name, name, description, released_at, git_ref: _, tag_message: _, milestones, links: _ } = new;
    let keys = [
        ("tag_name", live.tag_name == *tag_name),
        ("name", name.as_ref().is_none_or(|name| *name == live.name)),
        ("description", description.as_ref().is_none_or(|description| *description == live.description)),
        ("released_at", released_at.is_none_or(|at| at == live.released_at)),
        ("milestones", milestones.is_empty() || *milestones == live.milestones),
    ];
    keys.into_iter().find(|(_, is_taken)| !is_taken).map(|(key, _)| key)
}

/// The first of the keys that `diff` changes and `live` has another value of.
pub(super) fn unchanged(live: &Release, diff: &ReleaseDiff) -> Option<&'static str> {
    let ReleaseDiff { name, description, released_at, milestones } = diff;
    let keys = [
        ("name", name.as_ref().is_none_or(|change| change.after == live.name)),
        ("description", description.as_ref().is_none_or(|change| change.after == live.description)),
        ("released_at", released_at.as_ref().is_none_or(|change| change.date.after == live.released_at)),
        ("milestones", milestones.as_ref().is_none_or(|change| change.after == live.milestones)),
    ];
    keys.into_iter().find(|(_, is_taken)| !is_taken).map(|(key, _)| key)
}

/// Whether a milestone that was there already has all that `new` asks for. Its state is left out: a later step sees to it.
pub(super) fn is_milestone_made(live: &Milestone, new: &NewMilestone) -> bool {
    let NewMilestone { title, description, start_date, due_date } = new;
    live.title == *title
        && description.as_ref().is_none_or(|description| *description == live.description)
        && (start_date.is_none() || *start_date == live.start_date)
        && (due_date.is_none() || *due_date == live.due_date)
}

/// What `action` changes about a milestone.
pub(super) fn milestone_diff(action: &Action) -> Option<&MilestoneDiff> {
    if let Action::UpdateMilestone { diff, .. } = action { Some(diff) } else { None }
}

/// Whether `live` lies on the way that `steps` go, as far as they change it.
pub(super) fn is_milestone_on_the_way(live: &Milestone, steps: &[&Step]) -> bool {
    fn fits<T: PartialEq>(live: &T, changes: &[&Change<T>]) -> bool {
        changes.is_empty() || changes.iter().any(|change| [&change.before, &change.after].contains(&live))
    }
    let diffs: Vec<_> = steps.iter().filter_map(|step| milestone_diff(&step.action)).collect();
    let Milestone { id: _, scope: _, title: live_title, description, start_date, due_date, state } = live;
    let is_same = |step: &&Step| matches!(&step.action, Action::UpdateMilestone { title, .. } if title == live_title);
    steps.iter().all(is_same)
        && fits(description, &diffs.iter().filter_map(|diff| diff.description.as_ref()).collect::<Vec<_>>())
        && fits(start_date, &diffs.iter().filter_map(|diff| diff.start_date.as_ref()).collect::<Vec<_>>())
        && fits(due_date, &diffs.iter().filter_map(|diff| diff.due_date.as_ref()).collect::<Vec<_>>())
        && fits(state, &diffs.iter().filter_map(|diff| diff.state.as_ref()).collect::<Vec<_>>())
}

/// Whether `live` is already what `action` makes of it, by itself: what a circle of links passes through does not count.
pub(super) fn is_done(live: &Release, action: &Action) -> bool {
    matches!(action, Action::UpdateRelease { diff, .. } if unchanged(live, diff).is_none())
}

/// Whether one of the release's links is exactly this one.
pub(super) fn has(live: &Release, link: &Link) -> bool {
    live.links.iter().any(|live| live.link == *link)
}

/// Whether the release still has the link of this id.
pub(super) fn has_link(live: &Release, id: LinkId) -> bool {
    live.links.iter().any(|live| live.id == id)
}

/// Whether `live` lies on the way from what it was `before` to what the plan's `steps` make of it: nobody else has changed
/// it, though another run with the same wish may have gone some of the way.
pub(super) fn is_on_the_way(live: &Release, before: &Release, steps: &[&Step]) -> bool {
    let actions = || steps.iter().map(|step| &step.action);
    let diffs = || {
        actions().filter_map(|action| if let Action::UpdateRelease { diff, .. } = action { Some(diff) } else { None })
    };
    let Release { tag_name, name, description, released_at, created_at, milestones, links, has_evidence: _ } = live;
    *tag_name == before.tag_name
        && *created_at == before.created_at
        && (*name == before.name || diffs().any(|diff| diff.name.as_ref().is_some_and(|c| c.after == *name)))
        && (*description == before.description
            || diffs().any(|diff| diff.description.as_ref().is_some_and(|c| c.after == *description)))
        && (*released_at == before.released_at
            || diffs().any(|diff| diff.released_at.as_ref().is_some_and(|c| c.date.after == *released_at)))
        && (*milestones == before.milestones
            || diffs().any(|diff| diff.milestones.as_ref().is_some_and(|c| c.after == *milestones)))
        && links.iter().all(|link| before.links.contains(link) || actions().any(|action| makes(action, link)))
        && before.links.iter().all(|old| has_link(live, old.id) || actions().any(|action| removes(action, old.id)))
}

/// Whether `action` leaves `link` behind.
fn makes(action: &Action, link: &LiveLink) -> bool {
    match action {
        Action::UpdateLink { id, after, .. } => *id == link.id && *after == link.link,
        Action::CreateLink { link: new, .. } => *new == link.link,
        _ => false,
    }
}

fn removes(action: &Action, link: LinkId) -> bool {
    matches!(action, Action::DeleteLink { id, .. } if *id == link)
}
