//! The command as users run it: a process, its streams, its exit code.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod apply;
mod history;
mod plan;
mod quickstart;
mod readme;

mod safety;
mod sandbox;
mod schema;
mod support;
mod terminal;
mod usage;
mod validate;
