//! What reaches the person: data on stdout, talk on stderr, questions, progress. The only room of ours that prints.

mod progress;
mod waits;

pub use progress::Progress;

use crate::report::{Palette, harmless};
use miette::{Diagnostic, LabeledSpan, MietteHandler, MietteHandlerOpts, ReportHandler, Severity, SourceCode};
use std::fmt;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::time::Duration;
use tracing_subscriber::EnvFilter;
use waits::Waits;

/// The terminal, or what stands in for it.
#[derive(Debug)]
pub struct Ui {
    stdout_colours: bool,
    stderr_colours: bool,
    stderr_is_terminal: bool,
    waits: Waits,
}

/// One of the process's streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream {
    /// Data: stdout.
    Data,
    /// Talk: stderr.
    Talk,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ColourChoice {
    /// On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`.
    #[default]
    Auto,
    /// Everywhere, such as in a CI job's log.
    Always,
    /// Nowhere.
    Never,
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
    /// Looks at the streams.
    #[must_use]
    pub fn new(choice: ColourChoice) -> Self {
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let colours = |is_terminal| match choice {
            ColourChoice::Auto => is_terminal && !set("NO_COLOR") && !dumb,
            ColourChoice::Always => true,
            ColourChoice::Never => false,
        };
        let stderr_is_terminal = io::stderr().is_terminal();
        Self {
            stdout_colours: colours(io::stdout().is_terminal()),
            stderr_colours: colours(stderr_is_terminal),
            stderr_is_terminal: stderr_is_terminal && !dumb,
            waits: Waits::default(),
        }
    }

    /// Logs to stderr what `RUST_LOG` asks for; without it each `-v` says more.
    pub fn log(&self, verbose: u8, format: LogFormat) {
        let level = match verbose {
            0 => "off",
            1 => "relsync=debug",
            _ => "debug",
        };
        let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
        let log = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(self.stderr_colours);
        let log = log.with_writer(io::stderr);
        match format {
            LogFormat::Text => log.init(),
            LogFormat::Json => log.json().flatten_event(true).init(),
        }
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

    /// Writes a text to `stream`.
    ///
    /// # Errors
    /// Those of [`Self::out`].
    pub fn show(&self, stream: Stream, text: &str) -> io::Result<()> {
        match stream {
            Stream::Data => self.out(text),
            Stream::Talk => {
                // Nobody is left to be told when stderr is gone.
                let _ = io::stderr().lock().write_all(text.as_bytes());
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

    /// A sentence beside the data.
    pub fn note(&self, text: &str) {
        // Nobody is left to be told when stderr is gone.
        let _ = writeln!(io::stderr().lock(), "{text}");
    }

    /// What went wrong, with the places underlined where there are some: each problem by itself, then how many they are.
    pub fn error(&self, error: &dyn Diagnostic) {
        let problems: Vec<_> = error.related().into_iter().flatten().collect();
        for (index, problem) in problems.iter().enumerate() {
            if index > 0 {
                self.note("");
            }
            self.report(*problem);
        }
        if problems.len() > 1 {
            self.note("");
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
        self.note(format!("{:?}", Shown(error, options.build())).trim_end());
    }

    /// Whether somebody is there to be asked.
    #[must_use]
    pub fn can_ask(&self) -> bool {
        self.stderr_is_terminal && io::stdin().is_terminal()
    }

    /// Asks; only `y` or `yes` is a yes.
    ///
    /// # Errors
    /// When stdin can't be read.
    pub fn confirm(&self, question: &str) -> io::Result<bool> {
        let mut stderr = io::stderr().lock();
        write!(stderr, "\n{} [y/N] ", harmless(question))?;
        stderr.flush()?;
        let mut answer = String::new();
        if io::stdin().read_line(&mut answer)? == 0 {
            writeln!(stderr)?;
        }
        Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
    }

    /// Shows a wait: a spinner on a terminal, nothing elsewhere.
    #[must_use]
    pub fn waiting(&self, what: &str) -> Progress {
        Progress::waiting(self.stderr_is_terminal, &harmless(what), &self.waits)
    }

    /// Shows `total` steps going by: a bar on a terminal, a line each elsewhere.
    #[must_use]
    pub fn steps(&self, total: usize) -> Progress {
        Progress::steps(self.stderr_is_terminal, total, &self.waits)
    }

    /// Says what is waited for, and how long: on the bar if there is one, else on a line.
    pub fn wait_observer(&self) -> impl Fn(Duration, &str) + Send + Sync + 'static {
        let waits = self.waits.clone();
        move |how_long, why| waits.show(how_long, why)
    }
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
