//! Makes a page fit: every part has its heading and a line that counts what is missing, then each entry gets as much room as
//! is left, in three rounds, what matters most first in each.

use crate::report::counts::of;

/// What matters more comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// A project that could not be read.
    Unread,
    /// Why nothing can be applied.
    Refusal,
    /// What went wrong.
    Failure,
    /// What is lost when it is applied.
    Deletion,
    /// What a person should know.
    Note,
    /// What is made or changed.
    Change,
    /// The rest.
    Rest,
}

/// What an entry is, where entries that are missing are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A project.
    Project,
    /// A refusal.
    Refusal,
    /// A step that failed, or was left alone.
    Failure,
    /// A sentence.
    Note,
    /// A release to be deleted.
    Deletion,
    /// A release to be made or changed.
    Release,
    /// A milestone.
    Milestone,
    /// A step that was skipped.
    Skipped,
    /// What somebody in GitLab and a change have touched.
    Conflict,
    /// A release or milestone that is not as it should be.
    Drift,
    /// One that a change of the manifest touches.
    Change,
}

impl Kind {
    /// In the order in which they are counted.
    const ALL: [Self; 11] = [
        Self::Project,
        Self::Refusal,
        Self::Failure,
        Self::Note,
        Self::Deletion,
        Self::Release,
        Self::Milestone,
        Self::Skipped,
        Self::Conflict,
        Self::Drift,
        Self::Change,
    ];

    fn count(self, count: usize) -> String {
        match self {
            Self::Project => of(count, "more project"),
            Self::Refusal => of(count, "more refusal"),
            Self::Failure => of(count, "more step") + " that failed or was left alone",
            Self::Note => of(count, "more note"),
            Self::Deletion => of(count, "more release") + " to delete",
            Self::Release => of(count, "more release") + " to create or update",
            Self::Milestone => of(count, "more milestone"),
            Self::Skipped => of(count, "more skipped step"),
            Self::Conflict => of(count, "more conflict"),
            Self::Drift => of(count, "more release or milestone") + " with drift",
            Self::Change => of(count, "more release or milestone") + " to change",
        }
    }
}

/// Something that is shown whole, shorter, or not at all.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) rank: Rank,
    pub(super) kind: Kind,
    /// From its shortest form to its longest. Each ends with a line end, and closes what it opens.
    pub(super) levels: Vec<String>,
}

/// How much of each form is worth writing before it is known what fits: a plan may be a thousand times longer than a page.
#[derive(Debug)]
pub(super) struct Hopes {
    limit: usize,
    deletions: [usize; 3],
    others: [usize; 3],
}

impl Hopes {
    /// For a page of so many bytes.
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, deletions: [limit.saturating_mul(2); 3], others: [limit.saturating_mul(2); 3] }
    }

    /// The forms of one entry that there is any hope for.
    pub(super) fn levels(&mut self, rank: Rank, forms: &[impl Fn() -> String; 3]) -> Vec<String> {
        let left = if rank == Rank::Deletion { &mut self.deletions } else { &mut self.others };
        let mut levels = Vec::new();
        for (form, left) in forms.iter().zip(left).take_while(|(_, left)| **left > 0) {
            let text = form();
            // One that is too long takes no more hope from others than some that fit.
            *left = left.saturating_sub(text.len().min(self.limit / 4).max(1));
            levels.push(text);
        }
        levels
    }
}

/// Entries under a heading.
#[derive(Debug)]
pub(super) struct Part {
    /// Empty, or some lines and an empty one.
    pub(super) head: String,
    pub(super) entries: Vec<Entry>,
}

/// A project.
#[derive(Debug)]
pub(super) struct Section {
    /// Empty, or some lines and an empty one.
    pub(super) head: String,
    pub(super) parts: Vec<Part>,
}

/// All of it.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) title: String,
    pub(super) sections: Vec<Section>,
}

impl Part {
    /// The line that says what of the entries is missing.
    fn missing(&self, is_missing: impl Fn(usize) -> bool) -> String {
        let kinds = Kind::ALL.into_iter().filter_map(|kind| {
            let missing = self.entries.iter().enumerate().filter(|(nth, entry)| entry.kind == kind && is_missing(*nth));
            Some(missing.count()).filter(|count| *count > 0).map(|count| kind.count(count))
        });
        line(&kinds.collect::<Vec<_>>())
    }

    /// The room it takes in any case: no count is longer than that of everything.
    fn base(&self) -> usize {
        if self.entries.is_empty() { 0 } else { self.head.len() + self.missing(|_| true).len() + 1 }
    }
}

/// `… 3 more releases`, as a paragraph; nothing for nothing.
fn line(counts: &[String]) -> String {
    if counts.is_empty() {
        return String::new();
    }
    format!("\n… {}: see the job's log or its artifacts.\n\n", counts.join(", "))
}

impl Section {
    fn base(&self) -> usize {
        self.head.len() + self.parts.iter().map(Part::base).sum::<usize>()
    }

    fn rank(&self) -> Rank {
        self.parts.iter().flat_map(|part| &part.entries).map(|entry| entry.rank).min().unwrap_or(Rank::Rest)
    }
}

impl Page {
    /// The page in at most `limit` bytes, if its title is not longer.
    pub(super) fn fit(self, limit: usize) -> String {
        let Self { title, sections } = self;
        let others = |count: usize| if count == 0 { String::new() } else { line(&[Kind::Project.count(count)]) };
        let mut left = limit.saturating_sub(title.len() + others(sections.len()).len());
        let mut order: Vec<usize> = (0..sections.len()).collect();
        order.sort_by_key(|nth| sections[*nth].rank());
        let mut is_kept = vec![false; sections.len()];
        for nth in order {
            let base = sections[nth].base();
            if base <= left {
                left -= base;
                is_kept[nth] = true;
            }
        }
        let kept = sections.iter().zip(&is_kept).filter(|(_, kept)| **kept).map(|(section, _)| section);
        let kept: Vec<&Section> = kept.collect();
        let shown = rooms(&kept.iter().flat_map(|section| &section.parts).collect::<Vec<_>>(), left);
        let mut shown = shown.iter();
        let mut page = title;
        for section in &kept {
            page.push_str(&section.head);
            for (part, shown) in section.parts.iter().zip(shown.by_ref()).filter(|(part, _)| !part.entries.is_empty()) {
                page.push_str(&part.head);
                for (entry, level) in part.entries.iter().zip(shown) {
                    page.push_str(level.and_then(|level| entry.levels.get(level)).map_or("", String::as_str));
                }
                page.push_str(&part.missing(|nth| shown[nth].is_none()));
                page.push('\n');
            }
        }
        page.push_str(&others(sections.len() - kept.len()));
        page.truncate(page.trim_end().len());
        page + "\n"
    }
}

/// For each part, which level of each entry there is room for, if for any.
fn rooms(parts: &[&Part], mut left: usize) -> Vec<Vec<Option<usize>>> {
    let mut rooms: Vec<Vec<Option<usize>>> = parts.iter().map(|part| vec![None; part.entries.len()]).collect();
    let entries = parts.iter().enumerate().flat_map(|(p, part)| (0..part.entries.len()).map(move |e| (p, e)));
    let mut entries: Vec<(usize, usize)> = entries.collect();
    entries.sort_by_key(|(p, e)| parts[*p].entries[*e].rank);
    let rounds = parts.iter().flat_map(|part| &part.entries).map(|entry| entry.levels.len()).max().unwrap_or(0);
    for level in 0..rounds {
        for &(p, e) in &entries {
            let levels = &parts[p].entries[e].levels;
            let has = rooms[p][e];
            // What did not fit when it was shorter does not fit now.
            let is_next = has == level.checked_sub(1);
            let room = has.map_or(0, |has| levels[has].len());
            if let Some(text) = levels.get(level).filter(|text| is_next && text.len().saturating_sub(room) <= left) {
                left = (left + room).saturating_sub(text.len());
                rooms[p][e] = Some(level);
            }
        }
    }
    rooms
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(rank: Rank, kind: Kind, sizes: &[usize]) -> Entry {
        Entry { rank, kind, levels: sizes.iter().map(|size| "x".repeat(size - 1) + "\n").collect() }
    }

    fn page() -> Page {
        let releases = (0..100).map(|_| entry(Rank::Change, Kind::Release, &[20, 100, 1000]));
        let deletions = (0..5).map(|_| entry(Rank::Deletion, Kind::Deletion, &[21, 50]));
        let changes = Part { head: String::new(), entries: releases.chain(deletions).collect() };
        Page { title: "title\n\n".into(), sections: vec![Section { head: "head\n\n".into(), parts: vec![changes] }] }
    }

    #[test]
    fn a_page_keeps_to_its_limit_and_deletions_go_last() {
        for limit in (500..120_000).step_by(997) {
            let text = page().fit(limit);
            assert!(text.len() <= limit, "{} > {limit}", text.len());
            let deletions = text.lines().filter(|line| [20, 49].contains(&line.len())).count();
            assert_eq!(deletions, 5, "{text}");
        }
        assert!(!page().fit(110_000).contains('…'));
        assert!(page().fit(500).contains(" more releases to create or update: see"), "{}", page().fit(500));
    }
}
