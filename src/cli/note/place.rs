//! Where the note is: on which merge request, and behind which mark.

use super::Trouble;
use crate::cli::server::{self, Server, variable};
use crate::cli::shard::Shard;
use crate::gitlab::MergeRequest;
use crate::model::ProjectRef;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use url::Url;

/// What a key is made of as it is; `>` would end the mark.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'.').remove(b'_').remove(b'-').remove(b'/');

/// Which merge request the note is to be on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) enum Target {
    /// The CI job's own, if it has one.
    OfJob,
    /// One that is named as people do: `7`, `!7` or `group/app!7`.
    Named {
        /// The project's path.
        project: Option<String>,
        /// The number.
        iid: u64,
    },
}

impl FromStr for Target {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.is_empty() {
            return Ok(Self::OfJob);
        }
        let (project, iid) = text.rsplit_once('!').unwrap_or(("", text));
        let iid = iid.parse().map_err(|_| "write a merge request as 7 or group/app!7")?;
        Ok(Self::Named { project: Some(project.to_owned()).filter(|project| !project.is_empty()), iid })
    }
}

/// What tells a note from the others of the same user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct NoteKey(String);

impl FromStr for NoteKey {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
        if !text.is_empty() && text.chars().all(is_plain) {
            Ok(Self(text.to_owned()))
        } else {
            Err("a key is made of ASCII letters, digits and . _ - /")
        }
    }
}

impl NoteKey {
    /// The key of the note about these manifests: as they were given, since what is in a folder may change from one plan
    /// to the next, and without the folder of the checkout, which a runner chooses.
    pub(super) fn of(given: &[PathBuf]) -> Self {
        let root = variable("CI_PROJECT_DIR").map(PathBuf::from).or_else(|| std::env::current_dir().ok());
        let name = |path: &PathBuf| {
            let whole = std::path::absolute(path).unwrap_or_else(|_| path.clone());
            let inside = root.as_ref().and_then(|root| whole.strip_prefix(root).ok()).unwrap_or(path);
            let inside = if inside.as_os_str().is_empty() { Path::new(".") } else { inside };
            utf8_percent_encode(&inside.to_string_lossy(), PLAIN).to_string()
        };
        let mut names: Vec<_> = given.iter().map(name).collect();
        names.sort();
        Self(names.join("+"))
    }

    /// The key of the same note's part about the projects of a shard.
    pub(super) fn of_shard(&self, shard: Shard) -> Self {
        Self(format!("{}+{}", self.0, shard.suffix()))
    }

    /// The mark that a note starts with. Nobody sees it.
    pub(super) fn mark(&self) -> String {
        format!("<!-- relsync:note:{} -->", self.0)
    }
}

/// The merge request that was named, or that the job is about; `None` if there is neither.
///
/// A pipeline of a fork runs in the fork, or in the project that the merge request is for: `CI_PROJECT_ID` may be either, and
/// `CI_MERGE_REQUEST_PROJECT_ID` is always the latter, where the number counts. Ids are the job's own GitLab's.
pub(super) fn find(
    target: &Target,
    server: &Server,
    url: &Url,
    of_manifest: Option<&ProjectRef>,
) -> Result<Option<MergeRequest>, Trouble> {
    let iid = match target {
        Target::Named { project: Some(project), iid } => {
            return Ok(Some(MergeRequest { project: ProjectRef::Path(project.clone()), iid: *iid }));
        }
        Target::Named { project: None, iid } => *iid,
        Target::OfJob => match variable("CI_MERGE_REQUEST_IID").and_then(|text| text.trim().parse().ok()) {
            None => return Ok(None),
            Some(_) if !server.is_embedded() && !server::is_of_job(url) => {
                return Err(Trouble::Elsewhere(server::shown(url)));
            }
            Some(iid) => iid,
        },
    };
    let project = server.project_of_merge_request(url).or_else(|| Some(server.project_of_job(url)?.value));
    let project = project.or_else(|| of_manifest.cloned()).ok_or(Trouble::NoProject(iid))?;
    Ok(Some(MergeRequest { project, iid }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merge_requests_are_named_as_in_gitlab() {
        assert_eq!("".parse::<Target>(), Ok(Target::OfJob));
        let target = |project: Option<&str>, iid| Ok(Target::Named { project: project.map(str::to_owned), iid });
        assert_eq!("7".parse::<Target>(), target(None, 7));
        assert_eq!("!7".parse::<Target>(), target(None, 7));
        assert_eq!("group/sub/app!7".parse::<Target>(), target(Some("group/sub/app"), 7));
        for wrong in ["!", "x", "group/app", "group/app!", "-7", "7!x"] {
            assert!(wrong.parse::<Target>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_key_can_not_end_its_mark() {
        for wrong in ["", "a b", "-->", "é", "a\n"] {
            assert!(wrong.parse::<NoteKey>().is_err(), "{wrong}");
        }
        let key = |paths: &[&str]| NoteKey::of(&paths.iter().map(PathBuf::from).collect::<Vec<_>>());
        assert_eq!(key(&["./b/../x -->.toml", "/y/a.toml"]).mark().matches("-->").count(), 1);
        assert_eq!(key(&["b.toml", "./a.toml"]), key(&["a.toml", "b.toml"]));
        assert_eq!(key(&["fleet/"]).mark(), "<!-- relsync:note:fleet -->");
        assert_eq!(key(&["."]).mark(), "<!-- relsync:note:. -->");
    }
}
