//! The manifest, from outside: what is taken, what is refused, and how that reads.

#![expect(clippy::unwrap_used, reason = "a test may panic, its helpers too")]

mod any_input;
mod changelog;
mod defaults;
mod examples;
mod files;
mod fleet;
mod folder;
mod hostile;
mod include;
mod keys;
mod relations;
mod render;
mod schema;
mod syntax;
mod taken;
mod tree;
mod values;
