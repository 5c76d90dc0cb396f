//! What became of each asset, in words.

use super::{Done, Proof};
use crate::model::{ShownRelease, harmless};
use crate::report;

/// A longer name stands out of its column.
const WIDEST: usize = 40;

/// A line for each, below how many there are.
pub(super) fn outcome(shown: &ShownRelease, done: &[(String, String, Done)], folder: &str) -> String {
    let tag = harmless(shown.release.tag_name.as_str());
    let saved = done.iter().filter(|(_, _, done)| matches!(done, Done::Saved { .. })).count();
    let head = match (saved, done.len()) {
        (0, _) => format!("Nothing of {tag} had to be downloaded into {}:", harmless(folder)),
        (1, 1) => format!("Downloaded 1 file of {tag} into {}:", harmless(folder)),
        (saved, all) if saved == all => format!("Downloaded {saved} files of {tag} into {}:", harmless(folder)),
        (saved, all) => format!("Downloaded {saved} of {all} files of {tag} into {}:", harmless(folder)),
    };
    let width = done.iter().map(|(name, ..)| name.chars().count()).max().unwrap_or(0).min(WIDEST);
    let lines = done.iter().map(|(name, own, done)| {
        // A name that was made safe, or was given, tells of which asset it is.
        let of = if own == name { String::new() } else { format!(" (of {})", harmless(own)) };
        format!("  {:width$}  {}{of}\n", harmless(name), words(done))
    });
    format!("{head}\n{}", lines.collect::<String>())
}

fn words(done: &Done) -> String {
    match done {
        Done::Saved { size, proof } => format!("{:>10}  {}", report::size(*size), proof_in_words(proof)),
        Done::Same(Proof::IsList) => "is there already, and is the same as the release's".to_owned(),
        Done::Same(proof) => format!("is there already: {}", proof_in_words(proof)),
        Done::Kept => "is there already, and was kept as it is".to_owned(),
    }
}

fn proof_in_words(proof: &Proof) -> String {
    match proof {
        Proof::Listed(list) => format!("verified by {}", harmless(list)),
        Proof::IsList => "is a list of checksums itself".to_owned(),
        Proof::Gitlab => "verified by GitLab's digest of it".to_owned(),
        Proof::None { in_clear_from: None } => "not verified".to_owned(),
        Proof::None { in_clear_from: Some(host) } => {
            format!("not verified, and unencrypted from {}", harmless(host))
        }
    }
}
