//! Where requests wait while GitLab lets none of their kind through.
//!
//! What a server allows is learnt from its refusals. The first 429 tells when the window ends; how much of that window others,
//! or an earlier run, had used nobody tells. So what is counted is the next one: what goes through from its beginning to its
//! first refusal is what a window holds, and with `RateLimit-Limit` that tells how long it is. From then on requests stop by
//! themselves when that much is used, and go on when the next window begins. Others' requests count there too, so what is left
//! for us may shrink and grow: every window without a refusal is followed by one in which a few more are tried.

use crate::gitlab::request::Request;
use reqwest::Method;
use reqwest::header::HeaderMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

const MINUTE: u64 = 60;
/// No server is that generous; it only keeps the arithmetic small.
const MOST_PER_MINUTE: u64 = 1_000_000_000;

/// Kinds of requests that GitLab limits apart from each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lane {
    /// Creating and updating releases.
    ReleaseWrites,
    /// Collecting evidence.
    Evidence,
    /// Everything.
    All,
}

impl Lane {
    /// The narrower one of those that a request counts in; all count in [`Lane::All`] too.
    fn of(request: &Request) -> Self {
        let segments: Vec<_> = request.path.trim_start_matches('/').split('/').collect();
        match (&request.method, segments.as_slice()) {
            (&Method::POST, ["projects", _, "releases"]) | (&Method::PUT, ["projects", _, "releases", _]) => {
                Self::ReleaseWrites
            }
            (&Method::POST, ["projects", _, "releases", _, "evidence"]) => Self::Evidence,
            _ => Self::All,
        }
    }

    /// The one that a refusal is about.
    fn refused(request: &Request, headers: &HeaderMap) -> Self {
        match headers.get("ratelimit-name").and_then(|name| name.to_str().ok()) {
            Some("release_writes") => Self::ReleaseWrites,
            Some("release_evidence") => Self::Evidence,
            Some(name) if name.starts_with("throttle_") => Self::All,
            _ => Self::of(request),
        }
    }
}

/// The gates of all lanes.
#[derive(Debug, Default)]
pub(super) struct Gates {
    lanes: Mutex<[Gate; 3]>,
}

/// What is known of one lane.
#[derive(Debug, Default)]
struct Gate {
    /// After a refusal: nothing goes through before, and then a new window begins.
    closed: Option<Closed>,
    /// When the window ends that requests are counted in, and how long one is, if that is known.
    window: Option<(Instant, Duration)>,
    /// How many go through in a window, and how many GitLab says it allows.
    allowance: Option<(u64, u64)>,
    /// How many went through in this one.
    used: u64,
    /// Whether that was counted from a window's beginning on.
    is_whole: bool,
}

/// Why a request has to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hold {
    pub(super) until: Instant,
    /// GitLab has said so; else it is how fast relsync goes by itself.
    pub(super) refused: bool,
}

/// What a refusal told.
#[derive(Debug, Clone, Copy)]
struct Closed {
    until: Instant,
    /// A window is no shorter than what was left of it.
    wait: Duration,
    per_minute: Option<u64>,
}

impl Gates {
    /// Counts `request` and lets it through, or says until when it has to wait.
    pub(super) fn pass(&self, request: &Request, now: Instant) -> Result<(), Hold> {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        let own = Lane::of(request);
        let indices = if own == Lane::All { vec![Lane::All] } else { vec![own, Lane::All] };
        for lane in &indices {
            lanes[*lane as usize].is_open(now)?;
        }
        for lane in indices {
            lanes[lane as usize].used += 1;
        }
        Ok(())
    }

    /// Learns from a 429, which asks to wait for `wait`.
    pub(super) fn refuse(&self, request: &Request, headers: &HeaderMap, wait: Duration, now: Instant) {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        let per_minute =
            headers.get("ratelimit-limit").and_then(|limit| limit.to_str().ok()?.trim().parse::<u64>().ok());
        let per_minute = per_minute.map(|limit| limit.min(MOST_PER_MINUTE));
        lanes[Lane::refused(request, headers) as usize].refuse(wait, per_minute, now);
    }
}

impl Gate {
    fn is_open(&mut self, now: Instant) -> Result<(), Hold> {
        if let Some(closed) = self.closed {
            if now < closed.until {
                return Err(Hold { until: closed.until, refused: true });
            }
            self.closed = None;
            self.learn(closed);
        }
        if let Some((ends, period)) = self.window {
            if now >= ends {
                let windows = 1 + now.duration_since(ends).as_nanos() / period.as_nanos().max(1);
                self.window = Some((ends + period * u32::try_from(windows).unwrap_or(u32::MAX), period));
                self.used = 0;
                // None was refused in the last one, so a few more may go through.
                if let Some((allowance, most)) = &mut self.allowance {
                    *allowance = (*allowance + (*allowance / 20).max(1)).min(*most);
                }
            } else if self.allowance.is_some_and(|(allowance, _)| self.used >= allowance) {
                return Err(Hold { until: ends, refused: false });
            }
        }
        Ok(())
    }

    fn refuse(&mut self, wait: Duration, per_minute: Option<u64>, now: Instant) {
        self.used = self.used.saturating_sub(1);
        let until = self.closed.map_or(now + wait, |closed| closed.until.max(now + wait));
        self.closed = Some(Closed { until, wait, per_minute });
    }

    /// A window with refusals is over, and the next one begins. If it was counted whole, what went through is what it holds;
    /// and as GitLab tells every limit for a minute, that tells how long it is.
    fn learn(&mut self, Closed { until, wait, per_minute }: Closed) {
        let through = std::mem::take(&mut self.used).max(1);
        let was_whole = std::mem::replace(&mut self.is_whole, true);
        let Some(per_minute) = per_minute.filter(|per_minute| was_whole && *per_minute > 0) else { return };
        let seconds = (through.saturating_mul(MINUTE) / per_minute).max(wait.as_secs()).max(1);
        let period = Duration::from_secs(seconds);
        let most = per_minute.saturating_mul(seconds).div_ceil(MINUTE);
        self.window = Some((until + period, period));
        self.allowance = Some((through, most.max(through)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::{HeaderName, HeaderValue};

    fn create() -> Request {
        Request::new(Method::POST, &["projects", "24", "releases"])
    }

    fn refusal(name: &'static str) -> HeaderMap {
        let headers = [("ratelimit-name", name), ("ratelimit-limit", "600")];
        headers.map(|(n, v)| (HeaderName::from_static(n), HeaderValue::from_static(v))).into_iter().collect()
    }

    /// Sends as many as are let through at `now`, to a server that takes 30 in a window; answers how many it took and how
    /// many it refused.
    fn send(gates: &Gates, now: Instant, left: &mut u64, wait: u64) -> (u64, u64) {
        let (mut taken, mut refused) = (0, 0);
        while gates.pass(&create(), now).is_ok() {
            if *left > 0 {
                *left -= 1;
                taken += 1;
            } else {
                refused += 1;
                gates.refuse(&create(), &refusal("release_writes"), Duration::from_secs(wait), now);
            }
        }
        (taken, refused)
    }

    #[test]
    fn what_a_window_holds_is_learnt_from_the_first_whole_one() {
        let gates = Gates::default();
        let start = Instant::now();
        let at = |seconds: u64| start + Duration::from_secs(seconds);
        // Others had used most of the first window: it says nothing but when it ends.
        assert_eq!(send(&gates, at(0), &mut 2, 2), (2, 1));
        assert_eq!(gates.pass(&create(), at(1)), Err(Hold { until: at(2), refused: true }));
        // 30 at 600 a minute: windows are 3 seconds long. From now on nothing is refused.
        assert_eq!(send(&gates, at(2), &mut 30, 3), (30, 1));
        for window in 1..5 {
            assert_eq!(send(&gates, at(2 + 3 * window), &mut 30, 3), (30, 0));
            let hold = Hold { until: at(5 + 3 * window), refused: false };
            assert_eq!(gates.pass(&create(), at(3 + 3 * window)), Err(hold));
        }
    }

    #[test]
    fn what_others_use_is_left_to_them_and_tried_for_later() {
        let gates = Gates::default();
        let start = Instant::now();
        let at = |seconds: u64| start + Duration::from_secs(seconds);
        send(&gates, at(0), &mut 30, 3);
        assert_eq!(send(&gates, at(3), &mut 20, 3), (20, 1));
        let taken: Vec<_> = (2..20).map(|window| send(&gates, at(3 * window), &mut 30, 3)).collect();
        assert!(taken.iter().all(|(_, refused)| *refused == 0), "{taken:?}");
        assert_eq!((taken[0].0, taken.last().unwrap().0), (20, 30));
    }

    #[test]
    fn a_limit_holds_up_only_what_it_is_about() {
        let gates = Gates::default();
        let (now, minute) = (Instant::now(), Duration::from_secs(60));
        let read = Request::get(&["projects", "24", "releases"]);
        let held = |wait| Err(Hold { until: now + wait, refused: true });
        gates.refuse(&create(), &refusal("release_writes"), minute, now);
        assert_eq!((gates.pass(&create(), now), gates.pass(&read, now)), (held(minute), Ok(())));
        let update = Request::new(Method::PUT, &["projects", "24", "releases", "v1"]);
        let link = Request::new(Method::PUT, &["projects", "24", "releases", "v1", "assets", "links", "3"]);
        assert_eq!((gates.pass(&update, now), gates.pass(&link, now)), (held(minute), Ok(())));
        gates.refuse(&read, &refusal("throttle_authenticated_api"), minute * 2, now);
        assert_eq!((gates.pass(&read, now), gates.pass(&link, now)), (held(minute * 2), held(minute * 2)));
    }
}
