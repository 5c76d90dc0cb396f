//! Where a changelog's sections are, as Markdown has it.

use super::heading::{self, Meaning, NoVersion};
use super::{Heading, Section};
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, LinkType, Parser, Tag, TagEnd};
use std::borrow::Cow;
use std::ops::Range;

/// The level of a version's line that is no heading in Markdown: that of the headings it stands for.
const LEVEL_OF_A_LINE: HeadingLevel = HeadingLevel::H2;

/// How many stray code fences are seen through; each takes a parse of its own.
const MOST_STRAYS: usize = 16;

/// A heading, or a line that stands for one.
struct Mark {
    place: Range<usize>,
    level: HeadingLevel,
    text: String,
    meaning: Meaning,
}

/// What of the Markdown matters here, in the text's order.
#[derive(Default)]
struct Outline {
    marks: Vec<Mark>,
    /// Paragraphs that begin with a version, as no section does.
    plain: Vec<Mark>,
    /// Where links stand that are defined elsewhere, and the definitions.
    uses: Vec<(usize, Range<usize>)>,
    /// All definitions.
    definitions: Vec<Range<usize>>,
}

/// Finds the sections of versions.
pub(super) fn sections(text: &str) -> Vec<Section> {
    let mut outline = Outline::of(text);
    outline.know_named_versions();
    let mut sections = Vec::new();
    let mut lines = LineCounter { text, at: 0, line: 1 };
    for (index, mark) in outline.marks.iter().enumerate() {
        let Meaning::Version { version, date } = &mark.meaning else { continue };
        let ends = |next: &&Mark| !matches!(next.meaning, Meaning::Other(_)) || next.level <= mark.level;
        let end = outline.marks[index + 1..].iter().find(ends).map_or(text.len(), |next| next.place.start);
        let body = outline.without_definitions(text, mark.place.end.min(end)..end);
        sections.push(Section {
            version: version.clone(),
            date: *date,
            heading: mark.text.clone(),
            line: lines.of(mark.place.start),
            definitions: outline.definitions_for(&body),
            body,
        });
    }
    sections
}

/// Finds the headings that begin no version's section, and the lines that look like one, in the text's order.
pub(super) fn others(text: &str) -> Vec<Heading> {
    let mut outline = Outline::of(text);
    outline.know_named_versions();
    let of_plain = outline.plain.into_iter().map(|mark| (NoVersion::NoHeading, mark));
    let of_mark = |mark: Mark| match mark.meaning {
        Meaning::Version { .. } => None,
        Meaning::Unreleased => Some((NoVersion::Unreleased, mark)),
        Meaning::Other(why) => Some((why, mark)),
    };
    let mut others: Vec<_> = outline.marks.into_iter().filter_map(of_mark).chain(of_plain).collect();
    others.sort_by_key(|(_, mark)| mark.place.start);
    let mut lines = LineCounter { text, at: 0, line: 1 };
    let heading = |(why, mark): (NoVersion, Mark)| {
        let first = text[mark.place.clone()].lines().next().unwrap_or_default();
        let place = mark.place.start..mark.place.start + first.trim_end().len();
        Heading { text: mark.text, line: lines.of(place.start), place, why }
    };
    others.into_iter().map(heading).collect()
}

impl Outline {
    /// Parses `text`, without the stray code fences in it: generators that wrap lines make a code block into a paragraph
    /// with ` ``` ` in its middle, and leave the closing fence to swallow whatever follows, versions and all.
    fn of(text: &str) -> Self {
        let mut text = Cow::Borrowed(text);
        for _ in 0..MOST_STRAYS {
            match Self::parse(&text, true) {
                Ok(outline) => return outline,
                Err(fence) => text.to_mut().replace_range(fence.clone(), &" ".repeat(fence.len())),
            }
        }
        Self::parse(&text, false).unwrap_or_default()
    }

    /// Finds what matters, or the first stray code fence, if that is asked for.
    fn parse(text: &str, finds_strays: bool) -> Result<Self, Range<usize>> {
        let mut outline = Self::default();
        let mut uses = Vec::new();
        let mut events = Parser::new(text).into_offset_iter();
        // How many quotes, lists and the like are open: no headings of the changelog's are in there.
        let mut depth = 0_usize;
        let mut heading: Option<(HeadingLevel, String)> = None;
        // Whether the last paragraph begins code that it does not end.
        let mut has_open_code = false;
        for (event, place) in events.by_ref() {
            if let Event::Start(tag) = &event
                && depth == 0
            {
                let is_bare = matches!(tag, Tag::CodeBlock(CodeBlockKind::Fenced(info)) if info.is_empty());
                if is_bare && has_open_code && finds_strays {
                    let fence = text[place.clone()].lines().next().unwrap_or_default();
                    return Err(place.start..place.start + fence.len());
                }
                has_open_code &= !is_block(tag);
            }
            match event {
                Event::Start(Tag::Heading { level, .. }) if depth == 0 => heading = Some((level, String::new())),
                Event::Start(Tag::Paragraph) if depth == 0 && may_be_line(&text[place.clone()]) => {
                    heading = Some((LEVEL_OF_A_LINE, String::new()));
                }
                Event::End(end @ (TagEnd::Heading(_) | TagEnd::Paragraph)) if depth == 0 => {
                    let Some((level, words)) = heading.take() else { continue };
                    let meaning = heading::meaning(&words);
                    let is_linked = text[place.clone()].starts_with('[');
                    let mark = |text, meaning| Mark { place, level, text, meaning };
                    if matches!(end, TagEnd::Heading(_)) || is_linked && is_version_line(&words, &meaning) {
                        outline.marks.push(mark(words, meaning));
                    } else if let first @ Meaning::Version { .. } = heading::meaning(first_line(&words)) {
                        outline.plain.push(mark(first_line(&words).to_owned(), first));
                    }
                }
                Event::Start(Tag::BlockQuote(_) | Tag::List(_)) => depth += 1,
                Event::End(TagEnd::BlockQuote(_) | TagEnd::List(_)) => depth = depth.saturating_sub(1),
                Event::Start(Tag::Link { link_type, id, .. } | Tag::Image { link_type, id, .. })
                    if matches!(link_type, LinkType::Reference | LinkType::Collapsed | LinkType::Shortcut) =>
                {
                    uses.push((place.start, id));
                }
                Event::Text(part) | Event::Code(part) => {
                    has_open_code |= depth == 0 && part.contains("```");
                    if let Some((_, text)) = &mut heading {
                        text.push_str(&part);
                    }
                }
                // A heading of several lines is one still; a paragraph of several lines is none.
                Event::SoftBreak | Event::HardBreak => {
                    if let Some((_, text)) = &mut heading {
                        text.push('\n');
                    }
                }
                _ => {}
            }
        }
        let all = events.reference_definitions();
        let definition = |(at, id): (usize, pulldown_cmark::CowStr<'_>)| Some((at, all.get(&id)?.span.clone()));
        outline.uses = uses.into_iter().filter_map(definition).collect();
        outline.definitions = all.iter().map(|(_, definition)| definition.span.clone()).collect();
        outline.definitions.sort_unstable_by_key(|place| place.start);
        Ok(outline)
    }

    /// Takes `app 1.2.3` for a version where no heading is one by itself: a changelog's sections are of one level, and of
    /// one thing. Where there are several names, a version could be anybody's.
    fn know_named_versions(&mut self) {
        if self.marks.iter().any(|mark| matches!(mark.meaning, Meaning::Version { .. })) {
            return;
        }
        let named = |mark: &Mark| heading::named(&mark.text).map(|(name, meaning)| (name.to_owned(), meaning));
        let named: Vec<_> = self.marks.iter().map(named).collect();
        let all = self.marks.iter().zip(&named).filter_map(|(mark, named)| Some((mark.level, &named.as_ref()?.0)));
        let Some(level) = all.clone().map(|(level, _)| level).min() else { return };
        let mut of_level = all.filter(|(of, _)| *of == level).map(|(_, name)| name);
        let first = of_level.next();
        if of_level.any(|name| Some(name) != first) {
            let of_names = self.marks.iter_mut().zip(&named).filter(|(_, named)| named.is_some());
            of_names.for_each(|(mark, _)| mark.meaning = Meaning::Other(NoVersion::Names));
            return;
        }
        for (mark, named) in self.marks.iter_mut().zip(named) {
            if let Some((_, meaning)) = named.filter(|_| mark.level == level) {
                mark.meaning = meaning;
            }
        }
    }

    /// `body` without the definitions at its end: those that are used are put there again, and others are nobody's.
    fn without_definitions(&self, text: &str, body: Range<usize>) -> Range<usize> {
        let mut end = body.start + text[body.clone()].trim_end().len();
        let before = self.definitions.partition_point(|definition| definition.start < end);
        for definition in self.definitions[..before].iter().rev() {
            if definition.start < body.start || text[..definition.end].trim_end().len() != end {
                break;
            }
            end = body.start + text[body.start..definition.start].trim_end().len();
        }
        body.start..end
    }

    /// The definitions that links in `body` need and which are not there.
    fn definitions_for(&self, body: &Range<usize>) -> Vec<Range<usize>> {
        let first = self.uses.partition_point(|(at, _)| *at < body.start);
        let uses = self.uses[first..].iter().take_while(|(at, _)| *at < body.end);
        let mut needed: Vec<_> = uses.map(|(_, definition)| definition.clone()).collect();
        needed.retain(|definition| definition.start < body.start || body.end <= definition.start);
        needed.sort_unstable_by_key(|definition| definition.start);
        needed.dedup();
        needed
    }
}

fn is_block(tag: &Tag<'_>) -> bool {
    !matches!(tag, Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } | Tag::Image { .. })
}

/// Whether a paragraph may be a version's line, as far as its beginning tells.
fn may_be_line(paragraph: &str) -> bool {
    paragraph.starts_with(|c: char| c.is_ascii_digit() || "[*_vV".contains(c))
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

fn is_version_line(text: &str, meaning: &Meaning) -> bool {
    let is_meant = match meaning {
        Meaning::Version { .. } => heading::is_exact_line(text),
        Meaning::Unreleased => text.eq_ignore_ascii_case("[unreleased]") || text.eq_ignore_ascii_case("unreleased"),
        Meaning::Other(_) => false,
    };
    is_meant && !text.contains('\n')
}

/// Counts lines on the way, so that no text is gone through twice.
struct LineCounter<'t> {
    text: &'t str,
    at: usize,
    line: usize,
}

impl LineCounter<'_> {
    fn of(&mut self, place: usize) -> usize {
        self.line += self.text[self.at..place].matches('\n').count();
        self.at = place;
        self.line
    }
}
