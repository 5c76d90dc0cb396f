//! Reads each release or milestone again right before it is written to: somebody may have changed it since the plan was made.

use super::look;
use crate::gitlab::{Client, Error};
use crate::model::{MilestoneId, ProjectRef, Release, TagName};
use crate::plan::{Action, Conflict, MilestoneHandle, Plan, Step};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// What is known of what a plan changes.
pub(super) struct Guards<'p> {
    all: HashMap<Key<'p>, Guard<'p>>,
    /// How long a look is good for. A write that has to wait longer, for a rate limit or before it is tried again, looks
    /// anew.
    fresh_for: Duration,
}

#[derive(PartialEq, Eq, Hash)]
enum Key<'p> {
    Release(&'p TagName),
    Milestone(MilestoneId),
}

impl<'p> Key<'p> {
    /// What `action` changes. A milestone that this run makes has no id yet, and nobody else's.
    fn of(action: &'p Action) -> Option<Self> {
        match action {
            Action::UpdateMilestone { milestone: MilestoneHandle::Existing(id), .. } => Some(Self::Milestone(*id)),
            // Its release is gone by then.
            Action::DeleteFile(_) => None,
            action => action.tag_name().map(Self::Release),
        }
    }
}

struct Guard<'p> {
    /// The release as it was; `None` for a milestone, whose steps say it.
    before: Option<&'p Arc<Release>>,
    steps: Vec<&'p Step>,
    last: Mutex<Option<Look>>,
}

/// What was found, and until when that is good enough. An error is kept as long: what a whole minute of trying did not read
/// is not tried again by each step that waits for it.
struct Look {
    good_until: Instant,
    found: Result<Verdict, Error>,
}

/// What to do about it.
#[derive(Debug, Clone)]
pub(super) enum Verdict {
    /// It is as planned, or on the way from there to the wish: the release as it is, if it is one that was there.
    Go(Option<Arc<Release>>),
    /// It is gone, as it was to be.
    Gone,
    /// Somebody has changed it: it is left alone.
    Moved(Conflict),
}

impl<'p> Guards<'p> {
    pub(super) fn new(plan: &'p Plan, fresh_for: Duration) -> Self {
        let guard = |before| Guard { before, steps: Vec::new(), last: Mutex::default() };
        let mut all: HashMap<_, _> =
            plan.before.iter().map(|before| (Key::Release(&before.tag_name), guard(Some(before)))).collect();
        for step in &plan.steps {
            match Key::of(&step.action) {
                Some(key @ Key::Milestone(_)) => all.entry(key).or_insert_with(|| guard(None)).steps.push(step),
                // Without one it is to be made, and GitLab makes nothing twice.
                Some(key @ Key::Release(_)) => all.get_mut(&key).into_iter().for_each(|guard| guard.steps.push(step)),
                None => {}
            }
        }
        Self { all, fresh_for }
    }

    /// Whether `action` may be carried out, and until when that is sure; for ever if nothing has to be looked at. It is read
    /// for the first of its steps, and the others wait for that.
    pub(super) async fn ask(
        &self,
        client: &Client,
        project: &ProjectRef,
        action: &Action,
    ) -> Result<(Verdict, Option<Instant>), Error> {
        let Some((key, guard)) = Key::of(action).and_then(|key| self.all.get_key_value(&key)) else {
            return Ok((Verdict::Go(None), None));
        };
        let mut last = guard.last.lock().await;
        if last.as_ref().is_none_or(|look| Instant::now() >= look.good_until) {
            let found = guard.look(client, project, key).await;
            *last = Some(Look { good_until: Instant::now() + self.fresh_for, found });
        }
        match &*last {
            Some(Look { good_until, found }) => found.clone().map(|verdict| (verdict, Some(*good_until))),
            None => Ok((Verdict::Go(None), None)),
        }
    }
}

impl Guard<'_> {
    async fn look(&self, client: &Client, project: &ProjectRef, key: &Key<'_>) -> Result<Verdict, Error> {
        match (key, self.before) {
            (Key::Release(tag), Some(before)) => {
                let live = client.release(project, tag).await?;
                let to_be_deleted = self.steps.iter().any(|step| matches!(step.action, Action::DeleteRelease(_)));
                Ok(match live {
                    None if to_be_deleted => Verdict::Gone,
                    Some(live) if look::is_on_the_way(&live, before, &self.steps) => Verdict::Go(Some(Arc::new(live))),
                    found => Verdict::Moved(Conflict::Release {
                        planned: Some(Arc::clone(before)),
                        found: found.map(Arc::new),
                    }),
                })
            }
            (Key::Milestone(id), _) => {
                let live = client.milestone_by_id(project, *id).await?;
                Ok(match live {
                    Some(live) if look::is_milestone_on_the_way(&live, &self.steps) => Verdict::Go(None),
                    found => {
                        let planned = self.steps.iter().find_map(|step| look::milestone_diff(&step.action));
                        Verdict::Moved(Conflict::Milestone { planned: planned.cloned(), found })
                    }
                })
            }
            (Key::Release(_), None) => Ok(Verdict::Go(None)),
        }
    }
}
