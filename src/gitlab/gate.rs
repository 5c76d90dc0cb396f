//! Where requests wait while GitLab lets none of their kind through.
//!
//! What a server allows is learnt from its refusals. The first 429 tells when the window ends; how much of that window others,
//! or an earlier run, had used nobody tells. So what is counted is the next one: what goes through from its beginning to its
//! first refusal is what a window holds, and with `RateLimit-Limit` that tells how long it is. From then on requests stop by
//! themselves when that much is used, and go on when the next window begins. Others' requests count there too, so what is left
//! for us may shrink and grow: every window without a refusal is followed by one in which a few more are tried.
//!
//! Release writes are limited in each project, and in all together. What is used up in one project holds up no other's.
//!
//! Where good answers tell of a limit, too, none has to be run into: what they say remains is what goes through, less what is
//! still under way and perhaps not counted yet.

use crate::gitlab::request::Request;
use crate::http::until;
use reqwest::Method;
use reqwest::header::HeaderMap;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Notify;
use tokio::sync::futures::Notified;

const MINUTE: u64 = 60;
/// No server is that generous; it only keeps the arithmetic small.
const MOST_PER_MINUTE: u64 = 1_000_000_000;

/// Kinds of requests that GitLab limits apart from each other.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Lane {
    /// Creating and updating releases of one project, which is named as in the requests' paths.
    ProjectWrites(String),
    /// The same in all projects together.
    ReleaseWrites,
    /// Collecting evidence.
    Evidence,
    /// Everything.
    All,
}

impl Lane {
    /// Those that a request counts in, the narrowest first.
    fn of(request: &Request) -> Vec<Self> {
        let segments: Vec<_> = request.path.trim_start_matches('/').split('/').collect();
        match (&request.method, segments.as_slice()) {
            (&Method::POST, ["projects", project, "releases"])
            | (&Method::PUT, ["projects", project, "releases", _]) => {
                vec![Self::ProjectWrites((*project).to_owned()), Self::ReleaseWrites, Self::All]
            }
            (&Method::POST, ["projects", _, "releases", _, "evidence"]) => vec![Self::Evidence, Self::All],
            _ => vec![Self::All],
        }
    }

    /// The kind that an answer tells of; that of a project's writes is called like that of all.
    fn told(headers: &HeaderMap) -> Option<Self> {
        match text(headers, "ratelimit-name")? {
            "release_writes" => Some(Self::ReleaseWrites),
            "release_evidence" => Some(Self::Evidence),
            name => name.starts_with("throttle_").then_some(Self::All),
        }
    }
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

/// The gates of all lanes.
#[derive(Debug, Default)]
pub(super) struct Gates {
    known: Mutex<Known>,
    /// Told whenever more may go through than before.
    opened: Notify,
}

#[derive(Debug, Default)]
struct Known {
    gates: HashMap<Lane, Gate>,
    /// The least and the greatest limit on release writes that was told.
    write_limits: Option<(u64, u64)>,
}

/// What is known of one lane.
#[derive(Debug, Default)]
struct Gate {
    /// After a refusal: nothing goes through before, and then a new window begins.
    closed: Option<Closed>,
    /// The window that requests are counted in, if it is known.
    window: Option<Window>,
    /// How many went through in this one.
    used: u64,
    /// How many are under way.
    under_way: u64,
    /// Whether `used` was counted from a window's beginning on.
    is_whole: bool,
    /// Since when `used` is counted, where no window is known: no longer than GitLab counts, a minute.
    since: Option<Instant>,
}

#[derive(Debug, Clone, Copy)]
struct Window {
    ends: Instant,
    /// How many go through.
    holds: u64,
    next: Next,
}

/// What comes after a window.
#[derive(Debug, Clone, Copy)]
enum Next {
    /// One as long, which may hold a few more, but no more than GitLab says it allows, which is so many a minute.
    Alike { period: Duration, most: u64, per_minute: u64 },
    /// The next answer tells. This one was said to end then, in GitLab's seconds, and no less was said to remain of it.
    Told { reset: i64, remaining: u64 },
}

/// Why a request has to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hold {
    pub(super) until: Instant,
    pub(super) why: Held,
}

/// What holds a request up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    /// GitLab has said so.
    Refused,
    /// Nothing is left of the window.
    UsedUp,
    /// Others are under way, and perhaps not counted yet: their answers may let it through long before the window ends.
    BehindOthers,
}

/// What a refusal told.
#[derive(Debug, Clone, Copy)]
struct Closed {
    until: Instant,
    /// A window is no shorter than what was left of it.
    wait: Duration,
    per_minute: Option<u64>,
}

/// A request that was let through, and is under way until this is dropped.
#[derive(Debug)]
pub(super) struct Pass<'g> {
    gates: &'g Gates,
    /// What it counts in, the narrowest first.
    lanes: Vec<Lane>,
}

impl Gates {
    /// Counts `request` and lets it through, or says until when it has to wait.
    pub(super) fn pass(&self, request: &Request, now: Instant) -> Result<Pass<'_>, Hold> {
        let gates = &mut self.known().gates;
        let lanes = Lane::of(request);
        for lane in &lanes {
            gates.entry(lane.clone()).or_default().is_open(now)?;
        }
        for lane in &lanes {
            let gate = gates.entry(lane.clone()).or_default();
            gate.used += 1;
            gate.under_way += 1;
        }
        Ok(Pass { gates: self, lanes })
    }

    /// Completes when more may go through than when this was called.
    pub(super) fn opened(&self) -> Notified<'_> {
        self.opened.notified()
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// Whether `limit`, which was told of release writes, is that on all of them and not that on `own`, the project's: GitLab
    /// calls both the same, and of two the project's is the smaller one. While only one is known it counts as the project's,
    /// which is met first, unless that can hardly be: only `all` have used it up.
    fn is_of_all(&mut self, limit: u64, own: &Lane, all: &Lane) -> bool {
        let before = self.write_limits.unwrap_or((limit, limit));
        let (least, most) = (before.0.min(limit), before.1.max(limit));
        self.write_limits = Some((least, most));
        if least == most {
            let used = |lane: &Lane| self.gates.get(lane).map_or(0, |gate| gate.used);
            return used(own) <= limit / 2 && used(all) >= limit;
        }
        if before != (least, most) {
            for (lane, gate) in &mut self.gates {
                match lane {
                    Lane::ProjectWrites(_) => gate.keep_limit(least),
                    Lane::ReleaseWrites => gate.keep_limit(most),
                    Lane::Evidence | Lane::All => {}
                }
            }
        }
        limit == most
    }
}

fn per_minute(headers: &HeaderMap) -> Option<u64> {
    let limit = text(headers, "ratelimit-limit")?.parse::<u64>().ok()?;
    Some(limit.min(MOST_PER_MINUTE))
}

impl Pass<'_> {
    /// Learns from a 429, which asks to wait for `wait`.
    pub(super) fn refused(&self, headers: &HeaderMap, wait: Duration, now: Instant) {
        let mut known = self.gates.known();
        let told = Lane::told(headers).or_else(|| self.lanes.first().cloned());
        let Some(lane) = told.map(|lane| self.narrowed(lane, headers, &mut known)) else { return };
        known.gates.entry(lane).or_default().refuse(wait, per_minute(headers), now);
    }

    /// The lane that an answer tells of: what it says of release writes may be about the project's alone.
    fn narrowed(&self, told: Lane, headers: &HeaderMap, known: &mut Known) -> Lane {
        let (Lane::ReleaseWrites, [own @ Lane::ProjectWrites(_), all, ..]) = (&told, self.lanes.as_slice()) else {
            return told;
        };
        let is_of_all = per_minute(headers).is_some_and(|limit| known.is_of_all(limit, own, all));
        if is_of_all { told } else { own.clone() }
    }

    /// Learns from an answer that tells how much of its limit remains.
    pub(super) fn answered(&self, headers: &HeaderMap, now: Instant) {
        let number = |name| text(headers, name).and_then(|number| number.parse::<i64>().ok());
        let lane = Lane::told(headers).filter(|lane| self.lanes.contains(lane));
        let (Some(lane), Some(remaining), Some(reset)) =
            (lane, number("ratelimit-remaining"), number("ratelimit-reset"))
        else {
            return;
        };
        let ends = now + until(reset, headers);
        let remaining = u64::try_from(remaining).unwrap_or(0).min(MOST_PER_MINUTE);
        let mut known = self.gates.known();
        let lane = self.narrowed(lane, headers, &mut known);
        known.gates.entry(lane).or_default().told(remaining, reset, ends);
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        let mut known = self.gates.known();
        for lane in &self.lanes {
            if let Some(gate) = known.gates.get_mut(lane) {
                gate.under_way -= 1;
            }
        }
        drop(known);
        self.gates.opened.notify_waiters();
    }
}

impl Gate {
    fn is_open(&mut self, now: Instant) -> Result<(), Hold> {
        if let Some(closed) = self.closed {
            if now < closed.until {
                return Err(Hold { until: closed.until, why: Held::Refused });
            }
            self.closed = None;
            self.learn(closed);
        }
        let Some(window) = self.window else {
            if now.duration_since(*self.since.get_or_insert(now)) >= Duration::from_secs(MINUTE) {
                (self.used, self.is_whole, self.since) = (self.under_way, false, Some(now));
            }
            return Ok(());
        };
        if now < window.ends {
            let is_told = matches!(window.next, Next::Told { remaining: 1.., .. });
            let why = if is_told && self.under_way > 0 { Held::BehindOthers } else { Held::UsedUp };
            return if self.used < window.holds { Ok(()) } else { Err(Hold { until: window.ends, why }) };
        }
        (self.used, self.since) = (0, None);
        self.window = match window.next {
            Next::Told { .. } => None,
            Next::Alike { period, most, .. } => {
                let windows = 1 + now.duration_since(window.ends).as_nanos() / period.as_nanos().max(1);
                let ends = window.ends + period * u32::try_from(windows).unwrap_or(u32::MAX);
                // None was refused in the last one, so a few more may go through.
                let holds = (window.holds + (window.holds / 20).max(1)).min(most);
                Some(Window { ends, holds, ..window })
            }
        };
        Ok(())
    }

    fn refuse(&mut self, wait: Duration, per_minute: Option<u64>, now: Instant) {
        self.used = self.used.saturating_sub(1);
        let until = self.closed.map_or(now + wait, |closed| closed.until.max(now + wait));
        self.closed = Some(Closed { until, wait, per_minute });
    }

    /// Forgets what was learnt by another limit than this, which is the gate's.
    fn keep_limit(&mut self, limit: u64) {
        if let Some(closed) = &mut self.closed {
            closed.per_minute = closed.per_minute.filter(|told| *told == limit);
        }
        if matches!(self.window, Some(Window { next: Next::Alike { per_minute, .. }, .. }) if per_minute != limit) {
            (self.window, self.is_whole) = (None, false);
        }
    }

    /// A window with refusals is over, and the next one begins. If it was counted whole, what went through is what it holds;
    /// and as GitLab tells every limit for a minute, that tells how long it is.
    fn learn(&mut self, Closed { until, wait, per_minute }: Closed) {
        let through = std::mem::take(&mut self.used).max(1);
        self.since = None;
        let was_whole = std::mem::replace(&mut self.is_whole, true);
        if matches!(self.window, Some(Window { next: Next::Told { .. }, .. })) {
            self.window = None;
        }
        let Some(per_minute) = per_minute.filter(|per_minute| was_whole && *per_minute > 0) else { return };
        let seconds = (through.saturating_mul(MINUTE) / per_minute).max(wait.as_secs()).max(1);
        let period = Duration::from_secs(seconds);
        let most = per_minute.saturating_mul(seconds).div_ceil(MINUTE).max(through);
        self.window =
            Some(Window { ends: until + period, holds: through, next: Next::Alike { period, most, per_minute } });
    }

    /// So many more may go through until `ends`, but for those that are under way: GitLab may not have counted them yet. All
    /// others it has: answers may overtake each other, and the least that remains is what the latest of them tells.
    fn told(&mut self, remaining: u64, reset: i64, ends: Instant) {
        let (remaining, ends) = match self.window {
            // An answer of a window that is over.
            Some(Window { next: Next::Told { reset: known, .. }, .. }) if reset < known => return,
            Some(Window { next: Next::Told { reset: known, remaining: least }, ends, .. }) if reset == known => {
                (remaining.min(least), ends)
            }
            _ => {
                self.used = self.under_way;
                (remaining, ends)
            }
        };
        // The answer itself is still among those under way.
        let counted = self.used.saturating_sub(self.under_way.saturating_sub(1));
        self.window = Some(Window { ends, holds: counted + remaining, next: Next::Told { reset, remaining } });
    }
}

#[cfg(test)]
mod tests;
