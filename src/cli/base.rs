//! The manifests as they are in another commit.

use super::failure::Failure;
use super::session::Site;
use crate::git::{Commit, Repository};
use crate::manifest::{self, Manifest, ManifestError, Tree};
use crate::model::{Desired, Policy, Unmanaged, harmless};
use crate::report;
use crate::ui::Ui;
use std::collections::HashMap;
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

/// Reads the manifests of all `sites`, each file once. All that is wrong with any of them is said.
pub(super) fn read(ui: &Ui, rev: &Rev, sites: &[Site]) -> Result<Vec<Base>, Failure> {
    let mut commits: Vec<(Repository, Commit)> = Vec::new();
    let mut files: HashMap<&Path, Option<File>> = HashMap::new();
    let (mut bases, mut last_error) = (Vec::with_capacity(sites.len()), None);
    for site in sites {
        let path = site.manifest.path.as_path();
        if !files.contains_key(path) {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let (repository, below) = Repository::find(folder)?;
            let commit = commit_of(&mut commits, repository, rev)?;
            let file = File::read(commit, &below.join(path.file_name().unwrap_or_default()));
            let file = file.map_err(|error| {
                if let Some(earlier) = last_error.replace(error) {
                    ui.error(&earlier);
                    ui.gap();
                }
            });
            files.insert(path, file.ok());
        }
        if let Some(Some(file)) = files.get(path) {
            bases.push(file.of_site(rev, site));
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

/// A file of manifests in a commit.
struct File {
    commit: String,
    manifest: String,
    /// None, if the file is not there.
    manifests: Vec<Manifest>,
}

impl File {
    fn read(commit: &Commit, path: &Path) -> Result<Self, ManifestError> {
        Ok(Self {
            commit: commit.id().to_owned(),
            manifest: harmless(&format!("{}{}", commit.label(), path.display())).into_owned(),
            manifests: manifest::load_all_of_tree(commit, path)?.unwrap_or_default(),
        })
    }

    fn of_site(&self, rev: &Rev, site: &Site) -> Base {
        let named = |manifest: &&Manifest| {
            manifest.project.as_ref().is_some_and(|project| project.is_same(&site.project) == Some(true))
        };
        // What was another project's manifest says nothing about this one; nor does what may be another's of a fleet.
        let alone = || match self.manifests.as_slice() {
            [only] if only.project.as_ref().is_none_or(|project| project.is_same(&site.project).is_none()) => {
                Some(only)
            }
            _ => None,
        };
        let Self { commit, manifest, manifests } = self;
        Base {
            name: harmless(&rev.shown).into_owned(),
            commit: commit.clone(),
            manifest: manifest.clone(),
            desired: manifests.iter().find(named).or_else(alone).map(|manifest| manifest.desired.clone()),
            nothing: Desired {
                policy: Policy { unmanaged: Unmanaged::Ignore, ..Policy::default() },
                ..Desired::default()
            },
        }
    }
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
