//! A report as one HTML file that loads nothing, for a job's artifacts.
//!
//! [`page`] lays out what is shown, and the templates beside it say how; askama escapes whatever they are given. The only HTML
//! that is not a template's is that of notes, which [`markdown`] makes from a short list of elements. A policy in the page
//! lets nothing run but its own script. Without scripts everything is there but the filters.
//!
//! The same run gives the same bytes. Must not import anything but `plan` and `model`.

mod axis;
mod csp;
mod difference;
mod drift;
mod fields;
mod figures;
mod kind;
mod links;
mod markdown;
mod milestones;
mod page;
mod part;
mod prose;
mod releases;
mod section;
mod status;
mod timeline;
mod when;

#[cfg(test)]
mod tests;

use super::drift::DriftRun;
use super::run::Run;
use askama::Template;
use page::Page;

const STYLE: &str = include_str!("report.css");
const SCRIPT: &str = include_str!("report.js");

/// The whole report.
#[must_use]
pub fn html(run: &Run<'_>) -> String {
    rendered(&Page::new(run))
}

/// The same of a run of `drift`.
#[must_use]
pub fn drift_html(run: &DriftRun<'_>) -> String {
    rendered(&Page::of_drift(run))
}

fn rendered(page: &Page) -> String {
    // A template fails only where a value of ours fails to be written, and none does.
    let page = page.render().unwrap_or_else(|error| error.to_string());
    // Templates lose their last line's end.
    page + "\n"
}
