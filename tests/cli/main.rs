//! The command as users run it: a process, its streams, its exit code.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod apply;
mod apply_plan;
mod auth;
mod canary;
mod conflict;
mod doctor;
mod drift;
mod evidence;
mod fleet;
mod formats;
mod history;
mod hostile;
mod html;
mod job;
mod kill;
mod log;
mod milestones;
mod moved;
mod narrow;
mod note;
mod plan;
mod quickstart;
mod readme;
mod safety;
mod sandbox;
mod saved;
mod schema;
mod support;
mod tags;
mod terminal;
mod usage;
mod validate;
mod wire;
