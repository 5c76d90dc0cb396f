//! What git knows of the folder: its remote, and its latest tag. Only asks, and takes no answer for none.

use crate::model::harmless;
use std::path::Path;
use std::process::{Command, Stdio};

/// The name and address of the remote that is most likely the project's: `origin`, else the one that the branch follows,
/// else the only one.
pub(super) fn remote(folder: &Path) -> Option<(String, String)> {
    let address =
        |name: &str| ask(folder, &["remote", "get-url", "--", name]).map(|address| (name.to_owned(), address));
    let of_branch = || {
        let branch = ask(folder, &["symbolic-ref", "--short", "HEAD"])?;
        address(&ask(folder, &["config", "--get", &format!("branch.{branch}.remote")])?)
    };
    let only = || match ask(folder, &["remote"])?.lines().collect::<Vec<_>>().as_slice() {
        [name] => address(name),
        _ => None,
    };
    address("origin").or_else(of_branch).or_else(only)
}

/// The tag that was made last.
pub(super) fn latest_tag(folder: &Path) -> Option<String> {
    let latest = ["for-each-ref", "--sort=-creatordate", "--count=1", "--format=%(refname:lstrip=2)", "refs/tags"];
    // A name that would look like another one is no example for anybody.
    ask(folder, &latest).filter(|tag| harmless(tag) == tag.as_str())
}

/// git's answer, if it has one.
fn ask(folder: &Path, args: &[&str]) -> Option<String> {
    let output = Command::new("git").arg("-C").arg(folder).args(args).stdin(Stdio::null()).output().ok()?;
    let answer = String::from_utf8(output.stdout).ok()?;
    let answer = answer.trim_end_matches('\n').to_owned();
    (output.status.success() && !answer.is_empty()).then_some(answer)
}
