//! Bad days on purpose: which requests suffer what. Knows when; `strike` knows how.
//!
//! Each fault counts and draws for itself, so that with a seed the n-th request that a fault sees suffers it or not by
//! nothing but n. The faults are asked in their order, and the first that strikes is the only one: `… 503 1x` before
//! `… reset 1x` is a 503, then a reset.

mod parse;
mod routes;
mod strike;

pub use parse::FaultError;
pub(crate) use routes::routes;
pub(crate) use strike::strike;

use axum::http::{Method, StatusCode};
use globset::GlobMatcher;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What may happen to some requests: `POST */releases 503 0.1`.
#[derive(Debug, Clone)]
pub struct Fault {
    /// Those by this method; `None` is any.
    method: Option<Method>,
    /// Those whose path below `/api/v4`, as it was sent, is like this. `*` stands for slashes, too.
    path: GlobMatcher,
    what: What,
    often: Often,
}

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    /// Nothing is done, and this is answered.
    Status(StatusCode),
    /// Nothing is done, and the connection is reset.
    Reset,
    /// Nothing is done, and nothing is answered for as long as the client waits.
    Hang,
    /// It is done, but the answer breaks off.
    Truncate,
    /// It is done, but the connection is closed without an answer.
    LostAnswer,
}

/// To how many.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Often {
    /// To each with this probability.
    Chance(f64),
    /// To the first so many.
    First(u64),
}

/// The faults of a running sandbox.
#[derive(Debug)]
pub(crate) struct Faults {
    seed: Option<u64>,
    armed: Mutex<Vec<Armed>>,
}

/// A fault, and how far it has come.
#[derive(Debug)]
struct Armed {
    fault: Fault,
    struck: u64,
    dice: fastrand::Rng,
}

impl Faults {
    /// Faults that fall as `seed` has it, or by chance.
    pub(crate) fn new(faults: Vec<Fault>, seed: Option<u64>) -> Self {
        let new = Self { seed, armed: Mutex::default() };
        new.replace(faults);
        new
    }

    /// From now on these, as if they were the first.
    pub(crate) fn replace(&self, faults: Vec<Fault>) {
        let dice = |at: usize| match self.seed {
            Some(seed) => fastrand::Rng::with_seed(seed.wrapping_add(at as u64)),
            None => fastrand::Rng::new(),
        };
        let armed = faults.into_iter().enumerate().map(|(at, fault)| Armed { fault, struck: 0, dice: dice(at) });
        *self.armed() = armed.collect();
    }

    /// How many requests have suffered any of them so far.
    fn struck(&self) -> u64 {
        self.armed().iter().map(|armed| armed.struck).sum()
    }

    /// What is to happen to this request.
    fn draw(&self, method: &Method, path: &str) -> Option<What> {
        self.armed().iter_mut().find_map(|armed| armed.draw(method, path))
    }

    fn armed(&self) -> MutexGuard<'_, Vec<Armed>> {
        self.armed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Armed {
    fn draw(&mut self, method: &Method, path: &str) -> Option<What> {
        let Fault { method: wanted, path: glob, what, often } = &self.fault;
        if wanted.as_ref().is_some_and(|wanted| wanted != method) || !glob.is_match(path.trim_start_matches('/')) {
            return None;
        }
        let strikes = match often {
            Often::Chance(chance) => self.dice.f64() < *chance,
            Often::First(count) => self.struck < *count,
        };
        self.struck += u64::from(strikes);
        strikes.then_some(*what)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(texts: &[&str], seed: u64) -> Faults {
        Faults::new(texts.iter().map(|text| text.parse().unwrap()).collect(), Some(seed))
    }

    fn days(faults: &Faults, count: usize) -> Vec<bool> {
        (0..count).map(|_| faults.draw(&Method::GET, "/projects/24/releases").is_some()).collect()
    }

    #[test]
    fn a_fault_strikes_only_what_it_names() {
        let faults = faults(&["POST */releases 503 1", "* /projects/*/milestones* hang 1", "GET version reset 1"], 1);
        let unavailable = Some(What::Status(StatusCode::SERVICE_UNAVAILABLE));
        for (method, path, what) in [
            (Method::POST, "/projects/24/releases", unavailable),
            (Method::POST, "/projects/a%2Fb/releases", unavailable),
            (Method::GET, "/projects/24/releases", None),
            (Method::POST, "/projects/24/releases/v1", None),
            (Method::PUT, "/projects/24/milestones/1", Some(What::Hang)),
            (Method::GET, "/projects/24/milestones", Some(What::Hang)),
            (Method::GET, "/version", Some(What::Reset)),
            (Method::GET, "/versions", None),
        ] {
            assert_eq!(faults.draw(&method, path), what, "{method} {path}");
        }
    }

    #[test]
    fn a_seed_makes_it_repeatable() {
        let half = ["* * 500 0.5"];
        let first = days(&faults(&half, 7), 100);
        assert_eq!(first, days(&faults(&half, 7), 100));
        assert_ne!(first, days(&faults(&half, 8), 100));
        let struck = first.iter().filter(|struck| **struck).count();
        assert!((30..70).contains(&struck), "{struck} of 100");
        assert_eq!(days(&faults(&["* * 500 0"], 7), 9), [false; 9]);
        assert_eq!(days(&faults(&["* * 500 1"], 7), 9), [true; 9]);
    }

    #[test]
    fn counted_faults_come_one_after_the_other() {
        let faults = faults(&["* * 503 2x", "* * reset 1x"], 7);
        let drawn = [(); 4].map(|()| faults.draw(&Method::GET, "/version"));
        let unavailable = Some(What::Status(StatusCode::SERVICE_UNAVAILABLE));
        assert_eq!(drawn, [unavailable, unavailable, Some(What::Reset), None]);
        faults.replace(Vec::new());
        assert_eq!(faults.draw(&Method::GET, "/version"), None);
    }
}
