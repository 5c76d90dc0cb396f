//! `relsync validate`: checks a manifest, and asks nobody.

use super::args::ManifestArgs;
use super::exit::Exit;
use super::failure::Failure;
use crate::ui::Ui;
use crate::{manifest, report};

pub(super) fn run(ui: &Ui, args: &ManifestArgs) -> Result<Exit, Failure> {
    let manifest = manifest::load(&args.path())?;
    ui.out(&report::valid(&manifest.path.to_string_lossy(), &manifest.desired)).map_err(Failure::Output)?;
    Ok(Exit::Done)
}
