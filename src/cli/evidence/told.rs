//! Evidence in words.

use super::paper::Paper;
use crate::model::{ShownRelease, harmless};

/// A table of all that a release has.
pub(super) fn table(shown: &ShownRelease) -> String {
    let tag = harmless(shown.release.tag_name.as_str());
    let mut rows = vec![["collected_at".to_owned(), "sha".to_owned(), "filepath".to_owned()]];
    rows.extend(shown.evidences.iter().map(|evidence| {
        [evidence.collected_at.to_string(), harmless(&evidence.sha).into(), harmless(&evidence.filepath).into()]
    }));
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let (first, second) = (width(0), width(1));
    let rows = rows.iter().map(|[at, sha, path]| format!("  {at:first$}  {sha:second$}  {path}\n"));
    format!("Evidence of release {tag}:\n{}", rows.collect::<String>())
}

/// What is to be said of the newest one's file.
pub(super) fn confirmed(paper: &Paper) -> String {
    let Paper { digest, is_confirmed, .. } = paper;
    if *is_confirmed {
        "The newest one's file has that sha: it is as it was collected.".to_owned()
    } else {
        format!(
            "Note: that sha can't be checked from outside, as GitLab mixes a secret of its own into it. The newest one's file has \
             the SHA-256 {digest}."
        )
    }
}
