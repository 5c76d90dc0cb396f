//! Evidence in words.

use super::paper::Paper;
use crate::plan::Timing;

/// What is to be said of evidence that was just collected, by the release's dates.
pub(super) fn collected(timing: Timing) -> &'static str {
    match timing {
        Timing::Current => "Collected just now.",
        Timing::Upcoming => {
            "Collected just now. Note: the release is upcoming; this says what it is like today. GitLab itself collects evidence \
             when it is due."
        }
        Timing::Historical => {
            "Collected just now. Note: the release is historical, and GitLab collects no evidence of those by itself; this says \
             what it is like today, not at its date."
        }
    }
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
