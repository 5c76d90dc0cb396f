//! Rate limits: so many requests of a kind in a window of time, each project or user for itself. Windows are GitLab's:
//! they start by the clock, every `window` seconds since 1970, and not with the first request.

mod outer;
mod parse;
mod quota;

pub(crate) use outer::admit;
pub use parse::LimitError;
pub(crate) use quota::Quota;

use crate::sandbox::http::Refusal;
use crate::sandbox::moment::Moment;
use crate::sandbox::store::ids::{ProjectId, UserId};
use std::collections::HashMap;
use std::num::NonZeroU64;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// What is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitKind {
    /// Creating and updating a project's releases, together.
    ReleaseWrites,
    /// A user's collecting of evidence.
    Evidence,
    /// All that a user asks of the API.
    Api,
}

/// A limit: `release-writes=300/60s`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    kind: LimitKind,
    count: NonZeroU64,
    /// Whole seconds, and not none.
    window: Duration,
}

/// Whose requests are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Subject {
    /// A project's.
    Project(ProjectId),
    /// A user's, with whatever token.
    User(UserId),
    /// Those of all who are not signed in: they come from one address here.
    Nobody,
}

/// The limits of a running sandbox, and how much of them is used.
#[derive(Debug)]
pub(crate) struct Limits {
    limits: Vec<Limit>,
    /// By limit and subject: the window, and how many requests there were in it.
    used: Mutex<HashMap<(usize, Subject), (i64, u64)>>,
}

impl Limits {
    /// Nothing used yet.
    pub(crate) fn new(limits: Vec<Limit>) -> Self {
        Self { limits, used: Mutex::default() }
    }

    /// Whether anything of this kind is limited.
    pub(crate) fn any(&self, kind: LimitKind) -> bool {
        self.limits.iter().any(|limit| limit.kind == kind)
    }

    /// Counts a request that an endpoint limits by itself.
    ///
    /// # Errors
    /// 429 if there were too many.
    pub(crate) fn check(&self, kind: LimitKind, subject: Subject) -> Result<(), Refusal> {
        match self.count(kind, subject, Moment::now()) {
            Some(quota) if quota.is_exceeded() => Err(quota.requested_too_many_times()),
            Some(_) | None => Ok(()),
        }
    }

    /// Counts a request, also one too many. Of several limits of a kind the one with the least left is told of.
    fn count(&self, kind: LimitKind, subject: Subject, now: Moment) -> Option<Quota> {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let limits = self.limits.iter().enumerate().filter(|(_, limit)| limit.kind == kind);
        let quotas = limits.map(|(at, limit)| {
            let quota = Quota::new(kind.name(subject), limit.count.get(), limit.window, now);
            let window = quota.window();
            let (counted_in, observed) = used.entry((at, subject)).or_insert((window, 0));
            if *counted_in != window {
                (*counted_in, *observed) = (window, 0);
            }
            *observed += 1;
            quota.observing(*observed)
        });
        quotas.min_by_key(Quota::left)
    }
}

impl LimitKind {
    /// What GitLab calls it.
    fn name(self, subject: Subject) -> &'static str {
        match (self, subject) {
            (Self::ReleaseWrites, _) => "release_writes",
            (Self::Evidence, _) => "release_evidence",
            (Self::Api, Subject::Nobody) => "throttle_unauthenticated_api",
            (Self::Api, _) => "throttle_authenticated_api",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADA: Subject = Subject::User(UserId(1));
    const BOB: Subject = Subject::User(UserId(2));

    #[test]
    fn windows_start_by_the_clock_and_everybody_has_their_own() {
        let limits = Limits::new(vec!["api=2/60s".parse().unwrap(), "evidence=1/1s".parse().unwrap()]);
        let at = |time: &str| Moment::parse(time).unwrap();
        let exceeded = |subject, time| limits.count(LimitKind::Api, subject, at(time)).unwrap().is_exceeded();
        assert!(!exceeded(ADA, "2021-01-05T10:29:58Z"));
        assert!(!exceeded(ADA, "2021-01-05T10:29:58Z"));
        assert!(exceeded(ADA, "2021-01-05T10:29:59Z"));
        assert!(!exceeded(BOB, "2021-01-05T10:29:59Z"));
        // A new minute, two seconds after the first request.
        assert!(!exceeded(ADA, "2021-01-05T10:30:00Z"));
        assert!(limits.count(LimitKind::ReleaseWrites, ADA, at("2021-01-05")).is_none());
    }

    #[test]
    fn of_two_limits_the_tighter_one_is_told() {
        let limits = Limits::new(vec!["api=9/1h".parse().unwrap(), "api=1/60s".parse().unwrap()]);
        let now = Moment::parse("2021-01-05").unwrap();
        assert!(!limits.count(LimitKind::Api, ADA, now).unwrap().is_exceeded());
        assert!(limits.count(LimitKind::Api, ADA, now).unwrap().is_exceeded());
    }
}
