//! What reaches the person: data on stdout, talk on stderr, questions, progress. The only room of ours that prints.

mod activity;
mod colour;
mod progress;
mod screen;
mod section;
mod speed;
mod transfer;

pub use colour::ColourChoice;
pub use progress::Progress;

use crate::apply::Files;
use crate::plan::Plan;
use crate::report::{Palette, harmless};
use console::Term;
use miette::{Diagnostic, LabeledSpan, MietteHandler, MietteHandlerOpts, ReportHandler, Severity, SourceCode};
use progress::Style;
use screen::Screen;
use std::fmt;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::time::{Duration, Instant};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// How long a job's log may stay silent while something goes on.
const PULSE: Duration = Duration::from_secs(5);

/// The terminal, or what stands in for it.
#[derive(Debug)]
pub struct Ui {
    stdout_colours: bool,
    stderr_colours: bool,
    stderr_is_terminal: bool,
    /// How many columns stdout has, if it is a terminal.
    width: Option<usize>,
    /// How to talk beside errors and data, if at all.
    talk: Option<Style>,
    screen: Screen,
}

/// One of the process's streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Data: stdout.
    Data,
    /// Talk: stderr.
    Talk,
}

/// What the log is written as.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// Lines to be read.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

impl Ui {
    /// Looks at the streams. A quiet one writes nothing but errors and what was asked for.
    #[must_use]
    pub fn new(choice: ColourChoice, is_quiet: bool) -> Self {
        let is = |name, value| std::env::var_os(name).is_some_and(|found| found == value);
        let (stdout, stderr) = (io::stdout(), io::stderr());
        let stderr_is_terminal = stderr.is_terminal() && !is("TERM", "dumb");
        // Some runners lend their jobs a terminal; what is written is a log all the same.
        let is_job = is("GITLAB_CI", "true");
        // Only tests have a reason to wait for less.
        let pulse = std::env::var("RELSYNC_TEST_PULSE_MS").ok().and_then(|text| text.parse().ok());
        let style = Style {
            terminal: stderr_is_terminal && !is_job,
            sections: is_job,
            pulse: pulse.map_or(PULSE, Duration::from_millis),
        };
        Self {
            stdout_colours: choice.colours(&stdout),
            stderr_colours: choice.colours(&stderr),
            stderr_is_terminal,
            width: (stdout.is_terminal() && !is_job).then(columns).filter(|width| *width > 0),
            talk: (!is_quiet).then_some(style),
            screen: Screen::default(),
        }
    }

    /// Logs to stderr what `RUST_LOG` asks for; without it each `-v` says more.
    pub fn log(&self, verbose: u8, format: LogFormat) {
        let asked =
            std::env::var("RUST_LOG").ok().filter(|words| !words.is_empty()).and_then(|words| words.parse().ok());
        let filter = asked.unwrap_or_else(|| match verbose {
            0 => Targets::new(),
            1 => Targets::new().with_target("relsync", LevelFilter::DEBUG),
            _ => Targets::new().with_default(LevelFilter::DEBUG),
        });
        let log = tracing_subscriber::fmt::layer().with_ansi(self.stderr_colours).with_writer(self.screen.clone());
        let log = match format {
            LogFormat::Text => log.boxed(),
            LogFormat::Json => log.json().flatten_event(true).boxed(),
        };
        tracing_subscriber::registry().with(log.with_filter(filter)).init();
    }

    /// The styles for what goes to `stream`.
    #[must_use]
    pub fn palette(&self, stream: Stream) -> Palette {
        let coloured = match stream {
            Stream::Data => self.stdout_colours,
            Stream::Talk => self.stderr_colours,
        };
        if coloured { Palette::coloured() } else { Palette::plain() }
    }

    /// How many columns the data has, if it goes to a terminal.
    #[must_use]
    pub fn width(&self) -> Option<usize> {
        self.width
    }

    /// Writes a text to `stream`.
    ///
    /// # Errors
    /// Those of [`Self::out`].
    pub fn show(&self, stream: Stream, text: &str) -> io::Result<()> {
        match stream {
            Stream::Data => self.out(text),
            Stream::Talk => {
                self.screen.line(text.trim_end_matches('\n'));
                Ok(())
            }
        }
    }

    /// Data: what the command was run for. Who closes the pipe has read enough; that changes nothing about what is
    /// done, or about the exit code.
    ///
    /// # Errors
    /// When stdout can't be written, such as to a full disk.
    pub fn out(&self, text: &str) -> io::Result<()> {
        let mut stdout = io::stdout().lock();
        match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            written => written,
        }
    }

    /// Data that is no text, as it is.
    ///
    /// # Errors
    /// When stdout can't be written; [`ErrorKind::BrokenPipe`] if nobody wants any more of it.
    pub fn out_bytes(&self, bytes: &[u8]) -> io::Result<()> {
        let mut stdout = io::stdout().lock();
        stdout.write_all(bytes).and_then(|()| stdout.flush())
    }

    /// A sentence beside the data.
    pub fn note(&self, text: &str) {
        if self.talk.is_some() {
            self.screen.line(text);
        }
    }

    /// A sentence that matters as much as an error.
    pub fn warn(&self, text: &str) {
        self.screen.line(text);
    }

    /// An empty line between two errors.
    pub fn gap(&self) {
        self.screen.line("");
    }

    /// What went wrong, with the places underlined where there are some: each problem by itself, then how many they are.
    pub fn error(&self, error: &dyn Diagnostic) {
        let problems: Vec<_> = error.related().into_iter().flatten().collect();
        for (index, problem) in problems.iter().enumerate() {
            if index > 0 {
                self.gap();
            }
            self.report(*problem);
        }
        if problems.len() > 1 {
            self.gap();
        }
        if problems.len() != 1 {
            self.report(&Headline(error));
        }
    }

    fn report(&self, error: &dyn Diagnostic) {
        let options = MietteHandlerOpts::new()
            .force_graphical(true)
            .unicode(true)
            .color(self.stderr_colours)
            .terminal_links(false);
        // In a log nobody knows how wide the reader's window is.
        let options = if self.stderr_is_terminal { options } else { options.width(100) };
        self.screen.line(format!("{:?}", Shown(error, options.build())).trim_end());
    }

    /// Whether somebody is there to be asked.
    #[must_use]
    pub fn can_ask(&self) -> bool {
        self.stderr_is_terminal && io::stdin().is_terminal()
    }

    /// Asks; only `y` or `yes` is a yes, and the end of the input is a no.
    ///
    /// Waits on a thread of its own, so that whoever waits for this can stop waiting.
    ///
    /// # Errors
    /// When stdin can't be read.
    pub async fn confirm(&self, question: &str) -> io::Result<bool> {
        let mut stderr = io::stderr();
        write!(stderr, "\n{} [y/N] ", harmless(question))?;
        stderr.flush()?;
        let mut answer = String::new();
        let read = move || io::stdin().read_line(&mut answer).map(|length| (length, answer));
        let (length, answer) = tokio::task::spawn_blocking(read).await.map_err(io::Error::other)??;
        if length == 0 {
            writeln!(stderr)?;
        }
        Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
    }

    /// Shows that GitLab is being asked. `count` answers how many releases it has told of so far, and of how many; 0 if nobody knows.
    #[must_use]
    pub fn reading(&self, what: &str, count: impl Fn() -> (u64, u64) + Send + 'static) -> Progress {
        self.reading_of(("GitLab", "releases"), what, count)
    }

    /// Shows that somebody is being asked, who gives so many of something.
    #[must_use]
    pub fn reading_of(
        &self,
        whom_and_unit: (&'static str, &'static str),
        what: &str,
        count: impl Fn() -> (u64, u64) + Send + 'static,
    ) -> Progress {
        let Some(style) = &self.talk else { return Progress::silent() };
        Progress::reading(style, &self.screen, &harmless(what), whom_and_unit, count)
    }

    /// Shows that files are being read, of `total` bytes; `count` answers how many have been so far.
    #[must_use]
    pub fn hashing(&self, what: &str, total: u64, count: impl Fn() -> u64 + Send + 'static) -> Progress {
        let Some(style) = &self.talk else { return Progress::silent() };
        Progress::hashing(style, &self.screen, &harmless(what), total, count)
    }

    /// Shows the steps of `plans` going by, and their files that are under way; `named` says in which project each is, as there
    /// are several.
    #[must_use]
    pub fn writing(&self, what: &str, plans: &[(&Plan, Files)], named: bool) -> Progress {
        let Some(style) = &self.talk else { return Progress::silent() };
        Progress::writing(style, &self.screen, &harmless(what), plans, named)
    }

    /// Shows `files` coming in. `count` answers how many bytes there are so far, and of how many; 0 if nobody knows.
    #[must_use]
    pub fn loading(&self, what: &str, files: usize, count: impl Fn() -> (u64, u64) + Send + 'static) -> Progress {
        let Some(style) = &self.talk else { return Progress::silent() };
        Progress::loading(style, &self.screen, &harmless(what), files, count)
    }

    /// Says what is waited for, and how long, and whether that is for GitLab's rate limit.
    pub fn wait_observer(&self) -> impl Fn(Duration, &str, bool) + Send + Sync + 'static {
        let screen = self.screen.clone();
        move |how_long, why, is_for_limit| {
            screen.tell(|activity| activity.wait(how_long, &harmless(why), is_for_limit, Instant::now()));
        }
    }
}

fn columns() -> usize {
    usize::from(Term::stdout().size().1)
}

/// A diagnostic without those related to it, which have been shown.
#[derive(Debug)]
struct Headline<'a>(&'a dyn Diagnostic);

impl fmt::Display for Headline<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.0, f)
    }
}

impl std::error::Error for Headline<'_> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source()
    }
}

impl Diagnostic for Headline<'_> {
    fn severity(&self) -> Option<Severity> {
        self.0.severity()
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.0.help()
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.0.source_code()
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.0.labels()
    }
}

/// A diagnostic and how to render it: miette renders through `Debug`.
struct Shown<'a>(&'a dyn Diagnostic, MietteHandler);

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.1.debug(self.0, f)
    }
}
