//! The few lines of a manifest's files that an error shows.
//!
//! miette would print source lines as they are, however long and whatever is in them, and would walk the whole file for
//! each label. An [`Excerpt`] holds only the lines around the labels, cut to a readable width and with hidden characters
//! spelled out; the labels move along. Lines and columns stay those of the file.

use crate::manifest::lines::{Lines, floor_char};
use crate::manifest::source::{FileId, Span};
use crate::manifest::visible;
use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use std::ops::Range;

/// Lines shown above and below a labelled one.
const CONTEXT: usize = 1;
/// A line of more bytes is cut down to what is around its labels.
const LONG: usize = 120;
/// Bytes shown around a label in a long line.
const AROUND: usize = 40;

/// The lines to show. Offsets into it are its own.
#[derive(Debug)]
pub(super) struct Excerpt {
    chunks: Vec<Chunk>,
    places: Vec<Place>,
}

/// Some lines of a file in a row.
#[derive(Debug)]
struct Chunk {
    name: String,
    offset: usize,
    first_line: usize,
    line_count: usize,
    text: String,
}

/// Where a label really stands, for the `file:line:column` above the lines.
#[derive(Debug)]
struct Place {
    span: SourceSpan,
    line: usize,
    column: usize,
}

impl Excerpt {
    /// The lines around `spans`, and where each of these is in the excerpt. A span of several lines is cut to its first.
    /// The files have these `names` and `lines`.
    pub(super) fn new(names: &[String], lines: &[Lines<'_>], spans: &[Span]) -> (Self, Vec<SourceSpan>) {
        let marks: Vec<Mark> = spans.iter().map(|span| Mark::new(&lines[span.file.index()], *span)).collect();
        let mut labelled: Vec<(FileId, usize)> = marks.iter().map(|mark| (mark.file, mark.line)).collect();
        labelled.sort_unstable();
        labelled.dedup();

        let mut chunks: Vec<Chunk> = Vec::new();
        let mut places: Vec<Option<SourceSpan>> = vec![None; marks.len()];
        for group in labelled.chunk_by(|left, right| left.0 == right.0 && right.1 - left.1 <= 2 * CONTEXT + 1) {
            let (Some((file, first)), Some((_, last))) = (group.first(), group.last()) else { continue };
            let (name, lines) = (names[file.index()].clone(), &lines[file.index()]);
            let range = first.saturating_sub(CONTEXT)..=(last + CONTEXT).min(lines.last());
            // One byte between two chunks keeps miette from joining them.
            let offset = chunks.last().map_or(0, |chunk| chunk.offset + chunk.text.len() + 1);
            let mut chunk = Chunk { name, offset, first_line: *range.start(), line_count: 0, text: String::new() };
            for line in range {
                chunk.push_line(lines, (*file, line), &marks, &mut places);
            }
            chunks.push(chunk);
        }

        let spans: Vec<SourceSpan> = places.into_iter().map(|place| place.unwrap_or_else(|| 0.into())).collect();
        let places = marks.iter().zip(&spans);
        let places = places.map(|(mark, span)| Place { span: *span, line: mark.line, column: mark.column }).collect();
        (Self { chunks, places }, spans)
    }
}

/// A span of one line.
struct Mark {
    file: FileId,
    line: usize,
    column: usize,
    start: usize,
    end: usize,
}

impl Mark {
    fn new(lines: &Lines<'_>, span: Span) -> Self {
        let start = lines.clamp(span.start());
        let line = lines.index(start);
        let range = lines.range(line);
        let start = start.min(range.end);
        let end = lines.clamp(span.end()).clamp(start, range.end);
        Self { file: span.file, line, column: lines.text()[range.start..start].chars().count(), start, end }
    }
}

impl Chunk {
    fn push_line(
        &mut self,
        lines: &Lines<'_>,
        (file, line): (FileId, usize),
        marks: &[Mark],
        places: &mut [Option<SourceSpan>],
    ) {
        if self.line_count > 0 {
            self.text.push('\n');
        }
        self.line_count += 1;
        let range = lines.range(line);
        let here: Vec<(usize, &Mark)> =
            marks.iter().enumerate().filter(|(_, mark)| (mark.file, mark.line) == (file, line)).collect();
        let kept = kept_parts(lines.text(), &range, here.iter().map(|(_, mark)| *mark));

        let mut starts = vec![None; here.len()];
        let mut ends = vec![None; here.len()];
        let offset = self.offset;
        let mut note = |at: usize, out: usize| {
            for (index, (_, mark)) in here.iter().enumerate() {
                if mark.start <= at {
                    starts[index].get_or_insert(offset + out);
                }
                if mark.end <= at {
                    ends[index].get_or_insert(offset + out);
                }
            }
        };
        let mut shown_to = range.start;
        for part in kept {
            if part.start > shown_to {
                note(part.start - 1, self.text.len());
                self.text.push('…');
            }
            for (at, c) in lines.text()[part.clone()].char_indices() {
                note(part.start + at, self.text.len());
                if c == '\t' { self.text.push(c) } else { visible::push(&mut self.text, c) }
            }
            shown_to = part.end;
        }
        note(shown_to, self.text.len());
        if shown_to < range.end {
            self.text.push('…');
        }
        note(range.end, self.text.len());
        if range.is_empty() && !here.is_empty() {
            // miette leaves out an empty last line, and the label with it.
            self.text.push(' ');
        }
        for (index, (place, _)) in here.iter().enumerate() {
            if let (Some(start), Some(end)) = (starts[index], ends[index]) {
                places[*place] = Some((start, end - start).into());
            }
        }
    }
}

/// The parts of a line to show: all of it, or what is around its labels, or its beginning.
fn kept_parts<'m>(text: &str, line: &Range<usize>, marks: impl Iterator<Item = &'m Mark>) -> Vec<Range<usize>> {
    if line.len() <= LONG {
        return vec![line.clone()];
    }
    let around = |start: usize, end: usize| {
        let start = floor_char(text, start.saturating_sub(AROUND).max(line.start));
        let end = floor_char(text, (end + AROUND).min(line.end));
        start..end
    };
    let mut parts: Vec<Range<usize>> =
        marks.map(|mark| around(mark.start, mark.end.min(mark.start + AROUND))).collect();
    parts.sort_unstable_by_key(|part| part.start);
    if parts.is_empty() {
        parts.push(around(line.start, line.start + AROUND));
    }
    let mut merged: Vec<Range<usize>> = Vec::new();
    for part in parts {
        match merged.last_mut() {
            Some(last) if part.start <= last.end => last.end = last.end.max(part.end),
            _ => merged.push(part),
        }
    }
    merged
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        lines_before: usize,
        lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let end = span.offset() + span.len();
        let holds = |chunk: &&Chunk| chunk.offset <= span.offset() && end <= chunk.offset + chunk.text.len();
        let chunk = self.chunks.iter().find(holds).ok_or(MietteError::OutOfBounds)?;
        let exact = self.places.iter().find(|place| place.span == *span).filter(|_| lines_before + lines_after == 0);
        let (data, span, line, column, count) = if let Some(place) = exact {
            let data = &chunk.text[span.offset() - chunk.offset..end - chunk.offset];
            (data, *span, place.line, place.column, 1)
        } else {
            let whole = (chunk.offset, chunk.text.len()).into();
            (chunk.text.as_str(), whole, chunk.first_line, 0, chunk.line_count)
        };
        let name = chunk.name.clone();
        Ok(Box::new(MietteSpanContents::new_named(name, data.as_bytes(), span, line, column, count)))
    }
}
