//! `relsync schema`: prints the JSON Schema of a file format, for editors and other tools.

use super::args::{SchemaArgs, SchemaOf};
use super::exit::Exit;
use super::failure::Failure;
use crate::ui::Ui;
use crate::{manifest, plan, report};

pub(super) fn run(ui: &Ui, args: &SchemaArgs) -> Result<Exit, Failure> {
    let schema = match args.of {
        SchemaOf::Manifest => manifest::json_schema(),
        SchemaOf::Plan => plan::json_schema(),
        SchemaOf::Report => report::report_schema(),
    };
    ui.out(&schema).map_err(Failure::Output)?;
    Ok(Exit::Done)
}
