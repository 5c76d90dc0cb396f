//! The REST client and the snapshot over real HTTP: against small odd servers made here, and against the sandbox.

#![expect(clippy::unwrap_used, reason = "a test that meets the unexpected should stop there")]

mod errors;
mod github;
mod notes;
mod pages;
mod requests;
#[cfg(feature = "sandbox")]
mod sandbox;
mod secrecy;
mod server;
mod snapshot;
mod survey;
mod values;
