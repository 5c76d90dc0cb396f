//! `relsync rehearse`: carries the plan out on a throw-away copy of the project, and says how that went. Of the real server
//! it only reads.

pub(super) mod args;
mod copy;
mod files;
mod original;

use super::exit::Exit;
use super::failure::Failure;
use super::interrupt::stoppable;
use crate::apply::{Limits, Traffic};
use crate::report::{self, Rehearsal, RehearsalRun};
use crate::ui::{Stream, Ui};
use args::{RehearsalFormat, RehearseArgs};
use copy::{Replica, Went};
use original::Original;

pub(super) async fn run(ui: &Ui, args: RehearseArgs) -> Result<Exit, Failure> {
    let original = match &args.snapshot {
        Some(path) => Original::of_file(ui, &args, path).await?,
        None => Original::of_gitlab(ui, &args).await?,
    };
    let Original { material, mut unread, limits } = original;
    let now = material.now;
    let went = if !material.sites.is_empty() {
        let copy = Replica::open(material).await?;
        stoppable(copy.rehearse(ui)).await??
    } else if let [_] = unread.as_slice() {
        return unread.pop().map_or(Ok(Exit::Failed), |(_, failure)| Err(failure));
    } else {
        Vec::new()
    };
    for (_, failure) in &unread {
        ui.error(failure);
        ui.gap();
    }
    let run = RehearsalRun {
        now,
        projects: went.iter().map(|went| went.report(&limits)).collect(),
        unread: unread.iter().map(|(name, failure)| (name.clone(), failure.to_string())).collect(),
        waits: limits.waits(&went.iter().map(Went::traffic).collect::<Vec<_>>()),
        writes_a_minute: limits.of_project,
    };
    ui.out(&render(ui, args.format, &run)).map_err(Failure::Output)?;
    Ok(if run.succeeds() { Exit::Done } else { Exit::Failed })
}

fn render(ui: &Ui, format: RehearsalFormat, run: &RehearsalRun<'_>) -> String {
    match format {
        RehearsalFormat::Json => report::rehearsal_json(run),
        RehearsalFormat::Text => {
            let palette = ui.palette(Stream::Data);
            let page = |project: &Rehearsal<'_>| report::rehearsal(project, run.writes_a_minute, &palette);
            let mut pages: Vec<_> = run.projects.iter().map(page).collect();
            if run.projects.len() + run.unread.len() > 1 {
                pages.push(report::rehearsal_fleet(run));
            }
            pages.join("\n")
        }
    }
}

impl Went {
    fn traffic(&self) -> Traffic {
        Traffic::of(self.requests.iter().map(|one| (one.method.as_str(), one.route.as_str(), one.count)))
    }

    fn report(&self, limits: &Limits) -> Rehearsal<'_> {
        Rehearsal {
            gitlab: self.gitlab.clone(),
            plan: &self.plan,
            outcome: self.outcome.as_ref(),
            afterwards: self.afterwards.as_ref(),
            requests: self.requests.clone(),
            waits: limits.waits(&[self.traffic()]),
            remarks: self.remarks.clone(),
        }
    }
}
