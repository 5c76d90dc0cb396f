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

/// Joins two emoji into one, such as a family or a flag.
const JOINER: char = '\u{200d}';

/// Whether `c` is in one of the blocks that emoji are in.
fn is_pictograph(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{21ff}' | '\u{2300}'..='\u{23ff}' | '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}'
        | '\u{1f000}'..='\u{1faff}')
}

/// `text` on one line with every hostile character spelled out (`\n`, `\u{202e}`), so that what is seen is what is
/// there. CI section markers die with their escape character.
///
/// The one thing that stays though it can't be seen is a joiner between two emoji: there it makes one of them, and hides
/// nothing. Flags of regions (England, Texas) are spelled out: their letters are invisible ones, in which any text could hide.
#[must_use]
pub fn harmless(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hostile) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    let mut chars = text.chars().peekable();
    let mut follows_emoji = false;
    while let Some(c) = chars.next() {
        let joins = c == JOINER && follows_emoji && chars.peek().copied().is_some_and(is_pictograph);
        if is_hostile(c) && !joins {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
        follows_emoji = is_pictograph(c) || follows_emoji && c == '\u{fe0f}';
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

    #[test]
    fn a_joiner_stays_between_emoji_and_nowhere_else() {
        for emoji in
            ["👨\u{200d}👩\u{200d}👧", "🏳\u{fe0f}\u{200d}🌈", "👩🏽\u{200d}🚀", "🐈\u{200d}⬛", "🙂\u{200d}↔\u{fe0f}"]
        {
            assert_eq!(harmless(&format!("a {emoji} b")), format!("a {emoji} b"));
        }
        assert_eq!(harmless("v1\u{200d}.0"), r"v1\u{200d}.0");
        assert_eq!(harmless("👨\u{200d}"), r"👨\u{200d}");
        assert_eq!(harmless("\u{200d}👨\u{200d}a"), r"\u{200d}👨\u{200d}a");
        assert_eq!(harmless("👨\u{200d}\u{200d}👩"), r"👨\u{200d}\u{200d}👩");
        assert_eq!(harmless("a\u{fe0f}\u{200d}👩"), "a\u{fe0f}\\u{200d}👩");
        assert_eq!(harmless("🏴\u{e0067}\u{e007f}"), r"🏴\u{e0067}\u{e007f}");
    }

    proptest! {
        #[test]
        fn nothing_hostile_survives(text in "(\\PC|[\u{1b}\u{202e}\u{200b}\u{200d}\r\u{e0041}👨❤\u{fe0f}])*") {
            let shown = harmless(&text);
            let chars: Vec<_> = shown.chars().collect();
            for (nth, c) in chars.iter().enumerate().filter(|(_, c)| is_hostile(**c)) {
                prop_assert!(*c == JOINER && is_pictograph(chars[nth + 1]) && nth > 0, "{c:?} in {shown:?}");
            }
        }
    }
}
