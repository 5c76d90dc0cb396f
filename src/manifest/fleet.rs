//! A fleet: one file for many projects. Takes it apart into a manifest for each, and refuses what would belong to none.
//!
//! What a project says of `policy` and `defaults` goes before what the fleet shares, key by key. From there on its
//! manifest is like any other: no later rule knows of fleets.

use crate::manifest::finding::{Finding, Findings, Kind};
use crate::manifest::raw::{RawDefaults, RawFleetProject, RawManifest, RawPolicy, RawProject};
use crate::manifest::source::Span;
use crate::manifest::visible::Quoted;
use std::collections::{HashMap, HashSet};

/// What a file is made of.
pub(super) struct Parts {
    /// What each project's manifest says by itself, without what is shared.
    pub(super) manifests: Vec<RawManifest>,
    /// Where the first project of a fleet begins, if it is one.
    pub(super) fleet: Option<Span>,
}

/// Takes the manifests of a fleet's projects out of `shared`; of another manifest, all that it says but `project`, `policy` and
/// `defaults`, which many would share.
pub(super) fn take(shared: &mut RawManifest, findings: &mut Findings) -> Parts {
    let Some(projects) = shared.projects.take() else {
        let include = std::mem::take(&mut shared.include);
        let (milestones, releases) = (shared.milestones.take(), shared.releases.take());
        let manifest = RawManifest { include, milestones, releases, ..RawManifest::default() };
        return Parts { manifests: vec![manifest], fleet: None };
    };
    if projects.is_empty() {
        let finding = Finding::new("`projects` names no project").kind(Kind::Missing);
        findings.push(finding.help("write each under a header `[[projects]]`, with its `path`"));
    }
    refuse_what_belongs_to_none(shared, findings);
    refuse_doubles(&projects, findings);
    let url = shared.project.as_mut().and_then(|project| project.url.take());
    shared.project = None;
    let fleet = projects.first().map(|first| first.header);
    let manifests = projects.into_iter().map(|project| {
        let RawFleetProject { header, is_named, path, id, url: own, include, policy, defaults, milestones, releases } =
            project;
        if !is_named {
            let finding = Finding::new("a project without `path` or `id`").at(header, "which project is this?");
            findings.push(finding.help("add `path = \"group/app\"`").kind(Kind::Missing));
        }
        let project = Some(RawProject { path, id, url: own.or_else(|| url.clone()) });
        let projects = None;
        RawManifest { version: None, include, project, projects, policy, defaults, milestones, releases }
    });
    Parts { manifests: manifests.collect(), fleet }
}

/// A project's manifest with what is `shared`.
pub(super) fn join(own: RawManifest, shared: &RawManifest) -> RawManifest {
    let RawManifest { project, policy, defaults, .. } = shared;
    RawManifest {
        project: own.project.or_else(|| project.clone()),
        policy: join_with(own.policy, policy.as_ref(), join_policies),
        defaults: join_with(own.defaults, defaults.as_ref(), join_defaults),
        ..own
    }
}

fn join_with<T: Clone>(own: Option<T>, shared: Option<&T>, join: impl Fn(T, &T) -> T) -> Option<T> {
    match (own, shared) {
        (Some(own), Some(shared)) => Some(join(own, shared)),
        (own, shared) => own.or_else(|| shared.cloned()),
    }
}

fn join_policies(own: RawPolicy, shared: &RawPolicy) -> RawPolicy {
    let RawPolicy { unmanaged, tags, max_deletes, protect, milestones } = shared;
    RawPolicy {
        unmanaged: own.unmanaged.or_else(|| unmanaged.clone()),
        tags: own.tags.or_else(|| tags.clone()),
        max_deletes: own.max_deletes.or_else(|| max_deletes.clone()),
        protect: own.protect.or_else(|| protect.clone()),
        milestones: own.milestones.or_else(|| milestones.clone()),
    }
}

fn join_defaults(own: RawDefaults, shared: &RawDefaults) -> RawDefaults {
    let RawDefaults {
        name,
        description_file,
        changelog,
        git_ref,
        tag_message,
        milestones,
        evidence,
        protect,
        checksums,
        links,
        files,
    } = shared;
    // Two keys that say where notes are: a project's own stands for both.
    let says_notes = own.description_file.is_some() || own.changelog.is_some();
    RawDefaults {
        name: own.name.or_else(|| name.clone()),
        description_file: own.description_file.or_else(|| description_file.clone().filter(|_| !says_notes)),
        changelog: own.changelog.or_else(|| changelog.clone().filter(|_| !says_notes)),
        git_ref: own.git_ref.or_else(|| git_ref.clone()),
        tag_message: own.tag_message.or_else(|| tag_message.clone()),
        milestones: own.milestones.or_else(|| milestones.clone()),
        evidence: own.evidence.or_else(|| evidence.clone()),
        protect: own.protect.or_else(|| protect.clone()),
        checksums: own.checksums.or_else(|| checksums.clone()),
        links: own.links.or_else(|| links.clone()),
        files: own.files.or_else(|| files.clone()),
    }
}

/// That a fleet, whose first project begins here, is not the manifest of one project that there has to be.
pub(super) fn refused(first: Span) -> Finding {
    let help = "name a manifest of one project; `relsync import gitlab --group` writes fleets, and adds to them";
    Finding::new("this is a fleet, and not one project's manifest").at(first, "its first project").help(help)
}

/// What is wrong with what many projects share is told once.
pub(super) fn tell_once(findings: &mut Findings) {
    let mut told: HashSet<(String, Vec<Span>)> = HashSet::new();
    findings.retain(|finding| {
        let places = finding.labels.iter().map(|(span, _)| *span).collect();
        told.insert((finding.message.clone(), places))
    });
}

fn refuse_what_belongs_to_none(shared: &mut RawManifest, findings: &mut Findings) {
    const HELP: &str = "in a fleet each project has its own: write it under the `[[projects]]` entry that it is for";
    let mut refuse = |what: &str, place: Span| {
        findings.push(Finding::new(format!("{what} of no project")).at(place, "beside `[[projects]]`").help(HELP));
    };
    if let Some(include) = shared.include.first() {
        refuse("`include`", include.span);
    }
    if let Some(tag) = shared.releases.iter().flatten().find_map(|release| release.tag_name.as_ref()) {
        refuse("a release", tag.span);
    }
    if let Some(title) = shared.milestones.iter().flatten().find_map(|milestone| milestone.title.as_ref()) {
        refuse("a milestone", title.span);
    }
    if let Some(project) = &shared.project {
        let named = project.path.as_ref().map(|path| path.span).or_else(|| project.id.as_ref().map(|id| id.span));
        if let Some(place) = named {
            let finding = Finding::new("both `[project]` and `[[projects]]` name projects").at(place, "one by itself");
            findings.push(finding.help("make it one more `[[projects]]` entry; only its `url` can be shared"));
        }
    }
    (shared.include, shared.releases, shared.milestones) = (Vec::new(), None, None);
}

fn refuse_doubles(projects: &[RawFleetProject], findings: &mut Findings) {
    let mut known: HashMap<(Option<String>, String), Span> = HashMap::new();
    for project in projects {
        let url = project.url.as_ref().map(|url| url.value.0.to_string());
        // To GitLab, paths that differ only in case are the same.
        let by_path = project.path.as_ref().map(|path| (path.value.0.to_lowercase(), path.value.0.clone(), path.span));
        let by_id = project.id.as_ref().map(|id| (id.value.to_string(), id.value.to_string(), id.span));
        for (key, name, span) in by_path.into_iter().chain(by_id) {
            if let Some(first) = known.get(&(url.clone(), key.clone())) {
                let finding = Finding::new(format!("two entries for project {}", Quoted(&name)));
                let finding = finding.at(*first, "first here").at(span, "again here");
                findings.push(finding.help("a project has one entry: put the releases of both together"));
            } else {
                known.insert((url.clone(), key), span);
            }
        }
    }
}
