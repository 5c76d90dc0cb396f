//! What windows and refusals teach.

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
        writes(&gates, project, count, at(seconds)).refused(&refusal_by(limit), Duration::from_secs(3), at(seconds));
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
