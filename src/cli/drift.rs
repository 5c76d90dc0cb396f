//! `relsync drift`: shows what was changed in GitLab behind the manifest's back. Only reads.

use super::args::{DriftArgs, FilterArgs};
use super::base::{self, Base, Rev};
use super::exit::Exit;
use super::failure::Failure;
use super::formats::{Faces, Matter};
use super::session::{Artifacts, Read, Session};
use super::shown;
use crate::model::Current;
use crate::plan::{Drift, Ignored};
use crate::report::{self, DriftRun, Listed, ProjectDrift};
use crate::ui::{Stream, Ui};

pub(super) async fn run(ui: &Ui, args: DriftArgs) -> Result<Exit, Failure> {
    let faces = Faces::open(args.faces.format, &args.faces.reports, None, None)?;
    let filter = FilterArgs { select: args.select, max_deletes: None, delete_packages: false };
    let rev = Rev::choose(args.base);
    // What has been built here says nothing of another commit.
    let artifacts = if rev.is_some() { Artifacts::LeftAlone } else { Artifacts::Welcome };
    let session = Session::open(ui, &args.manifest, &args.server, &filter, &args.shard, artifacts).await?;
    faces.spare(&args.server.files())?;
    faces.spare(&session.files())?;
    let ignored = args.ignore_field.into_iter().collect();
    let bases = match rev {
        Some(rev) => Some(base::read(ui, &rev, &session.sites)?),
        None => None,
    };
    let beside: Vec<_> = bases.iter().flatten().map(Base::desired).collect();
    let (mut found, mut unread) = (Vec::new(), Vec::new());
    let look = |site: usize, Read { current, .. }: Read| {
        let base = bases.as_ref().map(|bases| &bases[site]);
        Found::new(&session, site, base, &current, &ignored, faces.show_releases())
    };
    for (site, looked) in session.read_all(ui, &beside, look).await?.into_iter().enumerate() {
        match looked {
            Ok(looked) => found.push(looked),
            Err(failure) => unread.push((site, failure)),
        }
    }
    let (gitlabs, names) =
        (shown::gitlabs(session.server.is_embedded(), session.sites.iter().map(|site| &site.client)), session.names());
    let run = DriftRun {
        now: session.now,
        projects: found.iter().map(|found| found.report(gitlabs[found.site].clone())).collect(),
        unread: unread.iter().map(|(site, failure)| (names[*site].clone(), failure.to_string())).collect(),
    };
    show(ui, faces.stream_of_text(), &run, unread.iter().map(|(_, failure)| failure))?;
    faces.finish(ui, Matter::Drift(&run))?;
    let has_drift = found.iter().any(|found| found.drift.has_drift());
    match unread.pop() {
        Some((_, failure)) if found.is_empty() && unread.is_empty() => Err(failure),
        Some(_) => Ok(Exit::Failed),
        None if has_drift => Ok(Exit::Differences),
        None => Ok(Exit::Done),
    }
}

/// What came of looking at one project.
struct Found<'b> {
    site: usize,
    base: Option<&'b Base>,
    drift: Drift,
    /// Every release it has, if they are of interest.
    releases: Vec<Listed>,
}

impl<'b> Found<'b> {
    fn new(
        session: &Session,
        site: usize,
        base: Option<&'b Base>,
        current: &Current,
        ignored: &Ignored,
        listed: bool,
    ) -> Self {
        let (here, selection, now) = (&session.sites[site].manifest.desired, &session.selection, session.now);
        let drift = match base {
            Some(base) => Drift::with_base(base.desired(), here, current, selection, now, ignored),
            None => Drift::new(here, current, selection, now, ignored),
        };
        let manifests = base.map(Base::desired).into_iter().chain([here]);
        let releases = if listed { Listed::all(manifests, current, now) } else { Vec::new() };
        Self { site, base, drift, releases }
    }

    fn report(&self, gitlab: Option<String>) -> ProjectDrift<'_> {
        let Self { site: _, base, drift, releases } = self;
        ProjectDrift { gitlab, drift, base: base.map(Base::named), releases: releases.clone() }
    }
}

/// Shows the drift of all projects, if it is to be shown as text, and tells what kept some of several from being read. That
/// of a run's only project is for whoever called.
fn show<'f>(
    ui: &Ui,
    stream: Stream,
    run: &DriftRun<'_>,
    failures: impl Iterator<Item = &'f Failure>,
) -> Result<(), Failure> {
    let is_fleet = run.projects.len() + run.unread.len() > 1;
    let put = |text: &str| if stream == Stream::Data { ui.out(text).map_err(Failure::Output) } else { Ok(()) };
    let gap = if is_fleet { "\n" } else { "" };
    // Of a fleet, what has no drift gets no more than its line.
    for ProjectDrift { drift, base, .. } in run.projects.iter().filter(|one| !is_fleet || one.has_page()) {
        put(&(report::drift(drift, *base, &ui.palette(stream)) + gap))?;
    }
    if is_fleet {
        for failure in failures {
            ui.error(failure);
            ui.gap();
        }
        put(&(report::drifts(run, &ui.palette(stream)) + &report::drift_fleet(run)))?;
    }
    Ok(())
}
