//! What a run is shown as, and the files that say it again: checked before anything is done, written once all is over.

use super::failure::Failure;
use super::out::Target;
use crate::report::{self, Detail, DriftRun, Palette, Run};
use crate::ui::{Stream, Ui};
use clap::ValueEnum;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// A note in GitLab takes a million characters; this leaves room for what goes around it.
const MARKDOWN_BYTES: usize = 990_000;

/// A face of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For terminals and job logs.
    Text,
    /// For machines (see `relsync schema report`).
    Json,
    /// For a note in a merge request; below a million characters.
    Markdown,
    /// One file to look at, which loads nothing.
    Html,
}

/// What a look at releases is shown as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Shape {
    /// For people.
    Text,
    /// For machines (see `relsync schema report`).
    Json,
}

/// What a report is about.
#[derive(Clone, Copy)]
pub(super) enum Matter<'a> {
    /// What is to be done, or was.
    Plans(&'a Run<'a>, Detail),
    /// What somebody did behind the manifest's back.
    Drift(&'a DriftRun<'a>),
}

impl Matter<'_> {
    fn render(self, format: Format) -> String {
        match (self, format) {
            (Self::Plans(run, detail), Format::Text) => report::text(run, detail, &Palette::plain()),
            (Self::Plans(run, _), Format::Json) => report::json(run),
            (Self::Plans(run, detail), Format::Markdown) => report::markdown(run, detail, MARKDOWN_BYTES),
            (Self::Plans(run, _), Format::Html) => report::html(run),
            (Self::Drift(run), Format::Text) => report::drift_text(run, &Palette::plain()),
            (Self::Drift(run), Format::Json) => report::drift_json(run),
            (Self::Drift(run), Format::Markdown) => report::drift_markdown(run, MARKDOWN_BYTES),
            (Self::Drift(run), Format::Html) => report::drift_html(run),
        }
    }
}

impl Format {
    /// Whether it shows more than the changes: every release of the project.
    fn shows_releases(self) -> bool {
        !matches!(self, Self::Text | Self::Markdown)
    }
}

/// `FORMAT=FILE`.
#[derive(Debug, Clone)]
pub(super) struct ReportFile {
    format: Format,
    path: PathBuf,
}

impl FromStr for ReportFile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (format, path) = text.split_once('=').ok_or("write FORMAT=FILE, such as markdown=plan.md")?;
        let format = Format::from_str(format, false).map_err(|_| {
            let names = Format::value_variants().iter().filter_map(Format::to_possible_value);
            let names: Vec<_> = names.map(|value| value.get_name().to_owned()).collect();
            format!("the format is one of {}", names.join(", "))
        })?;
        if path.is_empty() {
            return Err("name the file after the `=`".to_owned());
        }
        Ok(Self { format, path: path.into() })
    }
}

/// All faces that a run is to have.
#[derive(Debug)]
pub(super) struct Faces {
    shown: Format,
    files: Vec<(Format, Target)>,
    widget: Option<Target>,
}

impl Faces {
    /// Makes sure that each file can be written, and that no two are one. `plan` is the file of `--out`.
    pub(super) fn open(
        shown: Format,
        reports: &[ReportFile],
        widget: Option<&Path>,
        plan: Option<&Path>,
    ) -> Result<Self, Failure> {
        let files = reports.iter().map(|ReportFile { format, path }| Ok((*format, Target::open(path)?)));
        let faces = Self {
            shown,
            files: files.collect::<Result<_, Failure>>()?,
            widget: widget.map(Target::open).transpose()?,
        };
        let targets: Vec<&Target> = faces.targets().collect();
        for (nth, target) in targets.iter().enumerate() {
            if targets[..nth].iter().any(|earlier| earlier.is_same(target)) || plan.is_some_and(|plan| target.is(plan))
            {
                return Err(Failure::written_twice(target.path()));
            }
        }
        Ok(faces)
    }

    /// Makes sure that nothing the run reads is written over.
    pub(super) fn spare(&self, read: &[&Path]) -> Result<(), Failure> {
        match self.targets().find(|target| read.iter().any(|path| target.is(path))) {
            Some(target) => Err(Failure::written_over(target.path())),
            None => Ok(()),
        }
    }

    fn targets(&self) -> impl Iterator<Item = &Target> {
        self.files.iter().map(|(_, target)| target).chain(&self.widget)
    }

    /// Where the run's text goes: beside the data, if that is in another format.
    pub(super) fn stream_of_text(&self) -> Stream {
        if self.shown == Format::Text { Stream::Data } else { Stream::Talk }
    }

    /// Whether any face shows every release of the project.
    pub(super) fn show_releases(&self) -> bool {
        self.shown.shows_releases() || self.files.iter().any(|(format, _)| format.shows_releases())
    }

    /// Writes the files, and prints what is shown unless that is text, which has been.
    pub(super) fn finish(&self, ui: &Ui, matter: Matter<'_>) -> Result<(), Failure> {
        let shown = match self.shown {
            Format::Text => Ok(()),
            other => ui.out(&matter.render(other)).map_err(Failure::Output),
        };
        let mut written = vec![shown];
        written.extend(self.files.iter().map(|(format, target)| target.write(&matter.render(*format))));
        if let Matter::Plans(run, _) = matter {
            written.extend(self.widget.iter().map(|target| target.write(&report::widget(run))));
        }
        // One that can't be written keeps no other from it.
        written.into_iter().collect()
    }
}
