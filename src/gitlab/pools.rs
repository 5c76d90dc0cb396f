//! Connections: those to GitLab, for answers and for files, and those to other hosts, which know no token.

use crate::gitlab::{Authorities, Error, Kind};
use crate::http::{Connection, Unfit};
use reqwest::Client;
use std::net::SocketAddr;
use std::sync::OnceLock;
use std::time::Duration;
use url::Url;

/// How connections to GitLab, and to other hosts, are made.
pub(super) struct Pools {
    /// GitLab's address.
    pub(super) url: Url,
    /// Where it answers, if that is elsewhere.
    pub(super) answers_at: Option<SocketAddr>,
    /// Whether a token goes with requests to it.
    pub(super) has_token: bool,
    /// Whether http to it is fine if it is another machine.
    pub(super) insecure_http: bool,
    /// Whom to trust beside the system's own authorities.
    pub(super) authorities: Authorities,
    /// How long setting up may take.
    pub(super) connect_timeout: Duration,
    /// How long the other side may stay silent.
    pub(super) timeout: Duration,
    /// Made when the first file is asked for.
    pub(super) files: OnceLock<Client>,
    /// Made when the first file is sent.
    pub(super) uploads: OnceLock<Client>,
    /// Made when the first of them is elsewhere.
    pub(super) elsewhere: OnceLock<Client>,
}

impl Pools {
    /// Connections for what GitLab answers: JSON, mostly compressed.
    pub(super) fn for_answers(&self) -> Result<Client, Error> {
        self.to_gitlab(Some(self.timeout)).pool().map_err(unfit)
    }

    /// Connections for GitLab's files, which are taken byte by byte as they are.
    pub(super) fn for_files(&self) -> Result<&Client, Error> {
        once(&self.files, || self.to_gitlab(Some(self.timeout)).pool_of_files())
    }

    /// Connections that files are sent over, which may take longer than GitLab may else stay silent.
    pub(super) fn for_uploads(&self) -> Result<&Client, Error> {
        once(&self.uploads, || self.to_gitlab(None).pool())
    }

    /// Connections to hosts that are not GitLab.
    pub(super) fn for_elsewhere(&self) -> Result<&Client, Error> {
        let Self { authorities, connect_timeout, timeout, .. } = self;
        once(&self.elsewhere, || Connection::pool_to_anybody(authorities.clone(), *connect_timeout, *timeout))
    }

    fn to_gitlab(&self, silence: Option<Duration>) -> Connection<'_> {
        let Self { url, answers_at, has_token, insecure_http, authorities, connect_timeout, .. } = self;
        Connection {
            url,
            answers_at: *answers_at,
            has_token: *has_token,
            insecure_http: *insecure_http,
            authorities: authorities.clone(),
            connect_timeout: *connect_timeout,
            timeout: silence,
        }
    }
}

fn once(cell: &OnceLock<Client>, pool: impl Fn() -> Result<Client, Unfit>) -> Result<&Client, Error> {
    if let Some(client) = cell.get() {
        return Ok(client);
    }
    let client = pool().map_err(unfit)?;
    Ok(cell.get_or_init(|| client))
}

fn unfit(unfit: Unfit) -> Error {
    Error::new(Kind::Settings, unfit.message).with_help(unfit.help.map(str::to_owned))
}
