//! Reads a saved plan: whatever the bytes are, they are a plan that could have been written, or an error that says what
//! is wrong and where.

use super::file::SavedPresentFile;
use super::flaw::{At, Flaw, each, shown};
use super::remark::{SavedNote, SavedRefusal};
use super::{Address, Digest, FORMAT, SavedPlan, SavedProjectPlan, SavedStage, SavedStep, check, word};
use crate::model::Moment;
use crate::plan::{Plan, Step, StepId};
use miette::Diagnostic;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::error::Category;
use std::collections::HashMap;
use std::sync::Arc;
use thiserror::Error;

/// A saved plan that was read. What it says of itself is checked; whose project it is for is a claim.
#[derive(Debug)]
pub struct ReadPlan {
    /// When it was made.
    pub created_at: Moment,
    /// The digest of its content.
    pub digest: Digest,
    /// The plan of each project.
    pub projects: Vec<(Address, Plan)>,
}

/// Why a text is no plan that could be applied.
#[derive(Debug, Error, Diagnostic)]
pub enum ReadError {
    /// No JSON at all.
    #[error("it is no JSON: {0}")]
    #[diagnostic(help("apply takes what `relsync plan --out` wrote; a manifest goes with --file"))]
    NoJson(String),

    /// Some other JSON.
    #[error("it is no relsync plan, as it has no `format`")]
    #[diagnostic(help("apply takes what `relsync plan --out` wrote; a manifest goes with --file"))]
    NoPlan,

    /// A version of the format that this relsync does not know.
    #[error("its format is {format}, and this relsync reads {FORMAT} only")]
    #[diagnostic(help("make the plan again with this relsync, or apply it with the one that made it ({maker})"))]
    Format {
        /// The version.
        format: String,
        /// Which relsync made it.
        maker: String,
    },

    /// Its digest is another one's.
    #[error("it says that its digest is {said}, but that of its content is {found}")]
    #[diagnostic(help(
        "the file was edited or damaged; a plan is changed by changing the manifest and planning again with --out"
    ))]
    Digest {
        /// What it says.
        said: String,
        /// What it is.
        found: Digest,
    },

    /// A value is not as relsync writes it.
    #[error("{}{what}", if place.is_empty() { String::new() } else { format!("{place}: ") })]
    #[diagnostic(help("make the plan again with `relsync plan --out`"))]
    Flaw {
        /// Where, such as `projects[0].steps[3].needs`; empty is the whole.
        place: String,
        /// What is wrong there.
        what: String,
    },
}

impl From<Flaw> for ReadError {
    fn from(Flaw { place, what }: Flaw) -> Self {
        Self::Flaw { place, what }
    }
}

/// What every version of the format has.
#[derive(Deserialize)]
struct Head {
    format: Option<serde_json::Number>,
    relsync: Option<String>,
}

impl ReadPlan {
    /// Reads the text of a file that `plan --out` wrote.
    ///
    /// # Errors
    /// Anything that [`SavedPlan::to_json`] would not have written.
    pub fn from_json(bytes: &[u8]) -> Result<Self, ReadError> {
        check_format(bytes)?;
        let SavedPlan { format: _, relsync: _, created_at, digest: said, projects } = parse(bytes)?;
        let digest = super::digest(&projects);
        if digest.as_str() != said {
            return Err(ReadError::Digest { said: shown(&said), found: digest });
        }
        let created_at = word::read_moment(&created_at).at("created_at")?;
        let projects = each("projects", projects, SavedProjectPlan::read)?;
        check::projects(&projects).at("projects")?;
        let read = Self { created_at, digest, projects };
        // The last word: the same things would be written, in the same order.
        if read.to_saved().digest() != read.digest {
            return Err(Flaw::new("holds what relsync would write otherwise").within("projects").into());
        }
        Ok(read)
    }

    /// What would be written of it.
    #[must_use]
    pub fn to_saved(&self) -> SavedPlan {
        SavedPlan::new(self.projects.iter().map(|(gitlab, plan)| (gitlab.clone(), plan)), self.created_at)
    }
}

fn check_format(bytes: &[u8]) -> Result<(), ReadError> {
    // Whatever else is in there is looked at only once its meaning is known.
    let syntax: Result<IgnoredAny, _> = serde_json::from_slice(bytes);
    syntax.map_err(|why| ReadError::NoJson(shown(&why.to_string())))?;
    let Ok(Head { format: Some(format), relsync }) = serde_json::from_slice(bytes) else {
        return Err(ReadError::NoPlan);
    };
    if format.as_u64() == Some(FORMAT.into()) {
        return Ok(());
    }
    let maker = relsync.map_or_else(|| "it does not say which".to_owned(), |version| shown(&version));
    Err(ReadError::Format { format: shown(&format.to_string()), maker })
}

fn parse(bytes: &[u8]) -> Result<SavedPlan, ReadError> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let place = error.path().to_string();
        let why = error.into_inner();
        match why.classify() {
            Category::Data => ReadError::Flaw {
                place: if place == "." { String::new() } else { shown(&place) },
                what: shown(&why.to_string()),
            },
            Category::Syntax | Category::Eof | Category::Io => ReadError::NoJson(shown(&why.to_string())),
        }
    })
}

impl SavedProjectPlan {
    fn read(self) -> Result<(Address, Plan), Flaw> {
        let Self { url, project, files, steps, refusals, notes, unmanaged, unchanged, left_out, before, present_files } =
            self;
        let gitlab = Address::read(&url).at("url")?;
        let mut by_name = HashMap::new();
        for (index, name) in (0..).zip(&files) {
            by_name.entry(name.as_str()).or_insert(index);
        }
        let mut number = 0;
        let steps = each("steps", steps, |step| {
            number += 1;
            step.read(number, &by_name)
        })?;
        let plan = Plan {
            project: project.read().at("project")?,
            steps,
            refusals: each("refusals", refusals, SavedRefusal::read)?,
            notes: each("notes", notes, SavedNote::read)?,
            unmanaged: word::read_tags("unmanaged", unmanaged)?,
            unchanged: word::read_count(unchanged).at("unchanged")?,
            left_out: word::read_count(left_out).at("left_out")?,
            before: each("before", before, |release| release.read().map(Arc::new))?,
            present: each("present_files", present_files, SavedPresentFile::read)?,
            files,
        };
        check::plan(&plan)?;
        Ok((gitlab, plan))
    }
}

impl SavedStep {
    /// Reads the one whose number has to be `number`.
    fn read(self, number: usize, files: &HashMap<&str, u32>) -> Result<Step, Flaw> {
        let Self { id, stage, needs, reasons, action } = self;
        if id != number {
            return Err(Flaw::new(format!("step {id} stands where step {number} should")).within("id"));
        }
        let earlier = |need: usize| match need.checked_sub(1) {
            Some(index) if need < number => Ok(StepId(index)),
            _ => Err(Flaw::new(format!("step {need} is not before step {number}"))),
        };
        let action = action.read().at("action")?;
        if stage != SavedStage::of(&action) {
            return Err(Flaw::new("is not the stage of such an action").within("stage"));
        }
        Ok(Step {
            action,
            needs: each("needs", needs, earlier)?,
            reasons: each("reasons", reasons, |reason| reason.read(files))?,
        })
    }
}
