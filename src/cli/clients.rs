//! The clients of a run, one for each GitLab that its manifests are about, and what they are asked before all manifests have
//! been read.

use super::args::ServerArgs;
use super::failure::Failure;
use super::manifests::ManifestArgs;
use super::server::{self, Server};
use super::session::observer;
use super::shard::ShardArgs;
use crate::gitlab::{Client, Settings};
use crate::manifest::Head;
use crate::ui::Ui;
use std::collections::HashMap;
use url::Url;

/// Projects whose releases are read ahead: as many as are asked about at once.
const AHEAD: usize = 32;

/// Manifests of so many bytes take a noticeable time to read. Shorter ones are right before GitLab hears anything.
const LONG: u64 = 512 << 10;

/// Clients by their number.
#[derive(Default)]
pub(super) struct Clients {
    all: Vec<Client>,
    /// By what a manifest says of where its GitLab is. A token is read once, as it may come from a pipe.
    by_url: HashMap<Option<Url>, usize>,
}

impl Clients {
    /// Those of long manifests that say early what they are about: while all of each is read, its project's releases are
    /// read, too. If that does not work, it is not the time to say so.
    pub(super) fn reading_ahead(ui: &Ui, manifests: &ManifestArgs, server: &ServerArgs, shard: &ShardArgs) -> Self {
        let mut clients = Self::default();
        // The embedded GitLab is not there yet; another shard may have the project; what comes through a pipe comes once.
        if server.is_embedded() || shard.chosen().is_some() || !server.files().iter().all(|path| path.is_file()) {
            return clients;
        }
        let paths = manifests.paths().unwrap_or_default();
        let length: u64 = paths.iter().filter_map(|path| Some(path.metadata().ok()?.len())).sum();
        if length < LONG {
            return clients;
        }
        for Head { project, url } in paths.iter().take(AHEAD).filter_map(|path| Head::read(path)) {
            if let Ok(number) = clients.number(ui, &Server::Remote, server, url.as_ref()) {
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
        url: Option<&Url>,
    ) -> Result<usize, Failure> {
        let said = url.cloned();
        if let Some(known) = self.by_url.get(&said) {
            return Ok(*known);
        }
        let settings = server.settings(args, url)?;
        let known = self.all.iter().position(|client| server::is_same(client.url(), &settings.url));
        if known.is_none() {
            self.all.push(Client::new(Settings { observer: Some(observer(ui)), ..settings })?);
        }
        let number = known.unwrap_or(self.all.len() - 1);
        self.by_url.insert(said, number);
        Ok(number)
    }

    /// The one with this number.
    pub(super) fn get(&self, number: usize) -> &Client {
        &self.all[number]
    }
}
