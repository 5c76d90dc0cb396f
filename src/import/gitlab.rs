//! What a GitLab project has, as it is to be written down.

use super::{Home, Imported};
use crate::model::{Current, MilestoneScope, NewMilestone, NewRelease, ProjectRef, Release};
use std::collections::{BTreeMap, BTreeSet};
use url::Url;

/// What a GitLab project has, and what of it a manifest has no words for.
#[derive(Debug, Clone, Default)]
pub struct FromGitlab {
    /// What is to be written down.
    pub imported: Imported,
    /// How many releases have evidence, which stays in GitLab.
    pub with_evidence: usize,
    /// Titles that releases name of milestones that are not the project's own.
    pub of_groups: BTreeSet<String>,
    /// Whether the token could read no milestones, so that none are declared.
    pub milestones_unread: bool,
}

/// Takes what `current` has. `named` is how the project was called, and `url` its GitLab, where that is not gitlab.com.
#[must_use]
pub fn from_gitlab(current: &Current, named: &ProjectRef, url: Option<Url>) -> FromGitlab {
    let Current { project, releases, milestones, missing_tags: _, protected_tags: _, packages: _, by_job_token: _ } =
        current;
    let is_own = |scope: &MilestoneScope| *scope == MilestoneScope::Project;
    let mut own: Vec<_> = milestones.iter().flatten().filter(|milestone| is_own(&milestone.scope)).collect();
    own.sort_by_key(|milestone| milestone.id);
    let mut oldest_first: Vec<&Release> = releases.values().map(AsRef::as_ref).collect();
    oldest_first.sort_by_key(|release| (release.released_at, &release.tag_name));
    let known: BTreeSet<&str> = own.iter().map(|milestone| milestone.title.as_str()).collect();
    let named_titles = oldest_first.iter().flat_map(|release| &release.milestones);
    FromGitlab {
        with_evidence: oldest_first.iter().filter(|release| release.has_evidence).count(),
        of_groups: if milestones.is_some() {
            named_titles.filter(|title| !known.contains(title.as_str())).cloned().collect()
        } else {
            BTreeSet::new()
        },
        milestones_unread: milestones.is_none(),
        imported: Imported {
            project: Some(Home {
                project: match (named, &project.path) {
                    // It may have moved since it was called so.
                    (ProjectRef::Path(_), Some(path)) => ProjectRef::Path(path.clone()),
                    _ => named.clone(),
                },
                url,
            }),
            milestones: own
                .into_iter()
                .map(|milestone| {
                    let new = NewMilestone {
                        title: milestone.title.clone(),
                        description: Some(milestone.description.clone()),
                        start_date: milestone.start_date,
                        due_date: milestone.due_date,
                    };
                    (new, milestone.state)
                })
                .collect(),
            releases: oldest_first.into_iter().map(release).collect(),
            sections: BTreeMap::new(),
            is_whole: true,
        },
    }
}

fn release(live: &Release) -> NewRelease {
    // GitLab sets `created_at` itself, and keeps its evidence.
    let Release { tag_name, name, description, released_at, created_at: _, milestones, links, has_evidence: _ } = live;
    // GitLab lists them with the newest first. In the order they were made they would be made in again.
    let mut links: Vec<_> = links.iter().collect();
    links.sort_by_key(|live| live.id);
    NewRelease {
        tag_name: tag_name.clone(),
        name: (name != tag_name.as_str()).then(|| name.clone()),
        description: Some(description.clone()),
        // Always: made anew without it, a release would be of that day.
        released_at: Some(*released_at),
        git_ref: None,
        tag_message: None,
        milestones: milestones.clone(),
        links: links.into_iter().map(|live| live.link.clone()).collect(),
    }
}
