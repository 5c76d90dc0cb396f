//! What the beginning of a manifest tells, for those who can begin with something before all of it has been read.

use crate::manifest::pieces;
use crate::manifest::raw::RawManifest;
use crate::manifest::resolve::resolve_project;
use crate::manifest::source;
use crate::model::ProjectRef;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use url::Url;

/// So much of a file is its beginning.
const LENGTH: usize = 16 << 10;

/// Which project a manifest is about, by its beginning. All of it may say something else, or be wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The project.
    pub project: ProjectRef,
    /// Which GitLab it is on, if it says.
    pub url: Option<Url>,
}

impl Head {
    /// That of the manifest at `path`, if it names its project before its entries, and nothing is wrong so far.
    #[must_use]
    pub fn read(path: &Path) -> Option<Self> {
        // What is read here is read again: from a pipe it would be gone, and on some systems from what leads to an open file.
        if !path.is_file()
            || ["/dev", "/proc"].iter().any(|system| path.starts_with(system))
            || source::is_foreign_link(path)
        {
            return None;
        }
        let mut bytes = Vec::with_capacity(LENGTH);
        File::open(path).ok()?.take(LENGTH as u64).read_to_end(&mut bytes).ok()?;
        let is_all = bytes.len() < LENGTH;
        let text = match std::str::from_utf8(&bytes) {
            Ok(text) => text,
            // A character may go on after the beginning.
            Err(error) if error.error_len().is_none() => std::str::from_utf8(&bytes[..error.valid_up_to()]).ok()?,
            Err(_) => return None,
        };
        let raw = pieces::read_first::<RawManifest>(text, is_all)?;
        let (project, url) = resolve_project(raw.project?);
        Some(Self { project: project?, url })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_the_whole_says_or_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("releases.toml");
        let entry = "[[releases]]\ntag_name = \"v1\"\n";
        let long = "# x\n".repeat(LENGTH);
        for (text, is_told) in [
            (format!("version = 1\n[project]\npath = \"a/b\"\n{entry}"), true),
            (format!("version = 1\n[project]\nid = 7\nurl = \"https://git.example.com\"\n{entry}{long}"), true),
            ("version = 1\n[project]\npath = \"a/b\"\n".to_owned(), true),
            // Perhaps more of the table is to come.
            (format!("version = 1\n[project]\npath = \"a/b\"\n{long}{entry}"), false),
            (format!("version = 1\n{entry}[project]\npath = \"a/b\"\n"), false),
            (format!("version = 1\n[[projects]]\npath = \"a/b\"\n[[projects.releases]]\n{entry}"), false),
            ("version = 1\n[project]\nid = 7\nurl = '''\n[[releases]]\n'''\n".to_owned(), false),
            (format!("version = 2\n[project]\npath = \"a/b\"\n{entry}"), false),
            (String::new(), false),
        ] {
            std::fs::write(&path, &text).unwrap();
            let head = Head::read(&path);
            assert_eq!(head.is_some(), is_told, "{text}");
            if let Some(Head { project, url }) = head {
                let whole = crate::manifest::load(&path).unwrap();
                assert_eq!((Some(project), url), (whole.project, whole.url), "{text}");
            }
        }
        assert_eq!(Head::read(folder.path()), None);
    }
}
