//! Renders errors as `ui` does: each problem, then the one line about all of them.

use miette::{GraphicalReportHandler, GraphicalTheme};
use relsync::manifest::{self, Manifest, ManifestError};
use std::path::Path;

/// What a terminal without colour shows for this manifest.
pub(crate) fn refused(text: &str) -> String {
    render(manifest::parse(Path::new("releases.toml"), text))
}

/// The same after a good beginning, as most errors are about what follows.
pub(crate) fn refused_after_version(text: &str) -> String {
    refused(&format!("version = 1\n{text}"))
}

pub(crate) fn render(result: Result<Manifest, ManifestError>) -> String {
    render_in(result, GraphicalTheme::unicode_nocolor())
}

/// The same of what may be a fleet.
pub(crate) fn render_many(result: Result<Vec<Manifest>, ManifestError>) -> String {
    render_in(result, GraphicalTheme::unicode_nocolor())
}

pub(crate) fn render_in<T>(result: Result<T, ManifestError>, theme: GraphicalTheme) -> String {
    let Err(error) = result else { return "taken\n".to_owned() };
    let handler = GraphicalReportHandler::new_themed(theme).with_width(100);
    let mut out = String::new();
    for problem in error.problems() {
        handler.render_report(&mut out, problem).unwrap();
        out.push('\n');
    }
    out + &error.to_string() + "\n"
}
