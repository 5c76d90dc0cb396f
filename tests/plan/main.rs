//! Planning and applying as properties: against values, and against the embedded GitLab over real HTTP.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod bad_days;
mod over_http;
mod round_trip;
mod saved;
mod simulate;
mod values;
mod wishes;
