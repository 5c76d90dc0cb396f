//! GitLab's memory of what its list of releases showed: each release for each user, until its `updated_at` moves or the
//! time is over. A release whose milestones alone have changed is shown as it was. Which releases are listed, and in what
//! order, is never remembered; nor is a release that is asked for by itself.

use crate::sandbox::auth::Access;
use crate::sandbox::http::Call;
use crate::sandbox::moment::Moment;
use crate::sandbox::store::ids::{ReleaseId, UserId};
use crate::sandbox::store::releases::Release;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// With more rows than this, those whose time is over are thrown away.
const TIDY_FROM: usize = 20_000;

/// A release as one user sees it. As in GitLab, it makes no difference whether `description_html` was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Seen {
    release: ReleaseId,
    updated_at: Moment,
    user: Option<UserId>,
    /// The address in its urls.
    base: String,
}

impl Seen {
    /// The release, seen by the one who asks.
    pub(crate) fn new(call: &Call, access: &Access, release: &Release) -> Self {
        let (release, updated_at) = (release.id, release.updated_at);
        Self { release, updated_at, user: access.user().map(|user| user.id), base: call.base.clone() }
    }
}

/// The memory; without a time to keep rows for it remembers nothing.
#[derive(Debug)]
pub(crate) struct ListCache {
    keep: Option<Duration>,
    rows: Mutex<HashMap<Seen, (Instant, Arc<str>)>>,
}

impl ListCache {
    /// Nothing remembered yet.
    pub(crate) fn new(keep: Option<Duration>) -> Self {
        Self { keep, rows: Mutex::default() }
    }

    /// The row, in JSON, as it was shown, or as it is now.
    ///
    /// # Errors
    /// Those of `render`.
    pub(crate) fn row<E>(&self, seen: Seen, render: impl FnOnce() -> Result<String, E>) -> Result<Arc<str>, E> {
        match self.keep {
            Some(keep) => self.row_at(Instant::now(), keep, seen, render),
            None => render().map(Arc::from),
        }
    }

    fn row_at<E>(
        &self,
        now: Instant,
        keep: Duration,
        seen: Seen,
        render: impl FnOnce() -> Result<String, E>,
    ) -> Result<Arc<str>, E> {
        let is_fresh = |since: Instant| now.saturating_duration_since(since) < keep;
        if let Some((since, row)) = self.rows().get(&seen)
            && is_fresh(*since)
        {
            return Ok(Arc::clone(row));
        }
        let row = Arc::from(render()?);
        let mut rows = self.rows();
        if rows.len() >= TIDY_FROM {
            rows.retain(|_, (since, _)| is_fresh(*since));
        }
        rows.insert(seen, (now, Arc::clone(&row)));
        Ok(row)
    }

    fn rows(&self) -> MutexGuard<'_, HashMap<Seen, (Instant, Arc<str>)>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    #[test]
    fn rows_are_remembered_for_so_long_and_no_longer() {
        let keep = Duration::from_secs(300);
        let cache = ListCache::new(Some(keep));
        let start = Instant::now();
        let seen = |user: i64, updated: i64| Seen {
            release: ReleaseId(1),
            updated_at: Moment::at_second(updated).unwrap(),
            user: Some(UserId(user)),
            base: String::new(),
        };
        let row = |seconds: u64, seen: Seen, value: &str| {
            let now = start + Duration::from_secs(seconds);
            cache.row_at(now, keep, seen, || Ok::<_, Infallible>(value.to_owned())).unwrap()
        };
        assert_eq!(&*row(0, seen(1, 0), "1"), "1");
        assert_eq!(&*row(299, seen(1, 0), "2"), "1");
        assert_eq!(&*row(299, seen(2, 0), "3"), "3");
        assert_eq!(&*row(299, seen(1, 9), "4"), "4");
        assert_eq!(&*row(300, seen(1, 0), "5"), "5");
    }
}
