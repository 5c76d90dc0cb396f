//! Where in a manifest something is written, to say why a step is there.

/// A line of one of the files in [`Desired::files`](crate::model::Desired::files).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Which file: an index into [`Desired::files`](crate::model::Desired::files).
    pub file: u32,
    /// The line, from 1.
    pub line: u32,
}
