//! How steps end: well, or how else, and what is told of that.

use super::files::Other;
use crate::gitlab::{Error, Kind, Tries};
use crate::model::MilestoneId;
use crate::plan::{Conflict, StepOutcome};
use miette::Diagnostic;

/// How a step ended well.
#[derive(Default)]
pub(super) struct Done {
    /// The milestone that is there now, if the step was to make one.
    pub(super) milestone: Option<MilestoneId>,
    /// Whether somebody else did it.
    pub(super) already: bool,
}

impl Done {
    pub(super) fn by_us() -> Self {
        Self::default()
    }

    /// What is found done is this run's own doing, if a try of it may have been carried out.
    pub(super) fn found(tries: &Tries) -> Self {
        Self { milestone: None, already: tries.in_doubt().is_none() }
    }
}

/// How else a step ended.
pub(super) enum Ended {
    Failed(Error),
    Conflict(Box<Conflict>),
    NotOffered,
    /// The run is to stop: it was not sent.
    Stopped,
    /// A milestone that it names has no id: nothing was sent, rather than something else than was planned.
    NoMilestone,
    /// Somebody has changed what is in the registry since the plan was made.
    OtherFile {
        /// The name of the file.
        file_name: String,
        /// What is there now.
        found: Other,
    },
    /// The number of the file to delete is another file's, or nobody's, although a file is in its place.
    AnothersNumber,
    /// GitLab says that it is done, but answers another value of this key.
    NotTaken(&'static str),
}

impl From<Error> for Ended {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<Conflict> for Ended {
    fn from(conflict: Conflict) -> Self {
        Self::Conflict(Box::new(conflict))
    }
}

impl From<Ended> for StepOutcome {
    fn from(ended: Ended) -> Self {
        let fails =
            |error, help: Option<&str>, is_final| Self::Failed { error, help: help.map(str::to_owned), is_final };
        let failed = |error, help| fails(error, help, false);
        match ended {
            Ended::Failed(error) if error.kind() == Kind::Stopped => Self::Interrupted,
            Ended::Failed(error) => {
                let help = error.help().map(|help| help.to_string());
                Self::Failed { error: error.to_string(), help, is_final: false }
            }
            Ended::Conflict(conflict) => Self::Conflict(conflict),
            Ended::NotOffered => Self::NotOffered,
            Ended::Stopped => Self::Interrupted,
            Ended::NoMilestone => failed("a milestone has no id yet".to_owned(), None),
            Ended::OtherFile { file_name, found } => {
                let error = match found {
                    Other::Nothing => {
                        format!(
                            "{file_name}, which was in the package registry when the plan was made, is not there any more"
                        )
                    }
                    Other::File(sha256) => format!(
                        "somebody has uploaded another {file_name} since the plan was made{}",
                        sha256.map(|sha256| format!(", with the SHA-256 {sha256}")).unwrap_or_default()
                    ),
                };
                fails(error, Some("plan again: a new plan starts from what is there now"), true)
            }
            Ended::AnothersNumber => fails(
                "the file with the number that the plan says is another one: nothing was deleted".to_owned(),
                Some("somebody may have changed the plan, or the file since it was made"),
                true,
            ),
            Ended::NotTaken(key) => failed(
                format!("GitLab said that it was done, but the release's {key} is not what was sent"),
                Some(
                    "this GitLab may be too old for it, or something between changes what is sent: look at the release",
                ),
            ),
        }
    }
}

/// Whether what was looked at had become too old before anything was sent.
pub(super) fn is_stale(done: &Result<Done, Ended>) -> bool {
    matches!(done, Err(Ended::Failed(error)) if error.kind() == Kind::Stale)
}

/// GitLab's yes holds unless its answer shows another value of a key.
pub(super) fn taken(not: Option<&'static str>) -> Result<Done, Ended> {
    not.map_or_else(|| Ok(Done::by_us()), |key| Err(Ended::NotTaken(key)))
}
