//! Which projects a fleet has, by whatever name.

use crate::cli::project::moved;
use crate::cli::server;
use crate::gitlab::{Client, Error, Kind};
use crate::manifest::Manifest;
use crate::model::{Project, ProjectRef};
use futures_util::{StreamExt, TryStreamExt, stream};
use std::collections::{HashMap, HashSet};

/// Projects asked for at the same time.
const SIDE_BY_SIDE: usize = 8;

/// The projects that a fleet has.
pub(super) struct Known {
    ids: HashSet<u64>,
    /// As the fleet writes them, by what is the same to GitLab: paths that differ only in case are.
    paths: HashMap<String, String>,
}

impl Known {
    /// Those on the client's GitLab.
    pub(super) fn of(manifests: &[Manifest], client: &Client) -> Self {
        let mut known = Self { ids: HashSet::new(), paths: HashMap::new() };
        let is_here = |manifest: &&Manifest| manifest.url.as_ref().is_none_or(|url| server::is_same(url, client.url()));
        for project in manifests.iter().filter(is_here).filter_map(|manifest| manifest.project.as_ref()) {
            match project {
                ProjectRef::Id(id) => drop(known.ids.insert(id.0)),
                ProjectRef::Path(path) => drop(known.paths.insert(path.to_ascii_lowercase(), path.clone())),
            }
        }
        known
    }

    pub(super) fn has(&self, project: &Project) -> bool {
        let by_id = matches!(project.reference, ProjectRef::Id(id) if self.ids.contains(&id.0));
        by_id || project.path.as_ref().is_some_and(|path| self.paths.contains_key(&path.to_ascii_lowercase()))
    }

    /// Looks among the projects `listed` for those that the fleet has by a path that they have moved away from, and says
    /// which. While all that are listed are known, there is nobody to ask about.
    pub(super) async fn follow(&mut self, client: &Client, listed: &[Project]) -> Result<Vec<String>, Error> {
        if listed.iter().all(|project| self.has(project)) {
            return Ok(Vec::new());
        }
        let here: HashSet<String> =
            listed.iter().filter_map(|project| project.path.as_ref()).map(|path| path.to_ascii_lowercase()).collect();
        let mut elsewhere: Vec<_> = self.paths.iter().filter(|(path, _)| !here.contains(*path)).collect();
        elsewhere.sort();
        let asked = elsewhere.into_iter().map(|(_, path)| ProjectRef::Path(path.clone()));
        let asked = asked.map(|project| async move { Ok((found(client, &project).await?, project)) });
        let answers: Vec<_> = stream::iter(asked).buffered(SIDE_BY_SIDE).try_collect().await?;
        let mut notes = Vec::new();
        for (reference, asked) in answers {
            let is_it = |project: &&Project| reference.as_ref().is_some_and(|there| *there == project.reference);
            let Some(project) = listed.iter().find(is_it) else { continue };
            if let ProjectRef::Id(id) = project.reference {
                self.ids.insert(id.0);
            }
            notes.extend(moved(&asked, project));
        }
        Ok(notes)
    }
}

/// The id of a project, if there is one that it is now. What can't be seen is no listed project.
async fn found(client: &Client, project: &ProjectRef) -> Result<Option<ProjectRef>, Error> {
    match client.project(project).await {
        Ok(found) => Ok(Some(found.reference)),
        Err(error) => match error.moved(project) {
            Some(there) => Ok(Some(there)),
            None if matches!(error.kind(), Kind::NotFound | Kind::Forbidden) => Ok(None),
            None => Err(error),
        },
    }
}
