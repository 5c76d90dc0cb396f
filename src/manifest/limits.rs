//! How much is read at once, and how much in all. A manifest may come from a stranger's merge request, and must not keep
//! a runner busy for hours or take all of its memory.

/// The limits of one load, which tests set lower.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// How many bytes are parsed at once, at least.
    pub(super) piece: usize,
    /// How many files may be included.
    pub(super) files: usize,
    /// How many bytes they may have together.
    pub(super) bytes: usize,
    /// How many folders and names may be looked at to find them.
    pub(super) looks: usize,
}

impl Limits {
    /// Those that hold.
    pub(super) const USUAL: Self = Self { piece: 1 << 16, files: 10_000, bytes: 1 << 30, looks: 500_000 };
}
