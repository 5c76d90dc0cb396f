//! The few styles that reports use. Meaning never hangs on them: signs and words say the same.

use anstyle::{AnsiColor, Style};
use std::fmt::Display;

/// Which style says what.
#[derive(Debug, Clone, Copy, Default)]
pub struct Palette {
    pub(super) create: Style,
    pub(super) update: Style,
    pub(super) delete: Style,
    pub(super) heading: Style,
    pub(super) quiet: Style,
}

impl Palette {
    /// For files and pipes: no escape sequence at all.
    #[must_use]
    pub fn plain() -> Self {
        Self::default()
    }

    /// For a terminal with colours.
    #[must_use]
    pub fn coloured() -> Self {
        Self {
            create: AnsiColor::Green.on_default(),
            update: AnsiColor::Yellow.on_default(),
            delete: AnsiColor::Red.on_default(),
            heading: Style::new().bold(),
            quiet: Style::new().dimmed(),
        }
    }
}

/// `text` in `style`, and back to normal.
pub(super) fn paint(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}
