//! What the note says: the plan, and which commit and pipeline it is of.

use super::place::NoteKey;
use crate::cli::failure::Failure;
use crate::cli::server::variable;
use crate::model::Moment;
use crate::report::{self, Command, Detail, ProjectRun, Run};
use std::path::PathBuf;
use url::Url;

/// GitLab takes a million characters, but proxies before it often take no more than a MiB a request, in which line ends and
/// quotes count twice. In bytes, without what we put around the plan.
const LONGEST: usize = 500_000;

/// The plan, in words for the note.
pub(in crate::cli) struct Told {
    /// Markdown.
    text: String,
    /// Whether it is worth a note: something is to be done, or can't be.
    pub(super) is_news: bool,
}

impl Told {
    /// Of a run, whose projects may not all have a plan.
    pub(in crate::cli) fn of(run: &Run<'_>, detail: Detail) -> Self {
        let Run { command: _, now: _, projects, unread } = run;
        let is_quiet = |project: &ProjectRun<'_>| project.plan.is_empty() && project.plan.refusals.is_empty();
        let is_news = !unread.is_empty() || !projects.iter().all(is_quiet);
        Self { text: report::markdown(run, detail, LONGEST), is_news }
    }

    /// Of no plan at all.
    pub(in crate::cli) fn failure(files: &[PathBuf], failure: &Failure) -> Self {
        let names: Vec<_> = files.iter().map(|file| file.to_string_lossy()).collect();
        let unread = vec![(names.join(", "), failure.to_string())];
        let now = Moment::new(jiff::Timestamp::now());
        Self::of(&Run { command: Command::Plan, now, projects: Vec::new(), unread }, Detail::Changes)
    }

    /// The whole note.
    pub(super) fn body(&self, key: &NoteKey) -> String {
        format!("{}\n{}{}", key.mark(), self.text.trim_end(), origin())
    }
}

/// Which commit was planned, and where. The pipeline and not the job, so that a job that is run again has nothing to say.
///
/// It counts as a difference: a note that names a commit which is no longer the last one leaves its reader in doubt, and
/// GitLab mails nobody about a note that was edited.
fn origin() -> String {
    // A pipeline for merged results is of a commit that nobody made; GitLab then names the branch's own.
    let commit = variable("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA").or_else(|| variable("CI_COMMIT_SHA"));
    let commit = commit.as_deref().and_then(|commit| commit.get(..8));
    let commit = commit.filter(|commit| commit.bytes().all(|b| b.is_ascii_hexdigit())).map(|c| format!("Commit {c}"));
    let pipeline = variable("CI_PIPELINE_URL").and_then(|url| Url::parse(&url).ok());
    let pipeline =
        pipeline.filter(|url| ["http", "https"].contains(&url.scheme()) && !url.as_str().contains(['<', '>']));
    let pipeline = pipeline.map(|url| format!("[pipeline](<{url}>)"));
    let parts: Vec<_> = commit.into_iter().chain(pipeline).collect();
    if parts.is_empty() { String::new() } else { format!("\n\n---\n\n{}", parts.join(", ")) }
}
