//! The files that releases bring along: read once before the plan, and held against a plan that was saved.

use super::failure::Failure;
use super::interrupt::stoppable;
use crate::apply::Files;
use crate::manifest::{Door, FileError, Manifest};
use crate::model::{DesiredFiles, FileSource, Sha256};
use crate::plan::{Action, Plan};
use crate::ui::Ui;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Less is read before anybody could see that it is.
const WORTH_TELLING: u64 = 64 << 20;

/// Reads what is in the files of all `manifests`, so that plans know their digests.
pub(super) async fn read(ui: &Ui, manifests: Vec<Manifest>) -> Result<Vec<Manifest>, Failure> {
    let total = manifests.iter().map(size).sum();
    reading(ui, total, move |tick| {
        let mut manifests = manifests;
        for manifest in &mut manifests {
            Door::beside(&manifest.path).read_all(&mut manifest.desired, tick)?;
        }
        Ok(manifests)
    })
    .await
}

fn size(manifest: &Manifest) -> u64 {
    let files = manifest.desired.releases.iter().filter_map(|release| match &release.files {
        Some(DesiredFiles::Found(files)) => Some(files),
        Some(DesiredFiles::NotFound) | None => None,
    });
    files.flatten().map(|file| file.size).sum()
}

/// Refuses a plan that was saved of files that are others by now. Nothing is written then.
pub(super) async fn check(ui: &Ui, plans: &[&Plan]) -> Result<(), Failure> {
    let files: Vec<_> = plans
        .iter()
        .flat_map(|plan| on_disk(plan).map(|(path, size, sha256)| (door(plan), path.to_owned(), size, sha256)))
        .collect();
    let total = files.iter().map(|(_, _, size, _)| size).sum();
    reading(ui, total, move |tick| {
        for (door, path, size, sha256) in files {
            let (found, length) = door.digest(&path, tick)?;
            if (found, length) != (sha256, size) {
                return Err(Failure::file_changed(&path, sha256, found));
            }
        }
        Ok(())
    })
    .await
}

/// What a plan uploads is read from beside its manifest.
pub(super) fn of_plan(plan: &Plan) -> Files {
    let door = door(plan);
    Files::new(Arc::new(move |below| Ok(Box::new(door.open(below)?))))
}

fn door(plan: &Plan) -> Door {
    Door::beside(Path::new(plan.files.first().map_or("", String::as_str)))
}

/// The files of the disk that a plan was made of, whether they are uploaded or there already.
fn on_disk(plan: &Plan) -> impl Iterator<Item = (&str, u64, Sha256)> {
    let uploads = plan.steps.iter().filter_map(|step| match &step.action {
        Action::UploadFile(upload) => Some((&upload.source, upload.size, upload.sha256)),
        _ => None,
    });
    let present = plan.present.iter().map(|file| (&file.source, file.size, file.sha256));
    uploads.chain(present).filter_map(|(source, size, sha256)| match source {
        FileSource::Disk(path) => Some((&**path, size, sha256)),
        FileSource::Text(_) => None,
    })
}

/// Does work that reads `total` bytes, on a thread of its own.
async fn reading<T: Send + 'static>(
    ui: &Ui,
    total: u64,
    work: impl FnOnce(&dyn Fn(u64)) -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let so_far = Arc::new(AtomicU64::new(0));
    let read = Arc::clone(&so_far);
    let _progress = (total >= WORTH_TELLING)
        .then(|| ui.hashing("reading the files to upload", total, move || read.load(Ordering::Relaxed)));
    let work = tokio::task::spawn_blocking(move || {
        work(&|bytes| {
            so_far.fetch_add(bytes, Ordering::Relaxed);
        })
    });
    stoppable(work).await?.map_err(|error| Failure::Runtime(error.into()))?
}

impl From<FileError> for Failure {
    fn from(FileError { path, error }: FileError) -> Self {
        Self::file(&path, error)
    }
}
