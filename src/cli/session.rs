//! A manifest, the project it is for, and a client that may ask GitLab about it.

use super::args::{ManifestArgs, ServerArgs};
use super::failure::Failure;
use super::server::Server;
use crate::gitlab::{Client, Kind};
use crate::manifest::{self, Manifest};
use crate::model::{Moment, ProjectRef};
use crate::plan::Plan;
use crate::snapshot::{self, Interest};
use crate::ui::Ui;

/// What a command works with.
pub(super) struct Session {
    pub(super) client: Client,
    pub(super) server: Server,
    manifest: Manifest,
    project: ProjectRef,
}

impl Session {
    /// Reads the manifest, and finds the server and the token. Asks GitLab nothing yet.
    pub(super) async fn open(manifest: &ManifestArgs, server: &ServerArgs) -> Result<Self, Failure> {
        let manifest = manifest::load(&manifest.path())?;
        let of_job = || super::server::variable("CI_PROJECT_PATH").map(ProjectRef::Path);
        let project = manifest.project.clone().or_else(of_job).ok_or(Failure::NoProject)?;
        let (server, settings) = Server::find(server, manifest.url.as_ref()).await?;
        Ok(Self { client: Client::new(settings)?, server, manifest, project })
    }

    /// Reads what GitLab has and compares.
    pub(super) async fn plan(&self, ui: &Ui) -> Result<Plan, Failure> {
        let desired = &self.manifest.desired;
        let interest = Interest {
            tags: desired.releases.iter().map(|r| r.tag_name.clone()).collect(),
            milestones: !desired.milestones.is_empty()
                || desired.releases.iter().any(|r| r.milestones.as_ref().is_some_and(|m| !m.is_empty())),
        };
        let _waiting = ui.waiting(&format!("reading the releases of {}", self.project));
        let mut current =
            snapshot::read(&self.client, &self.project, &interest).await.map_err(|error| match error.kind() {
                Kind::NotFound if self.server.is_embedded() => Failure::not_in_sandbox(&self.project),
                _ => error.into(),
            })?;
        let now = Moment::new(jiff::Timestamp::now());
        let plan = Plan::new(desired, &current, now);
        // GitLab's list may be old where only milestones changed; before they are called different, look again.
        let doubtful = plan.milestone_updates();
        if doubtful.is_empty() {
            return Ok(plan);
        }
        snapshot::refresh(&self.client, &mut current, doubtful).await?;
        Ok(Plan::new(desired, &current, now))
    }
}
