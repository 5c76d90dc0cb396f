//! What a heading of a changelog says: a version, that something is not released yet, or anything else.

use jiff::civil::Date;

/// What a heading means.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// A version's section begins.
    Version {
        /// Without a `v`.
        version: String,
        /// When it came out.
        date: Option<Date>,
    },
    /// What is not released yet.
    Unreleased,
    /// Anything else, and why it is no version.
    Other(NoVersion),
}

/// Why a heading begins no version's section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoVersion {
    /// It is of what is not released yet.
    Unreleased,
    /// It does not begin with a number.
    NoNumber,
    /// A number that could count anything.
    OneNumber,
    /// It begins with a date.
    Date,
    /// It begins with a number, and goes on as no version does.
    NotSo,
    /// There is a version, and words after it that are not set apart.
    Words,
    /// A name and a version, in a changelog of more than one name.
    Names,
    /// A version on a line that is no heading.
    NoHeading,
}

/// Words that may stand before a version.
const WORDS: [&str; 2] = ["version ", "release "];

/// Understands a heading's text, without its markup: a linked version has no brackets any more, others may have.
pub(super) fn meaning(text: &str) -> Meaning {
    let text = text.trim();
    let (bracket, inner) = match text.strip_prefix('[') {
        Some(inner) => (true, inner),
        None => (false, text),
    };
    if is_unreleased(inner) {
        return Meaning::Unreleased;
    }
    let bare = WORDS.iter().find_map(|word| strip_word(inner, word)).unwrap_or(inner);
    let (named, bare) = (bare.len() < inner.len(), bare.trim_start());
    let numbered = without_v(bare);
    let end = numbered.find(|c: char| !(c.is_ascii_alphanumeric() || ".-+_~".contains(c))).unwrap_or(numbered.len());
    let (version, rest) = numbered.split_at(end);
    let rest = match rest.strip_prefix(']') {
        Some(rest) if bracket => rest,
        _ if bracket => {
            return Meaning::Other(if numbers(version).is_empty() { NoVersion::NoNumber } else { NoVersion::NotSo });
        }
        _ => rest,
    };
    let is_marked = bracket || named || numbered.len() < bare.len();
    if !is_version(version, is_marked) {
        return Meaning::Other(match numbers(version) {
            "" => NoVersion::NoNumber,
            _ if is_date(version) => NoVersion::Date,
            all if all == version && !all.contains('.') => NoVersion::OneNumber,
            _ => NoVersion::NotSo,
        });
    }
    if !may_follow(rest) {
        return Meaning::Other(NoVersion::Words);
    }
    Meaning::Version { version: version.to_owned(), date: date_in(rest) }
}

/// The name and the version in `app 1.2.3`, `[app] 1.2.3`, `app@1.2.3` or `@scope/app@1.2.3`. There must be two dots at
/// least, and nothing tells whose name it is: that is for those to judge who know the other headings.
pub(super) fn named(text: &str) -> Option<(&str, Meaning)> {
    let (name, version) =
        text.trim().split_once(' ').filter(|(name, _)| !name.trim_start_matches('@').contains('@')).or_else(|| {
            let end = text.find(' ').unwrap_or(text.len());
            let at = text[..end].rfind('@')?;
            Some((&text[..at], &text[at + 1..]))
        })?;
    let name = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    let is_name =
        name.contains(char::is_alphabetic) && name.chars().all(|c| c.is_alphanumeric() || "-_./@".contains(c));
    let meaning = meaning(version);
    let is_full = matches!(&meaning, Meaning::Version { version, .. } if numbers(version).matches('.').count() > 1);
    (is_name && is_full).then_some((name, meaning))
}

/// Whether a line that is no heading, `[1.2.3] - 2026-01-30`, has the exact form of one: then it has a date, and nothing
/// but `[YANKED]` after it.
pub(super) fn is_exact_line(text: &str) -> bool {
    let is_version = matches!(meaning(text), Meaning::Version { .. });
    let after = text.split_once(" - ").and_then(|(_, date)| date_at_start(date.trim()));
    is_version && after.is_some_and(|(_, rest)| rest.is_empty() || rest.trim().eq_ignore_ascii_case("[yanked]"))
}

/// A version without its `v`.
pub(super) fn without_v(version: &str) -> &str {
    let rest = version.strip_prefix(['v', 'V']);
    rest.filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit())).unwrap_or(version)
}

fn is_unreleased(text: &str) -> bool {
    strip_word(text, "unreleased").is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
}

fn strip_word<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let (start, rest) = text.split_at_checked(word.len())?;
    start.eq_ignore_ascii_case(word).then_some(rest)
}

/// `1.2`, `1.2.3-rc.1+build`, `1.0.0.rc1`, `1.0b2`; with a mark before it that it is one (`v`, `[`, a word), `10` too.
/// Not a date, nor what only begins with a number.
fn is_version(text: &str, is_marked: bool) -> bool {
    let numbers = numbers(text);
    let suffix = &text[numbers.len()..];
    let dots = numbers.matches('.').count();
    let is_suffix = suffix.is_empty()
        || suffix.starts_with(['-', '+'])
        || dots > 0 && suffix.starts_with(|c: char| c.is_ascii_alphabetic() || "._~".contains(c));
    !numbers.is_empty()
        && (dots > 0 || is_marked)
        && is_suffix
        && text.ends_with(|c: char| c.is_ascii_alphanumeric())
        && !is_date(text)
}

/// The beginning that is numbers with dots between them.
fn numbers(text: &str) -> &str {
    let mut end = 0;
    let mut rest = text;
    loop {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            return &text[..end];
        }
        end = text.len() - rest.len() + digits;
        match rest[digits..].strip_prefix('.') {
            Some(after) => rest = after,
            None => return &text[..end],
        }
    }
}

/// `2026-01-30` or `30.01.2026`. `2026.01.30` is a version: calendars are used for those.
fn is_date(text: &str) -> bool {
    let mut lengths = [0; 3];
    let mut count = 0;
    for part in text.split('.') {
        if let Some(length) = lengths.get_mut(count) {
            *length = part.len();
        }
        count += 1;
    }
    let ends_in_a_year = count == 3 && lengths[0] <= 2 && lengths[1] <= 2 && lengths[2] == 4;
    date_at_start(text).is_some() || ends_in_a_year
}

/// Whether what comes after a version leaves it one: nothing, a date, or something set apart.
fn may_follow(rest: &str) -> bool {
    let trimmed = rest.trim_start();
    let is_apart = trimmed.len() < rest.len();
    trimmed.is_empty()
        || trimmed.starts_with([':', '(', '['])
        || is_apart && trimmed.starts_with(['-', '–', '—', '/', '|'])
        || date_at_start(trimmed.trim_start_matches([',', ' '])).is_some()
}

/// The first date in a heading's rest.
fn date_in(rest: &str) -> Option<Date> {
    let mut starts = rest.char_indices().filter(|(at, c)| {
        c.is_ascii_digit() && !rest[..*at].ends_with(|before: char| before.is_alphanumeric() || before == '-')
    });
    starts.find_map(|(at, _)| date_at_start(&rest[at..])).map(|(date, _)| date)
}

/// The date, `2026-01-30` or `2026-1-3`, that a text begins with, and what follows.
fn date_at_start(text: &str) -> Option<(Date, &str)> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let mut rest = text;
    let mut number = |lengths: std::ops::RangeInclusive<usize>| {
        let (number, after) = rest.split_at(digits(rest));
        rest = after.strip_prefix('-').unwrap_or(after);
        lengths.contains(&number.len()).then(|| number.parse::<i16>().ok()).flatten()
    };
    let (year, month, day) = (number(4..=4)?, number(1..=2)?, number(1..=2)?);
    let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    (!rest.starts_with(char::is_alphanumeric)).then_some((date, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Option<(String, String)> {
        match meaning(text) {
            Meaning::Version { version, date } => {
                Some((version, date.map_or_else(String::new, |date| date.to_string())))
            }
            Meaning::Unreleased | Meaning::Other(_) => None,
        }
    }

    #[test]
    fn versions_are_known_by_their_form() {
        for (text, expected, date) in [
            ("0.8.0", "0.8.0", ""),
            ("v1.2.3 (2026-01-30)", "1.2.3", "2026-01-30"),
            ("[1.2.3] - 2026-01-30", "1.2.3", "2026-01-30"),
            ("1.2.3 - 2026-01-30", "1.2.3", "2026-01-30"),
            ("[v1.2.3] – 2026-01-30 [YANKED]", "1.2.3", "2026-01-30"),
            ("1.2.3 - 2026-1-3", "1.2.3", "2026-01-03"),
            ("V1.0.0.rc1 - 2023-07-20 - The last one before the 1s", "1.0.0.rc1", "2023-07-20"),
            ("1.0.0-rc.1+build.7", "1.0.0-rc.1+build.7", ""),
            ("2019.10", "2019.10", ""),
            ("2026.01.30", "2026.01.30", ""),
            ("1.0b2: Better", "1.0b2", ""),
            ("Version 2.0", "2.0", ""),
            ("Release v3 / 2026-01-30", "3", "2026-01-30"),
            ("[10] - 2026-01-30", "10", "2026-01-30"),
            ("v10", "10", ""),
            ("1.4.2 2026-01-30", "1.4.2", "2026-01-30"),
            ("1.4.2, 2026-01-30", "1.4.2", "2026-01-30"),
            ("1.4.2 (30 January 2026)", "1.4.2", ""),
        ] {
            assert_eq!(version(text), Some((expected.to_owned(), date.to_owned())), "{text}");
        }
    }

    #[test]
    fn what_only_begins_with_a_number_is_no_version() {
        for text in [
            "2 new features",
            "10. Heading",
            "Python 3 support",
            "3.12 support",
            "3.11/3.12 support",
            "2026-01-30",
            "[2026-01-30]",
            "30.01.2026",
            "[2026-1-3]",
            "2026 (a good year)",
            "3rd edition",
            "1.x",
            "v",
            "version history",
            "vendor 1.2.3",
            "[1.2.3",
            "",
            "É1.2",
        ] {
            assert_eq!(version(text), None, "{text}");
        }
        for text in ["Unreleased", "[unreleased] - soon", "UNRELEASED (2.0)"] {
            assert_eq!(meaning(text), Meaning::Unreleased, "{text}");
        }
        assert_eq!(meaning("Unreleasedly"), Meaning::Other(NoVersion::NoNumber));
    }

    #[test]
    fn why_it_is_no_version_is_known() {
        for (text, why) in [
            ("Changes", NoVersion::NoNumber),
            ("[Changes", NoVersion::NoNumber),
            ("", NoVersion::NoNumber),
            ("Python 3 support", NoVersion::NoNumber),
            ("10", NoVersion::OneNumber),
            ("2 new features", NoVersion::OneNumber),
            ("2026-01-30", NoVersion::Date),
            ("[30.01.2026]", NoVersion::Date),
            ("3rd edition", NoVersion::NotSo),
            ("[1.2.3", NoVersion::NotSo),
            ("1.x", NoVersion::NotSo),
            ("3.12 support", NoVersion::Words),
        ] {
            assert_eq!(meaning(text), Meaning::Other(why), "{text}");
        }
    }

    #[test]
    fn names_may_stand_before_full_versions() {
        for (text, name, version) in [
            ("app 11.0.0", "app", "11.0.0"),
            ("[app] v1.0.0 - 2026-01-30", "app", "1.0.0"),
            ("app@12.0.0-rc.1", "app", "12.0.0-rc.1"),
            ("@scope/app@12.0.0 (2026-01-30)", "@scope/app", "12.0.0"),
        ] {
            assert!(matches!(meaning(text), Meaning::Other(_)), "{text}");
            let (found, meaning) = named(text).unwrap();
            assert!(matches!(&meaning, Meaning::Version { version: found, .. } if found == version), "{text}");
            assert_eq!(found, name);
        }
        for text in [
            "app 1.0",
            "my app 1.0.0",
            "app@12",
            "app 1.0.0 is here",
            "1.0.0 1.0.0",
            "app",
            "app@",
            "@",
            "",
            "@ 1.0.0",
            "due 30.01.2026",
        ] {
            assert!(named(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_line_must_be_exactly_so() {
        for text in ["[1.2.3] - 2026-01-30", "1.2.3 - 2026-01-30", "[1.2.3] - 2026-01-30 [YANKED]"] {
            assert!(is_exact_line(text), "{text}");
        }
        for text in ["[1.2.3]", "[1.2.3] (2026-01-30)", "[1.2.3] - 2026-01-30 was a good day", "[1.2.3] - soon"] {
            assert!(!is_exact_line(text), "{text}");
        }
    }
}
