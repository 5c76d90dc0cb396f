//! The plan that `apply PLAN` carries out: read, and held against the GitLab and the projects that it claims to be for.
//!
//! Whoever wrote the file must not gain by it: the url in it is never asked, unless it is the configured one.

use super::apply::Planned;
use super::args::{ApplyArgs, ServerArgs};
use super::clients::observer;
use super::failure::Failure;
use super::files;
use super::interrupt::stoppable;
use super::server::{self, Server};
use super::session::Found;
use crate::gitlab::{Client, Kind, Settings, TokenKind};
use crate::model::{Moment, Project, ProjectRef};
use crate::plan::{Address, Plan, ReadPlan};
use crate::ui::Ui;
use futures_util::{StreamExt, TryStreamExt, stream};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use url::Url;

/// Projects that are looked up at the same time.
const SIDE_BY_SIDE: usize = 32;

/// No plan is larger; a device that never ends is.
const MOST_BYTES: u64 = 1 << 30;

/// Reads the plan at `path`, and looks its projects up. Writes nothing.
pub(super) async fn open(ui: &Ui, path: &Path, args: &ApplyArgs) -> Result<Planned, Failure> {
    let now = Moment::new(jiff::Timestamp::now());
    let bytes = bytes(path).map_err(|error| Failure::plan_file(path, error))?;
    let ReadPlan { digest, projects, created_at: _ } =
        ReadPlan::from_json(&bytes).map_err(|error| Failure::bad_plan(path, error))?;
    drop(bytes);
    if let Some(expected) = args.expect_digest.as_ref().filter(|expected| **expected != digest) {
        return Err(Failure::other_digest(path, &digest, expected));
    }
    files::check(ui, &projects.iter().map(|(_, plan)| plan).collect::<Vec<_>>()).await?;
    let server = Server::open(&args.server).await?;
    let mut known: Vec<(Address, Client)> = Vec::new();
    let mut todo = Vec::with_capacity(projects.len());
    for (gitlab, plan) in projects {
        let client = if let Some((_, client)) = known.iter().find(|(other, _)| *other == gitlab) {
            client.clone()
        } else {
            let client = client(ui, &server, &args.server, path, &gitlab)?;
            known.push((gitlab, client.clone()));
            client
        };
        todo.push((client, plan));
    }
    let looks = todo.iter().map(|(client, plan)| look_up(&server, client, path, plan));
    let found: Vec<Project> = {
        let what = match todo.as_slice() {
            [(_, plan)] => plan.project.to_string(),
            many => format!("{} projects", many.len()),
        };
        let _progress = ui.reading(&format!("looking at {what}"), || (0, 0));
        stoppable(stream::iter(looks).buffered(SIDE_BY_SIDE).try_collect()).await??
    };
    let names = found.iter().map(ToString::to_string).collect();
    let (mut clients, mut plans) = (Vec::new(), Vec::new());
    for ((client, plan), project) in todo.into_iter().zip(found) {
        plans.push(Ok(Found { plan: Plan { project, ..plan }, releases: Vec::new() }));
        clients.push(client);
    }
    Ok(Planned { server, clients, plans, names, digest: Some(digest), now })
}

fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    let too_large = || io::Error::new(io::ErrorKind::FileTooLarge, "it is larger than 1 GiB");
    let file = File::open(path)?;
    if file.metadata()?.len() > MOST_BYTES {
        return Err(too_large());
    }
    // A pipe has no length, and a file may grow.
    let mut bytes = Vec::new();
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST_BYTES { Err(too_large()) } else { Ok(bytes) }
}

/// A client for the configured GitLab, if that is the one that the plan is for.
fn client(ui: &Ui, server: &Server, args: &ServerArgs, path: &Path, planned: &Address) -> Result<Client, Failure> {
    let settings = match planned {
        Address::Sandbox if server.is_embedded() => server.settings(args, None)?,
        Address::Sandbox => return Err(Failure::made_for_sandbox(path)),
        Address::Gitlab(_) if server.is_embedded() => {
            return Err(Failure::not_made_for_sandbox(path, &planned.to_string()));
        }
        Address::Gitlab(url) => {
            let other = |configured: &str| Failure::other_gitlab(path, &planned.to_string(), configured);
            // The same rule as for a manifest's url; but here the flag must agree, too, and so must a run without token.
            let settings = match server.settings(args, Some(url)) {
                Err(Failure::ForeignUrl { trusted, manifest: _ }) => return Err(other(&trusted)),
                settings => settings?,
            };
            let configured = if settings.token.is_some() { settings.url.clone() } else { default_url(server, args)? };
            if server::shown(&configured) != planned.to_string() {
                return Err(other(&server::shown(&configured)));
            }
            settings
        }
    };
    Ok(Client::new(Settings { observer: Some(observer(ui)), ..settings })?)
}

fn default_url(server: &Server, args: &ServerArgs) -> Result<Url, Failure> {
    Ok(server.settings(args, None)?.url)
}

/// The project as it is now, if it is the one that the plan is for. A job token can't see more than the plan knows; and of one
/// that is not written to, nobody has to know more.
async fn look_up(server: &Server, client: &Client, path: &Path, plan: &Plan) -> Result<Project, Failure> {
    let planned = &plan.project;
    if client.token_kind() == Some(TokenKind::Job) || plan.is_empty() {
        return Ok(planned.clone());
    }
    let found = client.project(&planned.reference).await.map_err(|error| match error.kind() {
        Kind::NotFound if server.is_embedded() => Failure::not_in_sandbox(&planned.reference),
        _ => error.into(),
    })?;
    let same_id = match planned.reference {
        ProjectRef::Id(_) => planned.reference == found.reference,
        ProjectRef::Path(_) => true,
    };
    // To GitLab, paths that differ only in case are the same.
    let same_path = match (&planned.path, &found.path) {
        (Some(planned), Some(found)) => planned.eq_ignore_ascii_case(found),
        _ => true,
    };
    if same_id && same_path { Ok(found) } else { Err(Failure::other_project(path, planned, &found)) }
}
