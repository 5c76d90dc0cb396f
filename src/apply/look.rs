//! Looks at what is there, to tell what became of a request, and whether a release is as the plan takes it to be.

use crate::model::{Link, LinkId, LiveLink, NewRelease, Release};
use crate::plan::{Action, Step};

/// Whether `live` is what `new` was to make. What the request left out may be anything: GitLab, or whoever made it, chose.
pub(super) fn is_made(live: &Release, new: &NewRelease) -> bool {
    let NewRelease { tag_name, name, description, released_at, git_ref: _, tag_message: _, milestones, links } = new;
    live.tag_name == *tag_name
        && name.as_ref().is_none_or(|name| *name == live.name)
        && description.as_ref().is_none_or(|description| *description == live.description)
        && released_at.is_none_or(|at| at == live.released_at)
        && (milestones.is_empty() || *milestones == live.milestones)
        && (links.is_empty() || links.len() == live.links.len() && links.iter().all(|link| has(live, link)))
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
