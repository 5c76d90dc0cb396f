//! Planning and applying as properties: against values, and against the embedded GitLab over real HTTP.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod bad_days;
mod bulk;
mod clock;
mod copied;
mod drift;
mod fake;
mod limits;
mod markdown;
mod over_http;
mod rehearsal;
mod round_trip;
mod saved;
#[path = "../client/server.rs"]
#[expect(dead_code, reason = "the client's tests use the rest")]
mod server;
mod simulate;
mod values;
mod wishes;
