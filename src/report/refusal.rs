//! Why a plan is refused: the limit, the figures, and what would let it through.

use super::counts::of;
use super::voice::Voice;
use crate::model::MaxDeletes;
use crate::plan::Refusal;

/// What is wrong, and what to do about it.
pub(super) fn explain(refusal: &Refusal, voice: Voice) -> (String, String) {
    let Voice { name, quoted } = voice;
    match refusal {
        Refusal::EmptyManifestDeletes { deletes } => (
            format!("the manifest names no release, and `unmanaged = \"delete\"` would delete all {deletes}"),
            "name the releases to keep; an empty manifest never deletes".to_owned(),
        ),
        Refusal::TooManyDeletes { deletes, allowed, limit, managed } => {
            let limit = match limit {
                MaxDeletes::Count(count) => format!("`max_deletes = {count}`"),
                MaxDeletes::Percent(percent) => format!("`max_deletes = \"{percent}%\"` ({allowed} of {managed})"),
            };
            (
                format!("{} would be deleted, more than {limit} allows", of(*deletes, "release")),
                format!(
                    "if that is meant, run it with `--max-deletes {deletes}`, or set `max_deletes = {deletes}` under [policy]"
                ),
            )
        }
        Refusal::MissingTag(tag) => (
            format!("release {} has no tag in git, and no `ref` says what to tag", name(tag.as_str())),
            "push the tag first, or add `ref = \"…\"` (a branch, tag or commit) to the release".to_owned(),
        ),
        Refusal::LostTag { tag_name, by_job_token } => (
            format!("release {0} can't be changed: its git tag {0} is gone", name(tag_name.as_str())),
            if *by_job_token {
                "a CI job token can't make the tag again: push it, or set RELSYNC_TOKEN to a project access token with the \
                 api scope"
                    .to_owned()
            } else {
                "push the tag again, or let relsync make it: add `ref = \"…\"` (a branch, tag or commit) to the release"
                    .to_owned()
            },
        ),
        Refusal::MissingMilestone { title, tag_name, of_ancestor } => (
            format!(
                "release {} names milestone {}, which {}",
                name(tag_name.as_str()),
                quoted(title),
                if *of_ancestor { "belongs to a group further up, not to the project's own" } else { "does not exist" }
            ),
            format!(
                "declare it with `[[milestones]]` title = {}, or set `milestones = \"create\"` under [policy]",
                quoted(title)
            ),
        ),
        Refusal::AmbiguousMilestone { title, project, group } => (
            format!(
                "milestone {} is there twice: in the project {} and in its group {}",
                quoted(title),
                name(project),
                name(group)
            ),
            "rename one of the two in GitLab: a release names its milestones by title alone".to_owned(),
        ),
        Refusal::MilestoneById { title, tag_name } => (
            format!(
                "release {} names milestone {}, which has to go by its id as there is a comma in it, and a CI job token \
                 can't read ids",
                name(tag_name.as_str()),
                quoted(title)
            ),
            "set RELSYNC_TOKEN to a project access token with the api scope, or rename the milestone".to_owned(),
        ),
        Refusal::MilestoneDates { title, start, due } => (
            format!("milestone {} would start on {start} and be due on {due}", quoted(title)),
            "give both `start_date` and `due_date`, the second one later; what is left out stays as GitLab has it"
                .to_owned(),
        ),
        Refusal::GroupMilestone(title) => (
            format!("milestone {} belongs to the project's group; relsync changes only a project's own", quoted(title)),
            "remove its `[[milestones]]` entry; releases may go on naming it".to_owned(),
        ),
        Refusal::MilestonesUnreadable => (
            "the manifest declares `[[milestones]]`, which a CI job token can neither read nor write".to_owned(),
            "set RELSYNC_TOKEN to a project access token with the api scope, or remove the `[[milestones]]` entries"
                .to_owned(),
        ),
        Refusal::NoEvidence(tag) => (
            format!(
                "release {} requires evidence, but its date makes it historical, and GitLab collects none of those by itself",
                name(tag.as_str())
            ),
            "set `evidence = true`, or take it out; of a release that is there, `relsync evidence TAG` has some collected, which \
             will do"
                .to_owned(),
        ),
    }
}
