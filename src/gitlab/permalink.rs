//! The permalink of the latest release: one redirect tells which release that is, whichever part of it is asked for.
//!
//! GitLab keeps what stands behind the permalink and leads to the same place of the release's own address. From there the
//! release itself is read, so that all that follows is of this one, whatever is published meanwhile. For evidence there is
//! no more than that to it: GitLab only takes a POST there.

use crate::gitlab::project::segment;
use crate::gitlab::request::Request;
use crate::model::ProjectRef;

/// What of the latest release is asked for; by default the release.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Permalink {
    /// What stands behind it: nothing, or something that begins with a slash.
    suffix: String,
}

impl Permalink {
    /// Its evidence.
    #[must_use]
    pub fn evidence() -> Self {
        Self { suffix: "/evidence".to_owned() }
    }

    /// The asset with this path, which begins with a slash. None if that is not one which goes into an address as it is.
    #[must_use]
    pub fn asset(path: &str) -> Option<Self> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
        let is_part = |part: &str| !matches!(part, "" | "." | "..") && part.chars().all(is_plain);
        let is_path = path.strip_prefix('/').is_some_and(|parts| parts.split('/').all(is_part));
        is_path.then(|| Self { suffix: format!("/downloads{path}") })
    }

    pub(super) fn request(&self, project: &ProjectRef) -> Request {
        let mut request = Request::get(&["projects", &segment(project), "releases", "permalink", "latest"]);
        request.path.push_str(&self.suffix);
        request
    }

    /// The release's own address, if GitLab leads `there`; a project that has moved leads to its permalink first.
    pub(super) fn release(&self, mut there: Request) -> Request {
        let release =
            there.path.strip_suffix(&self.suffix).filter(|path| !path.ends_with("/releases/permalink/latest"));
        if let Some(length) = release.map(str::len) {
            there.path.truncate(length);
        }
        there
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_path_is_asked_for_as_one() {
        let suffix = |path| Permalink::asset(path).map(|link| link.suffix);
        assert_eq!(suffix("/bin/asset.exe"), Some("/downloads/bin/asset.exe".to_owned()));
        for other in
            ["bin/asset.exe", "/*.exe", "/bin/[a]", "/a/../b", "/a//b", "/", "/a/", "/@a/b", "/a%2fb", "asset", ""]
        {
            assert_eq!(suffix(other), None, "{other}");
        }
    }

    #[test]
    fn it_leads_to_the_release() {
        let asset = Permalink::asset("/bin/app").unwrap();
        let evidence = Permalink::evidence();
        let release = |link: &Permalink, path: &str| {
            let there = Request { path: path.to_owned(), ..Request::get(&[]) };
            link.release(there).path
        };
        for (link, path, expected) in [
            (&asset, "/projects/1/releases/v1%2F2/downloads/bin/app", "/projects/1/releases/v1%2F2"),
            (&evidence, "/projects/1/releases/evidence/evidence", "/projects/1/releases/evidence"),
            (&Permalink::default(), "/projects/1/releases/v1", "/projects/1/releases/v1"),
        ] {
            assert_eq!(release(link, path), expected);
        }
        let moved = "/projects/1/releases/permalink/latest/evidence";
        assert_eq!(release(&evidence, moved), moved);
    }
}
