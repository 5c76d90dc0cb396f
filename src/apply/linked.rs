//! Looks whether releases have come to link to files that are about to be deleted: a plan may be old by then.

use crate::gitlab::{Client, Error};
use crate::model::{LinkedFiles, Packages, ProjectRef, Release, TagName};
use crate::plan::{Plan, Removal};
use std::collections::HashMap;
use tokio::sync::OnceCell;

/// What the project's releases link to, read before the first file is deleted. An error stands for all the others, too.
pub(super) struct Linked<'p> {
    /// Where the project's number is not known, a link by any number counts: what is kept too long can still be deleted.
    packages: Packages,
    /// The releases that the plan deletes, as they were.
    going: HashMap<&'p TagName, &'p Release>,
    found: OnceCell<Result<LinkedFiles, Error>>,
}

impl<'p> Linked<'p> {
    pub(super) fn new(plan: &'p Plan) -> Self {
        Self {
            packages: Packages::new("", &plan.project, None),
            going: plan.deletes().map(|release| (&release.tag_name, release)).collect(),
            found: OnceCell::new(),
        }
    }

    /// A release that links to the file that is to be deleted, though the plan took it that none would by then.
    pub(super) async fn by(
        &self,
        client: &Client,
        project: &ProjectRef,
        removal: &Removal,
    ) -> Result<Option<TagName>, Error> {
        let linked = self.found.get_or_init(async || self.look(client, project).await).await;
        let linked = linked.as_ref().map_err(Error::clone)?;
        Ok(linked.by(&removal.place, [removal.file]).cloned())
    }

    async fn look(&self, client: &Client, project: &ProjectRef) -> Result<LinkedFiles, Error> {
        let live = client.releases(project).await?;
        Ok(LinkedFiles::new(&self.packages, live.iter().filter(|live| !self.is_going(live))))
    }

    /// Whether the plan deletes this release. One that has other links by now, or was made anew, stays.
    fn is_going(&self, live: &Release) -> bool {
        self.going.get(&live.tag_name).is_some_and(|was| was.created_at == live.created_at && was.links == live.links)
    }
}
