//! Which part of a list is wanted, and in which direction.

/// The direction of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    /// Smallest first.
    Asc,
    /// Largest first.
    Desc,
}

impl Sort {
    /// SQL's word for it.
    pub(super) fn sql(self) -> &'static str {
        match self {
            Self::Asc => "ASC",
            Self::Desc => "DESC",
        }
    }
}

/// Which part of a list is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Page {
    /// From 1.
    pub(crate) number: i64,
    /// How many rows a page holds.
    pub(crate) size: i64,
}

impl Page {
    /// How many rows to read: one more than the page holds, to know whether there is another.
    pub(super) fn limit(self) -> i64 {
        self.size + 1
    }

    /// How many rows come before the page.
    pub(super) fn offset(self) -> i64 {
        (self.number - 1).saturating_mul(self.size)
    }

    /// Takes the extra row away; says whether it was there.
    pub(crate) fn cut<T>(self, rows: &mut Vec<T>) -> bool {
        let size = usize::try_from(self.size).unwrap_or(usize::MAX);
        let more = rows.len() > size;
        rows.truncate(size);
        more
    }
}
