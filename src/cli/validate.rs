//! `relsync validate`: checks manifests, and asks nobody.

use super::args::ManifestArgs;
use super::exit::Exit;
use super::failure::Failure;
use super::session;
use crate::report;
use crate::ui::Ui;

pub(super) fn run(ui: &Ui, args: &ManifestArgs) -> Result<Exit, Failure> {
    for manifest in session::load(ui, args.paths()?)? {
        ui.out(&report::valid(&manifest.path.to_string_lossy(), &manifest.desired)).map_err(Failure::Output)?;
    }
    Ok(Exit::Done)
}
