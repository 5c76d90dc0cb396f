//! When to use colours.

use anstream::stream::RawStream;
use anstream::{AutoStream, ColorChoice};

/// When to use colours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ColourChoice {
    /// On a terminal, unless `NO_COLOR` or `CLICOLOR=0` is set; everywhere, if `CLICOLOR_FORCE=1` is.
    #[default]
    Auto,
    /// Everywhere, such as in a CI job's log.
    Always,
    /// Nowhere.
    Never,
}

impl ColourChoice {
    /// Whether what goes to `stream` is coloured. By default that is decided as for the help texts, and as cargo, uv and
    /// ruff do: the first of `NO_COLOR`, `CLICOLOR_FORCE`, `CLICOLOR=0` and whether there is a terminal, which has to be
    /// more than `TERM=dumb`. A CI job's log is no terminal: what is piped on there, or kept as an artifact, can't be told
    /// from what is read there.
    pub(super) fn colours<S: RawStream>(self, stream: &S) -> bool {
        match self {
            Self::Auto => AutoStream::choice(stream) != ColorChoice::Never,
            Self::Always => true,
            Self::Never => false,
        }
    }
}
