//! The one project that a command looks at: from an argument, a manifest or the CI job.

use super::args::ServerArgs;
use super::clients::observer;
use super::failure::Failure;
use super::server::Server;
use crate::gitlab::{Client, Kind, Settings};
use crate::manifest::{self, Manifest};
use crate::model::{Project, ProjectId, ProjectRef, harmless};
use crate::ui::Ui;
use clap::Args;
use std::path::{Path, PathBuf};

/// Where a manifest is if nobody says where.
const MANIFEST: &str = "releases.toml";

/// Which project.
#[derive(Debug, Args)]
pub(super) struct ProjectArgs {
    /// The project's full path or number, such as group/app. By default the one that the manifest names, or the CI job's.
    #[arg(short, long, value_name = "PROJECT", value_parser = reference)]
    project: Option<ProjectRef>,

    /// The manifest that names the project and its GitLab, or its folder [default: releases.toml, if it is there]. With
    /// --project none is read unless it is given here.
    #[arg(short, long = "file", value_name = "FILE|DIR")]
    file: Option<PathBuf>,
}

/// A project, and who can be asked about it.
pub(super) struct Asked {
    /// Who answers; the embedded GitLab lives as long as this.
    pub(super) server: Server,
    pub(super) client: Client,
    pub(super) project: ProjectRef,
}

impl Asked {
    /// Finds out which project is meant, and on which GitLab. Asks it nothing yet.
    pub(super) async fn open(ui: &Ui, which: &ProjectArgs, args: &ServerArgs) -> Result<Self, Failure> {
        let manifest = which.manifest().map(|path| manifest::load(&path)).transpose()?;
        let (server, settings) = open(manifest.as_ref(), args).await?;
        let of_job = || server.project_of_job(&settings.url).map(|found| found.value);
        let project = which.project.clone().or_else(|| manifest?.project).or_else(of_job);
        let project = project.ok_or(Failure::WhichProject)?;
        let client = Client::new(Settings { observer: Some(observer(ui)), ..settings })?;
        Ok(Self { server, client, project })
    }

    /// What a request's error means here.
    pub(super) fn failure(&self, error: crate::gitlab::Error) -> Failure {
        match error.kind() {
            Kind::NotFound if self.server.is_embedded() && error.message().starts_with("Project") => {
                Failure::not_in_sandbox(&self.project)
            }
            _ => error.into(),
        }
    }
}

/// Who can be asked about more than one project. A manifest tells the GitLab if one is given.
pub(super) async fn client(ui: &Ui, which: &ProjectArgs, args: &ServerArgs) -> Result<(Server, Client), Failure> {
    let manifest = which.given_manifest().map(|path| manifest::load(&path)).transpose()?;
    let (server, settings) = open(manifest.as_ref(), args).await?;
    let client = Client::new(Settings { observer: Some(observer(ui)), ..settings })?;
    Ok((server, client))
}

async fn open(manifest: Option<&Manifest>, args: &ServerArgs) -> Result<(Server, Settings), Failure> {
    let server = Server::open(args).await?;
    let settings = server.settings(args, manifest.and_then(|manifest| manifest.url.as_ref()))?;
    Ok((server, settings))
}

impl ProjectArgs {
    fn manifest(&self) -> Option<PathBuf> {
        let there = || Some(PathBuf::from(MANIFEST)).filter(|path| self.project.is_none() && Path::exists(path));
        self.given_manifest().or_else(there)
    }

    fn given_manifest(&self) -> Option<PathBuf> {
        let file = self.file.as_ref()?;
        Some(if file.is_dir() { file.join(MANIFEST) } else { file.clone() })
    }
}

/// A project as people write it.
pub(super) fn reference(text: &str) -> Result<ProjectRef, String> {
    if let Ok(id @ 1..) = text.parse() {
        return Ok(ProjectRef::Id(ProjectId(id)));
    }
    let is_part = |part: &str| !part.is_empty() && !part.contains(char::is_whitespace);
    if text.contains("://") {
        Err("this is a url; write the project as group/app, and its GitLab with --url".to_owned())
    } else if text.contains('/') && text.split('/').all(is_part) {
        Ok(ProjectRef::Path(text.to_owned()))
    } else {
        Err("write it as in the project's address: group/app, group/subgroup/app".to_owned())
    }
}

/// Says so if a project is no longer where it was looked for; a job token is not told where it is now.
pub(super) fn moved(asked: &ProjectRef, found: &Project) -> Option<String> {
    let ProjectRef::Path(asked) = asked else { return None };
    let now = match (&found.path, &found.reference) {
        (Some(path), _) if path.eq_ignore_ascii_case(asked) => return None,
        (Some(path), ProjectRef::Id(id)) => format!("{path} (id {id})"),
        (None, ProjectRef::Id(id)) => format!("project {id}"),
        (_, ProjectRef::Path(_)) => return None,
    };
    Some(format!("Note: {} has moved, and is {} now.", harmless(asked), harmless(&now)))
}
