//! `relsync evidence`: has GitLab write down what a release is like, waits until that is there, and shows it.

pub(super) mod args;
mod error;
mod paper;
mod told;

pub(super) use error::Error;

use super::exit::Exit;
use super::failure::Failure;
use super::interrupt::stoppable;
use super::out::Target;
use super::project::Asked;
use super::release::{self, Which};
use crate::gitlab::{self, Permalink};
use crate::model::{Evidence, Moment, Release, ShownRelease, TagName, harmless};
use crate::plan::Timing;
use crate::report;
use crate::ui::{Stream, Ui};
use args::EvidenceArgs;
use miette::Diagnostic;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

/// How long to wait before the first look; later waits are longer.
const FIRST_WAIT: Duration = Duration::from_millis(200);
const LONGEST_WAIT: Duration = Duration::from_secs(5);

pub(super) async fn run(ui: &Ui, args: EvidenceArgs) -> Result<Exit, Failure> {
    let to_stdout = args.out.as_deref() == Some(Path::new("-"));
    let is_taken = |path: &&Path| !to_stdout && fs::symlink_metadata(path).is_ok_and(|there| there.is_file());
    if let Some(path) = args.out.as_deref().filter(is_taken).filter(|_| !args.clobber) {
        return Err(Error::taken(path).into());
    }
    let target = args.out.as_deref().filter(|_| !to_stdout).map(Target::open).transpose()?;
    let which = args.tag.map_or_else(|| Which::Latest(Permalink::evidence()), |tag| Which::Tag(TagName::from_git(tag)));
    let asked = Asked::open(ui, &args.project, &args.server).await?;
    let mut shown = release::find(ui, &asked, &which).await?;
    let tag = shown.release.tag_name.clone();
    if !args.show && (args.again || shown.evidences.is_empty()) {
        let waiting = ui.reading(&format!("waiting for the evidence of {tag}"), || (0, 0));
        shown = stoppable(collect(&asked, shown, args.wait)).await??;
        drop(waiting);
        let Release { released_at, created_at, .. } = shown.release;
        ui.note(told::collected(Timing::of(released_at, created_at, Moment::new(jiff::Timestamp::now()))));
    } else if !args.show {
        ui.note("There is evidence already: nothing was collected. --again has it collected once more.");
    }
    let newest = newest(&shown).ok_or_else(|| Error::none(tag.as_str()))?;
    let stream = if to_stdout { Stream::Talk } else { Stream::Data };
    let table = report::evidence(&shown.evidences, ui.width(), &ui.palette(stream));
    ui.show(stream, &format!("Evidence of release {}:\n{table}", harmless(tag.as_str()))).map_err(Failure::Output)?;
    let paper = match stoppable(paper::read(&asked.client, &tag, newest)).await? {
        Ok(paper) => paper,
        // Who did not ask for the file has got what was asked for.
        Err(error @ Error::Sealed { .. }) if args.out.is_none() => {
            let help = error.help().map(|help| format!(" {help}")).unwrap_or_default();
            ui.note(&format!("Note: {error}.{help}"));
            return Ok(Exit::Done);
        }
        Err(error) => return Err(error.into()),
    };
    ui.note(&told::confirmed(&paper));
    if to_stdout {
        ui.out(&paper.text).map_err(Failure::Output)?;
    }
    if let Some(target) = target {
        target.write(&paper.text)?;
        ui.note(&format!("Saved it to {}.", harmless(&target.path().to_string_lossy())));
    }
    Ok(Exit::Done)
}

fn newest(shown: &ShownRelease) -> Option<&Evidence> {
    shown.evidences.iter().max_by_key(|evidence| evidence.collected_at)
}

/// Asks for evidence, and waits until there is more of it than before.
async fn collect(asked: &Asked, before: ShownRelease, wait: Duration) -> Result<ShownRelease, Failure> {
    let tag = &before.release.tag_name;
    let in_doubt = ask(asked, tag).await?;
    let (began, mut pause) = (Instant::now(), FIRST_WAIT);
    loop {
        let now = asked.client.look_at(&asked.project, tag).await?;
        if let Some(now) = now.filter(|now| now.evidences.len() > before.evidences.len()) {
            return Ok(now);
        }
        let left = wait.saturating_sub(began.elapsed());
        if left.is_zero() || !asked.client.rest(pause.min(left)).await {
            break;
        }
        pause = (pause * 2).min(LONGEST_WAIT);
    }
    // Whether it was asked at all is not known then.
    in_doubt.map_or_else(
        || {
            let waited = format!("{:#}", jiff::SignedDuration::try_from(wait).unwrap_or_default());
            Err(Error::NotThere { tag: harmless(tag.as_str()).into_owned(), waited }.into())
        },
        |error| Err(error.into()),
    )
}

/// Asks once. An error is answered if it may have been heard all the same: evidence that was asked for twice is there twice.
async fn ask(asked: &Asked, tag: &TagName) -> Result<Option<gitlab::Error>, Failure> {
    let Asked { client, project, .. } = asked;
    let mut error = match client.collect_evidence(project, tag, &mut client.tries()).await {
        Ok(()) => return Ok(None),
        Err(error) => error,
    };
    if let Some(there) = error.moved(project) {
        match client.collect_evidence(&there, tag, &mut client.tries()).await {
            Ok(()) => return Ok(None),
            Err(again) => error = again,
        }
    }
    if error.is_in_doubt() && error.may_pass() { Ok(Some(error)) } else { Err(error.into()) }
}
