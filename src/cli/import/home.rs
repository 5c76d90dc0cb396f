//! An import from elsewhere than GitLab, which does not tell what project it is for: git's remote may.

use super::args::IntoArgs;
use super::target::Target;
use super::told;
use crate::cli::failure::Failure;
use crate::import::{Imported, Written};
use crate::ui::Ui;

/// Writes what is new, and says what was written.
pub(super) fn write(
    ui: &Ui,
    target: &Target,
    args: &IntoArgs,
    imported: &Imported,
    source: &str,
) -> Result<Written, Failure> {
    let written = target.import(ui, args, imported)?;
    told::written(ui, target, source, &written);
    if target.manifest.is_none() && imported.project.is_none() {
        ui.note(
            "It names no project, as git knows no remote on a GitLab: write `path = \"group/app\"` under [project].",
        );
    }
    Ok(written)
}
