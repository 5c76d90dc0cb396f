//! `relsync schema`: prints the JSON Schema of the manifest, for editors.

use super::exit::Exit;
use super::failure::Failure;
use crate::manifest;
use crate::ui::Ui;

pub(super) fn run(ui: &Ui) -> Result<Exit, Failure> {
    ui.out(&manifest::json_schema()).map_err(Failure::Output)?;
    Ok(Exit::Done)
}
