//! `relsync doctor`: what apply will need, looked at before a migration, on one screen. Only reads.
//!
//! [`server`] looks at a GitLab and a token, [`project`] at a project; what they find goes onto one [`page`].

mod page;
mod project;
mod server;

use super::args::DoctorArgs;
use super::exit::Exit;
use super::failure::Failure;
use super::interrupt::stoppable;
use super::server::{Contact, Server};
use crate::gitlab::{Client, Settings};
use crate::manifest::{self, Manifest};
use crate::ui::Ui;
use page::{Finding, Page, Verdict};
use std::path::Path;
use std::time::Duration;

/// A GitLab to look at, and the manifests for projects on it.
struct Visit<'a> {
    contact: Contact,
    client: Client,
    manifests: Vec<Option<&'a Manifest>>,
}

pub(super) async fn run(ui: &Ui, args: DoctorArgs) -> Result<Exit, Failure> {
    let server = Server::open(&args.server).await?;
    let mut page = Page::default();
    let manifests = manifests(ui, &args, &mut page)?;
    {
        let _progress = ui.reading("asking GitLab", || (0, 0));
        stoppable(async {
            for visit in visits(&server, &args, &manifests, &mut page) {
                look(&server, &visit, &mut page).await;
            }
        })
        .await?;
    }
    ui.out(&page.render()).map_err(Failure::Output)?;
    Ok(if page.is_good() { Exit::Done } else { Exit::Failed })
}

/// The manifests that can be used. What is wrong with others is shown as `validate` does.
fn manifests(ui: &Ui, args: &DoctorArgs, page: &mut Page) -> Result<Vec<Manifest>, Failure> {
    let mut manifests = Vec::new();
    for path in args.manifest.paths()? {
        let name = path.to_string_lossy().into_owned();
        match manifest::load_all(&path) {
            Ok(more) => {
                let count = more.iter().map(|manifest| manifest.desired.releases.len()).sum::<usize>();
                let releases = if count == 1 { "release" } else { "releases" };
                let of = if more.len() == 1 { String::new() } else { format!(" of {} projects", more.len()) };
                page.add(Finding::new(Verdict::Good, "manifest", format!("{name}: {count} {releases}{of}")));
                manifests.extend(more);
            }
            Err(_) if !path.exists() => {
                let missing = Finding::new(Verdict::Bad, "manifest", format!("there is no {name}"));
                page.add(missing.advice("write one, or name another with -f; the rest is looked at without it"));
            }
            Err(error) => {
                ui.error(&error);
                ui.gap();
                let broken = Finding::new(Verdict::Bad, "manifest", format!("{name} can't be used as it is"));
                page.add(broken.advice("correct what is said above; `relsync validate` says it again"));
            }
        }
    }
    Ok(manifests)
}

/// Each GitLab that the manifests are for; without a manifest the one that the environment names.
fn visits<'a>(server: &Server, args: &DoctorArgs, manifests: &'a [Manifest], page: &mut Page) -> Vec<Visit<'a>> {
    let mut visits: Vec<Visit<'a>> = Vec::new();
    let manifests = if manifests.is_empty() { vec![None] } else { manifests.iter().map(Some).collect() };
    for manifest in manifests {
        let contact = match server.contact(&args.server, manifest.and_then(|manifest| manifest.url.as_ref())) {
            Ok(contact) => contact,
            Err(failure) => {
                page.add(Finding::failed(subject(&failure), &failure));
                continue;
            }
        };
        match visits.iter_mut().find(|visit| *visit.client.url() == contact.settings.url) {
            Some(visit) => visit.manifests.push(manifest),
            None => match Client::new(impatient(&contact)) {
                Ok(client) => visits.push(Visit { contact, client, manifests: vec![manifest] }),
                Err(error) => page.add(Finding::failed("url", &error)),
            },
        }
    }
    visits
}

/// Nothing is tried again: what can't be had now is what doctor is to say.
fn impatient(contact: &Contact) -> Settings {
    Settings { retry_for: Duration::ZERO, ..contact.settings.clone() }
}

/// What a failure to find out whom to ask is about.
fn subject(failure: &Failure) -> &'static str {
    match failure {
        Failure::TokenFile { .. } | Failure::BadToken { .. } => "token",
        Failure::AuthorityFile { .. } | Failure::NoAuthority { .. } => "tls",
        _ => "url",
    }
}

async fn look(server: &Server, visit: &Visit<'_>, page: &mut Page) {
    let arrival = server::arrive(visit, page).await;
    let identity = server::token(visit, &arrival, page).await;
    let (mut told, mut tier) = (arrival.told, arrival.tier);
    for manifest in &visit.manifests {
        let named = manifest.map_or(Path::new("releases.toml"), |manifest| &manifest.path);
        let Some(project) = project::named(server, *manifest, visit) else {
            page.add(Finding::failed("project", &Failure::no_project(named)));
            continue;
        };
        if !arrival.is_open {
            let text = format!("{}, from {}; it was not asked for", project.value, project.from);
            page.add(Finding::new(Verdict::Note, "project", text));
            continue;
        }
        if let Some(seen) = project::look(server, visit, &project, *manifest, identity.as_ref(), page).await {
            told = told.or(Some(seen.0));
            tier = tier.or(seen.1);
        }
    }
    if arrival.is_open {
        let releases = visit.manifests.iter().flatten().map(|manifest| manifest.desired.releases.len()).max();
        page.add(project::tier(tier, &visit.manifests));
        page.add(server::limits(told.as_ref(), releases.unwrap_or_default()));
        page.add(server::clock(told.as_ref()));
    }
}
