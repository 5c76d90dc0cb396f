//! The least that a work takes, by arithmetic: requests, and how long they take side by side at a latency, or at a limit.

use crate::work::Work;
use std::collections::BTreeMap;
use std::time::Duration;

/// Pages of a list that relsync reads at the same time.
const PAGES_SIDE_BY_SIDE: usize = 8;

/// Requests that it has under way at most.
pub(crate) const AT_ONCE: usize = 32;

/// Rows of a page.
pub(crate) const PER_PAGE: usize = 100;

/// Writes that a project allows in a time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit {
    pub(crate) writes: usize,
    pub(crate) window: Duration,
}

/// Requests that can go side by side; what follows needs their answers.
struct Stage {
    method: &'static str,
    route: &'static str,
    requests: usize,
    side_by_side: usize,
    /// Whether they count towards the limit.
    is_limited: bool,
    /// Whether they need not wait for the stage before.
    is_with_the_one_before: bool,
}

/// The least that a work takes.
pub(crate) struct Floor {
    stages: Vec<Stage>,
}

const PROJECT: &str = "/projects/:id";
const MILESTONES: &str = "/projects/:id/milestones";
const TAGS: &str = "/projects/:id/repository/tags";
const RELEASES: &str = "/projects/:id/releases";
const RELEASE: &str = "/projects/:id/releases/:tag_name";
const LINK: &str = "/projects/:id/releases/:tag_name/assets/links/:link_id";

impl Floor {
    pub(crate) fn of(work: &Work) -> Self {
        let (projects, releases) = work.size();
        let read = |route, requests| Stage {
            method: "GET",
            route,
            requests,
            side_by_side: PAGES_SIDE_BY_SIDE,
            is_limited: false,
            is_with_the_one_before: false,
        };
        let write = |method, route, is_limited| Stage {
            method,
            route,
            requests: releases,
            side_by_side: AT_ONCE,
            is_limited,
            is_with_the_one_before: false,
        };
        let pages = releases.div_ceil(PER_PAGE);
        // How many pages there are is what the first one tells.
        let mut stages = match work {
            Work::Fleet { .. } => vec![Stage { side_by_side: AT_ONCE, ..read(RELEASES, projects * pages) }],
            Work::Create { .. } => vec![read(RELEASES, 1)],
            _ => vec![read(RELEASES, 1), read(RELEASES, pages - 1)],
        };
        if work.writes() {
            // The project itself, and its milestones, side by side; then the tags.
            stages.push(read(PROJECT, 1));
            stages.push(Stage { is_with_the_one_before: true, ..read(MILESTONES, 1) });
            stages.extend([read(TAGS, 1), read(TAGS, pages - 1)]);
        }
        let look = || Stage { side_by_side: AT_ONCE, ..read(RELEASE, releases) };
        match work {
            Work::Unchanged { .. } | Work::Fleet { .. } => {}
            Work::Create { .. } => stages.push(write("POST", RELEASES, true)),
            Work::Update { .. } => stages.extend([look(), write("PUT", RELEASE, true)]),
            Work::Rotate { .. } => stages.extend([look(), write("PUT", LINK, false)]),
        }
        Self { stages }
    }

    /// Requests by method and route.
    pub(crate) fn requests(&self) -> BTreeMap<String, usize> {
        let mut requests = BTreeMap::new();
        for stage in self.stages.iter().filter(|stage| stage.requests > 0) {
            *requests.entry(format!("{} {}", stage.method, stage.route)).or_default() += stage.requests;
        }
        requests
    }

    /// The time it takes at `latency`, and under `limit`.
    pub(crate) fn time(&self, latency: Duration, limit: Option<Limit>) -> Duration {
        // What the first window lets through need not be waited for, and it may be over in the next moment.
        let windows = |limit: Limit| limit.window * count(self.writes().div_ceil(limit.writes).saturating_sub(2));
        self.by_latency(latency).max(limit.map(windows).unwrap_or_default())
    }

    /// The time it is to take at most: a quarter more than by the latency, and 95 % of the limit have to be used.
    pub(crate) fn aim(&self, latency: Duration, limit: Option<Limit>) -> Duration {
        let used = |limit: Limit| {
            limit.window.mul_f64(f64::from(count(self.writes())) / f64::from(count(limit.writes)) / 0.95)
        };
        self.by_latency(latency).mul_f64(1.25).max(limit.map(used).unwrap_or_default())
    }

    fn by_latency(&self, latency: Duration) -> Duration {
        let busy = self.stages.iter().filter(|stage| stage.requests > 0 && !stage.is_with_the_one_before);
        let rounds = busy.map(|stage| latency * count(stage.requests.div_ceil(stage.side_by_side)));
        rounds.sum()
    }

    /// Writes that count towards a limit.
    fn writes(&self) -> usize {
        self.stages.iter().filter(|stage| stage.is_limited).map(|stage| stage.requests).sum()
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
