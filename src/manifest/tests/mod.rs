//! What can't be tried from outside in reasonable time: limits set low, and long manifests made of tiny pieces.

mod limits;
mod pieces;
