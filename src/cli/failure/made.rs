//! How failures are made of what was found. Every text from elsewhere is made harmless here.

use super::Failure;
use crate::cli::release::Which;
use crate::model::{Project, ProjectRef, Sha256, TagName, harmless};
use crate::plan::{Digest, ReadError};
use miette::Diagnostic as _;
use std::io;
use std::path::Path;

impl Failure {
    pub(in crate::cli) fn same_project(project: &ProjectRef, first: &Path, second: &Path) -> Self {
        Self::SameProject { project: harmless(&project.to_string()).into_owned(), places: both(first, second) }
    }

    pub(in crate::cli) fn perhaps_same_project(project: &ProjectRef, first: &Path, second: &Path) -> Self {
        Self::PerhapsSameProject { project: harmless(&project.to_string()).into_owned(), places: both(first, second) }
    }

    /// Each with its manifest.
    pub(in crate::cli) fn named_both_ways(one: (&ProjectRef, &Path), other: (&ProjectRef, &Path)) -> Self {
        let (path, id) = if matches!(one.0, ProjectRef::Id(_)) { (other, one) } else { (one, other) };
        let [path, id] =
            [path, id].map(|(project, manifest)| format!("{} ({})", harmless(&project.to_string()), shown(manifest)));
        Self::NamedBothWays { path, id }
    }

    #[cfg(feature = "sandbox")]
    pub(in crate::cli) fn not_in_snapshot(project: &ProjectRef) -> Self {
        Self::NotInSnapshot(harmless(&project.to_string()).into_owned())
    }

    pub(in crate::cli) fn no_project(manifest: &Path) -> Self {
        Self::NoProject(shown(manifest))
    }

    pub(in crate::cli) fn file(path: &str, error: io::Error) -> Self {
        Self::File { path: shown(Path::new(path)), error }
    }

    pub(in crate::cli) fn file_changed(path: &str, planned: Sha256, found: Sha256) -> Self {
        Self::FileChanged { path: shown(Path::new(path)), planned, found }
    }

    pub(in crate::cli) fn no_package(tag: &TagName) -> Self {
        Self::NoPackage(harmless(tag.as_str()).into_owned())
    }

    pub(in crate::cli) fn not_a_plan(path: &Path) -> Self {
        Self::NotAPlan(shown(path))
    }

    #[cfg(feature = "sandbox")]
    pub(in crate::cli) fn not_a_snapshot(path: &Path) -> Self {
        Self::NotASnapshot(shown(path))
    }

    pub(in crate::cli) fn not_a_file(path: &Path) -> Self {
        Self::NotAFile(shown(path))
    }

    pub(in crate::cli) fn written_twice(path: &Path) -> Self {
        Self::WrittenTwice(shown(path))
    }

    pub(in crate::cli) fn written_over(path: &Path) -> Self {
        Self::WrittenOver(shown(path))
    }

    pub(in crate::cli) fn there_already(path: &Path) -> Self {
        Self::ThereAlready(shown(path))
    }

    /// Of all tags, or of those `asked` for.
    pub(in crate::cli) fn no_tags(folder: &Path, asked: &[String], is_shallow: bool) -> Self {
        let that = match asked {
            [] => String::new(),
            asked => format!(" that matches {}", harmless(&asked.join(" or "))),
        };
        let help = match (asked, is_shallow) {
            (_, true) => "this clone is a shallow one: get the tags with `git fetch --tags`",
            ([], _) => "get the tags with `git fetch --tags`; or take a changelog's versions alone, with --tag-name",
            _ => "`git tag --list` tells which there are",
        };
        Self::NoTags { folder: shown(folder), that, help }
    }

    pub(in crate::cli) fn no_repository(folder: &Path) -> Self {
        Self::NoRepository(shown(folder))
    }

    pub(in crate::cli) fn of_another_project(path: &Path, declared: &ProjectRef, asked: &ProjectRef) -> Self {
        let [declared, asked] = [declared, asked].map(|project| harmless(&project.to_string()).into_owned());
        Self::OfAnotherProject { path: shown(path), declared, asked }
    }

    pub(in crate::cli) fn no_page(tag: &TagName) -> Self {
        Self::NoPage(harmless(tag.as_str()).into_owned())
    }

    pub(in crate::cli) fn no_release(project: &ProjectRef, which: &Which, nearest: Option<&TagName>) -> Self {
        let project = harmless(&project.to_string()).into_owned();
        let (which, help) = match which {
            Which::Tag(tag) => {
                (harmless(tag.as_str()).into_owned(), "check the tag; --latest takes the latest release".to_owned())
            }
            Which::Latest(_) => (
                "at all".to_owned(),
                "there is none, or the token's user can't see it: that takes a Reporter".to_owned(),
            ),
        };
        let help = nearest.map_or(help, |tag| format!("did you mean {}?", harmless(tag.as_str())));
        Self::NoRelease { which, project, help }
    }

    pub(in crate::cli) fn nothing_to_import(path: &Path) -> Self {
        Self::NothingToImport(shown(path))
    }

    pub(in crate::cli) fn no_fleet(path: &Path) -> Self {
        Self::NoFleet(shown(path))
    }

    pub(in crate::cli) fn nothing_in_group(group: &str, are_unread: bool) -> Self {
        Self::NothingInGroup { group: harmless(group).into_owned(), are_unread }
    }

    pub(in crate::cli) fn not_a_manifest(path: &Path) -> Self {
        Self::NotAManifest(shown(path))
    }

    pub(in crate::cli) fn leads_out(path: &Path) -> Self {
        Self::LeadsOut(shown(path))
    }

    pub(in crate::cli) fn changed_meanwhile(path: &Path) -> Self {
        Self::ChangedMeanwhile(shown(path))
    }

    pub(in crate::cli) fn no_manifest_in(folder: &Path) -> Self {
        Self::NoManifestIn(shown(folder))
    }

    pub(in crate::cli) fn folder(path: &Path, error: io::Error) -> Self {
        Self::Folder { path: shown(path), error }
    }

    pub(in crate::cli) fn plan_file(path: &Path, error: io::Error) -> Self {
        Self::PlanFile { path: shown(path), error }
    }

    pub(in crate::cli) fn bad_plan(path: &Path, error: ReadError) -> Self {
        let help = error.help().map_or_else(String::new, |help| help.to_string());
        Self::BadPlan { path: shown(path), error, help }
    }

    /// `planned` and `configured` are addresses.
    pub(in crate::cli) fn other_gitlab(path: &Path, planned: &str, configured: &str) -> Self {
        let help = format!(
            "a plan can't choose where a token goes; if the token is for {planned}, pass --url {planned}, or set \
             RELSYNC_URL={planned} beside it"
        );
        Self::OtherGitlab { path: shown(path), planned: planned.to_owned(), configured: configured.to_owned(), help }
    }

    pub(in crate::cli) fn made_for_sandbox(path: &Path) -> Self {
        let [planned, configured] = ["the embedded GitLab", "a server"].map(str::to_owned);
        let help = "pass --sandbox, with the DIR that it was planned with".to_owned();
        Self::OtherGitlab { path: shown(path), planned, configured, help }
    }

    pub(in crate::cli) fn not_made_for_sandbox(path: &Path, planned: &str) -> Self {
        let [planned, configured] = [planned, "the embedded GitLab"].map(str::to_owned);
        let help = "a plan for --sandbox is made with --sandbox".to_owned();
        Self::OtherGitlab { path: shown(path), planned, configured, help }
    }

    pub(in crate::cli) fn other_project(path: &Path, planned: &Project, found: &Project) -> Self {
        let [planned, found] = [planned, found].map(|project| match (&project.path, &project.reference) {
            (Some(path), ProjectRef::Id(id)) => harmless(&format!("{path} (project {id})")).into_owned(),
            _ => harmless(&project.to_string()).into_owned(),
        });
        Self::OtherProject { path: shown(path), planned, found }
    }

    pub(in crate::cli) fn other_digest(path: &Path, found: &Digest, expected: &Digest) -> Self {
        Self::OtherDigest { path: shown(path), found: found.clone(), expected: expected.clone() }
    }

    pub(in crate::cli) fn out_file(path: &Path, error: io::Error) -> Self {
        Self::OutFile { path: shown(path), error }
    }

    pub(in crate::cli) fn nothing_selected(word: &str) -> Self {
        Self::NothingSelected(harmless(word).into_owned())
    }

    pub(in crate::cli) fn bad_pattern(word: &str, why: &impl ToString) -> Self {
        Self::BadPattern { word: harmless(word).into_owned(), why: why.to_string() }
    }

    pub(in crate::cli) fn not_in_sandbox(project: &ProjectRef) -> Self {
        Self::NotInSandbox(harmless(&project.to_string()).into_owned())
    }
}

/// Two manifests, or two entries of a fleet.
fn both(first: &Path, second: &Path) -> String {
    if first == second {
        format!("two entries of {}", shown(first))
    } else {
        format!("{} and {}", shown(first), shown(second))
    }
}

fn shown(path: &Path) -> String {
    harmless(&path.to_string_lossy()).into_owned()
}
