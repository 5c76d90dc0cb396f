//! `relsync plan`: shows what apply would change, and changes nothing.

use super::args::PlanArgs;
use super::exit::Exit;
use super::failure::Failure;
use super::session::Session;
use crate::report;
use crate::ui::Ui;

pub(super) async fn run(ui: &Ui, args: PlanArgs) -> Result<Exit, Failure> {
    let session = Session::open(&args.manifest, &args.server).await?;
    let plan = session.plan(ui).await?;
    ui.out(&report::plan(&plan, &ui.palette())).map_err(Failure::Output)?;
    Ok(if !plan.refusals.is_empty() {
        Exit::Failed
    } else if args.detailed_exitcode && !plan.is_empty() {
        Exit::Differences
    } else {
        Exit::Done
    })
}
