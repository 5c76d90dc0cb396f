//! What is to be copied: projects of the real GitLab, or those of a snapshot. As a seed of the embedded GitLab, as text.

use super::args::RehearseArgs;
use super::files;
use crate::apply::Limits;
use crate::cli::failure::Failure;
use crate::cli::interrupt::stoppable;
use crate::cli::out::Target;
use crate::cli::server;
use crate::cli::session::{self, Artifacts, Session, Sharer};
use crate::cli::shown;
use crate::gitlab::Quota;
use crate::manifest::Manifest;
use crate::model::{Current, Moment, Packages, Project, ProjectRef, TagName, harmless};
use crate::plan::{Action, Plan, Selection};
use crate::report::Remark;
use crate::sandbox::SeedSource;
use crate::snapshot::{self, Asker, Copied, Named, Surroundings};
use crate::ui::Ui;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What was read.
pub(super) struct Original {
    pub(super) material: Material,
    /// The projects that could not be read, and why.
    pub(super) unread: Vec<(String, Failure)>,
    /// What GitLab lets through.
    pub(super) limits: Limits,
}

/// What is to be copied, and what is to be done there.
pub(super) struct Material {
    /// A manifest for each project, and how to ask the copy for that.
    pub(super) sites: Vec<(Manifest, ProjectRef, Origin)>,
    /// Whether other shards have more.
    pub(super) is_part: bool,
    pub(super) selection: Selection,
    /// What is upcoming or historical is judged by one moment.
    pub(super) now: Moment,
    pub(super) seed: SeedSource,
    /// Who is to ask the copy; unknown if a snapshot has to tell.
    pub(super) asker: Option<Asker>,
}

/// Where a copied project comes from.
#[derive(Default)]
pub(super) struct Origin {
    /// As GitLab has it; a snapshot's is only known once it is served.
    pub(super) project: Option<Project>,
    /// The address of its GitLab, as a person may see it.
    pub(super) gitlab: Option<String>,
    /// How links name what is in its package registry; a snapshot does not say.
    pub(super) packages: Option<Packages>,
    pub(super) remarks: Vec<Remark>,
}

/// What was read of one project.
struct Read {
    current: Current,
    around: Surroundings,
    /// The tags that were looked for.
    tags: BTreeSet<TagName>,
    /// What is left out of the copy.
    left_out: Vec<Remark>,
}

impl Original {
    /// Reads the projects.
    pub(super) async fn of_gitlab(ui: &Ui, args: &RehearseArgs) -> Result<Self, Failure> {
        let target = args.save_snapshot.as_deref().map(Target::open).transpose()?;
        let session =
            Session::open(ui, &args.manifest, &args.server, &args.filter, &args.shard, Artifacts::Needed).await?;
        let read_files = [session.files(), args.server.files()].concat();
        if let Some(target) = target.as_ref().filter(|target| read_files.iter().any(|path| target.is(path))) {
            return Err(Failure::written_over(target.path()));
        }
        let keep_others = |target: &Target| target.keep_others(snapshot::HEADLINE, Failure::not_a_snapshot);
        target.as_ref().map(keep_others).transpose()?;
        let names = session.names();
        let mut read = Vec::new();
        let mut unread = Vec::new();
        for (site, current) in session.read_all(ui, &[], |_, read| read.current).await?.into_iter().enumerate() {
            let surveyed = match current {
                Ok(current) => Box::pin(survey(ui, &session, site, current)).await,
                Err(failure) => Err(failure),
            };
            match surveyed {
                Ok(found) => read.push((site, found)),
                Err(Failure::Stopped) => return Err(Failure::Stopped),
                Err(failure) => unread.push((names[site].clone(), failure)),
            }
        }
        let copied: Vec<_> = read
            .iter()
            .map(|(_, Read { current, around, tags, left_out: _ })| Copied { current, around, tags })
            .collect();
        let seed = snapshot::seed(&copied).map_err(Failure::Seed)?;
        if let Some(target) = target.filter(|_| !read.is_empty()) {
            // It may have become something else since it was looked at.
            keep_others(&target)?;
            target.write(&seed)?;
            ui.note(&format!("Written to {}", harmless(&target.path().to_string_lossy())));
        }
        let gitlabs = shown::gitlabs(session.server.is_embedded(), session.sites.iter().map(|site| &site.client));
        let limits = limits(read.iter().filter_map(|(_, read)| read.around.quota.as_ref()));
        let asker = read.first().map(|(_, read)| read.around.asker.clone());
        let mut manifests: Vec<_> = session.sites.into_iter().map(|site| Some(site.manifest)).collect();
        let sites = read.into_iter().filter_map(|(site, read)| {
            let mut manifest = manifests[site].take()?;
            files::leave_out(&mut manifest);
            let (reference, origin) = read.into_origin(gitlabs[site].clone());
            Some((manifest, reference, origin))
        });
        let seed = SeedSource::Text { name: "what was read of GitLab".to_owned(), text: seed };
        let (sites, is_part) = (sites.collect(), session.is_part);
        let (selection, now) = (session.selection, session.now);
        Ok(Self { material: Material { sites, is_part, selection, now, seed, asker }, unread, limits })
    }

    /// Takes what the snapshot at `path` has.
    pub(super) async fn of_file(ui: &Ui, args: &RehearseArgs, path: &Path) -> Result<Self, Failure> {
        let (manifests, selection) =
            session::wishes(ui, &args.manifest, &args.filter, &args.shard, Artifacts::Needed).await?;
        let sites = manifests.into_iter().map(|mut manifest| {
            let of_job = || server::path_of_job().map(ProjectRef::Path);
            let reference = manifest.project.clone().or_else(of_job);
            let reference = reference.ok_or_else(|| Failure::no_project(&manifest.path))?;
            let remarks = files::of_snapshot(&mut manifest);
            Ok((manifest, reference, Origin { remarks, ..Origin::default() }))
        });
        let mut sites = sites.collect::<Result<Vec<_>, Failure>>()?;
        session::share(ui, &args.shard, &mut sites, |(manifest, project, _)| Sharer {
            gitlab: manifest.url.as_ref().map(|url| url.as_str().trim_end_matches('/').to_owned()),
            project,
            manifest: &manifest.path,
        })?;
        let (is_part, now) = (args.shard.chosen().is_some(), Moment::new(jiff::Timestamp::now()));
        let material = Material { sites, is_part, selection, now, seed: path.into(), asker: None };
        Ok(Self { material, unread: Vec::new(), limits: Limits::default() })
    }
}

/// What a plan for the project would stand on.
async fn survey(ui: &Ui, session: &Session, site: usize, mut current: Current) -> Result<Read, Failure> {
    let client = &session.sites[site].client;
    let (desired, selection, now) = (&session.sites[site].manifest.desired, &session.selection, session.now);
    let plan = Plan::new(desired, &current, selection, now);
    let left_out = files::remarks(desired, &plan, &current, selection, now);
    let _progress = ui.reading(&format!("looking at what the plan for {} stands on", current.project), || (0, 0));
    let around = stoppable(snapshot::survey(client, &mut current, refs(&plan))).await??;
    Ok(Read { current, around, tags: plan.tag_names(), left_out })
}

/// What tags are to be made from.
fn refs(plan: &Plan) -> BTreeSet<String> {
    let git_ref = |action: &Action| match action {
        Action::CreateRelease { release, .. } => release.git_ref.clone(),
        Action::CreateTag(tag) => Some(tag.git_ref.clone()),
        _ => None,
    };
    plan.steps.iter().filter_map(|step| git_ref(&step.action)).collect()
}

/// GitLab's usual limits, but for what it told: of several projects, the least that any was told.
fn limits<'q>(told: impl Iterator<Item = &'q Quota>) -> Limits {
    let mut least: BTreeMap<Option<&str>, u64> = BTreeMap::new();
    for Quota { name, limit, remaining: _ } in told {
        let name = name.as_deref().filter(|name| ["release_writes", "release_evidence"].contains(name));
        least.entry(name).and_modify(|least| *least = (*least).min(*limit)).or_insert(*limit);
    }
    let usual = Limits::default();
    Limits {
        of_project: least.get(&Some("release_writes")).copied().unwrap_or(usual.of_project),
        evidence: least.get(&Some("release_evidence")).copied().unwrap_or(usual.evidence),
        requests: least.get(&None).copied().or(usual.requests),
        ..usual
    }
}

impl Read {
    /// How to ask the copy for the project, and where it comes from.
    fn into_origin(self, gitlab: Option<String>) -> (ProjectRef, Origin) {
        let mut remarks = remarks(&self.around);
        remarks.extend(self.left_out);
        let Current { project, packages, .. } = self.current;
        let reference = match &project.path {
            Some(path) => ProjectRef::Path(path.clone()),
            None => project.reference.clone(),
        };
        (reference, Origin { project: Some(project), gitlab, packages: Some(packages), remarks })
    }
}

/// What could not be copied.
fn remarks(around: &Surroundings) -> Vec<Remark> {
    let Surroundings { asker, is_archived, default_branch: _, refs, protected_tags, quota: _ } = around;
    let unchecked = refs.iter().filter(|(_, named)| **named == Named::Unknown).map(|(git_ref, _)| git_ref.clone());
    let unchecked: Vec<_> = unchecked.collect();
    let others = protected_tags.iter().flatten().filter(|rule| rule.names_others);
    let others: Vec<_> = others.map(|rule| rule.pattern.clone()).collect();
    let role = match asker {
        Asker::Job => Some(Remark::RoleOfJob),
        Asker::User { role: None, .. } => Some(Remark::RoleUntold),
        Asker::User { role: Some(_), .. } | Asker::Nobody => None,
    };
    let mut remarks: Vec<_> = is_archived.then_some(Remark::Archived).into_iter().chain(role).collect();
    if !unchecked.is_empty() {
        remarks.push(Remark::RefsUnchecked(unchecked));
    }
    if protected_tags.is_none() && *asker != Asker::Nobody {
        remarks.push(Remark::RulesUnread);
    }
    if !others.is_empty() {
        remarks.push(Remark::RulesNameOthers(others));
    }
    remarks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_limits_the_least_counts() {
        let quota = |(name, limit): (&str, u64)| Quota { name: Some(name.to_owned()), limit, remaining: None };
        let of = |told: &[(&str, u64)]| limits(told.iter().copied().map(quota).collect::<Vec<_>>().iter());
        let usual = Limits::default();
        assert_eq!(of(&[]), usual);
        let told = [("release_writes", 500), ("release_writes", 400), ("release_writes", 900)];
        assert_eq!(of(&told), Limits { of_project: 400, ..usual });
        let told =
            [("throttle_authenticated_api", 20), ("release_evidence", 3), ("other", 70), ("release_evidence", 5)];
        assert_eq!(of(&told), Limits { evidence: 3, requests: Some(20), ..usual });
    }
}
