//! Text that came from GitLab or a manifest, made safe to show.

use std::borrow::Cow;

/// Whether `c` could steer a terminal, reorder a line or hide in it: control characters, bidi controls, zero-width and
/// other invisible format characters, line and paragraph separators. Emoji need U+FE0F to look right; it stays.
#[must_use]
pub fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0e}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// `text` on one line with every hostile character spelled out (`\n`, `\u{202e}`), so that what is seen is what is
/// there. CI section markers die with their escape character.
#[must_use]
pub fn harmless(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hostile) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_hostile(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_could_steer_a_terminal_is_spelled_out() {
        assert_eq!(harmless("plain ünïcode 🎉"), "plain ünïcode 🎉");
        assert_eq!(harmless("a\x1b[31mb\r\nc\td"), r"a\u{1b}[31mb\r\nc\td");
        assert_eq!(harmless("v1\u{202e}0.2"), r"v1\u{202e}0.2");
        assert_eq!(harmless("\x1b[0Ksection_start:1:x\r"), r"\u{1b}[0Ksection_start:1:x\r");
        assert_eq!(harmless("❤\u{fe0f}"), "❤\u{fe0f}");
    }

    proptest! {
        #[test]
        fn nothing_hostile_survives(text in any::<String>()) {
            prop_assert!(!harmless(&text).contains(is_hostile));
        }
    }
}
