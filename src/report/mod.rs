//! A plan or its outcome as people read it. All wording about changes lives here.
//!
//! Pure: values in, text out. Text from GitLab and the manifest is made harmless on its way in; nothing here prints.

mod conflict;
mod counts;
mod date;
mod describe;
mod drift;
mod due;
#[cfg(test)]
mod endless;
mod explain;
mod fleet;
mod html;
mod hunks;
mod json;
mod left_files;
mod listing;
mod markdown;
mod notes;
mod refusal;
mod rehearsal;
mod run;
mod sheet;
mod style;
mod table;
mod terminal;
mod text;
mod uploaded;
mod values;
mod voice;
mod widget;

pub use crate::model::harmless;
pub use describe::describe;
pub use drift::{Base, DriftRun, ProjectDrift, drift, drift_fleet, drift_text};
pub use fleet::{drifts, fleet, has_outcome_page, has_page, outcomes};
pub use html::{drift_html, html};
pub use json::{REPORT_FORMAT, drift_json, json, listing_json, rehearsal_json, report_schema, sheet_json};
pub use listing::{Listing, Whose, listing, listing_remark};
pub use markdown::{drift_markdown, markdown};
pub use rehearsal::{Rehearsal, RehearsalRun, Remark, Requests, rehearsal, rehearsal_fleet};
pub use run::{Command, Listed, ProjectRun, Run};
pub use sheet::{Sheet, evidence, sheet};
pub use style::Palette;
pub use text::{Detail, doubtful, outcome, plan, text, valid};
pub use values::size;
pub use widget::widget;
