//! Steps in a few words.

use super::values::package;
use super::voice::Voice;
use crate::model::{Link, MilestoneState, NewMilestone, PackagePlace, TagName};
use crate::plan::{Action, Removal};

/// A step in a few words that read after "failed to".
#[must_use]
pub fn describe(action: &Action) -> String {
    step(action, Voice::PLAIN)
}

/// The same, with names as `voice` writes them.
pub(super) fn step(action: &Action, voice: Voice) -> String {
    let quoted = voice.quoted;
    let tag = |tag_name: &TagName| (voice.name)(tag_name.as_str());
    let of_release = |what: &str, link: &Link, tag_name: &TagName| {
        format!("{what} link {} of {}", quoted(&link.name), tag(tag_name))
    };
    match action {
        Action::CreateMilestone(NewMilestone { title, .. }) => format!("create milestone {}", quoted(title)),
        Action::CreateTag(new) => format!("create tag {}", tag(&new.name)),
        Action::CollectEvidence { tag_name, .. } => format!("collect evidence of release {}", tag(tag_name)),
        Action::CreateRelease { release, .. } => format!("create release {}", tag(&release.tag_name)),
        Action::UpdateRelease { tag_name, .. } => format!("update release {}", tag(tag_name)),
        Action::DeleteLink { tag_name, link, .. } => of_release("delete", link, tag_name),
        Action::UpdateLink { tag_name, before, .. } => of_release("update", before, tag_name),
        Action::CreateLink { tag_name, link } => of_release("create", link, tag_name),
        Action::UpdateMilestone { title, diff, .. } => {
            let verb = match diff.state.as_ref().map(|c| c.after) {
                Some(MilestoneState::Closed) => "close",
                Some(MilestoneState::Active) => "reopen",
                None => "update",
            };
            format!("{verb} milestone {}", quoted(title))
        }
        Action::UploadFile(upload) => {
            format!("upload {} of release {}", (voice.name)(&upload.place.file_name), tag(&upload.tag_name))
        }
        Action::DeleteFile(removal) => format!("delete {}", file(&removal.place, voice)),
        Action::DeleteRelease(release) => format!("delete release {}", tag(&release.tag_name)),
    }
}

/// What to add about a file that is deleted, by the step `next` to that: of several with one name, the last is the one that a
/// download gets.
pub(super) fn replaced(removal: &Removal, next: Option<&Action>) -> &'static str {
    match next {
        Some(Action::DeleteFile(next)) if next.place == removal.place => ", replaced earlier",
        _ => "",
    }
}

/// A file in the package registry.
pub(super) fn file(place: &PackagePlace, voice: Voice) -> String {
    format!("{} of {}", (voice.name)(&place.file_name), package(place, voice))
}
