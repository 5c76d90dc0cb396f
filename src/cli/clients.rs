//! The clients of a run, one for each GitLab that its manifests are about, and what they are asked before all manifests have
//! been read.

use super::args::ServerArgs;
use super::failure::Failure;
use super::manifests::ManifestArgs;
use super::server::{self, Keys, Server};
use super::shard::ShardArgs;
use crate::gitlab::{Client, Observer, Settings, Wait};
use crate::manifest::Head;
use crate::ui::Ui;
use std::sync::Arc;

/// Projects whose releases are read ahead: each takes a request at least, and so many go side by side.
const AHEAD: usize = 32;

/// Manifests of so many bytes together take a noticeable time to read. Shorter ones are right before GitLab hears anything.
const LONG: u64 = 512 << 10;

/// Clients by their number.
#[derive(Default)]
pub(super) struct Clients(Vec<Client>);

/// Tells of a client's waits.
pub(super) fn observer(ui: &Ui) -> Observer {
    let show = ui.wait_observer();
    Arc::new(move |wait: &Wait| show(wait.how_long, &wait.why, wait.is_for_limit))
}

impl Clients {
    /// Those of long manifests that say early what they are about: while all of each is read, its project's releases are
    /// read, too. If that does not work, it is not the time to say so.
    pub(super) fn reading_ahead(ui: &Ui, manifests: &ManifestArgs, server: &ServerArgs, shard: &ShardArgs) -> Self {
        let mut clients = Self::default();
        // The embedded GitLab is not there yet; another shard may have the project; what comes through a pipe comes once.
        let is_shared = shard.check().is_err() || shard.chosen().is_some();
        if server.is_embedded() || is_shared || !server.files().iter().all(|path| path.is_file()) {
            return clients;
        }
        let paths = manifests.paths().unwrap_or_default();
        let length: u64 = paths.iter().filter_map(|path| Some(path.metadata().ok()?.len())).sum();
        if length < LONG {
            return clients;
        }
        let remote = Server::Remote(Keys::default());
        for Head { project, url } in paths.iter().take(AHEAD).filter_map(|path| Head::read(path)) {
            if let Ok(number) = clients.number(ui, &remote, server, url.as_ref()) {
                clients.get(number).read_ahead(&project);
            }
        }
        clients
    }

    /// The number of the client for a manifest that says that its GitLab is at `url`.
    pub(super) fn number(
        &mut self,
        ui: &Ui,
        server: &Server,
        args: &ServerArgs,
        url: Option<&url::Url>,
    ) -> Result<usize, Failure> {
        let settings = server.settings(args, url)?;
        if let Some(known) = self.0.iter().position(|client| server::is_same(client.url(), &settings.url)) {
            return Ok(known);
        }
        self.0.push(Client::new(Settings { observer: Some(observer(ui)), ..settings })?);
        Ok(self.0.len() - 1)
    }

    /// The one with this number.
    pub(super) fn get(&self, number: usize) -> &Client {
        &self.0[number]
    }
}
