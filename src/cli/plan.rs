//! `relsync plan`: shows what apply would change, and changes nothing.

use super::args::PlanArgs;
use super::exit::Exit;
use super::failure::Failure;
use super::formats::{Faces, Matter};
use super::interrupt::stoppable;
use super::note::{self, Told};
use super::out;
use super::session::{Artifacts, Session};
use super::shown::{self, Shown};
use crate::model::harmless;
use crate::report::{Command, Detail};
use crate::ui::{Stream, Ui};

pub(super) async fn run(ui: &Ui, args: PlanArgs) -> Result<Exit, Failure> {
    let faces = Faces::open(args.faces.format, &args.faces.reports, args.widget.as_deref(), args.out.as_deref())?;
    let opened = Session::open(ui, &args.manifest, &args.server, &args.filter, &args.shard, Artifacts::Needed).await;
    let session = match opened {
        Ok(session) => session,
        Err(failure) => return no_plan(ui, &args, None, failure).await,
    };
    faces.spare(&args.server.files())?;
    faces.spare(&session.files())?;
    let detail = if args.explain { Detail::Reasons } else { Detail::Changes };
    let found = match session.plans(ui, faces.show_releases()).await {
        Ok(found) => found,
        Err(failure) => return no_plan(ui, &args, Some(&session), failure).await,
    };
    let shown = Shown::new(found, session.names());
    match faces.stream_of_text() {
        Stream::Data => shown.show(ui, Stream::Data, detail)?,
        Stream::Talk => shown.tell_unread(ui),
    }
    let gitlabs = shown::gitlabs(session.server.is_embedded(), session.sites.iter().map(|site| &site.client));
    let run = shown.run(Command::Plan, session.now, &gitlabs, &[]);
    let finished = faces.finish(ui, Matter::Plans(&run, detail)).and_then(|()| save(ui, &args, &session, &shown));
    // Last, as it takes a network: whoever stops it has all the rest.
    let kept = stoppable(note::keep(ui, &args, Some(&session), || Told::of(&run, detail))).await;
    finished?;
    kept?;
    let shown = shown.into_only_failure()?;
    Ok(if shown.is_whole() && shown.plans.iter().all(|(_, plan)| plan.refusals.is_empty()) {
        let differs = args.detailed_exitcode && shown.plans.iter().any(|(_, plan)| plan.has_differences());
        if differs { Exit::Differences } else { Exit::Done }
    } else {
        Exit::Failed
    })
}

/// Writes the plans to the file that was asked for.
fn save(ui: &Ui, args: &PlanArgs, session: &Session, shown: &Shown) -> Result<(), Failure> {
    let Some(path) = &args.out else { return Ok(()) };
    if !shown.is_whole() {
        ui.warn("Not written: some projects could not be read.");
        return Ok(());
    }
    let saved = session.to_save(shown.plans.iter().map(|(site, plan)| (*site, plan)));
    out::write_plan(path, &saved.to_json())?;
    ui.note(&format!("Written to {}, {}", harmless(&path.to_string_lossy()), saved.digest()));
    Ok(())
}

/// A note of an earlier plan must not stand as if it were still right.
async fn no_plan(ui: &Ui, args: &PlanArgs, session: Option<&Session>, failure: Failure) -> Result<Exit, Failure> {
    // Why there is no plan matters more than that the note was stopped.
    let _ = stoppable(note::keep(ui, args, session, || Told::failure(args.manifest.given(), &failure))).await;
    Err(failure)
}
