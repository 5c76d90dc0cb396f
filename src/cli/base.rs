//! The manifests as they are in another commit.

use super::failure::Failure;
use super::session::Site;
use crate::git::{Commit, Repository};
use crate::manifest::{self, Manifest, ManifestError, Tree};
use crate::model::{Desired, Policy, Unmanaged, harmless};
use crate::report;
use crate::ui::Ui;
use std::env;
use std::path::Path;

/// A commit's name is shown as short as GitLab does.
const SHORT_SHA: usize = 8;

/// A commit to compare with.
pub(super) struct Rev {
    rev: String,
    shown: String,
}

/// A manifest in that commit.
pub(super) struct Base {
    name: String,
    commit: String,
    manifest: String,
    desired: Option<Desired>,
    nothing: Desired,
}

impl Rev {
    /// Which commit is meant by `--base`: left out, given alone, or with a value.
    #[expect(clippy::option_option, reason = "the three ways that an argument can be given")]
    pub(super) fn choose(asked: Option<Option<String>>) -> Option<Self> {
        let var = |name| env::var(name).ok().filter(|value| !value.is_empty());
        let of_request = || var("CI_MERGE_REQUEST_DIFF_BASE_SHA");
        let default = || var("CI_DEFAULT_BRANCH").unwrap_or_else(|| "HEAD".to_owned());
        let rev = match asked {
            Some(Some(rev)) => rev,
            Some(None) => of_request().unwrap_or_else(|| format!("origin/{}", default())),
            None => of_request()?,
        };
        let is_sha = rev.len() >= 40 && rev.chars().all(|c| c.is_ascii_hexdigit());
        let shown = if is_sha { rev[..SHORT_SHA].to_owned() } else { rev.clone() };
        Some(Self { rev, shown })
    }
}

/// Reads the manifests of all `sites`. All that is wrong with any of them is said.
pub(super) fn read(ui: &Ui, rev: &Rev, sites: &[Site]) -> Result<Vec<Base>, Failure> {
    let mut commits: Vec<(Repository, Commit)> = Vec::new();
    let (mut bases, mut last_error) = (Vec::with_capacity(sites.len()), None);
    for site in sites {
        let path = &site.manifest.path;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let (repository, below) = Repository::find(folder)?;
        let commit = commit_of(&mut commits, repository, rev)?;
        match of_site(rev, site, commit, &below.join(path.file_name().unwrap_or_default())) {
            Ok(base) => bases.push(base),
            Err(error) => {
                if let Some(earlier) = last_error.replace(error) {
                    ui.error(&earlier);
                    ui.gap();
                }
            }
        }
    }
    last_error.map_or(Ok(bases), |error| Err(error.into()))
}

/// The commit in this repository, opened once.
fn commit_of<'c>(
    commits: &'c mut Vec<(Repository, Commit)>,
    repository: Repository,
    rev: &Rev,
) -> Result<&'c Commit, Failure> {
    let known = commits.iter().position(|(known, _)| *known == repository);
    let at = known.unwrap_or(commits.len());
    if known.is_none() {
        let commit = repository.commit(&rev.rev, &rev.shown)?;
        commits.push((repository, commit));
    }
    Ok(&commits[at].1)
}

fn of_site(rev: &Rev, site: &Site, commit: &Commit, path: &Path) -> Result<Base, ManifestError> {
    let manifest = manifest::load_of_tree(commit, path)?;
    // What was another project's manifest says nothing about this one.
    let is_same = |manifest: &Manifest| {
        manifest.project.as_ref().is_none_or(|project| project.is_same(&site.project) != Some(false))
    };
    Ok(Base {
        name: harmless(&rev.shown).into_owned(),
        commit: commit.id().to_owned(),
        manifest: harmless(&format!("{}{}", commit.label(), path.display())).into_owned(),
        desired: manifest.filter(is_same).map(|manifest| manifest.desired),
        nothing: Desired { policy: Policy { unmanaged: Unmanaged::Ignore, ..Policy::default() }, ..Desired::default() },
    })
}

impl Base {
    /// What it wishes for: nothing, where there is none.
    pub(super) fn desired(&self) -> &Desired {
        self.desired.as_ref().unwrap_or(&self.nothing)
    }

    /// How a report calls it.
    pub(super) fn named(&self) -> report::Base<'_> {
        let Self { name, commit, manifest, desired, nothing: _ } = self;
        report::Base { name, commit, manifest, is_there: desired.is_some() }
    }
}
