//! What is said of an import from GitHub: what was skipped, and what GitLab has no place for.

use crate::cli::import::told::{counted, named};
use crate::import::{Behind, FromGithub};
use crate::ui::Ui;

/// What was left out, or came along as something else.
pub(super) fn skipped(ui: &Ui, behind: &Behind) {
    let say = |what: &str, tags: &[String], why: &str| {
        if !tags.is_empty() {
            let tags: Vec<&str> = tags.iter().map(String::as_str).collect();
            ui.note(&format!("{what} {}: {why}.", named(&tags)));
        }
    };
    say("Left out: drafts", &behind.drafts, "`--drafts mark` or `include` takes them");
    say("Left out: pre-releases", &behind.prereleases, "`--prereleases mark` or `include` takes them");
    say("Drafts are in:", &behind.taken_drafts, "apply publishes them, and their tags may not be there");
    say("Left out: further releases of", &behind.doubles, "a tag has one release on GitLab");
    say("Left out: files whose upload was never finished:", &behind.unfinished, "there is nothing to link to");
    say("Left out: links to", &behind.unlinked, "GitLab takes no such address, or not twice");
}

/// What GitLab has no place for.
pub(super) fn stays_behind(ui: &Ui, found: &FromGithub) {
    let FromGithub { imported, files, behind } = found;
    let Behind { taken_prereleases, reactions, discussions, downloads, immutable, references, attachments, .. } =
        behind;
    if !taken_prereleases.is_empty() {
        let tags: Vec<&str> = taken_prereleases.iter().map(String::as_str).collect();
        ui.note(&format!(
            "GitLab has no mark for pre-releases, and takes the latest by date for the latest: {}.",
            named(&tags)
        ));
    }
    let lost = [
        (*reactions > 0).then(|| plural(*reactions, "reaction")),
        (*discussions > 0).then(|| format!("the discussions of {}", counted(*discussions, "release"))),
        (*downloads > 0).then(|| format!("the count of {}", plural(*downloads, "download"))),
        (*immutable > 0).then(|| format!("that {} immutable", are(*immutable))),
    ];
    let lost: Vec<String> = lost.into_iter().flatten().collect();
    if !lost.is_empty() {
        ui.note(&format!("Not carried over: {}.", lost.join(", ")));
    }
    if *references > 0 {
        ui.note(&format!(
            "The notes of {} name issues or people, such as #12 or @ada: on GitLab those are others.",
            counted(*references, "release")
        ));
    }
    if *attachments > 0 {
        ui.note(&format!("The notes of {} show files that stay on GitHub.", counted(*attachments, "release")));
    }
    let links: usize = imported.releases.iter().map(|release| release.links.len()).sum();
    let bytes: u64 = files.iter().flat_map(|(_, assets)| assets).filter_map(|asset| asset.size).sum();
    if links > 0 {
        ui.note(&format!(
            "The links lead to GitHub, where {} with {} {}.",
            counted(links, "file"),
            size(bytes),
            if links == 1 { "stays" } else { "stay" }
        ));
    }
}

fn plural(count: u64, what: &str) -> String {
    counted(usize::try_from(count).unwrap_or(usize::MAX), what)
}

fn are(count: usize) -> String {
    if count == 1 { "1 release is".to_owned() } else { format!("{count} releases are") }
}

/// A number of bytes as people say it.
pub(super) fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let (mut tenths, mut unit) = (bytes.saturating_mul(10) / 1024, 0);
    while tenths >= 10 * 1024 && unit + 1 < UNITS.len() {
        tenths /= 1024;
        unit += 1;
    }
    format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[unit])
}
