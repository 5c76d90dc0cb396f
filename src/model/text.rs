//! Release notes and milestone descriptions, compared as a reader would.

use std::sync::Arc;

/// Markdown text whose line ends are `\n` and which has no blank lines at its end, so that a CRLF editor or a final
/// newline makes no difference. GitLab's `null` is the empty text. Many releases may share one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Description(Arc<str>);

impl Description {
    /// Normalises `text`.
    #[must_use]
    pub fn new(text: &str) -> Self {
        // All of them: what is normalised, sent, read back and normalised again must be the same.
        let text = text.trim_start_matches('\u{feff}');
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        Self(text.trim_end_matches([' ', '\t', '\n']).into())
    }

    /// The normalised text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn line_ends_and_trailing_blank_lines_are_no_difference() {
        let plain = Description::new("## Notes\n\n- one");
        for same in ["## Notes\r\n\r\n- one\r\n", "## Notes\n\n- one\n \n\t\n", "\u{feff}## Notes\n\n- one"] {
            assert_eq!(Description::new(same), plain);
        }
        assert_ne!(Description::new("  - one"), Description::new("- one"));
    }

    proptest! {
        #[test]
        fn what_is_normal_stays(text in "[\u{feff}\r\n\t a]{0,8}") {
            let once = Description::new(&text);
            prop_assert_eq!(Description::new(once.as_str()), once);
        }
    }
}
