//! A plan or its outcome as people read it. All wording about changes lives here.
//!
//! Pure: values in, text out. Text from GitLab and the manifest is made harmless on its way in; nothing here prints.

mod conflict;
mod counts;
mod explain;
mod notes;
mod refusal;
mod run;
mod style;
mod text;
mod values;

pub use crate::model::harmless;
pub use run::{Command, Listed, ProjectRun, Run};
pub use style::Palette;
pub use text::{Detail, describe, fleet, outcome, plan, valid};
