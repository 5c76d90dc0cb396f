//! Where two texts differ, line by line, with the lines around it.
//!
//! By one algorithm: `similar::TextDiff` brings along all it knows, which is a fortieth of the program.

use similar::algorithms::{Capture, Compact, Replace, myers};
use similar::{DiffOp, group_diff_ops};

/// Lines around a change.
pub(super) const CONTEXT: usize = 3;

/// What turns `before` into `after`, in groups of changes that are close to each other.
pub(super) fn hunks(before: &[&str], after: &[&str]) -> Vec<Vec<DiffOp>> {
    let mut found = Compact::new(Replace::new(Capture::new()), before, after);
    let Ok(()) = myers::diff(&mut found, before, 0..before.len(), after, 0..after.len());
    group_diff_ops(found.into_inner().into_inner().into_ops(), CONTEXT)
}
