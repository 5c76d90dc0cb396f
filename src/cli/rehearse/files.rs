//! What a rehearsal leaves out: files in package registries. The copy has none, and nothing is uploaded to it.

use crate::manifest::Manifest;
use crate::model::{Current, Desired, DesiredFiles, Moment};
use crate::plan::{Action, Plan, Selection};
use crate::report::Remark;

/// What is said of files if `plan` is what is to be done to `current`.
pub(super) fn remarks(
    desired: &Desired,
    plan: &Plan,
    current: &Current,
    selection: &Selection,
    now: Moment,
) -> Vec<Remark> {
    let sizes = plan.steps.iter().filter_map(|step| match &step.action {
        Action::UploadFile(upload) => Some(upload.size),
        _ => None,
    });
    let uploads = uploads(sizes, true);
    let links = || {
        let mut rest = desired.clone();
        forget(&mut rest);
        let has_files = desired.releases.iter().any(|wish| wish.files.is_some());
        (has_files && Plan::new(&rest, current, selection, now).steps != plan.steps).then_some(Remark::LinksOfFiles)
    };
    uploads.or_else(links).into_iter().chain(removals(desired)).collect()
}

/// The same if nobody knows what is in the registry. With what it has, nobody knows which links are the files' matter: those of
/// releases with files are left as they are, whatever the manifest says.
pub(super) fn of_snapshot(manifest: &mut Manifest) -> Vec<Remark> {
    let desired = &mut manifest.desired;
    let found = |files: &Option<DesiredFiles>| match files {
        Some(DesiredFiles::Found(files)) => Some(files.iter().map(|file| file.size).collect::<Vec<_>>()),
        Some(DesiredFiles::NotFound) | None => None,
    };
    let sizes: Vec<_> = desired.releases.iter().filter_map(|wish| found(&wish.files)).collect();
    let links = (!sizes.is_empty()).then_some(Remark::LinksOfFiles);
    let remarks = uploads(sizes.into_iter().flatten(), false).or(links).into_iter().chain(removals(desired)).collect();
    for wish in desired.releases.iter_mut().filter(|wish| wish.files.is_some()) {
        wish.links = None;
    }
    leave_out(manifest);
    remarks
}

/// Takes the files out of what is wished of the copy.
pub(super) fn leave_out(manifest: &mut Manifest) {
    forget(&mut manifest.desired);
    manifest.desired.policy.delete_packages = false;
}

/// As if nobody had looked for files.
fn forget(desired: &mut Desired) {
    for files in desired.releases.iter_mut().filter_map(|wish| wish.files.as_mut()) {
        *files = DesiredFiles::NotFound;
    }
}

fn uploads(sizes: impl Iterator<Item = u64>, is_known: bool) -> Option<Remark> {
    let sizes: Vec<u64> = sizes.collect();
    let bytes = sizes.iter().copied().fold(0, u64::saturating_add);
    (!sizes.is_empty()).then_some(Remark::Uploads { files: sizes.len(), bytes, is_known })
}

fn removals(desired: &Desired) -> Option<Remark> {
    desired.policy.delete_packages.then_some(Remark::RemovalsOfFiles)
}
