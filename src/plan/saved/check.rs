//! What has to fit together in a plan that was read, as the planner always fits it: `apply` relies on that, and whoever
//! says yes to a plan sees only one side of it.

use super::Address;
use super::flaw::{At, Flaw, shown};
use crate::model::{LeadsTo, LinkId, PackageVersion, Packages, Release, TagName};
use crate::plan::{Action, Change, MilestoneHandle, MilestonesBy, Plan, ReleaseDiff, Step, StepId};
use std::collections::{BTreeSet, HashMap, HashSet};

/// A project is planned once. There may be none: a shard of a fleet can be empty.
pub(super) fn projects(projects: &[(Address, Plan)]) -> Result<(), Flaw> {
    let mut seen = HashMap::new();
    for (index, (gitlab, Plan { project, .. })) in projects.iter().enumerate() {
        // To GitLab, paths that differ only in case are the same.
        let names = [project.path.as_ref().map(|path| path.to_lowercase()), Some(project.reference.to_string())];
        for name in names.into_iter().flatten() {
            let earlier = *seen.entry((gitlab.to_string(), name)).or_insert(index);
            if earlier != index {
                let what = format!("the project is that of projects[{earlier}]");
                return Err(Flaw::new(what).within(&format!("[{index}]")));
            }
        }
    }
    Ok(())
}

/// One project's plan.
pub(super) fn plan(plan: &Plan) -> Result<(), Flaw> {
    let mut before = HashMap::new();
    for (index, release) in plan.before.iter().enumerate() {
        if before.insert(&release.tag_name, &**release).is_some() {
            return Err(Flaw::new(format!("release {} stands there twice", name(&release.tag_name)))
                .within(&format!("before[{index}]")));
        }
    }
    let packages = Packages::new("", &plan.project, None);
    for (index, step) in plan.steps.iter().enumerate() {
        let checked = milestones(plan, step)
            .and_then(|()| release(&before, &packages, &step.action))
            .and_then(|()| follows(plan, step));
        checked.at("action").at(&format!("steps[{index}]"))?;
    }
    uploads(plan)?;
    present(plan)
}

/// What goes into one version of a package goes one after the other, and a list of checksums after all that it lists.
fn uploads(plan: &Plan) -> Result<(), Flaw> {
    let mut last: HashMap<&PackageVersion, StepId> = HashMap::new();
    let mut of_release: HashMap<&TagName, HashMap<&PackageVersion, StepId>> = HashMap::new();
    let mut listed = HashSet::new();
    for (index, step) in plan.steps.iter().enumerate() {
        let Action::UploadFile(upload) = &step.action else { continue };
        let at = format!("steps[{index}]");
        let files = of_release.entry(&upload.tag_name).or_default();
        let earlier = last.insert(&upload.place.of, StepId(index));
        let mut first = earlier.into_iter().chain(files.values().filter(|_| upload.is_list()).copied());
        if let Some(StepId(needed)) = first.find(|needed| !step.needs.contains(needed)) {
            let what = format!("step {} is not among them, whose upload has to come first", needed + 1);
            return Err(Flaw::new(what).within("needs").within(&at));
        }
        if listed.contains(&upload.tag_name) {
            let what = "comes after the list of its release's checksums";
            return Err(Flaw::new(what).within("action").within(&at));
        }
        if upload.is_list() {
            listed.insert(&upload.tag_name);
        }
        files.insert(&upload.place.of, StepId(index));
    }
    Ok(())
}

/// A file is there already or uploaded, not both, and of a release that is made or whose links or files change.
fn present(plan: &Plan) -> Result<(), Flaw> {
    let (mut changed, mut seen) = (HashSet::new(), HashSet::new());
    for action in plan.steps.iter().map(|step| &step.action) {
        match action {
            Action::UploadFile(upload) => {
                seen.insert((&upload.tag_name, &upload.place));
            }
            Action::CreateRelease { .. } | Action::CreateLink { .. } | Action::UpdateLink { .. } => {}
            _ => continue,
        }
        changed.extend(action.tag_name());
    }
    for (index, file) in plan.present.iter().enumerate() {
        let at = format!("present_files[{index}]");
        if !changed.contains(&file.tag_name) {
            let what = format!("neither links nor files of release {} change", name(&file.tag_name));
            return Err(Flaw::new(what).within("tag_name").within(&at));
        }
        if !seen.insert((&file.tag_name, &file.place)) {
            return Err(Flaw::new("is uploaded, or stands there twice").within(&at));
        }
    }
    Ok(())
}

/// A step that names a milestone which another one makes waits for that one, and no milestone gets lost on the way from
/// its title to its id.
fn milestones(plan: &Plan, step: &Step) -> Result<(), Flaw> {
    let made = |handle: &MilestoneHandle| match handle {
        MilestoneHandle::Existing(_) => Ok(()),
        MilestoneHandle::CreatedBy(maker) => is_made(plan, step, *maker).at("made_by"),
    };
    let named = |by: &MilestonesBy, titles: Option<&BTreeSet<String>>| match by {
        MilestonesBy::Title => Ok(()),
        MilestonesBy::Id(handles) => {
            let titles = titles.map_or(0, BTreeSet::len);
            // The planner leaves out an id that it does not know, and then refuses the plan.
            if handles.len() != titles && (plan.refusals.is_empty() || handles.len() > titles) {
                return Err(Flaw::new("there is not one for each milestone").within("milestone_ids"));
            }
            super::flaw::each("milestone_ids", handles, made).map(|_| ())
        }
    };
    match &step.action {
        Action::UpdateMilestone { milestone, .. } => made(milestone).at("milestone"),
        Action::CreateRelease { release, milestones, .. } => named(milestones, Some(&release.milestones)),
        Action::UpdateRelease { diff, milestones, .. } => {
            named(milestones, diff.milestones.as_ref().map(|change| &change.after))
        }
        Action::CreateMilestone(_)
        | Action::CreateTag(_)
        | Action::UploadFile(_)
        | Action::DeleteFile(_)
        | Action::CreateLink { .. }
        | Action::UpdateLink { .. }
        | Action::DeleteLink { .. }
        | Action::CollectEvidence { .. }
        | Action::DeleteRelease(_) => Ok(()),
    }
}

fn is_made(plan: &Plan, step: &Step, maker: StepId) -> Result<(), Flaw> {
    let number = maker.0.saturating_add(1);
    let makes_one = |step: &Step| matches!(step.action, Action::CreateMilestone(_));
    if !plan.steps.get(maker.0).is_some_and(makes_one) {
        return Err(Flaw::new(format!("step {number} makes no milestone")));
    }
    if step.needs.contains(&maker) {
        Ok(())
    } else {
        Err(Flaw::new(format!("step {number} is not among those that it needs")))
    }
}

/// What a step says was there is what the plan holds to have been there.
fn release(before: &HashMap<&TagName, &Release>, packages: &Packages, action: &Action) -> Result<(), Flaw> {
    let known = |tag: &TagName| {
        let missing = || Flaw::new(format!("release {} is not in `before`", name(tag))).within("tag_name");
        before.get(tag).copied().ok_or_else(missing)
    };
    let has_link = |tag: &TagName, id: &LinkId| {
        let has = known(tag)?.links.iter().any(|link| link.id == *id);
        let foreign = || Flaw::new(format!("release {} has no link {}", name(tag), id.0)).within("link_id");
        has.then_some(()).ok_or_else(foreign)
    };
    match action {
        Action::CreateRelease { release, .. } if before.contains_key(&release.tag_name) => {
            Err(Flaw::new(format!("release {} is in `before`", name(&release.tag_name))).within("release.tag_name"))
        }
        Action::CreateTag(tag) => known(&tag.name).map(|_| ()),
        Action::UploadFile(upload) if upload.is_new == before.contains_key(&upload.tag_name) => {
            Err(Flaw::new("does not fit what is in `before`").within("new_release"))
        }
        Action::CreateMilestone(_)
        | Action::UpdateMilestone { .. }
        | Action::CreateRelease { .. }
        | Action::UploadFile(_)
        | Action::CollectEvidence { is_new: true, .. } => Ok(()),
        Action::DeleteFile(removal) => {
            let to = Some(LeadsTo::Place(removal.place.clone()));
            let leads_there =
                known(&removal.tag_name)?.links.iter().any(|live| packages.may_lead_to(&live.link.url) == to);
            let foreign =
                || Flaw::new(format!("release {} has no link to it", name(&removal.tag_name))).within("file_name");
            leads_there.then_some(()).ok_or_else(foreign)
        }
        Action::UpdateRelease { tag_name, diff, .. } => starts_from(known(tag_name)?, diff).at("changes"),
        Action::UpdateLink { tag_name, id, .. } | Action::DeleteLink { tag_name, id, .. } => has_link(tag_name, id),
        Action::CreateLink { tag_name, .. } | Action::CollectEvidence { tag_name, .. } => known(tag_name).map(|_| ()),
        Action::DeleteRelease(release) if *known(&release.tag_name)? == **release => Ok(()),
        Action::DeleteRelease(_) => Err(Flaw::new("is not as it is in `before`").within("release")),
    }
}

/// A file is only deleted after the release that led to it, and evidence collected of one that is there by then.
fn follows(plan: &Plan, step: &Step) -> Result<(), Flaw> {
    let needs = |which: &dyn Fn(&Action) -> bool| {
        step.needs.iter().filter_map(|need| plan.steps.get(need.0)).any(|step| which(&step.action))
    };
    let (is_so, else_what) = match &step.action {
        Action::DeleteFile(removal) => (
            needs(&|action| matches!(action, Action::DeleteRelease(gone) if gone.tag_name == removal.tag_name)),
            "its release is not deleted before",
        ),
        Action::CollectEvidence { tag_name, is_new: true, .. } => (
            needs(&|action| matches!(action, Action::CreateRelease { release, .. } if release.tag_name == *tag_name))
                || plan.before.iter().any(|release| release.tag_name == *tag_name),
            "its release is neither made before nor in `before`",
        ),
        _ => return Ok(()),
    };
    if is_so { Ok(()) } else { Err(Flaw::new(else_what).within("tag_name")) }
}

fn starts_from(live: &Release, diff: &ReleaseDiff) -> Result<(), Flaw> {
    fn starts<T: PartialEq>(change: Option<&Change<T>>, live: &T) -> Result<(), Flaw> {
        let is_so = change.is_none_or(|change| change.before == *live);
        if is_so { Ok(()) } else { Err(Flaw::new("is not as it is in the plan's `before`").within("before")) }
    }
    let ReleaseDiff { name, description, released_at, milestones } = diff;
    starts(name.as_ref(), &live.name).at("name")?;
    starts(description.as_ref(), &live.description).at("description")?;
    starts(released_at.as_ref().map(|change| &change.date), &live.released_at).at("released_at")?;
    starts(milestones.as_ref(), &live.milestones).at("milestones")
}

fn name(tag: &TagName) -> String {
    shown(tag.as_str())
}
