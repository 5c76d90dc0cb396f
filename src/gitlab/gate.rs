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

    fn held(gates: &Gates, request: &Request, now: Instant) -> Option<Hold> {
        gates.pass(request, now).err()
    }

    /// An answer that says how much of the API's limit remains until `reset`.
    fn answer(remaining: u64, reset: u64) -> HeaderMap {
        let text = |text: String| HeaderValue::try_from(text).unwrap();
        let reset = jiff::Timestamp::from_second(1_609_842_570 + i64::try_from(reset).unwrap()).unwrap();
        [
            ("date", text("Tue, 05 Jan 2021 10:29:30 GMT".into())),
            ("ratelimit-name", text("throttle_authenticated_api".into())),
            ("ratelimit-remaining", text(remaining.to_string())),
            ("ratelimit-reset", text(reset.as_second().to_string())),
        ]
        .map(|(name, value)| (HeaderName::from_static(name), value))
        .into_iter()
        .collect()
    }

    /// Sends as many as are let through at `now`, to a server that takes 30 in a window; answers how many it took and how
    /// many it refused.
    fn send(gates: &Gates, now: Instant, left: &mut u64, wait: u64) -> (u64, u64) {
        let (mut taken, mut refused) = (0, 0);
        while let Ok(pass) = gates.pass(&create(), now) {
            if *left > 0 {
                *left -= 1;
                taken += 1;
            } else {
                refused += 1;
                pass.refused(&refusal("release_writes"), Duration::from_secs(wait), now);
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
        assert_eq!(held(&gates, &create(), at(1)), Some(Hold { until: at(2), why: Held::Refused }));
        // 30 at 600 a minute: windows are 3 seconds long. From now on nothing is refused.
        assert_eq!(send(&gates, at(2), &mut 30, 3), (30, 1));
        for window in 1..5 {
            assert_eq!(send(&gates, at(2 + 3 * window), &mut 30, 3), (30, 0));
            let hold = Hold { until: at(5 + 3 * window), why: Held::UsedUp };
            assert_eq!(held(&gates, &create(), at(3 + 3 * window)), Some(hold));
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
        let refused = |wait| Some(Hold { until: now + wait, why: Held::Refused });
        gates.pass(&create(), now).unwrap().refused(&refusal("release_writes"), minute, now);
        assert_eq!((held(&gates, &create(), now), held(&gates, &read, now)), (refused(minute), None));
        let update = Request::new(Method::PUT, &["projects", "24", "releases", "v1"]);
        let link = Request::new(Method::PUT, &["projects", "24", "releases", "v1", "assets", "links", "3"]);
        assert_eq!((held(&gates, &update, now), held(&gates, &link, now)), (refused(minute), None));
        gates.pass(&read, now).unwrap().refused(&refusal("throttle_authenticated_api"), minute * 2, now);
        assert_eq!((held(&gates, &read, now), held(&gates, &link, now)), (refused(minute * 2), refused(minute * 2)));
    }

    fn write(project: &str) -> Request {
        Request::new(Method::POST, &["projects", project, "releases"])
    }

    /// So many more go through to `project`; the last one.
    fn writes<'g>(gates: &'g Gates, project: &str, count: usize, now: Instant) -> Pass<'g> {
        (0..count).map(|_| gates.pass(&write(project), now).unwrap()).last().unwrap()
    }

    /// A refusal of a release write by `limit`, told right after it was met.
    fn refusal_by(limit: u64) -> HeaderMap {
        let mut headers = refusal("release_writes");
        headers.insert("ratelimit-limit", HeaderValue::from(limit));
        headers.insert("ratelimit-observed", HeaderValue::from(limit + 1));
        headers
    }

    const ONE_MINUTE: Duration = Duration::from_secs(60);

    /// What holds up writes to these projects.
    fn held_up<const N: usize>(gates: &Gates, projects: [&str; N], now: Instant) -> [Option<Held>; N] {
        projects.map(|project| held(gates, &write(project), now).map(|hold| hold.why))
    }

    #[test]
    fn what_a_project_has_used_up_holds_up_no_other_and_what_all_have_does() {
        let (gates, now) = (Gates::default(), Instant::now());
        drop(writes(&gates, "b", 100, now));
        writes(&gates, "a", 301, now).refused(&refusal_by(300), ONE_MINUTE, now);
        assert_eq!(held_up(&gates, ["a", "b"], now), [Some(Held::Refused), None]);
        // Of two limits, the greater one is that on all, whoever has used it up.
        writes(&gates, "c", 10, now).refused(&refusal_by(600), ONE_MINUTE, now);
        assert_eq!(held_up(&gates, ["b", "c"], now), [Some(Held::Refused); 2]);
    }

    #[test]
    fn what_others_wrote_in_a_project_holds_up_that_one_only() {
        let (gates, now) = (Gates::default(), Instant::now());
        drop(writes(&gates, "b", 69, now));
        // Others wrote 250 there.
        writes(&gates, "a", 51, now).refused(&refusal_by(300), ONE_MINUTE, now);
        assert_eq!(held_up(&gates, ["a", "b"], now), [Some(Held::Refused), None]);
    }

    #[test]
    fn what_was_written_long_ago_makes_no_limit_one_on_all() {
        let (gates, now) = (Gates::default(), Instant::now());
        drop(writes(&gates, "b", 400, now));
        let later = now + ONE_MINUTE;
        drop(writes(&gates, "b", 69, later));
        writes(&gates, "a", 51, later).refused(&refusal_by(300), ONE_MINUTE, later);
        assert_eq!(held_up(&gates, ["a", "b"], later), [Some(Held::Refused), None]);
    }

    #[test]
    fn a_limit_that_only_all_projects_together_have_used_up_is_that_on_all() {
        let (gates, now) = (Gates::default(), Instant::now());
        for project in ["a", "b", "c"] {
            drop(writes(&gates, project, 190, now));
        }
        writes(&gates, "d", 31, now).refused(&refusal_by(600), ONE_MINUTE, now);
        assert_eq!(held_up(&gates, ["a", "d", "e"], now), [Some(Held::Refused); 3]);
    }

    /// Both limits are needed to tell whose one of them is.
    #[test]
    fn what_was_learnt_by_the_others_limit_is_forgotten() {
        let (gates, start) = (Gates::default(), Instant::now());
        let at = |seconds: u64| start + Duration::from_secs(seconds);
        let refuse = |project: &str, count: usize, limit: u64, seconds: u64| {
            writes(&gates, project, count, at(seconds)).refused(
                &refusal_by(limit),
                Duration::from_secs(3),
                at(seconds),
            );
        };
        // Others have used up the limit on all, which looks like the project's: now it is let through five in three seconds.
        refuse("a", 1, 600, 0);
        refuse("a", 6, 600, 3);
        drop(writes(&gates, "a", 5, at(6)));
        assert_eq!(held_up(&gates, ["a", "b"], at(6)), [Some(Held::UsedUp), None]);
        refuse("b", 1, 300, 6);
        assert_eq!(held_up(&gates, ["a", "b", "c"], at(6)), [None, Some(Held::Refused), None]);
    }

    #[test]
    fn what_an_answer_says_remains_goes_through_less_what_is_under_way() {
        let gates = Gates::default();
        let read = Request::get(&["projects", "24", "releases"]);
        let now = Instant::now();
        let [first, second, third] = [(); 3].map(|()| gates.pass(&read, now).unwrap());
        // Two are under way, and perhaps not counted yet: one of three may follow.
        first.answered(&answer(3, 60), now);
        drop(first);
        let fourth = gates.pass(&create(), now).unwrap();
        let ends = now + Duration::from_secs(60);
        assert_eq!(held(&gates, &read, now), Some(Hold { until: ends, why: Held::BehindOthers }));
        // They were counted: as many as is said may follow.
        second.answered(&answer(2, 60), now);
        drop((second, third));
        fourth.answered(&answer(2, 60), now);
        drop(fourth);
        assert_eq!([(); 3].map(|()| gates.pass(&read, now).map(std::mem::forget).is_ok()), [true, true, false]);
        // An answer that was late says nothing of the next window.
        let later = gates.pass(&read, ends).unwrap();
        later.answered(&answer(100, 120), ends);
        later.answered(&answer(0, 60), ends);
        drop(later);
        assert_eq!(held(&gates, &read, ends), None);
    }
}
