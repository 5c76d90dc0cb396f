//! The manifests of a run, the projects they are for, and clients that may ask GitLab about them.

use super::args::{FilterArgs, ServerArgs};
use super::clients::Clients;
use super::failure::Failure;
use super::files;
use super::interrupt::stoppable;
use super::manifests::{self, ManifestArgs};
use super::project::moved;
use super::server::{self, Server};
use super::shard::{Chosen, ShardArgs};
use crate::gitlab::{Client, Kind};
use crate::manifest::{LookFor, Manifest};
use crate::model::{Current, Desired, DesiredRelease, Moment, Packages, Project, ProjectRef, TagName, harmless};
use crate::plan::{self, Address, Plan, SavedPlan, Selection};
use crate::report::Listed;
use crate::snapshot::{self, Doubts, Interest};
use crate::ui::Ui;
use futures_util::{StreamExt, stream};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::Hash;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Projects whose reading is begun at the same time. How many requests that comes to, the client decides.
const SIDE_BY_SIDE: usize = 64;

/// What a command works with.
pub(super) struct Session {
    pub(super) server: Server,
    pub(super) sites: Vec<Site>,
    /// Whether there are other shards, with more sites.
    pub(super) is_part: bool,
    pub(super) selection: Selection,
    /// What is asked of the files that releases bring along.
    pub(super) artifacts: Artifacts,
    /// When the run began: what is upcoming or historical is judged by one moment.
    pub(super) now: Moment,
}

/// What was made of what a project has.
pub(super) struct Found {
    pub(super) plan: Plan,
    /// Every release it has, if that was asked for.
    pub(super) releases: Vec<Listed>,
}

/// A project's state, and what its manifest would change.
pub(super) struct Read {
    pub(super) current: Current,
    pub(super) plan: Plan,
}

/// A manifest and its project.
pub(super) struct Site {
    pub(super) client: Client,
    /// Sites with the same number are on one GitLab, and have the same client.
    pub(super) gitlab: usize,
    pub(super) manifest: Manifest,
    pub(super) project: ProjectRef,
}

/// What becomes of the files that releases bring along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Artifacts {
    /// Those of the selected releases have to be there, and are read.
    Needed,
    /// Those of the selected releases are read where all of a release's are there.
    Welcome,
    /// Nobody looks for them.
    LeftAlone,
}

/// The manifests of a run, and which of their releases it is about. Files are only looked for where the run is about them: what
/// other shards upload may have been built for their jobs alone.
pub(super) async fn wishes(
    ui: &Ui,
    manifests: &ManifestArgs,
    filter: &FilterArgs,
    shard: &ShardArgs,
    artifacts: Artifacts,
) -> Result<(Vec<Manifest>, Selection), Failure> {
    let selection = filter.select.selection()?;
    shard.check()?;
    let looked_for = |project: Option<&ProjectRef>, tag: &TagName| match artifacts {
        Artifacts::Needed if selection.takes(tag) && shard.may_have(project) => LookFor::All,
        Artifacts::Welcome if selection.takes(tag) && shard.may_have(project) => LookFor::AllOrNothing,
        Artifacts::Needed | Artifacts::Welcome | Artifacts::LeftAlone => LookFor::Nothing,
    };
    let mut manifests = manifests::load(ui, &manifests.paths()?, &looked_for)?;
    if filter.max_deletes.is_some() && manifests.len() > 1 {
        return Err(Failure::MaxDeletesOfMany);
    }
    for manifest in &mut manifests {
        let policy = &mut manifest.desired.policy;
        policy.max_deletes = filter.max_deletes.unwrap_or(policy.max_deletes);
        policy.delete_packages = filter.delete_packages;
    }
    Ok((files::read(ui, manifests).await?, selection))
}

/// What is shared out: a project as it is named, and where.
pub(super) struct Sharer<'a, G> {
    pub(super) gitlab: G,
    pub(super) project: &'a ProjectRef,
    pub(super) manifest: &'a Path,
}

/// Leaves of `all` those whose project is in the shard that was chosen, and says so. One project under two names would be in
/// two shards, and none of them could tell.
pub(super) fn share<T, G: Eq + Hash>(
    ui: &Ui,
    shard: &ShardArgs,
    all: &mut Vec<T>,
    named: impl Fn(&T) -> Sharer<'_, G>,
) -> Result<(), Failure> {
    shard.check()?;
    let Some(Chosen { shard, from }) = shard.chosen() else { return Ok(()) };
    let (mut by_id, mut by_path) = (HashMap::new(), HashMap::new());
    for Sharer { gitlab, project, manifest } in all.iter().map(&named) {
        let (own, others) = match project {
            ProjectRef::Id(_) => (&mut by_id, &by_path),
            ProjectRef::Path(_) => (&mut by_path, &by_id),
        };
        if let Some(other) = others.get(&gitlab) {
            return Err(Failure::named_both_ways(*other, (project, manifest)));
        }
        own.entry(gitlab).or_insert((project, manifest));
    }
    let count = all.len();
    all.retain(|one| shard.has(named(one).project));
    let of = if count == 1 { "1 project".to_owned() } else { format!("{count} projects") };
    let rest = if all.is_empty() { ": nothing to do" } else { "" };
    // Even if it is to be quiet: who expects all projects has to know.
    ui.warn(&format!("Shard {shard}, by {from}: {} of {of}{rest}.", all.len()));
    Ok(())
}

impl Session {
    /// Reads the manifests, and finds the server and the token. GitLab may be asked for releases meanwhile.
    pub(super) async fn open(
        ui: &Ui,
        manifests: &ManifestArgs,
        server: &ServerArgs,
        filter: &FilterArgs,
        shard: &ShardArgs,
        artifacts: Artifacts,
    ) -> Result<Self, Failure> {
        let args = server;
        let mut clients = Clients::reading_ahead(ui, manifests, args, shard);
        let (manifests, selection) = wishes(ui, manifests, filter, shard, artifacts).await?;
        let server = Server::open(args).await?;
        let mut sites: Vec<Site> = Vec::with_capacity(manifests.len());
        for manifest in manifests {
            let gitlab = clients.number(ui, &server, args, manifest.url.as_ref())?;
            let client = clients.get(gitlab).clone();
            let of_job = || server.project_of_job(client.url()).map(|found| found.value);
            let project = manifest.project.clone().or_else(of_job);
            let project = project.ok_or_else(|| Failure::no_project(&manifest.path))?;
            sites.push(Site { client, gitlab, manifest, project });
        }
        let named = sites.iter().map(|site| Some(Project::unread(site.project.clone())));
        refuse_doubled(&sites, &named.collect::<Vec<_>>(), false)?;
        share(ui, shard, &mut sites, |Site { gitlab, project, manifest, .. }| Sharer {
            gitlab: *gitlab,
            project,
            manifest: &manifest.path,
        })?;
        let is_part = shard.chosen().is_some();
        Ok(Self { server, sites, is_part, selection, artifacts, now: Moment::new(jiff::Timestamp::now()) })
    }

    /// Reads what GitLab has and compares, project by project. A project that can't be read does not keep the others
    /// from it. `listed`: all of their releases are of interest.
    pub(super) async fn plans(&self, ui: &Ui, listed: bool) -> Result<Vec<Result<Found, Failure>>, Failure> {
        self.read_all(ui, &[], |site, Read { current, plan }| {
            let desired = &self.sites[site].manifest.desired;
            let releases = if listed { Listed::all([desired], &current, self.now) } else { Vec::new() };
            // That takes a while, which nobody has to wait for.
            drop(tokio::task::spawn_blocking(move || drop(current)));
            Found { plan, releases }
        })
        .await
    }

    /// Reads what GitLab has, project by project, as well as it has to be known for the manifests and for what there is
    /// `beside` them: nothing, or one for each. What `look` makes of each, told its site's index, is all that is kept: a fleet
    /// has more releases than have to be in memory together.
    pub(super) async fn read_all<T>(
        &self,
        ui: &Ui,
        beside: &[&Desired],
        look: impl Fn(usize, Read) -> T,
    ) -> Result<Vec<Result<T, Failure>>, Failure> {
        let (look, over) = (&look, Arc::new(AtomicU64::new(0)));
        let reads = self.sites.iter().enumerate().map(|(index, site)| {
            let over = Arc::clone(&over);
            async move {
                let read = self.read(site, beside.get(index).copied()).await;
                over.fetch_add(1, Ordering::Relaxed);
                read.map(|read| (self.seen(&read.current), look(index, read)))
            }
        });
        let progress = match self.sites.as_slice() {
            [site] => {
                let client = site.client.clone();
                ui.reading(&format!("reading the releases of {}", site.project), move || client.releases_read())
            }
            sites => {
                let (over, all) = (Arc::clone(&over), sites.len() as u64);
                let what = format!("reading the releases of {all} projects");
                ui.reading_of(("GitLab", "projects"), &what, move || (over.load(Ordering::Relaxed), all))
            }
        };
        let read: Vec<Result<(Seen, T), Failure>> =
            stoppable(stream::iter(reads).buffered(SIDE_BY_SIDE).collect()).await?;
        // What is said from here on is to be seen, and not folded away.
        drop(progress);
        let (seen, made): (Vec<_>, Vec<_>) = read
            .into_iter()
            .map(|read| match read {
                Ok((seen, made)) => (Some(seen), Ok(made)),
                Err(failure) => (None, Err(failure)),
            })
            .unzip();
        let projects: Vec<_> = seen.iter().map(|seen| Some(seen.as_ref()?.project.clone())).collect();
        refuse_doubled(&self.sites, &projects, true)?;
        for note in self.sites.iter().zip(&projects).filter_map(|(site, found)| moved(&site.project, found.as_ref()?)) {
            ui.note(&note);
        }
        if let Some(seen) = seen.into_iter().collect::<Option<Vec<_>>>() {
            self.refuse_idle_words(ui, &seen, beside)?;
        }
        Ok(made)
    }

    /// What has to be known of a project beyond what is made of it.
    fn seen(&self, current: &Current) -> Seen {
        let is_narrowed = self.selection.only.is_some() || self.selection.ignore.is_some();
        let tags = if is_narrowed { current.releases.keys().cloned().collect() } else { Vec::new() };
        Seen { project: current.project.clone(), tags }
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
            // Where the embedded GitLab says that it is, another one may serve.
            if self.server.is_embedded() {
                Address::Sandbox
            } else {
                Address::Gitlab(self.sites[site].client.url().clone())
            }
        };
        SavedPlan::new(plans.into_iter().map(|(site, plan)| (address(site), plan)), self.now)
    }

    /// A project's state, as well as it has to be known for what its manifest, and what is `beside` it, would change; and what
    /// the manifest would.
    pub(super) async fn read(&self, site: &Site, beside: Option<&Desired>) -> Result<Read, Failure> {
        let Site { client, gitlab: _, manifest, project } = site;
        let wishes = || std::iter::once(&manifest.desired).chain(beside);
        let declared = wishes().any(|desired| !desired.milestones.is_empty());
        let begun = snapshot::begin(client, project, Interest { milestones: declared }).await;
        let mut begun = begun.map_err(|error| match error.kind() {
            Kind::NotFound if self.server.is_embedded() => Failure::not_in_sandbox(project),
            _ => error.into(),
        })?;
        let complete = |current: &mut Current| {
            if manifest.project.is_none() && current.project.path.is_none() {
                // To a job token GitLab does not tell it, but the job knows.
                current.project.path = server::path_of_job();
            }
            current.packages = self.packages(client, &current.project);
        };
        let plan = |current: &Current| -> Vec<Plan> {
            wishes().map(|desired| Plan::new(desired, current, &self.selection, self.now)).collect()
        };
        complete(&mut begun.current);
        let mut plans = plan(&begun.current);
        // What packages are called takes the project's id.
        let looks_at_packages = wishes()
            .any(|desired| desired.policy.delete_packages || desired.releases.iter().any(|r| r.files.is_some()));
        if looks_at_packages || plans.iter().any(|plan| !plan.is_empty() || !plan.refusals.is_empty()) {
            let names_some = |r: &DesiredRelease| r.milestones.as_ref().is_some_and(|m| !m.is_empty());
            let milestones = declared || wishes().any(|desired| desired.releases.iter().any(names_some));
            begun.complete(client, Interest { milestones }).await?;
            complete(&mut begun.current);
            plans = plan(&begun.current);
        }
        let mut current = begun.current;
        let needs_package = |_: &&TagName| self.artifacts == Artifacts::Needed;
        if let Some(tag) = plan::without_package(&manifest.desired, &current.packages).filter(needs_package) {
            return Err(Failure::no_package(tag));
        }
        let wanted = plan::wanted_packages(&manifest.desired, &current.packages);
        if looks_at_packages {
            snapshot::read_packages(client, &mut current, &wanted).await?;
            plans = plan(&current);
        }
        let (mut doubts, mut is_settled) = (Doubts::default(), true);
        for (desired, first) in wishes().zip(&plans) {
            if desired.policy.delete_packages {
                let places = first.deletes().flat_map(|release| plan::places_of(release, &current.packages));
                let more: BTreeSet<_> = places.map(|place| place.of).filter(|of| !wanted.contains(of)).collect();
                snapshot::read_packages(client, &mut current, &more).await?;
                is_settled &= more.is_empty();
            }
            doubts.releases.extend(first.milestone_updates());
            doubts.tags.extend(first.tag_names());
        }
        let mut known = HashSet::new();
        doubts.releases.retain(|tag| known.insert(tag.clone()));
        if doubts != Doubts::default() {
            snapshot::look_again(client, &mut current, doubts).await?;
            is_settled = false;
        }
        if !is_settled {
            plans = plan(&current);
        }
        Ok(Read { current, plan: plans.swap_remove(0) })
    }

    /// How links name what is in a project's package registry. Whatever the embedded GitLab holds has numbers of its own.
    fn packages(&self, client: &Client, project: &Project) -> Packages {
        let of_job = if self.server.is_embedded() { None } else { server::id_of_job(client.url(), project) };
        Packages::new(client.api(), project, of_job)
    }

    fn refuse_idle_words(&self, ui: &Ui, seen: &[Seen], beside: &[&Desired]) -> Result<(), Failure> {
        // Who took no project has looked at none.
        if seen.is_empty() {
            return Ok(());
        }
        let desired = self.sites.iter().map(|site| &site.manifest.desired).chain(beside.iter().copied());
        let wished = desired.flat_map(|desired| &desired.releases).map(|release| &release.tag_name);
        let live = seen.iter().flat_map(|seen| &seen.tags);
        let tags: Vec<&TagName> = wished.chain(live).collect();
        let here = if self.is_part { " in this shard" } else { "" };
        let note =
            |option, word: &str| ui.note(&format!("Note: `{option} {}` names no release{here}.", harmless(word)));
        for word in self.selection.idle_ignored(&tags) {
            note("--ignore", &word);
        }
        if self.is_part {
            // Perhaps another shard has it.
            for word in self.selection.idle_words(&tags) {
                note("--only", &word);
            }
            return Ok(());
        }
        match self.selection.idle_words(&tags).into_iter().next() {
            Some(word) => Err(Failure::nothing_selected(&word)),
            None => Ok(()),
        }
    }
}

/// What is kept of a project that was read.
struct Seen {
    project: Project,
    /// The tags of its releases, if the run is about some of them only.
    tags: Vec<TagName>,
}

/// Refuses two manifests for one project. What a project is called elsewhere is only found out once it has been read; and
/// with a job token perhaps not even then, which counts as doubled if `all` is known that can be.
fn refuse_doubled(sites: &[Site], projects: &[Option<Project>], all: bool) -> Result<(), Failure> {
    let (mut by_id, mut by_path) = (HashMap::new(), HashMap::new());
    // By GitLab, the first that is only known by its number, and the first that is only known by its path.
    let (mut only_id, mut only_path) = (HashMap::new(), HashMap::new());
    for (site, project) in sites.iter().zip(projects).filter_map(|(site, project)| Some((site, project.as_ref()?))) {
        let id = match project.reference {
            ProjectRef::Id(id) => Some((site.gitlab, id)),
            ProjectRef::Path(_) => None,
        };
        // To GitLab, paths that differ only in case are the same.
        let path = project.path.as_ref().map(|path| (site.gitlab, path.to_ascii_lowercase()));
        let earlier = id.and_then(|id| by_id.insert(id, site));
        let earlier = earlier.or(path.clone().and_then(|path| by_path.insert(path, site)));
        if let Some(other) = earlier {
            return Err(Failure::same_project(&site.project, &other.manifest.path, &site.manifest.path));
        }
        match (id, path) {
            (Some(_), None) => drop(only_id.entry(site.gitlab).or_insert(site)),
            (None, Some(_)) => drop(only_path.entry(site.gitlab).or_insert(site)),
            _ => {}
        }
        if let (true, Some(one), Some(other)) = (all, only_id.get(&site.gitlab), only_path.get(&site.gitlab)) {
            let first = if std::ptr::eq(*one, site) { other } else { one };
            return Err(Failure::perhaps_same_project(&site.project, &first.manifest.path, &site.manifest.path));
        }
    }
    Ok(())
}
