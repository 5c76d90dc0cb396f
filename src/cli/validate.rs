//! `relsync validate`: checks manifests, and asks nobody.

use super::exit::Exit;
use super::failure::Failure;
use super::manifests::{self, ManifestArgs};
use crate::manifest::LookFor;
use crate::report;
use crate::ui::Ui;

pub(super) fn run(ui: &Ui, args: &ManifestArgs) -> Result<Exit, Failure> {
    let manifests = manifests::load(ui, &args.paths()?, &|_, _| LookFor::All)?;
    for file in manifests.chunk_by(|one, next| one.path == next.path) {
        let path = file.first().map(|manifest| manifest.path.to_string_lossy()).unwrap_or_default();
        let projects: Vec<_> = file.iter().map(|manifest| &manifest.desired).collect();
        ui.out(&report::valid(&path, &projects)).map_err(Failure::Output)?;
        if let Some(doubt) = report::doubtful(&projects) {
            ui.warn(&format!("Warning: {doubt}."));
        }
    }
    Ok(Exit::Done)
}
