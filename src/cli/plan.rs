//! `relsync plan`: shows what apply would change, and changes nothing.

use super::args::PlanArgs;
use super::exit::Exit;
use super::failure::Failure;
use super::out;
use super::session::Session;
use crate::model::harmless;
use crate::plan::Plan;
use crate::report::{self, Detail};
use crate::ui::Ui;

pub(super) async fn run(ui: &Ui, args: PlanArgs) -> Result<Exit, Failure> {
    let session = Session::open(ui, &args.manifest, &args.server, &args.filter).await?;
    let detail = if args.explain { Detail::Reasons } else { Detail::Changes };
    let plans = session.plans(ui).await?;
    let shown = show(ui, plans, detail)?;
    if !shown.is_whole && args.out.is_some() {
        ui.note("Not written: some projects could not be read.");
    } else if let Some(path) = &args.out {
        let saved = session.to_save(shown.plans.iter().map(|(site, plan)| (*site, plan)));
        out::write_plan(path, &saved.to_json())?;
        ui.note(&format!("Written to {}, {}", harmless(&path.to_string_lossy()), saved.digest()));
    }
    Ok(if shown.is_whole && shown.plans.iter().all(|(_, plan)| plan.refusals.is_empty()) {
        let differs = args.detailed_exitcode && shown.plans.iter().any(|(_, plan)| plan.has_differences());
        if differs { Exit::Differences } else { Exit::Done }
    } else {
        Exit::Failed
    })
}

/// The plans that could be made.
pub(super) struct Shown {
    /// Each with its site's index.
    pub(super) plans: Vec<(usize, Plan)>,
    /// Whether there is one for every site.
    pub(super) is_whole: bool,
}

/// Shows the plans of all projects, and what kept others from being made.
pub(super) fn show(ui: &Ui, plans: Vec<Result<Plan, Failure>>, detail: Detail) -> Result<Shown, Failure> {
    if plans.len() == 1 {
        let plans: Vec<_> = plans.into_iter().collect::<Result<_, _>>()?;
        for plan in &plans {
            ui.out(&report::plan(plan, detail, &ui.palette())).map_err(Failure::Output)?;
        }
        return Ok(Shown { plans: plans.into_iter().enumerate().collect(), is_whole: true });
    }
    let count = plans.len();
    let mut shown = Shown { plans: Vec::new(), is_whole: true };
    for (site, plan) in plans.into_iter().enumerate() {
        match plan {
            Ok(plan) => {
                let page = report::plan(&plan, detail, &ui.palette());
                ui.out(&format!("{page}\n")).map_err(Failure::Output)?;
                shown.plans.push((site, plan));
            }
            Err(failure) => {
                ui.error(&failure);
                ui.note("");
                shown.is_whole = false;
            }
        }
    }
    let plans: Vec<_> = shown.plans.iter().map(|(_, plan)| plan).collect();
    ui.out(&report::fleet(&plans, count - plans.len())).map_err(Failure::Output)?;
    Ok(shown)
}
