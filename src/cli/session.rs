//! The manifests of a run, the projects they are for, and clients that may ask GitLab about them.

use super::args::{FilterArgs, ManifestArgs, ServerArgs};
use super::failure::Failure;
use super::interrupt::stoppable;
use super::server::{self, Server};
use crate::gitlab::{Client, Kind, Observer, Settings, Wait};
use crate::manifest::{self, Manifest};
use crate::model::{Current, Desired, Moment, Project, ProjectRef, TagName, harmless};
use crate::plan::{Address, Plan, SavedPlan, Selection};
use crate::report::Listed;
use crate::snapshot::{self, Doubts, Interest};
use crate::ui::Ui;
use futures_util::{StreamExt, stream};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Projects read at the same time; each reads several pages side by side.
const SIDE_BY_SIDE: usize = 4;

/// What a command works with.
pub(super) struct Session {
    pub(super) server: Server,
    pub(super) sites: Vec<Site>,
    pub(super) selection: Selection,
    /// When the run began: what is upcoming or historical is judged by one moment.
    pub(super) now: Moment,
}

/// What was made of what a project has.
pub(super) struct Found {
    pub(super) plan: Plan,
    /// Every release it has, if that was asked for.
    pub(super) releases: Vec<Listed>,
}

/// A manifest and its project.
pub(super) struct Site {
    pub(super) client: Client,
    pub(super) manifest: Manifest,
    pub(super) project: ProjectRef,
}

/// Tells of a client's waits.
pub(super) fn observer(ui: &Ui) -> Observer {
    let show = ui.wait_observer();
    Arc::new(move |wait: &Wait| show(wait.how_long, &wait.why, wait.is_for_limit))
}

/// Reads the manifests at `paths`. All that is wrong with any of them is said.
pub(super) fn load(ui: &Ui, paths: Vec<PathBuf>) -> Result<Vec<Manifest>, Failure> {
    let mut last_error = None;
    let mut manifests = Vec::new();
    for path in paths {
        match manifest::load(&path) {
            Ok(manifest) => manifests.push(manifest),
            Err(error) => {
                if let Some(earlier) = last_error.replace(error) {
                    ui.error(&earlier);
                    ui.gap();
                }
            }
        }
    }
    last_error.map_or(Ok(manifests), |error| Err(error.into()))
}

/// The manifests of a run, and which of their releases it is about.
pub(super) fn wishes(
    ui: &Ui,
    manifests: &ManifestArgs,
    filter: &FilterArgs,
) -> Result<(Vec<Manifest>, Selection), Failure> {
    let mut manifests = load(ui, manifests.paths()?)?;
    let selection = filter.select.selection()?;
    if filter.max_deletes.is_some() && manifests.len() > 1 {
        return Err(Failure::MaxDeletesOfMany);
    }
    for manifest in &mut manifests {
        let policy = &mut manifest.desired.policy;
        policy.max_deletes = filter.max_deletes.unwrap_or(policy.max_deletes);
    }
    Ok((manifests, selection))
}

impl Session {
    /// Reads the manifests, and finds the server and the token. Asks GitLab nothing yet.
    pub(super) async fn open(
        ui: &Ui,
        manifests: &ManifestArgs,
        server: &ServerArgs,
        filter: &FilterArgs,
    ) -> Result<Self, Failure> {
        let (manifests, selection) = wishes(ui, manifests, filter)?;
        let args = server;
        let gitlab = Server::open(args).await?;
        let mut sites: Vec<Site> = Vec::with_capacity(manifests.len());
        for manifest in manifests {
            let settings = gitlab.settings(args, manifest.url.as_ref())?;
            let of_job = || gitlab.project_of_job(&settings.url).map(|found| found.value);
            let project = manifest.project.clone().or_else(of_job);
            let project = project.ok_or_else(|| Failure::no_project(&manifest.path))?;
            let known = sites
                .iter()
                .find(|site| server::is_same(site.client.url(), &settings.url))
                .map(|site| site.client.clone());
            let client =
                known.map_or_else(|| Client::new(Settings { observer: Some(observer(ui)), ..settings }), Ok)?;
            let site = Site { client, manifest, project };
            if let Some(other) = sites.iter().find(|other| other.is_same(&site.client, &site.project)) {
                return Err(site.doubled(other));
            }
            sites.push(site);
        }
        Ok(Self { server: gitlab, sites, selection, now: Moment::new(jiff::Timestamp::now()) })
    }

    /// Reads what GitLab has and compares, project by project. A project that can't be read does not keep the others
    /// from it. `listed`: all of their releases are of interest.
    pub(super) async fn plans(&self, ui: &Ui, listed: bool) -> Result<Vec<Result<Found, Failure>>, Failure> {
        let read = self.read_all(ui, &[]).await?;
        let found = self.sites.iter().zip(read).map(|(site, current)| {
            let (current, desired) = (current?, &site.manifest.desired);
            let plan = Plan::new(desired, &current, &self.selection, self.now);
            let releases = if listed { Listed::all([desired], &current, self.now) } else { Vec::new() };
            Ok(Found { plan, releases })
        });
        Ok(found.collect())
    }

    /// Reads what GitLab has, project by project, as well as it has to be known for the manifests and for what there is
    /// `beside` them: nothing, or one for each.
    pub(super) async fn read_all(
        &self,
        ui: &Ui,
        beside: &[&Desired],
    ) -> Result<Vec<Result<Current, Failure>>, Failure> {
        let what = match self.sites.as_slice() {
            [site] => site.project.to_string(),
            sites => format!("{} projects", sites.len()),
        };
        let reads = self.sites.iter().enumerate().map(|(index, site)| self.read(site, beside.get(index).copied()));
        // Sites on one GitLab share what they count. Of many projects nobody knows how many releases they have together.
        let is_first = |(index, site): &(usize, &Site)| {
            !self.sites[..*index].iter().any(|earlier| server::is_same(earlier.client.url(), site.client.url()))
        };
        let clients: Vec<_> =
            self.sites.iter().enumerate().filter(is_first).map(|(_, site)| site.client.clone()).collect();
        let is_alone = self.sites.len() == 1;
        let count = move || {
            let counts = clients.iter().map(Client::releases_read);
            let (read, of) = counts.fold((0, 0), |(read, of), (more, all)| (read + more, of + all));
            (read, if is_alone { of } else { 0 })
        };
        let progress = ui.reading(&format!("reading the releases of {what}"), count);
        let read: Vec<Result<Current, Failure>> =
            stoppable(stream::iter(reads).buffered(SIDE_BY_SIDE).collect()).await?;
        // What is said from here on is to be seen, and not folded away.
        drop(progress);
        self.refuse_doubled(&read)?;
        for (site, current) in self.sites.iter().zip(&read).filter_map(|(site, read)| Some((site, read.as_ref().ok()?)))
        {
            if let Some(note) = site.moved(&current.project) {
                ui.note(&note);
            }
        }
        self.refuse_idle_words(ui, &read, beside)?;
        Ok(read)
    }

    /// Every file of the manifests.
    pub(super) fn files(&self) -> Vec<&Path> {
        self.sites.iter().flat_map(|site| &site.manifest.desired.files).map(Path::new).collect()
    }

    /// The projects as the manifests name them.
    pub(super) fn names(&self) -> Vec<String> {
        self.sites.iter().map(|site| site.project.to_string()).collect()
    }

    /// What is to be saved of `plans`, each of which comes with its site's index.
    pub(super) fn to_save<'p>(&self, plans: impl IntoIterator<Item = (usize, &'p Plan)>) -> SavedPlan {
        let address = |site: usize| {
            // The embedded GitLab's port is another one in each run.
            if self.server.is_embedded() {
                Address::Sandbox
            } else {
                Address::Gitlab(self.sites[site].client.url().clone())
            }
        };
        SavedPlan::new(plans.into_iter().map(|(site, plan)| (address(site), plan)), self.now)
    }

    /// A project's state, as well as it has to be known for what its manifest, and what is `beside` it, would change.
    pub(super) async fn read(&self, site: &Site, beside: Option<&Desired>) -> Result<Current, Failure> {
        let Site { client, manifest, project } = site;
        let wishes = || std::iter::once(&manifest.desired).chain(beside);
        let milestones = wishes().any(|desired| {
            !desired.milestones.is_empty()
                || desired.releases.iter().any(|r| r.milestones.as_ref().is_some_and(|m| !m.is_empty()))
        });
        let mut current =
            snapshot::read(client, project, Interest { milestones }).await.map_err(|error| match error.kind() {
                Kind::NotFound if self.server.is_embedded() => Failure::not_in_sandbox(project),
                _ => error.into(),
            })?;
        if manifest.project.is_none() && current.project.path.is_none() {
            // To a job token GitLab does not tell it, but the job knows.
            current.project.path = server::path_of_job();
        }
        let mut doubts = Doubts::default();
        for desired in wishes() {
            let first = Plan::new(desired, &current, &self.selection, self.now);
            doubts.releases.extend(first.milestone_updates());
            doubts.tags.extend(first.tag_names());
        }
        let mut known = HashSet::new();
        doubts.releases.retain(|tag| known.insert(tag.clone()));
        if doubts != Doubts::default() {
            snapshot::look_again(client, &mut current, doubts).await?;
        }
        Ok(current)
    }

    /// Two names of one project are only found out once it has been read; and with a job token not even then.
    fn refuse_doubled(&self, read: &[Result<Current, Failure>]) -> Result<(), Failure> {
        let known = || self.sites.iter().zip(read).filter_map(|(site, read)| Some((site, read.as_ref().ok()?)));
        for (index, (site, current)) in known().enumerate() {
            let here = known().take(index).filter(|(other, _)| server::is_same(other.client.url(), site.client.url()));
            for (other, earlier) in here {
                let [first, second] = [&other.manifest.path, &site.manifest.path];
                match earlier.project.is_same(&current.project) {
                    Some(true) => return Err(Failure::same_project(&site.project, first, second)),
                    Some(false) => {}
                    None => return Err(Failure::perhaps_same_project(&site.project, first, second)),
                }
            }
        }
        Ok(())
    }

    fn refuse_idle_words(
        &self,
        ui: &Ui,
        read: &[Result<Current, Failure>],
        beside: &[&Desired],
    ) -> Result<(), Failure> {
        if read.iter().any(Result::is_err) {
            return Ok(());
        }
        let desired = self.sites.iter().map(|site| &site.manifest.desired).chain(beside.iter().copied());
        let wished = desired.flat_map(|desired| &desired.releases).map(|release| &release.tag_name);
        let live = read.iter().flatten().flat_map(|current| current.releases.keys());
        let tags: Vec<&TagName> = wished.chain(live).collect();
        for word in self.selection.idle_ignored(&tags) {
            ui.note(&format!("Note: `--ignore {}` names no release.", harmless(&word)));
        }
        match self.selection.idle_words(&tags).into_iter().next() {
            Some(word) => Err(Failure::nothing_selected(&word)),
            None => Ok(()),
        }
    }
}

impl Site {
    fn is_same(&self, client: &Client, project: &ProjectRef) -> bool {
        server::is_same(self.client.url(), client.url()) && self.project.is_same(project) == Some(true)
    }

    /// Says so if the project is no longer where it was looked for; a job token is not told where it is now.
    fn moved(&self, found: &Project) -> Option<String> {
        let ProjectRef::Path(asked) = &self.project else { return None };
        let now = match (&found.path, &found.reference) {
            (Some(path), _) if path.eq_ignore_ascii_case(asked) => return None,
            (Some(path), ProjectRef::Id(id)) => format!("{path} (id {id})"),
            (None, ProjectRef::Id(id)) => format!("project {id}"),
            (_, ProjectRef::Path(_)) => return None,
        };
        Some(format!("Note: {} has moved, and is {} now.", harmless(asked), harmless(&now)))
    }

    fn doubled(&self, other: &Self) -> Failure {
        Failure::same_project(&self.project, &other.manifest.path, &self.manifest.path)
    }
}
