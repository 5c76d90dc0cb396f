//! `relsync import gitlab`: the releases, links and milestones of a GitLab project.

use super::args::GitlabArgs;
use super::group;
use super::target::Target;
use super::told;
use crate::cli::clients::observer;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::interrupt::stoppable;
use crate::cli::project::moved;
use crate::cli::server::Server;
use crate::gitlab::{Client, Kind, Settings};
use crate::import::{self, FromGitlab};
use crate::model::{Current, Project, ProjectRef, harmless};
use crate::snapshot;
use crate::ui::Ui;

pub(super) async fn run(ui: &Ui, args: GitlabArgs) -> Result<Exit, Failure> {
    if let Some(group) = &args.group {
        return group::run(ui, &args, group).await;
    }
    let target = Target::open(&args.into)?;
    let server = Server::open(&args.server).await?;
    let settings =
        server.settings(&args.server, target.manifest.as_ref().and_then(|manifest| manifest.url.as_ref()))?;
    let declared = target.manifest.as_ref().and_then(|manifest| manifest.project.as_ref());
    let of_job = || server.project_of_job(&settings.url).map(|found| found.value);
    let asked = args.project.as_ref().or(declared).cloned().or_else(of_job);
    let asked = asked.ok_or_else(|| Failure::nothing_to_import(&target.path))?;
    let client = Client::new(Settings { observer: Some(observer(ui)), ..settings })?;
    let current = read(ui, &server, &client, &asked).await?;
    // Asked for by the manifest's own name for it, it is the manifest's project wherever it is now.
    let other = declared.filter(|declared| declared.is_same(&asked) != Some(true));
    if let Some(declared) = other.filter(|declared| is_another(declared, &current.project)) {
        return Err(Failure::of_another_project(&target.path, declared, &asked));
    }
    if let Some(note) = moved(&asked, &current.project) {
        ui.note(&note);
    }
    let is_elsewhere = !server.is_embedded() && client.url().as_str() != "https://gitlab.com/";
    let found = import::from_gitlab(&current, &asked, is_elsewhere.then(|| client.url().clone()));
    let written = target.import(ui, &args.into, &found.imported)?;
    told::written(ui, &target, &current.project.to_string(), &written);
    if written.releases > 0 {
        stays_behind(ui, &found);
    }
    if found.milestones_unread {
        let whose = if current.by_job_token { "a CI job token" } else { "this token" };
        ui.warn(&format!("No milestones are declared: {whose} can't read them. Releases name theirs."));
    }
    if let (Some(_), None, ProjectRef::Path(path)) = (&target.manifest, declared, &asked) {
        let manifest = target.path.to_string_lossy();
        ui.note(&format!(
            "Note: {} names no project; for this one, write `path = \"{}\"` under [project].",
            harmless(&manifest),
            harmless(path)
        ));
    }
    told::next(ui, &target, "there should be nothing to do");
    Ok(Exit::Done)
}

async fn read(ui: &Ui, server: &Server, client: &Client, project: &ProjectRef) -> Result<Current, Failure> {
    let counted = client.clone();
    let _progress = ui.reading(&format!("reading the releases of {project}"), move || counted.releases_read());
    let read = stoppable(snapshot::read_readable(client, project)).await?;
    read.map_err(|error| match error.kind() {
        Kind::NotFound if server.is_embedded() => Failure::not_in_sandbox(project),
        _ => error.into(),
    })
}

/// Whether `declared` surely is another project than the one that was read.
fn is_another(declared: &ProjectRef, read: &Project) -> bool {
    let by_path = || {
        let path = ProjectRef::Path(read.path.clone()?);
        declared.is_same(&path)
    };
    declared.is_same(&read.reference).or_else(by_path) == Some(false)
}

/// What of a project no manifest has words for.
fn stays_behind(ui: &Ui, found: &FromGitlab) {
    let FromGitlab { imported: _, with_evidence, of_groups, milestones_unread: _ } = found;
    if *with_evidence > 0 {
        ui.note(&format!("Not carried over: the evidence of {}.", told::counted(*with_evidence, "release")));
    }
    if !of_groups.is_empty() {
        let titles: Vec<&str> = of_groups.iter().map(String::as_str).collect();
        ui.note(&format!("Named but not declared, as they are the group's: milestones {}.", told::named(&titles)));
    }
}
