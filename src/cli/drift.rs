//! `relsync drift`: shows what was changed in GitLab behind the manifest's back. Only reads.

use super::args::{DriftArgs, FilterArgs};
use super::base::{self, Base, Rev};
use super::exit::Exit;
use super::failure::Failure;
use super::session::Session;
use crate::model::Current;
use crate::plan::{Drift, Ignored};
use crate::report;
use crate::ui::{Stream, Ui};

pub(super) async fn run(ui: &Ui, args: DriftArgs) -> Result<Exit, Failure> {
    let filter = FilterArgs { select: args.select, max_deletes: None };
    let session = Session::open(ui, &args.manifest, &args.server, &filter).await?;
    let ignored = args.ignore_field.into_iter().collect();
    let bases = match Rev::choose(args.base) {
        Some(rev) => Some(base::read(ui, &rev, &session.sites)?),
        None => None,
    };
    let base = |site: usize| bases.as_ref().map(|bases| &bases[site]);
    let beside: Vec<_> = bases.iter().flatten().map(Base::desired).collect();
    let read = session.read_all(ui, &beside).await?;
    let drifts: Vec<_> = (read.into_iter().enumerate())
        .map(|(site, current)| Ok((base(site), find(&session, site, base(site), &current?, &ignored))))
        .collect();
    show(ui, drifts)
}

fn find(session: &Session, site: usize, base: Option<&Base>, current: &Current, ignored: &Ignored) -> Drift {
    let (here, selection, now) = (&session.sites[site].manifest.desired, &session.selection, session.now);
    match base {
        Some(base) => Drift::with_base(base.desired(), here, current, selection, now, ignored),
        None => Drift::new(here, current, selection, now, ignored),
    }
}

/// Shows the drift of all projects, and what kept others from being read.
fn show(ui: &Ui, drifts: Vec<Result<(Option<&Base>, Drift), Failure>>) -> Result<Exit, Failure> {
    let count = drifts.len();
    let mut shown = Vec::new();
    for drift in drifts {
        match drift {
            Ok((base, drift)) => {
                let page = report::drift(&drift, base.map(Base::named), &ui.palette(Stream::Data));
                let gap = if count > 1 { "\n" } else { "" };
                ui.out(&format!("{page}{gap}")).map_err(Failure::Output)?;
                shown.push(drift);
            }
            Err(failure) if count == 1 => return Err(failure),
            Err(failure) => {
                ui.error(&failure);
                ui.gap();
            }
        }
    }
    if count > 1 {
        let drifts: Vec<_> = shown.iter().collect();
        ui.out(&report::drift_fleet(&drifts, count - shown.len())).map_err(Failure::Output)?;
    }
    Ok(if shown.len() < count {
        Exit::Failed
    } else if shown.iter().any(Drift::has_drift) {
        Exit::Differences
    } else {
        Exit::Done
    })
}
