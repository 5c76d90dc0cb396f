//! What talking to any REST API over HTTP takes, whoever answers: connections, waits, bodies, and texts made harmless.
//!
//! `gitlab` and `github` are built on it, and know each other's name no more than this knows theirs. No request is made
//! here, no redirect is ever followed by itself, and no text that is made here holds a secret. Imports `model` only.

mod address;
mod backoff;
mod body;
mod clock;
mod connection;
mod failure;
mod links;
pub(crate) mod message;
mod secret;
mod trust;
mod wait;

pub use trust::Authorities;
pub use wait::{Observer, Wait};

pub(crate) use address::{encode, is_loopback};
pub(crate) use backoff::{Backoff, LONGEST_WAIT};
pub(crate) use body::{Unread, read_all, read_some};
pub(crate) use clock::{asked_to_wait, until};
pub(crate) use connection::{Connection, Unfit};
pub(crate) use failure::{Broken, causes};
pub(crate) use links::next_link;
pub(crate) use secret::redact;
