//! How long requests take at GitLab's limits, by arithmetic alone. Windows are minutes by GitLab's clock: what is more than
//! one holds waits for the next.

use std::time::Duration;

const WINDOW: Duration = Duration::from_secs(60);

/// How many requests GitLab lets through a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Creating and updating releases, in a project.
    pub of_project: u64,
    /// The same by a user, in all projects.
    pub of_user: u64,
    /// Collecting evidence, by a user.
    pub evidence: u64,
    /// Anything by a user; only some servers have such a limit, which they tell.
    pub requests: Option<u64>,
}

impl Default for Limits {
    /// What GitLab has by default.
    fn default() -> Self {
        Self { of_project: 300, of_user: 600, evidence: 10, requests: None }
    }
}

/// How many requests of each kind that is limited.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Creating and updating releases.
    pub release_writes: u64,
    /// Collecting evidence.
    pub evidence: u64,
    /// All, those included.
    pub requests: u64,
}

impl Traffic {
    /// Counts requests to a route as GitLab's pages write it: `/projects/:id/releases`.
    #[must_use]
    pub fn of<'r>(requests: impl IntoIterator<Item = (&'r str, &'r str, u64)>) -> Self {
        let mut traffic = Self::default();
        for (method, route, count) in requests {
            match (method, route) {
                ("POST", "/projects/:id/releases") | ("PUT", "/projects/:id/releases/:tag_name") => {
                    traffic.release_writes += count;
                }
                ("POST", "/projects/:id/releases/:tag_name/evidence") => traffic.evidence += count,
                _ => {}
            }
            traffic.requests += count;
        }
        traffic
    }
}

impl Limits {
    /// How long requests to projects, side by side, wait for the limits, if nobody else uses them up: as long as the project
    /// that waits longest, but no less than what all together wait for the user's. Begun in the middle of a minute it may be
    /// up to one less.
    #[must_use]
    pub fn waits(&self, projects: &[Traffic]) -> Duration {
        let Self { of_project, of_user, evidence, requests } = *self;
        let sum = |of: fn(&Traffic) -> u64| projects.iter().map(of).sum();
        let of_projects = projects.iter().map(|traffic| windows_to_wait(traffic.release_writes, of_project));
        let windows = [
            of_projects.max().unwrap_or(0),
            windows_to_wait(sum(|traffic| traffic.release_writes), of_user),
            windows_to_wait(sum(|traffic| traffic.evidence), evidence),
            requests.map_or(0, |limit| windows_to_wait(sum(|traffic| traffic.requests), limit)),
        ];
        let most: u64 = windows.into_iter().max().unwrap_or(0);
        WINDOW.saturating_mul(u32::try_from(most).unwrap_or(u32::MAX))
    }
}

/// How many windows are over before the last of `count` requests goes through.
fn windows_to_wait(count: u64, limit: u64) -> u64 {
    count.div_ceil(limit.max(1)).saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minutes(limits: Limits, projects: &[(u64, u64, u64)]) -> u64 {
        let projects: Vec<_> = projects
            .iter()
            .map(|&(release_writes, evidence, requests)| Traffic { release_writes, evidence, requests })
            .collect();
        limits.waits(&projects).as_secs() / 60
    }

    #[test]
    fn what_is_more_than_a_window_holds_waits_for_the_next() {
        let limits = Limits::default();
        for (writes, wait) in [(0, 0), (1, 0), (300, 0), (301, 1), (600, 1), (1000, 3), (10_000, 33)] {
            assert_eq!(minutes(limits, &[(writes, 0, writes + 12)]), wait, "{writes}");
        }
        assert_eq!(minutes(limits, &[(30, 11, 100)]), 1);
        // Projects go side by side: the longest counts, or what all together wait for the user's limit.
        let alone = Limits { of_user: 10_000, ..limits };
        assert_eq!(minutes(alone, &[(301, 0, 301), (1000, 0, 1000), (601, 0, 601)]), 3);
        assert_eq!(minutes(limits, &[(300, 0, 300), (301, 0, 301)]), 1);
        assert_eq!(minutes(limits, &[(300, 0, 300), (300, 0, 300), (300, 0, 300)]), 1);
        assert_eq!(minutes(limits, &[(301, 0, 301), (1000, 0, 1000), (601, 0, 601)]), 3);
        assert_eq!(minutes(limits, &[(600, 0, 600); 5]), 4);
    }

    #[test]
    fn what_a_server_tells_counts() {
        let told = Limits { requests: Some(100), ..Limits::default() };
        assert_eq!(minutes(told, &[(300, 0, 312)]), 3);
        assert_eq!(minutes(Limits { of_project: 0, ..told }, &[(3, 0, 3)]), 2);
    }

    #[test]
    fn requests_count_by_route() {
        let traffic = Traffic::of([
            ("POST", "/projects/:id/releases", 3),
            ("PUT", "/projects/:id/releases/:tag_name", 2),
            ("GET", "/projects/:id/releases/:tag_name", 7),
            ("PUT", "/projects/:id/releases/:tag_name/assets/links/:link_id", 5),
            ("POST", "/projects/:id/releases/:tag_name/evidence", 1),
        ]);
        assert_eq!(traffic, Traffic { release_writes: 5, evidence: 1, requests: 18 });
    }
}
