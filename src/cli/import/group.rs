//! `relsync import gitlab --group`: the projects of a group, as a fleet.

use super::args::GitlabArgs;
use super::known::Known;
use super::target::Target;
use super::told;
use crate::cli::clients::observer;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::interrupt::stoppable;
use crate::cli::server::{self, Server};
use crate::gitlab::{Client, Error, Kind, Settings};
use crate::import::{self, Fleet, FleetEntry, Written};
use crate::model::{Current, Project, ProjectRef, harmless};
use crate::snapshot;
use crate::ui::Ui;
use futures_util::{StreamExt, stream};
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Projects whose reading is begun at the same time. How many requests that comes to, the client decides.
const SIDE_BY_SIDE: usize = 64;

pub(super) async fn run(ui: &Ui, args: &GitlabArgs, group: &str) -> Result<Exit, Failure> {
    let (target, manifests) = Target::open_fleet(&args.into)?;
    let fleet = Fleet::new(target.text().map(str::to_owned))?;
    let server = Server::open(&args.server).await?;
    let url = manifests.iter().find_map(|manifest| manifest.url.as_ref());
    let client = Client::new(Settings { observer: Some(observer(ui)), ..server.settings(&args.server, url)? })?;
    let projects = {
        let _progress = ui.reading(&format!("reading the projects of {group}"), || (0, 0));
        stoppable(client.projects_of_group(group)).await??
    };
    let found = projects.len();
    let mut known = Known::of(&manifests, &client);
    for note in stoppable(known.follow(&client, &projects)).await?? {
        ui.note(&note);
    }
    let mut new: Vec<Project> = projects.into_iter().filter(|project| !known.has(project)).collect();
    new.sort_by(|one, other| one.path.cmp(&other.path));
    let known = found - new.len();
    let read = read(ui, &client, &new).await?;

    let is_elsewhere = !server.is_embedded() && client.url().as_str() != "https://gitlab.com/";
    // What a fleet's projects share, a new one of them says for itself where it is not true of it.
    let own_url = match (target.text(), fleet.url()) {
        (Some(_), Some(shared)) if !server.is_embedded() && !server::is_same(shared, client.url()) => {
            Some(client.url())
        }
        (Some(_), None) if is_elsewhere => Some(client.url()),
        _ => None,
    };
    let (mut entries, mut unread, mut without) = (Vec::<(String, FleetEntry)>::new(), Vec::new(), 0);
    let (mut evidence, mut of_groups, mut without_milestones) = (0, HashSet::new(), Vec::new());
    for (project, current) in new.iter().zip(read) {
        let name = project.to_string();
        match current {
            Ok(current) if current.releases.is_empty() => without += 1,
            Ok(current) => {
                let path = ProjectRef::Path(name.clone());
                let found = import::from_gitlab(&current, &path, own_url.cloned());
                if found.milestones_unread {
                    without_milestones.push(name.clone());
                }
                evidence += found.with_evidence;
                of_groups.extend(found.of_groups);
                let files = target.files_in(&[&import::notes_folder(&name)])?;
                entries.push((name, fleet.entry(&path, &found.imported, files, args.into.options())?));
            }
            // Releases can be turned off, or be for members only.
            Err(error) if matches!(error.kind(), Kind::NotFound | Kind::Forbidden) => unread.push(name),
            Err(error) => return Err(error.into()),
        }
    }
    let warn = |what: &str, names: &[String], why: &str| {
        if !names.is_empty() {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            ui.warn(&format!("{what}{}{why}.", told::named(&names)));
        }
    };
    warn("Left out, as their releases can't be read: ", &unread, "");
    if entries.is_empty() && target.text().is_none() {
        return Err(Failure::nothing_in_group(group, !unread.is_empty()));
    }
    let written = written(&fleet, &entries, is_elsewhere.then(|| client.url()))?;
    if !entries.is_empty() {
        target.put(ui, &written)?;
    }
    tell(ui, &target, group, &entries);
    let note = |count: usize, what: &str| {
        if count > 0 {
            ui.note(&format!("{}: {}.", told::counted(count, "project"), what));
        }
    };
    note(known, "there already, and left as they are (`relsync plan` tells what is not in the manifest)");
    note(without, "without releases, and left out");
    warn("No milestones are declared of ", &without_milestones, ": this token can't read them. Releases name theirs");
    if evidence > 0 {
        ui.note(&format!("Not carried over: the evidence of {}.", told::counted(evidence, "release")));
    }
    if !of_groups.is_empty() {
        ui.note("Milestones of groups are named by releases, but not declared: they are no project's own.");
    }
    if target.text().is_none() {
        told::next(ui, &target, "there should be nothing to do");
    }
    Ok(Exit::Done)
}

async fn read(ui: &Ui, client: &Client, projects: &[Project]) -> Result<Vec<Result<Current, Error>>, Failure> {
    let over = Arc::new(AtomicU64::new(0));
    let reads = projects.iter().map(|project| async {
        let read = snapshot::begin_readable(client, &project.reference).await;
        over.fetch_add(1, Ordering::Relaxed);
        read.map(|begun| begun.current)
    });
    let (count, all) = (Arc::clone(&over), projects.len() as u64);
    let what = format!("reading the releases of {all} projects");
    let _progress = ui.reading_of(("GitLab", "projects"), &what, move || (count.load(Ordering::Relaxed), all));
    stoppable(stream::iter(reads).buffered(SIDE_BY_SIDE).collect()).await
}

/// The fleet's new text, with the files beside it.
fn written(fleet: &Fleet, entries: &[(String, FleetEntry)], url: Option<&url::Url>) -> Result<Written, Failure> {
    let tables: Vec<FleetEntry> = entries.iter().map(|(_, entry)| entry.clone()).collect();
    let files = tables.iter().flat_map(|entry| entry.files.clone()).collect();
    Ok(Written { manifest: Some(fleet.with(&tables, url)?), files, ..Written::default() })
}

fn tell(ui: &Ui, target: &Target, group: &str, entries: &[(String, FleetEntry)]) {
    let (path, group) = (target.path.to_string_lossy(), harmless(group));
    let path = harmless(&path);
    let sum = |of: fn(&FleetEntry) -> usize| entries.iter().map(|(_, entry)| of(entry)).sum::<usize>();
    let (releases, milestones) = (sum(|entry| entry.releases), sum(|entry| entry.milestones));
    let milestones =
        if milestones == 0 { String::new() } else { format!(" and {}", told::counted(milestones, "milestone")) };
    let files = match sum(|entry| entry.files.len()) {
        0 => String::new(),
        count => format!(", with {} in notes/", told::counted(count, "file")),
    };
    let what = format!(
        "{} of {group} with {}{milestones}",
        told::counted(entries.len(), "project"),
        told::counted(releases, "release")
    );
    match target.text() {
        None => ui.note(&format!("Wrote {path}{files}: {what}.")),
        Some(_) if entries.is_empty() => ui.note(&format!("No project is new in {group}: {path} stays as it is.")),
        Some(_) => ui.note(&format!("Added {what} to {path}{files}.")),
    }
    for (name, entry) in entries {
        for line in told::left_out_lines(&entry.left_out) {
            ui.warn(&format!("{}: {line}", harmless(name)));
        }
    }
}
