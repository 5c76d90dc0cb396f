//! What a person should know before saying yes, in sentences.

use super::counts::of;
use super::describe;
use super::voice::Voice;
use crate::model::{SharedFile, TagName};
use crate::plan::{KeptFile, Note};

/// How many tags are named before the rest is counted.
const MAX_NAMED: usize = 5;

/// The note as a sentence without its full stop.
pub(super) fn sentence(note: &Note, voice: Voice) -> String {
    let tag = |tag: &TagName| (voice.name)(tag.as_str());
    let named = |tags: &[TagName]| named(tags, voice);
    match note {
        Note::TagsMade(tags) => format!("{} will be created, which may start pipelines", of(tags.len(), "tag")),
        Note::Announced(tags) => {
            format!("{} will be announced by mail to whoever watches", of(tags.len(), "new release"))
        }
        Note::NoEvidence(tags) => format!("no evidence is collected for {}", of(tags.len(), "historical release")),
        Note::EvidenceTried(tags) => format!(
            "{} no evidence ({}): apply asks for it; if this GitLab offers none (it takes Premium), that is no difference",
            if tags.len() == 1 { "1 release has".to_owned() } else { format!("{} releases have", tags.len()) },
            named(tags)
        ),
        Note::DatePassed(tags) => format!(
            "{} dated in the last 7 days, and so historical ({}): to release now, leave `released_at` out",
            if tags.len() == 1 { "1 new release is".to_owned() } else { format!("{} new releases are", tags.len()) },
            named(tags)
        ),
        Note::Renamed { from, to, deleted: true } => format!(
            "{} is deleted and {} created with the same notes: GitLab can't move a release to another tag",
            tag(from),
            tag(to)
        ),
        Note::Renamed { from, to, deleted: false } => {
            format!("{} will have the same notes as {}, which no entry names and which stays", tag(to), tag(from))
        }
        Note::LinksMoved { links, releases } => {
            format!("{} will lead elsewhere than before, in {}", of(*links, "link"), named(releases))
        }
        Note::LinksInBetween(tags) => format!(
            "links of {} take over each other's names, urls or paths: one bears another for the moment between two requests",
            named(tags)
        ),
        Note::FilesUnlinked(tags) => format!(
            "files that {} will not link to any more stay in the package registry ({}): delete them there if nobody needs them",
            of(tags.len(), "release"),
            named(tags)
        ),
        Note::ProtectedTags(tags) => format!(
            "{} protected ({}): who may not create such a tag can't change its release either",
            if tags.len() == 1 { "a tag is".to_owned() } else { format!("{} tags are", tags.len()) },
            named(tags)
        ),
        Note::LeftBehind(tags) => format!(
            "{} can't be deleted, as the git tag is gone ({}): push the tag, or name the release with a `ref` to have it made \
             again; then GitLab deletes its release",
            of(tags.len(), "release"),
            named(tags)
        ),
        Note::Kept(tags) => {
            format!("{} not in the manifest, but protected, and kept ({})", of(tags.len(), "release"), named(tags))
        }
        Note::FilesStay(tags) => format!(
            "files of {} stay in the package registry ({}); `--delete-packages` deletes them, too",
            of(tags.len(), "deleted release"),
            named(tags)
        ),
        Note::FilesKept(files) => kept(files, voice),
        Note::FilesShared(files) => shared(files, voice),
        Note::MilestonesUnchecked => {
            "a CI job token can't read milestones: their titles go through unchecked".to_owned()
        }
        Note::ListAge(count) => format!(
            "the milestones of {} were judged by GitLab's list, which may be 5 minutes old",
            of(*count, "release")
        ),
    }
}

/// Whether it is for those who want to know everything.
pub(super) fn is_detail(note: &Note) -> bool {
    matches!(note, Note::ListAge(_))
}

/// That several releases take the same files.
pub(super) fn shared(files: &[SharedFile], voice: Voice) -> String {
    let name = |file: &SharedFile| {
        let [first, second] = file.taken_by.each_ref().map(|tag| (voice.name)(tag.as_str()));
        format!("{} for {first} and {second}", (voice.name)(&file.path))
    };
    format!(
        "several releases take the same files ({}); with `{{version}}` or `{{tag_name}}` in `path`, each takes its own",
        listed(files, name)
    )
}

fn kept(files: &[KeptFile], voice: Voice) -> String {
    let name = |file: &KeptFile| describe::file(&file.place, voice);
    let by = |file: &KeptFile| (voice.name)(file.by.as_str());
    if let [file] = files {
        return format!("{} is kept, as release {} links to it", name(file), by(file));
    }
    let names = listed(files, |file| format!("{} by {}", name(file), by(file)));
    format!("{} are kept, as other releases link to them ({names})", of(files.len(), "file"))
}

/// `v1, v2 and 3 more`.
fn named(tags: &[TagName], voice: Voice) -> String {
    listed(tags, |tag| (voice.name)(tag.as_str()))
}

fn listed<T>(items: &[T], name: impl Fn(&T) -> String) -> String {
    let names: Vec<_> = items.iter().take(MAX_NAMED).map(name).collect();
    match items.len().saturating_sub(MAX_NAMED) {
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}
